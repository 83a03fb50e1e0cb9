"""Makes the models of this folder and the numbers that onnxruntime computes from them.

    python3 -m venv v && v/bin/pip install onnx onnxruntime numpy && v/bin/python tests/import/make.py

Each model is `NAME.onnx`; beside it `NAME.json` has values for its inputs, onnxruntime's results, and the relative
tolerance: 1e-12 where onnxruntime computes in float64, 1e-5 where it has only a float32 kernel. A test in Rust reads the
files, so that it needs no Python; where nothing has changed, this script writes the same bytes again.
"""

import json
import pathlib

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

HERE = pathlib.Path(__file__).parent
TYPES = {np.dtype(np.float64): TensorProto.DOUBLE, np.dtype(np.float32): TensorProto.FLOAT,
         np.dtype(np.int64): TensorProto.INT64, np.dtype(np.bool_): TensorProto.BOOL}


class Graph:
    """A model as it is put together: nodes, stored tensors, inputs with their values."""

    def __init__(self, name, dtype=np.float64, opset=17):
        self.name, self.dtype, self.opset = name, np.dtype(dtype), opset
        self.random = np.random.default_rng(sum(name.encode()))
        self.nodes, self.tensors, self.inputs, self.feeds, self.outputs = [], [], [], {}, []

    def input(self, name, value, shape=None):
        value = np.asarray(value)
        value = value.astype(self.dtype) if value.dtype.kind == "f" else value
        self.inputs.append(helper.make_tensor_value_info(name, TYPES[value.dtype], shape or value.shape))
        self.feeds[name] = value
        return name

    def normal(self, *shape):
        # Few digits keep the files small and the blocks readable.
        return np.round(self.random.normal(size=shape), 2)

    def weight(self, name, value):
        value = np.asarray(value)
        value = value.astype(self.dtype) if value.dtype.kind == "f" else value
        self.tensors.append(numpy_helper.from_array(value, name))
        return name

    def node(self, op, inputs, outputs=None, name="", **attributes):
        outputs = [outputs] if isinstance(outputs, str) else outputs or [f"onnx::{op}_{len(self.nodes)}"]
        taken = {node.name for node in self.nodes}
        unique = name if not name or name not in taken else f"{name}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, inputs, outputs, name=unique, **attributes))
        return outputs[0] if len(outputs) == 1 else outputs

    def output(self, *names):
        self.outputs += names

    def model(self):
        outputs = [helper.make_tensor_value_info(name, TensorProto.UNDEFINED, None) for name in self.outputs]
        graph = helper.make_graph(self.nodes, self.name, self.inputs, outputs, self.tensors)
        opsets = [helper.make_opsetid("", self.opset)]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=8, producer_name="bpdoc tests")
        model = onnx.shape_inference.infer_shapes(model, strict_mode=True)
        del model.graph.value_info[:]
        onnx.checker.check_model(model)
        return model


def scalar():
    g = Graph("scalar")
    x = g.input("x", np.float64(5))
    w, b = g.weight("w", np.float64(-2)), g.weight("b", np.float64(3))
    g.node("Add", [g.node("Mul", [w, x], "g"), b], "f")
    g.output("f")
    return g


def mlp(dtype):
    g = Graph("mlp" if dtype == np.float64 else "mlp_float", dtype)
    x = g.input("x", g.normal(3, 4), ["batch", 4])
    for layer, (rows, columns) in {"fc1": (5, 4), "fc2": (2, 5)}.items():
        weight, bias = g.weight(f"{layer}.weight", g.normal(rows, columns)), g.weight(f"{layer}.bias", g.normal(rows))
        alpha = {} if layer == "fc1" else {"alpha": 0.5, "beta": 2.0}
        x = g.node("Gemm", [x, weight, bias], f"/{layer}/Gemm_output_0", f"/{layer}/Gemm", transB=1, **alpha)
        if layer == "fc1":
            x = g.node("Relu", [x], "/act/Relu_output_0", "/act/Relu")
    g.node("Sigmoid", [x], "y", "/Sigmoid")
    g.output("y")
    return g


