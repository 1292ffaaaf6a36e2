"""Shared fixtures."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "benchmarks"))


@pytest.fixture(scope="session")
def terms():
    """The shipped dictionary and glossary."""
    from summarizer.terms.dictionary import load_terms

    return load_terms()


@pytest.fixture(autouse=True)
def _no_endpoint_in_environment(monkeypatch, request):
    """A developer's own key never makes a test talk to the network; recording is asked for by its option."""
    if request.config.getoption("--record-mode") in (None, "none"):
        for name in [name for name in os.environ if name.startswith(("OPENAI_", "SUMMARIZER_"))]:
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def _a_cache_of_its_own(monkeypatch, tmp_path_factory):
    """No test sees the replies of another, or a developer's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
