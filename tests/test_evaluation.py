"""Scores mean the same on every machine and after every change, and bad input is named."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest

from summarizer.errors import InputError
from summarizer.evaluation.gold import read_gold, read_texts, validate_gold
from summarizer.evaluation.matching import number, overlapping, pair, sentence_around
from summarizer.evaluation.names import same_name, similarity
from summarizer.evaluation.reporting import Scores
from summarizer.evaluation.scoring import score
from summarizer.evaluation.shape import check_spans

Json = dict[str, Any]

TESTS = Path(__file__).parent
GOLD = TESTS / "gold"
SEEDS = TESTS.parent / "seeds"
SCORED = GOLD / "scored"
CASES: list[Json] = json.loads((SCORED / "expected.json").read_text("utf-8"))
FOUND = ("quantities", "figures", "goals", "projects", "risks", "headings")


@pytest.fixture(scope="module")
def golds() -> dict[str, Json]:
    return read_gold(GOLD)


@pytest.fixture(scope="module")
def texts(golds: dict[str, Json]) -> dict[str, str]:
    return read_texts(SEEDS, golds)


def scored_briefs(without: list[str]) -> dict[str, Json]:
    paths = [path for path in SCORED.glob("*.json") if path.name != "expected.json"]
    return {path.stem: json.loads(path.read_text("utf-8")) for path in paths if path.stem not in without}


def evidence(item: Json) -> list[Json]:
    return [{"start": item["start"], "end": item["end"], "quote": item["quote"]}]


def perfect_brief(gold: Json) -> Json:
    """What a reader would have written who agrees with every annotation."""
    numbered = [(f"q{index}", figure) for index, figure in enumerate(gold["figures"])]
    projects: dict[str, list[Json]] = {}
    for mention in gold["projects"]:
        projects.setdefault(mention["quote"], []).append(mention)
    return {
        "report": {
            **gold["meta"],
            "place": {"zh": gold["meta"]["place_zh"]},
            "boilerplate": gold["boilerplate"],
        },
        "outline": [{**section, "heading": section["quote"]} for section in gold["sections"]],
        "quantities": [{**figure, "id": name, "raw": figure["quote"]} for name, figure in numbered],
        "figures": [
            {
                **figure,
                "quantities": [name],
                "indicator": {"zh": figure["indicator_zh"]},
                "evidence": evidence(figure),
            }
            for name, figure in numbered
        ],
        "goals": [
            {
                **goal,
                "quantities": [name for name, figure in numbered if goal["start"] <= figure["start"] < goal["end"]],
                "evidence": evidence(goal),
            }
            for goal in gold["goals"]
        ],
        "projects": [
            {
                "name": {"zh": name},
                "mentions": mentions,
                "evidence": [piece for mention in mentions for piece in evidence(mention)],
            }
            for name, mentions in projects.items()
        ],
        "risks": [{**risk, "evidence": evidence(risk)} for risk in gold["risks"]],
    }


TEXT = "全区生产总值增长6%。防范债务风险，建成江北大桥。江北大桥开放。"


def at(quote: str, **fields: Any) -> Json:
    start = TEXT.index(quote)
    return {"start": start, "end": start + len(quote), "quote": quote, **fields}


def small_gold(**fields: Any) -> Json:
    """Annotations of TEXT with one item of each kind."""
    growth = at(
        "6%",
        indicator_zh="生产总值",
        value="6",
        value_high=None,
        unit="percent",
        counter=None,
        comparator="=",
        measure="change",
        direction="up",
        kind="target",
        year=2024,
    )
    gold = {
        "meta": {"place_zh": "重庆市江北区", "level": "district", "doc_type": "plan", "target_year": 2024},
        "sections": [],
        "boilerplate": [],
        "figures": [growth],
        "non_figures": [],
        "goals": [at("全区生产总值增长6%", theme="economy")],
        "projects": [at("江北大桥", stage="completed")],
        "risks": [at("防范债务风险", type="hazard", status="open")],
    }
    return {**gold, **fields}


def score_small(brief: Json, gold: Json) -> Scores:
    return score({"small": brief}, {"small": gold}, {"small": TEXT})


# --- agreement --------------------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_scores_equal_the_reference_to_the_last_digit(
    case: Json, golds: dict[str, Json], texts: dict[str, str]
) -> None:
    """Every row has the reference's name, place, fields and exact figures."""
    annotated = {stem: {**gold, "annotated": case["annotated"].get(stem)} for stem, gold in golds.items()}
    scores = score(scored_briefs(case["without"]), annotated, texts)
    assert [list(row.items()) for row in scores.as_rows()] == [list(row.items()) for row in case["rows"]]
    assert list(scores.missing) == case["missing"]


