"""Engines side by side, and the page that shows every miss in its sentence."""

from __future__ import annotations

import copy
import json
from html.parser import HTMLParser
from pathlib import Path

import pytest
from endpoint import Response, endpoint, says
from oracle import Oracle, serving
from test_evaluation import GOLD, SEEDS, TEXT, Json, at, evidence, perfect_brief, small_gold
from test_rendering_html import Page

from summarizer.errors import EndpointError, InputError, SettingsError
from summarizer.evaluating import (
    Contestant,
    EvaluationRequest,
    EvaluationResult,
    briefs_contestant,
    engine_contestant,
    run_evaluation,
    split_engine,
)
from summarizer.evaluation.comparison import Result, shared_misses
from summarizer.evaluation.misses import KINDS
from summarizer.evaluation.page import CONTEXT, LONGEST, excerpt
from summarizer.evaluation.scoring import score
from summarizer.pipeline import Summarizer
from summarizer.pricing import parse_price
from summarizer.rendering.page import page as framed
from summarizer.rendering.page import shown

STEM = "000_6c20f15c8b89d0f9"
RULES = engine_contestant(Summarizer("rules", environment={}))
HOSTILE = '<script>alert("x")</script>\' onclick=\'y" <b>&amp;</title></style>'


class Entries(HTMLParser):
    """The misses of a page: report, kind, marked text, sentence and verdict of each."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.entries: list[dict[str, str]] = []
        self.path: list[str] = []
        self.heads = {"h2": "", "h3": ""}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        name = dict(attrs).get("class") if tag == "p" else None
        self.path.append(name or tag)
        if tag in self.heads:
            self.heads[tag] = ""
        if tag == "li" and "misses" in self.path[-2:]:
            self.entries.append({**self.heads, "mark": "", "p": "", "verdict": ""})
        if tag == "ul":
            self.path[-1] = dict(attrs).get("class") or tag

    def handle_endtag(self, tag: str) -> None:
        if self.path and tag not in ("meta",):
            self.path.pop()

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Nothing opens."""

    def handle_data(self, data: str) -> None:
        for tag in self.heads:
            if tag in self.path:
                self.heads[tag] += data
        if "misses" in self.path and self.entries:
            for name in ("mark", "p", "verdict"):
                if name in self.path:
                    self.entries[-1][name] += data


def entries(page: str) -> list[dict[str, str]]:
    return Entries(page[page.index("<body>") :]).entries


def gold_of(stem: str) -> Json:
    return json.loads((GOLD / f"{stem}.gold.json").read_text("utf-8"))


def text_of(stem: str) -> str:
    return (SEEDS / f"{stem}.txt").read_bytes().decode("utf-8")


def stems() -> list[str]:
    return sorted(path.name.removesuffix(".gold.json") for path in GOLD.glob("*.gold.json"))


def written(folder: Path, changed: dict[str, Json] | None = None) -> Path:
    """A folder with briefs that agree with all annotations, but for the changed ones."""
    folder.mkdir(parents=True)
    for stem in stems():
        brief = (changed or {}).get(stem) or perfect_brief(gold_of(stem))
        (folder / f"{stem}.json").write_text(json.dumps(brief, ensure_ascii=False), "utf-8")
    return folder


def run(*contestants: Contestant, **more: object) -> EvaluationResult:
    return run_evaluation(EvaluationRequest(None, None, contestants, **more))  # type: ignore[arg-type]


def small_result(name: str, brief: Json, gold: Json, text: str = TEXT) -> Result:
    return Result(name, score({"small": brief}, {"small": gold}, {"small": text}), ())


def small_misses(gold: Json, **briefs: Json) -> dict[str, object]:
    """By kind: who went wrong and what each gave, who did not, who was not asked."""
    shared = shared_misses([small_result(name, brief, gold) for name, brief in briefs.items()])
    return {s.kind.name: (s.miss.expected, s.given, s.right, s.unasked) for s in shared}


# --- kinds ------------------------------------------------------------------------------------


