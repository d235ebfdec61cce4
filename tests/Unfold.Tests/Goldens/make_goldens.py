#!/usr/bin/env python3
"""Writes the golden numbers of this folder with PyTorch (made with 1.13, Debian's python3-torch; newer ones work too).

Usage: /usr/bin/python3 make_goldens.py [folder]      (the default folder is the one this script lies in)

Everything is computed in float64 from values that are exactly representable in float32, so that the stored
numbers are the true answer and a float32 implementation's whole difference is its own rounding.

Conventions of the files (PyTorch's are converted into them here):
  time-major (T, B, F), row-major; input weights U (I, G*H), recurrent weights W (H, G*H), one bias b (G*H),
  gates along the columns: LSTM i f g o, GRU r z n. GRU: h' = (1 - z) * n + z * h.
  Reset after the product:   n = tanh(x U_n + b_n + r * (h W_n + bn)), with a recurrent bias bn (H) of its own.
  Reset before the product:  n = tanh(x U_n + b_n + (r * h) W_n).
  min-gru, columns z n:      h' = (1 - z) * h + z * n, n = g(x U_n + b_n), g(s) = s + 0.5 for s >= 0, sigmoid(s) below.
  min-lstm, columns i f n:   h' = f / (f + i) * h + i / (f + i) * n. Both are checked against the log-space scan of the
                             paper (arXiv 2410.01201, appendix B), which wants a positive initial state.
  jordan-g: k = f(x U + y W + b), y' = g(k V + c), k (H + 2) wide, y the only state (in the place of h).
PyTorch keeps the transposed weights (G*H, I) and (G*H, H) and two biases; here bias_ih = b and bias_hh = 0, but
for the candidate rows of GRU's bias_hh, which are bn.
"""

import json
import os
import sys

import numpy as np
import torch
from torch import nn

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)

GATES = {"rnn-tanh": 1, "rnn-relu": 1, "rnn-sigmoid": 1, "rnn-identity": 1,
         "lstm": 4, "gru-reset-after": 3, "gru-reset-before": 3}
SCANS = {"min-gru": 2, "min-lstm": 3}       # gates from x alone: no W
JORDANS = {"jordan-identity": (torch.tanh, lambda s: s), "jordan-sigmoid": (torch.sigmoid, torch.sigmoid),
           "jordan-tanh": (torch.tanh, torch.tanh), "jordan-softmax": (torch.sigmoid, lambda s: torch.softmax(s, dim=1))}
ACTIVATIONS = {"rnn-tanh": torch.tanh, "rnn-relu": torch.relu, "rnn-sigmoid": torch.sigmoid,
               "rnn-identity": lambda a: a}


# ---------------------------------------------------------------- random values and files

def uniform(generator, limit, *shape):
    """Uniform in (-limit, limit), rounded to float32, held as float64."""
    values = generator.uniform(-limit, limit, size=shape).astype(np.float32).astype(np.float64)
    return torch.from_numpy(values)


def number(value):
    """Nine significant digits bring every float32 back exactly."""
    text = format(float(value), ".9g")
    return "0" if text == "-0" else text


def tensor_text(tensor):
    tensor = torch.as_tensor(tensor).detach()
    flat = tensor.reshape(-1).tolist()
    if tensor.dtype in (torch.int64, torch.int32):
        data = ",".join(str(v) for v in flat)
    else:
        data = ",".join(number(v) for v in flat)
    return '{"shape":%s,"data":[%s]}' % (json.dumps(list(tensor.shape)).replace(" ", ""), data)


def write(folder, name, header, groups):
    """One tensor a line, so that a changed number shows as one changed line."""
    lines = ["  %s: %s" % (json.dumps(key), json.dumps(value)) for key, value in {"name": name, **header}.items()]
    for group, tensors in groups.items():
        rows = ",\n".join("    %s: %s" % (json.dumps(key), tensor_text(value)) for key, value in tensors.items())
        lines.append("  %s: {\n%s\n  }" % (json.dumps(group), rows))
    with open(os.path.join(folder, name + ".json"), "w", encoding="ascii", newline="\n") as file:
        file.write("{\n" + ",\n".join(lines) + "\n}\n")


# ---------------------------------------------------------------- the equations, one time step each

