"""The code and texts of docs/own-types.md, as a reader would save them."""

from __future__ import annotations

import re
import sys
from functools import cache
from pathlib import Path
from types import ModuleType

from summarizer.itemtypes.declaring import OwnItem
from summarizer.loading.text import load_text
from summarizer.model import Report
from summarizer.resources import folder

PAGE = folder("prompts").parent / "docs" / "own-types.md"
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(language: str) -> list[str]:
    """The page's blocks in a language, in order."""
    return [text for found, text in _BLOCK.findall(PAGE.read_text("utf-8")) if found == language]


def notice() -> str:
    """The example's text."""
    return blocks("text")[0]


def printed() -> str:
    """What the example prints."""
    return blocks("text")[1]


def usage() -> str:
    """The code that asks."""
    return blocks("python")[1]


@cache
def declarations() -> dict[str, ModuleType]:
    """The modules that the page declares types in, by the names that it saves them under."""
    return {"subsidies": _module("subsidies", blocks("python")[0]), "events": _module("events", blocks("python")[2])}


def _module(name: str, code: str) -> ModuleType:
    module = ModuleType(f"documented_{name}")
    sys.modules[module.__name__] = module  # where annotations of its classes are looked up
    exec(compile(code, f"{PAGE.name}:{name}.py", "exec"), vars(module))
    return module


def documented_type(name: str) -> type[OwnItem]:
    """A type that the page declares."""
    found = next(vars(module)[name] for module in declarations().values() if name in vars(module))
    assert isinstance(found, type)
    assert issubclass(found, OwnItem)
    return found


def notice_report() -> Report:
    """The example's text as it is read."""
    return load_text(notice(), "notice.txt")


def save(here: Path) -> None:
    """Writes the example's files."""
    (here / "notice.txt").write_text(notice(), "utf-8")
    (here / "subsidies.py").write_text(blocks("python")[0], "utf-8")
    (here / "events.py").write_text(blocks("python")[2], "utf-8")
