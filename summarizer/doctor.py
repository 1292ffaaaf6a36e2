"""What a configured endpoint can do: one cheap request for each answer mode, a sentence for each trouble."""

from __future__ import annotations

import difflib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal, Protocol

from summarizer.clients.adapting import is_usable
from summarizer.clients.base import AnswerSchema, Message, Mode, Reply, Sender
from summarizer.clients.conforming import conforms
from summarizer.clients.refusals import told, ways_after
from summarizer.clients.ways import LIMITS, MODES, Ways, first_ways, request_of
from summarizer.clients.wordings import matches
from summarizer.errors import EndpointError
from summarizer.settings import Settings

Verdict = Literal["honoured", "ignored, readable", "ignored", "refused", "not asked"]
"""`ignored, readable`: the answer is not as the mode has it, but can be read."""

_PROBE = AnswerSchema(
    "probe",
    {
        "type": "object",
        "properties": {"count": {"type": "integer"}, "unit_code": {"type": "string", "enum": ["d-7", "w-1"]}},
        "required": ["count", "unit_code"],
        "additionalProperties": False,
    },
)
_QUESTION = (Message("system", "Answer the question."), Message("user", "How many days has a week?"))
_LIMIT = 1024  # tokens of one answer; a model that thinks may need four times as many
_TRIES = 6  # requests for one mode: each parameter left out once, the limit raised once
_PROMPT = 8_000  # tokens of the longest prompt: instructions, the schema in words, a part of a report
_SHORT_LIST = 12  # models that are all named
_WIDTH = 32  # of the table's first column
_CONTEXT_KEYS = ("context_length", "max_model_len", "context_window", "max_context_length", "n_ctx", "n_ctx_train")


class Endpoint(Sender, Protocol):
    """A sender that can also list the models it offers."""

    async def models(self) -> list[dict[str, Any]]: ...


@dataclass(frozen=True, slots=True)
class ModeCheck:
    """How one mode was taken, and the endpoint's own words where it was not."""

    mode: Mode
    verdict: Verdict
    detail: str = ""


@dataclass(slots=True)
class Diagnosis:
    """What was found. `troubles` are sentences for a person; `ways` is how to ask, None where no way works."""

    host: str
    model: str
    modes: list[ModeCheck] = field(default_factory=list)
    parameters: dict[str, str] = field(default_factory=dict)
    reports: dict[str, str] = field(default_factory=dict)
    context: int | None = None
    troubles: list[str] = field(default_factory=list)
    ways: Ways | None = None
    requests: int = 0

    @property
    def usable(self) -> bool:
        return self.ways is not None

    def as_json(self) -> str:
        """The same for programs, the host first."""
        rows = asdict(self) | {"usable": self.usable}
        if self.ways is not None:
            rows["ways"] = {"mode": self.ways.mode, "parameters": self.ways.parameters()}
        return json.dumps(rows, ensure_ascii=False, indent=2)


async def examine(settings: Settings, endpoint: Endpoint) -> Diagnosis:
    """Asks an endpoint in every mode. Raises nothing that an endpoint can do."""
    return await _Examination(settings, endpoint).run()


class _StopError(Exception):
    """Nothing further can be found out."""


class _Examination:
    """One run of questions; what a model refuses in one mode is left out in the next."""

    def __init__(self, settings: Settings, endpoint: Endpoint):
        self._endpoint = endpoint
        self._answer_limit = settings.answer_limit
        self._found = Diagnosis(settings.host or "", settings.model or "")
        self._ways = first_ways(replace(settings, answer_limit=_LIMIT))
        self._working: dict[Mode, Ways] = {}

    async def run(self) -> Diagnosis:
        found = self._found
        listed = await self._listed()
        try:
            for mode in MODES:
                found.modes.append(await self._mode(mode))
        except _StopError as stop:
            cause = stop.__cause__
            assert isinstance(cause, EndpointError)
            found.troubles.append(_trouble(cause, found.model, listed))
            found.modes += [ModeCheck(mode, "not asked") for mode in MODES[len(found.modes) :]]
            return found
        await self._decide()
        self._advise()
        return found

    async def _listed(self) -> list[str]:
        """The names of the models that the endpoint lists; none where it has no list."""
        try:
            models = await self._endpoint.models()
        except EndpointError:
            return []
        own = [each for each in models if each.get("id") == self._found.model]
        self._found.context = next((n for each in own if (n := _context_of(each))), None)
        return [str(each["id"]) for each in models if each.get("id")]

    async def _mode(self, mode: Mode) -> ModeCheck:
        """How a mode is taken. Raises _StopError for what no other mode would mend."""
        ways = replace(self._ways, mode=mode)
        for _ in range(_TRIES):
            try:
                reply = await self._endpoint.send(request_of(ways, _QUESTION, _PROBE))
            except EndpointError as error:
                self._found.requests += 1
                following = ways_after(ways, error)
                if following is None and _is_final(error):
                    raise _StopError from error
                if following is None or following.mode != mode:
                    return ModeCheck(mode, "refused", told(error).detail)
            else:
                self._found.requests += 1
                following = ways.raised(_LIMIT) if reply.finish == "length" else None
                if following is None:
                    return self._judged(ways, reply)
            self._ways = ways = following
        return ModeCheck(mode, "refused", "every attempt was refused")

    def _judged(self, ways: Ways, reply: Reply) -> ModeCheck:
        self._report(reply)
        verdict = verdict_of(ways.mode, reply)
        if verdict != "ignored":
            self._working[ways.mode] = ways
        if verdict == "ignored" and reply.finish == "length":
            return ModeCheck(ways.mode, verdict, f"no answer within {ways.limit} tokens")
        return ModeCheck(ways.mode, verdict, "" if verdict == "honoured" else reply.refusal or reply.content[:60])

    def _report(self, reply: Reply) -> None:
        usage, reports = reply.usage, self._found.reports
        counts = {
            "prompt tokens": usage.prompt_tokens,
            "answer tokens": usage.answer_tokens,
            "cached tokens": usage.cached_tokens,
            "reasoning tokens": usage.reasoning_tokens,
        }
        reports.update({name: str(count) for name, count in counts.items() if count})
        reports.update(reply.headers)

    async def _decide(self) -> None:
        """The strictest mode that is honoured, else the first that can be read; and the other name of the limit."""
        found = self._found
        honoured = [check.mode for check in found.modes if check.verdict == "honoured"]
        best = next(iter([*honoured, *self._working]), None)
        if best is None:
            return
        ways = self._working[best]
        for name in ("temperature", "seed", ways.limit_name):
            found.parameters[name] = "taken" if ways.sends(name) else "refused"
        other = LIMITS[1 - LIMITS.index(ways.limit_name)]
        found.parameters[other] = "refused" if other in ways.dropped else await self._other_limit(ways, other)
        usual = max(ways.limit, self._answer_limit) if ways.ceiling is None else min(ways.ceiling, self._answer_limit)
        found.ways = replace(ways, limit=usual)

    async def _other_limit(self, ways: Ways, name: str) -> str:
        self._found.requests += 1
        try:
            await self._endpoint.send(request_of(replace(ways, limit_name=name), _QUESTION, _PROBE))
        except EndpointError:
            return "refused"
        return "taken"

    def _advise(self) -> None:
        found = self._found
        if found.ways is None:
            found.troubles.append(
                f"No answer of {found.model} could be read in any mode; it may be too weak: try a larger model."
            )
        if found.context and found.context < _PROMPT + self._answer_limit:
            found.troubles.append(
                f"Its context is {found.context:,} tokens; a part with its answer may take "
                f"{_PROMPT + self._answer_limit:,}: make it larger (Ollama: OLLAMA_CONTEXT_LENGTH; "
                "llama.cpp: --ctx-size; vLLM: --max-model-len; LM Studio: context length)."
            )
        if "prompt tokens" not in found.reports:
            found.troubles.append("It does not say how many tokens it read, so that a cut prompt cannot be noticed.")


