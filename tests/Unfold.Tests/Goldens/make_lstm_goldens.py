#!/usr/bin/env python3
"""Writes the golden numbers of the LSTM's options: PyTorch's projection, and the cells of TensorFlow 1.

Usage: /usr/bin/python3 make_lstm_goldens.py [folder]      (the default folder is the one this script lies in)

Float64 throughout, from inputs that are exact in float32, as in make_goldens.py. A file has for each cell, called by its
layer and direction ("0", "1", "0.backward", ..): the parameters U, W, b in our layout (columns i f g o, or f g o where the
input gate is coupled), k (peepholes, i f o or f o), V (projection), n, nc, bc (gains of gates and cell, shift of the cell; b
is then the gates' shift), the initial and the final states and their projections in the loss.

TensorFlow 1 is written here from its own conventions: a kernel over [x; h] with the columns i j f o (j is the candidate),
the forget bias added at run time, w_i_diag, w_f_diag, w_o_diag, cell_clip before the output gate, num_proj, proj_clip
(LSTMCell); j f o for CoupledInputForgetGateLSTMCell; normalized gates and a normalized cell state that is carried
(LayerNormBasicLSTMCell). Only the epsilon of the normalization is ours, 1e-5.
"""

import os
import sys

import numpy as np
import torch
from torch import nn

from make_goldens import number, uniform, write

FORGET_BIAS = 1.0


def cells_of(layers, bidirectional):
    return ["%d%s" % (layer, way) for layer in range(layers) for way in (["", ".backward"] if bidirectional else [""])]


def save(folder, name, sizes, lengths, x, cells, parameters, states, outputs, finals, projections, loss, elsewhere=None):
    """elsewhere: the gradients of parameters that the loss does not see because they were copied."""
    leaves = {"x": x}
    for cell in cells:
        leaves.update({"h0." + cell: states[cell][0], "c0." + cell: states[cell][1]})
        leaves.update({"%s.%s" % (letter, cell): tensor for letter, tensor in parameters[cell].items()})
    loss.backward()
    gradients = {key: elsewhere(key) if elsewhere and key[0] not in "xhc" else leaf.grad for key, leaf in leaves.items()}
    for key, gradient in gradients.items():
        assert gradient.abs().max() > 1e-3, "%s: the gradient of %s is all but zero and would test nothing" % (name, key)
    inputs = {key: leaf for key, leaf in leaves.items() if key[0] in "xhc"}
    results = {"outputs": outputs}
    for cell in cells:
        results.update({"h." + cell: finals[cell][0], "c." + cell: finals[cell][1]})
    write(folder, name, {"sizes": sizes, "lengths": lengths, "cells": cells, "loss": float(number(loss))}, {
        "inputs": inputs,
        "projections": projections,
        "parameters": {key: leaf for key, leaf in leaves.items() if key not in inputs},
        "results": results,
        "gradients": gradients,
    })


def loss_of(outputs, finals, projections, cells):
    loss = (outputs * projections["outputs"]).sum()
    for cell in cells:
        loss = loss + (finals[cell][0] * projections["h." + cell]).sum() + (finals[cell][1] * projections["c." + cell]).sum()
    return loss


def draw(generator, cells, T, B, H, P, width):
    projections = {"outputs": uniform(generator, 1.0, T, B, width)}
    states = {}
    for cell in cells:
        projections.update({"h." + cell: uniform(generator, 1.0, B, P), "c." + cell: uniform(generator, 1.0, B, H)})
        states[cell] = [uniform(generator, 0.8, B, P).requires_grad_(True), uniform(generator, 0.8, B, H).requires_grad_(True)]
    return projections, states


# ---------------------------------------------------------------- PyTorch

