"""An evaluation run: gold and texts found, briefs made or read for each contestant, scores computed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from summarizer.errors import EngineError, InputError, SettingsError
from summarizer.evaluation.comparison import Result, Run, comparison_table
from summarizer.evaluation.gold import GOLD_SUFFIX, read_gold, read_texts, validate_gold
from summarizer.evaluation.page import Evaluated, evaluation_page
from summarizer.evaluation.scoring import score
from summarizer.evaluation.shape import check_spans
from summarizer.model import PART_FAILED, Usage
from summarizer.pipeline import Summarizer
from summarizer.pricing import Cost, Price, cost_of
from summarizer.resources import folder

Briefs = dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Contestant:
    """What is scored under a name: a maker of briefs, or the folder of finished ones (<stem>.json)."""

    name: str
    source: Summarizer | Path


@dataclass(frozen=True, slots=True)
class EvaluationRequest:
    """What to score, on what: a gold folder (null: the shipped sample), its texts, and at least one contestant.

    `price` is what chat contestants cost, instead of list prices.
    """

    gold: Path | None
    texts: Path | None
    contestants: tuple[Contestant, ...]
    price: Price | None = None


@dataclass(frozen=True, slots=True)
class EvaluationResult:
    """The results of the contestants, and what is wrong with the annotations (they are scored as they are)."""

    evaluated: Evaluated

    @property
    def results(self) -> tuple[Result, ...]:
        return self.evaluated.results

    @property
    def problems(self) -> tuple[str, ...]:
        return self.evaluated.problems

    def table(self, misses: int = 0) -> str:
        """The scores for a terminal: of one contestant in full, of several side by side; then the first misses."""
        if len(self.results) == 1:
            return self.results[0].scores.table(misses)
        lines = [f"{r.name}\t{miss}" for r in self.results for miss in r.scores.misses[:misses]]
        return "\n".join([comparison_table(self.results), *lines])

    def as_json(self) -> str:
        """One contestant's rows, or one object for each of several."""
        if len(self.results) == 1:
            scores = self.results[0].scores
            return json.dumps({"rows": scores.as_rows(), "missing": list(scores.missing)}, ensure_ascii=False, indent=1)
        return json.dumps({"engines": [r.as_dict() for r in self.results]}, ensure_ascii=False, indent=1)

    def as_html(self) -> str:
        """All scores and every miss in its sentence, as one self-contained page."""
        return evaluation_page(self.evaluated)


def split_engine(value: str) -> tuple[str, str | None]:
    """The engine and the model that `--engine` names: chat:qwen2.5:7b is chat with the model qwen2.5:7b."""
    engine, colon, model = value.partition(":")
    if engine != "chat" or not colon:
        return value, None
    if not model.strip():
        raise SettingsError(f"--engine {value} names no model; write chat:MODEL, or chat alone.")
    return engine, model.strip()


def engine_choices(
    values: Sequence[str | None], model: str | None, base_url: str | None
) -> list[tuple[str | None, str | None, str | None]]:
    """The engine, model and base URL of each `--engine`; beside others, rules are not asked what is for chat.

    Raises SettingsError where nobody has a use for `--model`, since every chat engine names its own.
    """
    split = [split_engine(value) if value else (None, None) for value in values]
    own_models = [own for engine, own in split if engine != "rules"]
    if model and own_models and all(own_models):
        raise SettingsError("--model has nothing to say here, since every chat engine names its own; leave it out.")
    return [
        (engine, None, None) if engine == "rules" and len(split) > 1 else (engine, own or model, base_url)
        for engine, own in split
    ]


def engine_contestant(maker: Summarizer) -> Contestant:
    """An engine under its own name: rules, or chat:MODEL."""
    chat = maker.settings.engine == "chat"
    return Contestant(f"chat:{maker.settings.model}" if chat else "rules", maker)