def step(cell, x, state, p, watch=None):
    """One step in the conventions above; state is [h] or [h, c]; p holds U, W, b and, for reset-after, bn."""
    h = state[0]
    size = h.shape[1]
    if cell in ACTIVATIONS:
        a = x @ p["U"] + h @ p["W"] + p["b"]
        if watch is not None:
            watch.append(a.detach())
        return [ACTIVATIONS[cell](a)]
    if cell in JORDANS:
        f, g = JORDANS[cell]
        return [g(f(x @ p["U"] + h @ p["W"] + p["b"]) @ p["V"] + p["c"])]
    if cell == "lstm":
        i, f, g, o = torch.split(x @ p["U"] + h @ p["W"] + p["b"], size, dim=1)
        c = torch.sigmoid(f) * state[1] + torch.sigmoid(i) * torch.tanh(g)
        return [torch.sigmoid(o) * torch.tanh(c), c]
    if cell in SCANS:
        sums = torch.split(x @ p["U"] + p["b"], size, dim=1)
        if watch is not None:
            watch.append(sums[-1].detach())
        n = torch.where(sums[-1] >= 0, sums[-1] + 0.5, torch.sigmoid(sums[-1]))
        if cell == "min-gru":
            z = torch.sigmoid(sums[0])
            return [(1 - z) * h + z * n]
        i, f = torch.sigmoid(sums[0]), torch.sigmoid(sums[1])
        return [f / (f + i) * h + i / (f + i) * n]
    xr, xz, xn = torch.split(x @ p["U"] + p["b"], size, dim=1)
    wr, wz, wn = torch.split(p["W"], size, dim=1)
    r = torch.sigmoid(xr + h @ wr)
    z = torch.sigmoid(xz + h @ wz)
    if cell == "gru-reset-after":
        n = torch.tanh(xn + r * (h @ wn + p["bn"]))
    else:
        n = torch.tanh(xn + (r * h) @ wn)
    return [(1 - z) * n + z * h]


def walk(cell, x, state, lengths, p, watch=None):
    """All steps of one layer: outputs (zero past each sequence's length) and the state at its own last step."""
    outputs = []
    for t in range(x.shape[0]):
        alive = (torch.tensor(lengths) > t).to(x.dtype).unsqueeze(1)
        new = step(cell, x[t], state, p, watch)
        state = [torch.where(alive > 0, after, before) for after, before in zip(new, state)]
        outputs.append(state[0] * alive)
    return torch.stack(outputs), state


# ---------------------------------------------------------------- the same through torch.nn

def torch_module(cell, input_size, hidden, layers, bidirectional=False):
    if cell == "lstm":
        return nn.LSTM(input_size, hidden, layers, bidirectional=bidirectional)
    if cell == "gru-reset-after":
        return nn.GRU(input_size, hidden, layers, bidirectional=bidirectional)
    if cell in ("rnn-tanh", "rnn-relu"):
        return nn.RNN(input_size, hidden, layers, nonlinearity=cell[4:], bidirectional=bidirectional)
    return None