def test_a_brief_that_agrees_with_all_annotations_scores_one(golds: dict[str, Json], texts: dict[str, str]) -> None:
    """No measure punishes the annotations themselves."""
    scores = score({stem: perfect_brief(gold) for stem, gold in golds.items()}, golds, texts)
    assert {row.f1 for row in scores.rows if row.predicted is not None} == {1.0}
    assert {row.accuracy for row in scores.rows if row.of is not None} == {1.0}
    assert scores.row("evidence wrong").count == 0
    assert scores.misses == ()


def test_no_brief_at_all_scores_zero(golds: dict[str, Json], texts: dict[str, str]) -> None:
    """A missing brief is an empty one, and is named."""
    scores = score({}, golds, texts)
    assert {(scores.row(name).precision, scores.row(name).recall, scores.row(name).f1) for name in FOUND} == {
        (0.0, 0.0, 0.0)
    }
    assert scores.row("values").accuracy is None
    assert scores.row("boilerplate").accuracy == 0.0
    assert scores.missing == tuple(golds)


def test_a_brief_without_annotations_is_ignored() -> None:
    """Gold decides what is scored."""
    gold = small_gold()
    both = {"small": perfect_brief(gold), "other": {"figures": "never looked at"}}
    assert score(both, {"small": gold}, {"small": TEXT}) == score_small(perfect_brief(gold), gold)


# --- names ------------------------------------------------------------------------------------


def test_similarity_ignores_case_blanks_and_punctuation() -> None:
    """Two ways to write one name are one name."""
    assert similarity("“R&D” 经费（内部）", "r&d经费内部") == 1.0


def test_similarity_is_twice_the_common_subsequence_of_both_lengths() -> None:
    """生产总值 is a subsequence of length 4 in names of 4 and 6 characters."""
    assert similarity("地区生产总值", "生产总值") == 2 * 4 / 10
    assert similarity("总值生产", "生产总值") == 2 * 2 / 8


@pytest.mark.parametrize("empty", [None, "", "（）"])
def test_an_empty_name_is_similar_to_nothing(empty: str | None) -> None:
    """Neither to a name nor to another empty one."""
    assert similarity(empty, "生产总值") == similarity("生产总值", empty) == similarity(empty, empty) == 0.0


@pytest.mark.parametrize(
    ("name", "gold"),
    [
        ("一般公共预算支出", "一般公共预算收入"),
        ("规模以上工业增加值", "规模以上工业总产值"),
        ("农村居民人均可支配收入", "城镇居民人均可支配收入"),
        ("第三产业增加值", "第二产业增加值"),
    ],
)
def test_opposed_words_make_names_different(name: str, gold: str) -> None:
    """However alike the rest is, in both directions."""
    assert similarity(name, gold) == similarity(gold, name) == 0.0
    assert not same_name(name, gold)


def test_a_name_with_both_opposed_words_is_not_opposed() -> None:
    """收入 and 支出 together contradict neither."""
    assert similarity("预算收入支出", "预算收入") == 2 * 4 / 10


def test_a_longer_name_may_hold_the_gold_name() -> None:
    """Up to 2.5 times as long plus 4 characters, and as written."""
    assert same_name("中心城区新增就业人员中的就业", "就业") is False
    assert same_name("中心城区新增就业人", "就业")
    assert same_name("新增城镇就", "就业") is False
    assert same_name(None, "就业") is False


