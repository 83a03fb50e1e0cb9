"""Runs the programs that bpdoc writes, and compares what they print with what bpdoc has computed.

    python3 tests/frameworks/run.py numpy jax                 # and torch, tensorflow
    python3 tests/frameworks/run.py --first-order jax         # without the programs that are there for second derivatives

What the frameworks need is installed into a virtual environment of its own (target/frameworks, or $FRAMEWORKS_VENV). A program
passes if it prints every named value of its graph and the gradients of every output by every leaf, each within 1e-9 of
bpdoc's number, relative to it. Numbers near 0 are mostly differences of larger ones: below 1e-4, and below a thousandth of the
largest element of the same tensor, what counts is the distance beside those.
"""

import contextlib
import io
import json
import os
import pathlib
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PACKAGES = {"numpy": ["numpy"], "jax": ["jax"], "torch": ["torch", "numpy"], "tensorflow": ["tensorflow-cpu"]}
TOLERANCE = 1e-9
# Numbers that are nothing but rounding errors, or that a framework cannot hold, by framework, note and name.
EXCUSED = {
    # Differences that have lost their digits, which is what the note is about: the last bit of exp decides.
    ("jax", "29-mistakes", "slope"),
    ("jax", "29-mistakes", "error"),
    # XLA divides by the reciprocal, which is a subnormal number here, and takes those for 0.
    ("jax", "29-mistakes", "p"),
}
# What a program says where it knows that a framework's gradient is another.
ADMITS = "has another gradient than the page"


def main():
    arguments = sys.argv[1:]
    if arguments[:1] == ["--inside"]:
        sys.exit(check(*arguments[1:]))
    order = [argument for argument in arguments if argument == "--first-order"]
    frameworks = [argument for argument in arguments if argument not in order] or ["numpy", "jax"]
    if unknown := set(frameworks) - set(PACKAGES):
        sys.exit(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(PACKAGES)}")
    python = environment(frameworks)
    programs = write_programs()
    # A process each, since imports are slow; side by side.
    runs = [subprocess.Popen([python, __file__, "--inside", name, programs, *order]) for name in frameworks]
    sys.exit(max(run.wait() for run in runs))


def environment(frameworks):
    """The Python of a virtual environment that holds what the frameworks need."""
    venv = pathlib.Path(os.environ.get("FRAMEWORKS_VENV") or ROOT / "target" / "frameworks")
    python = venv / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    missing = [name for name in frameworks if not can_import(python, name)]
    if missing:
        packages = sorted({package for name in missing for package in PACKAGES[name]})
        subprocess.run([python, "-m", "pip", "install", "-q", "--disable-pip-version-check", *packages], check=True)
    return python


def can_import(python, module):
    find = f"import importlib.util, sys; sys.exit(importlib.util.find_spec('{module}') is None)"
    return subprocess.run([python, "-c", find]).returncode == 0


def write_programs():
    """All programs with what they should print, as bpdoc writes them."""
    blocks = sorted(map(str, (HERE / "graphs").glob("*.txt")))
    command = ["cargo", "run", "-q", "--locked", "--example", "programs", "--", str(ROOT), *blocks]
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR") or ROOT / "target")
    file = target / "programs.jsonl"
    with file.open("w") as out:
        subprocess.run(command, stdout=out, check=True, cwd=ROOT)
    return str(file)


def check(framework, file, order=""):
    """Runs all programs of a framework in this process; 1 if one of them is wrong."""
    start, wrong, numbers, is_proven = time.monotonic(), 0, 0, False
    prepare(framework)
    with open(file) as lines:
        graphs = [json.loads(line) for line in lines]
    graphs = [graph for graph in graphs if not (order and graph["id"].endswith("second derivatives"))]
    for graph in graphs:
        program = graph["programs"][framework]
        try:
            printed = read(run(program))
            count, mistakes = compare(graph, printed, framework, ADMITS in program)
        except Exception as error:  # whatever a program may raise
            count, mistakes = 0, [f"{type(error).__name__}: {error}"]
        numbers += count
        is_proven = is_proven or count > 0 and notices_mistakes(graph, printed, framework)
        if mistakes:
            wrong += 1
            print(f"{framework}: {graph['id']}: " + "\n    ".join(mistakes[:5]), flush=True)
    seconds = time.monotonic() - start
    print(f"{framework}: {len(graphs) - wrong} programs right, {wrong} wrong, {numbers} numbers, {seconds:.0f} s")
    if not is_proven:
        print(f"{framework}: a wrong number would not be noticed")
    return int(wrong > 0 or not is_proven)


