"""Runs llama.cpp's own server until it is stopped: MODEL PORT CONTEXT."""

from __future__ import annotations

import sys
import threading

import xllamacpp

parameters = xllamacpp.CommonParams()
parameters.model.path, parameters.port, parameters.n_ctx = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
parameters.hostnames, parameters.n_parallel = ["127.0.0.1"], 1
server = xllamacpp.Server(parameters)
threading.Event().wait()
