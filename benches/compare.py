#!/usr/bin/env python3
"""Builds the same notes with bpdoc and with the site builders that are installed (Zola, Hugo, mdBook), and prints what each
needs and how bpdoc compares.

    cargo build --release --examples --bins
    python3 benches/compare.py target/release 1000 [ROUNDS]

The numbers are CPU seconds (user and system), seconds, and the peak memory of a process in MB: the fastest of some rounds, all
in one run and in turn. bpdoc computes, checks, draws and derives two figures a note and sets the formulas; the others, which
cannot, get the notes without figures and leave formulas as text. Output goes to a RAM disk where there is one.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

LANGUAGES = ["en", "ko"]
FENCE = re.compile(r"```(?:graph|train)[^\n]*\n.*?```\n", re.S)
VALUE = re.compile(r"\\val\{[^}]*\}")
LINK = re.compile(r"\[([^\]]*)\]\([^)]*\.md[^)]*\)")


def plain(text):
    """A note without what only bpdoc knows."""
    return LINK.sub(r"\1", VALUE.sub("1", FENCE.sub("", text)))


def series_of(corpus):
    """The folders of the notes, in order."""
    return sorted(path for path in (corpus / "content").iterdir() if path.is_dir())


def notes_of(series, language):
    return sorted(series.glob(f"[0-9]*.{language}.md"))


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def slug(note):
    """`01-sum.en.md` → `sum`."""
    return note.name.split(".")[0].split("-", 1)[1]


def for_zola(corpus, folder):
    """A project of Zola's, whose pages list their series."""
    write(folder / "config.toml", 'base_url = "https://example.org"\ndefault_language = "en"\ntitle = "Notes"\n[languages.ko]\ntitle = "노트"\n')
    page = "<html><body><ul>{% for page in section.pages %}<li><a href='{{ page.permalink }}'>{{ page.title }}</a></li>{% endfor %}</ul>{{ section.content | safe }}</body></html>"
    write(folder / "templates/section.html", page)
    write(folder / "templates/index.html", page)
    listed = "{% set series = get_section(path=page.ancestors | last) %}{% for other in series.pages %}<li><a href='{{ other.permalink }}'>{{ other.title }}</a></li>{% endfor %}"
    write(folder / "templates/page.html", f"<html><body><h1>{{{{ page.title }}}}</h1><ul>{listed}</ul>{{{{ page.content | safe }}}}</body></html>")
    for language in LANGUAGES:
        end = ".md" if language == "en" else f".{language}.md"
        write(folder / f"content/_index{end}", "+++\n+++\n")
        for series in series_of(corpus):
            write(folder / f"content/{series.name}/_index{end}", f'+++\ntitle = "{series.name}"\nsort_by = "date"\n+++\n')
            for note in notes_of(series, language):
                # What Zola does not know is not front matter of its.
                text = re.sub(r"(?m)^(tags|numbering) = .*\n", "", plain(note.read_text()))
                write(folder / f"content/{series.name}/{slug(note)}{end}", text)
    return [["zola", "--root", str(folder), "build", "--force", "--output-dir", "OUT"]]


def for_hugo(corpus, folder):
    """A project of Hugo's, whose pages list their series."""
    languages = "".join(f'[languages.{tag}]\nlanguageName = "{tag}"\n' for tag in LANGUAGES)
    write(folder / "hugo.toml", f'baseURL = "https://example.org/"\ndefaultContentLanguage = "en"\ndisableKinds = ["taxonomy", "term"]\n{languages}')
    entries = "<ul>{{ range .CurrentSection.RegularPages }}<li><a href='{{ .RelPermalink }}'>{{ .Title }}</a></li>{{ end }}</ul>"
    write(folder / "layouts/_default/single.html", f"<html><body><h1>{{{{ .Title }}}}</h1>{entries}{{{{ .Content }}}}</body></html>")
    write(folder / "layouts/_default/list.html", f"<html><body>{entries}{{{{ .Content }}}}</body></html>")
    write(folder / "layouts/index.html", "<html><body>{{ range .Sections }}<a href='{{ .RelPermalink }}'>{{ .Title }}</a>{{ end }}</body></html>")
    for language in LANGUAGES:
        for series in series_of(corpus):
            write(folder / f"content/{series.name}/_index.{language}.md", f'+++\ntitle = "{series.name}"\n+++\n')
            for note in notes_of(series, language):
                write(folder / f"content/{series.name}/{slug(note)}.{language}.md", plain(note.read_text()))
    return [["hugo", "--quiet", "--source", str(folder), "--destination", "OUT"]]