def test_every_label_that_is_wrong_is_a_miss_with_both_readings():
    gold = small_gold()
    brief = perfect_brief(gold)
    brief["figures"][0].update(
        indicator={"zh": "财政收入"}, kind="actual", year=None, direction="down", measure="level", evidence=[]
    )
    brief["quantities"][0].update(value="7", value_high="8", comparator="~")
    brief["goals"][0].update(theme="rural", quantities=[])
    brief["risks"][0]["type"] = "shortcoming"
    brief["projects"][0]["mentions"] = [{"stage": "planned"}, {"stage": "started"}]
    brief["report"]["level"] = None
    scores = small_result("a", brief, gold).scores
    assert [(m.what, m.quote, m.expected, m.given) for m in scores.misses] == [
        ("value", "6%", "6 percent", "7 to 8 percent"),
        ("comparator", "6%", "=", "~"),
        ("indicator", "6%", "生产总值", "财政收入"),
        ("kind", "6%", "target", "actual"),
        ("direction", "6%", "up", "down"),
        ("measure", "6%", "change", "level"),
        ("year", "6%", "2024", ""),
        ("evidence", "6%", "", ""),
        ("theme", "全区生产总值增长6%", "economy", "rural"),
        ("goal quantities", "全区生产总值增长6%", "6%", ""),
        ("risk type", "防范债务风险", "hazard", "shortcoming"),
        ("stage", "江北大桥", "completed", "planned, started"),
        ("metadata", "level", "district", ""),
    ]
    assert all(m.start is None or TEXT[m.start : m.end] == m.quote for m in scores.misses)


def test_what_is_missed_and_what_is_false_have_their_places():
    gold = small_gold(sections=[at("全区生产总值", level=1)], boilerplate=[at("江北大桥开放。")])
    brief = perfect_brief(gold)
    false = at("建成江北大桥")
    brief["figures"].append({**brief["figures"][0], "indicator": {"zh": "增速"}})
    brief["goals"] = [{**false, "theme": "urban", "quantities": [], "evidence": evidence(false)}]
    brief["risks"] = [{**false, "type": "hazard", "evidence": evidence(false)}]
    brief["projects"] = [{"name": {"zh": "大江"}, "mentions": [], "evidence": evidence(false)}]
    brief["outline"] = [{**false, "heading": "建成江北大桥"}]
    brief["report"]["boilerplate"] = [false]
    misses = small_result("a", brief, gold).scores.misses
    assert [(m.what, m.quote, m.given) for m in misses] == [
        ("figure repeated", "6%", "增速"),
        ("goal missed", "全区生产总值增长6%", ""),
        ("goal false", "建成江北大桥", ""),
        ("risk missed", "防范债务风险", ""),
        ("risk false", "建成江北大桥", ""),
        ("project missed", "江北大桥", ""),
        ("project false", "建成江北大桥", "大江"),
        ("heading missed", "全区生产总值", ""),
        ("heading false", "建成江北大桥", ""),
        ("boilerplate missed", "江北大桥开放。", ""),
        ("boilerplate false", "建成江北大桥", ""),
    ]
    brief["figures"] = []
    assert small_result("a", brief, gold).scores.misses[0].what == "figure missed"
    brief["goals"][0]["evidence"][0]["quote"] = "别的"
    quote = small_result("a", brief, gold).scores.misses[-1]
    assert (quote.what, quote.expected, quote.given) == ("quote", "建成江北大桥", "别的")


def test_every_miss_has_a_known_kind():
    """Of the shipped damaged briefs, which are wrong in all ways, and of no brief at all."""
    result = run(briefs_contestant(f"damaged={GOLD / 'scored'}"))
    known = [kind.name for kind in KINDS]
    assert {miss.what for miss in result.results[0].scores.misses} == set(known)
    assert {earlier for kind in KINDS for earlier in kind.after} <= set(known)


# --- shared misses ----------------------------------------------------------------------------


