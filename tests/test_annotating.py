"""A corrected brief becomes gold: what it says scores 1 against itself, and nothing else is written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import builders
import pytest
from oracle import seeds

from summarizer import Fixes, InputError, SettingsError, Summarizer
from summarizer.annotating import write_gold
from summarizer.evaluating import Contestant, EvaluationRequest, run_evaluation
from summarizer.evaluation.from_brief import gold_of
from summarizer.evaluation.gold import read_gold, read_texts, validate_gold
from summarizer.loading.text import load
from summarizer.model import Bilingual
from summarizer.rendering.jsonform import to_json

Json = dict[str, Any]
SEED = seeds()[0]


def fixes(*entries: Json) -> Fixes:
    wanted = {"version": "1", "text_sha256": load(SEED).text_sha256, "fixes": entries}
    return Fixes.model_validate_json(json.dumps(wanted))


def brief_file(folder: Path, report: Path = SEED, *entries: Json) -> Path:
    """The brief of a report by rules, as a file of its own folder."""
    folder.mkdir(exist_ok=True)
    path = folder / f"{report.stem}.json"
    path.write_text(
        Summarizer("rules").summarize(report, fixes=fixes(*entries) if entries else False).to_json(), "utf-8"
    )
    return path


def request(gold: Path, briefs: Path) -> EvaluationRequest:
    return EvaluationRequest(gold, None, (Contestant("briefs", briefs),))


@pytest.mark.parametrize("report", seeds(), ids=[p.stem for p in seeds()])
def test_a_brief_scores_one_against_the_gold_that_is_made_of_it(report: Path, tmp_path: Path):
    brief = brief_file(tmp_path / "briefs", report)
    write_gold(brief, report, tmp_path / "gold")
    result = run_evaluation(request(tmp_path / "gold", tmp_path / "briefs"))
    assert result.problems == ()
    scores = result.results[0].scores
    rows = scores.rows
    assert {row.f1 for row in rows if row.gold} == {1.0}
    assert {row.predicted for row in rows if row.gold == 0} <= {0}
    assert {row.accuracy for row in rows if row.of} == {1.0}
    assert scores.row("evidence wrong").count == 0


def test_the_gold_has_what_a_user_corrected(tmp_path: Path):
    labels = {"indicator_zh": "养老保险参保率", "indicator_en": "pension coverage"}
    brief = brief_file(
        tmp_path / "briefs",
        SEED,
        {"do": "relabel", "what": "figure", "quote": "95%以上", "set": labels},
        {"do": "reject", "what": "figure", "quote": "11所"},
        {"do": "reject", "what": "project", "quote": "艺才技师学院"},
        {"do": "relabel", "what": "project", "quote": "威立雅项目", "set": {"stage": "started"}},
    )
    made = write_gold(brief, SEED, tmp_path / "gold")
    gold = read_gold(tmp_path / "gold")[SEED.stem]
    text = read_texts(tmp_path / "gold", [SEED.stem])[SEED.stem]
    assert text == SEED.read_bytes().decode("utf-8")
    assert validate_gold(gold, text, "x") == []
    figure = next(f for f in gold["figures"] if f["quote"] == "95%以上")
    assert (figure["indicator_zh"], figure["indicator_en"], figure["year"]) == (*labels.values(), 2023)
    assert [(n["quote"], n["why"]) for n in gold["non_figures"]] == [("11所", "rejected")]
    assert "艺才技师学院" not in {p["quote"] for p in gold["projects"]}
    assert next(p for p in gold["projects"] if p["quote"] == "威立雅项目")["stage"] == "started"
    assert (made.by_user, made.rejected, made.disputed, made.unwritten) == (2, 2, 0, ())


def test_a_rejected_number_lowers_the_precision_of_quantities_and_nothing_else(tmp_path: Path):
    brief = brief_file(tmp_path / "briefs", SEED, {"do": "reject", "what": "figure", "quote": "11所"})
    write_gold(brief, SEED, tmp_path / "gold")
    scores = run_evaluation(request(tmp_path / "gold", tmp_path / "briefs")).results[0].scores
    quantities = scores.row("quantities")
    assert (quantities.precision, quantities.recall) == (6 / 7, 1.0)
    assert {row.f1 for row in scores.rows if row.gold and row is not quantities} == {1.0}


def test_the_text_is_written_as_decoded_whatever_its_encoding_and_line_ends(tmp_path: Path):
    text = SEED.read_bytes().decode("utf-8").replace("\n", "\r\n")
    report = tmp_path / "report.txt"
    report.write_bytes(text.encode("gb18030"))
    brief = brief_file(tmp_path / "briefs", report)
    write_gold(brief, report, tmp_path / "gold")
    assert (tmp_path / "gold" / "report.txt").read_bytes() == text.encode("utf-8")
    assert run_evaluation(request(tmp_path / "gold", brief.parent)).problems == ()


def test_only_the_folder_is_written_to_and_nothing_is_overwritten_unasked(tmp_path: Path):
    brief = brief_file(tmp_path / "briefs")
    write_gold(brief, SEED, tmp_path / "gold")
    files = [f"{SEED.stem}.gold.json", f"{SEED.stem}.txt"]
    assert sorted(p.name for p in (tmp_path / "gold").iterdir()) == files
    assert sorted(p.name for p in tmp_path.iterdir()) == ["briefs", "gold"]
    (tmp_path / "gold" / files[1]).write_text("mine", "utf-8")
    with pytest.raises(SettingsError, match="is there already; --force"):
        write_gold(brief, SEED, tmp_path / "gold")
    assert (tmp_path / "gold" / files[1]).read_text("utf-8") == "mine"
    write_gold(brief, SEED, tmp_path / "gold", force=True)
    assert (tmp_path / "gold" / files[1]).read_bytes() == SEED.read_bytes()


def test_the_report_itself_is_never_overwritten(tmp_path: Path):
    report = tmp_path / "report.txt"
    report.write_bytes(SEED.read_bytes())
    brief = brief_file(tmp_path / "briefs", report)
    with pytest.raises(SettingsError, match="is what the gold is made from"):
        write_gold(brief, report, tmp_path, force=True)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["briefs", "report.txt"]


def test_the_brief_of_another_report_is_refused(tmp_path: Path):
    brief = brief_file(tmp_path / "briefs")
    with pytest.raises(InputError, match="is not a brief of 001_"):
        write_gold(brief, seeds()[1], tmp_path / "gold")
    assert not (tmp_path / "gold").exists()


@pytest.mark.parametrize(
    ("content", "says"), [(b"{", "not a brief"), (b"\xff\xfe\x00", "not UTF-8"), (None, "cannot be read")]
)
def test_a_damaged_brief_is_refused(content: bytes | None, says: str, tmp_path: Path):
    path = tmp_path / "brief.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=says):
        write_gold(path, SEED, tmp_path / "gold")


def test_a_quote_that_does_not_hold_is_refused():
    with pytest.raises(InputError, match="says “停车难仍需缓解” at"):
        gold_of(builders.empty_brief(risks=(builders.open_risk(),)), "甲" * len(builders.TEXT), "x.txt")


def test_a_quantity_that_is_not_there_is_refused():
    broken = builders.brief(figures=(builders.figure(quantities=("q99z",)),))
    with pytest.raises(InputError, match="has no quantity q9"):
        gold_of(broken, builders.TEXT, "x.txt")


def test_text_that_nobody_read_is_not_annotated():
    content = builders.brief(
        gaps=(builders.lost_gap(10, 30),), coverage=builders.empty_brief().coverage, conflicts=(), overview=()
    )
    gold = gold_of(content, builders.TEXT, "x.txt").gold
    assert gold["annotated"] == [[0, 10], [30, len(builders.TEXT)]]


def test_a_name_that_is_not_written_in_its_sentence_is_left_out_and_named():
    renamed = builders.bridge(name=Bilingual(zh="郭家沱长江大桥", en=None))
    content = builders.brief(projects=(renamed,), coverage=builders.empty_brief().coverage)
    made = gold_of(content, builders.TEXT, "x.txt")
    assert made.gold["projects"] == []
    assert made.unwritten == ("郭家沱长江大桥", "郭家沱长江大桥")


def test_a_name_is_found_across_the_break_of_a_page(tmp_path: Path):
    text = builders.TEXT.replace("郭家沱大桥加快建设", "郭家沱\n大桥加快建设")
    start = text.index("郭家沱\n大桥")
    piece = builders.evidence("郭家沱大桥建成通车").model_copy(
        update={"start": start, "end": start + 10, "quote": text[start : start + 10]}
    )
    mention = builders.bridge().mentions[0].model_copy(update={"evidence": piece})
    content = builders.empty_brief(projects=(builders.bridge(mentions=(mention,), evidence=(piece,)),))
    assert gold_of(content, text, "x.txt").gold["projects"][0]["quote"] == "郭家沱\n大桥"
    assert to_json(content)


def test_a_brief_whose_numbers_are_not_the_reports_makes_no_gold(tmp_path: Path):
    """A value that somebody changed in the JSON is not proven by its quote."""
    brief = brief_file(tmp_path / "briefs")
    content = json.loads(brief.read_text("utf-8"))
    content["quantities"][0]["value"] = "999"
    brief.write_text(json.dumps(content, ensure_ascii=False), "utf-8")
    with pytest.raises(InputError, match="The brief says 999"):
        write_gold(brief, SEED, tmp_path / "gold")


def test_a_key_that_stands_twice_is_refused(tmp_path: Path):
    """The second would silently win."""
    brief = brief_file(tmp_path / "briefs")
    brief.write_text(brief.read_text("utf-8").rstrip()[:-1] + ', "figures": []}', "utf-8")
    with pytest.raises(InputError, match="'figures' stands twice"):
        write_gold(brief, SEED, tmp_path / "gold")
