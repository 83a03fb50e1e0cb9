#!/usr/bin/env python3
"""Builds a document with Pandoc and, when asked, a book with mdBook, with our figures in them, and looks at what comes out.

    python3 tests/bridges/run.py            the Pandoc that is installed, else Debian's
    python3 tests/bridges/run.py pandoc     the newest Pandoc, from PyPI
    python3 tests/bridges/run.py mdbook     mdBook 0.4 and 0.5, which are compiled: minutes

`BPDOC` names the program; by default it is the one in target/debug.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
BPDOC = os.environ.get("BPDOC", str(HERE.parents[1] / "target/debug/bpdoc"))
MDBOOKS = ["0.4.52", "0.5.4"]


def run(*command, **options):
    """Runs a program; what it prints."""
    done = subprocess.run(command, capture_output=True, text=True, **options)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
    return done.stdout


def holds(what, text, *parts):
    """Ends the run if a part is missing."""
    missing = [part for part in parts if part not in text]
    if missing:
        sys.exit(f"{what} lacks {missing}")
    print(f"{what}: fine")


def filter_in(folder):
    """A filter by the name that Pandoc calls it by."""
    path = folder / "bpdoc-filter"
    path.write_text(f'#!/bin/sh\nexec "{BPDOC}" filter "$@"\n')
    path.chmod(0o755)
    return str(path)


def documents(pandoc, folder):
    """One document in every kind of form."""
    version = run(pandoc, "--version").splitlines()[0]
    document, figure = str(HERE / "document.md"), filter_in(folder)

    def written(form, name):
        run(pandoc, document, "--standalone", "--filter", figure, "--to", form, "--output", name, cwd=folder)
        return folder / name

    def text(form):
        return written(form, f"out.{form}").read_text()

    holds(f"{version}, HTML", text("html"), '<svg xmlns', 'id="linear"', "<style>", "The graph of one linear unit", "<math")
    holds(f"{version}, LaTeX", text("latex"), "\\begin{tikzpicture}", "\\label{linear}", "\\usepackage{tikz}", "100\\% \\& more\\_")
    holds(f"{version}, text", text("plain"), "-10", "weight", "0.0005317")
    markdown = text("gfm")
    holds(f"{version}, Markdown", markdown, ".svg")
    for name in re.findall(r"bpdoc-figures/[^\"')]+", markdown):
        if "<svg" not in (folder / name).read_text():
            sys.exit(f"{name} is no picture")
    # Slides show no pictures in quotes.
    forms = [("docx", "word/media/", 4), ("odt", "Pictures/", 4), ("epub", "EPUB/media/", 4), ("pptx", "ppt/media/", 3)]
    for form, pictures, least in forms:
        names = zipfile.ZipFile(written(form, f"out.{form}")).namelist()
        count = sum(name.startswith(pictures) and name.endswith(".png") for name in names)
        holds(f"{version}, {form}", "." * count, "." * least)

    wrong = folder / "wrong.md"
    wrong.write_text("```{.graph #w}\nx = 1\nexpect x = 2\n```\n")
    command = [pandoc, str(wrong), "--filter", figure]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder)
    holds(f"{version}, a mistake", done.stderr, "block 1 #w", "expect x = 2", "^")
    if done.returncode == 0:
        sys.exit("a mistake does not end the build")
    holds(f"{version}, a mistake that is borne", run(*command, "-M", "bpdoc-on-error=warn", cwd=folder), "bp-error")


def newest_pandoc(folder):
    """Pandoc from PyPI."""
    run(sys.executable, "-m", "venv", str(folder / "venv"))
    run(str(folder / "venv/bin/pip"), "install", "--quiet", "pypandoc_binary")
    return str(next((folder / "venv").glob("lib/*/site-packages/pypandoc/files/pandoc")))


def installed_pandoc():
    """The Pandoc of the machine."""
    if not shutil.which("pandoc"):
        run("apt-get", "update", "-q")
        run("apt-get", "install", "-qy", "--no-install-recommends", "pandoc")
    return "pandoc"


def book(version, folder):
    """A book of mdBook's."""
    root = folder / version
    run("cargo", "install", "mdbook", "--version", version, "--no-default-features", "--root", str(root))
    place = root / "book"
    shutil.copytree(HERE / "book", place)
    path = f"{pathlib.Path(BPDOC).resolve().parent}:{os.environ['PATH']}"
    run(str(root / "bin/mdbook"), "build", cwd=place, env={**os.environ, "PATH": path})
    page = (place / "book/linear.html").read_text()
    holds(f"mdBook {version}", page, '<svg xmlns', 'id="linear"', "= {5}", "goes on with", "\\val{no}")
    holds(f"mdBook {version}, a training", (place / "book/deep/train.html").read_text(), "bpcurve", 'id="run"')


def main():
    wanted = sys.argv[1:]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        if "mdbook" in wanted:
            for version in MDBOOKS:
                book(version, folder)
        elif "pandoc" in wanted:
            documents(newest_pandoc(folder), folder)
        else:
            documents(installed_pandoc(), folder)


main()
