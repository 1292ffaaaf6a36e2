"""Recorded replies: where they are, how they match, and how authored ones are bound to today's prompts.

A cassette holds the requests and replies of one scenario. Its provenance stands beside it: `authored`
replies were written by reading the prompt, `recorded` ones came from a model at a date. After a
change of prompts `python tests/recordings.py` (make rebind) binds the authored replies anew;
`pytest --record-mode=rewrite` records all scenarios from your own endpoint instead.
"""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "benchmarks"))

from documented import documented_type, notice_report
from loopback import Response, Script, endpoint, says

from summarizer.answerform import written
from summarizer.brief import Brief
from summarizer.clients.adapting import Adapting
from summarizer.clients.base import Forgetful
from summarizer.clients.openai_chat import OpenAIChat
from summarizer.engines.chat.engine import ChatEngine
from summarizer.itemtypes.declaring import OwnItem
from summarizer.loading.text import load
from summarizer.model import Chunk, Reading, Report
from summarizer.pipeline import Summarizer, prepare
from summarizer.prompting import prompts_digest, schema_digest
from summarizer.resources import folder
from summarizer.settings import Settings

HERE = Path(__file__).resolve().parent
CASSETTES = HERE / "cassettes"
AUTHORED = HERE / "authored"
SCENARIOS = (
    "seed-000",
    "chunk-002-1",
    "chunk-002-2",
    "chunk-002-3",
    "chunk-002-4",
    "chunk-003-0",
    "chunk-004-1",
    "chunk-004-4",
    "own-types",
    "own-002-4",
)
_SECRET_HEADERS = ("authorization", "api-key", "x-api-key", "cookie", "openai-organization", "openai-project")


@dataclass(frozen=True)
class Scenario:
    """One recorded scenario: a whole report (chunk is None) or one chunk of it, read for own types too."""

    name: str
    report: Path | None  # a sample; None is the example of docs/own-types.md
    chunk: int | None
    types: tuple[type[OwnItem], ...] = ()

    def loaded(self) -> Report:
        """The report that it reads."""
        return load(self.report) if self.report else notice_report()

    def chunk_of(self) -> Chunk:
        """The chunk that it reads."""
        assert self.chunk is not None
        return prepare(self.loaded()).chunks[self.chunk]


def scenario(name: str) -> Scenario:
    """A scenario by its name."""
    authored = json.loads((AUTHORED / f"{name}.json").read_text("utf-8"))
    sample = folder("seeds") / f"{authored['report']}.txt" if "report" in authored else None
    types = tuple(documented_type(each) for each in authored.get("types", ()))
    chunk = None if name.startswith("seed") else authored.get("chunk")
    return Scenario(name, sample, chunk, types)


async def run(case: Scenario, settings: Settings) -> Brief | Reading:
    """Runs a scenario through the real SDK."""
    client = Adapting(OpenAIChat(settings), settings, Forgetful())
    try:
        if case.chunk is None:
            made = Summarizer(client=client, model=settings.model, environment={}, types=case.types)
            return await made.abrief(case.loaded())
        (reading,) = await ChatEngine(client, Summarizer("rules").terms, case.types).read(case.chunk_of())
        return reading
    finally:
        await client.close()


# --- cassettes --------------------------------------------------------------------------------


def vcr_settings() -> dict[str, Any]:
    """How cassettes match (method, path, body) and what is kept out of them (keys, hosts, cookies)."""
    return {
        "match_on": ["method", "path", "body"],
        "filter_headers": [(name, None) for name in _SECRET_HEADERS],
        "before_record_request": _without_host,
        "before_record_response": _plain_response,
        "decode_compressed_response": True,
    }


def _without_host(request: Any) -> Any:
    request.uri = re.sub(r"^https?://[^/]+", "https://endpoint.invalid", request.uri)
    kept = {k: v for k, v in request.headers.items() if k.lower() in ("content-type", "accept")}
    request.headers = kept
    return request


def _plain_response(response: dict[str, Any]) -> dict[str, Any]:
    response["headers"] = {k: v for k, v in response["headers"].items() if k.lower() == "content-type"}
    return response


def provenance(name: str) -> dict[str, Any]:
    """Where a cassette's replies come from."""
    found: dict[str, Any] = json.loads((CASSETTES / f"{name}.provenance.json").read_text("utf-8"))
    return found


def write_provenance(name: str, source: str, model: str, date: str, path: str) -> None:
    """Notes where replies come from, and the prompts that they answer."""
    note = {
        "source": source,
        "model": model,
        "date": date,
        "path": path,
        "prompts": prompts_digest(scenario(name).types),
        "schema": schema_digest(scenario(name).types),
    }
    (CASSETTES / f"{name}.provenance.json").write_text(json.dumps(note, indent=1) + "\n", "utf-8")


def stale() -> list[str]:
    """The cassettes whose replies answer other prompts than today's."""
    return [
        name
        for name in SCENARIOS
        if (provenance(name)["prompts"], provenance(name)["schema"])
        != (prompts_digest(scenario(name).types), schema_digest(scenario(name).types))
    ]


# --- binding authored replies -----------------------------------------------------------------


def _answering(replies: dict[str, Any]) -> Script:
    """A script that gives the authored reply for each kind of request."""

    def script(_: int, request: dict[str, Any]) -> Response:
        reply = replies.get(_kind(request["messages"]))
        if reply is None:
            return Response(501, {})
        return says(json.dumps(_in_form(reply), ensure_ascii=False), model=request["model"])

    return script


def _in_form(reply: dict[str, Any]) -> dict[str, Any]:
    """A reply in today's form of answers: items authored in an earlier form say the same in it."""
    return {kind: [written(kind, item) for item in rows] for kind, rows in reply.items()}


def _kind(messages: list[dict[str, str]]) -> str:
    if messages[0]["content"].startswith("You write the overview"):
        return "overview"
    user = messages[-1]["content"]
    return "repair" if "do not hold" in user else "complete" if "left these quantities out" in user else "read"


def rebind(name: str) -> int:
    """Writes a scenario's cassette from its authored replies and today's prompts; gives the number of requests."""
    import asyncio

    import vcr

    authored = json.loads((AUTHORED / f"{name}.json").read_text("utf-8"))
    path = CASSETTES / f"{name}.yaml"
    path.unlink(missing_ok=True)
    with endpoint(_answering(authored["replies"])) as served:
        recorder = vcr.VCR(record_mode="all", **vcr_settings())
        with recorder.use_cassette(str(path)) as cassette:
            asyncio.run(run(scenario(name), Settings("chat", model="authored", base_url=served.url, api_key="none")))
            statuses = [response["status"]["code"] for response in cassette.responses]
    if statuses.count(200) != len(statuses):
        raise SystemExit(f"{name}: a request has no authored reply ({statuses}); add it to tests/authored/{name}.json.")
    write_provenance(name, "authored", "authored", authored["date"], "/v1")
    return len(statuses)


if __name__ == "__main__":
    for each in sys.argv[1:] or SCENARIOS:
        print(f"{each}: {rebind(each)} requests bound")
