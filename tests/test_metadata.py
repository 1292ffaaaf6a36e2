"""A report's title, place, type, years and wholeness are read from what it says."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from summarizer.loading.text import load, load_text
from summarizer.loading.years import damaged_date, find_date, plain_digits
from summarizer.model import Metadata

ROOT = Path(__file__).parents[1]
GOLD = sorted((ROOT / "tests" / "gold").glob("*.gold.json"))
PROSE = "坚持稳中求进工作总基调，推动高质量发展，各项工作取得明显成效，人民生活不断改善。\n" * 8
CLOSE = "让我们更加紧密地团结起来，为建设美好家园而努力奋斗！\n"


def read(text: str, source: str = "text") -> Metadata:
    return load_text(text, source).metadata


def delivered(opening: str, review: str = "一、过去一年工作回顾", plan: str = "二、今年工作安排") -> Metadata:
    return read(f"{opening}\n各位代表：\n现在，我向大会报告工作。\n{review}\n{PROSE}{plan}\n{PROSE}{CLOSE}")


@pytest.mark.parametrize("path", GOLD, ids=lambda path: path.stem[:3])
def test_seeds_agree_with_the_annotators(path: Path) -> None:
    """Every field of the annotated metadata."""
    gold = json.loads(path.read_text(encoding="utf-8"))
    found = load(ROOT / "seeds" / gold["file"]).metadata
    assert {
        "place_zh": found.place.zh,
        "place_en": found.place.en,
        "level": found.level,
        "doc_type": found.doc_type,
        "published": found.published,
        "review_year": found.review_year,
        "target_year": found.target_year,
        "partial": found.partial,
    } == gold["meta"]


@pytest.mark.parametrize(
    ("title", "kind", "review", "target"),
    [
        ("宜城市2023年国民经济和社会发展统计公报", "bulletin", 2023, None),
        (
            "关于上海市2023年国民经济和社会发展计划执行情况与2024年国民经济和社会发展计划草案的报告",
            "plan",
            2023,
            2024,
        ),
        ("关于广州市2022年预算执行情况和2023年预算草案的报告", "budget", 2022, 2023),
        ("关于江北区2022年财政决算的报告", "budget", 2022, None),
        ("浙江省人民政府关于印发第十四个五年规划和二〇三五年远景目标纲要的通知", "plan", None, 2025),
        ("遂宁市船山区人民政府关于印发《船山区2021年国民经济和社会发展计划》的通知", "plan", None, 2021),
        ("渝北区人民政府办公室关于调整议事机构的通知", "notice", None, None),
        ("武汉经济技术开发区2023年工作总结及2024年工作打算", "work_report", 2023, 2024),
        ("义乌市２０２４年政府工作报告", "work_report", 2023, 2024),
        ("二〇二三年政府工作报告", "work_report", 2022, 2023),
        ("昆山市高质量发展座谈会侧记", "other", None, None),
    ],
)
def test_the_title_tells_type_and_years(title: str, kind: str, review: int | None, target: int | None) -> None:
    """Before anything else in the text is asked."""
    found = read(f"{title}\n{PROSE}")
    assert (found.doc_type, found.review_year, found.target_year) == (kind, review, target)


@pytest.mark.parametrize(
    ("opening", "given", "review"),
    [
        ("政府工作报告\n——2017年3月5日在江州市第十届人民代表大会第五次会议上", "2017-03-05", 2016),
        ("政府工作报告\n（二〇〇三年一月十日）", "2003-01-10", 2002),
        ("江州市政府工作报告(2022年12月28日)", "2022-12-28", 2022),
        ("政 府 工 作 报 告\n（2024年1月23日）", "2024-01-23", 2023),
        ("江州市政府工作报告(2023年2月)", "2023", 2022),
        ("2018年政府工作报告\n2019年1月14日在江州市第十届人民代表大会第二次会议上", "2019-01-14", 2018),
    ],
)
def test_the_date_given_tells_the_years(opening: str, given: str, review: int) -> None:
    """Given early in a year it reviews the year before; from November on, the running year."""
    found = delivered(opening)
    assert (found.published, found.review_year, found.target_year) == (given, review, review + 1)


@pytest.mark.parametrize(
    ("review", "plan"),
    [
        ("一、2023年工作回顾", "二、今年的工作"),
        ("一、一年来的工作", "二、2024年总体要求和预期目标"),
        ("一、“十四五”时期和2023年工作回顾", "二、主要任务"),
        ("2023年政府工作报告确定的目标任务全面完成。", "展望2024年，机遇大于挑战。"),
        ("刚刚过去的2023年，极不平凡。", "做好2024年工作，意义重大。"),
        ("首先报告２０２３年的工作", "二、今年工作"),
    ],
)
def test_without_a_date_the_wording_tells_the_years(review: str, plan: str) -> None:
    """Headings and set phrases of the review and of the plan."""
    found = delivered("江州市政府工作报告", review, plan)
    assert (found.review_year, found.target_year, found.published) == (2023, 2024, "2024")


def test_a_five_year_review_is_dated_by_its_last_year() -> None:
    """过去五年 ends with the year before the report."""
    found = delivered("政府工作报告\n——2018年1月9日在江州市第十届人民代表大会第一次会议上", "一、过去五年工作回顾")
    assert (found.review_year, found.target_year) == (2017, 2018)


def test_a_text_without_any_year_has_none_unless_its_file_is_named_by_one() -> None:
    """Archives name files by the year; it is asked last."""
    text = f"各位代表：\n现在，我代表区人民政府向大会报告工作。\n一、本届政府工作回顾\n{PROSE}{CLOSE}"
    assert read(text).review_year is None
    assert read(text, "江州区_2021_report.txt").review_year == 2020


@pytest.mark.parametrize(
    ("opening", "place", "level"),
    [
        ("(重庆市)重庆市江北区人民政府工作报告(2023年2月8日)", "重庆市江北区", "district"),
        ("(江苏省)江阴市人民政府工作报告(2022年1月5日)", "江苏省江阴市", "county"),
        ("高阳县2023年政府工作报告", "河北省高阳县", "county"),
        ("浦东新区2022年政府工作报告", "上海市浦东新区", "district"),
        ("深圳市大鹏新区2021年工作报告", "深圳市大鹏新区", "zone"),
        ("2026年广西壮族自治区政府工作报告", "广西壮族自治区", "province"),
        ("天津市2024年政府工作报告", "天津市", "province"),
        ("保定2021年政府工作报告", "河北省保定市", "city"),
        ("太仓市城厢镇2023年政府工作报告", "太仓市城厢镇", "township"),
        ("政府工作报告\n在河北省第十届人民代表大会第一次会议上", "河北省", "province"),
        ("政府工作报告\n——2017年3月5日在第十二届全国人民代表大会第五次会议上", "中华人民共和国", "nation"),
        ("标题：2021年报告\n发文单位：保定市人民政府\n正文：\n政府工作报告", "河北省保定市", "city"),
    ],
)
def test_the_opening_tells_the_place_and_what_it_belongs_to(opening: str, place: str, level: str) -> None:
    """A district goes with its city, a county with its province, a city alone."""
    found = delivered(opening)
    assert (found.place.zh, found.level) == (place, level)


def test_without_a_name_the_place_most_spoken_of_is_taken() -> None:
    """我代表市人民政府 gives the level, the text the name."""
    text = "各位代表：\n现在，我代表市人民政府向大会报告工作。\n一、2023年工作回顾\n" + PROSE
    found = read(text + "六安现代化建设取得新成效，六安茶谷加快建设，对接合肥都市圈，安徽省支持六安发展。\n" + CLOSE)
    assert (found.place.zh, found.place.en, found.level) == ("安徽省六安市", "Lu'an, Anhui", "city")


def test_two_places_of_one_name_are_told_apart_by_what_the_text_names() -> None:
    """江北区 is in Chongqing and in Ningbo."""
    found = read(f"江北区2023年政府工作报告\n{PROSE}宁波市委、宁波市政府坚强领导。浙江省支持。\n")
    assert found.place.zh == "宁波市江北区"


@pytest.mark.parametrize(
    "text",
    [
        f"江州市政府工作报告\n(上接1版)\n（一）工业\n{PROSE}{CLOSE}",
        f"江州市政府工作报告(2023年2月8日)\n（四）聚焦改善生态环境。\n{PROSE}{CLOSE}",
        f"各位代表！前进的道路充满希望。\n二、2023年重点工作\n{PROSE}{CLOSE}",
        f"政府工作报告\n各位代表：\n一、2023年工作回顾\n{PROSE}加快推进一批重大项目建设，确保如期建成",
        f"市长在市人代会上的政府工作报告（摘登）\n一、回顾\n{PROSE}{CLOSE}",
    ],
)
def test_fragments_are_known_as_such(text: str) -> None:
    """By page jumps, a first heading that is not the first, a missing end, or a title that says so."""
    assert read(text).partial


def test_whole_documents_are_whole() -> None:
    """A report with its opening and end, with notes behind it; a plan that ends with its last measure."""
    notes = "名词解释：\n" + "".join(f"{n}.名词{n}：指一项工作的简称。\n" for n in range(1, 9))
    assert not delivered("江州市政府工作报告").partial
    assert not read(f"各位代表：\n一、2023年工作回顾\n{PROSE}二、安排\n{PROSE}{CLOSE}{notes}").partial
    assert not read(f"江州区2020年经济社会发展计划\n一、总体思路\n{PROSE}").partial


def test_a_text_without_line_breaks_is_read_alike() -> None:
    """A page saved as one line still opens with its title."""
    flat = (
        "导航菜单 (重庆市)重庆市江北区人民政府工作报告(2023年2月8日) (四)聚焦改善生态环境。"
        + PROSE.replace("\n", "") * 3
    )
    found = read(flat)
    assert (found.title, found.place.zh) == ("重庆市江北区人民政府工作报告", "重庆市江北区")
    assert (found.doc_type, found.published, found.partial) == ("work_report", "2023-02-08", True)


def test_the_title_is_the_most_telling_line() -> None:
    """Its bracketed province and date are cut, broken lines are joined, a bare title gives way."""
    assert delivered("(四川省)成都市锦江区人民政府工作报告(2023年2月8日)").title == "成都市锦江区人民政府工作报告"
    assert delivered("工作报告\n2022年安国市政府工作报告").title == "2022年安国市政府工作报告"
    assert delivered("政 府 工 作 报 告").title == "政府工作报告"
    broken = "关于江州省国民\n经济和社会发\n展第十个五年计划纲要的报告"
    assert delivered(broken).title == "关于江州省国民经济和社会发展第十个五年计划纲要的报告"
    assert delivered("").title is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2023年2月8日", date(2023, 2, 8)),
        ("（２０１７年３月５日）", date(2017, 3, 5)),
        ("二〇二三年十一月二十日", date(2023, 11, 20)),
        ("2026-01-31 07:00:44", date(2026, 1, 31)),
        ("2023年2月30日", None),
        ("增长2023.5%", None),
    ],
)
def test_dates_are_read_in_every_script(text: str, found: date | None) -> None:
    """Impossible days are no dates."""
    assert find_date(text) == found


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("2020711", date(2020, 7, 11)),
        ("20200711", date(2020, 7, 11)),
        ("202075", date(2020, 7, 5)),
        ("2020111", None),
        ("2020999", None),
    ],
)
def test_a_date_without_marks_is_read_where_it_is_unambiguous(line: str, found: date | None) -> None:
    """2020111 may be 11 January or 1 November."""
    assert damaged_date(line) == found


def test_plain_digits_keep_every_offset() -> None:
    """Full-width digits and Chinese years change in place."""
    text = "二〇二三年增长５％，三年"
    assert plain_digits(text) == "2023年增长5％，三年"
    assert len(plain_digits(text)) == len(text)