def for_mdbook(corpus, folder):
    """A book of mdBook's for each language; it knows one at a time."""
    commands = []
    for language in LANGUAGES:
        book = folder / language
        summary = []
        for series in series_of(corpus):
            for note in notes_of(series, language):
                text = plain(note.read_text()).split("+++\n", 2)[-1]
                write(book / f"src/{series.name}/{slug(note)}.md", f"# {slug(note)}\n\n{text}")
                summary.append(f"- [{slug(note)}]({series.name}/{slug(note)}.md)\n")
        write(book / "src/SUMMARY.md", "# Summary\n\n" + "".join(summary))
        write(book / "book.toml", f'[book]\ntitle = "Notes"\nlanguage = "{language}"\n')
        commands.append(["mdbook", "build", str(book), "--dest-dir", f"OUT/{language}"])
    return commands


def left_behind(out):
    """Where programs leave what their next runs can use: a folder for each output, so that none has it from another job."""
    return out.with_name(f"{out.name}-left")


def measure(commands, out):
    """CPU seconds, seconds and peak MB of commands, one after the other."""
    environment = os.environ | {"XDG_CACHE_HOME": str(left_behind(out))}
    cpu, peak, started = 0.0, 0.0, time.monotonic()
    for command in commands:
        command = [part.replace("OUT", str(out)) for part in command]
        with open(os.devnull, "w") as nowhere, tempfile.TemporaryFile() as told:
            child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=nowhere, stderr=told, env=environment)
            _, status, usage = os.wait4(child.pid, 0)
            if status != 0:
                told.seek(0)
                sys.exit(f"{' '.join(command)}\n{told.read(2000).decode(errors='replace')}")
        cpu += usage.ru_utime + usage.ru_stime
        peak = max(peak, usage.ru_maxrss / 1024)
    return cpu, time.monotonic() - started, peak


def rounds_of(jobs, rounds, disk):
    """The fastest round of each job; they take turns."""
    best = {}
    for turn in range(rounds):
        for name, (commands, prepare) in jobs.items():
            out = disk / re.sub(r"\W", "-", name)
            prepare(out)
            found = measure(commands, out)
            best[name] = min(best.get(name, found), found)
    return best


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    programs, count = pathlib.Path(sys.argv[1]).resolve(), int(sys.argv[2])
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 3
    memory = "/dev/shm" if os.path.isdir("/dev/shm") else None
    with tempfile.TemporaryDirectory() as sources, tempfile.TemporaryDirectory(dir=memory) as outputs:
        sources, disk = pathlib.Path(sources), pathlib.Path(outputs)
        corpus = sources / "bpdoc"
        subprocess.run([str(programs / "examples/corpus"), str(corpus), str(count)], check=True)
        build = [[str(programs / "bpdoc"), "build", "--quiet", str(corpus), "--out", "OUT"]]
        note = notes_of(series_of(corpus)[0], "en")[0]

        def empty(out):
            shutil.rmtree(out, ignore_errors=True)
            shutil.rmtree(left_behind(out), ignore_errors=True)

        def built(out):
            measure(build, out)

        def lost(out):
            built(out)
            shutil.rmtree(out)

        def edited(out):
            built(out)
            note.write_text(note.read_text() + "\nOne more sentence.\n")

        jobs = {
            "bpdoc": (build, empty),
            "bpdoc, nothing changed": (build, built),
            "bpdoc, a note changed": (build, edited),
            "bpdoc, the site lost": (build, lost),
        }
        peers = {"zola": for_zola, "hugo": for_hugo, "mdbook": for_mdbook}
        for name, prepared in peers.items():
            if shutil.which(name):
                jobs[name] = (prepared(corpus, sources / name), empty)
            else:
                print(f"{name} is not installed")
        best = rounds_of(jobs, rounds, disk)
    print(f"{count} notes in {len(LANGUAGES)} languages, the fastest of {rounds} rounds")
    print(f"{'':24} {'CPU s':>8} {'s':>8} {'MB':>7}   bpdoc's CPU by its")
    own = best["bpdoc"][0]
    for name, (cpu, seconds, peak) in best.items():
        ratio = f"{own / cpu:.2f}" if name in peers else ""
        print(f"{name:24} {cpu:8.2f} {seconds:8.2f} {peak:7.0f}   {ratio}")


main()
