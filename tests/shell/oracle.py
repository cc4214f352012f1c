"""Runs generated snippets with the real bash and dash, and compares what started with what the reader says.

In an empty folder the names python3, perl, node, ruby and php come first in PATH and are one harmless recorder.
``python -m tests.shell.oracle N SEED`` prints the misses.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from flycatcher.core.shell import UNKNOWN, read_shell
from tests.shell.grammar import NAMES, Maker

RECORDER = r"""#!/usr/bin/perl
use strict;
sub quoted { my $t = shift; $t =~ s/(.)/sprintf("%02x", ord($1))/gse; return "\"$t\"" }
my $stdin = "null";
my @files;
if (!@ARGV || $ARGV[0] eq "-" || $ARGV[0] eq "/dev/stdin") { local $/; my $t = <STDIN>; $stdin = quoted(defined $t ? $t : ""); }
for my $word (@ARGV) {
  if ($word =~ m{^/dev/fd/(\d+)$}) { local $/; open(my $f, "<", $word) or next; my $t = <$f>; push @files, "\"$1\":" . quoted($t); }
}
my ($name) = $0 =~ m{([^/]*)$};
my @env = map { quoted($_) . ":" . quoted($ENV{$_}) }
  grep { !/^(PWD|OLDPWD|SHLVL|_|R|LC_ALL|LD_PRELOAD|_STDBUF_.)$/ } sort keys %ENV;
my $args = join(",", map { quoted($_) } @ARGV);
my $line = "{\"name\":" . quoted($name) . ",\"args\":[$args],\"stdin\":$stdin,\"files\":{" . join(",", @files)
  . "},\"env\":{" . join(",", @env) . "}}\n";
open(my $out, ">>", $ENV{R}) or die; syswrite($out, $line); close $out;
"""


def unhex(value):
    if isinstance(value, str):
        return os.fsdecode(bytes.fromhex(value))
    if isinstance(value, list):
        return [unhex(item) for item in value]
    return value


class Lab:
    """A folder with recorders."""

    def __init__(self, folder: str) -> None:
        self.root = Path(folder)
        (self.root / "bin").mkdir()
        (self.root / "empty").mkdir()
        (self.root / "home").mkdir()  # fish keeps its history there
        recorder = self.root / "bin" / NAMES[0]
        recorder.write_text(RECORDER)
        recorder.chmod(0o755)
        for name in NAMES[1:]:
            (self.root / "bin" / name).symlink_to(recorder)
        self.env = {
            "PATH": f"{self.root}/bin:/usr/local/bin:/usr/bin:/bin",
            "HOME": str(self.root / "home"),
            "LC_ALL": "C.UTF-8",
        }

    def run(self, shell: str, snippet: str) -> list[dict]:
        log = self.root / "log"
        log.unlink(missing_ok=True)
        subprocess.run(
            [shell, "-c", snippet, shell],
            cwd=self.root / "empty",
            env={**self.env, "R": str(log)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=20,
            check=False,
        )
        if not log.exists():
            return []
        records = []
        for line in log.read_text().splitlines():
            raw = json.loads(line)
            records.append(
                {
                    "argv": [unhex(raw["name"]), *unhex(raw["args"])],
                    "stdin": None if raw["stdin"] is None else unhex(raw["stdin"]),
                    "files": {int(key): unhex(value) for key, value in raw["files"].items()},
                    "env": {unhex(key): unhex(value) for key, value in raw["env"].items()},
                }
            )
        return records

    def read(self, shell: str, snippet: str):
        env = {**self.env, "R": str(self.root / "log")}
        return read_shell(snippet, dialect="sh" if shell == "dash" else "bash", env=env, args=[])


def fits(known: str | None, real: str | None) -> bool:
    if real is None:
        return True
    if known is None:
        return False
    return re.fullmatch(".*".join(map(re.escape, known.split(UNKNOWN))), real, re.DOTALL) is not None


def same(execution, record: dict) -> bool:
    argv = [execution.argv[0].rsplit("/", 1)[-1], *execution.argv[1:]]
    if len(argv) != len(record["argv"]) or not all(map(fits, argv, record["argv"])):
        return False
    env = {
        name: value
        for name, value in execution.env.items()
        if name not in ("R", "LC_ALL", "PWD", "OLDPWD", "SHLVL", "_")
    }
    if env != record["env"]:
        return False
    stdin = execution.stdin_text if execution.stdin != "unknown" else (execution.stdin_text or "")
    return fits(stdin, record["stdin"]) and all(
        fits(execution.descriptors.get(key), text) for key, text in record["files"].items()
    )


def compare(lab: Lab, shell: str, snippet: str, *, straight: bool) -> list[str]:
    """Return what differs."""
    records = lab.run(shell, snippet)
    result = lab.read(shell, snippet)
    mine = [each for each in result.executions if each.argv[0].rsplit("/", 1)[-1] in NAMES]
    problems = []
    for record in records:
        match = next((each for each in mine if same(each, record)), None)
        if match is None:
            problems.append(f"missed {record}")
        else:
            mine.remove(match)
    if straight and not problems:
        problems += [f"not run {each.argv} {each.stdin_text!r}" for each in mine]
    if result.errors:
        problems.append(f"errors {result.errors}")
    return problems


def cases(count: int, seed: int):
    for index in range(count):
        shell = "bash" if index % 2 else "dash"
        maker = Maker(seed * 1_000_003 + index, shell)
        yield shell, maker.snippet(), maker.straight


def main() -> int:
    count, seed = int(sys.argv[1]), int(sys.argv[2])
    bad = ran = 0
    with tempfile.TemporaryDirectory() as folder:
        lab = Lab(folder)
        for shell, snippet, straight in cases(count, seed):
            problems = compare(lab, shell, snippet, straight=straight)
            ran += 1
            if problems:
                bad += 1
                print(f"--- {shell}\n{snippet}", *problems, sep="\n    ")
    print(f"{ran} snippets, {bad} differ")
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
