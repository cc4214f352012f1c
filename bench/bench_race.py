"""How often a race against ``flycatcher run --deny`` is won, and how long what won it runs before it is killed.

    python -m bench.bench_race [--tries 10000] [--kind words|path|file]     (some minutes each; needs gcc and perl)

Each try starts a program by posix_spawn(3) while something changes what it will be: a second thread the words or the path, a second
process the file that the path names (rename(2)). The marker writes a byte when its first statement runs, and another one
5 ms later. Whatever is not refused before it starts has to be found out and killed after it.
"""

from __future__ import annotations

import argparse
import json
import os
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
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;
static char path[64], first[64];
static char *words[] = {"program", first, 0};
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
    strcpy(path, perl);
    strcpy(first, code);
    if (!strcmp(kind, "words")) pthread_create(&thread, 0, flip_words, code);
    if (!strcmp(kind, "path")) pthread_create(&thread, 0, flip_path, perl);
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


def race(kind: str, tries: int, python: str = sys.executable, options: tuple[str, ...] = ("--deny",)) -> Result:
    """Run one kind of race that many times."""
    perl = os.path.realpath("/usr/bin/perl")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepare(folder, perl)
        report = folder / "r.jsonl"
        command = [str(folder / "racer"), kind, str(tries), perl, marker(folder)]
        done = subprocess.run(
            [python, "-m", "flycatcher", "run", "-q", *options, "--report", str(report), "--", *command],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False, cwd=folder,
            env={**os.environ, "PYTHONPATH": f"{SOURCE}:{os.environ.get('PYTHONPATH', '')}"},
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
    parser.add_argument("--kind", choices=("words", "path", "file"), action="append")
    given = parser.parse_args()
    print(
        "| what changes | tries | refused | killed | marker began | ran 5 ms | killed after, median, 99 %, most (ms) | exit code |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for kind in given.kind or ("words", "path", "file"):
        found = race(kind, given.tries)
        took = sorted(found.milliseconds) or [0.0]
        times = f"{statistics.median(took):.1f}, {took[int(len(took) * 0.99)]:.1f}, {took[-1]:.1f}"
        print(
            f"| {kind} | {found.tries} | {found.refused} | {found.killed} | {found.started} | {found.survived} | {times} | {found.unverified} | {found.code} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