# --- matching ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [("3.50", "3.5"), ("1,509", "1509"), ("1/3", "2/6"), (5, "5.0"), ("2/1", "2"), (None, None)],
)
def test_equal_values_are_equal_however_they_are_written(one: object, other: object) -> None:
    """Values are compared exactly, not as text."""
    assert number(one) == number(other)


@pytest.mark.parametrize("text", ["6.0:55.0:39.0", "1/0", "NaN", "Infinity", "三成"])
def test_what_is_no_single_number_is_compared_as_text(text: str) -> None:
    """Ratios and broken values equal themselves only."""
    assert number(text) == text


def test_among_equal_rates_the_earlier_prediction_goes_first() -> None:
    """Then the earlier gold item; the order of the candidates does not matter."""
    candidates = [(1, 1), (1, 0), (0, 1), (0, 0)]
    assert pair(candidates, lambda p, g: 1.0, 0.5) == [(0, 0), (1, 1)]


def test_the_best_rate_is_paired_first() -> None:
    """Even where that leaves another prediction with nothing."""
    rates = {(0, 0): 0.6, (0, 1): 0.9, (1, 1): 0.7, (1, 0): 0.1}
    assert pair(rates, lambda p, g: rates[p, g], 0.5) == [(0, 1)]


def test_overlapping_finds_all_pairs_that_share_a_character() -> None:
    """Long, nested, touching, empty and reversed ranges included."""
    ranges = [(0, 50), (3, 5), (5, 9), (5, 5), (8, 2), (4, 30), (40, 41), (60, 70), (3, 5)]
    everything = [(p, g) for p in range(len(ranges)) for g in range(len(ranges))]
    shared = {(p, g) for p, g in everything if set(range(*ranges[p])) & set(range(*ranges[g]))}
    found = list(overlapping(ranges, ranges))
    assert len(found) == len(set(found))
    assert set(found) == shared


def test_a_sentence_ends_at_its_marks_or_at_the_ends_of_the_text() -> None:
    """The closing mark is not part of it."""
    assert sentence_around("甲。乙丙！丁", 2, 3) == (2, 4)
    assert sentence_around("甲乙", 1, 2) == (0, 2)


# --- measures ---------------------------------------------------------------------------------


@pytest.mark.parametrize("found", [True, False])
def test_handled_risks_count_neither_way(found: bool) -> None:
    """Neither finding one nor leaving it out changes precision or recall."""
    gold = small_gold(risks=[at("防范债务风险", type="hazard", status="handled")])
    brief = perfect_brief(gold)
    if not found:
        brief["risks"] = []
    scores = score_small(brief, gold)
    assert (scores.row("risks").predicted, scores.row("risks").gold) == (0, 0)
    assert scores.misses == ()


def test_only_annotated_ranges_count() -> None:
    """What starts outside of them is neither found nor missed."""
    gold = small_gold()
    brief = perfect_brief(gold)
    gold["annotated"] = [[0, TEXT.index("。")]]
    scores = score_small(brief, gold)
    assert (scores.row("quantities").predicted, scores.row("quantities").gold) == (1, 1)
    assert (scores.row("risks").predicted, scores.row("risks").gold) == (0, 0)
    assert (scores.row("projects").predicted, scores.row("projects").gold) == (0, 0)


def test_a_project_counts_once_with_the_stages_of_all_its_mentions() -> None:
    """Two annotated mentions of a name are one project; stages are shared of all."""
    second = TEXT.rindex("江北大桥")
    again = {"start": second, "end": second + 4, "quote": "江北大桥", "stage": "operating"}
    gold = small_gold(projects=[at("江北大桥", stage="completed"), again])
    brief = perfect_brief(gold)
    brief["projects"][0]["mentions"] = [{"stage": "completed"}, {"stage": "planned"}]
    scores = score_small(brief, gold)
    assert (scores.row("projects").f1, scores.row("projects").gold) == (1.0, 1)
    assert (scores.row("stages").right, scores.row("stages").of) == (1, 3)


