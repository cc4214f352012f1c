"""Logs that real daemons write while the oracle's lines run, and what `hunt` says of them beside `check`.

``python -m tests.oracle.daemons [CASES] [SEED] [KEEP]`` as root, with auditd, auditctl and, where they are installed, laurel, rsyslogd and audisp-syslog
on PATH. The lines run with a login user of their own, which is what the audit rule asks for: nobody else's starts are recorded. Rule
and status of the audit system are put back. `check` is asked about what a log can carry: words, program and folder. KEEP is a
folder in which the logs stay.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bench.other_tools import AUDITD, audit_status

from flycatcher.commands.check.stream import answers
from flycatcher.hunt.engine import Found, Hunt, Options
from flycatcher.hunt.inputs import series
from tests.oracle.cage import confine
from tests.oracle.grammars import all_grammars
from tests.oracle.harness import FOLDER, Case, cases

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LOGIN = 54321
GRAMMARS = ("python", "perl", "ruby", "node", "php", "bash", "awk", "lua", "tcl")
RULES = [["-F", "arch=b64", "-S", "execve,execveat", "-F", f"auid={LOGIN}"]]
SECONDS = 10


class Line(NamedTuple):
    """What was started."""

    program: str
    argv: tuple[str, ...]
    cwd: str


def main() -> None:
    """Record, hunt, compare, print a Markdown table."""
    count, seed = (int(sys.argv[at]) if len(sys.argv) > at else default for at, default in ((1, 40), (2, 1)))
    with tempfile.TemporaryDirectory(prefix="oracle-daemons-") as scratch:
        folder = Path(sys.argv[3] if len(sys.argv) > 3 else scratch)
        folder.mkdir(exist_ok=True)
        with recorded(folder) as log:
            lines = _in_a_child(count, seed, folder)
            _settled(log)
        print(f"{len(lines)} lines of {len({line.program for line in lines})} programs, seed {seed}\n")
        print(
            "| log | bytes | starts in it | `check` says inline | `hunt` says so too | not said | said besides | another text |"
        )
        print("|---|---|---|---|---|---|---|---|")
        for name, path in {"auditd": log, **_others(folder, log)}.items():
            print(_row(name, path, lines), flush=True)


@contextlib.contextmanager
def recorded(folder: Path) -> Iterator[Path]:
    """Run auditd with a configuration of its own and one rule for one login user."""
    before = audit_status()
    if before["pid"]:
        raise OSError(f"an auditd is running already (pid {before['pid']})")
    settings = folder / "etc"
    settings.mkdir(exist_ok=True, mode=0o700)
    log = folder / "audit.log"
    (settings / "auditd.conf").write_text(AUDITD.format(log=log).replace("RAW", "ENRICHED"))
    daemon = subprocess.Popen(
        ["auditd", "-n", "-c", str(settings)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _until(lambda: audit_status()["pid"] == daemon.pid)
        subprocess.run(["auditctl", "-b", "8192"], check=True, capture_output=True)
        for rule in RULES:
            subprocess.run(["auditctl", "-a", "always,exit", *rule], check=True, capture_output=True)
        yield log
    finally:
        for rule in RULES:
            subprocess.run(["auditctl", "-d", "always,exit", *rule], check=False, capture_output=True)
        daemon.terminate()
        daemon.wait(timeout=30)
        for option, name in (("-b", "backlog_limit"), ("-e", "enabled")):
            subprocess.run(["auditctl", option, str(before[name])], check=True, capture_output=True)


def _until(holds: Callable[[], bool]) -> None:
    """Wait for a condition, for a while."""
    for _ in range(300):
        if holds():
            return
        time.sleep(0.1)
    raise OSError("waited for 30 seconds in vain")


def _settled(log: Path) -> None:
    """Wait until the log grows no more."""
    size = -1
    while size != (size := log.stat().st_size):
        time.sleep(1)


def _in_a_child(count: int, seed: int, folder: Path) -> list[Line]:
    """Run the lines in a process that has logged in as somebody else; return them."""
    told = folder / "lines.jsonl"
    pid = os.fork()
    if pid == 0:
        code = 1
        with contextlib.suppress(Exception):
            Path("/proc/self/loginuid").write_text(str(LOGIN))
            _run(count, seed, told)
            code = 0
        os._exit(code)
    if os.waitpid(pid, 0)[1]:
        raise OSError("the lines could not be run")
    with told.open(encoding="utf-8", errors="surrogateescape") as file:
        return [Line(row["program"], tuple(row["argv"]), row["cwd"]) for row in map(json.loads, file)]


def _run(count: int, seed: int, told: Path) -> None:
    """Run the lines of each grammar, and write them down."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with told.open("w", encoding="utf-8") as file, tempfile.TemporaryDirectory(dir=FOLDER) as root:
        confine(FOLDER)
        for grammar in all_grammars():
            if grammar.id not in GRAMMARS:
                continue
            made = list(cases(grammar, count, seed))
            for number, (case, program) in enumerate(random.Random(seed).sample(made, min(count, len(made)))):
                place = Path(root, grammar.id, str(number))
                if not (case.fifos or case.descriptor_text or case.renamed or case.stdin == "tty") and _runs(
                    case, program, place
                ):
                    file.write(
                        json.dumps(
                            {"program": program, "argv": [case.argv0 or program, *case.argv[1:]], "cwd": str(place)}
                        )
                        + "\n"
                    )


