"""Writes torch-lstm.safetensors and torch-gru.safetensors: the weights of one layer under PyTorch's own names and in its own layout, an input x (T, B, I)
and the layer's output y (T, B, H). They are what somebody brings who has trained with PyTorch. Needs PyTorch; made with 1.13."""
import json
import pathlib
import struct

import torch

T, B, I, H = 5, 3, 4, 6


def write(path, tensors):
    header, data = {"__metadata__": {"format": "pt"}}, b""
    for name, tensor in tensors.items():
        values = tensor.detach().contiguous().numpy().astype("<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [len(data), len(data) + len(values)]}
        data += values
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


torch.manual_seed(7)
for name, layer in (("lstm", torch.nn.LSTM(I, H)), ("gru", torch.nn.GRU(I, H))):
    for parameter in layer.parameters():
        torch.nn.init.uniform_(parameter, -0.8, 0.8)
    x = torch.rand(T, B, I) * 2 - 1
    write(pathlib.Path(__file__).parent / f"torch-{name}.safetensors", {**layer.state_dict(), "x": x, "y": layer(x)[0]})