def test_a_project_needs_evidence_in_the_sentence_of_a_mention() -> None:
    """The right name with a quote from elsewhere proves nothing."""
    gold = small_gold()
    brief = perfect_brief(gold)
    brief["projects"][0]["evidence"] = evidence(at("生产总值"))
    assert score_small(brief, gold).row("projects").f1 == 0.0


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("indicator", {"zh": "财政收入"}),
        ("kind", "actual"),
        ("direction", None),
        ("year", 2023),
        ("evidence", []),
    ],
)
def test_a_figure_is_right_only_as_a_whole(field: str, value: object) -> None:
    """Any one wrong field makes the figure wrong, while its quantity stays found."""
    gold = small_gold()
    brief = perfect_brief(gold)
    brief["figures"][0][field] = value
    scores = score_small(brief, gold)
    assert scores.row("figures").f1 == 0.0
    assert scores.row("quantities").f1 == 1.0


def test_the_measure_of_a_figure_is_judged_apart() -> None:
    """It does not decide whether the figure is right."""
    gold = small_gold()
    brief = perfect_brief(gold)
    brief["figures"][0]["measure"] = "level"
    scores = score_small(brief, gold)
    assert (scores.row("figures").f1, scores.row("measures").accuracy) == (1.0, 0.0)


def test_evidence_too_long_to_read_does_not_hold_a_figure() -> None:
    """Whoever quotes the whole report has proven nothing."""
    text = TEXT + "文" * 500
    gold = small_gold()
    brief = perfect_brief(gold)
    brief["figures"][0]["evidence"] = [{"start": 0, "end": 401, "quote": text[:401]}]
    assert score({"a": brief}, {"a": gold}, {"a": text}).row("figures").f1 == 0.0


def test_a_second_mention_of_a_gold_figure_is_a_false_positive() -> None:
    """Listing a fact twice does not pay."""
    gold = small_gold()
    brief = perfect_brief(gold)
    brief["figures"] *= 2
    row = score_small(brief, gold).row("figures")
    assert (row.precision, row.recall, row.predicted) == (0.5, 1.0, 2)


def test_a_unit_that_gold_does_not_know_may_be_given_by_its_measure_word() -> None:
    """500斤 is a count of 斤 in gold and jin in the unit table; without a measure word they differ."""
    gold = small_gold()
    gold["figures"][0].update(unit="count", counter="斤")
    brief = perfect_brief(gold)
    brief["quantities"][0]["unit"] = "jin"
    assert score_small(brief, gold).row("values").accuracy == 1.0
    gold["figures"][0]["counter"] = brief["quantities"][0]["counter"] = None
    assert score_small(brief, gold).row("values").accuracy == 0.0


def test_a_quantity_whose_raw_is_not_the_text_is_not_found() -> None:
    """It takes the gold figure with it: both are reported."""
    gold = small_gold()
    brief = perfect_brief(gold)
    brief["quantities"][0]["raw"] = "7%"
    scores = score_small(brief, gold)
    assert scores.row("quantities").f1 == 0.0
    assert [miss.what for miss in scores.misses] == ["quantity missed", "quantity false"]


def test_a_goal_must_hold_the_figures_inside_it() -> None:
    """A goal without its number is found, but its quantities are wrong."""
    gold = small_gold()
    brief = perfect_brief(gold)
    brief["goals"][0]["quantities"] = []
    scores = score_small(brief, gold)
    assert (scores.row("goals").f1, scores.row("goal quantities").accuracy) == (1.0, 0.0)


def test_a_wrong_quote_is_counted() -> None:
    """For every kind of item, inside annotated ranges or not."""
    gold = small_gold()
    brief = perfect_brief(gold)
    gold["annotated"] = [[0, 1]]
    for kind in ("figures", "goals", "projects", "risks"):
        brief[kind][0]["evidence"][0]["quote"] = "别的"
    assert score_small(brief, gold).row("evidence wrong").count == 4


