"""A real HTTP endpoint on loopback that has the Batch API: files, batches, outputs, and plain completions.

It checks files as the Batch API does, answers their lines by a script (loopback.py), and does what its plan says
with whole batches: when they end, and how.
"""

from __future__ import annotations

import email.parser
import email.policy
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from loopback import Response, Script, counted

MOST_LINES, MOST_BYTES = 50_000, 200_000_000
Line = dict[str, Any]


@dataclass
class Plan:
    """What becomes of batches. `looks` are the requests for a batch after which it ends.

    `expires` says of a line of the batch with a number (from 1) whether nobody gets to it; `refuses` gives the error
    (code, message) of a whole batch. While `held` is set no batch ends.
    """

    looks: int = 1
    expires: Callable[[int, Line], bool] = lambda batch, line: False
    refuses: Callable[[int, list[Line]], tuple[str, str] | None] = lambda batch, lines: None
    held: threading.Event = field(default_factory=threading.Event)
    has_batches: bool = True
    spoils: Callable[[int, bytes], bytes] = lambda batch, output: output  # what becomes of a batch's output


@dataclass
class BatchEndpoint:
    """What the endpoint holds and saw. `calls` are methods and paths, `direct` the bodies of plain completions."""

    url: str
    plan: Plan
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    batches: dict[str, dict[str, Any]] = field(default_factory=dict)
    lines: dict[str, list[Line]] = field(default_factory=dict)
    calls: list[tuple[str, str]] = field(default_factory=list)
    direct: list[dict[str, Any]] = field(default_factory=list)
    answered: int = 0  # lines, of all batches
    sizes: list[int] = field(default_factory=list)  # bytes of the files that were sent
    after: Callable[[str, str], None] = lambda method, path: None  # when a request was done; Refusal is its reply then

    def made(self, method: str, path: str) -> int:
        """How many requests there were of a kind."""
        return self.calls.count((method, path))

    @property
    def asked(self) -> list[list[str]]:
        """The custom ids of every batch, in order."""
        return [[line["custom_id"] for line in lines] for lines in self.lines.values()]


class Refusal(Exception):  # noqa: N818 what the endpoint says
    """A request that is answered with an error's status."""

    def __init__(self, status: int, message: str):
        super().__init__(message)
        self.status = status


def _checked(content: bytes) -> list[Line]:
    """The lines of a file. Raises Refusal where the Batch API would not take it."""
    if len(content) > MOST_BYTES:
        raise Refusal(400, "file too large")
    lines = [json.loads(line) for line in content.decode().splitlines()]
    if not lines or len(lines) > MOST_LINES:
        raise Refusal(400, "a wrong number of lines")
    names = [line["custom_id"] for line in lines]
    if len(set(names)) != len(names) or any(len(name) > 64 for name in names):
        raise Refusal(400, "custom ids are not unique, or too long")
    if any((line["method"], line["url"]) != ("POST", "/v1/chat/completions") for line in lines):
        raise Refusal(400, "a wrong method or url")
    return lines


