"""Chunks hold whole sentences within budgets, and their pointers resolve to one place or not at all."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from summarizer.chunking import Budget, ChunkIndex, escape, flat, halves, make_chunks
from summarizer.errors import InputError
from summarizer.loading.text import load, load_text
from summarizer.model import Chunk, Quantity, Report, Sentence
from summarizer.outline import read_outline
from summarizer.quantities.grammar import find_quantities
from summarizer.tokens import count_tokens

ROOT = Path(__file__).parents[1]
GOLD = sorted((ROOT / "tests" / "gold").glob("*.gold.json"))
STEMS = [path.stem[:3] for path in GOLD]
MARK = re.compile(r"c\d+[a-z]>|\{q\d+[a-z]:|\}")
SMALL = Budget(tokens=300, quantities=5)


def chunks_of(report: Report, budget: Budget | None = None) -> tuple[Chunk, ...]:
    quantities = find_quantities(report.text, report.boilerplate)
    return make_chunks(report, read_outline(report), quantities, budget)


@cache
def seed(stem: str, budget: Budget | None = None) -> tuple[Chunk, ...]:
    (path,) = (ROOT / "seeds").glob(f"{stem}*.txt")
    return chunks_of(load(path), budget)


def chunk(text: str) -> Chunk:
    """The one chunk of a short text."""
    (made,) = chunks_of(load_text(text))
    return made


def sentences(made: Chunk) -> list[Sentence]:
    return [sentence for section in made.sections for sentence in section.sentences]


def plain_lines(made: Chunk) -> list[str]:
    """The marked text without its marks and heading lines."""
    return [MARK.sub("", line) for line in made.marked.split("\n") if not line.startswith("#")]


def name(made: Chunk, word: str) -> str:
    """The id of the clause that a word is in."""
    text = made.report.text
    return next(name for name, c in made.clauses.items() if word in text[c.start : c.end])


# --- cover and budget -------------------------------------------------------------------------


@pytest.mark.parametrize("budget", [None, Budget(800, 12), SMALL], ids=["default", "medium", "small"])
@pytest.mark.parametrize("stem", STEMS)
def test_chunks_cover_all_sentences_and_quantities_once_in_order(stem: str, budget: Budget | None) -> None:
    """Whatever the budget, nothing is left out, doubled or moved."""
    made = seed(stem, budget)
    report = made[0].report
    outline = read_outline(report)
    wanted = [s for section in outline.sections for s in section.sentences]
    assert [s for one in made for s in sentences(one)] == wanted
    assert [one.index for one in made] == list(range(len(made)))
    assert [c for one in made for c in one.clauses.values()] == [c for s in wanted for c in s.clauses]
    quantities = find_quantities(report.text, report.boilerplate)
    inside = [q for q in quantities if any(s.start <= q.start < s.end for s in wanted)]
    assert [q for one in made for q in one.quantities.values()] == inside


@pytest.mark.parametrize("budget", [None, Budget(800, 12), SMALL], ids=["default", "medium", "small"])
@pytest.mark.parametrize("stem", STEMS)
def test_a_chunk_has_too_many_quantities_only_in_a_single_sentence(stem: str, budget: Budget | None) -> None:
    """An answer must fit; only a sentence that is too large by itself exceeds the budget."""
    most = (budget or Budget()).quantities
    too_large = [one for one in seed(stem, budget) if len(one.quantities) > most]
    assert all(len(sentences(one)) == 1 for one in too_large)


def test_sections_keep_their_path_and_tense_when_they_are_split() -> None:
    """A section that is too large goes on in the next chunk under the same headings."""
    report = seed("002")[0].report
    known = {s: (section.path, section.tense) for section in read_outline(report).sections
             for s in section.sentences}  # fmt: skip
    for one in seed("002", SMALL):
        for section in one.sections:
            assert {known[s] for s in section.sentences} == {(section.path, section.tense)}


def test_a_chunk_spans_its_first_to_its_last_sentence() -> None:
    """Start and end are those of the text that the chunk reads."""
    for one in seed("002", SMALL):
        assert (one.start, one.end) == (sentences(one)[0].start, sentences(one)[-1].end)


def test_without_a_budget_of_tokens_the_quantities_alone_bound_a_chunk() -> None:
    """Where no model is asked, none are counted: long sections without quantities share a chunk."""
    text = "一、回顾\n" + "我们坚持稳中求进的工作总基调。\n" * 600 + "二、产值\n" + "产值1509亿元,增长6%。\n" * 30
    plain = load_text(text)
    bounded = chunks_of(plain, Budget())
    unbounded = chunks_of(plain, Budget(tokens=None))
    assert count_tokens(plain.text) > 2 * 2600
    assert len(bounded) > len(unbounded)
    assert all(0 < len(one.quantities) <= 40 for one in unbounded)
    assert [s for one in unbounded for s in sentences(one)] == [s for one in bounded for s in sentences(one)]


def test_a_text_without_sentences_has_no_chunk() -> None:
    """Marks alone are nothing to read."""
    assert chunks_of(load_text("……——。。。")) == ()


# --- marks ------------------------------------------------------------------------------------


def test_marks_stand_before_clauses_and_around_quantities() -> None:
    """The headings of a section stand over its sentences, one line each."""
    one = chunk("一、回顾\n(一)工业\n产值1509亿元,增长6%。就业向好。\n")
    (c1, c2, c3), (q1, q2) = one.clauses, one.quantities
    assert one.marked == (f"# 一、回顾 / (一)工业\n{c1}>产值{{{q1}:1509亿元}},{c2}>增长{{{q2}:6%}}。\n{c3}>就业向好。")


def test_headings_that_stand_over_a_line_already_are_not_said_again() -> None:
    """A heading is said once a chunk, an outer one by its first clause, one that is the first sentence not at all."""
    one = chunk(
        "二、展望2024年:我们努力向前\n(一)工业\n工业经济量质齐升。产值1509亿元。\n消费回升。零售额5亿元。\n"
        "(二)农业\n粮食丰收。\n三、要求\n廉洁从政。\n"
    )
    lines = [re.sub(r"c\d+[a-z]>|\{q\d+[a-z]:|\}", "", line) for line in one.marked.split("\n")]
    assert [line for line in lines if line.startswith("#")] == [
        "# 二、展望2024年 / (一)工业",
        "# (二)农业",
        "# 三、要求",
    ]


@pytest.mark.parametrize("stem", STEMS)
def test_without_its_marks_the_marked_text_is_the_text(stem: str) -> None:
    """Each line of a chunk is its sentence, without the line breaks of the page."""
    for one in seed(stem, SMALL):
        text = one.report.text
        assert plain_lines(one) == [escape(text[s.start : s.end]) for s in sentences(one)]


@pytest.mark.parametrize("stem", STEMS)
def test_every_id_is_in_the_marked_text_once_and_stands_for_what_follows_it(stem: str) -> None:
    """A clause's mark precedes its text, a quantity's mark holds its raw text."""
    for one in seed(stem):
        text = one.report.text
        for key, clause in one.clauses.items():
            (behind,) = one.marked.split(f"{key}>")[1:]
            line = MARK.sub("", behind.split("\n")[0])
            assert line.startswith(escape(text[clause.start : clause.end]))
        for key, quantity in one.quantities.items():
            assert one.marked.count(f"{{{key}:{escape(quantity.raw)}}}") == 1


@pytest.mark.parametrize(
    "text",
    [
        "<c1k>产值{q1a:1509亿元}增长6%。",
        "c1k>产值1509亿元,c2b>增长6%。",
        "产值达<1509亿元>,{增长}6%。",
        "落实}收尾{工作,完成<c99z>任务。",
        "{q1a#}与{q2b}都是标记,{{并非}}数字。",
    ],
)
def test_source_text_that_looks_like_marks_is_escaped(text: str) -> None:
    """Angle and curly brackets of the source are shown full-width, so that only real marks remain."""
    one = chunk(text)
    assert re.findall(r"(c\d+[a-z])>", one.marked) == list(one.clauses)
    assert re.findall(r"\{(.*?):", one.marked) == list(one.quantities)
    assert plain_lines(one) == [text.translate(str.maketrans("<>{}#", "＜＞｛｝＃"))]


def test_hidden_characters_and_line_breaks_are_not_shown() -> None:
    """Zero-width and reordering characters cannot carry anything to a model."""
    assert escape("产\u200b值\u202e增\ufeff长\u2066了") == "产值增长了"
    assert flat("产值\r\n　增长\\r\\n了\f。") == "产值增长了。"


# --- pointers ---------------------------------------------------------------------------------


def holding(made: tuple[Chunk, ...], position: int) -> ChunkIndex:
    (one,) = [c for c in made if any(s.start <= position < s.end for s in sentences(c))]
    return ChunkIndex(one)


@pytest.mark.parametrize("budget", [None, SMALL], ids=["default", "small"])
@pytest.mark.parametrize("path", GOLD, ids=STEMS)
def test_pointer_and_span_are_inverse_for_the_annotated_items(path: Path, budget: Budget | None) -> None:
    """Every goal and risk of the seeds can be pointed at exactly."""
    gold: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    made = seed(path.stem[:3], budget)
    for item in (*gold["goals"], *gold["risks"]):
        index = holding(made, item["start"])
        pointer = index.pointer(item["start"], item["end"])
        assert index.span(*pointer) == (item["start"], item["end"]), item["quote"]


def test_a_pointer_names_a_clause_a_run_of_clauses_or_a_part() -> None:
    """The three forms, as short as they can be."""
    one = chunk("确保完成投资80亿元,开工项目100个,力争培育企业30家、园区5个。")
    index, text = ChunkIndex(one), one.report.text
    first, second, third = one.clauses
    assert index.pointer(0, text.index(",")) == (first, None, None)
    assert index.pointer(0, text.index(",力争")) == (first, second, None)
    start = text.index("培育")
    assert index.pointer(start, text.index("、")) == (third, None, "培育企…30家")
    assert index.span(third, None, "培育企…30家") == (start, text.index("、"))
    assert index.span(first, third, None) == (0, len(text) - 1)


def test_a_part_may_be_quoted_whole_or_by_both_ends() -> None:
    """… or three points stand for what lies between; blanks around them do not matter."""
    one = chunk("力争全年培育规上企业30家以上。")
    index, text = ChunkIndex(one), one.report.text
    (only,) = one.clauses
    wanted = (text.index("培育"), text.index("以上"))
    for part in ("培育规上企业30家", "培育…30家", "培育...30家", "培育……30家", " 培育 … 30家 "):
        assert index.span(only, None, part) == wanted


def test_a_part_is_found_across_page_breaks_hidden_and_escaped_characters() -> None:
    """An engine quotes what it was shown; the span is that of the source."""
    text = "工业生产较快增长,规模以上工业<总产>值达到1509亿元,比上年同\n期增\u200b长6.5%。"
    one = chunk(text)
    index = ChunkIndex(one)
    start = text.index("同\n期")
    assert index.span(name(one, "比上年"), None, "同期增长") == (start, text.index("6.5"))
    start = text.index("<总产>")
    assert index.span(name(one, "总产"), None, "<总产>值") == (start, start + 5)
    assert index.span(name(one, "总产"), None, "＜总产＞值") == (start, start + 5)


@pytest.mark.parametrize(
    ("part", "reason"),
    [
        ("增长", "give more characters"),
        ("消费…增长", "give more characters"),
        ("投资下降", "has no '投资下降'"),
        ("投资…下降", "has no '下降'"),
        ("", "has no ''"),
        ("…增长", "has no ''"),
        ("消费…投资", "has no '投资'"),
        ("投资…", "has no ''"),
    ],
)
def test_a_part_that_does_not_fit_one_place_is_refused(part: str, reason: str) -> None:
    """Ambiguous, foreign and empty parts raise with what is wrong."""
    one = chunk("推动投资增长和消费增长并带动出口增长。")
    with pytest.raises(ValueError, match=re.escape(reason)):
        ChunkIndex(one).span(*one.clauses, None, part)


def test_a_neighbours_letter_does_not_resolve() -> None:
    """An id with the number of one clause and the letter of the next is refused, and named."""
    one = seed("002")[0]
    index = ChunkIndex(one)
    names = list(one.clauses)
    for own, following in pairwise(names):
        slip = own[:-1] + following[-1]
        with pytest.raises(ValueError, match=f"there is no clause {slip}"):
            index.span(slip, None, None)


def test_another_chunks_id_does_not_resolve() -> None:
    """The same number in another chunk has another letter."""
    first, second = chunks_of(load_text("产值增长6%。消费增长8%。"), Budget(quantities=1))
    assert list(first.clauses) != list(second.clauses)
    for own, other in ((first, second), (second, first)):
        for foreign in other.clauses:
            with pytest.raises(ValueError, match="there is no clause"):
                ChunkIndex(own).span(foreign, None, None)


@pytest.mark.parametrize("wrong", ["", "c1", "1", "q1a", "c0a", "c999z", "C1"])
def test_what_is_no_id_does_not_resolve(wrong: str) -> None:
    """Ids are taken as they are, without repair."""
    with pytest.raises(ValueError, match="there is no clause"):
        ChunkIndex(chunk("产值增长6%,消费回升。")).span(wrong, None, None)


def test_a_run_of_clauses_goes_forward_in_one_sentence() -> None:
    """A second clause before the first, or in another sentence, is refused."""
    one = chunk("投资回升,消费回暖。出口增长。")
    index = ChunkIndex(one)
    first, second, third = one.clauses
    with pytest.raises(ValueError, match=f"clause {first} comes before {second}"):
        index.span(second, first, None)
    with pytest.raises(ValueError, match="not in one sentence"):
        index.span(second, third, None)
    with pytest.raises(ValueError, match="there is no clause c9z"):
        index.span(first, "c9z", None)


def test_evidence_is_the_exact_text_with_its_headings() -> None:
    """The quote is what stands at the span."""
    one = chunk("一、回顾\n(一)工业\n产值1509亿元,增长6%。\n")
    start = one.report.text.index("增长")
    found = ChunkIndex(one).evidence(start, start + 4)
    assert (found.quote, found.path) == ("增长6%", ("一、回顾", "(一)工业"))
    assert one.report.text[found.start : found.end] == found.quote


def test_look_ups_find_what_stands_at_a_position() -> None:
    """Sentence, clause and quantities of every place of a chunk."""
    for one in seed("002"):
        index = ChunkIndex(one)
        for sentence in sentences(one):
            assert index.sentence_at(sentence.start)[0] is sentence
            assert index.sentence_at(sentence.end - 1)[0] is sentence
        for key, clause in one.clauses.items():
            assert index.clause_at(clause.end - 1) == (key, clause)
        everything: list[tuple[str, Quantity]] = index.quantities_in(one.start, one.end)
        assert everything == list(one.quantities.items())


# --- properties -------------------------------------------------------------------------------

PIECES = [
    "产值1509亿元", "增长6.5%", "投资", "消费回升", "培育企业30家", "，", ",", "。", "；", "：", "!", "、",
    "“", "”", "一、回顾", "\n", "\r\n", "\\r\\n", "<", ">", "{", "}", "<c1k>", "c1k>", "{q1a:", "\u200b",
    "\ufeff", "　", "…", "#", "1,5",
]  # fmt: skip
texts = st.lists(st.sampled_from(PIECES), min_size=1, max_size=25).map("".join)


def made_from(text: str) -> tuple[Chunk, ...]:
    try:
        return chunks_of(load_text(text), Budget(tokens=60, quantities=3))
    except InputError:
        return ()


@settings(deadline=None)
@given(texts)
def test_marks_of_any_text_are_only_those_that_were_set(text: str) -> None:
    """No source text adds a mark, and without the marks the sentences are whole."""
    for one in made_from(text):
        marks = re.findall(r"(c\d+[a-z])>|\{(.*?):", one.marked)
        assert one.marked.count(">") == len(one.clauses)
        assert [c for c, _ in marks if c] == list(one.clauses)
        assert [q for _, q in marks if q] == list(one.quantities)
        shown = MARK.sub("", one.marked)
        at = 0
        for sentence in sentences(one):
            at = shown.index(escape(text[sentence.start : sentence.end]), at)


@settings(deadline=None)
@given(texts, st.data())
def test_any_range_of_a_sentence_that_can_be_pointed_at_is_that_range(text: str, data: st.DataObject) -> None:
    """A pointer resolves to its range or is refused; it never resolves to another place."""
    for one in made_from(text):
        index = ChunkIndex(one)
        sentence = data.draw(st.sampled_from(sentences(one)))
        clause = data.draw(st.sampled_from(sentence.clauses))
        inside = range(clause.start, clause.end)
        visible = [i for i in inside if escape(text[i]) and not re.match(r"[\\rn\s]", text[i])]
        low = data.draw(st.sampled_from(visible))
        high = data.draw(st.sampled_from([i for i in visible if i >= low])) + 1
        pointer = index.pointer(low, high)
        with suppress(ValueError):
            assert index.span(*pointer) == (low, high)


@pytest.mark.parametrize("stem", STEMS)
def test_the_halves_of_a_chunk_are_its_sentences_in_order_cut_near_the_middle(stem: str) -> None:
    for whole in seed(stem):
        first, second = halves(whole)
        sentences = [s for piece in (first, second) for section in piece.sections for s in section.sentences]
        assert sentences == [s for section in whole.sections for s in section.sentences]
        spans = [(q.start, q.end) for piece in (first, second) for q in piece.quantities.values()]
        assert spans == [(q.start, q.end) for q in whole.quantities.values()]
        assert 0.2 < len(first.marked) / (len(first.marked) + len(second.marked)) < 0.8
        assert first.sections[0].path == whole.sections[0].path


def test_one_sentence_has_no_halves() -> None:
    assert halves(chunk("完成投资5亿元，增长6%。")) == ()