def _runs(case: Case, program: str, place: Path) -> bool:
    """Run one line; return whether it could be started."""
    place.mkdir(parents=True)
    for name, content in case.files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(place),
        "FC_MARK": str(place / ".mark"),
        "LC_ALL": "C.UTF-8",
        **case.env,
    }
    try:
        subprocess.run(
            [case.argv0 or program, *case.argv[1:]], executable=program, env=env, cwd=place, input=case.stdin_text.encode(),
            capture_output=True, timeout=SECONDS, check=False, start_new_session=True,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return True
    except (OSError, ValueError):
        return False
    return True


def _others(folder: Path, log: Path) -> dict[str, Path]:
    """Return the logs that other daemons write from auditd's records."""
    found = {}
    if laurel := shutil.which("laurel"):
        settings = folder / "laurel.toml"
        out = folder / "laurel"
        out.mkdir(exist_ok=True)
        settings.write_text(
            f'directory = "{out}"\n[auditlog]\nfile = "laurel.log"\nsize = 1000000000\ngenerations = 1\n'
            '[transform]\nexecve-argv = ["array"]\n[translate]\nuniversal = true\nuser-db = true\n[enrich]\npid = true\nexecve-env = []\n'
        )
        with log.open("rb") as records:
            subprocess.run(
                [laurel, "--config", str(settings)], stdin=records, check=True, capture_output=True, timeout=120
            )
        found["LAUREL"] = out / "laurel.log"
    if shutil.which("rsyslogd") and shutil.which("audisp-syslog"):
        found["audisp-syslog, rsyslog"] = _through_syslog(folder, log)
    return found


def _through_syslog(folder: Path, log: Path) -> Path:
    """Let audisp-syslog hand the records to an rsyslogd, in a mount namespace in which /dev/log is theirs."""
    out, settings, script = folder / "syslog", folder / "rsyslog.conf", folder / "syslog.sh"
    settings.write_text(
        f'module(load="imuxsock" SysSock.Name="/dev/log" SysSock.RateLimit.Interval="0")\n*.* action(type="omfile" file="{out}")\n'
    )
    script.write_text(
        "set -e\nmkdir -p $1/dev; mount -t tmpfs none $1/dev\n"
        "for each in null zero urandom; do touch $1/dev/$each; mount --bind /dev/$each $1/dev/$each; done\nmount --move $1/dev /dev\n"
        "modules=$(echo $(dirname $(command -v rsyslogd))/../lib/*/rsyslog)\n"
        "rsyslogd -n -M $modules -f $1/rsyslog.conf -i $1/rsyslogd.pid & daemon=$!\n"
        "for each in $(seq 100); do [ -S /dev/log ] && break; sleep 0.1; done\n"
        "audisp-syslog LOG_INFO < $2\nkill $daemon; wait $daemon || true\n"
    )
    subprocess.run(
        ["unshare", "--mount", "sh", str(script), str(folder), str(log)], check=True, capture_output=True, timeout=120
    )
    return out


def _row(name: str, path: Path, lines: list[Line]) -> str:
    """Return a row of the table."""
    hunt = Hunt(Options(shells=True))
    said: dict[tuple[str, ...], set[str]] = {}
    for found in hunt.hunt(series([str(path)])):
        if isinstance(found, Found):
            texts = said.setdefault(found.detection.execution.argv, set())
            texts |= {snippet.text or "" for snippet in found.detection.snippets}
    figures: Counter[str] = Counter()
    for line in lines:
        expected = _checked(line)
        got = said.get(line.argv)
        figures["inline"] += bool(expected)
        figures["too"] += bool(expected) and got is not None
        figures["missed"] += bool(expected) and got is None
        figures["besides"] += not expected and got is not None
        figures["text"] += expected is not None and got is not None and not expected <= got
        if (expected is None) != (got is None) or (expected is not None and not expected <= (got or set())):
            print(f"{name}: {line} check {expected} hunt {got}", file=sys.stderr)
    return (
        f"| {name} | {path.stat().st_size:,} | {hunt.tally.counts.get('starts', 0):,} | {figures['inline']} | {figures['too']} "
        f"| {figures['missed']} | {figures['besides']} | {figures['text']} |"
    )


def _checked(line: Line) -> set[str] | None:
    """Return the texts that `check` finds in what a log can carry of a line; None where it finds none."""
    row = {"argv": line.argv, "exe": os.path.realpath(line.program), "cwd": line.cwd}
    answer = json.loads(next(answers(iter([json.dumps(row).encode()]), shells=True)))
    return {snippet.get("text") or "" for snippet in answer["snippets"]} if answer.get("code_on_the_fly") else None


if __name__ == "__main__":
    main()
