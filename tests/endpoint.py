"""A real HTTP endpoint on loopback that does what a script tells it, request by request."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Response:
    """What the endpoint sends: a status, a body, headers; `drop` closes the connection instead."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    drop: bool = False


Script = Callable[[int, dict[str, Any]], Response]


@dataclass
class Endpoint:
    """Its base URL and the requests it saw."""

    url: str
    requests: list[dict[str, Any]]
    headers: list[dict[str, str]]


def says(content: str, finish: str = "stop", refusal: str | None = None) -> Response:
    """A completion with this content."""
    message = {"role": "assistant", "content": content, "refusal": refusal}
    choice = {"index": 0, "finish_reason": finish, "message": message}
    usage = {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110}
    return Response(
        200, {"id": "x", "object": "chat.completion", "created": 0, "model": "m", "choices": [choice], "usage": usage}
    )


def answer(**lists: Any) -> Response:
    """A completion whose content is an answer with these lists."""
    empty: dict[str, Any] = {"figures": [], "goals": [], "projects": [], "risks": [], "skipped": []}
    return says(json.dumps(empty | lists, ensure_ascii=False))


@contextmanager
def endpoint(script: Script) -> Iterator[Endpoint]:
    """Serves a script on a free loopback port."""
    seen: list[dict[str, Any]] = []
    headers: list[dict[str, str]] = []
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with lock:
                seen.append(request)
                headers.append(dict(self.headers))
                number = len(seen)
            response = script(number, request)
            if response.drop:
                self.close_connection = True
                self.connection.close()
                return
            body = (
                response.body
                if isinstance(response.body, bytes)
                else json.dumps(response.body, ensure_ascii=False).encode()
            )
            self.send_response(response.status)
            for name, value in ({"Content-Type": "application/json"} | response.headers).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """No log lines."""

        def handle(self) -> None:
            try:
                super().handle()
            except (ConnectionError, ValueError):
                pass  # a dropped connection is what the script wanted

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Endpoint(f"http://127.0.0.1:{server.server_port}/v1", seen, headers)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
