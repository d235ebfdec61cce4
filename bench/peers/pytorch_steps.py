#!/usr/bin/env python3
"""Whole training steps and streamed tokens in PyTorch, for a benchmark to start as a child process.

Usage: /usr/bin/python3 pytorch_steps.py [--threads N] [--blas own|inherited]     then, line by line on stdin:
  run NAME REPEATS   answers {"name", "seconds": [one per step], "tokens": tokens per step, "variant"} on one line
  quit               ends; so does the end of the input
  pytorch_steps.py --list    names the workloads;   --facts    says which BLAS, threads and instructions are used

A workload is built and warmed at its first use; where PyTorch offers several ways to the same numbers, each is
tried there and the fastest is kept ("variant"). For stream256 a step is a block of 100 tokens, each fed alone.
A training step is zero_grad, forward, loss, backward, Adam. Failures answer {"name", "error"}.
"""

import argparse
import ctypes
import itertools
import json
import os
import re
import sys
import tempfile
import time

parser = argparse.ArgumentParser()
parser.add_argument("--threads", type=int, default=1)
parser.add_argument("--blas", choices=["own", "inherited"], default="own",
                    help="let OpenBLAS choose its kernels (own), or heed an OPENBLAS_CORETYPE that is set (inherited)")
parser.add_argument("--list", action="store_true")
parser.add_argument("--facts", action="store_true")
options = parser.parse_args()
# OpenBLAS reads its own variable, and both read theirs when they are loaded: torch.set_num_threads is too late.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = str(options.threads)
# PyTorch is to run at its best: OpenBLAS picks its kernels for this processor, whatever the environment pins it to.
if options.blas == "own":
    for variable in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
        os.environ.pop(variable, None)
# oneDNN says which instructions it uses only where it says everything.
if options.facts:
    os.environ["ONEDNN_VERBOSE"] = os.environ["DNNL_VERBOSE"] = "1"

import torch  # noqa: E402
from torch import nn  # noqa: E402
from torch.nn import functional  # noqa: E402

import pytorch_attention  # noqa: E402
import pytorch_layers  # noqa: E402
import pytorch_scans  # noqa: E402

SYMBOLS = 57
STREAM_BLOCK = 100


class Recurrent(nn.Module):
    """one-hot or embedded symbols -> recurrent layers -> dense."""

    def __init__(self, kind, vocabulary, width, hidden, layers, source):
        super().__init__()
        self.source, self.vocabulary = source, vocabulary
        if source == "embedding":
            self.table = nn.Embedding(vocabulary, width)
        elif source == "identity lookup":
            self.register_buffer("identity", torch.eye(vocabulary))
        self.recurrent = kind(width, hidden, layers)
        self.dense = nn.Linear(hidden, vocabulary)

    def forward(self, tokens, state, last_only):
        if self.source == "embedding":
            x = self.table(tokens)
        elif self.source == "identity lookup":
            x = functional.embedding(tokens, self.identity)
        else:
            x = functional.one_hot(tokens, self.vocabulary).float()
        outputs, state = self.recurrent(x, state)
        return self.dense(outputs[-1] if last_only else outputs), state


