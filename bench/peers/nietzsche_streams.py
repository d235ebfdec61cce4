#!/usr/bin/env python3
"""A character model in PyTorch, trained for a given time: the reference for what a text teaches in so many seconds.

Usage: /usr/bin/python3 nietzsche_streams.py FILE SECONDS [--threads N] [--hidden N] [--seed N]

Lower-cased text, one-hot -> LSTM -> dense, 50 contiguous streams of 50 steps with the state carried over, loss over
all steps, Adam 0.002, gradients clipped to norm 5. The last 5% of the text is held out; its loss (nats per character,
state carried through it as one stream) is printed as the time goes and at the end. Validation time is not counted.
"""

import argparse
import os
import time

parser = argparse.ArgumentParser()
parser.add_argument("file")
parser.add_argument("seconds", type=float)
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--hidden", type=int, default=256)
parser.add_argument("--seed", type=int, default=1)
options = parser.parse_args()
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = str(options.threads)
# OpenBLAS is to pick its kernels for this processor, whatever the environment pins it to.
for variable in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
    os.environ.pop(variable, None)

import torch  # noqa: E402
from torch import nn  # noqa: E402
from torch.nn import functional  # noqa: E402

BATCH, STEPS, HELD_OUT = 50, 50, 0.05


def characters(path):
    with open(path, encoding="utf-8") as file:
        text = file.read().lower()
    symbols = sorted(set(text))
    index = {symbol: k for k, symbol in enumerate(symbols)}
    return torch.tensor([index[symbol] for symbol in text]), len(symbols)


class Model(nn.Module):
    def __init__(self, vocabulary, hidden):
        super().__init__()
        self.vocabulary = vocabulary
        self.recurrent = nn.LSTM(vocabulary, hidden)
        self.dense = nn.Linear(hidden, vocabulary)
        for name, weight in self.recurrent.named_parameters():
            if "weight_ih" in name:
                nn.init.xavier_uniform_(weight)
            elif "weight_hh" in name:
                nn.init.orthogonal_(weight)
            else:
                nn.init.zeros_(weight)
        with torch.no_grad():
            self.recurrent.bias_ih_l0[hidden:2 * hidden] = 1    # the forget gates start open

    def forward(self, tokens, state=None):
        outputs, state = self.recurrent(functional.one_hot(tokens, self.vocabulary).float(), state)
        return self.dense(outputs), state


def validation_loss(model, tokens):
    total, state = 0.0, None
    with torch.inference_mode():
        for start in range(0, len(tokens) - 1, 1000):
            window = tokens[start:start + 1001]
            logits, state = model(window[:-1, None], state)
            total += functional.cross_entropy(logits[:, 0], window[1:], reduction="sum").item()
    return total / (len(tokens) - 1)


def main():
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    torch.set_flush_denormal(True)
    tokens, vocabulary = characters(options.file)
    held_out = int(len(tokens) * HELD_OUT)
    training, validation = tokens[:-held_out], tokens[-held_out:]
    length = len(training) // BATCH
    streams = training[:length * BATCH].reshape(BATCH, length).T.contiguous()
    model = Model(vocabulary, options.hidden)
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    spent, steps, epoch, next_report = 0.0, 0, 0, options.seconds / 10
    print("%d characters, %d symbols, %d held out" % (len(tokens), vocabulary, held_out))
    while spent < options.seconds:
        state, epoch = None, epoch + 1
        for start in range(0, length - STEPS, STEPS):
            began = time.perf_counter()
            window = streams[start:start + STEPS + 1]
            optimizer.zero_grad(set_to_none=True)
            logits, state = model(window[:-1], state)
            loss = functional.cross_entropy(logits.reshape(-1, vocabulary), window[1:].reshape(-1))
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 5.0)
            optimizer.step()
            state = tuple(s.detach() for s in state)
            spent += time.perf_counter() - began
            steps += 1
            if spent >= min(next_report, options.seconds):
                next_report += options.seconds / 10
                print("%6.1f s  step %5d  epoch %3d  %6.0f characters/s  training %.4f  validation %.4f nats/character" % (
                    spent, steps, epoch, steps * BATCH * STEPS / spent, loss.item(), validation_loss(model, validation)), flush=True)
            if spent >= options.seconds:
                break


main()