def notices_mistakes(graph, printed, framework):
    """Whether a number that is off by 1e-8, one that is missing and one too many are mistakes; not for zeros alone."""
    is_number = lambda x: 1e-3 < abs(x) < float("inf")
    names = [name for name in graph["values"] if name in printed and any(map(is_number, flat(printed[name])))]
    if not names:
        return False
    name = names[0]
    off = printed | {name: scaled(printed[name], 1 + 1e-8)}
    missing = {other: value for other, value in printed.items() if other != name}
    return all(compare(graph, wrong, framework, False)[1] for wrong in (off, missing, printed | {"other": 1.0}))


def scaled(value, factor):
    return [scaled(item, factor) for item in value] if isinstance(value, list) else value * factor


def prepare(framework):
    """Small programs run faster without compilers, threads and warnings."""
    import warnings

    warnings.simplefilter("ignore")
    if framework == "jax":
        os.environ["XLA_FLAGS"] = "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true"
        import jax

        jax.config.update("jax_disable_jit", True)
    if framework == "torch":
        import torch

        torch.set_num_threads(1)
    if framework == "tensorflow":
        os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"


def run(program):
    """What a program prints."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(program, "program", "exec"), {"__name__": "__main__"})
    return printed.getvalue()


def read(printed):
    """The printed numbers by the names before them."""
    names = {"nan": float("nan"), "inf": float("inf")}
    parts = (line.split(" = ", 1) for line in printed.splitlines())
    return {name: eval(value, {"__builtins__": {}}, names) for name, value in parts}


def compare(graph, printed, framework, admits):
    """How many numbers agree, and what does not. A program that admits another gradient may have one."""
    mistakes, count = [], 0
    expected = {name: (value, True) for name, value in graph["values"].items()}
    for output, gradients in graph["gradients"].items():
        for name, value in gradients.items():
            expected[f"d{output}/d{name}"] = (value, name in graph["leaves"])
    for name, (value, must) in expected.items():
        is_gradient = name not in graph["values"]
        if name not in printed:
            if must:
                mistakes.append(f"{name} is not printed")
        elif not close(printed[name], value):
            if not (admits and is_gradient) and not is_excused(framework, graph["id"], name):
                mistakes.append(f"{name} = {short(printed[name])}, not {short(value)}")
        else:
            count += len(flat(value))
    mistakes += [f"{name} is printed, and bpdoc knows no such number" for name in printed if name not in expected]
    return count, mistakes


def is_excused(framework, place, name):
    return any(framework == f and note in place and name == n for f, note, n in EXCUSED)


def close(found, expected):
    if shape(found) != shape(expected):
        return False
    pairs = list(zip(map(float, flat(found)), map(float, flat(expected))))
    # Beside large elements the digits of small ones, which come from differences of large numbers, mean little.
    scale = max((abs(b) for _, b in pairs if abs(b) < float("inf")), default=0.0)
    return all(a == b or (a != a and b != b) or abs(a - b) <= TOLERANCE * max(abs(b), 1e-3 * scale, 1e-4) for a, b in pairs)


def shape(value):
    return [len(value), *(shape(value[0]) if value else [])] if isinstance(value, list) else []


def flat(value):
    return [x for item in value for x in flat(item)] if isinstance(value, list) else [value]


def short(value):
    text = str(value)
    return text if len(text) < 120 else text[:117] + "..."


main()