class Training:
    """One training workload; every variant computes the same numbers."""

    def __init__(self, kind, hidden, layers, batch, steps, last_only, vocabulary=SYMBOLS, embedding=0):
        self.kind, self.hidden, self.layers, self.batch, self.steps = kind, hidden, layers, batch, steps
        self.last_only, self.vocabulary, self.embedding = last_only, vocabulary, embedding
        self.tokens = batch * steps
        self.build = None

    def start(self, source, foreach):
        torch.manual_seed(1)
        model = Recurrent(self.kind, self.vocabulary, self.embedding or self.vocabulary, self.hidden, self.layers, source)
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, foreach=foreach)
        data = torch.randint(self.vocabulary, (8, self.steps + 1, self.batch))
        turn = itertools.count()
        carried = None

        def step():
            nonlocal carried
            window = data[next(turn) % len(data)]
            optimizer.zero_grad(set_to_none=True)
            logits, state = model(window[:-1], carried, self.last_only)
            targets = window[-1] if self.last_only else window[1:].reshape(-1)
            loss = functional.cross_entropy(logits.reshape(-1, self.vocabulary), targets)
            loss.backward()
            optimizer.step()
            if not self.last_only:      # windows start from zero, streams carry their state on
                carried = tuple(s.detach() for s in state) if isinstance(state, tuple) else state.detach()
        return step

    def variants(self):
        sources = ["embedding"] if self.embedding else ["one-hot", "identity lookup"]
        return {"%s, %s Adam" % (source, "foreach" if foreach else "per-tensor"):
                (lambda source=source, foreach=foreach: self.start(source, foreach))
                for source in sources for foreach in (False, True)}


class StreamCell(nn.Module):
    """One token in, logits and the next state out."""

    def __init__(self, hidden):
        super().__init__()
        self.cell = nn.LSTMCell(SYMBOLS, hidden)
        self.dense = nn.Linear(hidden, SYMBOLS)

    def forward(self, x, h, c):
        h, c = self.cell(x, (h, c))
        return self.dense(h), h, c


