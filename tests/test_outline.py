"""Headings, sections, sentences and clauses: of the seeds, and of texts with broken or no lines."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from summarizer.errors import InputError
from summarizer.loading.text import load, load_text
from summarizer.model import Outline, Report
from summarizer.outline import read_outline
from summarizer.paragraphs import lines

ROOT = Path(__file__).parents[1]
GOLD = sorted((ROOT / "tests" / "gold").glob("*.gold.json"))
PROSE = (
    "坚持稳中求进工作总基调,推动高质量发展,各项工作取得明显成效,人民生活不断改善,社会大局和谐稳定,营商环境持续优化。"
)
WRAPPED = "工业生产较快增长,规模以上工业总产值达到1509亿元,比上年同期增"
REST = "长6.5%,增速居全市第一。"


def seed(stem: str) -> tuple[Report, Outline]:
    (path,) = (ROOT / "seeds").glob(f"{stem}*.txt")
    report = load(path)
    return report, read_outline(report)


def outline(text: str) -> Outline:
    return read_outline(load_text(text))


def headings(text: str) -> list[tuple[int, str]]:
    return [(heading.level, heading.heading) for heading in outline(text).headings]


def sentences(text: str) -> list[str]:
    return [text[s.start : s.end] for section in outline(text).sections for s in section.sentences]


def clauses(text: str) -> list[str]:
    return [
        text[clause.start : clause.end]
        for section in outline(text).sections
        for sentence in section.sentences
        for clause in sentence.clauses
    ]


# --- the seeds --------------------------------------------------------------------------------


@pytest.mark.parametrize("path", GOLD, ids=lambda path: path.stem[:3])
def test_headings_of_the_seeds_agree_with_the_annotators(path: Path) -> None:
    """The same headings at the same levels, in order; none more, none fewer."""
    gold = json.loads(path.read_text(encoding="utf-8"))
    found = read_outline(load(ROOT / "seeds" / gold["file"])).headings
    wanted = gold["sections"]
    assert [(h.level, h.heading[:4]) for h in found] == [(w["level"], w["quote"][:4]) for w in wanted]
    assert all(abs(h.start - w["start"]) <= 2 for h, w in zip(found, wanted, strict=True))


@pytest.mark.parametrize("stem", ["000", "001", "002", "003", "004"])
def test_a_heading_is_the_text_at_its_span(stem: str) -> None:
    """Start and end bound the heading itself, without its closing mark."""
    report, found = seed(stem)
    for heading in found.headings:
        assert report.text[heading.start : heading.end] == heading.heading
        assert heading.heading[-1] not in "。；;：:，,"


def test_the_review_of_a_report_ends_where_its_plan_begins() -> None:
    """In seed 002 all sections before 二、展望2024年 report, and all behind it promise."""
    report, found = seed("002")
    turn = report.text.index("二、展望2024年")
    before = {section.tense for section in found.sections if section.sentences[0].start < turn}
    behind = {section.tense for section in found.sections if section.sentences[0].start > turn}
    assert (before, behind) == ({"review"}, {"plan"})


FRAGMENTS = {"000": "plan", "001": "plan", "003": "review", "004": "plan"}


@pytest.mark.parametrize(("stem", "tense"), FRAGMENTS.items())
def test_a_fragment_without_opening_is_read_by_its_wording(stem: str, tense: str) -> None:
    """These seeds hold only tasks, only achievements, or a plan from end to end."""
    assert {section.tense for section in seed(stem)[1].sections} == {tense}


@pytest.mark.parametrize("path", GOLD, ids=lambda path: path.stem[:3])
def test_every_annotated_span_lies_in_one_sentence(path: Path) -> None:
    """Goals and risks never cross a sentence, so that a pointer can reach all of them."""
    gold = json.loads(path.read_text(encoding="utf-8"))
    found = read_outline(load(ROOT / "seeds" / gold["file"]))
    spans = [(s.start, s.end) for section in found.sections for s in section.sentences]
    for item in (*gold["goals"], *gold["risks"]):
        inside = [span for span in spans if span[0] <= item["start"] and item["end"] <= span[1]]
        assert len(inside) == 1, item["quote"]


# --- heading styles ---------------------------------------------------------------------------


def test_styles_are_levels_in_the_order_of_the_document() -> None:
    """A style's level is its place among the styles that occur."""
    text = (
        f"江州市政府工作报告\n一、2023年工作回顾\n{PROSE}\n(一)经济稳中向好\n{PROSE}\n1.工业提质\n{PROSE}\n"
        f"2、商贸回暖\n{PROSE}\n二、2024年工作安排\n{PROSE}\n(一)扩大内需\n{PROSE}一是扩大消费,办好节会。"
        f"二是扩大投资,开工100个项目。\n——项目为王。{PROSE}\n"
    )
    assert headings(text) == [
        (1, "一、2023年工作回顾"),
        (2, "(一)经济稳中向好"),
        (3, "1.工业提质"),
        (3, "2、商贸回暖"),
        (1, "二、2024年工作安排"),
        (2, "(一)扩大内需"),
        (5, "一是扩大消费"),
        (5, "二是扩大投资"),
        (4, "——项目为王"),
    ]