def test_a_miss_of_several_is_one_entry_that_says_who_was_right_and_who_was_not_asked():
    gold = small_gold()
    good, bad, worse, none = (perfect_brief(gold) for _ in range(4))
    bad["goals"][0]["theme"] = "rural"
    worse["goals"][0]["theme"] = "housing"
    none["goals"] = []
    found = small_misses(gold, good=good, bad=bad, worse=worse, none=none)
    assert found == {
        "goal missed": ("", {"none": ("",)}, ("good", "bad", "worse"), ()),
        "theme": ("economy", {"bad": ("rural",), "worse": ("housing",)}, ("good",), ("none",)),
    }


def test_who_missed_the_quantity_is_not_said_to_be_right_about_its_figure():
    gold = small_gold()
    unread, unseen, wrong = (perfect_brief(gold) for _ in range(3))
    unread["figures"] = []
    unseen["quantities"], unseen["figures"] = [], []
    wrong["figures"][0]["kind"] = "actual"
    found = small_misses(gold, unread=unread, unseen=unseen, wrong=wrong)
    assert found["kind"] == ("target", {"wrong": ("actual",)}, (), ("unread", "unseen"))
    assert found["figure missed"] == ("", {"unread": ("",)}, ("wrong",), ("unseen",))


def test_misses_of_all_stand_in_the_order_of_the_text():
    gold = small_gold(goals=[at("建成江北大桥", theme="transport"), at("全区生产总值增长6%", theme="economy")])
    first, second = (perfect_brief(gold) for _ in range(2))
    del first["goals"][0], second["goals"][1]
    shared = shared_misses([small_result("first", first, gold), small_result("second", second, gold)])
    assert [(s.miss.quote, list(s.given)) for s in shared] == [
        ("全区生产总值增长6%", ["second"]),
        ("建成江北大桥", ["first"]),
    ]


def test_boilerplate_that_differs_in_blanks_alone_is_no_miss():
    gold = small_gold(boilerplate=[at("江北大桥开放。")])
    brief = perfect_brief(gold)
    brief["report"]["boilerplate"] = [{"start": len(TEXT) - 7, "end": len(TEXT) + 2}]
    result = score({"small": brief}, {"small": gold}, {"small": TEXT + "\n\n"})
    accuracy = result.row("boilerplate").accuracy
    assert accuracy is not None
    assert accuracy < 1
    assert result.misses == ()


def test_handled_risks_make_no_miss_of_their_type():
    gold = small_gold(risks=[at("防范债务风险", type="hazard", status="handled")])
    brief = perfect_brief(gold)
    brief["risks"][0]["type"] = "shortcoming"
    result = small_result("a", brief, gold)
    assert result.scores.row("risk types").right == 0
    assert result.scores.misses == ()


# --- excerpts ---------------------------------------------------------------------------------


def test_a_place_is_shown_in_its_sentence():
    shown = excerpt(TEXT, TEXT.index("防范"), TEXT.index("，"))
    assert (shown.before, shown.marked, shown.after) == ("", "防范债务风险", "，建成江北大桥")


def test_a_long_sentence_is_cut_at_clauses_near_the_place():
    text = "一" * 70 + "，" + "二" * 50 + "，甲乙丙，" + "三" * 50 + "，" + "四" * 70 + "。"
    start = text.index("甲")
    shown = excerpt(text, start, start + 3)
    assert (shown.before, shown.marked, shown.after) == ("…" + "二" * 50 + "，", "甲乙丙", "，" + "三" * 50 + "…")


