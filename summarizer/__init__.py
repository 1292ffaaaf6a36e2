"""Long Chinese government reports into structured, bilingual briefs in which every number is proven.

The public names load when they are first used, so that importing the package costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from summarizer.brief import Brief as Brief
    from summarizer.correcting.fixes import Fixes as Fixes
    from summarizer.errors import BudgetError as BudgetError
    from summarizer.errors import EndpointError as EndpointError
    from summarizer.errors import EngineError as EngineError
    from summarizer.errors import InputError as InputError
    from summarizer.errors import ReplyError as ReplyError
    from summarizer.errors import ResourceError as ResourceError
    from summarizer.errors import SettingsError as SettingsError
    from summarizer.errors import SummarizerError as SummarizerError
    from summarizer.itemtypes.declaring import OwnItem as OwnItem
    from summarizer.limits import Limits as Limits
    from summarizer.model import Bilingual as Bilingual
    from summarizer.model import BriefContent as BriefContent
    from summarizer.model import Date as Date
    from summarizer.model import Evidence as Evidence
    from summarizer.model import Name as Name
    from summarizer.model import Quantity as Quantity
    from summarizer.pipeline import Summarizer as Summarizer
    from summarizer.settings import CacheOptions as CacheOptions
    from summarizer.verifying.findings import Verification as Verification
    from summarizer.verifying.proof import verify as verify

_HOMES = {
    "Bilingual": "model",
    "Brief": "brief",
    "BriefContent": "model",
    "BudgetError": "errors",
    "CacheOptions": "settings",
    "Date": "model",
    "EndpointError": "errors",
    "EngineError": "errors",
    "Evidence": "model",
    "Fixes": "correcting.fixes",
    "InputError": "errors",
    "Limits": "limits",
    "Name": "model",
    "OwnItem": "itemtypes.declaring",
    "Quantity": "model",
    "ReplyError": "errors",
    "ResourceError": "errors",
    "SettingsError": "errors",
    "Summarizer": "pipeline",
    "SummarizerError": "errors",
    "Verification": "verifying.findings",
    "verify": "verifying.proof",
}

__all__ = [
    "Bilingual",
    "Brief",
    "BriefContent",
    "BudgetError",
    "CacheOptions",
    "Date",
    "EndpointError",
    "EngineError",
    "Evidence",
    "Fixes",
    "InputError",
    "Limits",
    "Name",
    "OwnItem",
    "Quantity",
    "ReplyError",
    "ResourceError",
    "SettingsError",
    "Summarizer",
    "SummarizerError",
    "Verification",
    "verify",
]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return importlib.import_module("summarizer.pipeline").package_version()
    if name not in _HOMES:
        raise AttributeError(f"module 'summarizer' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"summarizer.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