def torch_golden(folder, name, lengths, seed, layers=1, bidirectional=False, T=6, B=3, I=4, H=5, P=3):
    generator = np.random.default_rng(seed)
    cells = cells_of(layers, bidirectional)
    width = 2 * P if bidirectional else P
    x = uniform(generator, 1.0, T, B, I).requires_grad_(True)
    module = nn.LSTM(I, H, layers, proj_size=P, bidirectional=bidirectional)
    for weight in module.parameters():
        nn.init.zeros_(weight)
    parameters = {}

    def theirs(letter, cell):
        layer, way = cell.split(".")[0], "_reverse" if "backward" in cell else ""
        return getattr(module, "%s_l%s%s" % ({"U": "weight_ih", "W": "weight_hh", "b": "bias_ih", "V": "weight_hr"}[letter], layer, way))

    for cell in cells:
        layer = cell.split(".")[0]
        p = {"U": uniform(generator, 0.7, I if layer == "0" else width, 4 * H), "W": uniform(generator, 0.6, P, 4 * H),
             "b": uniform(generator, 0.5, 4 * H), "V": uniform(generator, 0.8, H, P)}
        parameters[cell] = p
        with torch.no_grad():
            for letter, tensor in p.items():
                theirs(letter, cell).copy_(tensor.t())
    projections, states = draw(generator, cells, T, B, H, P, width)
    packed = nn.utils.rnn.pack_padded_sequence(x, lengths, enforce_sorted=False)
    initial = tuple(torch.stack([states[cell][part] for cell in cells]) for part in range(2))
    outputs, (h, c) = module(packed, initial)
    outputs, _ = nn.utils.rnn.pad_packed_sequence(outputs, total_length=T)
    finals = {cell: [h[k], c[k]] for k, cell in enumerate(cells)}
    save(folder, name, {"T": T, "B": B, "I": I, "H": H, "P": P}, lengths, x, cells, parameters, states, outputs, finals, projections,
         loss_of(outputs, finals, projections, cells), lambda key: theirs(key[0], key[2:]).grad.t())


# ---------------------------------------------------------------- TensorFlow 1

def normalized(a, gain, shift):
    mean = a.mean(dim=1, keepdim=True)
    variance = ((a - mean) ** 2).mean(dim=1, keepdim=True)
    return (a - mean) / torch.sqrt(variance + 1e-5) * gain + shift


def lstm_cell(x, c_prev, m_prev, p, watch, cell_clip, proj_clip):
    """tf.compat.v1.nn.rnn_cell.LSTMCell(use_peepholes=True, cell_clip, num_proj, proj_clip)."""
    i, f, g, o = torch.chunk(torch.cat([p["U"], p["W"]]), 4, dim=1)
    kernel = torch.cat([i, g, f, o], dim=1)
    b_i, b_f, b_g, b_o = torch.chunk(p["b"], 4)
    bias = torch.cat([b_i, b_g, b_f - FORGET_BIAS, b_o])
    w_i_diag, w_f_diag, w_o_diag = torch.chunk(p["k"], 3)
    i, j, f, o = torch.chunk(torch.cat([x, m_prev], dim=1) @ kernel + bias, 4, dim=1)
    c = torch.sigmoid(f + FORGET_BIAS + w_f_diag * c_prev) * c_prev + torch.sigmoid(i + w_i_diag * c_prev) * torch.tanh(j)
    watch.append((c.detach(), cell_clip))
    c = torch.clamp(c, -cell_clip, cell_clip)
    m = torch.sigmoid(o + w_o_diag * c) * torch.tanh(c) @ p["V"]
    watch.append((m.detach(), proj_clip))
    return c, torch.clamp(m, -proj_clip, proj_clip)


def coupled_cell(x, c_prev, m_prev, p, watch, proj_clip):
    """tf.contrib.rnn.CoupledInputForgetGateLSTMCell(use_peepholes=True, num_proj, proj_clip, layer_norm=True)."""
    f, g, o = torch.chunk(torch.cat([p["U"], p["W"]]), 3, dim=1)
    n_f, n_g, n_o = torch.chunk(p["n"], 3)
    b_f, b_g, b_o = torch.chunk(p["b"], 3)
    w_f_diag, w_o_diag = torch.chunk(p["k"], 2)
    j, f, o = torch.chunk(torch.cat([x, m_prev], dim=1) @ torch.cat([g, f, o], dim=1), 3, dim=1)
    j, f, o = normalized(j, n_g, b_g), normalized(f, n_f, b_f - FORGET_BIAS), normalized(o, n_o, b_o)
    f_act = torch.sigmoid(f + FORGET_BIAS + w_f_diag * c_prev)
    c = normalized(f_act * c_prev + (1 - f_act) * torch.tanh(j), p["nc"], p["bc"])
    m = torch.sigmoid(o + w_o_diag * c) * torch.tanh(c) @ p["V"]
    watch.append((m.detach(), proj_clip))
    return c, torch.clamp(m, -proj_clip, proj_clip)