def briefs_contestant(value: str) -> Contestant:
    """Finished briefs as `--briefs` names them: NAME=DIR, or DIR under the folder's own name."""
    name, equals, path = value.partition("=")
    if Path(value).is_dir() or not equals:
        return Contestant(Path(value).resolve().name or value, Path(value))
    if not name or not path:
        raise SettingsError(f"--briefs {value} lacks a name or a folder; write NAME=DIR, or DIR alone.")
    return Contestant(name, Path(path))


def run_evaluation(request: EvaluationRequest) -> EvaluationResult:
    """Scores as docs/evaluation.md defines them. Raises InputError where gold, texts or briefs cannot be read.

    Where an engine fails on a report, a single contestant raises its error; beside others it has no brief
    for that report, and its result says why: what the others made is not lost.
    """
    _check_names(request.contestants)
    golds = read_gold(request.gold or folder("gold"))
    texts = read_texts(request.texts or request.gold or folder("seeds"), list(golds))
    for stem, gold in golds.items():
        check_spans(gold, texts[stem], f"{stem}{GOLD_SUFFIX}")
    finished = {c.name: _read_briefs(c.source, list(golds)) for c in request.contestants if isinstance(c.source, Path)}
    results = []
    for contestant in request.contestants:
        run = None
        if isinstance(contestant.source, Summarizer):
            briefs, run = _make_briefs(contestant.source, texts, request.price, len(request.contestants) == 1)
        else:
            briefs = finished[contestant.name]
        scores = score(briefs, golds, texts)
        results.append(Result(contestant.name, scores, _engine_lines(briefs), _read_by_rules(briefs), run))
    problems = [p for stem, gold in golds.items() for p in validate_gold(gold, texts[stem], f"{stem}.gold.json")]
    title = "the sample reports" if request.gold is None else request.gold.resolve().name
    return EvaluationResult(Evaluated(title, texts, tuple(results), tuple(problems)))


def _check_names(contestants: tuple[Contestant, ...]) -> None:
    if not contestants:
        raise SettingsError("There is nothing to score; name an engine or a folder of briefs.")
    names = [contestant.name for contestant in contestants]
    for name in names:
        if names.count(name) > 1:
            raise SettingsError(f"{name!r} is there twice; give each engine once, and briefs a name with NAME=DIR.")


def _make_briefs(maker: Summarizer, texts: Mapping[str, str], price: Price | None, alone: bool) -> tuple[Briefs, Run]:
    briefs: Briefs = {}
    usage, failures = Usage(), {}
    for stem, text in texts.items():
        try:
            brief = maker.summarize_text(text, f"{stem}.txt")
        except EngineError as error:
            if alone:
                raise
            failures[stem] = str(error)
            continue
        usage += brief.usage
        briefs[stem] = json.loads(brief.to_json())
    cost = cost_of(usage, maker.settings.model, maker.settings.address, price)
    if failures:
        cost = Cost(None, "what the failed reports took is not counted.")
    return briefs, Run(len(briefs), usage, cost, failures)


def _read_briefs(path: Path, stems: list[str]) -> Briefs:
    if not path.is_dir():
        raise InputError(f"{path} is no folder; --briefs takes the folder that holds <stem>.json.")
    briefs = {}
    for stem in stems:
        file = path / f"{stem}.json"
        if file.exists():
            try:
                briefs[stem] = json.loads(file.read_text("utf-8"))
            except ValueError as error:
                raise InputError(f"{file} is no JSON ({error}); make the brief again with --format json.") from error
    return briefs


def _engine_lines(briefs: Briefs) -> tuple[str, ...]:
    """What made the briefs, each engine line once, as far as they say."""
    engines = [brief.get("engine") or {} for brief in briefs.values()]
    known = [[(key, value) for key, value in engine.items() if value is not None] for engine in engines]
    lines = [", ".join(str(v) if key == "name" else f"{key} {v}" for key, v in engine) for engine in known]
    return tuple(line for line in dict.fromkeys(lines) if line)


def _read_by_rules(briefs: Briefs) -> int:
    return sum(gap.get("reason") in PART_FAILED for brief in briefs.values() for gap in brief.get("gaps", []))
