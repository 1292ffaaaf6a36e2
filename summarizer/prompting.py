"""Chunks to messages, and the schema of their answer. Templates are strict: a missing variable is an error.

All instructions stand in one system message that is the same for every chunk of every report, so
that providers' prompt caches apply; what varies comes last.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, create_model

from summarizer.answerform import FigureForm, written
from summarizer.chunking import escape, heading_line, make_chunks, shown
from summarizer.clients.base import AnswerSchema, Message
from summarizer.errors import ResourceError
from summarizer.itemtypes.declaring import form_of
from summarizer.itemtypes.rows import OwnTypes, row_type
from summarizer.model import Chunk, Metadata, Place, Report, Theme
from summarizer.resources import digest, read

TEMPLATES = (
    "read.system",
    "read.user",
    "again.user",
    "repair.user",
    "complete.user",
    "overview.system",
    "overview.user",
)
OWN_TEMPLATES = ("own.system", "own.again")


class Answer(BaseModel):
    """What a model answers for a chunk: the lists of a Draft, in the form of `answerform`."""

    model_config = ConfigDict(extra="forbid")

    figures: list[FigureForm]
    goals: list[list[str]]
    projects: list[list[str]]
    risks: list[list[str]]
    skipped: list[list[str]]


class OverviewAnswerSentence(BaseModel):
    model_config = ConfigDict(extra="forbid")

    zh: str
    en: str
    cites: list[str]


class OverviewAnswer(BaseModel):
    """What a model answers when asked for the overview."""

    model_config = ConfigDict(extra="forbid")

    sentences: list[OverviewAnswerSentence]


@cache
def _environment() -> Any:
    import jinja2

    return jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False, keep_trailing_newline=False)


@cache
def _template(name: str) -> Any:
    return _environment().from_string(read("prompts", name + ".j2"))


def render(template: str, **variables: object) -> str:
    """A prompt from its template. Raises ResourceError that names a missing variable."""
    import jinja2

    try:
        return str(_template(template).render(**variables))
    except jinja2.UndefinedError as error:
        raise ResourceError(f"The prompt {template} lacks a value: {error.message}") from error


@cache
def instructions(own: OwnTypes = ()) -> str:
    """The system message for reading: the stable prefix of every request; what own types ask for follows it."""
    if own:
        return instructions() + "\n\n" + render("own.system", types=[form_of(each) for each in own])
    answer = json.dumps(json.loads(read("prompts", "example.answer.json")), ensure_ascii=False, separators=(",", ":"))
    return render(
        "read.system",
        themes=", ".join(get_args(Theme)),
        example_marked=example_chunk().marked,
        example_answer=answer,
    )


@cache
def example_chunk() -> Chunk:
    """The worked example as a chunk, made by the code that makes every chunk."""
    from summarizer.outline import read_outline
    from summarizer.quantities.grammar import find_quantities

    text = read("prompts", "example.report.txt")
    metadata = Metadata("示例", Place(zh="示例市", en="Example City"), "city", "work_report", "2024", 2023, 2024, True)
    report = Report("example", text, "", "", (), metadata)
    return make_chunks(report, read_outline(report), find_quantities(text))[0]


def read_messages(chunk: Chunk, own: OwnTypes = ()) -> tuple[Message, ...]:
    """The request that reads a chunk."""
    return _messages("read.user", chunk, own, chunk.marked)


def again_messages(chunk: Chunk, reason: str, own: OwnTypes = ()) -> tuple[Message, ...]:
    """The request that reads a chunk again, since the answer before was none."""
    system, user = _messages("again.user", chunk, own, chunk.marked, reason=reason)
    if own:
        lists = ", ".join(form_of(each).name for each in own)
        user = Message("user", user.content + render("own.again", lists=lists))
    return system, user


def repair_messages(
    chunk: Chunk, sentences: Sequence[str], items: Iterable[tuple[str, object, str]], own: OwnTypes = ()
) -> tuple[Message, ...]:
    """The request that sends items back: each with its list, itself as a model writes it, and the reason."""
    lines = [
        f"{kind}: {_unmarked(_dumped(written(kind, item)))}\n  reason: {_unmarked(reason)}"
        for kind, item, reason in items
    ]
    return _messages("repair.user", chunk, own, "\n".join(sentences), items="\n".join(lines))


def _dumped(item: object) -> str:
    return json.dumps(item, ensure_ascii=False, separators=(",", ":"))


def _unmarked(text: str) -> str:
    """A model's own words without anything that looks like the marks of a part; placeholders stay."""
    plain = shown(" ".join(text.split())).translate({ord("<"): "＜", ord(">"): "＞"})
    return re.sub(r"\{(?=[a-z]\d+[a-z]:)", "｛", plain)


