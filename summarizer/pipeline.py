"""The story on one page: a report in, a checked bilingual brief out."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache, cached_property
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar

from summarizer.brief import Brief
from summarizer.chunking import Budget, make_chunks
from summarizer.clients.base import Client
from summarizer.correcting.applying import correct
from summarizer.correcting.fixes import Fixes, GivenFixes, fixes_beside, read_fixes
from summarizer.correcting.placing import Plan, plan
from summarizer.courtesy import after_others
from summarizer.engines.rules.engine import RulesEngine
from summarizer.engines.rules.overview import rules_overview
from summarizer.engines.second_reader import second_reading
from summarizer.errors import BudgetError, EndpointError, InputError, SettingsError
from summarizer.gathering import all_of
from summarizer.grounding.resolve import resolve
from summarizer.itemtypes.declaring import OwnItem, checked_types
from summarizer.limits import Limits
from summarizer.loading.text import load, load_bytes, load_text
from summarizer.merging import merge, with_overview
from summarizer.model import (
    BriefContent,
    Chunk,
    EngineInfo,
    Gap,
    Items,
    Outline,
    Part,
    Quantity,
    Reading,
    Report,
    Usage,
)
from summarizer.outline import read_outline
from summarizer.own_merging import unread_gaps, with_own
from summarizer.quantities.grammar import find_quantities
from summarizer.settings import CacheOptions, Settings, resolve_settings
from summarizer.terms.dictionary import Terms, load_terms

if TYPE_CHECKING:
    from summarizer.clients.stack import Run
    from summarizer.engines.chat.engine import ChatEngine

_Result = TypeVar("_Result")
FixesChoice = str | Path | Fixes | Literal[False] | None
"""Where corrections come from: a file, an object, or (False, and for a text None) nowhere."""
Turn = Callable[[], AbstractAsyncContextManager[object]]
"""Waits for a place at something shared, and holds it."""


class Engine(Protocol):
    """The reading seam: a chunk in, its draft out, or those of its pieces where it had to be cut."""

    name: str

    async def read(self, chunk: Chunk) -> Sequence[Reading]: ...


@dataclass(frozen=True, slots=True)
class Prepared:
    """The reading without an engine: outline, quantities and chunks of a report."""

    report: Report
    outline: Outline
    quantities: tuple[Quantity, ...]
    chunks: tuple[Chunk, ...]


def prepare(report: Report, budget: Budget | None = None) -> Prepared:
    """Outline, quantities and chunks: all that code reads before an engine is asked."""
    outline = read_outline(report)
    quantities = find_quantities(report.text, report.boilerplate)
    return Prepared(report, outline, quantities, make_chunks(report, outline, quantities, budget))


def prepared_for(engine: str, report: Report) -> Prepared:
    """What code reads before an engine ("rules" or "chat") is asked. Raises InputError where that is nothing."""
    prepared = prepare(report, Budget(tokens=None) if engine == "rules" else None)
    if not prepared.chunks:
        raise InputError(f"{report.source} has no text to read besides navigation; save the report's own page.")
    return prepared


class Summarizer:
    """Makes briefs. Arguments win over the environment; without a key or base URL the engine is rules.

    >>> brief = Summarizer(engine="rules").summarize("report.txt")   # doctest: +SKIP
    >>> print(brief.to_markdown(lang="en"))                           # doctest: +SKIP

    `engine` is auto, rules or chat; `terms` a file of own indicators or glossary entries; `limits` are of
    time, rate and spend, for all reports of this object together, in whatever threads and event loops;
    `cache` says whether and how replies are kept and used again; `client` replaces the endpoint (it answers
    instead of one made from the settings); with `check` rules read every part too, and where they read
    otherwise than the model the items are disputed; `types` are own types of items to read besides the
    built-in ones (subclasses of OwnItem; a model alone reads them).
    """

    def __init__(
        self,
        engine: str | None = None,
        *,
        model: str | None = None,
        base_url: str | None = None,
        api_key: str | None = None,
        terms: str | Path | None = None,
        limits: Limits | None = None,
        cache: bool | CacheOptions = True,
        client: Client | None = None,
        check: bool = False,
        environment: Mapping[str, str] | None = None,
        types: Sequence[type[OwnItem]] = (),
    ):
        self.types = checked_types(types)
        environment = os.environ if environment is None else environment
        if client is not None and limits is not None:
            raise SettingsError("Limits hold for an endpoint; a client of your own has its own: leave one of them out.")
        if client is not None:
            self.settings = Settings(engine="chat", model=model, base_url=base_url)
        else:
            kept = cache if isinstance(cache, CacheOptions) else CacheOptions(use=cache)
            self.settings = resolve_settings(
                environment, engine=engine, model=model, base_url=base_url, api_key=api_key, limits=limits, cache=kept
            )
        self.settings = replace(self.settings, check=check)
        self.terms_file = Path(terms) if terms else None
        self._own_client = client
        self._chat: ChatEngine | None = None
        if self.settings.budget is not None:
            _ = self._run  # a budget that cannot be held is said before anything is read

    @classmethod
    def resolved(
        cls,
        settings: Settings,
        terms: Path | None = None,
        types: Sequence[type[OwnItem]] = (),
        *,
        run: Run | None = None,
        client: Client | None = None,
    ) -> Summarizer:
        """A summarizer of settings that were resolved elsewhere.

        `run` is what it shares with others at the endpoint, `client` answers instead of the endpoint.
        """
        made = cls("rules", terms=terms, types=types, environment={})
        made.settings, made._own_client = settings, client
        if run is not None:
            made._run = run
        return made

    @cached_property
    def terms(self) -> Terms:
        """The indicator dictionary and glossary, with the user's own entries."""
        return load_terms(self.terms_file)

    @cached_property
    def _run(self) -> Run:
        """What all reports share at the endpoint."""
        from summarizer.clients.stack import Run

        return Run(self.settings)

    @property
    def has_own_client(self) -> bool:
        """Whether a client that was given answers, instead of one made from the settings."""
        return self._own_client is not None

    @property
    def spent(self) -> Decimal | None:
        """US dollars that the reports so far cost at most; None where no budget is held."""
        purse = self._run.purse if self.settings.budget is not None else None
        return purse.spent if purse is not None else None

    def cost(self, usage: Usage) -> Decimal | None:
        """US dollars of a usage; None where no price is known."""
        from summarizer.pricing import cost_of

        settings = self.settings
        if settings.engine == "rules":
            return None
        return cost_of(usage, settings.model, settings.address, settings.price).usd

    # --- the faces -------------------------------------------------------------------------

    def summarize(self, path: str | Path, fixes: FixesChoice = None) -> Brief:
        """The brief of a file. Works inside a running event loop too. Raises InputError, EndpointError.

        `fixes` are a user's corrections: None looks for `<stem>.fixes.json` beside the file, False takes
        none; a path or `Fixes` names them.
        """
        return _run(lambda: self.asummarize(path, fixes))

    def summarize_text(self, text: str, source: str = "text", fixes: FixesChoice = None) -> Brief:
        """The brief of a text; `source` is the name it goes by, `fixes` a file of corrections or `Fixes`."""
        return _run(lambda: self.asummarize_text(text, source, fixes))

    def summarize_bytes(self, data: bytes, source: str = "report.txt", fixes: FixesChoice = None) -> Brief:
        """The brief of a text file's bytes, whatever their encoding; `source` is the name it goes by."""
        return _run(lambda: self.abrief(load_bytes(data, source), fixes))

    async def asummarize(self, path: str | Path, fixes: FixesChoice = None) -> Brief:
        """The brief of a file, in an event loop."""
        return await self.abrief(load(Path(path)), fixes_beside(Path(path)) if fixes is None else fixes)

    async def asummarize_text(self, text: str, source: str = "text", fixes: FixesChoice = None) -> Brief:
        """The brief of a text, in an event loop."""
        return await self.abrief(load_text(text, source), fixes)

    # --- the stages ------------------------------------------------------------------------

    async def abrief(self, report: Report, fixes: FixesChoice = None) -> Brief:
        """Reads, checks, corrects, merges and sums up one report."""
        await after_others()
        return await self.brief_of(prepared_for(self.settings.engine, report), fixes)

    async def brief_of(self, prepared: Prepared, fixes: FixesChoice = None, turn: Turn = nullcontext) -> Brief:
        """The brief of a report that code has read (`prepared_for`); every chunk is asked about within a `turn`."""
        started = time.perf_counter()
        report, given = prepared.report, _given(fixes)
        planned = plan(given, report, prepared.quantities, prepared.chunks) if given else None
        async with self._client() as client:
            readings = await self._read(prepared, client, turn)
            await after_others()
            content = self._merged(prepared, readings, planned)
            content, usage = await self._with_overview(content, report, client, readings)
        usage = sum((r.usage for r in readings), usage)
        parts = tuple(Part(r.chunk.start, r.chunk.end, r.by) for r in readings)
        return Brief(content, report, replace(usage, seconds=time.perf_counter() - started), parts)

    async def _read(self, prepared: Prepared, client: Client | None, turn: Turn) -> list[Reading]:
        engine = self._engine(client)

        async def read(chunk: Chunk) -> Sequence[Reading]:
            async with turn():
                return await engine.read(chunk)

        every = await all_of(map(read, prepared.chunks))
        readings = [reading for each in every for reading in each]
        failures = [r.failure for r in readings]
        if client is not None and failures and all(isinstance(f, EndpointError | BudgetError) for f in failures):
            assert failures[0] is not None
            raise failures[0]  # nobody answered: that is no brief by a model with gaps, it is a failed run
        return readings

    def _merged(self, prepared: Prepared, readings: Sequence[Reading], planned: Plan | None) -> BriefContent:
        items = read = [self._resolved(reading) for reading in readings]
        corrections = None
        if planned is not None:
            corrected, corrections = correct(items, planned, self.terms)
            items = [corrected]
        gaps: list[Gap] = [gap for reading in readings for gap in reading.gaps]
        gaps += unread_gaps(self.types, readings, self.settings.engine)
        content = merge(prepared.report, prepared.outline, prepared.quantities, items, gaps, self.engine_info())
        return with_own(content.model_copy(update={"corrections": corrections}), read, self.types)

    def _resolved(self, reading: Reading) -> Items:
        items = resolve(reading.draft, reading.chunk, self.terms, reading.by)
        if not self.settings.check or reading.by != "chat":
            return items
        return second_reading(items, reading.draft, reading.chunk, self.terms)

    async def _with_overview(
        self, content: BriefContent, report: Report, client: Client | None, readings: Sequence[Reading]
    ) -> tuple[BriefContent, Usage]:
        if client is None or not any(r.by == "chat" for r in readings):
            return with_overview(content, rules_overview(content), ()), Usage()
        from summarizer.engines.chat.overview import chat_overview

        sentences, gaps, usage = await chat_overview(content, report.metadata, client)
        return with_overview(content, sentences or rules_overview(content), gaps), usage

    def _engine(self, client: Client | None) -> Engine:
        if client is None:
            return RulesEngine(self.terms)
        from summarizer.engines.chat.engine import ChatEngine

        if self._chat is None or self._chat.client is not client:
            self._chat = ChatEngine(client, self.terms, self.types)  # what it learns of an endpoint serves all reports
        return self._chat

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[Client | None]:
        """Holds the client of the endpoint over many reports, in one event loop; None where rules read."""
        async with self._client() as client:
            yield client

    @asynccontextmanager
    async def _client(self) -> AsyncIterator[Client | None]:
        if self.settings.engine == "rules" or self._own_client is not None:
            yield self._own_client
        else:
            async with self._run.client() as client:
                yield client

    def engine_info(self) -> EngineInfo:
        """What goes into the brief's engine line."""
        return self._engine_info

    @cached_property
    def _engine_info(self) -> EngineInfo:
        chat = self.settings.engine == "chat"
        prompts = schema = None
        if chat:
            from summarizer.prompting import prompts_digest, schema_digest

            prompts, schema = prompts_digest(self.types), schema_digest(self.types)
        return EngineInfo(
            name=self.settings.engine,
            model=self.settings.model if chat else None,
            version=package_version(),
            prompts=prompts,
            schema_=schema,
            terms=self.terms.digest,
        )


def _given(fixes: FixesChoice) -> GivenFixes | None:
    if fixes is None or fixes is False:
        return None
    if isinstance(fixes, Fixes):
        return GivenFixes(fixes, "corrections", None)
    return read_fixes(Path(fixes))


@cache
def package_version() -> str:
    """The installed version of the distribution."""
    try:
        return version("gov-report-summarizer")
    except PackageNotFoundError:
        return "0+unknown"


def _run(make: Callable[[], Coroutine[Any, Any, _Result]]) -> _Result:
    """Runs a coroutine to its end, in a thread of its own where a loop is running already (notebooks)."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return _finished(make())
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(lambda: _finished(make())).result()


def _finished(coroutine: Coroutine[Any, Any, _Result]) -> _Result:
    """The coroutine's result, kept away from its task: at its end asyncio.run writes a task's result out as text."""
    results: list[_Result] = []

    async def keep() -> None:
        results.append(await coroutine)

    asyncio.run(keep())
    return results[0]
