"""Training steps of an encoder-decoder with attention in PyTorch, for pytorch_steps.py to serve.

Embedding -> bidirectional LSTM -> a dense bridge to the first state of the decoder -> LSTM over the right symbols -> attention
of all decoder steps at once -> tanh of a dense layer over context and output -> dense -> cross-entropy -> Adam. All sequences
are of one length, so nothing is masked. Symbols are drawn by Zipf's law. Symbol V - 1 is the end, which is read first and written last.
"""

import itertools

import torch
from torch import nn
from torch.nn import functional

BATCH, SOURCE, TARGET, WIDTH = 64, 30, 30, 256


class EncoderDecoder(nn.Module):
    def __init__(self, attention, vocabulary, form):
        super().__init__()
        self.attention, self.form, self.vocabulary = attention, form, vocabulary
        self.source = nn.Embedding(vocabulary - 1, WIDTH)
        self.encoder = nn.LSTM(WIDTH, WIDTH, bidirectional=True)
        self.bridge = nn.Linear(4 * WIDTH, 2 * WIDTH)
        self.target = nn.Embedding(vocabulary, WIDTH)
        self.decoder = nn.LSTM(WIDTH, WIDTH)
        if attention == "additive":
            self.query = nn.Linear(WIDTH, WIDTH, bias=False)
            self.score = nn.Linear(WIDTH, 1, bias=False)
        if attention != "none":
            self.key = nn.Linear(2 * WIDTH, WIDTH, bias=False)
            self.combination = nn.Linear(3 * WIDTH, WIDTH)
        self.output = nn.Linear(WIDTH, vocabulary)

    def forward(self, source, target):
        memory, (h, c) = self.encoder(self.source(source))
        start = self.bridge(torch.cat([h[0], c[0], h[1], c[1]], dim=1))
        first = (torch.tanh(start[:, :WIDTH]).unsqueeze(0), start[:, WIDTH:].contiguous().unsqueeze(0))
        outputs, _ = self.decoder(self.target(target), first)
        if self.attention == "none":
            return self.output(outputs)
        queries, values, keys = outputs.transpose(0, 1), memory.transpose(0, 1), self.key(memory).transpose(0, 1)
        if self.attention == "multiplicative":
            scores = torch.bmm(queries, keys.transpose(1, 2))
        else:
            queries = self.query(queries)
            if self.form == "all steps at once":
                scores = self.score(torch.tanh(queries.unsqueeze(2) + keys.unsqueeze(1))).squeeze(3)
            else:
                keys = keys.contiguous()
                scores = torch.stack([self.score(torch.tanh(query.unsqueeze(1) + keys)).squeeze(2) for query in queries.unbind(1)], dim=1)
        contexts = torch.bmm(torch.softmax(scores, dim=2), values).transpose(0, 1)
        return self.output(torch.tanh(self.combination(torch.cat([contexts, outputs], dim=2))))


class AttentionTraining:
    """One training workload; every variant computes the same numbers."""

    tokens = BATCH * TARGET

    def __init__(self, attention, vocabulary):
        self.attention, self.vocabulary = attention, vocabulary

    def draw(self, steps):
        """As words are drawn, by Zipf's law."""
        shares = 1 / torch.arange(1, self.vocabulary - 1, dtype=torch.float)
        return 1 + torch.multinomial(shares, 8 * steps * BATCH, replacement=True).reshape(8, steps, BATCH)

    def start(self, form, foreach):
        torch.manual_seed(1)
        model = EncoderDecoder(self.attention, self.vocabulary, form)
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, foreach=foreach)
        source, written = self.draw(SOURCE), self.draw(TARGET - 1)
        end = torch.full((8, 1, BATCH), self.vocabulary - 1)
        read, written = torch.cat([end, written], dim=1), torch.cat([written, end], dim=1)
        turn = itertools.count()

        def step():
            window = next(turn) % 8
            optimizer.zero_grad(set_to_none=True)
            logits = model(source[window], read[window])
            loss = functional.cross_entropy(logits.reshape(-1, self.vocabulary), written[window].reshape(-1))
            loss.backward()
            optimizer.step()
            return loss
        return step

    def variants(self):
        forms = ["all steps at once", "step by step"] if self.attention == "additive" else ["all steps at once"]
        return {"%s, %s Adam" % (form, "foreach" if foreach else "per-tensor"):
                (lambda form=form, foreach=foreach: self.start(form, foreach))
                for form in forms for foreach in (False, True)}


WORKLOADS = {"%s-%d" % (attention, vocabulary): AttentionTraining(attention, vocabulary)
             for attention in ("none", "multiplicative", "additive") for vocabulary in (100, 5000)}