def complete_messages(
    chunk: Chunk, sentences: Sequence[str], quantities: Sequence[str], own: OwnTypes = ()
) -> tuple[Message, ...]:
    """The request for quantities that an answer left out."""
    return _messages("complete.user", chunk, own, "\n".join(sentences), quantities=", ".join(quantities))


def overview_messages(metadata: Metadata, items: str) -> tuple[Message, ...]:
    """The request for the overview of a brief."""
    user = render("overview.user", items=items, **_context(metadata))
    return Message("system", read("prompts", "overview.system.j2")), Message("user", user)


def _messages(template: str, chunk: Chunk, own: OwnTypes, marked: str, **variables: str) -> tuple[Message, Message]:
    user = render(template, marked=marked, **variables, **_context(chunk.report.metadata))
    return Message("system", instructions(own)), Message("user", user)


def _context(metadata: Metadata) -> dict[str, str]:
    return {
        "title": escape(metadata.title or "untitled")[:120],
        "place": escape(metadata.place.zh or "unknown"),
        "review_year": str(metadata.review_year or "none"),
        "target_year": str(metadata.target_year or "none"),
    }


def sentences_of(chunk: Chunk, ids: Iterable[str]) -> list[str]:
    """The marked lines of a chunk in which some of these ids stand, each under its headings."""
    pieces = [f"{i}>" if i in chunk.clauses else f"{{{i}:" for i in ids]
    marked = iter(line for line in chunk.marked.split("\n") if not line.startswith("#"))
    lines: list[str] = []
    for section in chunk.sections:
        wanted = [line for _, line in zip(section.sentences, marked, strict=False) if any(p in line for p in pieces)]
        if wanted:
            lines += [heading_line([h.heading for h in section.path]), *wanted]
    return lines


# --- answer schemas ---------------------------------------------------------------------------


@cache
def answer_schema(own: OwnTypes = ()) -> AnswerSchema:
    """The schema of an answer, in the strict subset of structured outputs; own types add their lists."""
    lists: dict[str, Any] = {form_of(each).name: (list.__class_getitem__(row_type(each)), ...) for each in own}
    return AnswerSchema("reading", strict_schema(create_model("Answer", __base__=Answer, **lists) if own else Answer))


@cache
def overview_schema() -> AnswerSchema:
    return AnswerSchema("overview", strict_schema(OverviewAnswer))


def strict_schema(model: type[BaseModel]) -> dict[str, Any]:
    """A model's JSON Schema as structured outputs accept it.

    Every property is required (optional ones are nullable), no further ones are allowed, and
    nothing is in it that the subset does not know.
    """
    schema = model.model_json_schema()
    _tighten(schema)
    return schema


def _tighten(node: Any) -> None:
    if isinstance(node, list):
        for member in node:
            _tighten(member)
    if not isinstance(node, dict):
        return
    for key in ("title", "default", "description"):
        if not isinstance(node.get(key), dict):
            node.pop(key, None)
    if node.get("type") == "object":
        node["required"] = list(node.get("properties", {}))
        node["additionalProperties"] = False
    for member in node.values():
        _tighten(member)


def prompts_digest(own: OwnTypes = ()) -> str:
    """A fingerprint of everything that the instructions are made of."""
    templates = TEMPLATES + (OWN_TEMPLATES if own else ())
    return digest(*(read("prompts", name + ".j2") for name in templates), instructions(own))


def schema_digest(own: OwnTypes = ()) -> str:
    """A fingerprint of the answer's schema."""
    return digest(
        json.dumps(answer_schema(own).schema, sort_keys=True),
        json.dumps(overview_schema().schema, sort_keys=True),
    )
