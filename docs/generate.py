"""Writes what is generated: docs/cli.md and schemas/*.json. `make docs`; a test fails where they differ."""

from __future__ import annotations

import json
from pathlib import Path

from summarizer.cli import app
from summarizer.prompting import answer_schema, overview_schema
from summarizer.rendering.jsonform import schema_text

ROOT = Path(__file__).resolve().parent.parent


def cli_page() -> str:
    """The command line's help as a page."""
    import click
    import typer

    group = typer.main.get_command(app)
    parts = ["# The command line", "", "Generated from the commands' own help by `make docs`.", "", "```"]
    context = click.Context(group, info_name="summarizer", terminal_width=100, max_content_width=100)  # type: ignore[arg-type]
    parts += [group.get_help(context), "```"]
    for name, command in sorted(group.commands.items()):  # type: ignore[attr-defined]
        own = click.Context(command, info_name=name, parent=context, terminal_width=100, max_content_width=100)
        assert command.help, f"{name} has no help"
        parts += ["", f"## summarizer {name}", "", "```", command.get_help(own), "```"]
    return "\n".join(parts) + "\n"


def generated() -> dict[Path, str]:
    """Every generated file with its text."""
    return {
        ROOT / "docs" / "cli.md": cli_page(),
        ROOT / "schemas" / "brief.schema.json": schema_text(),
        ROOT / "schemas" / "answer.schema.json": json.dumps(answer_schema().schema, indent=1) + "\n",
        ROOT / "schemas" / "overview.schema.json": json.dumps(overview_schema().schema, indent=1) + "\n",
    }


if __name__ == "__main__":
    for path, text in generated().items():
        path.write_text(text, "utf-8")
        print(path.relative_to(ROOT))
