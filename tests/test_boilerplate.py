"""What stands around a report is marked, and the report itself never is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.loading.boilerplate import find_boilerplate, split_lines

ROOT = Path(__file__).parents[1]
GOLD = sorted((ROOT / "tests" / "gold").glob("*.gold.json"))
PARAGRAPH = "全区上下坚持稳中求进工作总基调，地区生产总值增长5.6%，城镇新增就业3.5万人，各项事业取得新的成效。"


def marked(text: str) -> list[str]:
    return [text[span.start : span.end] for span in find_boilerplate(text)]


def characters(spans: list[tuple[int, int]]) -> set[int]:
    return {offset for start, end in spans for offset in range(start, end)}


@pytest.mark.parametrize("path", GOLD, ids=lambda path: path.stem[:3])
def test_seeds_agree_with_the_annotators(path: Path) -> None:
    """By characters: nothing of the report is taken, and nothing but a line break is missed."""
    gold = json.loads(path.read_text(encoding="utf-8"))
    text = (ROOT / "seeds" / gold["file"]).read_bytes().decode("utf-8")
    wanted = characters([(span["start"], span["end"]) for span in gold["boilerplate"]])
    found = characters([(span.start, span.end) for span in find_boilerplate(text)])
    assert {offset for offset in wanted ^ found if not text[offset].isspace()} == set()


@pytest.mark.parametrize(
    "line",
    [
        "导航菜单",
        "您的位置: 首页>政务公开 > 其他公文",
        "当前位置：首页 >> 政府信息公开 >> 规划计划",
        "字体:",
        "【字体：大 中 小】",
        "[打印本页] [关闭窗口]",
        "来源：江州日报",
        "（责任编辑：张三）",
        "发布时间：2023-01-12 09:30 浏览次数：40",
        "本文地址:/baogao/xn/1.html",
        "本文仅代表作者观点,不代表本站立场。未经许可,不得转载。",
        "— 12 —",
        "第 3 页 共 20 页",
        "冀ICP备06016263号-1",
        "版权所有：江州市人民政府 主办：江州市人民政府办公室",
        "Copyright © 2022 All Rights Reserved",
        "发文单位：江州市人民政府",
        "来源URL：https://www.example.gov.cn/2023/1.html",
        "(上接1版)",
        "（下转第三版）",
    ],
)
def test_lines_of_sites_and_papers_are_marked(line: str) -> None:
    """Alone between paragraphs, with nothing else on the line."""
    assert marked(f"{PARAGRAPH}\n\n  {line}  \n\n" + f"{PARAGRAPH}\n" * 4) == [line]


@pytest.mark.parametrize(
    "line",
    [
        "江州市2023年政府工作报告",
        "——2023年1月5日在江州市第十届人民代表大会第二次会议上",
        "江州市人民政府市长 李四",
        "各位代表：",
        "一、2022年工作回顾",
        "（一）聚焦产业升级，着力提质增效",
        "工业经济量质齐升。",
        "附件：名词解释",
        "渝北府办发〔2020〕21号",
        "（此件公开发布）",
        "打印电路板产业园",
        "大",
        "首页改版工程",
        "1.时间：2023年底前。责任单位：区住建委，配合单位：各街道。",
    ],
)
def test_lines_of_reports_are_not_marked(line: str) -> None:
    """Titles, headings, speakers and small lines stay, wherever they stand."""
    assert marked(f"{line}\n\n{PARAGRAPH}\n\n{line}\n\n{PARAGRAPH}\n\n{line}") == []


def test_a_page_jump_inside_a_line_is_marked_alone() -> None:
    """The sentence before it belongs to the report."""
    assert marked(f"{PARAGRAPH}(下转3版)") == ["(下转3版)"]


def test_adjacent_lines_are_one_span_and_a_blank_line_parts_them() -> None:
    """Blocks follow the page's own layout."""
    buttons = "下载\n打印\n【字号：\n加大\n减小\n】"
    text = f"{buttons}\n江州市政府工作报告\n{PARAGRAPH}\n\n来源：江州日报\n\n责任编辑：王五"
    assert marked(text) == [buttons, "来源：江州日报", "责任编辑：王五"]


def test_menu_words_count_only_beside_chrome() -> None:
    """The middle of a menu is chrome, the same words in a report are not."""
    menu = "首页\n领导之窗\n政务服务\n当前位置：\n首页\n>\n年度报告\n"
    assert marked(f"{menu}江州市政府工作报告\n{PARAGRAPH}") == [menu.strip()]
    assert marked(f"{PARAGRAPH}\n政务服务\n{PARAGRAPH}") == []


def test_all_after_the_closing_line_of_a_page_is_marked() -> None:
    """Lists of links follow 相关文章 to the end of the page."""
    links = "相关文章\n03-30\n江州市2020年统计公报\n标签云\n政府工作报告"
    assert marked(f"{PARAGRAPH}\n{links}") == [links]


def test_a_closing_word_before_much_prose_closes_nothing() -> None:
    """分享到： above the text is a button, not the end."""
    assert marked("分享到：\n" + f"{PARAGRAPH}\n" * 20) == ["分享到："]


def test_notes_after_a_report_are_report() -> None:
    """A glossary is read; it defines the report's terms."""
    assert marked(f"{PARAGRAPH}\n名词解释：\n1.双碳：碳达峰与碳中和的简称。\n[2]三农：农业、农村和农民。") == []


def test_literal_line_breaks_part_lines() -> None:
    """Collectors that wrote backslash, r, backslash, n are read as if they had broken the line."""
    text = f"来源：江州日报\\r\\n{PARAGRAPH}\\r\\n— 3 —\\r\\n{PARAGRAPH}  来自马克数据网"
    assert marked(text) == ["来源：江州日报", "— 3 —", "来自马克数据网"]


def test_a_report_saved_as_one_line_keeps_all_but_its_chrome() -> None:
    """A disclaimer at its end does not take the line with it."""
    notice = "本文仅代表作者观点,不代表本站立场。若造成了侵权,请联系本站,我们会第一时间予以处理。"
    text = f"导航菜单 江州市政府工作报告 {PARAGRAPH * 20} {notice} 本文地址:/x/5385.html 验证码:"
    assert marked(text) == ["导航菜单", notice, "本文地址:/x/5385.html", "验证码:"]


@given(st.text(alphabet="首页>大中小：来源报告年工作，。\n\r\\n 12（）版上接", max_size=200))
def test_spans_are_sorted_disjoint_and_within_the_text(text: str) -> None:
    """Whatever the text, the spans are usable."""
    spans = find_boilerplate(text)
    edges = [edge for span in spans for edge in (span.start, span.end)]
    assert edges == sorted(edges)
    assert all(0 <= span.start < span.end <= len(text) for span in spans)


@given(st.text(max_size=100))
def test_lines_hold_their_own_text(text: str) -> None:
    """A line's offsets and text agree, and its edges are visible."""
    for line in split_lines(text):
        assert text[line.start : line.end] == line.text == line.text.strip()
