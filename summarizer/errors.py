"""The error tree. Every error says what happened, where, and what to do next.

SummarizerError
├── InputError            the report cannot be read, or is none
├── SettingsError         an option, an environment variable or a combination of them is wrong
├── ResourceError         a prompt, schema or data file of the package is missing or broken
├── StoreError            the reply store, or an export of one, cannot be read or written
└── EngineError           an engine could not answer
    ├── EndpointError     the endpoint refused, failed or could not be reached
    │   ├── LateError     it did not answer in time
    │   └── QuotaError    the account there has nothing left: the run asks no more
    ├── BudgetError       the next request could cost more than the budget has left
    └── ReplyError        the endpoint answered with something that is no answer
        ├── CutOffError   the answer did not fit into the endpoint's limit
        ├── RefusedError  the model or its filter declined
        └── ContextError  the endpoint read only a part of the prompt
"""

from __future__ import annotations


class SummarizerError(Exception):
    """The root of all errors that this package raises on purpose."""


class InputError(SummarizerError):
    """A report that is missing, empty, binary, undecodable, or no report."""


class SettingsError(SummarizerError):
    """Settings that cannot work; the message names the one to change."""


class ResourceError(SummarizerError):
    """A file that ships with the package is missing or broken."""


class StoreError(SummarizerError):
    """A reply store that is asked for by name cannot be used, or a file of exported replies is none."""


class EngineError(SummarizerError):
    """An engine that could not read a chunk.

    `reason` names it in gaps, `requests` counts those that were sent, `queued` the seconds that they stood in
    our own queue, which no deadline counts.
    """

    reason = "engine_failed"
    requests = 0
    queued = 0.0


class EndpointError(EngineError):
    """The endpoint failed.

    `retryable` says whether asking again can help, `retry_after` the seconds that the endpoint wants to
    wait, `status` the HTTP status (None where there was none), `detail` the endpoint's own words without the key,
    `parameter` the one that it names as the cause.
    """

    reason = "endpoint_failed"

    def __init__(
        self,
        message: str,
        *,
        retryable: bool = False,
        retry_after: float | None = None,
        status: int | None = None,
        detail: str = "",
        parameter: str = "",
    ):
        super().__init__(message)
        self.retryable = retryable
        self.retry_after = retry_after
        self.status = status
        self.detail = detail
        self.parameter = parameter


class LateError(EndpointError):
    """The endpoint did not answer in time, or not in full."""


class QuotaError(EndpointError):
    """The account has nothing left at the endpoint; no further request of the run is sent."""


class BudgetError(EngineError):
    """The budget does not allow the next request; nothing was sent."""

    reason = "budget_spent"


class ReplyError(EngineError):
    """The endpoint's reply holds no answer: empty, cut off, refused, or not JSON. `reason` names it in gaps."""

    reason = "reply_failed"


class CutOffError(ReplyError):
    """The answer did not fit into the endpoint's limit; a smaller part may."""

    reason = "cut_off"


class RefusedError(ReplyError):
    """The model or the endpoint's filter declined to answer; asking again does not help."""

    reason = "refused"


class ContextError(ReplyError):
    """The endpoint read only a part of the prompt; its context is too small."""

    reason = "context_cut"