class StreamLayer(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.layer = nn.LSTM(SYMBOLS, hidden)
        self.dense = nn.Linear(hidden, SYMBOLS)

    def forward(self, x, h, c):
        y, (h, c) = self.layer(x, (h, c))
        return self.dense(y), h, c


class Streaming:
    """LSTM and dense output, one token at a time at batch 1, the state carried."""

    tokens = STREAM_BLOCK

    def __init__(self, hidden):
        self.hidden = hidden

    def start(self, kind, compiled):
        torch.manual_seed(1)
        model = kind(self.hidden).eval()
        lead = (1, 1) if kind is StreamLayer else (1,)
        rows = torch.eye(SYMBOLS).reshape(SYMBOLS, *lead, SYMBOLS).unbind(0)
        if compiled == "script":
            model = torch.jit.freeze(torch.jit.script(model))
        elif compiled == "trace":
            example = (rows[0], torch.zeros(*lead, self.hidden), torch.zeros(*lead, self.hidden))
            model = torch.jit.freeze(torch.jit.trace(model, example))
        tokens = torch.randint(SYMBOLS, (STREAM_BLOCK,)).tolist()
        h, c = torch.zeros(*lead, self.hidden), torch.zeros(*lead, self.hidden)

        def block():
            nonlocal h, c
            with torch.inference_mode():
                for token in tokens:
                    logits, h, c = model(rows[token], h, c)
            return logits
        return block

    def variants(self):
        return {"%s, %s" % ("LSTMCell" if kind is StreamCell else "LSTM", compiled):
                (lambda kind=kind, compiled=compiled: self.start(kind, compiled))
                for kind in (StreamLayer, StreamCell) for compiled in ("eager", "script", "trace")}


WORKLOADS = {
    "lstm256": Training(nn.LSTM, 256, 1, 50, 40, last_only=True),
    "gru256": Training(nn.GRU, 256, 1, 50, 40, last_only=True),
    "rnn256": Training(nn.RNN, 256, 1, 50, 40, last_only=True),
    "lstm2x512": Training(nn.LSTM, 512, 2, 50, 50, last_only=False),
    "lstm2x650": Training(nn.LSTM, 650, 2, 20, 35, last_only=False, vocabulary=10_000, embedding=650),
    "stream256": Streaming(256),
    **pytorch_attention.WORKLOADS,
    **pytorch_scans.WORKLOADS,
    **pytorch_layers.WORKLOADS,
}


def timed(step):
    start = time.perf_counter()
    step()
    return time.perf_counter() - start


def fastest(workload):
    """Warms every variant and keeps the one with the best of three steps."""
    best = None
    for name, build in workload.variants().items():
        step = build()
        for _ in range(2):
            step()
        seconds = min(timed(step) for _ in range(3))
        print("  %s: %.2f ms" % (name, 1000 * seconds), file=sys.stderr)
        if best is None or seconds < best[0]:
            best = (seconds, name, step)
    return best[1], best[2]


def libraries():
    with open("/proc/self/maps", encoding="ascii", errors="replace") as maps:
        return sorted({os.path.realpath(line.split()[-1]) for line in maps if "blas" in line or "dnnl" in line or "mkl" in line})


def blas_kernels():
    """The kernels OpenBLAS picked, by its own word, or None where the BLAS is another one."""
    for path in libraries():
        if "openblas" in os.path.basename(path):
            name = ctypes.CDLL(path).openblas_get_corename
            name.restype = ctypes.c_char_p
            return name().decode()
    return None


def warning():
    """Ratios against PyTorch on the reference BLAS would be some 15 times too flattering, so every answer says it."""
    if blas_kernels() is None and not any("mkl" in path for path in libraries()):
        return {"warning": "PyTorch runs on the unoptimised reference BLAS; install libopenblas0-openmp for a fair comparison"}
    return {}


def onednn_instructions():
    """What PyTorch's own oneDNN uses, by the log that it writes of a convolution; None where it does not log."""
    with tempfile.TemporaryFile() as log:
        sys.stdout.flush()
        terminal = os.dup(1)
        os.dup2(log.fileno(), 1)
        try:
            nn.Conv2d(8, 16, 3)(torch.randn(2, 8, 12, 12))
            ctypes.CDLL(None).fflush(None)
        finally:
            os.dup2(terminal, 1)
            os.close(terminal)
        log.seek(0)
        found = re.search(r"cpu,isa:(.+)", log.read().decode(errors="replace"))
        return found and found.group(1).strip()


def registers(capability, kernels, instructions):
    """The widest registers, in bits, of ATen, OpenBLAS and oneDNN by their own words: 512 where one of them has that many,
    256 where all have them, None where one says nothing or less."""
    if "AVX512" in capability or "AVX-512" in (instructions or "") or kernels in ("SkylakeX", "Cooperlake", "Sapphirerapids"):
        return 512
    return 256 if "AVX2" in capability and "AVX2" in (instructions or "") and kernels in ("Haswell", "Zen") else None


def facts():
    capability = " ".join(line.split(":")[1].strip() for line in torch.__config__.show().splitlines() if "CPU capability" in line)
    kernels, instructions = blas_kernels(), onednn_instructions()
    return {"torch": torch.__version__, "threads": torch.get_num_threads(), "capability": capability,
            "libraries": libraries(), "openblas_kernels": kernels, "onednn_instructions": instructions,
            "registers": registers(capability, kernels, instructions), **warning()}


def serve():
    built = {}
    for line in sys.stdin:
        words = line.split()
        if not words:
            continue
        if words[0] == "quit":
            return
        name = words[1] if len(words) > 1 else ""
        try:
            if words[0] != "run" or len(words) != 3:
                raise ValueError("expected 'run NAME REPEATS' or 'quit', found '%s'" % line.strip())
            if name not in WORKLOADS:
                raise ValueError("no workload of that name, there are: " + ", ".join(WORKLOADS))
            if name not in built:
                built[name] = fastest(WORKLOADS[name])
            variant, step = built[name]
            answer = {"name": name, "seconds": [timed(step) for _ in range(int(words[2]))],
                      "tokens": WORKLOADS[name].tokens, "variant": variant, **warning()}
        except Exception as error:      # the parent decides what a failure means; this process stays up
            answer = {"name": name, "error": "%s: %s" % (type(error).__name__, error)}
        print(json.dumps(answer), flush=True)


torch.set_num_threads(options.threads)
torch.set_flush_denormal(True)
if options.list:
    print("\n".join(WORKLOADS))
elif options.facts:
    print(json.dumps(facts()))
else:
    serve()