@pytest.mark.parametrize(
    "heading",
    [
        "第一章 总体要求",
        "第二部分 重点任务",
        "一、总体要求",
        "十二、组织保障",
        "壹、回顾",
        "(三)改革开放",
        "（三）改革开放",
        "1.扩大有效投资",
        "12、办好民生实事",
        "(2)补齐短板",
    ],
)
def test_a_numbered_line_is_a_heading(heading: str) -> None:
    """All number styles, full-width and ASCII."""
    assert headings(f"{PROSE}\n{heading}\n{PROSE}") == [(1, heading)]


def test_a_short_line_over_a_paragraph_is_a_heading() -> None:
    """A title without a number counts once the report has begun."""
    text = f"江州市政府工作报告\n一、工作回顾\n{PROSE}\n乡村振兴\n{PROSE * 2}\n民生福祉\n{PROSE * 2}"
    assert headings(text) == [(1, "一、工作回顾"), (2, "乡村振兴"), (2, "民生福祉")]


def test_a_run_in_head_opens_its_paragraph_and_stays_a_sentence() -> None:
    """The short first sentence without commas is a heading, and is read with the rest."""
    text = f"一、工作回顾\n工业经济量质齐升。{PROSE}"
    assert headings(text) == [(1, "一、工作回顾"), (2, "工业经济量质齐升")]
    assert sentences(text) == ["工业经济量质齐升。", PROSE]


@pytest.mark.parametrize("first", ["产值增长6%。", "产值增长,投资回升。", "这是一个好的开端。", "好。"])
def test_a_first_sentence_that_tells_something_is_no_run_in_head(first: str) -> None:
    """With a comma, a digit or 是, or too short, it is an ordinary sentence."""
    assert headings(f"一、工作回顾\n{first}{PROSE}") == [(1, "一、工作回顾")]


def test_inline_heads_end_at_their_first_mark() -> None:
    """一是 and —— head what follows them; 一是 itself is no part of the sentence."""
    text = f"一、工作安排\n抓好三件事:一是扩大消费,办好节会。二是扩大投资。三要稳住外贸;——招商。{PROSE}"
    assert [heading for _, heading in headings(text)] == [
        "一、工作安排",
        "一是扩大消费",
        "二是扩大投资",
        "三要稳住外贸",
        "——招商",
    ]
    assert sentences(text)[1:3] == ["扩大消费,办好节会。", "扩大投资。"]


