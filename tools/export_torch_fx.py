"""Writes a PyTorch model as JSON that `bpdoc graph --from torch-fx` reads (docs/import.md).

    from export_torch_fx import export
    export(model, {"x": torch.randn(1, 4)}, "model.json")

or from the shell, for a function or a module that a file defines:

    python3 tools/export_torch_fx.py nets.py:make_model --shape x=1,4 -o model.json
    bpdoc graph --from torch-fx model.json

The model is traced symbolically by `torch.fx`, through the modules of `torch.nn` down to the functions that they call, so
that each node knows its modules and its parameters. Put the model into `eval()` mode first, unless it should be drawn as it
is trained.
"""

import argparse
import importlib.util
import json
import math
import pathlib

import torch
import torch.fx

FORMAT, VERSION = "bpdoc-torch-fx", 1


class Tracer(torch.fx.Tracer):
    """Goes into every module, those of `torch.nn` too, but not into batch normalisation, which looks at its input's shape."""

    # So that a mask may be cut to the length of the input.
    proxy_buffer_attributes = True

    def is_leaf_module(self, module, name):
        return isinstance(module, torch.nn.modules.batchnorm._BatchNorm)


def batch_norm(path, module, given):
    """The call of the function that a module of batch normalisation stands for."""
    def part(name):
        return None if getattr(module, name) is None else {"value": f"{path}.{name}"}

    is_training = module.training or module.running_mean is None
    args = [given, part("running_mean"), part("running_var"), part("weight"), part("bias")]
    return {"op": "batch_norm", "args": args, "kwargs": {"training": is_training, "eps": module.eps}}


def module_of(node):
    """The path of the innermost module that a node was called in, such as `layer1.0.conv`."""
    stack = node.meta.get("nn_module_stack") or {}
    paths = [entry[0] if isinstance(entry, tuple) else entry for entry in stack.values()]
    return paths[-1] if paths else ""


def name_of(target):
    """`relu` for torch.nn.functional.relu, `add` for operator.add, `view` for the method."""
    return target if isinstance(target, str) else target.__name__


class Names:
    """Names of values: a node whose name is that of a tensor, too, gets another."""

    def __init__(self, tensors):
        self.tensors, self.given = tensors, {}

    def __getitem__(self, node):
        if node.op == "get_attr":
            return node.target
        name = node.name
        while name in self.tensors:
            name += "_"
        return self.given.setdefault(node, name)


def argument(value, names):
    """An argument of a node as JSON."""
    if isinstance(value, torch.fx.Node):
        return {"value": names[value]}
    if isinstance(value, (tuple, list)):
        return [argument(entry, names) for entry in value]
    if isinstance(value, slice):
        return {"slice": [argument(bound, names) for bound in (value.start, value.stop, value.step)]}
    if value is Ellipsis:
        return {"ellipsis": True}
    if isinstance(value, float) and math.isinf(value):
        return {"float": "inf" if value > 0 else "-inf"}
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    # Data types, devices and the like change no number that a graph block computes.
    return str(value)


def tensor(value, is_buffer):
    """A tensor as JSON; its numbers in row-major order."""
    dtype = str(value.dtype).removeprefix("torch.")
    flat = value.detach().reshape(-1).to(torch.float64).tolist()
    return {"shape": list(value.shape), "dtype": dtype, "values": flat, **({"buffer": True} if is_buffer else {})}


def trace(model, inputs, name=None):
    """The model as a value that `json` can write; `inputs` are example tensors by the names of forward's parameters."""
    graph = Tracer().trace(model)
    parameters, buffers = dict(model.named_parameters(remove_duplicate=False)), dict(model.named_buffers(remove_duplicate=False))
    constants = {node.target: getattr_path(model, node.target) for node in graph.nodes if node.op == "get_attr"}
    constants = {path: value for path, value in constants.items() if isinstance(value, torch.Tensor)}
    names = Names(constants)
    nodes, outputs, placeholders = [], [], []
    for node in graph.nodes:
        if node.op == "placeholder":
            placeholders.append((node, names[node]))
        elif node.op == "output":
            found = []
            torch.fx.node.map_arg(node.args[0], lambda result: found.append(names[result]) or result)
            outputs = found
        elif node.op in ("call_function", "call_method"):
            entry = {"name": names[node], "op": name_of(node.target), "module": module_of(node)}
            entry["args"] = [argument(value, names) for value in node.args]
            entry["kwargs"] = {key: argument(value, names) for key, value in node.kwargs.items()}
            nodes.append(entry)
        elif node.op == "call_module":
            module = model.get_submodule(node.target)
            entry = batch_norm(node.target, module, argument(node.args[0], names))
            nodes.append({"name": names[node], "module": node.target, **entry})
        elif node.op != "get_attr":
            raise ValueError(f"{node.format_node()}: such a node is not exported")
    entries = []
    for node, placeholder in placeholders:
        example = inputs[node.target]
        entries.append({"name": placeholder, "shape": list(example.shape), "dtype": str(example.dtype).removeprefix("torch.")})
    used = {path: tensor(value, path not in parameters) for path, value in {**constants, **used_of(nodes, parameters, buffers)}.items()}
    return {"format": FORMAT, "version": VERSION, "name": name or type(model).__name__, "inputs": entries, "tensors": used,
            "nodes": nodes, "outputs": outputs}


def used_of(nodes, parameters, buffers):
    """The parameters and buffers that nodes name."""
    text = json.dumps(nodes)
    return {path: value for path, value in {**parameters, **buffers}.items() if json.dumps({"value": path}) in text}


def getattr_path(model, path):
    value = model
    for part in path.split("."):
        value = getattr(value, part)
    return value


def export(model, inputs, path, name=None):
    """Writes the model to a file."""
    pathlib.Path(path).write_text(json.dumps(trace(model, inputs, name), allow_nan=False) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model", help="FILE.py:NAME of a module, or of a function that makes one")
    parser.add_argument("--shape", action="append", default=[], metavar="NAME=1,4", help="the shape of an input")
    parser.add_argument("-o", "--output", default="model.json")
    given = parser.parse_args()
    file, _, attribute = given.model.rpartition(":")
    spec = importlib.util.spec_from_file_location("model_file", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    model = getattr(module, attribute)
    model = model if isinstance(model, torch.nn.Module) else model()
    pairs = (shape.split("=") for shape in given.shape)
    inputs = {name: torch.zeros([int(n) for n in extents.split(",") if n]) for name, extents in pairs}
    export(model.eval(), inputs, given.output)


if __name__ == "__main__":
    main()
