"""Training steps of one minGRU or minLSTM layer in PyTorch, for pytorch_steps.py to serve.

The layer is a linear map to the sums of the gates and a scan h_t = a_t h_(t-1) + b_t, on (T, B, 256) with a gradient to the
input; the loss is the sum of the outputs times fixed slopes. PyTorch has no such scan, so every way that it offers is tried:

  logarithms   the paper's form (arXiv 2410.01201, appendix B; lucidrains' package): cumulative sums of log a and log b
  loop         one operation a step over unbound time steps, with the gradient as a second such loop
  script       a TorchScript loop whose gradient TorchScript finds
  two levels   C chunks of the sequence side by side from zero, then their borders, then all steps put right
  doubling     the scan of Hillis and Steele: log2(T) operations over the whole sequence
"""

import torch
from torch import nn
from torch.nn import functional

WIDTH = 256


def loop(a, b, h):
    rows = torch.empty_like(b)
    for keep, add, row in zip(a.unbind(0), b.unbind(0), rows.unbind(0)):
        h = torch.addcmul(add, keep, h, out=row)
    return rows


def two_levels(chunks):
    def scan(a, b, h):
        steps = a.shape[0] // chunks
        shape = (chunks, steps) + a.shape[1:]
        a, b = a.view(shape), b.view(shape)
        local, kept = torch.empty_like(b), torch.empty_like(a)
        local[:, 0], kept[:, 0] = b[:, 0], a[:, 0]
        a_steps, b_steps, locals_, kepts = a.unbind(1), b.unbind(1), local.unbind(1), kept.unbind(1)
        for t in range(1, steps):
            torch.addcmul(b_steps[t], a_steps[t], locals_[t - 1], out=locals_[t])
            torch.mul(a_steps[t], kepts[t - 1], out=kepts[t])
        for chunk in range(chunks):
            local[chunk].addcmul_(kept[chunk], h)
            h = local[chunk, -1]
        return local.view(b.shape[0] * steps, *b.shape[2:])
    return scan


def doubling(a, b, h):
    a, b = a.clone(), b.clone()
    b[0].addcmul_(a[0], h)
    distance = 1
    while distance < a.shape[0]:
        b_next, a_next = b.clone(), a.clone()
        b_next[distance:].addcmul_(a[distance:], b[:-distance])
        a_next[distance:].mul_(a[:-distance])
        a, b, distance = a_next, b_next, 2 * distance
    return b


class LinearScan(torch.autograd.Function):
    """h_t = a_t h_(t-1) + b_t; the gradient is the same scan from the end, g_t = dL/dh_t + a_(t+1) g_(t+1)."""

    @staticmethod
    def forward(context, a, b, start, way):
        rows = way(a, b, start)
        context.way = way
        context.save_for_backward(a, rows, start)
        return rows

    @staticmethod
    def backward(context, slopes):
        a, rows, start = context.saved_tensors
        later = torch.cat([a[1:], torch.zeros_like(a[:1])]).flip(0)
        gradient = context.way(later, slopes.flip(0), torch.zeros_like(start)).flip(0)
        before = torch.cat([start.unsqueeze(0), rows[:-1]])
        return gradient * before, gradient, None, None


class LoopScan(torch.autograd.Function):
    """The same by two loops, without the copies in reverse order."""

    @staticmethod
    def forward(context, a, b, start):
        rows = loop(a, b, start)
        context.save_for_backward(a, rows, start)
        return rows

    @staticmethod
    def backward(context, slopes):
        a, rows, start = context.saved_tensors
        gradient = torch.empty_like(slopes)
        keeps, adds, results = a.unbind(0), slopes.unbind(0), gradient.unbind(0)
        carried = results[-1].copy_(adds[-1])
        for t in range(len(keeps) - 2, -1, -1):
            carried = torch.addcmul(adds[t], keeps[t + 1], carried, out=results[t])
        before = torch.cat([start.unsqueeze(0), rows[:-1]])
        return gradient * before, gradient, None


@torch.jit.script
def scripted(a, b, h):
    rows = []
    for keep, add in zip(a.unbind(0), b.unbind(0)):
        h = torch.addcmul(add, keep, h)
        rows.append(h)
    return torch.stack(rows)


def g(s):
    return torch.where(s >= 0, s + 0.5, torch.sigmoid(s))


def log_g(s):
    return torch.where(s >= 0, torch.log(functional.relu(s) + 0.5), -functional.softplus(-s))


def shares(kind, sums):
    """a and b of h_t = a_t h_(t-1) + b_t."""
    if kind == "mingru":
        update = torch.sigmoid(sums[0])
        return 1 - update, update * g(sums[1])
    add, keep = torch.sigmoid(sums[0]), torch.sigmoid(sums[1])
    whole = add + keep
    return keep / whole, add / whole * g(sums[2])


def logarithms(kind, sums):
    """From a state of zeros, whose logarithm need not be added."""
    softplus = functional.softplus
    if kind == "mingru":
        log_keep, log_add = -softplus(sums[0]), -softplus(-sums[0])
    else:
        difference = softplus(-sums[1]) - softplus(-sums[0])
        log_keep, log_add = -softplus(difference), -softplus(-difference)
    kept = log_keep.cumsum(0)
    return torch.exp(kept + torch.logcumsumexp(log_add + log_g(sums[-1]) - kept, dim=0))


WAYS = {
    "logarithms": None,
    "loop": LoopScan.apply,
    "script": scripted,
    "two levels of 8": lambda a, b, h: LinearScan.apply(a, b, h, two_levels(8)),
    "two levels of 32": lambda a, b, h: LinearScan.apply(a, b, h, two_levels(32)),
    "doubling": lambda a, b, h: LinearScan.apply(a, b, h, doubling),
}


class ScanTraining:
    """One training workload; every variant computes the same numbers."""

    def __init__(self, kind, steps, batch):
        self.kind, self.steps, self.batch = kind, steps, batch
        self.tokens = steps * batch

    def start(self, way):
        torch.manual_seed(1)
        gates = 2 if self.kind == "mingru" else 3
        project = nn.Linear(WIDTH, gates * WIDTH)
        optimizer = torch.optim.Adam(project.parameters(), lr=1e-3)
        x = torch.rand(self.steps, self.batch, WIDTH).mul_(2).sub_(1).requires_grad_(True)
        slopes = torch.rand(self.steps, self.batch, WIDTH).mul_(2).sub_(1)
        zeros = torch.zeros(self.batch, WIDTH)

        def step():
            optimizer.zero_grad(set_to_none=True)
            x.grad = None
            sums = project(x).chunk(gates, dim=2)
            outputs = logarithms(self.kind, sums) if WAYS[way] is None else WAYS[way](*shares(self.kind, sums), zeros)
            outputs.backward(slopes)
            optimizer.step()
            return outputs, x.grad, project.weight.grad
        return step

    def variants(self):
        return {way: (lambda way=way: self.start(way))
                for way in WAYS}


WORKLOADS = {"%s-%dx%d" % (kind, steps, batch): ScanTraining(kind, steps, batch)
             for kind in ("mingru", "minlstm") for steps in (128, 512, 1024) for batch in (8, 32)}


def check():
    """All ways agree: for whoever changes this file."""
    for kind in ("mingru", "minlstm"):
        training = ScanTraining(kind, 128, 3)
        wanted = training.start("script")()
        for way in WAYS:
            for found, expected in zip(training.start(way)(), wanted):
                difference = ((found - expected).abs().max() / expected.abs().max()).item()
                assert difference < 1e-4, "%s, %s: differs by %g" % (kind, way, difference)


if __name__ == "__main__":
    check()
    print("all ways agree")