@pytest.mark.parametrize(
    "line",
    [
        "江州市政府工作报告",
        "关于江州市2024年国民经济和社会发展计划的报告",
        "——2024年1月8日在江州市第十届人民代表大会第三次会议上",
        "江州市市长 李明",
        "各位代表:",
        "各位代表!",
        "同志们:",
        "现在,我代表市人民政府向大会报告工作,请予审议。",
        "江州市人民政府办公室",
        "2024年1月15日",
        "(此件公开发布)",
    ],
)
def test_title_salutation_and_signature_are_no_headings(line: str) -> None:
    """Lines that introduce or close a report head nothing, before its first heading or behind."""
    text = f"江州市政府工作报告\n{line}\n{PROSE}\n一、工作回顾\n{PROSE}\n{line}\n{PROSE}"
    assert headings(text) == [(1, "一、工作回顾")]


def test_sections_carry_the_path_of_their_headings() -> None:
    """A new heading closes those of its level and deeper ones."""
    text = f"一、回顾\n(一)工业\n{PROSE}\n(二)农业\n{PROSE}\n二、安排\n{PROSE}"
    paths = [[heading.heading for heading in section.path] for section in outline(text).sections]
    assert paths == [["一、回顾", "(一)工业"], ["一、回顾", "(二)农业"], ["二、安排"]]


# --- broken and missing lines -----------------------------------------------------------------


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\n\n", "\f", "\n　　", "\\r\\n"])
def test_a_page_break_inside_a_sentence_does_not_split_it(line_end: str) -> None:
    """A long line that ends in the middle goes on in the next one."""
    text = f"一、工作回顾{line_end}{WRAPPED}{line_end}{REST}{line_end}{PROSE}"
    assert sentences(text) == [WRAPPED + line_end + REST, PROSE]
    assert clauses(text)[2] == f"比上年同期增{line_end}长6.5%"


def test_a_page_number_inside_a_sentence_does_not_split_it() -> None:
    """What is marked as boilerplate between two halves of a sentence is passed over."""
    text = f"一、工作回顾\n{WRAPPED}\n— 3 —\n{REST}\n{PROSE}"
    assert sentences(text) == [f"{WRAPPED}\n— 3 —\n{REST}", PROSE]


@pytest.mark.parametrize("next_line", ["二、工作安排", "(二)农业发展", "2.农业发展"])
def test_a_numbered_line_never_continues_a_sentence(next_line: str) -> None:
    """Even behind a line without closing punctuation a numbered heading is one."""
    text = f"一、工作回顾\n{WRAPPED}\n{next_line}\n{PROSE}"
    assert next_line in [heading for _, heading in headings(text)]
    assert WRAPPED in sentences(text)


def test_a_line_that_ends_a_sentence_is_not_joined() -> None:
    """Paragraphs stay apart."""
    assert sentences(f"一、回顾\n{PROSE}\n{PROSE}") == [PROSE, PROSE]


def test_a_text_without_line_breaks_has_its_headings() -> None:
    """Behind a full stop, 一、 and （一） head in a long unbroken text."""
    text = (
        "一、2023年工作回顾。"
        + PROSE * 12
        + "二、2024年工作安排,坚持稳字当头。"
        + PROSE * 12
        + "（一）扩大内需。"
        + PROSE * 12
    )
    assert headings(text) == [(1, "一、2023年工作回顾"), (1, "二、2024年工作安排"), (2, "（一）扩大内需")]
    assert len(sentences(text)) >= 36


def test_escaped_line_ends_are_line_ends() -> None:
    """Texts in which \\r\\n stands as four characters have the outline of those that have real ones."""
    real = f"一、2023年工作回顾\n{PROSE}\n(一)经济稳中向好\n{PROSE}\n二、2024年工作安排\n{PROSE}"
    escaped = real.replace("\n", "\\r\\n")
    assert headings(escaped) == headings(real)
    assert sentences(escaped) == sentences(real)


@pytest.mark.parametrize("mark", ["\n", "\r\n", "\r", "\\r\\n", "\\n", "\f", "\u2028", "\u2029"])
def test_lines_are_spans_without_their_ends_and_blanks(mark: str) -> None:
    """Empty lines are left out, outer blanks are no part of a line."""
    text = f"\ufeff　　一、回顾 {mark}{mark}\t正文{mark}"
    assert [text[line.start : line.end] for line in lines(text)] == ["一、回顾", "正文"]


