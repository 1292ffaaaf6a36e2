"""Markdown: what is written reads as it was, and nothing of a report becomes markup."""

from __future__ import annotations

import builders
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from summarizer.model import Bilingual, BriefContent, Gap
from summarizer.rendering.blocks import Lang
from summarizer.rendering.markdown import escape, to_markdown

HOSTILE = [
    "<script>alert(1)</script>",
    "a | b | c",
    "[x](javascript:alert(1))",
    "![x](http://evil.example/p.png)",
    "`code`",
    "``` fence",
    "# heading",
    "- item",
    "1. item",
    "> quote",
    "---",
    "===",
    "**bold** _soft_ ~~gone~~",
    "&lt;b&gt; &amp;",
    "line one\nline two\r\n\r\n# three",
    "back\\slash\\",
    "[ref]: http://evil.example",
    "<!-- hidden",
]
ALLOWED = {"heading", "paragraph", "table", "thead", "tbody", "tr", "th", "td", "bullet_list", "list_item",
           "blockquote", "inline"}  # fmt: skip
ALLOWED_INLINE = {
    "text",
    "strong_open",
    "strong_close",
    "html_inline",
    "hardbreak",
    "softbreak",
    "text_special",
}


def markdown(content: BriefContent, lang: Lang = "both") -> str:
    return to_markdown(content, lang, builders.PlainNumbers())


def parsed(text: str) -> list[Token]:
    return MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)


def cells(text: str) -> list[str]:
    """The text of every table cell, its line breaks as newlines."""
    found, inside = [], False
    for token in parsed(text):
        inside = token.type in ("td_open", "th_open") if token.type.endswith("_open") else inside
        if token.type == "inline" and inside:
            found.append(
                "".join("\n" if child.type == "html_inline" else child.content for child in token.children or [])
            )
    return found


def hostile_brief(text: str) -> BriefContent:
    """The text in every place where a report or a model can put words."""
    said = Bilingual(zh=text, en=text)
    span = builders.evidence("停车难仍需缓解").model_copy(update={"quote": text, "path": (text,)})
    number = builders.quantity("q1a", "1509亿元", "1", "CNY").model_copy(update={"raw": text})
    return builders.brief(
        report=builders.info(title=text, source=text, published=text),
        quantities=(number,),
        figures=(builders.figure(scope=text, base=text, evidence=(span,), disputed=(text,)),),
        goals=(builders.jobs_goal(statement=said, evidence=(span,)),),
        projects=(builders.bridge(name=said, evidence=(span,)),),
        risks=(builders.open_risk(statement=said, evidence=(span,)),),
        gaps=(Gap(stage=text, reason=text, detail=text),),
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_text_of_a_report_cannot_form_markup(text: str) -> None:
    tokens = parsed(markdown(hostile_brief(text)))
    assert {token.type.removesuffix("_open").removesuffix("_close") for token in tokens} <= ALLOWED
    inline = [child for token in tokens for child in token.children or []]
    assert {child.type for child in inline} <= ALLOWED_INLINE
    assert {child.content for child in inline if child.type == "html_inline"} <= {"<br>"}


@pytest.mark.parametrize("text", HOSTILE)
def test_text_of_a_report_reads_as_it_was(text: str) -> None:
    flat = " ".join(text.split())
    assert f"{flat}\n{flat}" in cells(markdown(hostile_brief(text)))


@given(st.text(alphabet=st.characters(blacklist_categories=["Cc", "Cs", "Zl", "Zp"])))
@example("| a |")
@example("www.evil.example https://evil.example")
def test_escaped_text_renders_to_itself(text: str) -> None:
    """The letter in front keeps out what only the start of a line could mean; `to_markdown` guards that."""
    tokens = parsed("x" + escape(text) + "x")
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    assert "".join(child.content for child in tokens[1].children or []) == f"x{text}x"


@pytest.mark.parametrize("address", ["https://evil.example", "www.evil.example", "HTTP://evil.example"])
def test_bare_addresses_are_broken_so_that_they_do_not_become_links(address: str) -> None:
    assert address not in markdown(hostile_brief(address))


def test_tables_are_tables_and_a_goal_is_one_row_of_them() -> None:
    text = markdown(builders.brief(), "en")
    found = [line for line in text.splitlines() if "g1" in line and line.startswith("|")]
    start = builders.TEXT.index("城镇新增就业")
    assert found == [
        "| **g1**<br>**f5** | Create at least 35,000 new urban jobs | **English(35000 person)** | 2024 "
        f"| employment | “城镇新增就业3.5万人以上” ({start}–{start + 13}) |"
    ]
    rows = [line for line in text.splitlines() if line.startswith("|")]
    tables = [token for token in parsed(text) if token.type == "tr_open"]
    assert len(tables) == len([row for row in rows if "---" not in row])


def test_emphasis_is_closed_wherever_it_is_opened() -> None:
    """Also beside Chinese punctuation and after percent signs."""
    for content in (builders.brief(), *map(hostile_brief, HOSTILE[:6])):
        inline = [child for token in parsed(markdown(content)) for child in token.children or []]
        assert "strong_open" in {child.type for child in inline}
        assert not [child for child in inline if child.type == "text" and child.content.startswith("**")]


def test_lost_text_stands_above_the_first_heading() -> None:
    text = markdown(builders.brief(gaps=(builders.lost_gap(),)), "en")
    assert text.index("> ⚠ This brief is incomplete.") < text.index("\n## ")


def test_null_english_reads_as_not_translated() -> None:
    assert "| 争创全国双拥模范城 (not translated) |" in markdown(builders.brief(), "en")
    assert "| 争创全国双拥模范城<br>(not translated) |" in markdown(builders.brief(), "both")


@pytest.mark.parametrize(
    ("lang", "present", "absent"), [("zh", "## 目标\n", "Targets"), ("en", "## Targets\n", "目标")]
)
def test_one_language_leaves_the_other_out(lang: Lang, present: str, absent: str) -> None:
    text = markdown(builders.brief(), lang)
    assert present in text
    assert absent not in text


def test_text_ends_with_one_newline_and_is_the_same_every_time() -> None:
    text = markdown(builders.brief())
    assert text == markdown(builders.brief())
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


def test_the_packages_own_numbers_are_the_default() -> None:
    assert "RMB 150.9 billion" in to_markdown(builders.brief(), "en")
