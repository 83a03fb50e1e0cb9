"""Makes the traced graphs of this folder, `NAME.fx.json`, and the numbers that PyTorch computes from them in float64,
`NAME.fx.expected.json`, with the gradients of the sum of the result by the parameters; and the models that PyTorch's two exporters write, `exported_NAME.onnx`, with the results of
onnxruntime.

    python3 -m venv v && v/bin/pip install torch onnx onnxruntime onnxscript && v/bin/python tests/import/make_torch.py
"""

import json
import pathlib
import sys

import onnx
import onnxruntime
import torch
import torch.nn.functional as F
from torch import nn

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent.parent / "tools"))
import export_torch_fx  # noqa: E402


class Mlp(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2))
        self.scale = nn.Parameter(torch.tensor(0.5))

    def forward(self, x, target):
        return F.mse_loss(self.scale * self.layers(x), target)


class Cnn(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(1, 2, 3, padding=1), nn.BatchNorm2d(2), nn.ReLU(), nn.MaxPool2d(3, 2, 1))
        self.block = nn.ModuleDict({"conv": nn.Conv2d(2, 2, 3, padding=1, groups=2), "act": nn.SiLU()})
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.drop = nn.Dropout(0.5)
        self.head = nn.Linear(2, 3)

    def forward(self, x):
        x = self.features(x)
        x = x + self.block["act"](self.block["conv"](x))
        return self.head(self.drop(torch.flatten(self.pool(F.avg_pool2d(x, 2, 1)), 1)))