def test_scoring_changes_neither_briefs_nor_gold() -> None:
    """The same objects can be scored again."""
    gold = small_gold()
    brief = perfect_brief(gold)
    before = copy.deepcopy((brief, gold))
    assert score_small(brief, gold) == score_small(brief, gold)
    assert (brief, gold) == before


# --- the report of it -------------------------------------------------------------------------


def test_the_table_shows_every_measure_and_what_is_missing() -> None:
    """Rates with three digits, counts as they are, a dash where nothing was judged."""
    table = score({}, {"small": small_gold()}, {"small": TEXT}).table(misses=2)
    lines = {line.split("  ")[0]: line.split()[1:] for line in table.splitlines()}
    assert lines["quantities"] == ["0.000", "0.000", "0.000", "0", "1"]
    assert lines["values"] == ["-", "(0", "of", "0)"]
    assert lines["evidence wrong"][-1] == "0"
    assert "small\tquantity missed\t全区生产总值增长6%。防范债\t6%\t" in table
    assert table.count("\t") == 8
    assert table.endswith("no brief for: small")


def test_an_unknown_row_is_an_error_that_names_the_known_ones() -> None:
    """A misspelt measure in a quality gate must not pass."""
    with pytest.raises(KeyError, match=r"no measure 'figure'.*figures, goals"):
        score({}, {}, {}).row("figure")


# --- reading ----------------------------------------------------------------------------------


def test_gold_without_its_folder_is_an_input_error(tmp_path: Path) -> None:
    """The message names the folder and what belongs there."""
    with pytest.raises(InputError, match=r"nowhere is no folder; give the one that holds the \.gold\.json"):
        read_gold(tmp_path / "nowhere")
    with pytest.raises(InputError, match="nowhere is no folder"):
        read_texts(tmp_path / "nowhere", ["a"])


def test_a_folder_without_gold_is_an_input_error(tmp_path: Path) -> None:
    """Scores over nothing would look like a result."""
    with pytest.raises(InputError, match=r"holds no \*\.gold\.json file"):
        read_gold(tmp_path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            b'{"meta": {},\n "sections": [}',
            r"a\.gold\.json is not valid JSON \(.*line 2, column 15\); correct",
        ),
        (b'{"meta": {}}', r"a\.gold\.json is no annotation: it lacks sections, boilerplate"),
        (b"[]", r"a\.gold\.json is no annotation: it lacks meta"),
        ('"收入"'.encode("gb18030"), r"a\.gold\.json is not UTF-8 \(byte 1\)"),
    ],
)
def test_broken_gold_is_an_input_error_that_names_the_file(tmp_path: Path, content: bytes, message: str) -> None:
    """And the place in it, where there is one."""
    (tmp_path / "a.gold.json").write_bytes(content)
    with pytest.raises(InputError, match=message):
        read_gold(tmp_path)


def test_texts_are_decoded_as_they_are(tmp_path: Path) -> None:
    """Line ends and a byte-order mark are characters that offsets count."""
    (tmp_path / "a.md").write_bytes("\ufeff一\r\n二\r".encode())
    (tmp_path / "a.html").write_text("not looked at")
    assert read_texts(tmp_path, ["a"]) == {"a": "\ufeff一\r\n二\r"}


def test_a_text_that_is_missing_or_not_utf8_is_an_input_error(tmp_path: Path) -> None:
    """The message says what to put where."""
    with pytest.raises(InputError, match=r"holds no text for a; put it there as a\.txt, \.md or \.csv"):
        read_texts(tmp_path, ["a"])
    (tmp_path / "a.txt").write_bytes("收入".encode("gb18030"))
    with pytest.raises(InputError, match=r"a\.txt is not UTF-8"):
        read_texts(tmp_path, ["a"])


def test_a_brief_that_lacks_a_field_is_an_input_error() -> None:
    """It is not scored as if it were empty."""
    with pytest.raises(InputError, match="small: the brief or its gold lacks the field 'quantities'"):
        score_small({"figures": []}, small_gold())
    with pytest.raises(InputError, match="small: there is no text"):
        score({}, {"small": small_gold()}, {})


