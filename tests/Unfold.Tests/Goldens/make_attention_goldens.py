#!/usr/bin/env python3
"""Writes the golden numbers of attention with PyTorch, in the conventions of make_goldens.py, which lies beside it.

Usage: /usr/bin/python3 make_attention_goldens.py [folder]
"""

import os
import sys

import numpy as np
import torch

from make_goldens import number, uniform, write


def attention_golden(folder, name, kind, seed, source_lengths, target_lengths, S=6, T=4, B=3, F=5, Q=4, A=7):
    """loss = sum(contexts * projections.contexts); past a target's length contexts and weights are zero."""
    generator = np.random.default_rng(seed)
    if kind == "dot":
        Q = F
    memory = uniform(generator, 1.0, S, B, F)
    queries = uniform(generator, 1.0, T, B, Q)
    projection = uniform(generator, 1.0, T, B, F)
    parameters = {}
    if kind == "general":
        parameters = {"weights": uniform(generator, 0.8, F, Q)}
    elif kind == "additive":
        parameters = {"query_weights": uniform(generator, 0.8, Q, A), "key_weights": uniform(generator, 0.8, F, A),
                      "score_weights": uniform(generator, 0.8, A, 1)}
    for leaf in [memory, queries, *parameters.values()]:
        leaf.requires_grad_(True)

    q, m = queries.transpose(0, 1), memory.transpose(0, 1)                    # (B, T, Q), (B, S, F)
    if kind == "additive":
        together = (q @ parameters["query_weights"]).unsqueeze(2) + (m @ parameters["key_weights"]).unsqueeze(1)
        scores = (torch.tanh(together) @ parameters["score_weights"]).squeeze(3)
    else:
        keys = m if kind == "dot" else m @ parameters["weights"]
        scores = torch.bmm(q, keys.transpose(1, 2))
    beyond = torch.arange(S).unsqueeze(0) >= torch.tensor(source_lengths).unsqueeze(1)       # (B, S)
    weights = torch.softmax(scores.masked_fill(beyond.unsqueeze(1), float("-inf")), dim=2)
    alive = (torch.arange(T).unsqueeze(0) < torch.tensor(target_lengths).unsqueeze(1)).to(weights.dtype).unsqueeze(2)
    weights = weights * alive
    contexts = torch.bmm(weights, m).transpose(0, 1)
    loss = (contexts * projection).sum()
    loss.backward()
    leaves = {"memory": memory, "queries": queries, **parameters}
    for key, leaf in leaves.items():
        assert leaf.grad.abs().max() > 1e-3, "%s: the gradient of %s is all but zero and would test nothing" % (name, key)
    header = {"cell": kind, "sizes": {"S": S, "T": T, "B": B, "F": F, "Q": Q, "A": A},
              "source_lengths": source_lengths, "target_lengths": target_lengths, "loss": float(number(loss))}
    write(folder, name, header, {
        "inputs": {"memory": memory, "queries": queries},
        "projections": {"contexts": projection},
        "parameters": parameters,
        "results": {"contexts": contexts, "weights": weights.transpose(0, 1)},
        "gradients": {key: leaf.grad for key, leaf in leaves.items()},
    })


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
    for index, kind in enumerate(["dot", "general", "additive"]):
        attention_golden(folder, "attention-" + kind + "-full", kind, 500 + index, [6, 6, 6], [4, 4, 4])
        attention_golden(folder, "attention-" + kind + "-lengths", kind, 510 + index, [3, 6, 1], [4, 2, 3])


if __name__ == "__main__":
    main()