# --- sentences and clauses --------------------------------------------------------------------


def test_sentences_take_their_closing_quotation_marks() -> None:
    """A full stop inside quotation marks ends the sentence behind them."""
    text = "获评“全国文明城市。”下一步再接再厉!真的吗?!是的。"
    assert sentences(text) == ["获评“全国文明城市。”", "下一步再接再厉!", "真的吗?!", "是的。"]


def test_clauses_are_cut_at_marks_of_both_widths() -> None:
    """，。；： and their ASCII twins; 、 does not cut."""
    text = "增速加快，投资、消费回升;外贸:进口,出口；均增长。"
    assert clauses(text) == ["增速加快", "投资、消费回升", "外贸", "进口", "出口", "均增长"]


def test_marks_inside_numbers_do_not_cut() -> None:
    """1,234.5 and 6.0:55.0:39.0 stay whole."""
    text = "财政收入1,234.5亿元,三次产业结构比为6.0:55.0:39.0。"
    assert clauses(text) == ["财政收入1,234.5亿元", "三次产业结构比为6.0:55.0:39.0"]


def test_clauses_without_a_word_are_left_out() -> None:
    """Dashes and marks alone are no clause."""
    assert clauses("增速加快,……,——,投资回升。") == ["增速加快", "投资回升"]


# --- review or plan ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heading", "tense"),
    [
        ("2023年工作回顾", "review"),
        ("过去五年工作总结", "review"),
        ("2023年国民经济和社会发展计划执行情况", "review"),
        ("2024年工作安排", "plan"),
        ("今后五年奋斗目标", "plan"),
        ("2024年经济社会发展主要任务", "plan"),
        ("下一步工作打算", "plan"),
    ],
)
def test_headings_open_the_review_or_the_plan(heading: str, tense: str) -> None:
    """The heading decides, whatever the sentences under it say."""
    opposite = "获评先进,完成投资。" if tense == "plan" else "力争突破,确保完成。"
    report = load_text(f"江州市2024年政府工作报告\n一、{heading}\n{opposite}{PROSE}\n(一)工业\n{PROSE}")
    assert {section.tense for section in read_outline(report).sections if section.path} == {tense}


@pytest.mark.parametrize(
    ("text", "tense"),
    [
        ("确保完成任务。力争突破百亿。加快推进项目。推动消费回升。全力稳就业。", "plan"),
        ("完成投资80亿元。获评全国先进。累计减税2亿元。新增企业30家。成功创建示范区。", "review"),
    ],
)
def test_without_an_opening_the_wording_decides(text: str, tense: str) -> None:
    """A fragment of promises is a plan, one of achievements a review."""
    assert {section.tense for section in outline(text * 5).sections} == {tense}


# --- properties -------------------------------------------------------------------------------

PIECES = [
    "坚持稳中求进,推动发展,", "产值1509亿元,增长6.5%。", "各位代表:", "(一)", "（二）", "一、", "二、", "1.",
    "2、", "一是", "二要", "——", "--", "第一章 ", "。", "；", "：", "!", "“", "”", "、", "…", "\n", "\r\n",
    "\\r\\n", "\f", "　　", " ", "\ufeff", "工业经济量质齐升。", "乡村振兴", "今年",
    "建成公园12座", "(3)", "\n— 3 —\n", "9:30",
]  # fmt: skip
texts = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)


@settings(deadline=None)
@given(texts)
def test_sections_cover_every_sentence_once_and_in_order(text: str) -> None:
    """Each word is in a heading, in boilerplate or in exactly one sentence."""
    try:
        report = load_text(text)
    except InputError:
        return
    found = read_outline(report)
    spans = [(s.start, s.end) for section in found.sections for s in section.sentences]
    assert all(start < end for start, end in spans)
    assert all(first[1] <= second[0] for first, second in pairwise(spans))
    outside = [(h.start, h.end) for h in found.headings] + [(b.start, b.end) for b in report.boilerplate]
    read = {i for start, end in spans + outside for i in range(start, end)}
    words = {m.start() for m in re.finditer(r"\w", re.sub(r"\\r\\n", "    ", text))}
    assert words <= read


