"""How often a race against ``flycatcher run --deny`` is won, and how long what won it runs before it is killed.

    python -m bench.bench_race [--tries 10000] [--kind words|path|file|mapping] [--user NAME]     (some minutes each; needs gcc and perl)

Each try starts a program by posix_spawn(3) while something changes what it will be: a second thread the words or the path, a second
process the file that the path names (rename(2)), or the words through memory that both have mapped. The marker writes a byte when its first statement runs, and another one
5 ms later. Whatever is not refused before it starts has to be found out and killed after it.
"""

from __future__ import annotations

import argparse
import json
import os
import pwd
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

RACER = r"""
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;
static char path[64], own[64], *first = own;
static char *words[] = {"program", own, 0};
static volatile int on = 1;

static void *flip_words(void *code) {
    while (on) { memcpy(first, "script", 7); memcpy(first, code, strlen(code) + 1); }
    return 0;
}

static void *flip_path(void *perl) {
    while (on) { memcpy(path, "/bin/true", 10); memcpy(path, perl, strlen(perl) + 1); }
    return 0;
}

static void swap_files(void) {
    for (;;) { rename("harmless", "program"); link("program.true", "harmless"); rename("marker", "program"); link("program.perl", "marker"); }
}

int main(int argc, char **argv) {
    char *kind = argv[1], *perl = argv[3], *code = argv[4];
    int tries = atoi(argv[2]), refused = 0, killed = 0, ended = 0;
    pthread_t thread;
    pid_t swapper = 0;
    if (!strcmp(kind, "mapping"))
        words[1] = first = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    strcpy(path, perl);
    strcpy(first, code);
    if (!strcmp(kind, "words")) pthread_create(&thread, 0, flip_words, code);
    if (!strcmp(kind, "path")) pthread_create(&thread, 0, flip_path, perl);
    if (!strcmp(kind, "mapping") && !(swapper = fork())) flip_words(code);
    if (!strcmp(kind, "file")) {
        strcpy(path, "./program");
        if (!(swapper = fork())) swap_files();
    }
    for (int i = 0; i < tries; i++) {
        pid_t pid;
        int status;
        if (posix_spawn(&pid, path, 0, 0, words, environ)) { refused++; continue; }
        waitpid(pid, &status, 0);
        if (WIFSIGNALED(status)) killed++; else ended++;
    }
    on = 0;
    if (swapper) kill(swapper, SIGKILL);
    printf("%d %d %d\n", refused, killed, ended);
    return 0;
}
"""
SOURCE = str(Path(__file__).resolve().parents[1] / "src")
KINDS = ("words", "path", "file", "mapping")
SURVIVES = 0.005
"""Seconds after which a marker counts as one that survived."""


class Result(NamedTuple):
    """How one kind of race went."""

    tries: int
    refused: int
    killed: int
    ended: int
    """Programs that ended by themselves: harmless ones, and markers that were not killed."""
    started: int
    """Markers whose first statement ran."""
    survived: int
    """Markers that still ran 5 ms later."""
    milliseconds: list[float]
    """From the answer to the kernel to the kill, for each that was killed."""
    code: int
    unverified: int


def marker(folder: Path) -> str:
    """Return the option that makes the marker: a byte at once, another one after 5 ms."""
    write = f"open my $f,q(>>),q({folder}/%s);syswrite $f,1;"
    code = write % "started" + f"select undef,undef,undef,{SURVIVES};" + write % "survived"
    (folder / "m.pl").write_text(code)
    return f"-edo q({folder}/m.pl)"


def prepare(folder: Path, perl: str) -> None:
    """Build the racer and lay out the files."""
    (folder / "racer.c").write_text(RACER.replace("[64]", "[256]"))
    subprocess.run(["gcc", "-O2", "-pthread", "-o", folder / "racer", folder / "racer.c"], check=True)
    (folder / "script").write_text("1;\n")
    for name, source in (("program.true", "/bin/true"), ("program.perl", perl)):
        shutil.copy(source, folder / name)
    for name, source in (("program", "program.true"), ("harmless", "program.true"), ("marker", "program.perl")):
        os.link(folder / source, folder / name)


def race(
    kind: str, tries: int, python: str = sys.executable, options: tuple[str, ...] = ("--deny",), user: str = ""
) -> Result:
    """Run one kind of race that many times; ``user``: as whom, by a Python that may be run by everybody."""
    perl = os.path.realpath("/usr/bin/perl")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepare(folder, perl)
        entry = pwd.getpwnam(user) if user else None
        if entry is not None:
            python = "/usr/bin/python3"
            for place in (folder, *folder.iterdir()):
                os.chown(place, entry.pw_uid, entry.pw_gid)
        report = folder / "r.jsonl"
        command = [str(folder / "racer"), kind, str(tries), perl, marker(folder)]
        done = subprocess.run(
            [python, "-m", "flycatcher", "run", "-q", *options, "--report", str(report), "--", *command],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False, cwd=folder,
            env={**os.environ, "PYTHONPATH": ":".join((SOURCE, *(each for each in sys.path if each.endswith("site-packages"))))},
user=entry.pw_uid if entry else None, group=entry.pw_gid if entry else None, extra_groups=[] if entry else None,
        )  # fmt: skip
        refused, killed, ended = map(int, done.stdout.split())
        rows = [json.loads(line) for line in report.read_text().splitlines()]
        took = [_took(row) for row in rows if row.get("policy", {}).get("action") == "killed"]
        began, survived = _size(folder / "started"), _size(folder / "survived")
        unverified = rows[-1]["summary"].get("unverified", 0)
        return Result(tries, refused, killed, ended, began, survived, took, done.returncode, unverified)


def _took(row: dict[str, dict[str, str]]) -> float:
    """Return the milliseconds that a killed execution's record names."""
    return float(row["policy"]["reason"].split()[2])


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def main() -> None:
    """Measure each kind, and print a table's rows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tries", type=int, default=10_000)
    parser.add_argument("--kind", choices=KINDS, action="append")
    parser.add_argument("--user", default="", help="as whom the build and its supervisor run; without it as you")
    given = parser.parse_args()
    print(
        "| what changes | tries | refused | killed | marker began | ran 5 ms | killed after, median, 99 %, most (ms) | unverified | exit code |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|")
    for kind in given.kind or KINDS:
        found = race(kind, given.tries, user=given.user)
        took = sorted(found.milliseconds) or [0.0]
        times = f"{statistics.median(took):.1f}, {took[int(len(took) * 0.99)]:.1f}, {took[-1]:.1f}"
        print(
            f"| {kind} | {found.tries} | {found.refused} | {found.killed} | {found.started} | {found.survived} | {times} | {found.unverified} | {found.code} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
