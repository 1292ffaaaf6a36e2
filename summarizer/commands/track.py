"""`summarizer track`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from summarizer.commands.common import DONE, LOST, BaseUrl, Engine, Model, Terms, make_summarizer, say
from summarizer.errors import SettingsError

if TYPE_CHECKING:
    from summarizer.model import BriefContent
    from summarizer.outputs import Format, Lang
    from summarizer.pipeline import Summarizer
    from summarizer.tracking.model import Track
    from summarizer.tracking.pairing import Pairing


def track(
    earlier: Annotated[
        Path, typer.Argument(help="The report with the targets, its brief as JSON, or a folder.", show_default=False)
    ],
    later: Annotated[
        Path | None,
        typer.Argument(
            help="The report with the outcomes, or its brief; a folder's briefs pair by place and year.",
            show_default=False,
        ),
    ] = None,
    output: Annotated[
        list[str] | None,
        typer.Option(
            "-o", "--output", help="Where to write; may be repeated, - is standard output (default).", metavar="FILE"
        ),
    ] = None,
    form: Annotated[
        str | None,
        typer.Option("--format", help="md, html or json; without it the output's suffix decides.", metavar="FORMAT"),
    ] = None,
    lang: Annotated[str, typer.Option("--lang", help="zh, en or both.", metavar="LANG")] = "both",
    engine: Engine = None,
    model: Model = None,
    base_url: BaseUrl = None,
    terms: Terms = None,
) -> None:
    """Hold the targets of one report against the outcomes that a later one reports."""
    from summarizer import outputs
    from summarizer.terms.dictionary import load_terms
    from summarizer.tracking.comparison import track as compared
    from summarizer.tracking.model import Track

    wanted = output or ["-"]
    chosen_form, language = outputs.chosen_format(form), outputs.chosen_lang(lang)
    forms = [outputs.format_of(path, chosen_form) for path in wanted]
    for path in wanted:
        for given in filter(None, (earlier, later)):
            outputs.check_writable(path, given if given.is_file() else None, None, terms)
    dictionary = load_terms(terms)
    if later is None:
        pairing = _pairing(earlier)
        pairs = [compared(first, second, dictionary) for first, second in pairing]
        whole = _report_pairing(pairing, len(pairs))
    else:
        read = _reader(lambda: make_summarizer(engine, model, base_url, terms=terms))
        first, second = read(earlier), read(later)
        pairs = [compared(first, second, dictionary)]
        _warn(first, second)
        whole = not any(gap.lost for content in (first, second) for gap in content.gaps)
    tracked = Track(terms=dictionary.digest, pairs=tuple(pairs))
    for path, each in zip(wanted, forms, strict=True):
        outputs.write(path, _rendered(tracked, each, language))
    _report(tracked, [path for path in wanted if path != "-"])
    raise typer.Exit(DONE if whole else LOST)


def _pairing(folder: Path) -> Pairing:
    from summarizer.stored import Shelf
    from summarizer.tracking.pairing import Pairing

    if not folder.is_dir():
        raise SettingsError("Give two reports or briefs, the earlier one first, or a bulk run's output folder.")
    return Pairing(Shelf([folder]))


def _reader(make: Callable[[], Summarizer]) -> Callable[[Path], BriefContent]:
    """Reads a brief that is JSON, and makes that of a report; the summarizer is made when one is needed."""
    from summarizer.stored import Stored

    made: list[Summarizer] = []

    def read(path: Path) -> BriefContent:
        if path.is_dir():
            raise SettingsError(f"{path} is a folder; a folder of briefs stands alone: summarizer track {path}")
        if path.suffix.lower() == ".json":
            return Stored(path).read()
        if not made:
            made.append(make())
        return made[0].summarize(path).content

    return read


def _warn(first: BriefContent, second: BriefContent) -> None:
    """Says what makes two reports a doubtful pair; the comparison holds for what it is."""
    earlier, later = first.report, second.report
    if earlier.place.zh != later.place.zh:
        say(f"Different places: {earlier.place.zh or 'unknown'} and {later.place.zh or 'unknown'}.")
    if earlier.target_year != later.review_year:
        planned, reviewed = earlier.target_year or "no known year", later.review_year or "no known year"
        say(f"The earlier report plans {planned}, the later one reviews {reviewed}.")


def _rendered(tracked: Track, form: Format, lang: Lang) -> str:
    from summarizer.tracking import rendering

    if form == "json":
        return rendering.to_json(tracked)
    return rendering.to_html(tracked, lang) if form == "html" else rendering.to_markdown(tracked, lang)


def _report_pairing(pairing: Pairing, pairs: int) -> bool:
    shelf = pairing.shelf
    say(f"{pairs:,} pairs; {pairing.alone:,} briefs without another of their place, kind and year.")
    if pairing.unplaced:
        say(f"{pairing.unplaced:,} briefs name no place or no year and are in no pair.")
    for problem in shelf.problems:
        say(f"Left out: {problem}")
    if shelf.without_brief:
        say(f"{shelf.without_brief:,} reports have no brief; `summarizer status` says why.")
    return not (shelf.problem_count or shelf.without_brief)


def _report(tracked: Track, written: list[str]) -> None:
    from summarizer.tracking.model import VERDICTS

    counts = Counter(row.verdict for pair in tracked.pairs for row in pair.targets)
    words = ", ".join(f"{counts[verdict]:,} {verdict.replace('_', ' ')}" for verdict in VERDICTS if counts[verdict])
    say(f"{sum(counts.values()):,} targets: {words or 'none'}.")
    for path in written:
        say(f"Written: {path}")
