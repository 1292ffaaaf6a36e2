"""Writes what is generated: docs/cli.md and schemas/*.json. `make docs`; a test fails where they differ."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from summarizer.cli import app
from summarizer.correcting.fixes import schema_text as fixes_schema_text
from summarizer.prompting import answer_schema, overview_schema
from summarizer.rendering.jsonform import schema_text
from summarizer.tracking.rendering import schema_text as track_schema_text

ROOT = Path(__file__).resolve().parent.parent
EXCERPT_OF = "002_5cb3f669036bf3d3.txt"
EXCERPT_ROWS = 12
SHOWN = (
    "quantities",
    "figures",
    "goals",
    "projects",
    "risks",
    "headings",
    "values",
    "comparators",
    "indicators",
    "kinds",
    "years",
    "directions",
    "themes",
    "stages",
    "risk types",
    "metadata",
)


def cli_page() -> str:
    """The command line's help as a page."""
    import click
    import typer

    group = typer.main.get_command(app)
    parts = ["# The command line", "", "Generated from the commands' own help by `make docs`.", "", "```"]
    context = click.Context(group, info_name="summarizer", terminal_width=100, max_content_width=100)  # type: ignore[arg-type]
    parts += [group.get_help(context), "```"]
    for own in _commands(context):
        assert own.command.help, f"{own.command_path} has no help"
        parts += ["", f"## {own.command_path}", "", "```", own.command.get_help(own), "```"]
    return "\n".join(parts) + "\n"


def _commands(context: Any) -> Iterator[Any]:
    """The contexts of all commands below one, each before those below itself."""
    import click

    for name, command in sorted(getattr(context.command, "commands", {}).items()):
        own = click.Context(command, info_name=name, parent=context, terminal_width=100, max_content_width=100)
        yield own
        yield from _commands(own)


def excerpt() -> str:
    """The first rows of the sample brief's targets."""
    from summarizer.pipeline import Summarizer
    from summarizer.resources import folder

    brief = Summarizer("rules", environment={}).summarize(folder("seeds") / EXCERPT_OF)
    lines = brief.to_markdown().splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("| ---")) - 1
    return "\n".join(lines[start : start + 2 + EXCERPT_ROWS])


def scores() -> str:
    """The rules engine's scores on the samples beside those held out (docs/holdout.json, measured once)."""
    from summarizer.evaluating import EvaluationRequest, engine_contestant, run_evaluation
    from summarizer.pipeline import Summarizer

    rules = engine_contestant(Summarizer("rules", environment={}))
    rows = run_evaluation(EvaluationRequest(None, None, (rules,))).results[0].scores
    held = json.loads((ROOT / "docs" / "holdout.json").read_text("utf-8"))["scores"]
    lines = ["| | samples | held out |", "| --- | ---: | ---: |"]
    for name in SHOWN:
        row = rows.row(name)
        value = row.f1 if row.f1 is not None else row.accuracy
        lines.append(f"| {name} | {value:.3f} | {held[name]:.3f} |" if name in held else f"| {name} | {value:.3f} | |")
    return "\n".join(lines)


def filled(text: str, mark: str, content: str) -> str:
    """A page with what stands between a mark and the next end mark replaced."""
    head, found, rest = text.partition(f"<!-- {mark} -->")
    assert found, mark
    _, end, tail = rest.partition("<!-- end -->")
    return f"{head}{found}\n{content}\n{end}{tail}"


def readme() -> str:
    """The README with a real excerpt and today's scores."""
    text = (ROOT / "README.md").read_text("utf-8")
    return filled(filled(text, "excerpt", excerpt()), "scores", scores())


def generated() -> dict[Path, str]:
    """Every generated file with its text."""
    return {
        ROOT / "README.md": readme(),
        ROOT / "docs" / "cli.md": cli_page(),
        ROOT / "schemas" / "brief.schema.json": schema_text(),
        ROOT / "schemas" / "fixes.schema.json": fixes_schema_text(),
        ROOT / "schemas" / "track.schema.json": track_schema_text(),
        ROOT / "schemas" / "answer.schema.json": json.dumps(answer_schema().schema, indent=1) + "\n",
        ROOT / "schemas" / "overview.schema.json": json.dumps(overview_schema().schema, indent=1) + "\n",
    }


if __name__ == "__main__":
    for path, text in generated().items():
        path.write_text(text, "utf-8")
        print(path.relative_to(ROOT))
