"""The error tree. Every error says what happened, where, and what to do next.

SummarizerError
├── InputError            the report cannot be read, or is none
├── SettingsError         an option, an environment variable or a combination of them is wrong
├── ResourceError         a prompt, schema or data file of the package is missing or broken
└── EngineError           an engine could not answer
    ├── EndpointError     the endpoint refused, failed or could not be reached
    ├── BudgetError       the next request could cost more than the budget has left
    └── ReplyError        the endpoint answered with something that is no answer
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


class EngineError(SummarizerError):
    """An engine that could not read a chunk."""


class EndpointError(EngineError):
    """The endpoint failed.

    `retryable` says whether asking again can help, `retry_after` the seconds that the endpoint wants to
    wait, `status` the HTTP status (None where there was none), `detail` the endpoint's own words without the key.
    """

    def __init__(
        self,
        message: str,
        *,
        retryable: bool = False,
        retry_after: float | None = None,
        status: int | None = None,
        detail: str = "",
    ):
        super().__init__(message)
        self.retryable = retryable
        self.retry_after = retry_after
        self.status = status
        self.detail = detail


class BudgetError(EngineError):
    """The budget does not allow the next request; nothing was sent."""


class ReplyError(EngineError):
    """The endpoint's reply holds no answer: empty, cut off, refused, or not JSON."""