def cnn():
    g = Graph("cnn", np.float32)
    x = g.input("image", g.normal(1, 1, 8, 8), ["N", 1, 8, 8])

    def conv(x, module, channels, filters, **attributes):
        weight, bias = g.weight(f"{module}.weight", g.normal(filters, channels, 3, 3)), g.weight(f"{module}.bias", g.normal(filters))
        name = "/" + module.replace(".", "/") + "/Conv"
        return g.node("Conv", [x, weight, bias], name + "_output_0", name, kernel_shape=[3, 3], **attributes)

    def norm(x, module, channels):
        parts = [g.weight(f"{module}.{part}", value) for part, value in {
            "weight": g.normal(channels), "bias": g.normal(channels),
            "running_mean": g.normal(channels), "running_var": np.round(g.random.uniform(0.5, 2, channels), 2)}.items()]
        name = "/" + module.replace(".", "/") + "/BatchNormalization"
        return g.node("BatchNormalization", [x, *parts], name + "_output_0", name, epsilon=1e-5)

    x = conv(x, "stem.conv", 1, 2, pads=[1, 1, 1, 1])
    x = norm(x, "stem.bn", 2)
    x = g.node("Relu", [x], name="/stem/act/Relu")
    x = g.node("MaxPool", [x], name="/pool/MaxPool", kernel_shape=[2, 2], strides=[2, 2])
    y = conv(x, "block.conv1", 2, 2, pads=[1, 1, 1, 1])
    y = g.node("Relu", [y], name="/block/act/Relu")
    y = conv(y, "block.conv2", 2, 2, pads=[1, 1, 1, 1])
    x = g.node("Add", [x, y], name="/block/Add")
    x = g.node("AveragePool", [x], name="/avg/AveragePool", kernel_shape=[2, 2], strides=[1, 1])
    x = g.node("GlobalAveragePool", [x], name="/gap/GlobalAveragePool")
    x = g.node("Flatten", [x], name="/Flatten")
    x = g.node("Gemm", [x, g.weight("head.weight", g.normal(3, 2)), g.weight("head.bias", g.normal(3))], name="/head/Gemm", transB=1)
    g.node("Softmax", [x], "probabilities", "/Softmax", axis=1)
    g.output("probabilities")
    return g


def convolutions():
    g = Graph("convolutions", np.float32)
    x, z = g.input("x", g.normal(2, 4, 5, 6)), g.input("sequence", g.normal(1, 2, 7))
    w = g.weight("w", g.normal(3, 4, 3, 2))
    g.node("Conv", [x, w], "uneven", pads=[1, 0, 2, 1], strides=[2, 1])
    g.node("Conv", [x, w], "same", auto_pad="SAME_UPPER", strides=[2, 2])
    g.node("Conv", [x, w], "low", auto_pad="SAME_LOWER", strides=[1, 3])
    g.node("Conv", [x, g.weight("groups.weight", g.normal(4, 2, 3, 3))], "grouped", group=2, pads=[1, 1, 1, 1])
    line = [g.weight("line.weight", g.normal(3, 2, 3)), g.weight("line.bias", g.normal(3))]
    g.node("Conv", [z, *line], "line", pads=[2, 1], strides=[2])
    g.output("uneven", "same", "low", "grouped", "line")
    return g


