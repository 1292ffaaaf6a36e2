"""A server that sends bytes as they are, for answers that no HTTP library would send."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

OK = b'{"choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "{}"}}]}'


@dataclass
class Raw:
    """The address, how many requests came, and whether the test is over (servers that wait look at it)."""

    port: int
    count: int = 0
    lines: list[str] = field(default_factory=list)  # the first line of each request
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"


Answer = Callable[[socket.socket, Raw], None]


def http(body: bytes, head: str = "", status: str = "200 OK", length: int | None = None) -> bytes:
    """An HTTP response whose Content-Length need not be true."""
    told = len(body) if length is None else length
    kind = "" if "Content-Type" in head else "Content-Type: application/json\r\n"
    return f"HTTP/1.1 {status}\r\n{kind}{head}Content-Length: {told}\r\nConnection: close\r\n\r\n".encode() + body


def sends(data: bytes) -> Answer:
    """An answer that sends these bytes and hangs up."""
    return lambda connection, raw: connection.sendall(data)


def resets(connection: socket.socket, raw: Raw) -> None:
    """An answer that resets the connection."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def drips(connection: socket.socket, raw: Raw) -> None:
    """An answer that never ends: a blank every few milliseconds, so that no single read takes long."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n")
    while not raw.over.wait(0.01):
        connection.sendall(b" ")


@contextmanager
def raw_server(*answers: Answer) -> Iterator[Raw]:
    """Serves each request with the next answer; the last one serves all that follow."""
    listener = socket.create_server(("127.0.0.1", 0))
    raw = Raw(listener.getsockname()[1])

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection, contextlib.suppress(OSError):
                if (line := _read_request(connection)) is not None:
                    raw.count += 1
                    raw.lines.append(line)
                    answers[min(raw.count, len(answers)) - 1](connection, raw)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield raw
    finally:
        raw.over.set()
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


def _read_request(connection: socket.socket) -> str | None:
    """Reads a request to its end, and gives its first line; what is no HTTP (TLS) has none. None: nothing came."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        if not more:
            return None
        data += more
        if data.startswith(b"\x16"):
            return ""
    head, _, body = data.partition(b"\r\n\r\n")
    lines = [line.partition(b":") for line in head.lower().split(b"\r\n")]
    length = next((int(value) for name, _, value in lines if name == b"content-length"), 0)
    while len(body) < length:
        more = connection.recv(65536)
        if not more:
            return None
        body += more
    return head.partition(b"\r\n")[0].decode()
