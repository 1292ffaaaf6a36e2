"""A real HTTP endpoint on loopback that does what a script tells it, request by request."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Response:
    """What the endpoint sends: a status, a body (bytes, or what becomes JSON), headers.

    `drop` hangs up, `raw` is sent as it stands and then hangs up, `pause` waits so many seconds before the answer
    (or until the endpoint closes), `drip` so many between the body's bytes.
    """

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    drop: bool = False
    raw: bytes | None = None
    pause: float = 0.0
    drip: float = 0.0


@dataclass
class Endpoint:
    """Its base URL, and the requests that it saw: bodies, headers, and paths with their query."""

    url: str
    requests: list[dict[str, Any]]
    headers: list[dict[str, str]]
    paths: list[str] = field(default_factory=list)


Script = Callable[[int, dict[str, Any]], Response]


def says(
    content: str,
    finish: str = "stop",
    refusal: str | None = None,
    model: str = "m",
    prompt_tokens: int | None = None,
) -> Response:
    """A chat completion with this content; its prompt tokens are those of the prompt that the endpoint sees."""
    message = {"role": "assistant", "content": content, "refusal": refusal}
    choice = {"index": 0, "finish_reason": finish, "message": message}
    usage = {"prompt_tokens": prompt_tokens, "completion_tokens": 10}
    body = {"id": "x", "object": "chat.completion", "created": 0, "model": model, "choices": [choice], "usage": usage}
    return Response(200, body)


def tokens_of(request: dict[str, Any]) -> int:
    """About the tokens of a request's messages by an ordinary tokenizer, a third of a token for a byte."""
    return sum(len(str(message.get("content")).encode()) for message in request.get("messages", ())) // 3


def counted(response: Response, request: dict[str, Any]) -> Response:
    """The response; where a completion leaves its prompt tokens open, with those of the request."""
    usage = response.body.get("usage") if isinstance(response.body, dict) else None
    if not isinstance(usage, dict) or usage.get("prompt_tokens", 0) is not None:
        return response
    told = tokens_of(request)
    counts = usage | {"prompt_tokens": told, "total_tokens": told + usage["completion_tokens"]}
    return replace(response, body=response.body | {"usage": counts})


@contextmanager
def endpoint(script: Script, models: Response | None = None) -> Iterator[Endpoint]:
    """Serves a script on a free loopback port; it is called with the number of the request and its body.

    `models` is what it answers to GET /models; without it there is no such path. A script that fails hangs up, and
    its error is raised at the end: it must not pass for a fault that was wanted.
    """
    paths: list[str] = []
    seen: list[dict[str, Any]] = []
    headers: list[dict[str, str]] = []
    lock = threading.Lock()
    closing = threading.Event()
    broken: list[Exception] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with lock:
                seen.append(request)
                headers.append(dict(self.headers))
                paths.append(self.path)
                number = len(seen)
            try:
                response = counted(script(number, request), request)
            except Exception as error:
                broken.append(error)
                raise ConnectionAbortedError from error
            self._send(response)

        def do_GET(self) -> None:
            self._send(models or Response(404, {"detail": "Not Found"}))

        def _send(self, response: Response) -> None:
            if response.pause and closing.wait(response.pause):
                return
            if response.drop or response.raw is not None:
                self.close_connection = True
                self.connection.sendall(response.raw or b"")
                self.connection.shutdown(socket.SHUT_RDWR)
                self.connection.close()
                return
            body = response.body
            if not isinstance(body, bytes):
                body = json.dumps(body, ensure_ascii=False).encode()
            self.send_response(response.status)
            for name, value in ({"Content-Type": "application/json"} | response.headers).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            for piece in (body[i : i + 1] for i in range(len(body))) if response.drip else (body,):
                self.wfile.write(piece)
                if response.drip and closing.wait(response.drip):
                    return

        def log_message(self, *args: object) -> None:
            """No log lines between the caller's own."""

        def handle(self) -> None:
            with contextlib.suppress(ConnectionError, ValueError):  # a dropped connection is what the script wanted
                super().handle()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Endpoint(f"http://127.0.0.1:{server.server_port}/v1", seen, headers, paths)
    finally:
        closing.set()
        server.shutdown()
        thread.join()
        server.server_close()
    if broken:
        raise broken[0]
