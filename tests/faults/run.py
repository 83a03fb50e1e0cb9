#!/usr/bin/env python3
"""Builds that are killed, that fail at any system call, and that come in each other's way: the published folder is wholly
the old or wholly the new site, no success is told that was none, and the next build leaves nothing behind.

    run.py BPDOC [KILLS]

The faults of system calls need strace; without it they are left out, which is said."""

import hashlib
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BPDOC = os.path.abspath(sys.argv[1])
KILLS = int(sys.argv[2]) if len(sys.argv) > 2 else 60
NOTE = "# {0}\n\n```graph #g\nw = {1}\nf = w * w\n```\n"

# Of each group the k-th call fails, for some k from the first to the last.
CALLS = [
    "openat,open,creat",
    "write,pwrite64,writev",
    "rename,renameat,renameat2",
    "mkdir,mkdirat",
    "fsync,fdatasync,syncfs",
    "unlink,unlinkat,rmdir",
    "link,linkat",
    "fchmod,fchmodat,chmod",
    "flock",
    "getdents64",
    "statx,newfstatat",
]
FAULTS = ["error=EIO", "error=ENOSPC", "error=EACCES", "error=EMFILE", "signal=KILL"]
PLACES = 3


def state(out):
    """What a folder holds, but for what is not bpdoc's."""
    if not out.is_dir():
        return "nothing"
    found = hashlib.sha256()
    for path in sorted(p for p in out.rglob("*") if p.is_file() and p.name != "CNAME"):
        found.update(bytes(path.relative_to(out)) + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()


class Trial:
    def __init__(self, folder):
        self.folder, self.out, self.wrong = folder, folder / "to" / "site", []
        self.projects = []
        for number, notes in enumerate([2, 5]):
            for note in range(notes):
                path = folder / f"p{number}/content/s/{note}-n{note}.ko.md"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(NOTE.format(note, number + 2))
        self.projects = [folder / "p0", folder / "p1"]
        self.states = []
        for project in self.projects:
            assert self.build(project).returncode == 0, "the project does not build"
            self.states.append(state(self.out))
        (self.out / "CNAME").write_text("foreign")

    def command(self, project, before=()):
        return [*before, BPDOC, "build", str(project), "-o", str(self.out)]

    def build(self, project, before=()):
        return subprocess.run(self.command(project, before), stdin=subprocess.DEVNULL, capture_output=True, text=True)

    def check(self, what, told=None):
        """The folder is whole, and holds the new site if that is what was told."""
        now = state(self.out)
        if now not in self.states:
            self.wrong.append(f"{what}: the site is mixed or gone")
        elif told is not None and now != told:
            self.wrong.append(f"{what}: a success that was none")
        if not (self.out / "CNAME").is_file():
            self.wrong.append(f"{what}: a file that is not bpdoc's is gone")

    def settle(self, project):
        """A build that nothing disturbs: it works, and nothing is left beside the site."""
        ended = self.build(project)
        left = sorted(path.name for path in self.out.parent.iterdir())
        if ended.returncode or left != ["site"] or state(self.out) != self.states[self.projects.index(project)]:
            self.wrong.append(f"the next build: {ended.returncode}, beside the site {left}: {ended.stderr[:200]}")

    def other(self):
        return self.projects[state(self.out) == self.states[0]]

    def kills(self, random_):
        start = time.monotonic()
        self.build(self.other())
        duration = time.monotonic() - start
        for number in range(KILLS):
            build = subprocess.Popen(self.command(self.other()), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(random_.uniform(0, 1.1 * duration))
            build.kill()
            build.wait()
            self.check(f"kill {number}")
            if number % 10 == 9:
                self.settle(self.projects[0])

    def faults(self):
        old, new = self.projects
        count = 0
        for calls in CALLS:
            self.settle(old)
            trace = self.folder / "trace"
            self.build(new, ["strace", "-f", "-qq", "-e", f"trace={calls}", "-o", str(trace)])
            total = len(re.findall(r"^\d+ +\w+\(", trace.read_text(errors="replace"), re.M))
            for place in sorted({1 + (total - 1) * k // max(PLACES - 1, 1) for k in range(PLACES)} if total else ()):
                for fault in FAULTS:
                    self.settle(old)
                    inject = f"inject={calls}:{fault}:when={place}"
                    ended = self.build(new, ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={calls}", "-e", inject])
                    what = f"{calls} {fault} at {place} of {total}"
                    self.check(what, self.states[1] if ended.returncode == 0 else None)
                    if ended.returncode not in (0, 1, 2, 3) and "KILL" not in fault or "panicked" in ended.stderr:
                        self.wrong.append(f"{what}: {ended.returncode} {ended.stderr[:200]}")
                    count += 1
        self.settle(old)
        return count

    def together(self):
        for round_ in range(3):
            builds = [subprocess.Popen(self.command(self.projects[i % 2]), stderr=subprocess.DEVNULL) for i in range(8)]
            codes = [build.wait() for build in builds]
            self.check(f"eight builds at once, round {round_}")
            if any(codes):
                self.wrong.append(f"builds at once end with {codes}")
        self.settle(self.projects[0])


def main():
    folder = Path(tempfile.mkdtemp(prefix="bpdoc-faults-"))
    try:
        trial = Trial(folder)
        trial.kills(random.Random(1))
        trial.together()
        if shutil.which("strace"):
            print(f"{trial.faults()} faults of system calls")
        else:
            print("no strace: system calls are not made to fail")
        print(f"{KILLS} kills, {len(trial.wrong)} of all went wrong")
        print("\n".join(trial.wrong[:20]))
        return 1 if trial.wrong else 0
    finally:
        shutil.rmtree(folder, ignore_errors=True)


sys.exit(main())
