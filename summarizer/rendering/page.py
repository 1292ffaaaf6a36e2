"""The frame of every HTML page: one self-contained file, no script, no outside resource, readable on paper.

A content security policy forbids whatever a reader's browser could still be talked into.
"""

from __future__ import annotations

from html import escape
from importlib import resources

from summarizer.errors import ResourceError
from summarizer.rendering.visible import visible

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def page(title: str, body: str, language: str, *styles: str) -> str:
    """A document that ends with a newline. `title` is text, `body` is markup whose texts are escaped.

    `styles` are the names of style sheets beside this module that follow the common one.
    """
    style = "".join(map(_style, ("page.css", *styles)))
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(POLICY)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{shown(title)}</title>\n<style>\n{style}</style>\n</head>\n"
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def shown(text: str) -> str:
    """Text of anybody's as markup: escaped, nothing hidden, nothing that turns the direction of the page."""
    return escape(visible(text))


def _style(name: str) -> str:
    try:
        return resources.files("summarizer.rendering").joinpath(f"data/{name}").read_text(encoding="utf-8")
    except OSError as error:
        raise ResourceError(f"rendering/data/{name} cannot be read: {error}; reinstall the package.") from error
