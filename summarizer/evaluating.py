"""An evaluation run: briefs made or read, gold and texts found, scores computed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from summarizer.errors import InputError
from summarizer.evaluation.gold import read_gold, read_texts, validate_gold
from summarizer.evaluation.reporting import Scores
from summarizer.evaluation.scoring import score
from summarizer.pipeline import Summarizer
from summarizer.resources import folder


@dataclass(frozen=True, slots=True)
class EvaluationRequest:
    """What to score: a gold folder (None: the shipped sample), its texts, and finished briefs or a maker of them."""

    gold: Path | None
    texts: Path | None
    briefs: Path | None
    maker: Summarizer | None


@dataclass(frozen=True, slots=True)
class EvaluationResult:
    """The scores of a run, and what is wrong with the annotations (they are scored as they are)."""

    scores: Scores
    problems: tuple[str, ...]

    def as_json(self) -> str:
        return json.dumps(
            {"rows": self.scores.as_rows(), "missing": list(self.scores.missing)},
            ensure_ascii=False,
            indent=1,
        )


def run_evaluation(request: EvaluationRequest) -> EvaluationResult:
    """Scores as docs/evaluation.md defines them. Raises InputError where gold, texts or briefs cannot be read."""
    gold_folder = request.gold or folder("gold")
    golds = read_gold(gold_folder)
    text_folder = request.texts or (gold_folder if request.gold else folder("seeds"))
    texts = read_texts(text_folder, list(golds))
    if request.briefs is not None:
        briefs = _read_briefs(request.briefs, list(golds))
    else:
        assert request.maker is not None
        briefs = {
            stem: json.loads(request.maker.summarize_text(texts[stem], f"{stem}.txt").to_json()) for stem in golds
        }
    problems = [p for stem, gold in golds.items() for p in validate_gold(gold, texts[stem], f"{stem}.gold.json")]
    return EvaluationResult(score(briefs, golds, texts), tuple(problems))


def _read_briefs(path: Path, stems: list[str]) -> dict[str, dict[str, Any]]:
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