@dataclass
class _Counter:
    """The Batch API over what the endpoint holds."""

    endpoint: BatchEndpoint
    script: Script
    number: int = 0

    def upload(self, content_type: str, body: bytes) -> dict[str, Any]:
        head = f"Content-Type: {content_type}\r\n\r\n".encode()
        parts = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + body)
        fields = {part.get_param("name", header="content-disposition"): part for part in parts.iter_parts()}
        if fields["purpose"].get_content().strip() != "batch":
            raise Refusal(400, "a wrong purpose")
        name, content = fields["file"].get_filename(), fields["file"].get_payload(decode=True)
        self.endpoint.sizes.append(len(content))
        return self._file(name, content)

    def _file(self, name: str, content: bytes) -> dict[str, Any]:
        identifier = f"file-{len(self.endpoint.files) + 1}"
        self.endpoint.files[identifier] = (name, content)
        return self.file(identifier)

    def file(self, identifier: str) -> dict[str, Any]:
        name, content = self.endpoint.files[identifier]
        return {"id": identifier, "object": "file", "filename": name, "bytes": len(content), "purpose": "batch"}

    def create(self, body: dict[str, Any]) -> dict[str, Any]:
        if (body["endpoint"], body["completion_window"]) != ("/v1/chat/completions", "24h"):
            raise Refusal(400, "a wrong endpoint or window")
        lines = _checked(self.endpoint.files[body["input_file_id"]][1])
        identifier = f"batch_{len(self.endpoint.batches) + 1}"
        self.endpoint.lines[identifier] = lines
        made = {"id": identifier, "object": "batch", "status": "validating", "looks": 0} | body
        made["request_counts"] = {"total": len(lines), "completed": 0, "failed": 0}
        self.endpoint.batches[identifier] = made
        return made

    def look(self, identifier: str) -> dict[str, Any]:
        batch, plan = self.endpoint.batches[identifier], self.endpoint.plan
        batch["looks"] += 1
        if batch["status"] in ("validating", "in_progress"):
            batch["status"] = "in_progress"
            if batch["looks"] >= plan.looks and not plan.held.is_set():
                self._work(batch)
        return batch

    def _work(self, batch: dict[str, Any]) -> None:
        number, lines = list(self.endpoint.batches).index(batch["id"]) + 1, self.endpoint.lines[batch["id"]]
        if refusal := self.endpoint.plan.refuses(number, lines):
            code, message = refusal
            data = [{"code": code, "message": message, "line": None, "param": None}]
            batch |= {"status": "failed", "errors": {"object": "list", "data": data}}
            return
        good, bad, expired = [], [], 0
        for line in lines:
            if self.endpoint.plan.expires(number, line):
                expired += 1
                error = {"code": "batch_expired", "message": "This request could not be executed in time."}
                bad.append({"id": "r", "custom_id": line["custom_id"], "response": None, "error": error})
                continue
            self.number += 1
            self.endpoint.answered += 1
            answer = counted(self.script(self.number, line["body"]), line["body"])
            response = {"status_code": answer.status, "request_id": "x", "body": answer.body}
            (good if answer.status == 200 else bad).append(
                {"id": "r", "custom_id": line["custom_id"], "response": response, "error": None}
            )
        good.reverse()  # answers come in any order
        batch["request_counts"] = {"total": len(lines), "completed": len(good), "failed": len(bad)}
        batch["status"] = "expired" if expired else "completed"
        for name, rows in (("output_file_id", good), ("error_file_id", bad)):
            if rows:
                text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
                text = self.endpoint.plan.spoils(number, text) if rows is good else text
                batch[name] = self._file(f"{batch['id']}.jsonl", text)["id"]

    def get(self, path: list[str], query: dict[str, list[str]]) -> Any:
        if path == ["batches"]:
            return self._page(list(self.endpoint.batches.values()), query)
        if path == ["files"]:
            return self._page([self.file(name) for name in self.endpoint.files], query)
        if path[0] == "batches":
            return self.look(path[1])
        return self.endpoint.files[path[1]][1] if path[2:] == ["content"] else self.file(path[1])

    @staticmethod
    def _page(rows: list[dict[str, Any]], query: dict[str, list[str]]) -> dict[str, Any]:
        """A page of a list, the newest first, as the SDK's cursor wants it."""
        rows, after = rows[::-1], query.get("after", [None])[0]
        at = next((n + 1 for n, row in enumerate(rows) if row["id"] == after), 0)
        page = rows[at : at + int(query.get("limit", ["20"])[0])]
        return {"object": "list", "data": page, "has_more": at + len(page) < len(rows)}


@contextmanager
def batch_endpoint(script: Script, plan: Plan | None = None) -> Iterator[BatchEndpoint]:
    """Serves a script, one by one and in batches, on a free loopback port. A script that fails is raised at the end."""
    lock = threading.Lock()
    broken: list[Exception] = []
    endpoint = BatchEndpoint("", plan or Plan())
    counter = _Counter(endpoint, script)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._do("GET")

        def do_POST(self) -> None:
            self._do("POST")

        def do_DELETE(self) -> None:
            self._do("DELETE")

        def _do(self, method: str) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            url = urlsplit(self.path)
            path = url.path.removeprefix("/v1/").split("/")
            try:
                with lock:
                    endpoint.calls.append((method, path[0]))
                    answer = self._answer(method, path, parse_qs(url.query), body)
                    endpoint.after(method, path[0])
            except Refusal as refusal:
                answer = Response(refusal.status, {"error": {"message": str(refusal)}})
            except KeyError:
                answer = Response(404, {"error": {"message": "no such object"}})
            except Exception as error:
                broken.append(error)
                raise ConnectionAbortedError from error
            self._send(answer)

        def _answer(self, method: str, path: list[str], query: dict[str, list[str]], body: bytes) -> Response:
            if path == ["chat", "completions"]:
                request = json.loads(body)
                endpoint.direct.append(request)
                counter.number += 1
                return counted(script(counter.number, request), request)
            if not endpoint.plan.has_batches:
                raise KeyError
            if method == "DELETE":
                del endpoint.files[path[1]]
                return Response(200, {"id": path[1], "object": "file", "deleted": True})
            if method == "GET":
                return Response(200, counter.get(path, query))
            if path == ["files"]:
                return Response(200, counter.upload(self.headers["Content-Type"], body))
            return Response(200, counter.create(json.loads(body)))

        def _send(self, answer: Response) -> None:
            body = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
            self.send_response(answer.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """No log lines between the caller's own."""

        def handle(self) -> None:
            try:
                super().handle()
            except (ConnectionError, ValueError):
                self.close_connection = True

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    endpoint.url = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield endpoint
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    if broken:
        raise broken[0]
