"""Training steps of recurrent layers on vectors in PyTorch, for pytorch_steps.py to serve.

Bidirectional, stacked and residual layers on equal lengths, and one LSTM layer on a batch of unequal lengths. The input is
(T, B, 128), the gradient of all outputs is fixed slopes (zero past a sequence's end), and Adam makes the update. Where
PyTorch offers several ways to the same numbers, all are tried:

  packed, sorted      pack_padded_sequence on sequences that lie in the order of their lengths already
  packed, unsorted    the same, and PyTorch brings them into that order
  padded              all steps of all sequences
"""

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

INPUT, HIDDEN = 128, 256


class Residual(nn.Module):
    """Layers whose outputs are added to their inputs, but for the first."""

    def __init__(self, layers):
        super().__init__()
        self.layers = nn.ModuleList(nn.LSTM(INPUT if layer == 0 else HIDDEN, HIDDEN) for layer in range(layers))

    def forward(self, x):
        for number, layer in enumerate(self.layers):
            outputs, _ = layer(x)
            x = outputs if number == 0 else outputs + x
        return x, None


LAYERS = {
    "bidirectional-lstm": lambda: nn.LSTM(INPUT, HIDDEN, bidirectional=True),
    "bidirectional-gru": lambda: nn.GRU(INPUT, HIDDEN, bidirectional=True),
    "stacked-lstm": lambda: nn.LSTM(INPUT, HIDDEN, num_layers=3, dropout=0.2),
    "residual-lstm": lambda: Residual(3),
}


class LayerTraining:
    """A training step of one layer; every variant computes the same numbers."""

    def __init__(self, create, steps, batch, lengths=None):
        self.create, self.steps, self.batch, self.lengths = create, steps, batch, lengths
        self.tokens = sum(lengths) if lengths else steps * batch

    def start(self, way, foreach):
        torch.manual_seed(1)
        layer = self.create().train()
        optimizer = torch.optim.Adam(layer.parameters(), lr=1e-3, foreach=foreach)
        lengths = self.lengths and torch.tensor(sorted(self.lengths, reverse=True) if way == "packed, sorted" else self.lengths)
        x = torch.rand(self.steps, self.batch, INPUT).mul_(2).sub_(1)
        with torch.no_grad():
            slopes = torch.rand(layer(x)[0].shape).mul_(2).sub_(1)
        if lengths is not None:
            slopes *= (torch.arange(self.steps)[:, None] < lengths)[:, :, None]

        def step():
            optimizer.zero_grad(set_to_none=True)
            if way.startswith("packed"):
                packed = pack_padded_sequence(x, lengths, enforce_sorted=way == "packed, sorted")
                outputs, _ = pad_packed_sequence(layer(packed)[0])
            else:
                outputs, _ = layer(x)
            outputs.backward(slopes)
            optimizer.step()
        return step

    def variants(self):
        ways = ["packed, sorted", "packed, unsorted", "padded"] if self.lengths else ["whole"]
        return {"%s%s Adam" % ("" if way == "whole" else way + ", ", "foreach" if foreach else "per-tensor"):
                (lambda way=way, foreach=foreach: self.start(way, foreach))
                for way in ways for foreach in (False, True)}


BATCH = 32
# The same lengths as in PaddedBatch.cs.
UNIFORM = [5 + 95 * (13 * b % BATCH) // (BATCH - 1) for b in range(BATCH)]
HEAVY = [max(5, 320 // (2 * (13 * b % BATCH) + 1)) for b in range(BATCH)]

WORKLOADS = {
    **{name: LayerTraining(create, steps=40, batch=50) for name, create in LAYERS.items()},
    "uniform": LayerTraining(lambda: nn.LSTM(INPUT, HIDDEN), max(UNIFORM), BATCH, UNIFORM),
    "heavy": LayerTraining(lambda: nn.LSTM(INPUT, HIDDEN), max(HEAVY), BATCH, HEAVY),
}