def pools(dtype):
    g = Graph("pools" if dtype == np.float64 else "pools_float", dtype)
    x, z = g.input("x", g.normal(1, 2, 5, 6)), g.input("sequence", g.normal(1, 2, 7))
    g.node("MaxPool", [x], "padded", kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
    g.node("MaxPool", [x], "ceiling", kernel_shape=[2, 2], strides=[2, 2], ceil_mode=1)
    g.node("MaxPool", [x], "oblong", kernel_shape=[2, 3], strides=[1, 2])
    g.node("MaxPool", [z], "line_max", kernel_shape=[3], strides=[2], pads=[1, 1])
    g.output("padded", "ceiling", "oblong", "line_max")
    if dtype == np.float32:
        g.node("GlobalMaxPool", [x], "globe")
        g.node("AveragePool", [x], "mean", kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
        g.node("AveragePool", [x], "mean_with", kernel_shape=[3, 3], strides=[1, 2], pads=[1, 0, 1, 2], count_include_pad=1)
        g.node("AveragePool", [z], "line_mean", kernel_shape=[2], strides=[2])
        g.output("globe", "mean", "mean_with", "line_mean")
    return g


def transformer():
    """A block of a transformer, with the chains of shape arithmetic that exporters leave in a model."""
    g = Graph("transformer")
    width, heads, length = 4, 2, 3
    x = g.input("tokens", g.normal(1, length, width), ["batch", "length", width])
    two, minus = g.weight("heads", np.array([heads])), g.weight("rest", np.array([-1]))

    def norm(x, module):
        gain, bias = g.weight(f"{module}.weight", g.normal(width)), g.weight(f"{module}.bias", g.normal(width))
        return g.node("LayerNormalization", [x, gain, bias], name=f"/{module}/LayerNormalization", epsilon=1e-5)

    def linear(x, module, columns, rows=width):
        scope = "/" + module.replace(".", "/")
        x = g.node("MatMul", [x, g.weight(f"{module}.weight", g.normal(rows, columns))], name=f"{scope}/MatMul")
        return g.node("Add", [g.weight(f"{module}.bias", g.normal(columns)), x], name=f"{scope}/Add")

    def extent(x, axis):
        shape = g.node("Shape", [x], name="/attention/Shape")
        index = g.node("Constant", [], name="/attention/Constant", value=numpy_helper.from_array(np.array([axis])))
        return g.node("Gather", [shape, index], name="/attention/Gather", axis=0)

    def split(x):
        shape = g.node("Concat", [extent(x, 0), extent(x, 1), two, minus], name="/attention/Concat", axis=0)
        x = g.node("Reshape", [x, shape], name="/attention/Reshape")
        return g.node("Transpose", [x], name="/attention/Transpose", perm=[0, 2, 1, 3])

    n = norm(x, "norm1")
    q, k, v = (split(linear(n, f"attention.{part}", width)) for part in ("query", "key", "value"))
    k = g.node("Transpose", [k], name="/attention/Transpose_3", perm=[0, 1, 3, 2])
    scores = g.node("MatMul", [q, k], name="/attention/MatMul")
    root = g.node("Constant", [], name="/attention/Constant_9", value=numpy_helper.from_array(np.float64(np.sqrt(width / heads))))
    scores = g.node("Div", [scores, root], name="/attention/Div")
    mask = g.weight("/attention/Constant_10_output_0", np.tril(np.ones((length, length), dtype=np.bool_)))
    low = g.weight("/attention/Constant_11_output_0", np.float64(-np.inf))
    scores = g.node("Where", [mask, scores, low], name="/attention/Where")
    weights = g.node("Softmax", [scores], "weights", "/attention/Softmax", axis=-1)
    y = g.node("MatMul", [weights, v], name="/attention/MatMul_1")
    y = g.node("Transpose", [y], name="/attention/Transpose_4", perm=[0, 2, 1, 3])
    shape = g.node("Concat", [extent(y, 0), extent(y, 1), minus], name="/attention/Concat_5", axis=0)
    y = g.node("Reshape", [y, shape], name="/attention/Reshape_5")
    x = g.node("Add", [x, linear(y, "attention.out", width)], name="/Add")
    y = linear(norm(x, "norm2"), "feed.up", 6)
    y = g.node("Tanh", [y], name="/feed/act/Tanh")
    y = linear(y, "feed.down", width, 6)
    g.node("Add", [x, y], "result", "/Add_1")
    g.output("result", "weights")
    return g


def losses():
    g = Graph("losses", opset=13)
    scores, labels = g.input("scores", g.normal(3, 4)), g.input("labels", np.array([2, 0, 3]))
    g.node("SoftmaxCrossEntropyLoss", [scores, labels], ["mean", "logs"], ignore_index=-100)
    g.node("SoftmaxCrossEntropyLoss", [scores, labels], "sum", reduction="sum")
    g.node("SoftmaxCrossEntropyLoss", [scores, labels], "each", reduction="none")
    logs = g.node("LogSoftmax", [scores], axis=1)
    g.node("NegativeLogLikelihoodLoss", [logs, labels], "nll")
    g.output("mean", "logs", "sum", "each", "nll")
    return g


def activations():
    g = Graph("activations", np.float32, opset=20)
    x = g.input("x", np.linspace(-3, 3, 7))
    positive = g.node("Abs", [x], "absolute")
    for op in ("Neg Exp Erf Sign Floor Ceil Round Sin Cos Atan Sinh Cosh Tanh Sigmoid Relu LeakyRelu Elu Selu Celu Softplus "
               "Softsign HardSigmoid HardSwish Gelu Mish ThresholdedRelu").split():
        g.node(op, [x], op.lower())
        g.output(op.lower())
    g.node("Gelu", [x], "gelu_by_tanh", approximate="tanh")
    g.node("Mean", [x, positive, x], "middle")
    g.node("LeakyRelu", [x], "leaky", alpha=0.3)
    g.node("HardSigmoid", [x], "hard", alpha=0.3, beta=0.6)
    g.node("PRelu", [x, g.weight("slope", np.array([0.2]))], "prelu")
    shifted = g.node("Add", [positive, g.weight("shift", np.array([0.5]))], "shifted")
    for op in ("Sqrt", "Log", "Reciprocal"):
        g.node(op, [shifted], op.lower())
        g.output(op.lower())
    small = g.node("Div", [x, g.weight("four", np.array([4.0]))], "small")
    for op in ("Asin", "Acos", "Tan"):
        g.node(op, [small], op.lower())
        g.output(op.lower())
    g.output("absolute", "middle", "gelu_by_tanh", "leaky", "hard", "prelu")
    return g


def reductions():
    g = Graph("reductions", opset=18)
    x = g.input("x", g.normal(2, 3, 4))
    axes = g.weight("axes", np.array([-1, 0]))
    one = g.weight("one", np.array([1]))
    for op in ("Sum", "Mean", "Max", "Min"):
        g.node(f"Reduce{op}", [x, axes], op.lower(), keepdims=0)
        g.node(f"Reduce{op}", [x], f"all_{op.lower()}")
        g.output(op.lower(), f"all_{op.lower()}")
    g.node("ReduceLogSumExp", [x, axes], "lse")
    g.node("ReduceLogSumExp", [x, one], "lse_one", keepdims=0)
    g.node("ReduceSumSquare", [x, one], "squares")
    g.node("ReduceSum", [x], "untouched", noop_with_empty_axes=1)
    g.node("ArgMax", [x], "most", axis=-1, keepdims=0)
    g.node("ArgMin", [x], "least", axis=1)
    g.node("CumSum", [x, g.weight("last", np.int64(2))], "running")
    g.output("lse", "lse_one", "squares", "untouched", "most", "least", "running")
    return g


def reductions_float():
    g = Graph("reductions_float", np.float32, opset=18)
    x, axes = g.input("x", g.normal(2, 3, 4)), g.weight("axes", np.array([2]))
    for op in ("L1", "L2", "LogSum"):
        positive = g.node("Abs", [x])
        g.node(f"Reduce{op}", [positive if op == "LogSum" else x, axes], op.lower())
        g.output(op.lower())
    return g


def shapes():
    g = Graph("shapes", opset=18)
    x, ids = g.input("x", g.normal(2, 3, 4)), g.input("ids", np.array([[2, 0], [1, 1]]))
    def ints(*numbers):
        return g.weight(f"ints{len(g.tensors)}", np.array(numbers))
    g.node("Slice", [x, ints(1), ints(2**63 - 1), ints(2)], "tail")
    g.node("Slice", [x, ints(-1), ints(-2**63), ints(2), ints(-1)], "backward")
    g.node("Slice", [x, ints(0, 0), ints(9, -1), ints(2, 1), ints(2, 1)], "steps")
    g.node("Split", [x, ints(1, 2)], ["first", "others"], axis=1)
    g.node("Split", [x], ["left", "right"], axis=2, num_outputs=2)
    g.node("Unsqueeze", [x, ints(0, -1)], "wide")
    g.node("Squeeze", ["wide", ints(0)], "narrow")
    g.node("Reshape", [x, ints(0, -1)], "rows")
    g.node("Flatten", [x], "flat", axis=2)
    g.node("Transpose", [x], "turned")
    g.node("Transpose", [x], "moved", perm=[1, 0, 2])
    g.node("Concat", [x, x], "twice", axis=-1)
    g.node("Gather", [x, ints(2, 0, -1)], "picked", axis=1)
    g.node("Gather", [x, g.weight("here", np.int64(1))], "one", axis=2)
    g.node("Gather", [g.weight("table", g.normal(3, 2)), ids], "embedded")
    g.node("Expand", [g.weight("row", g.normal(3, 1)), g.node("Shape", [x])], "spread")
    g.node("Tile", [x, ints(1, 2, 1)], "tiled")
    g.node("Pad", [x, ints(0, 1, 0, 0, 0, 2), g.weight("edge", np.float64(7))], "padded")
    g.node("Trilu", [x], "lower", upper=0)
    g.node("OneHot", [ids, g.weight("depth", np.int64(3)), g.weight("off_on", np.array([1, 4]))], "hot", axis=1)
    count = g.node("Cast", [g.node("Size", [x])], to=TensorProto.DOUBLE)
    g.node("Div", [x, count], "scaled")
    line = g.node("ConstantOfShape", [g.node("Shape", [x], start=1, end=2)],
                  value=helper.make_tensor("value", TensorProto.DOUBLE, [1], [2.5]))
    count_up = [g.weight(f"bound{i}", np.int64(i)) for i in (0, 3, 1)]
    numbers = g.node("Cast", [g.node("Range", count_up)], to=TensorProto.DOUBLE)
    g.node("Mul", [line, numbers], "numbers")
    g.output("tail", "backward", "steps", "first", "others", "left", "right", "wide", "narrow", "rows", "flat", "turned", "moved",
             "twice", "picked", "one", "embedded", "spread", "tiled", "padded", "lower", "hot", "scaled", "numbers")
    return g


def choices():
    g = Graph("choices", opset=17)
    a, b = g.input("a", g.normal(2, 3)), g.input("b", g.normal(3))
    flags = [g.node(op, [a, b]) for op in ("Greater", "GreaterOrEqual", "Less", "LessOrEqual", "Equal")]
    both = g.node("And", [flags[0], g.node("Not", [flags[2]])])
    either = g.node("Or", [both, flags[4]])
    g.node("Where", [either, a, b], "chosen")
    g.node("Cast", [flags[1]], "flag", to=TensorProto.DOUBLE)
    g.node("Cast", [g.node("Cast", [g.node("Mul", [a, g.weight("three", np.float64(3))])], to=TensorProto.INT64)], "cut", to=TensorProto.DOUBLE)
    low, high = g.weight("low", np.float64(-0.5)), g.weight("high", np.float64(0.5))
    g.node("Clip", [a, low, high], "clipped")
    g.node("Clip", [a, "", high], "below")
    g.node("Clip", [a, low], "above")
    for op in ("Sum", "Max", "Min"):
        g.node(op, [a, b, a], op.lower())
        g.output(op.lower())
    g.node("Pow", [g.node("Abs", [a]), g.weight("power", np.float64(1.5))], "powered")
    g.node("Mod", [a, b], "rest", fmod=1)
    counted = g.node("Mod", [g.weight("seven", np.array([7, -7])), g.weight("three_or_less", np.array([3, -2]))])
    g.node("Cast", [counted], "counted", to=TensorProto.DOUBLE)
    g.node("Dropout", [a], "kept")
    g.node("Identity", [b], "same")
    g.output("chosen", "flag", "cut", "clipped", "below", "above", "powered", "kept", "same", "rest", "counted")
    return g


def old_softmax():
    g = Graph("old_softmax", opset=11)
    x = g.input("x", g.normal(2, 3, 4))
    g.node("Softmax", [x], "default")
    g.node("Softmax", [x], "all", axis=0)
    g.node("LogSoftmax", [x], "last", axis=2)
    g.node("ReduceSum", [x], "sum", axes=[1], keepdims=0)
    g.node("Squeeze", [g.node("Unsqueeze", [x], axes=[0])], "same", axes=[0])
    g.output("default", "all", "last", "sum", "same")
    return g


def norms(dtype):
    g = Graph("norms" if dtype == np.float64 else "norms_float", dtype)
    x, rows = g.input("x", g.normal(2, 3, 2, 2)), g.input("rows", g.normal(3, 4))
    def parts(n):
        return [g.weight(f"p{len(g.tensors)}", g.normal(n)) for _ in range(2)]
    g.node("LayerNormalization", [rows, *parts(4)], "layer", axis=-1, epsilon=1e-3)
    square = [g.weight("gain", g.normal(3, 2, 2)), g.weight("shift", g.normal(3, 2, 2))]
    g.node("LayerNormalization", [x, *square], "over_three", axis=1)
    g.node("LayerNormalization", [rows, g.weight("alone", g.normal(4))], "no_bias")
    statistics = [g.weight("running_mean", g.normal(4)), g.weight("running_var", np.array([0.5, 1, 2, 3]))]
    g.node("BatchNormalization", [rows, *parts(4), *statistics], "batch", epsilon=1e-3)
    g.output("layer", "over_three", "no_bias", "batch")
    if dtype == np.float32:
        g.node("InstanceNormalization", [x, *parts(3)], "instance")
        g.output("instance")
    return g


def newest():
    g = Graph("newest", np.float32, opset=23)
    x = g.input("x", g.normal(2, 3, 4))
    g.node("RMSNormalization", [x, g.weight("gain", g.normal(4))], "rms", axis=-1, epsilon=1e-3)
    g.output("rms")
    return g


def names():
    """Names that no block could have as they are, and modules that feed each other."""
    g = Graph("이름 | names {x}")
    x = g.input("input", g.normal(3))
    w = g.weight("가중치/W 1", g.normal(3))
    a = g.node("Mul", [x, w], "for", "/a/for")
    b = g.node("Add", [a, x], "grad", "/b/layer.0/grad")
    c = g.node("Tanh", [b], "9", "/a/9")
    d = g.node("Mul", [c, b], "a b", "/b/layer.0/a b")
    d = g.node("Sub", [d, a], "a-b", "/b/layer.0/a-b")
    g.node("ReduceSum", [d], "output", "/b/{}|#")
    g.output("output")
    return g


def short_floats():
    g = Graph("short_floats", np.float32)
    x = g.input("x", g.normal(2, 3))
    half = g.weight("half", g.normal(3))
    g.tensors[-1] = numpy_helper.from_array(g.normal(3).astype(np.float16), half)
    brain = helper.make_tensor("brain", TensorProto.BFLOAT16, [3], [0.5, -1.25, 3.0])
    g.tensors.append(brain)
    listed = helper.make_tensor("listed", TensorProto.FLOAT, [3], [0.1, 0.2, 0.3])
    g.tensors.append(listed)
    for name in (half, "brain"):
        x = g.node("Mul", [x, g.node("Cast", [name], to=TensorProto.FLOAT)])
    g.node("Add", [x, "listed"], "y")
    g.output("y")
    return g


def aside():
    """Its weights lie in a file of their own."""
    g = Graph("aside")
    x = g.input("x", g.normal(2, 20))
    g.node("MatMul", [x, g.weight("weight", g.normal(20, 3))], "y")
    g.output("y")
    return g


MODELS = [scalar(), mlp(np.float64), mlp(np.float32), cnn(), convolutions(), pools(np.float64), pools(np.float32),
          transformer(), losses(), activations(), reductions(), reductions_float(), shapes(), choices(), old_softmax(),
          norms(np.float64), norms(np.float32), newest(), names(), short_floats(), aside()]


def write(g):
    file = g.name if g.name.isascii() else "names"
    path = HERE / f"{file}.onnx"
    model = g.model()
    if file == "aside":
        (HERE / "aside.data").unlink(missing_ok=True)
        onnx.save_model(model, path, save_as_external_data=True, location="aside.data", size_threshold=0)
    else:
        path.write_bytes(model.SerializeToString(deterministic=True))
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    results = session.run(g.outputs, g.feeds)
    expected = {
        "tolerance": 1e-12 if g.dtype == np.float64 else 1e-5,
        "inputs": {name: np.asarray(value, dtype=np.float64).tolist() for name, value in g.feeds.items()},
        "outputs": {name: np.asarray(value, dtype=np.float64).tolist() for name, value in zip(g.outputs, results)},
    }
    (HERE / f"{file}.json").write_text(json.dumps(expected, ensure_ascii=False) + "\n")
    print(f"{file}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    for graph in MODELS:
        write(graph)