def place(index, module):
    """What PyTorch puts behind the name of a weight: of layer k, or of a direction of layer k."""
    return "l%d" % index if not module.bidirectional else "l%d%s" % (index // 2, "_reverse" if index % 2 else "")


def load(module, cell, parameters):
    """Copies our parameters, a list with one dictionary per layer (and direction), into the PyTorch module."""
    with torch.no_grad():
        for index, p in enumerate(parameters):
            end = place(index, module)
            getattr(module, "weight_ih_" + end).copy_(p["U"].T)
            getattr(module, "weight_hh_" + end).copy_(p["W"].T)
            getattr(module, "bias_ih_" + end).copy_(p["b"])
            recurrent = getattr(module, "bias_hh_" + end)
            recurrent.zero_()
            if cell == "gru-reset-after":
                recurrent[-p["bn"].shape[0]:] = p["bn"]


def unload(module, cell, layer, gradient):
    """Our names and layout of a module's weights (or of their gradients)."""
    def pick(name):
        weight = getattr(module, "%s_%s" % (name, place(layer, module)))
        return weight.grad if gradient else weight.detach()
    named = {"U": pick("weight_ih").T, "W": pick("weight_hh").T, "b": pick("bias_ih")}
    if cell == "gru-reset-after":
        named["bn"] = pick("bias_hh")[-module.hidden_size:]
    return {key: value.clone() for key, value in named.items()}


def through_torch(module, cell, x, state, lengths):
    packed = nn.utils.rnn.pack_padded_sequence(x, lengths, enforce_sorted=False)
    initial = (state[0], state[1]) if cell == "lstm" else state[0]
    outputs, final = module(packed, initial)
    outputs, _ = nn.utils.rnn.pad_packed_sequence(outputs, total_length=x.shape[0])
    return outputs, list(final) if cell == "lstm" else [final]


# ---------------------------------------------------------------- the same by a scan over logarithms

def log_g(s):
    return torch.where(s >= 0, torch.log(torch.relu(s) + 0.5), -nn.functional.softplus(-s))


def through_logarithms(cell, x, h, lengths, p):
    """One layer of a scan cell as in the paper's appendix: log h_t by cumulative sums, without a loop."""
    softplus = nn.functional.softplus
    sums = torch.split(x @ p["U"] + p["b"], h.shape[1], dim=2)
    if cell == "min-gru":
        log_keep, log_add = -softplus(sums[0]), -softplus(-sums[0])
    else:
        difference = softplus(-sums[1]) - softplus(-sums[0])
        log_keep, log_add = -softplus(difference), -softplus(-difference)
    log_values = torch.cat([torch.log(h).unsqueeze(0), log_add + log_g(sums[-1])])
    a = torch.cat([torch.zeros_like(h).unsqueeze(0), torch.cumsum(log_keep, dim=0)])
    states = torch.exp(a + torch.logcumsumexp(log_values - a, dim=0))[1:]
    alive = torch.arange(x.shape[0]).unsqueeze(1) < torch.tensor(lengths)
    last = states[torch.tensor(lengths) - 1, torch.arange(x.shape[1])]
    return states * alive.unsqueeze(2), last


# ---------------------------------------------------------------- one cell golden

def layer_parameters(generator, cell, input_size, hidden):
    if cell in SCANS:
        return {"U": uniform(generator, 0.7, input_size, SCANS[cell] * hidden),
                "b": uniform(generator, 0.5, SCANS[cell] * hidden)}
    if cell in JORDANS:
        wide = hidden + 2
        return {"U": uniform(generator, 0.7, input_size, wide), "W": uniform(generator, 0.8, hidden, wide), "b": uniform(generator, 0.5, wide),
                "V": uniform(generator, 0.9, wide, hidden), "c": uniform(generator, 0.5, hidden)}
    gates = GATES[cell]
    p = {"U": uniform(generator, 0.7, input_size, gates * hidden),
         "W": uniform(generator, 0.6, hidden, gates * hidden),
         "b": uniform(generator, 0.5, gates * hidden)}
    if cell == "gru-reset-after":
        p["bn"] = uniform(generator, 0.5, hidden)
    return p


def close(name, got, wanted):
    difference = (got - wanted).abs().max().item()
    assert difference < 1e-11, "%s: the hand-written equations and torch.nn differ by %g" % (name, difference)


def cell_golden(folder, name, cell, lengths, seed, layers=1, T=7, B=3, I=4, H=5):
    generator = np.random.default_rng(seed)
    parameters = [layer_parameters(generator, cell, I if k == 0 else H, H) for k in range(layers)]
    states = ["h", "c"] if cell == "lstm" else ["h"]
    x = uniform(generator, 1.0, T, B, I)
    initial = [uniform(generator, 0.8, layers, B, H) for _ in states]
    if cell in SCANS:
        initial = [s.abs() for s in initial]
    r_outputs = uniform(generator, 1.0, T, B, H)
    r_final = [uniform(generator, 1.0, layers, B, H) for _ in states]

    def loss_of(outputs, final):
        return (outputs * r_outputs).sum() + sum((f * r).sum() for f, r in zip(final, r_final))

    leaves = [x] + initial + [tensor for p in parameters for tensor in p.values()]
    for leaf in leaves:
        leaf.requires_grad_(True)
    watch, rows, finals = [], x, []
    for layer, p in enumerate(parameters):
        rows, last = walk(cell, rows, [s[layer] for s in initial], lengths, p, watch)
        finals.append(last)
    outputs = rows
    final = [torch.stack([last[k] for last in finals]) for k in range(len(states))]
    loss = loss_of(outputs, final)
    loss.backward()
    if cell == "rnn-relu" or cell in SCANS:
        nearest = min(a.abs().min().item() for a in watch)
        assert nearest > 1e-3, "%s: a pre-activation of %g is too near the corner, take another seed" % (name, nearest)

    gradients = {"x": x.grad}
    gradients.update({s + "0": t.grad for s, t in zip(states, initial)})
    for layer, p in enumerate(parameters):
        gradients.update({key + suffix(layer, layers): t.grad for key, t in p.items()})

    if cell in SCANS:
        again = [t.detach().clone().requires_grad_(True) for t in [x, initial[0]] + list(parameters[0].values())]
        l_outputs, l_last = through_logarithms(cell, again[0], again[1][0], lengths, dict(zip(parameters[0], again[2:])))
        l_loss = loss_of(l_outputs, [l_last.unsqueeze(0)])
        l_loss.backward()
        close(name + " outputs", l_outputs, outputs)
        close(name + " final state", l_last, final[0][0])
        for key, leaf in zip(gradients, again):
            close("%s gradient of %s" % (name, key), leaf.grad, gradients[key])

    module = torch_module(cell, I, H, layers)
    if module is not None:
        load(module, cell, parameters)
        again = [t.detach().clone().requires_grad_(True) for t in [x] + initial]
        t_outputs, t_final = through_torch(module, cell, again[0], again[1:], lengths)
        t_loss = loss_of(t_outputs, t_final)
        t_loss.backward()
        t_gradients = {"x": again[0].grad}
        t_gradients.update({s + "0": t.grad for s, t in zip(states, again[1:])})
        for layer in range(layers):
            t_gradients.update({key + suffix(layer, layers): t for key, t in unload(module, cell, layer, True).items()})
        close(name + " outputs", outputs, t_outputs)
        for s, ours, theirs in zip(states, final, t_final):
            close(name + " final " + s, ours, theirs)
        assert gradients.keys() == t_gradients.keys()
        for key in gradients:
            close(name + " gradient of " + key, gradients[key], t_gradients[key])
        outputs, final, loss, gradients = t_outputs, t_final, t_loss, t_gradients

    for key, gradient in gradients.items():
        assert gradient.abs().max() > 1e-3, "%s: the gradient of %s is all but zero and would test nothing" % (name, key)
    one = (lambda t: t) if layers > 1 else (lambda t: t[0])     # a single layer's states are (B, H)
    header = {"cell": cell, "layers": layers, "sizes": {"T": T, "B": B, "I": I, "H": H}, "lengths": lengths,
              "source": "torch.nn" if module is not None else "composed in torch autograd",
              "loss": float(number(loss))}
    write(folder, name, header, {
        "inputs": {"x": x, **{s + "0": one(t) for s, t in zip(states, initial)}},
        "projections": {"outputs": r_outputs, **{s: one(t) for s, t in zip(states, r_final)}},
        "parameters": {key + suffix(layer, layers): t for layer, p in enumerate(parameters) for key, t in p.items()},
        "results": {"outputs": outputs, **{s: one(t) for s, t in zip(states, final)}},
        "gradients": {key: one(t) if key in ("h0", "c0") else t for key, t in gradients.items()},
    })


def bidirectional_golden(folder, name, cell, lengths, seed, layers=2, T=7, B=3, I=4, H=5):
    """Parameters and states of layer k are numbered 2 k forward and 2 k + 1 backward."""
    generator = np.random.default_rng(seed)
    parameters = [layer_parameters(generator, cell, I if k < 2 else 2 * H, H) for k in range(2 * layers)]
    states = ["h", "c"] if cell == "lstm" else ["h"]
    x = uniform(generator, 1.0, T, B, I)
    initial = [uniform(generator, 0.8, 2 * layers, B, H) for _ in states]
    r_outputs = uniform(generator, 1.0, T, B, 2 * H)
    r_final = [uniform(generator, 1.0, 2 * layers, B, H) for _ in states]
    module = torch_module(cell, I, H, layers, bidirectional=True)
    load(module, cell, parameters)
    for leaf in [x] + initial:
        leaf.requires_grad_(True)
    outputs, final = through_torch(module, cell, x, initial, lengths)
    loss = (outputs * r_outputs).sum() + sum((f * r).sum() for f, r in zip(final, r_final))
    loss.backward()
    gradients = {"x": x.grad}
    gradients.update({s + "0": t.grad for s, t in zip(states, initial)})
    for index in range(2 * layers):
        gradients.update({"%s.%d" % (key, index): t for key, t in unload(module, cell, index, True).items()})
    for key, gradient in gradients.items():
        assert gradient.abs().max() > 1e-3, "%s: the gradient of %s is all but zero and would test nothing" % (name, key)
    header = {"cell": cell, "layers": layers, "sizes": {"T": T, "B": B, "I": I, "H": H}, "lengths": lengths,
              "source": "torch.nn", "loss": float(number(loss))}
    write(folder, name, header, {
        "inputs": {"x": x, **{s + "0": t for s, t in zip(states, initial)}},
        "projections": {"outputs": r_outputs, **dict(zip(states, r_final))},
        "parameters": {"%s.%d" % (key, index): t for index, p in enumerate(parameters) for key, t in p.items()},
        "results": {"outputs": outputs, **dict(zip(states, final))},
        "gradients": gradients,
    })


def suffix(layer, layers):
    return "" if layers == 1 else ".%d" % layer


# ---------------------------------------------------------------- ten steps of training

class TinyLanguageModel(nn.Module):
    """one-hot or embedding -> recurrent layer -> dense; only what our model trains has requires_grad."""

    def __init__(self, cell, vocabulary, embedding, hidden, initial):
        super().__init__()
        self.cell, self.vocabulary = cell, vocabulary
        self.table = nn.Parameter(initial["E"].clone()) if embedding else None
        self.recurrent = torch_module(cell, embedding or vocabulary, hidden, 1)
        load(self.recurrent, cell, [initial])
        self.dense = nn.Linear(hidden, vocabulary)
        with torch.no_grad():
            self.dense.weight.copy_(initial["V"].T)
            self.dense.bias.copy_(initial["c"])
        bias = self.recurrent.bias_hh_l0
        if cell == "gru-reset-after":
            # Only the candidate's recurrent bias exists here; a zero gradient leaves the other rows at zero.
            mask = torch.zeros_like(bias)
            mask[-hidden:] = 1
            bias.register_hook(lambda gradient: gradient * mask)
        else:
            bias.requires_grad_(False)

    def trained(self):
        return [p for p in self.parameters() if p.requires_grad]

    def forward(self, tokens, state):
        if self.table is not None:
            x = self.table[tokens]
        else:
            x = nn.functional.one_hot(tokens, self.vocabulary).to(torch.float64)
        outputs, state = self.recurrent(x, state)
        return self.dense(outputs), state

    def named(self):
        values = {} if self.table is None else {"E": self.table}
        values.update(unload(self.recurrent, self.cell, 0, False))
        return {**values, "V": self.dense.weight.T, "c": self.dense.bias}


OPTIMIZERS = {
    "sgd": ({"lr": 0.5}, torch.optim.SGD),
    "momentum": ({"lr": 0.1, "momentum": 0.9}, torch.optim.SGD),
    "nesterov": ({"lr": 0.1, "momentum": 0.9, "nesterov": True}, torch.optim.SGD),
    "rmsprop": ({"lr": 0.01, "alpha": 0.99, "eps": 1e-8}, torch.optim.RMSprop),
    "adagrad": ({"lr": 0.1, "eps": 1e-10}, torch.optim.Adagrad),
    "adam": ({"lr": 0.01, "betas": [0.9, 0.999], "eps": 1e-8}, torch.optim.Adam),
    "adamw": ({"lr": 0.01, "betas": [0.9, 0.999], "eps": 1e-8, "weight_decay": 0.1}, torch.optim.AdamW),
}


def token_streams(generator, batch, length, vocabulary):
    """A rule with some noise, so that ten steps have something to learn."""
    rows = np.zeros((batch, length), dtype=np.int64)
    rows[:, 0] = generator.integers(vocabulary, size=batch)
    for t in range(1, length):
        noise = generator.random(batch) < 0.2
        rows[:, t] = np.where(noise, generator.integers(vocabulary, size=batch), (3 * rows[:, t - 1] + 2) % vocabulary)
    return rows


def ten_steps_golden(folder, name, cell, optimizer, seed, clip_norm=None, loss_over="all", carry_state=True, embedding=0,
                     steps=10, T=6, B=4, V=11, H=8):
    generator = np.random.default_rng(seed)
    initial = {"E": uniform(generator, 1.0, V, embedding)} if embedding else {}
    initial.update(layer_parameters(generator, cell, embedding or V, H))
    initial.update({"V": uniform(generator, 0.5, H, V), "c": uniform(generator, 0.2, V)})
    streams = torch.from_numpy(token_streams(generator, B, steps * T + 1, V))
    inputs = torch.stack([streams[:, k * T:(k + 1) * T].T for k in range(steps)])
    targets = torch.stack([streams[:, k * T + 1:(k + 1) * T + 1].T for k in range(steps)])

    model = TinyLanguageModel(cell, V, embedding, H, initial)
    settings, kind = OPTIMIZERS[optimizer]
    trainer = kind(model.trained(), **settings)
    losses, norms, state = [], [], None
    for k in range(steps):
        trainer.zero_grad()
        logits, state = model(inputs[k], state)
        wanted = targets[k]
        if loss_over == "last":
            logits, wanted = logits[-1], wanted[-1]
        loss = nn.functional.cross_entropy(logits.reshape(-1, V), wanted.reshape(-1))
        loss.backward()
        norms.append(torch.sqrt(sum((p.grad ** 2).sum() for p in model.trained())).item())
        if clip_norm is not None:
            nn.utils.clip_grad_norm_(model.trained(), clip_norm)
        trainer.step()
        losses.append(loss.item())
        state = None if not carry_state else tuple(s.detach() for s in state) if cell == "lstm" else state.detach()
    unused = model.recurrent.bias_hh_l0[:-H] if cell == "gru-reset-after" else model.recurrent.bias_hh_l0
    assert unused.abs().max() == 0, "a bias that our model does not have was trained"
    if clip_norm is not None:
        assert min(norms) > clip_norm, "clipping did not act at every step"
    header = {"cell": cell, "sizes": {"steps": steps, "T": T, "B": B, "V": V, "E": embedding, "H": H},
              "optimizer": optimizer, "settings": settings, "clip_norm": clip_norm,
              "clip_rule": "scale by min(1, clip_norm / (norm + 1e-6))" if clip_norm is not None else None,
              "loss_over": loss_over, "carry_state": carry_state}
    write(folder, name, header, {
        "tokens": {"inputs": inputs, "targets": targets},
        "initial": initial,
        "results": {"losses": torch.tensor(losses), "gradient_norms": torch.tensor(norms)},
        "final": model.named(),
    })


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
    for index, cell in enumerate(GATES):
        cell_golden(folder, cell + "-full", cell, [7, 7, 7], seed=100 + index)
        cell_golden(folder, cell + "-lengths", cell, [7, 2, 5], seed=200 + index)
    for index, cell in enumerate(JORDANS):
        cell_golden(folder, cell + "-full", cell, [7, 7, 7], seed=120 + index)
        cell_golden(folder, cell + "-lengths", cell, [7, 2, 5], seed=220 + index)
    for index, cell in enumerate(SCANS):
        cell_golden(folder, cell + "-full", cell, [7, 7, 7], seed=150 + index)
        cell_golden(folder, cell + "-lengths", cell, [7, 2, 5], seed=270 + index)
    for index, cell in enumerate(["lstm", "gru-reset-after"]):
        cell_golden(folder, cell + "-2-layers-full", cell, [7, 7, 7], seed=300 + index, layers=2)
        cell_golden(folder, cell + "-2-layers-lengths", cell, [4, 7, 1], seed=310 + index, layers=2)
    for index, cell in enumerate(["lstm", "gru-reset-after", "rnn-tanh"]):
        bidirectional_golden(folder, cell + "-bidirectional-2-layers-full", cell, [7, 7, 7], seed=320 + index)
        bidirectional_golden(folder, cell + "-bidirectional-2-layers-lengths", cell, [4, 7, 1], seed=330 + index)
    for optimizer in OPTIMIZERS:
        ten_steps_golden(folder, "ten-steps-lstm-" + optimizer, "lstm", optimizer, seed=400)
    ten_steps_golden(folder, "ten-steps-lstm-adam-clip", "lstm", "adam", seed=400, clip_norm=0.05)
    ten_steps_golden(folder, "ten-steps-lstm-sgd-clip", "lstm", "sgd", seed=400, clip_norm=0.05)
    ten_steps_golden(folder, "ten-steps-lstm-adam-last", "lstm", "adam", seed=400, loss_over="last")
    ten_steps_golden(folder, "ten-steps-lstm-adam-windows", "lstm", "adam", seed=400, loss_over="last", carry_state=False)
    ten_steps_golden(folder, "ten-steps-gru-embedding-adam", "gru-reset-after", "adam", seed=401, embedding=3)
    ten_steps_golden(folder, "ten-steps-rnn-embedding-adam", "rnn-tanh", "adam", seed=402, embedding=3)


if __name__ == "__main__":
    main()
