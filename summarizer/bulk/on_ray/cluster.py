"""The Ray that a run uses: the caller's own, a cluster by its address, or one of this machine for the run alone."""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import ray
from ray.data import DataContext

from summarizer.errors import InputError, SettingsError

NAMESPACE = "gov-report-summarizer"
_PATIENCE = 10.0  # seconds for a connection
_OBJECTS = 256 * 2**20  # bytes of a local Ray's object store; what is in it are paths and the briefs on their way


@dataclass(frozen=True, slots=True)
class Cluster:
    """A Ray that can be used. `workers` is how many readers it has room for."""

    workers: int
    _is_ours: bool

    def leave(self) -> None:
        """Ends a Ray that was begun here, leaves a cluster, lets the caller's own be."""
        if self._is_ours:
            ray.shutdown()


def join(address: str | None, workers: int | None, processes: int) -> Cluster:
    """A Ray for so many workers (None: one a processor of the cluster; a local one has so many `processes`).

    Raises SettingsError where the address cannot be used, InputError where nothing answers there.
    """
    if ray.is_initialized():
        return Cluster(workers or _processors(), False)
    where = address or os.environ.get("RAY_ADDRESS") or "local"
    if where.startswith("ray://"):
        raise SettingsError(
            f"{where} is an address of Ray's client; run the command on a machine of the cluster with --ray-address "
            "auto, or send it there with `ray job submit`."
        )
    if where == "local":
        workers = workers or processes
        _begin(
            "local",
            _node_ip_address="127.0.0.1",
            num_cpus=workers,
            include_dashboard=False,
            object_store_memory=_OBJECTS,
        )
    else:
        _reach(where)
        _begin(where)
    return Cluster(workers or _processors(), True)


def _reach(address: str) -> None:
    """Says at once that nobody listens at an address; Ray tries for minutes. Raises InputError."""
    host, mark, port = address.rpartition(":")
    if not mark or not port.isdigit():  # auto, and what Ray knows besides
        return
    try:
        socket.create_connection((host.strip("[]"), int(port)), _PATIENCE).close()
    except OSError as error:
        raise InputError(
            f"No Ray cluster answers at {address} ({error.strerror or error}); check --ray-address or RAY_ADDRESS."
        ) from error


def _begin(address: str, **options: Any) -> None:
    try:
        with _same_signals(), _quiet_backend():
            ray.init(address, namespace=NAMESPACE, log_to_driver=False, logging_level=logging.ERROR, **options)
    except (ConnectionError, OSError, RuntimeError, ValueError, ray.exceptions.RayError) as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        if address == "local":
            raise InputError(f"Ray cannot be begun here ({reason}); run without --on ray.") from error
        raise InputError(
            f"The Ray cluster {address} cannot be used ({reason}); check --ray-address, that Python and Ray are "
            "those of the cluster, and, where it wants a token, that RAY_AUTH_MODE=token is set."
        ) from error


def _processors() -> int:
    return max(1, int(ray.cluster_resources().get("CPU", 1)))


@contextmanager
def _same_signals() -> Iterator[None]:
    """Ray takes SIGTERM for itself; the run has its own way to end."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _quiet_backend() -> Iterator[None]:
    """Ray's core writes to standard error by itself, be it only how much it is going to write."""
    shown, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(shown, 2)
        os.close(shown)
        os.close(nowhere)


@contextmanager
def quiet_data(patient: bool) -> Iterator[None]:
    """Ray Data without bars and notices. `patient`: a report may take any time, as limits of an endpoint want it."""
    wanted: dict[str, Any] = {"enable_progress_bars": False, "print_on_execution_start": False}
    if patient:
        wanted["execution_no_progress_timeout_s"] = -1
    context, logger = DataContext.get_current(), logging.getLogger("ray.data")
    before, level = {name: getattr(context, name) for name in wanted}, logger.level
    try:
        for name, value in wanted.items():
            setattr(context, name, value)
        logger.setLevel(logging.CRITICAL)
        yield
    finally:
        logger.setLevel(level)
        for name, value in before.items():
            setattr(context, name, value)