def normalized_cell(x, c, h, p, watch):
    """tf.contrib.rnn.LayerNormBasicLSTMCell without dropout."""
    i, f, g, o = torch.chunk(torch.cat([x, h], dim=1) @ torch.cat([p["U"], p["W"]]), 4, dim=1)
    i, f, g, o = [normalized(a, gain, shift) for a, gain, shift in zip((i, f, g, o), torch.chunk(p["n"], 4), torch.chunk(p["b"], 4))]
    new_c = c * torch.sigmoid(f) + torch.sigmoid(i) * torch.tanh(g)
    new_c = normalized(new_c, p["nc"], p["bc"])
    return new_c, torch.tanh(new_c) * torch.sigmoid(o)


def tf1_golden(folder, name, cell, gates, lengths, seed, projects, peeps, normalizes, T=6, B=3, I=4, H=5, **clips):
    generator = np.random.default_rng(seed)
    P = 3 if projects else H
    x = uniform(generator, 1.0, T, B, I).requires_grad_(True)
    p = {"U": uniform(generator, 0.7, I, gates * H), "W": uniform(generator, 0.6, P, gates * H), "b": uniform(generator, 0.5, gates * H)}
    if peeps:
        p["k"] = uniform(generator, 0.7, (gates - 1) * H)
    if projects:
        p["V"] = uniform(generator, 0.8, H, P)
    if normalizes:
        p.update({"n": uniform(generator, 1.5, gates * H), "nc": uniform(generator, 1.5, H), "bc": uniform(generator, 0.5, H)})
    for tensor in p.values():
        tensor.requires_grad_(True)
    projections, states = draw(generator, ["0"], T, B, H, P, P)
    h, c = states["0"]
    watch, outputs = [], []
    for t in range(T):
        alive = torch.tensor(lengths).unsqueeze(1) > t
        new_c, new_h = cell(x[t], c, h, p, watch, **clips)
        c, h = torch.where(alive, new_c, c), torch.where(alive, new_h, h)
        outputs.append(h * alive)
    for bound in set(clip for _, clip in watch):
        values = torch.cat([a.reshape(-1).abs() for a, clip in watch if clip == bound])
        share = (values > bound).double().mean().item()
        assert 0.05 < share < 0.95, "%s: %g of the values are clipped" % (name, share)
        assert (values - bound).abs().min() > 1e-4, "%s: a value lies at the clip" % name
    outputs, finals = torch.stack(outputs), {"0": [h, c]}
    save(folder, name, {"T": T, "B": B, "I": I, "H": H, "P": P}, lengths, x, ["0"], {"0": p}, states, outputs, finals, projections,
         loss_of(outputs, finals, projections, ["0"]))


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
    torch_golden(folder, "lstm-options-projected", [6, 6, 6], seed=500)
    torch_golden(folder, "lstm-options-projected-lengths", [2, 6, 5], seed=501)
    torch_golden(folder, "lstm-options-projected-2-layers", [6, 3, 4], seed=502, layers=2)
    torch_golden(folder, "lstm-options-projected-2-layers-bidirectional", [4, 1, 6], seed=503, layers=2, bidirectional=True)
    tf1_golden(folder, "lstm-options-tf1", lstm_cell, 4, [6, 6, 6], 510, True, True, False, cell_clip=0.4, proj_clip=0.15)
    tf1_golden(folder, "lstm-options-tf1-lengths", lstm_cell, 4, [3, 6, 2], 511, True, True, False, cell_clip=0.5, proj_clip=0.12)
    tf1_golden(folder, "lstm-options-tf1-coupled", coupled_cell, 3, [6, 2, 5], 512, True, True, True, proj_clip=0.4)
    tf1_golden(folder, "lstm-options-tf1-normalized", normalized_cell, 4, [6, 6, 4], 513, False, False, True)


if __name__ == "__main__":
    main()