def verdict_of(mode: Mode, reply: Reply) -> Verdict:
    """Whether a reply shows that a mode was honoured."""
    try:
        value = json.loads(reply.content)
    except ValueError:
        value = None
    readable = is_usable(reply, _PROBE)
    if mode == "prompt":
        honoured = readable
    elif mode == "json_object":
        honoured = isinstance(value, dict) and readable
    else:
        honoured = conforms(value, _PROBE.schema)
    return "honoured" if honoured else "ignored, readable" if readable else "ignored"


def _is_final(error: EndpointError) -> bool:
    """Whether an error would meet every mode alike: the network, the key, the model, the quota."""
    cause = told(error)
    words = f"{cause.parameter} {cause.detail}"
    if any(matches("elsewhere", name, words) for name in ("model", "key", "money")):
        return True
    return cause.status not in (400, 422, 500, 501)


def _trouble(error: EndpointError, model: str, listed: Sequence[str]) -> str:
    """One sentence on an error, with the models that there are where the model may be the trouble."""
    cause = told(error)
    unknown = matches("elsewhere", "model", cause.detail) or (cause.status == 404 and listed and model not in listed)
    if unknown and model not in listed:
        return f"There is no model {model!r}{_offered(model, listed)}."
    words = f" It says: {cause.detail}" if cause.detail else ""
    return f"{error}{words}"


def _offered(model: str, listed: Sequence[str]) -> str:
    if not listed:
        return "; the endpoint does not list those it has; look in its console"
    if len(listed) <= _SHORT_LIST:
        return f"; the endpoint offers {', '.join(sorted(listed))}"
    near = difflib.get_close_matches(model, listed, n=5, cutoff=0.4)
    return f"; the endpoint offers {len(listed)} models" + (f", the nearest {', '.join(near)}" if near else "")


def _context_of(model: dict[str, Any]) -> int | None:
    """The context length that an endpoint gives with a model, under whatever name (llama.cpp has it in `meta`)."""
    meta = model.get("meta")
    for node in (model, meta if isinstance(meta, dict) else {}):
        for key in _CONTEXT_KEYS:
            if isinstance(node.get(key), int) and node[key] > 0:
                return int(node[key])
    return None


def as_text(found: Diagnosis) -> str:
    """The diagnosis as a small table, the host first."""
    lines = [f"{found.host}, model {found.model}: {'usable' if found.usable else 'not usable'}", ""]
    lines += [_row(c.mode, c.verdict + (f" ({_line(c.detail)})" if c.detail else "")) for c in found.modes]
    lines += [_row(name, verdict) for name, verdict in found.parameters.items()]
    lines.append(_row("context length", f"{found.context:,}" if found.context else "not told"))
    lines += [_row(name, value) for name, value in found.reports.items()]
    if found.ways is not None:
        sent = ", ".join(f"{name} {value}" for name, value in found.ways.parameters().items() if value is not None)
        lines += ["", f"To use: {found.ways.mode}{f' with {sent}' if sent else ''}; a run finds this out by itself."]
    lines += ["", *found.troubles] if found.troubles else []
    return "\n".join(lines)


def _row(name: str, value: str) -> str:
    return f"  {name:<{_WIDTH}} {value}"


def _line(text: str) -> str:
    return " ".join(text.split())[:100]
