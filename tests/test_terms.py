"""The official terms: what ships is sound, look-ups are exact, and a user's file overrides."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from summarizer.errors import ResourceError
from summarizer.terms.dictionary import FAMILIES, Terms, load_terms

HAN = re.compile(r"[\u3400-\u9fff]")
KINDS = {"policy", "institution", "project_type", "title", "place_type", "verb_phrase", "noun", "slogan"}


@pytest.fixture(scope="module")
def terms() -> Terms:
    return load_terms()


def code(terms: Terms, name: str) -> str | None:
    found = terms.indicator(name)
    return found.code if found else None


def write(folder: Path, *rows: str) -> Path:
    path = folder / "own.tsv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


# --- the data ---------------------------------------------------------------------------------


def test_the_dictionary_covers_what_reports_state(terms: Terms) -> None:
    """Enough indicators and glossary entries for a whole report."""
    assert len(terms.indicators) >= 300
    assert len(terms.glossary) >= 600


def test_codes_are_unique_and_stable_in_form(terms: Terms) -> None:
    codes = [term.code for term in terms.indicators]
    assert [name for name, count in Counter(codes).items() if count > 1] == []
    assert [name for name in codes if not re.fullmatch(r"[a-z][a-z0-9_]*", name)] == []


def test_a_name_belongs_to_one_code(terms: Terms) -> None:
    """Also after normalising: every name of an indicator leads back to it."""
    names = [name for term in terms.indicators for name in term.names]
    assert [name for name, count in Counter(names).items() if count > 1] == []
    strays = [(name, code(terms, name)) for t in terms.indicators for name in t.names if code(terms, name) != t.code]
    assert strays == []


def test_glossary_terms_are_unique_and_no_indicators(terms: Terms) -> None:
    """Otherwise one term would have two English texts."""
    names = [term.zh for term in terms.glossary]
    assert [name for name, count in Counter(names).items() if count > 1] == []
    assert [term.zh for term in terms.glossary if terms.english(term.zh) != term.en] == []


def test_families_are_those_of_the_unit_table(terms: Terms) -> None:
    assert [term.code for term in terms.indicators if not term.families or set(term.families) - FAMILIES] == []


def test_kinds_are_the_documented_ones(terms: Terms) -> None:
    assert {term.kind for term in terms.glossary} == KINDS


def test_every_term_names_its_source(terms: Terms) -> None:
    assert [term.zh for term in terms.indicators if not term.source] == []
    assert [term.zh for term in terms.glossary if not term.source] == []


def test_english_texts_hold_no_chinese(terms: Terms) -> None:
    assert [term.en for term in terms.indicators if HAN.search(term.en)] == []
    assert [term.en for term in terms.glossary if HAN.search(term.en)] == []


def test_english_tells_indicators_apart(terms: Terms) -> None:
    """Two codes with the same English would look like one fact with two values."""
    assert [en for en, count in Counter(term.en for term in terms.indicators).items() if count > 1] == []


# --- look-ups ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("地区生产总值", "grp"),
        ("GDP", "grp"),
        ("gdp", "grp"),
        ("ＧＤＰ", "grp"),
        ("国内生产总值", "gdp"),
        ("我市地区生产总值", "grp"),
        ("全区规上工业增加值", "industrial_value_added"),
        ("规模以上工业增加值", "industrial_value_added"),
        ("社零总额", "retail_sales"),
        ("全市市场主体总量", "market_entities"),
        ("全县经营主体总数", "market_entities"),
        ("全年全省粮食总产量", "grain_output"),
        ("全社会研发经费支出占地区生产总值的比重", "rd_intensity"),
        ("单位GDP能耗", "energy_per_grp"),
        ("单位地区生产总值能耗", "energy_per_grp"),
        ("新增城镇就业", "new_urban_jobs"),
        ("全年空气优良天数", "air_good_days"),
        ("PM2.5", "pm25"),
        ("劣V类水体比例", "poor_water_share"),
        ("国家专精特新“小巨人”企业", "little_giants"),
        ("专精特新小巨人 企业", "little_giants"),
    ],
)
def test_indicators_are_found_by_the_wording_of_reports(terms: Terms, name: str, expected: str) -> None:
    assert code(terms, name) == expected


@pytest.mark.parametrize("name", ["", "的", "工业增加值增速快", "规上工业增加", "某某产业链韧性", "全市", "总量"])
def test_what_is_no_name_of_an_indicator_is_not_guessed(terms: Terms, name: str) -> None:
    assert terms.indicator(name) is None


def test_total_is_left_out_only_where_the_name_is_unknown_with_it(terms: Terms) -> None:
    """进出口总额 keeps its 总额, and 二氧化碳 names no indicator by cutting 排放总量 down."""
    assert code(terms, "口袋公园总量") == "pocket_parks"
    assert terms.indicator("二氧化碳总量") is None


def test_a_stock_and_what_was_added_to_it_are_different_indicators(terms: Terms) -> None:
    assert code(terms, "公共停车位") == "public_parking_spaces"
    assert code(terms, "新增公共停车位") == "new_parking_spaces"


def test_the_direction_that_is_good_is_known(terms: Terms) -> None:
    by_code = {term.code: term.better for term in terms.indicators}
    assert by_code["grp"] == "higher"
    assert by_code["surveyed_unemployment"] == "lower"
    assert by_code["population"] is None


# --- mentions in text -------------------------------------------------------------------------


def test_the_longest_name_wins_at_each_place(terms: Terms) -> None:
    text = "研发经费投入强度提高到2.5%，研发经费增长8%"
    assert [(text[s:e], t.code) for s, e, t in terms.find(text)] == [
        ("研发经费投入强度", "rd_intensity"),
        ("研发经费", "rd_expenditure"),
    ]


def test_mentions_have_the_offsets_of_the_text_as_it_is(terms: Terms) -> None:
    """Folding changes lengths (规模以上, full width, spaces); spans are of the original."""
    text = "\ufeff预计规模以上 工业增加值增长６％,ＰＭ２．５浓度下降"
    found = terms.find(text)
    assert [text[s:e] for s, e, _ in found] == ["规模以上 工业增加值", "ＰＭ２．５浓度"]
    assert [t.code for _, _, t in found] == ["industrial_value_added", "pm25"]


def test_a_mention_takes_in_the_quotation_mark_whose_other_half_is_inside(terms: Terms) -> None:
    text = "新培育“小巨人”企业3家、制造业“单项冠军”2个"
    assert [text[s:e] for s, e, _ in terms.find(text)] == ["“小巨人”企业", "制造业“单项冠军”"]


def test_a_mention_may_end_where_the_text_ends(terms: Terms) -> None:
    """Longer names that begin alike must not be tried beyond the end."""
    assert [(s, e) for s, e, _ in terms.find("扩大出口")] == [(2, 4)]
    assert [(s, e) for s, e, _ in terms.find("地区生产总值")] == [(0, 6)]


def test_a_name_does_not_run_over_a_line_break_or_begin_inside_a_number(terms: Terms) -> None:
    assert terms.find("稳定固定资产\n投资") == []
    assert terms.find("型号15G基站") == []


def test_finding_stays_fast_on_a_long_text(terms: Terms) -> None:
    """A million characters of near misses: quadratic work would never end."""
    assert terms.find("规模以上工业增加" * 125_000) == []


def test_gloss_lists_each_term_once_in_order_of_appearance(terms: Terms) -> None:
    text = "推进“一带一路”建设，地区生产总值增长6%。建成口袋公园3个，一带一路货运增，地区生产总值再上新台阶"
    assert terms.gloss(text) == [
        ("一带一路", "the Belt and Road Initiative"),
        ("地区生产总值", "gross regional product (GRP)"),
        ("建成口袋公园", "new pocket parks"),
        ("再上新台阶", "reach a new level"),
    ]


def test_english_comes_from_the_indicators_and_then_the_glossary(terms: Terms) -> None:
    assert terms.english("全市社会消费品零售总额") == "total retail sales of consumer goods"
    assert terms.english("“十四五”规划") == "the 14th Five-Year Plan"
    assert terms.english("十四五规划") == "the 14th Five-Year Plan"
    assert terms.english("国家卫生镇") == "National Sanitary Town"
    assert terms.english("闻所未闻的事") is None


# --- a user's own file ------------------------------------------------------------------------


def test_the_shipped_terms_are_read_once(terms: Terms) -> None:
    assert load_terms() is terms


def test_the_digest_tells_which_terms_were_used(terms: Terms, tmp_path: Path) -> None:
    own = load_terms(write(tmp_path, "zh\ten", "某词\tsome word"))
    assert re.fullmatch(r"[0-9a-f]{16}", terms.digest)
    assert own.digest != terms.digest
    assert own.digest == load_terms(tmp_path / "own.tsv").digest


def test_a_users_indicator_replaces_the_one_with_its_code(terms: Terms, tmp_path: Path) -> None:
    path = write(tmp_path, "code\tzh\tvariants\ten", "grp\t地区生产总值\tGDP\tregional GDP")
    own = load_terms(path)
    assert own.english("GDP") == "regional GDP"
    assert own.indicator("经济总量") is None
    assert len(own.indicators) == len(terms.indicators)


def test_a_users_indicator_takes_its_names_from_all_others(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "code\tzh\tvariants\ten\tfamily\tbetter",
        "my_parks\t公园城市指数\t绿道\tpark index\trank\thigher",
    )
    own = load_terms(path)
    assert code(own, "绿道") == "my_parks"
    assert code(own, "城市绿道") == "greenways"


def test_a_users_glossary_overrides_the_shipped_english(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "zh\ten",
        "地区生产总值\tregional GDP",
        "乡村振兴\trural revival",
        "龙门石窟\tLongmen Grottoes",
    )
    own = load_terms(path)
    assert own.english("乡村振兴") == "rural revival"
    assert own.gloss("龙门石窟") == [("龙门石窟", "Longmen Grottoes")]
    found = own.indicator("地区生产总值")
    assert found is not None
    assert (found.code, found.en) == ("grp", "regional GDP")


def test_a_file_saved_by_a_spreadsheet_is_read(tmp_path: Path) -> None:
    """A byte-order mark, Windows line ends and empty lines are no fault."""
    path = tmp_path / "excel.tsv"
    path.write_bytes("zh\ten\r\n甲乙丙\tABC\r\n\r\n".encode("utf-8-sig"))
    assert load_terms(path).english("甲乙丙") == "ABC"


@pytest.mark.parametrize(
    ("rows", "line", "reason"),
    [
        (["zh\ten", "甲\tA", "乙"], 3, "1 columns"),
        (["zh\ten", "甲\t"], 2, "en is empty"),
        (["zh\ten", "甲\t甲 in English"], 2, "Chinese characters"),
        (["zh\ten", "甲乙\tA", "“甲乙”\tB"], 3, "line 2 already"),
        (["chinese\tenglish", "甲\tA"], 1, "columns zh and en"),
        (["code\tzh\ten", "\t甲\tA"], 2, "code is empty"),
        (["code\tzh\ten", "a\t甲\tA", "a\t乙\tB"], 3, "twice"),
        (["code\tzh\tvariants\ten", "a\t甲\t丙\tA", "b\t乙\t丙\tB"], 3, "line 2 already"),
        (["code\tzh\tvariants\ten", "a\t甲\t丙|\tA"], 2, "a name is empty"),
        (["code\tzh\ten\tfamily", "a\t甲\tA\tmoney|euros"], 2, "unknown family euros"),
        (["code\tzh\ten\tbetter", "a\t甲\tA\tup"], 2, "better is 'up'"),
    ],
)
def test_a_malformed_row_is_named_by_file_and_line(tmp_path: Path, rows: list[str], line: int, reason: str) -> None:
    with pytest.raises(ResourceError, match=re.escape(f"own.tsv, line {line}: ")) as error:
        load_terms(write(tmp_path, *rows))
    assert reason in str(error.value)


def test_a_missing_or_undecodable_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ResourceError, match=r"nowhere\.tsv"):
        load_terms(tmp_path / "nowhere.tsv")
    path = tmp_path / "gbk.tsv"
    path.write_bytes("zh\ten\n甲乙\tA\n".encode("gb18030"))
    with pytest.raises(ResourceError, match="UTF-8"):
        load_terms(path)
