"""HTML: one self-contained page, every text escaped, evidence folded under each item."""

from __future__ import annotations

from html.parser import HTMLParser

import builders
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_rendering_markdown import HOSTILE, hostile_brief

from summarizer.model import BriefContent
from summarizer.rendering.blocks import Lang
from summarizer.rendering.html import to_html

VOID = {"meta", "br", "link", "img", "input", "hr"}
ELEMENTS = {
    *(
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "main",
        "aside",
        "h1",
        "h2",
        "h3",
        "div",
        "span",
        "a",
    ),
    *("ul", "li", "table", "thead", "tbody", "tr", "th", "td", "details", "summary", "q", "blockquote"),
}
ATTRIBUTES = {"lang", "charset", "http-equiv", "content", "name", "class", "id", "href", "scope", "role"}


class Page(HTMLParser):
    """Collects what a page holds; `unbalanced` tags are those whose end does not fit."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.unbalanced: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.unbalanced.append(tag)

    def handle_data(self, data: str) -> None:
        self.texts.append((self.open[-1] if self.open else "", data))

    def words(self, *tags: str) -> list[str]:
        return [text for tag, text in self.texts if tag in tags]


def html(content: BriefContent, lang: Lang = "both") -> str:
    return to_html(content, lang, builders.PlainNumbers())


def assert_sound(page: Page) -> None:
    assert page.unbalanced == []
    assert page.open == []
    assert {tag for tag, _ in page.elements} <= ELEMENTS
    assert {name for _, attributes in page.elements for name in attributes} <= ATTRIBUTES
    links = [attributes["href"] or "" for _, attributes in page.elements if "href" in attributes]
    assert all(link.startswith("#item-") for link in links)


@pytest.mark.parametrize("lang", ["zh", "en", "both"])
def test_page_parses_balanced_and_refers_to_nothing_outside(lang: Lang) -> None:
    text = html(builders.brief(), lang)
    assert_sound(Page(text))
    style = text[text.index("<style>") : text.index("</style>")]
    assert "url(" not in style
    assert "@import" not in style
    assert "<script" not in text


def test_policy_forbids_everything_but_the_inline_style() -> None:
    policies = [a["content"] or "" for _, a in Page(html(builders.brief())).elements if "http-equiv" in a]
    assert len(policies) == 1
    assert policies[0].startswith("default-src 'none'; style-src 'unsafe-inline'")


@pytest.mark.parametrize("text", [*HOSTILE, '" onmouseover="x', "' onclick='x", "</style><b>", "</title><b>"])
def test_text_of_a_report_cannot_form_markup(text: str) -> None:
    page = Page(html(hostile_brief(text)))
    assert_sound(page)
    assert " ".join(text.split()) in page.words("blockquote")


@given(st.text())
def test_any_text_stays_text(text: str) -> None:
    assert_sound(Page(html(hostile_brief(text))))


def test_hostile_item_ids_stay_inside_their_attributes() -> None:
    content = builders.brief(figures=(builders.figure('f"><script>', disputed=("why",)),))
    page = Page(html(content))
    assert_sound(page)
    assert 'f"><script>' in page.words("span", "a")


def test_goal_and_its_figure_are_one_row_and_links_reach_both() -> None:
    text = html(builders.brief(), "en")
    rows = [row for row in text.split("<tr>") if 'id="item-g1"' in row]
    assert len(rows) == 1
    assert 'id="item-f5"' in rows[0]
    assert text.count("English(35000 person)") == 1
    assert '<a href="#item-g1"' in text


def test_evidence_unfolds_with_quote_range_and_headings() -> None:
    text = html(builders.brief(), "en")
    quote = builders.evidence("停车难仍需缓解")
    row = next(row for row in text.split("<tr>") if 'id="item-r2"' in row)
    assert f'<summary><q lang="zh">{quote.quote}</q>' in row
    assert f'<blockquote lang="zh">{quote.quote}</blockquote>' in row
    assert f"{quote.start}–{quote.end}" in row
    assert builders.PLAN in row


@pytest.mark.parametrize(("lang", "root"), [("zh", "zh"), ("en", "en"), ("both", "zh")])
def test_languages_are_declared(lang: Lang, root: str) -> None:
    page = Page(html(builders.brief(), lang))
    assert page.elements[0] == ("html", {"lang": root})


def test_null_english_is_marked_as_chinese() -> None:
    text = html(builders.brief(), "en")
    row = next(row for row in text.split("<tr>") if 'id="item-g2"' in row)
    assert '<span lang="zh">争创全国双拥模范城</span> <span lang="en" class="muted">(not translated)</span>' in row


def test_lost_text_is_a_warning_above_the_first_heading() -> None:
    text = html(builders.brief(gaps=(builders.lost_gap(),)), "en")
    assert text.index('<aside class="note warning"') < text.index("<h2>")
    assert 'class="note warning"' not in html(builders.brief(), "en")


def test_page_has_charset_title_dark_mode_and_print_rules() -> None:
    text = html(builders.brief(), "en")
    assert text.startswith("<!DOCTYPE html>")
    assert '<meta charset="utf-8">' in text
    assert Page(text).words("title")[0].startswith("Jiangbei District, Chongqing: government work report")
    assert "prefers-color-scheme: dark" in text
    assert "@media print" in text


def test_the_packages_own_numbers_are_the_default() -> None:
    assert "RMB 150.9 billion" in to_html(builders.brief())