class Attention(nn.Module):
    def __init__(self, width=4, heads=2):
        super().__init__()
        self.heads = heads
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.register_buffer("mask", torch.tril(torch.ones(5, 5)) == 0)

    def forward(self, x):
        rows, length, width = x.size(0), x.size(1), x.size(2)
        q, k, v = self.qkv(x).chunk(3, dim=-1)
        q, k, v = (part.view(rows, length, self.heads, -1).transpose(1, 2) for part in (q, k, v))
        scores = (q @ k.transpose(-2, -1)) / (width // self.heads) ** 0.5
        scores = scores.masked_fill(self.mask[:length, :length], float("-inf"))
        return self.out((scores.softmax(-1) @ v).transpose(1, 2).reshape(rows, length, width))


class Transformer(nn.Module):
    def __init__(self, width=4):
        super().__init__()
        self.embed, self.attention = nn.Embedding(6, width), Attention(width)
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.feed = nn.Sequential(nn.Linear(width, 6), nn.GELU(), nn.Linear(6, width))

    def forward(self, ids):
        x = self.embed(ids)
        x = x + self.attention(self.norm1(x))
        x = x + self.feed(self.norm2(x))
        return x.mean(dim=1)


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.TransformerEncoderLayer(4, 2, 8, batch_first=True)

    def forward(self, x):
        return self.layer(x)


class Functions(nn.Module):
    def forward(self, x, y):
        p = x.abs() + 0.5
        return (
            -x, torch.exp(x), p.log(), p.sqrt(), p.rsqrt(), p.reciprocal(), torch.sin(x), torch.erf(x), torch.sign(x), torch.floor(x),
            F.sigmoid(x), F.relu(x), F.leaky_relu(x, 0.2), F.elu(x, 1.5), F.selu(x), F.silu(x), F.mish(x), F.softplus(x), F.softplus(x, 2),
            F.gelu(x), F.gelu(x, approximate="tanh"), F.hardtanh(x), F.hardtanh(x, -0.5, 0.25), F.relu6(x), F.hardsigmoid(x), F.hardswish(x), F.logsigmoid(x),
            x + y, x - 2 * y, torch.add(x, y, alpha=3), 1 - x, x / p, p**1.5, torch.maximum(x, y), x.clamp(min=-0.5), x.clamp(-1, 0.5),
            torch.where(x > y, x, y), torch.div(x, y, rounding_mode="floor"), x.sum(), x.mean(1), x.amax(0), torch.logsumexp(x, 1),
            x.cumsum(1), F.softmax(x, dim=0), F.log_softmax(x, dim=-1), x.argmax(1), torch.matmul(x, y.t()), x.square().sum(1, keepdim=True),
        )


class Shapes(nn.Module):
    def forward(self, x):
        first, rest = torch.split(x, [1, 2], dim=1)
        left, right = x.chunk(2, dim=2)
        return (
            x.reshape(6, -1), x.view(x.size(0), -1), x.flatten(1), x.unsqueeze(-1), x.unsqueeze(0).squeeze(0), x.transpose(0, 2),
            x.permute(2, 0, 1), x[0], x[:, 1:], x[..., -1], x[:, None, 2], x[:, :, ::2], torch.cat([x, x], dim=1), torch.stack([x, x], 1),
            first, rest, left * right, x[0, 0].expand(2, -1), x[0].repeat(2, 1), x[0].tril(), x[0].triu(1), x.select(1, 2), x.narrow(2, 1, 2),
        )


class Losses(nn.Module):
    def forward(self, scores, labels, flags):
        p = torch.sigmoid(scores)
        logs = F.log_softmax(scores, dim=1)
        return (
            F.cross_entropy(scores, labels), F.cross_entropy(scores, labels, reduction="sum"), F.nll_loss(logs, labels),
            F.cross_entropy(scores, F.softmax(flags, dim=1)), F.mse_loss(scores, flags), F.l1_loss(scores, flags),
            F.binary_cross_entropy(p, flags), F.binary_cross_entropy_with_logits(scores, flags),
            F.scaled_dot_product_attention(scores, flags, scores), F.one_hot(labels, 4),
        )


def rounded(model):
    """The model with parameters of few digits, which keep the files small."""
    with torch.no_grad():
        for value in list(model.parameters()) + [b for b in model.buffers() if b.dtype.is_floating_point]:
            value.copy_((value + 0.1 * torch.randn_like(value)).abs().mul(100).round().div(100) if value.dim() == 1 else value.mul(100).round().div(100))
    return model.double().eval()


def write(name, model, inputs):
    model = rounded(model)
    export_torch_fx.export(model, inputs, HERE / f"{name}.fx.json")
    results = model(**inputs)
    results = results if isinstance(results, tuple) else (results,)
    expected = {
        "tolerance": 1e-12,
        "inputs": {key: value.tolist() for key, value in inputs.items()},
        "outputs": {str(place): result.double().tolist() for place, result in enumerate(results)},
    }
    if len(results) == 1 and any(True for _ in model.parameters()):
        results[0].sum().backward()
        expected["gradients"] = {path: value.grad.tolist() for path, value in model.named_parameters()}
    (HERE / f"{name}.fx.expected.json").write_text(json.dumps(expected) + "\n")


def write_exported(name, model, value, by_tracing):
    """A model in float32 as one of the exporters writes it, without what it says of the machine."""
    model, path = rounded(model).float(), HERE / f"exported_{name}.onnx"
    torch.onnx.export(model, (value,), path, dynamo=not by_tracing, input_names=["x"], output_names=["y"], external_data=False,
                      opset_version=17 if by_tracing else 20)
    exported = onnx.load(path)
    for node in exported.graph.node:
        kept = [entry for entry in node.metadata_props if entry.key == "pkg.torch.onnx.name_scopes"]
        del node.metadata_props[:]
        node.metadata_props.extend(kept)
        node.ClearField("doc_string")
    del exported.metadata_props[:], exported.graph.metadata_props[:], exported.graph.value_info[:]
    path.write_bytes(exported.SerializeToString(deterministic=True))
    result, = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"]).run(["y"], {"x": value.numpy()})
    expected = {"tolerance": 1e-5, "inputs": {"x": value.tolist()}, "outputs": {"y": result.tolist()}}
    path.with_suffix(".json").write_text(json.dumps(expected) + "\n")


def numbers(*shape):
    return torch.randn(*shape, dtype=torch.float64).mul(100).round().div(100)


if __name__ == "__main__":
    torch.manual_seed(7)
    write("mlp", Mlp(), {"x": numbers(2, 3), "target": numbers(2, 2)})
    write("cnn", Cnn(), {"x": numbers(1, 1, 8, 8)})
    write("transformer", Transformer(), {"ids": torch.tensor([[1, 5, 0]])})
    write("functions", Functions(), {"x": numbers(2, 3), "y": numbers(2, 3)})
    write("shapes", Shapes(), {"x": numbers(2, 3, 4)})
    write("losses", Losses(), {"scores": numbers(3, 4), "labels": torch.tensor([2, 0, 3]), "flags": torch.rand(3, 4).round().double()})
    write_exported("cnn", Cnn(), numbers(1, 1, 8, 8).float(), by_tracing=True)
    write_exported("encoder", Encoder(), numbers(1, 3, 4).float(), by_tracing=True)
    write_exported("transformer", Transformer(), torch.tensor([[1, 5, 0]]), by_tracing=False)