@settings(deadline=None)
@given(texts)
def test_headings_and_clauses_are_ordered_spans(text: str) -> None:
    """Headings start one behind another, and clauses lie apart in their sentence."""
    try:
        found = outline(text)
    except InputError:
        return
    starts = [heading.start for heading in found.headings]
    assert starts == sorted(set(starts))
    assert {heading.level for heading in found.headings} <= set(range(1, len(starts) + 1))
    for section in found.sections:
        for sentence in section.sentences:
            ends = [sentence.start, *(clause.end for clause in sentence.clauses)]
            assert sentence.clauses
            assert sentence.clauses[-1].end <= sentence.end
            assert all(end <= c.start < c.end for end, c in zip(ends, sentence.clauses, strict=False))


def test_a_numbered_sentence_on_its_own_line_is_read_as_a_sentence_too() -> None:
    """A list of targets, one a line, is no list of mere headings: its numbers reach a section."""
    text = (
        "二、主要目标\n1.地区生产总值增长6%左右。\n2.启动云岭大桥建设。\n"
        "(三)实施10件民生实事。新建学校8所,改造道路12条,完成老旧小区改造20个,加装电梯50台。\n"
    )
    outline = read_outline(load_text(text, "list.txt"))
    read = "".join(text[s.start : s.end] for section in outline.sections for s in section.sentences)
    for part in ("地区生产总值增长6%左右", "启动云岭大桥建设", "实施10件民生实事", "新建学校8所"):
        assert part in read
    assert [h.level for h in outline.headings] == [1, 3, 3, 2]


def tenses_of(text: str) -> dict[str, str]:
    """What each sentence is read as, by its first four characters."""
    outline = read_outline(load_text(text, "r.txt"))
    return {text[s.start : s.start + 4]: section.tense for section in outline.sections for s in section.sentences}


def test_a_review_that_turns_to_the_plan_in_the_middle_is_cut_there() -> None:
    """Older reports have no heading for the plan: 今年的主要预期目标是 opens it."""
    text = (
        "2003年政府工作报告\n一、过去一年的工作回顾\n去年全省生产总值增长9.6%,各项事业取得新成绩。"
        "今年国民经济和社会发展的主要预期目标是：国内生产总值增长9%。城镇新增就业30万人。\n"
        "二、做好农业工作\n新建水库3座,完成造林20万亩。\n"
    )
    tenses = tenses_of(text)
    assert tenses["去年全省"] == "review"
    assert [tenses[k] for k in ("今年国民", "城镇新增", "新建水库")] == ["plan"] * 3


def test_a_section_that_looks_back_and_ahead_turns_where_it_names_the_period_ahead() -> None:
    text = (
        "鲸湖市2021年政府工作报告\n一、2020年工作回顾\n全市生产总值增长5%。\n"
        "二、“十三五”时期发展成就和“十四五”时期主要目标任务\n过去五年,城镇新增就业50万人。\n"
        "“十四五”时期是开启新征程的五年。\n森林覆盖率达到40%。\n三、2021年重点工作\n新建学校3所。\n"
    )
    tenses = tenses_of(text)
    assert (tenses["过去五年"], tenses["“十四五"], tenses["森林覆盖"]) == ("review", "plan", "plan")


def test_a_plan_that_opens_with_a_review_reports_there() -> None:
    text = (
        "关于鲸湖市国民经济和社会发展第十个五年计划纲要的报告\n一、“九五”回顾\n国内生产总值达到5020亿元。\n"
        "二、“十五”计划\n生产总值年均增长8%。\n"
    )
    tenses = tenses_of(text)
    assert (tenses["国内生产"], tenses["生产总值"]) == ("review", "plan")
