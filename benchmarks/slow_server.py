"""An endpoint in a process of its own that answers every request after a fixed time: `slow_server.py SECONDS`.

It prints its port, answers as the oracle does, and ends when its standard input does. Written on bare
sockets, since a server that costs more than the client would be what is measured.
"""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))


@contextmanager
def slow_server(seconds: float) -> Iterator[str]:
    """Serves for as long as the block runs; gives the base URL."""
    command = [sys.executable, str(Path(__file__).resolve()), str(seconds)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}/v1"
        finally:
            process.stdin.close()


class Server:
    """Answers with what the oracle says, kept by the request's last message; GET tells how many requests it had."""

    def __init__(self, seconds: float) -> None:
        from oracle import Oracle

        self._seconds = seconds
        self._oracle = Oracle()
        self._known: dict[str, bytes] = {}
        self._lines = {_unlettered(line): line for line in self._oracle.chunks}
        self._served = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        loop = asyncio.get_running_loop()
        with suppress(asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                lengths = (int(line[15:]) for line in head.lower().split(b"\r\n") if line[:15] == b"content-length:")
                length = next(lengths, 0)
                body = await reader.readexactly(length)
                due = loop.time() + self._seconds
                if head.startswith(b"GET"):
                    writer.write(_http(str(self._served)))
                    continue
                self._served += 1
                response = self._response(body)
                await asyncio.sleep(due - loop.time())
                writer.write(response)
                await writer.drain()
        writer.close()

    def _response(self, body: bytes) -> bytes:
        messages = json.loads(body)["messages"]
        key = messages[-1]["content"].partition("\n")[2]  # without the line on the report: copies have other titles
        if key not in self._known:
            self._known[key] = _http(self._answer(messages, key))
        return self._known[key]

    def _answer(self, messages: list[dict[str, str]], user: str) -> str:
        """The oracle's answer; of a changed copy, with the letters that its ids have there."""
        ids = {found[:-1]: found for found in _ID.findall(user)}
        known = (self._lines[line] for line in map(_unlettered, user.split("\n")) if line in self._lines)
        original = next(known, user)
        answer = self._oracle.reply([*messages[:-1], {"role": "user", "content": original}])
        return _WRITTEN.sub(lambda m: ids.get(m.group()[:-1], m.group()), answer)


_WRITTEN = re.compile(r"(?<![A-Za-z0-9])[cq]\d+[a-z](?![A-Za-z0-9])")
_ID = re.compile(r"(?<![A-Za-z0-9])[cq]\d+[a-z](?=[>:])")


def _unlettered(line: str) -> str:
    return _ID.sub(lambda m: m.group()[:-1], line)


def _http(content: str) -> bytes:
    from loopback import says

    body = json.dumps(says(content).body, ensure_ascii=False).encode()
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)


async def main(seconds: float) -> None:
    """Serves until standard input ends."""
    server = await asyncio.start_server(Server(seconds).serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1])))
