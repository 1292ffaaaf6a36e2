"""Kept replies: what was asked before costs no request, and what must not be kept is not."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from endpoint import Response, endpoint, says
from oracle import Oracle, seeds

from summarizer.clients.base import AnswerSchema, Message, Reply
from summarizer.clients.stack import open_client
from summarizer.clients.store import ReplyStore
from summarizer.clients.storing import Storing, request_key
from summarizer.errors import EndpointError, SettingsError
from summarizer.model import Usage
from summarizer.pipeline import Summarizer
from summarizer.settings import CacheOptions, Settings, resolve_settings, user_cache_file

SCHEMA = AnswerSchema("a", {"type": "object", "properties": {"x": {"type": "string"}}})
MESSAGES = (Message("system", "s"), Message("user", "u"))
KEY = "sk-secret-0123456789"
SETTINGS = Settings("chat", "m", "http://127.0.0.1:9/v1", KEY)
SEED = seeds()[0]


@dataclass
class Answering:
    """A client that gives its replies in order, counts, and can be held up; the last reply is given for ever."""

    replies: list[Reply | Exception]
    asked: int = 0
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    held: bool = False

    async def complete(self, messages: Sequence[Message], schema: AnswerSchema) -> Reply:
        self.asked += 1
        reply = self.replies[min(self.asked, len(self.replies)) - 1]
        if self.held:
            await self.gate.wait()
        if isinstance(reply, Exception):
            raise reply
        return reply

    async def close(self) -> None:
        """Nothing is open."""


def asked(*replies: Reply | Exception, runs: list[Settings], path: Path) -> tuple[int, list[Reply]]:
    """The requests sent, and the replies had, when one question is asked in several runs on one store."""
    client = Answering(list(replies))

    async def run(settings: Settings) -> Reply:
        storing = Storing(client, ReplyStore(path), settings)
        try:
            return await storing.complete(MESSAGES, SCHEMA)
        finally:
            await storing.close()

    got = [asyncio.run(run(settings)) for settings in runs]
    return client.asked, got


GOOD = Reply('{"x": "y"}', usage=Usage(1, 900, 800, 70))


def test_a_second_run_is_answered_from_the_store_at_no_cost(tmp_path: Path):
    count, (first, second) = asked(GOOD, runs=[SETTINGS] * 2, path=tmp_path / "r")
    assert count == 1
    assert first == GOOD
    assert (second.content, second.finish, second.refusal) == (GOOD.content, GOOD.finish, GOOD.refusal)
    assert second.usage == Usage(stored=1)


@pytest.mark.parametrize(
    "other",
    [
        replace(SETTINGS, model="n"),
        replace(SETTINGS, base_url="http://127.0.0.2:9/v1"),
        replace(SETTINGS, base_url="http://127.0.0.1:9/v2"),
        replace(SETTINGS, answer_limit=100),
    ],
)
def test_another_model_address_or_limit_is_another_question(other: Settings, tmp_path: Path):
    count, _ = asked(GOOD, runs=[SETTINGS, other], path=tmp_path / "r")
    assert count == 2


@pytest.mark.parametrize(
    "same",
    [
        replace(SETTINGS, api_key="sk-another-key-000000"),
        replace(SETTINGS, base_url="http://127.0.0.1:9/v1/"),
        replace(SETTINGS, base_url="http://name:word@127.0.0.1:9/v1"),
        replace(SETTINGS, timeout=1.0, attempts=1, concurrency=1, rpm=5),
    ],
)
def test_keys_waits_and_limits_make_no_other_question(same: Settings, tmp_path: Path):
    count, _ = asked(GOOD, runs=[SETTINGS, same], path=tmp_path / "r")
    assert count == 1


def test_every_part_of_messages_and_schema_is_in_the_key():
    base = request_key(MESSAGES, SCHEMA, SETTINGS)
    variants = [
        request_key((Message("system", "s"),), SCHEMA, SETTINGS),
        request_key((*MESSAGES, Message("user", "")), SCHEMA, SETTINGS),
        request_key((Message("user", "s"), Message("user", "u")), SCHEMA, SETTINGS),
        request_key((Message("system", "su"), Message("user", "")), SCHEMA, SETTINGS),
        request_key(MESSAGES, AnswerSchema("b", SCHEMA.schema), SETTINGS),
        request_key(MESSAGES, AnswerSchema("a", {"type": "object"}), SETTINGS),
        request_key((Message("system", "\ud800"),), SCHEMA, SETTINGS),
    ]
    assert len({base, *variants}) == 1 + len(variants)
    assert base == request_key(list(MESSAGES), AnswerSchema("a", dict(reversed(SCHEMA.schema.items()))), SETTINGS)


@pytest.mark.parametrize(
    "empty",
    [
        Reply("", usage=Usage(1)),
        Reply('{"x": ', "length"),
        Reply("I think", "stop"),
        Reply('{"x": 1}', "content_filter"),
        Reply("", "stop", "I cannot help with that"),
    ],
)
def test_a_reply_without_an_answer_is_kept_and_asked_for_again_when_told_to(empty: Reply, tmp_path: Path):
    again = replace(SETTINGS, retry_failed=True)
    runs = [SETTINGS, SETTINGS, again, again, SETTINGS]
    count, got = asked(empty, GOOD, runs=runs, path=tmp_path / "r")
    assert count == 2
    assert [each.content for each in got] == [empty.content] * 2 + [GOOD.content] * 3
    assert (got[1].finish, got[1].refusal) == (empty.finish, empty.refusal)


def test_a_failure_of_the_endpoint_is_not_kept(tmp_path: Path):
    with pytest.raises(EndpointError, match="down"):
        asked(EndpointError("down"), runs=[SETTINGS], path=tmp_path / "r")
    count, _ = asked(GOOD, runs=[SETTINGS], path=tmp_path / "r")
    assert count == 1


def test_a_reply_that_is_forgotten_is_asked_for_again(tmp_path: Path):
    """What answered a prompt that was not read whole: who makes the context larger must not be answered as before."""
    client = Answering([GOOD, GOOD])
    messages = (Message("system", "说明"), Message("user", "报告"))

    async def run() -> list[Reply]:
        storing = Storing(client, ReplyStore(tmp_path / "r"), SETTINGS)
        first = await storing.complete(messages, SCHEMA)
        await storing.forget(messages, SCHEMA)
        return [first, await storing.complete(messages, SCHEMA), await storing.complete(messages, SCHEMA)]

    got = asyncio.run(run())
    assert client.asked == 2
    assert [each.usage.stored for each in got] == [0, 0, 1]


@pytest.mark.parametrize("echo", [Reply(f'{{"x": "{KEY}"}}'), Reply("", "stop", f"no {KEY}")])
def test_a_reply_that_holds_our_key_is_written_nowhere(echo: Reply, tmp_path: Path):
    count, _ = asked(echo, runs=[SETTINGS] * 2, path=tmp_path / "r")
    assert count == 2
    assert not any(KEY.encode() in file.read_bytes() for file in tmp_path.iterdir())


def test_a_placeholder_for_a_key_keeps_no_reply_from_being_kept(tmp_path: Path):
    """Local servers ask for no key; the word that the SDK sends instead is a word of answers too."""
    local = replace(SETTINGS, api_key="none")
    count, _ = asked(Reply('{"x": "none"}'), runs=[local] * 2, path=tmp_path / "r")
    assert count == 1


def test_without_a_usable_store_every_run_asks(tmp_path: Path):
    (tmp_path / "file").write_text("x")
    count, got = asked(GOOD, runs=[SETTINGS] * 2, path=tmp_path / "file" / "r")
    assert count == 2
    assert got == [GOOD, GOOD]


# --- at the same time -------------------------------------------------------------------------


async def under_way(storing: Storing, client: Answering, many: int) -> list[asyncio.Task[Reply]]:
    """Tasks that ask for the same, all waiting for one request that was sent."""
    tasks = [asyncio.create_task(storing.complete(MESSAGES, SCHEMA)) for _ in range(many)]
    while not client.asked:
        await asyncio.sleep(0)
    return tasks


@pytest.mark.parametrize("usable", [True, False], ids=["with a file", "without"])
def test_equal_requests_at_the_same_time_are_sent_once(usable: bool, tmp_path: Path):
    (tmp_path / "file").write_text("x")
    path = tmp_path / "r" if usable else tmp_path / "file" / "r"

    async def run() -> tuple[int, list[Reply]]:
        client = Answering([GOOD], held=True)
        storing = Storing(client, ReplyStore(path), SETTINGS)
        tasks = await under_way(storing, client, 5)
        client.gate.set()
        replies = await asyncio.gather(*tasks)
        await storing.close()
        return client.asked, replies

    count, replies = asyncio.run(run())
    assert count == 1
    assert {each.content for each in replies} == {GOOD.content}
    assert sum((each.usage for each in replies), Usage()) == replace(GOOD.usage, stored=4)


def test_a_failure_is_shared_and_its_requests_are_counted_once(tmp_path: Path):
    async def run() -> tuple[int, list[Reply | BaseException]]:
        error = EndpointError("down", retryable=True, status=503)
        error.requests = 4
        client = Answering([error], held=True)
        storing = Storing(client, ReplyStore(tmp_path / "r"), SETTINGS)
        tasks = await under_way(storing, client, 3)
        client.gate.set()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        return client.asked, outcomes

    count, outcomes = asyncio.run(run())
    assert count == 1
    assert all(isinstance(each, EndpointError) and each.status == 503 for each in outcomes)
    assert [str(each) for each in outcomes] == ["down"] * 3
    assert sum(each.requests for each in outcomes if isinstance(each, EndpointError)) == 4


def test_where_the_one_who_asked_is_cancelled_another_asks(tmp_path: Path):
    async def run() -> tuple[int, list[Reply | BaseException]]:
        client = Answering([GOOD], held=True)
        storing = Storing(client, ReplyStore(tmp_path / "r"), SETTINGS)
        tasks = await under_way(storing, client, 3)
        tasks[0].cancel()
        await asyncio.wait(tasks[:1])
        client.gate.set()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        return client.asked, outcomes

    count, (first, *others) = asyncio.run(run())
    assert isinstance(first, asyncio.CancelledError)
    assert [each.content for each in others if isinstance(each, Reply)] == [GOOD.content] * 2
    assert count == 2


def test_a_waiting_one_that_is_cancelled_takes_nothing_from_the_others(tmp_path: Path):
    async def run() -> tuple[int, list[Reply | BaseException]]:
        client = Answering([GOOD], held=True)
        storing = Storing(client, ReplyStore(tmp_path / "r"), SETTINGS)
        tasks = await under_way(storing, client, 3)
        tasks[1].cancel()
        await asyncio.wait(tasks[1:2])
        client.gate.set()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        return client.asked, outcomes

    count, (first, second, third) = asyncio.run(run())
    assert count == 1
    assert isinstance(second, asyncio.CancelledError)
    assert [each.content for each in (first, third) if isinstance(each, Reply)] == [GOOD.content] * 2


# --- whole reports ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def oracle() -> Oracle:
    return Oracle()


def environment(folder: Path, **others: str) -> dict[str, str]:
    return {"XDG_CACHE_HOME": str(folder), "OPENAI_API_KEY": KEY} | others


def test_an_unchanged_report_costs_no_request_and_gives_the_same_bytes(oracle: Oracle, tmp_path: Path):
    with endpoint(lambda n, r: says(oracle.reply(r["messages"]), model=r["model"])) as served:
        maker = Summarizer(model="oracle", base_url=served.url, environment=environment(tmp_path))
        first = maker.summarize(SEED)
        sent = len(served.requests)
        second = maker.summarize(SEED)
        assert sent == first.usage.requests > 0
        assert len(served.requests) == sent
    assert second.to_json() == first.to_json()
    assert (second.usage.requests, second.usage.prompt_tokens, second.usage.stored) == (0, 0, sent)
    assert first.usage.stored == 0


def test_only_what_failed_on_the_way_is_asked_for_again(oracle: Oracle, tmp_path: Path):
    """The overview fails at first; the second run asks for it alone."""

    def script(n: int, request: dict[str, object]) -> Response:
        if n == 2:
            return Response(400, {"error": {"message": "no"}})
        return says(oracle.reply(request["messages"]))  # type: ignore[arg-type]

    with endpoint(script) as served:
        maker = Summarizer(model="oracle", base_url=served.url, environment=environment(tmp_path))
        first, second = maker.summarize(SEED), maker.summarize(SEED)
    assert [gap.stage for gap in first.gaps] == ["overview"]
    assert second.gaps == ()
    assert (second.usage.requests, second.usage.stored) == (1, 1)


def test_without_a_cache_every_run_asks_and_no_file_is_made(oracle: Oracle, tmp_path: Path):
    with endpoint(lambda n, r: says(oracle.reply(r["messages"]))) as served:
        maker = Summarizer(model="oracle", base_url=served.url, cache=False, environment=environment(tmp_path))
        counts = [maker.summarize(SEED).usage.requests for _ in range(2)]
    assert counts[0] == counts[1] > 0
    assert list(tmp_path.iterdir()) == []


def test_neither_keys_nor_prompts_are_in_any_file(oracle: Oracle, tmp_path: Path):
    with endpoint(lambda n, r: says(oracle.reply(r["messages"]))) as served:
        Summarizer(model="oracle", base_url=served.url, environment=environment(tmp_path)).summarize(SEED)
        assert f"Bearer {KEY}" in served.headers[0].values()
        sent = served.requests[0]["messages"]
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    content = b"".join(file.read_bytes() for file in files)
    assert b'"figures"' in content
    for secret in (KEY, "Authorization", "Bearer"):
        assert secret.encode() not in content
    answers = content.decode("utf-8", "ignore")
    lines = [line for message in sent for line in message["content"].splitlines() if len(line) > 40]
    assert len(lines) > 20
    assert not any(line in answers for line in lines)


def test_what_is_wrong_with_a_store_is_said_once_however_many_reports_are_read(oracle: Oracle, tmp_path: Path, caplog):
    (tmp_path / "file").write_text("x")
    nowhere = {"OPENAI_API_KEY": "none", "SUMMARIZER_CACHE": str(tmp_path / "file" / "r")}
    with endpoint(lambda n, r: says(oracle.reply(r["messages"]))) as served:
        briefs = [
            Summarizer(model="oracle", base_url=served.url, environment=env).summarize(SEED)
            for env in (nowhere, nowhere, {"OPENAI_API_KEY": "none"})
        ]
    assert len({brief.to_json() for brief in briefs}) == 1
    assert [record.getMessage().count("goes on without it") for record in caplog.records] == [1]


# --- offline ----------------------------------------------------------------------------------


def test_offline_a_missing_reply_is_an_error_that_says_what_to_do(tmp_path: Path):
    with endpoint(lambda n, r: says("{}")) as served:
        settings = replace(SETTINGS, base_url=served.url, cache_file=tmp_path / "r", offline=True)

        async def run() -> None:
            client = open_client(settings)
            try:
                await client.complete(MESSAGES, SCHEMA)
            finally:
                await client.close()

        with pytest.raises(EndpointError, match="cache import") as caught:
            asyncio.run(run())
        assert served.requests == []
    assert not caught.value.retryable


def test_offline_what_is_missing_is_a_gap_and_the_rest_is_there(oracle: Oracle, tmp_path: Path):
    with endpoint(lambda n, r: says(oracle.reply(r["messages"]))) as served:
        env = environment(tmp_path, OPENAI_BASE_URL=served.url, SUMMARIZER_MODEL="oracle")
        whole = Summarizer(environment=env).summarize(SEED)
        path = user_cache_file(env)
        assert path is not None
        with closing(ReplyStore(path)) as store:
            (overview,) = [(found, kept) for found, kept in store.page() if "cites" in kept.content]
            rows = [each for each in store.page() if each != overview]
            store.clear()
            for found, kept in rows:
                store.keep(found, kept)
        offline = Summarizer(environment=env, cache=CacheOptions(offline=True)).summarize(SEED)
        assert len(served.requests) == whole.usage.requests
    assert offline.figures == whole.figures
    assert [(gap.stage, gap.reason) for gap in offline.gaps] == [("overview", "failed")]
    assert "offline" in offline.gaps[0].detail


def test_offline_needs_no_key():
    settings = resolve_settings({"HOME": "/home/x"}, engine="chat", cache=CacheOptions(offline=True))
    assert (settings.offline, settings.host, settings.model) == (True, "api.openai.com", "gpt-4.1-mini")


@pytest.mark.parametrize(
    ("options", "env", "says_what"),
    [
        (CacheOptions(use=False, offline=True), {"HOME": "/home/x"}, "--no-cache"),
        (CacheOptions(offline=True), {}, "SUMMARIZER_CACHE"),
        (CacheOptions(offline=True, retry_failed=True), {"HOME": "/home/x"}, "--retry-failed"),
    ],
)
def test_options_that_contradict_each_other_are_refused(options: CacheOptions, env: dict[str, str], says_what: str):
    with pytest.raises(SettingsError, match=says_what):
        resolve_settings(env, engine="chat", cache=options)


# --- where it is ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("env", "platform", "path"),
    [
        ({"HOME": "/home/x"}, "linux", "/home/x/.cache/gov-report-summarizer/replies.sqlite3"),
        ({"HOME": "/home/x", "XDG_CACHE_HOME": "/var/c"}, "linux", "/var/c/gov-report-summarizer/replies.sqlite3"),
        ({"HOME": "/h", "XDG_CACHE_HOME": "relative"}, "linux", "/h/.cache/gov-report-summarizer/replies.sqlite3"),
        ({"HOME": "/Users/x"}, "darwin", "/Users/x/Library/Caches/gov-report-summarizer/replies.sqlite3"),
        ({"USERPROFILE": "/u", "LOCALAPPDATA": "/l"}, "win32", "/l/gov-report-summarizer/replies.sqlite3"),
        ({"USERPROFILE": "/u"}, "win32", "/u/AppData/Local/gov-report-summarizer/replies.sqlite3"),
        ({"HOME": "/home/x", "SUMMARIZER_CACHE": "run.sqlite3"}, "linux", "run.sqlite3"),
        ({}, "linux", None),
    ],
)
def test_the_store_is_where_the_system_keeps_caches(env: dict[str, str], platform: str, path: str | None):
    assert user_cache_file(env, platform) == (Path(path) if path else None)


def test_a_kept_reply_comes_back_character_for_character(tmp_path: Path):
    strange = json.dumps({"x": "'; DROP TABLE replies; -- <script>\u2028\u0000"}, ensure_ascii=False)
    count, (_, second) = asked(Reply(strange), runs=[SETTINGS] * 2, path=tmp_path / "r")
    assert count == 1
    assert second.content == strange