def test_a_long_clause_is_cut_within_the_context_and_a_long_mark_in_its_middle():
    text = "一" * 200 + "甲" * 300 + "二" * 200
    shown = excerpt(text, 200, 500)
    assert (shown.before, shown.after) == ("…" + "一" * CONTEXT, "二" * CONTEXT + "…")
    assert shown.marked == "甲" * (LONGEST // 2) + " … " + "甲" * (LONGEST // 2)


@pytest.mark.parametrize(("start", "end"), [(-5, 3), (30, 999), (900, 999), (0, 0)])
def test_a_span_outside_of_the_text_is_shown_as_far_as_there_is_text(start: int, end: int):
    shown = excerpt(TEXT, start, end)
    assert shown.marked in TEXT


# --- the page ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def doctored(tmp_path_factory) -> Path:
    """Briefs that agree with the annotations, but for five changes in one of them."""
    gold = gold_of(STEM)
    brief = copy.deepcopy(perfect_brief(gold))
    brief["risks"] = [risk for risk in brief["risks"] if risk["quote"] != gold["risks"][0]["quote"]]
    brief["goals"] = brief["goals"][1:]
    brief["goals"][0]["theme"] = "rural"
    brief["figures"][0]["kind"] = "reference"
    brief["report"]["doc_type"] = "budget"
    return written(tmp_path_factory.mktemp("briefs") / "doctored", {STEM: brief})


@pytest.fixture(scope="module")
def page(doctored: Path, tmp_path_factory) -> str:
    agreeing = written(tmp_path_factory.mktemp("briefs") / "agreeing")
    return run(RULES, briefs_contestant(str(doctored)), briefs_contestant(f"all right={agreeing}")).as_html()


def test_the_page_shows_exactly_the_misses_of_doctored_briefs_in_their_sentences(doctored: Path, tmp_path: Path):
    gold, text = gold_of(STEM), text_of(STEM)
    kind, theme = gold["figures"][0]["kind"], gold["goals"][1]["theme"]
    agreeing = written(tmp_path / "agreeing")
    shown = entries(run(briefs_contestant(str(agreeing)), briefs_contestant(str(doctored))).as_html())
    assert [(e["h2"], e["h3"], e["mark"], e["verdict"]) for e in shown] == [
        (STEM, "Wrong kinds (1)", gold["figures"][0]["quote"],
         f"expected {kind}; doctored gave reference; right in agreeing"),
        (STEM, "Goals missed (1)", gold["goals"][0]["quote"], "missed by doctored; found by agreeing"),
        (STEM, "Wrong themes (1)", gold["goals"][1]["quote"],
         f"expected {theme}; doctored gave rural; right in agreeing"),
        (STEM, "Risks missed (1)", gold["risks"][0]["quote"], "missed by doctored; found by agreeing"),
        (STEM, "Wrong metadata (1)", "doc_type",
         f"expected {gold['meta']['doc_type']}; doctored gave budget; right in agreeing"),
    ]  # fmt: skip
    places = (gold["figures"][0], gold["goals"][0], gold["goals"][1], gold["risks"][0])
    for entry, item in zip(shown, places, strict=False):
        sentence, span = entry["p"].rsplit(" ", 1)
        assert span == f"{item['start']}–{item['end']}"
        at_start = text.index(sentence.strip("…"))
        assert at_start <= item["start"] < item["end"] <= at_start + len(sentence)


def test_the_page_says_who_shares_a_miss(page: str):
    verdicts = {e["h3"].split(" (")[0]: e["verdict"] for e in entries(page) if "doctored gave" in e["verdict"]}
    kind = gold_of(STEM)["figures"][0]["kind"]
    assert verdicts["Wrong kinds"] == f"expected {kind}; doctored gave reference; right in rules, all right"


def test_a_miss_of_two_engines_is_one_entry_with_both(tmp_path: Path):
    gold = gold_of(STEM)
    brief = perfect_brief(gold)
    lost = brief["risks"].pop(0)["quote"]
    folders = [written(tmp_path / name, {STEM: brief}) for name in ("one", "two")]
    page = run(*(briefs_contestant(str(folder)) for folder in folders)).as_html()
    shown = entries(page)
    assert [(e["mark"], e["verdict"]) for e in shown] == [(lost, "missed by one, two")]
    assert '<th scope="row">Risks missed</th><td>1</td><td>1</td><td>1</td>' in page


def test_what_was_given_is_named_where_it_is_not_the_marked_text(tmp_path: Path):
    gold = gold_of(STEM)
    text, brief = text_of(STEM), perfect_brief(gold)
    start = text.index("不断")
    false = {"start": start, "end": start + 2, "quote": "不断"}
    brief["quantities"].append({**brief["quantities"][0], **false, "id": "q99", "raw": "不断"})
    brief["projects"] += 2 * [{"name": {"zh": "不存在的桥"}, "mentions": [], "evidence": evidence(false)}]
    folders = (written(tmp_path / "odd", {STEM: brief}), written(tmp_path / "even"))
    page = run(*(briefs_contestant(str(folder)) for folder in folders)).as_html()
    assert [(e["h3"], e["mark"], e["verdict"]) for e in entries(page)] == [
        ("False quantities (1)", "不断", "given by odd; not given by even"),
        ("False projects (1)", "不断", "given by odd 2 times as 不存在的桥; not given by even"),
    ]
    assert '<th scope="row">False projects</th><td>2</td><td>0</td><td>0</td>' in page


def test_the_page_has_scores_counts_and_engine_lines(page: str):
    parsed = Page(page)
    assert parsed.unbalanced == []
    assert "Evaluation: rules, doctored, all right" in parsed.words("title")
    for word in ("Scored on the sample reports", "281 figures", "57 risks", "rules, version", "shared by all"):
        assert word in page
    goals = page[page.index('<th scope="row">goals</th>') :].split("</tr>")[0]
    assert goals.count('class="best"') == 1
    assert '<td class="best">1.000</td>' in goals
    assert 'class="best"' not in page[page.index('<th scope="row">quantities</th>') :].split("</tr>")[0]
    assert "<td>–</td><td>–</td>" in page[page.index('<th scope="row">requests</th>') :].split("</tr>")[0]


def test_the_page_refers_to_nothing_outside_and_runs_nothing(page: str):
    parsed = Page(page)
    assert not {"script", "link", "img", "iframe", "object", "form", "a"} & {tag for tag, _ in parsed.elements}
    assert not {"src", "href", "style"} & {name for _, attributes in parsed.elements for name in attributes}
    style = page[page.index("<style>") : page.index("</style>")]
    assert "url(" not in style
    assert "@import" not in style
    assert "@media print" in style
    policies = [a["content"] or "" for _, a in parsed.elements if "http-equiv" in a]
    assert [policy.split(";")[0] for policy in policies] == ["default-src 'none'"]


def test_hostile_texts_names_and_values_stay_text(tmp_path: Path):
    """Of the report, its annotations and file name, the brief and its engine line, and the contestant's name."""
    text = TEXT.replace("防范", "<u>" + HOSTILE + "<s>防范")
    start = text.index(HOSTILE)
    risk = {"start": start, "end": start + len(HOSTILE), "quote": HOSTILE, "type": "hazard", "status": "open"}
    gold = small_gold(figures=[], goals=[], projects=[], risks=[risk])
    brief = {**perfect_brief(gold), "risks": [], "engine": {"name": HOSTILE}}
    brief["report"]["level"] = f"given {HOSTILE}"
    gold["meta"]["level"] = f"expected {HOSTILE}"
    stem = "<h6>&'\""
    (tmp_path / f"{stem}.txt").write_text(text, "utf-8")
    (tmp_path / f"{stem}.gold.json").write_text(json.dumps(gold), "utf-8")
    (tmp_path / "briefs").mkdir()
    (tmp_path / "briefs" / f"{stem}.json").write_text(json.dumps(brief), "utf-8")
    contestants = (Contestant(HOSTILE, tmp_path / "briefs"), Contestant("other", tmp_path / "briefs"))
    page = run_evaluation(EvaluationRequest(tmp_path, None, contestants)).as_html()
    parsed = Page(page)
    assert parsed.unbalanced == []
    assert {tag for tag, _ in parsed.elements} == {
        *("html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "h3", "p", "span", "ul", "li", "b"),
        *("aside", "div", "table", "thead", "tbody", "tr", "th", "td", "mark"),
    }
    assert {name for _, attributes in parsed.elements for name in attributes} == {
        *("lang", "charset", "http-equiv", "content", "name", "class", "scope", "colspan", "role")
    }
    for words in ([HOSTILE], [f"given {HOSTILE}"], [f"expected {HOSTILE}"], [stem]):
        assert set(words) <= set(parsed.words("mark", "span", "b", "h2"))
    assert "<u>" in parsed.words("span")
    assert any("<script>" in note and stem in note for note in parsed.words("aside"))


def test_wrong_annotations_are_noted_on_the_page(tmp_path: Path):
    gold = small_gold()
    gold["goals"][0]["theme"] = "sport"
    (tmp_path / "small.txt").write_text(TEXT, "utf-8")
    (tmp_path / "small.gold.json").write_text(json.dumps(gold), "utf-8")
    (tmp_path / "small.json").write_text(json.dumps(perfect_brief(gold)), "utf-8")
    page = run_evaluation(EvaluationRequest(tmp_path, None, (Contestant("own", tmp_path),))).as_html()
    assert "Annotation: small.gold.json: goals[0]" in page
    assert str(tmp_path) not in page


# --- contestants ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "engine", "model"),
    [
        ("rules", "rules", None),
        ("chat", "chat", None),
        ("chat:m", "chat", "m"),
        ("chat:qwen2.5:7b", "chat", "qwen2.5:7b"),
        ("rules:m", "rules:m", None),
    ],
)
def test_a_chat_engine_may_name_its_model(value, engine, model):
    assert split_engine(value) == (engine, model)


def test_a_chat_engine_with_a_colon_must_name_one():
    with pytest.raises(SettingsError, match="names no model; write chat:MODEL"):
        split_engine("chat:")


def test_finished_briefs_go_by_the_folders_name_or_a_given_one(tmp_path: Path):
    odd = tmp_path / "a=b"
    odd.mkdir()
    assert briefs_contestant(str(odd)) == Contestant("a=b", odd)
    assert briefs_contestant(f"mine={odd}") == Contestant("mine", odd)
    assert briefs_contestant("runs/today").name == "today"
    with pytest.raises(SettingsError, match="write NAME=DIR"):
        briefs_contestant("=x")


def test_two_contestants_of_one_name_are_refused_before_any_work():
    with pytest.raises(SettingsError, match="'rules' is there twice"):
        run(RULES, RULES)
    with pytest.raises(SettingsError, match="nothing to score"):
        run()


def test_a_missing_folder_is_named_before_any_engine_runs(tmp_path: Path):
    chat = Contestant("chat", Summarizer("chat", model="m", base_url="http://127.0.0.1:9/v1", environment={}))
    with pytest.raises(InputError, match="nowhere is no folder; --briefs takes"):
        run(chat, briefs_contestant(str(tmp_path / "nowhere")))


def test_a_model_beside_rules_shows_tokens_time_and_cost():
    with serving(Oracle()) as url:
        chat = engine_contestant(Summarizer("chat", model="oracle", base_url=url, environment={}))
        priced = run(RULES, chat, price=parse_price("1/10"))
        unpriced = run(RULES, chat)
    lines = {line[:16].strip(): line[16:].split() for line in priced.table().splitlines() if line}
    assert lines["F1"] == ["rules", "chat:oracle"]
    requests, prompt, answers = (int(lines[name][1]) for name in ("requests", "prompt tokens", "answer tokens"))
    assert answers == 10 * requests
    assert prompt > 2000 * requests  # the instructions alone
    assert lines["requests"][0] == "0"
    assert lines["cost in USD"] == ["0.0000", f"{(prompt + answers * 10) / 1e6:.4f}"]
    assert float(lines["seconds a report"][1]) > 0
    assert float(lines["projects"][1]) > float(lines["projects"][0])
    assert "unknown" in unpriced.table()
    assert unpriced.results[1].notes()[0].startswith("chat:oracle: Cost unknown: No price is known for oracle at 127.")
    published = json.loads(priced.as_json())["engines"]
    assert [each["name"] for each in published] == ["rules", "chat:oracle"]
    assert published[1]["usage"]["prompt_tokens"] == prompt
    assert published[1]["cost_usd"] == pytest.approx((prompt + answers * 10) / 1e6)
    assert "chat, model oracle, version" in priced.as_html()


def test_an_engine_that_fails_beside_others_loses_only_its_own():
    with endpoint(lambda n, r: Response(401, {})) as served:
        chat = engine_contestant(Summarizer("chat", model="m", base_url=served.url, environment={}))
        result = run(RULES, chat)
        with pytest.raises(EndpointError, match="the key was refused"):
            run(chat)
    rules, failed = result.results
    assert rules.scores.missing == ()
    assert failed.scores.missing == tuple(stems())
    assert "answered 401: the key was refused" in failed.notes()[0]
    assert f"No brief for {STEM}" in failed.notes()[0]
    lines = {line[:16].strip(): line[16:].split() for line in result.table().splitlines()}
    assert lines["cost in USD"] == ["0.0000", "–"]
    assert lines["requests"] == ["0", "–"]


def test_the_cost_of_a_run_with_a_failed_report_is_unknown():
    oracle = Oracle()

    def all_but_one(number: int, request: Json) -> Response:
        lines = request["messages"][-1]["content"].split("\n")
        reports = {oracle.chunks[line][0].report.source for line in lines if line in oracle.chunks}
        return Response(401, {}) if f"{STEM}.txt" in reports else says(oracle.reply(request["messages"]))

    with endpoint(all_but_one) as served:
        chat = engine_contestant(Summarizer("chat", model="m", base_url=served.url, environment={}))
        result = run(RULES, chat, price=parse_price("1/1")).results[1]
    assert result.run is not None
    assert (result.run.reports, result.scores.missing, result.run.cost.usd) == (4, (STEM,), None)
    assert result.notes()[1] == "chat:m: Cost unknown: what the failed reports took is not counted."


def test_parts_that_rules_read_for_a_model_are_counted(tmp_path: Path):
    gap = {"stage": "reading", "reason": "endpoint_failed"}
    brief = perfect_brief(gold_of(STEM)) | {"gaps": [gap, {"stage": "reading", "reason": "left_out"}]}
    result = run(briefs_contestant(str(written(tmp_path / "b", {STEM: brief}))), RULES)
    assert result.results[0].notes() == ["b: Parts that were read by rules, since the model failed: 1."]
    assert {line[:16].strip(): line[16:].split() for line in result.table().splitlines()}["parts failed"] == ["1", "0"]


def test_columns_line_up_under_chinese_names(tmp_path: Path):
    result = run(briefs_contestant(str(written(tmp_path / "甲模型的结果简报"))), RULES)
    head, first = result.table().splitlines()[:2]
    assert head == "F1" + " " * 16 + "甲模型的结果简报" + " " * 6 + "rules"
    assert len(first) == len(head) + 8


def test_the_first_misses_of_each_follow_the_table_under_its_name(doctored: Path):
    lines = run(RULES, briefs_contestant(str(doctored))).table(misses=1).splitlines()
    assert [line.split("\t")[0] for line in lines[-2:]] == ["rules", "doctored"]
    assert lines[-1].split("\t")[1:3] == [STEM, "kind"]


def test_hidden_and_turning_characters_do_not_reach_a_page() -> None:
    """Direction marks of a report show as a replacement character, those of no width are left out, markup is text."""
    assert shown("a\u202eb\u2066c\u200bd<\U000e0041") == "a\ufffdb\ufffdcd&lt;\ufffd"
    assert "\u202e" not in framed("t\u202e", "", "en")
    text = "增\u202e长\u200b6%。"
    assert excerpt(text, 0, 3).marked == "增\u202e长"