def test_the_annotated_reports_are_valid(golds: dict[str, Json], texts: dict[str, str]) -> None:
    """Every quote is the text of its span and every label is known."""
    assert [problem for stem in golds for problem in validate_gold(golds[stem], texts[stem], stem)] == []


@pytest.mark.parametrize(
    ("key", "field", "value", "problem"),
    [
        ("figures", "quote", "7%", r"small: figures\[0\] '7%' is not what the text has at 8 to 10: '6%'\."),
        (
            "goals",
            "end",
            999,
            r"goals\[0\] .* has the span 0 to 999, which is not in the text of \d+ characters",
        ),
        ("risks", "start", "0", r"risks\[0\] .* has the span 0 to"),
        ("figures", "comparator", "≥", r"figures\[0\] '6%' has the unknown comparator '≥'; known are =, >="),
        ("figures", "direction", "flat", r"unknown direction 'flat'; known are null, up, down"),
        ("goals", "theme", "sport", r"unknown theme 'sport'; known are economy"),
        ("projects", "stage", "done", r"unknown stage 'done'; known are planned"),
        ("risks", "status", None, r"unknown status None; known are open, handled"),
        ("figures", "indicator_zh", " ", r"figures\[0\] '6%' has no indicator_zh"),
        ("figures", "year", "2024", r"figures\[0\] '6%' has the year '2024'; write a whole number or null"),
    ],
)
def test_a_wrong_annotation_is_named(key: str, field: str, value: object, problem: str) -> None:
    """One sentence a problem, with the item and what is allowed."""
    gold = small_gold()
    gold[key][0][field] = value
    (found,) = validate_gold(gold, TEXT, "small")
    assert re.search(problem, found)


def test_annotated_ranges_and_metadata_are_validated() -> None:
    """Ranges must lie in the text; level and document type must be known, or null."""
    gold = small_gold(annotated=[[5, 500]], meta={"level": "village", "doc_type": None})
    first, second = validate_gold(gold, TEXT, "small")
    assert first.startswith("small: the annotated range 5 to 500 is not in the text")
    assert second.startswith("small: meta has the unknown level 'village'")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"figures": "none"}, r"figures is 'none' where a list is needed"),
        ({"goals": ["x"]}, r"goals\[0\] is 'x' where an object is needed"),
        ({"risks": [{"start": 0, "end": 1}]}, r"risks\[0\] has no quote"),
        ({"sections": [{"start": "0", "end": 1, "quote": "a"}]}, r"sections\[0\]\.start is '0' where a whole number"),
        ({"boilerplate": [{"start": True, "end": 1}]}, r"boilerplate\[0\]\.start is True"),
        ({"meta": []}, r"meta is \[\] where an object is needed"),
        ({"annotated": [[0]]}, r"annotated is \[\[0\]\] where a list of \[start, end\] is needed"),
    ],
)
def test_a_gold_file_of_another_shape_is_refused_with_its_place(tmp_path: Path, change: Json, said: str) -> None:
    """One sentence names the file, the field and what was wanted; nothing is scored on it."""
    gold = {**json.loads(next(GOLD.glob("*.gold.json")).read_text("utf-8")), **change}
    (tmp_path / "bad.gold.json").write_text(json.dumps(gold), "utf-8")
    with pytest.raises(InputError, match=rf"bad\.gold\.json: .*{said}"):
        read_gold(tmp_path)


def test_a_span_outside_the_text_is_refused_before_scoring() -> None:
    """A far end would fill the memory with its characters."""
    gold = {"boilerplate": [{"start": 0, "end": 10**12}]}
    with pytest.raises(InputError, match=r"g\.gold\.json: boilerplate\[0\] has the span 0 to 1000000000000"):
        check_spans(gold, "short", "g.gold.json")


def test_a_huge_exponent_is_compared_as_written() -> None:
    assert number("1e999999999") == "1e999999999"
