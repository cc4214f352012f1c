"""``flycatcher respond contain`` and ``release``: trees, groups and namespaces of the test's own are contained, and let go again."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from flycatcher.commands import cli
from flycatcher.commands.respond import spared
from flycatcher.commands.respond.contain import expiry, network
from flycatcher.commands.respond.contain.expiry import At, Systemd
from flycatcher.commands.respond.contain.network import Quarantine, network_of
from flycatcher.commands.respond.contain.probe import Answer
from flycatcher.commands.respond.contain.state import Containment, Folder, Stopped, boot
from flycatcher.commands.respond.contain.target import target_of
from flycatcher.commands.respond.freeze import Stat, processes, stat_of
from flycatcher.core.errors import FlycatcherError
from flycatcher.signing.files import write_private
from flycatcher.signing.keys import generate
from flycatcher.signing.note import ED25519
from flycatcher.sources.sensors.ebpf.kill import cgroup_root

WAITS = "import signal; print('ready', flush=True); signal.pause()"
PARENT = f"""
import signal, subprocess, sys
child = subprocess.Popen([sys.executable, "-Sc", {WAITS!r}], stdout=subprocess.PIPE)
child.stdout.readline()
print(child.pid, flush=True)
signal.pause()
"""
NOBODY = 65534


@contextmanager
def running(code: str = WAITS, *before: str) -> Iterator[tuple[int, str]]:
    """Run a program in a session of its own; give its number and its first line. It ends with the block."""
    process = subprocess.Popen(
        [*before, sys.executable, "-Sc", code], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, start_new_session=True
    )
    assert process.stdout
    try:
        yield process.pid, process.stdout.readline().decode().strip()
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "contained"


def call(*words: object) -> Result:
    return CliRunner().invoke(cli, ["respond", *map(str, words)])


def done(*words: object) -> list[str]:
    result = call(*words)
    assert result.exit_code == 0, (result.output, result.exception)
    return result.stdout.splitlines()


def refused(*words: object) -> FlycatcherError:
    error = call(*words).exception
    assert isinstance(error, FlycatcherError), error
    return error


def state_of(pid: int) -> str:
    found = stat_of(pid)
    return found.state if found else "gone"


def only(folder: Path) -> str:
    [file] = folder.glob("*.json")
    return file.stem


def test_without_enforce_nothing_is_done_and_the_commands_are_printed(state: Path) -> None:
    with running(PARENT) as (pid, child):
        lines = done("contain", pid, "--freeze", "--state", state)
        identity = lines[0].split()[5].rstrip(":")
        assert lines[0] == f"# a rehearsal of containment {identity}: {pid}; --enforce does it"
        assert lines[1] == "# 2 processes"
        assert lines[-1] == f"kill -STOP {pid} {child}"
        assert done("contain", pid, "--kill", "--state", state)[-2:] == [
            f"kill -STOP {pid} {child}",
            f"kill -KILL {pid} {child}",
        ]
        assert state_of(pid) not in "TtZX"
    assert not state.exists()


def test_a_tree_stays_frozen_until_it_is_released(state: Path) -> None:
    with running(PARENT) as (pid, child):
        rehearsed = done("contain", pid, "--freeze", "--state", state)[0].split()[5].rstrip(":")
        said = done("contain", pid, "--freeze", "--enforce", "--state", state)
        identity = only(state)
        assert said == [
            f"{identity}: stopped 2 processes",
            f"to end it: flycatcher respond release {identity} --enforce",
        ]
        assert rehearsed == identity
        assert (state_of(pid), state_of(int(child))) == ("T", "T")
        assert done("contain", "--status", "--state", state)[1] == "  freeze: 2 of 2 processes stopped, 2 alive"
        assert done("release", identity, "--state", state)[1:] == [f"kill -CONT {child} {pid}"]
        assert state_of(pid) == "T"
        assert done("release", identity, "--enforce", "--state", state) == [f"{identity}: let 2 processes go on"]
        assert state_of(pid) not in "TtZX"
        assert state_of(int(child)) not in "TtZX"
    assert done("contain", "--status", "--state", state) == ["nothing is contained"]


def test_what_is_contained_already_is_refused(state: Path) -> None:
    with running() as (pid, _):
        done("contain", pid, "--freeze", "--enforce", "--state", state)
        error = refused("contain", pid, "--freeze", "--enforce", "--state", state)
        assert error.hint == f"flycatcher respond release {only(state)} --enforce ends that"


def test_what_was_stopped_before_is_not_let_go_on(state: Path) -> None:
    with running(PARENT) as (pid, child):
        os.kill(int(child), signal.SIGSTOP)
        while state_of(int(child)) != "T":
            os.sched_yield()
        done("contain", pid, "--freeze", "--enforce", "--state", state)
        assert done("release", only(state), "--enforce", "--state", state)[0].endswith("let 1 process go on")
        assert state_of(int(child)) == "T"


def test_a_tree_is_killed_whole(state: Path) -> None:
    with running(PARENT) as (pid, child):
        assert done("contain", pid, "--kill", "--enforce", "--state", state)[0].endswith("killed 2 processes")
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        assert (state_of(pid), state_of(int(child)) in {"Z", "gone"}) == ("Z", True)
    assert list(state.iterdir()) == []


def test_a_process_that_was_given_the_number_of_another_one_is_left_alone(state: Path) -> None:
    folder = Folder(state)
    folder.prepare()
    with running() as (pid, _):
        os.kill(pid, signal.SIGSTOP)
        kept = Containment(
            id="0" * 8, target="4711", acts=["freeze"], time="", boot=boot(), stopped=[Stopped(pid, 1, "python3")]
        )
        folder.save(kept)
        assert done("release", "0" * 8, "--enforce", "--state", state) == [
            "00000000: let 0 processes go on, 1 had ended"
        ]
        while state_of(pid) != "T":
            os.sched_yield()
        target = target_of(str(pid))
        os.kill(pid, signal.SIGCONT)
        earlier = type(target)("tree", target.text, pid, target.start - 1)
        with pytest.raises(FlycatcherError, match=f"no process {pid}"), earlier.crowd(freeze=True):
            pass
        assert state_of(pid) not in "Tt"


def test_a_reboot_is_known_to_have_ended_a_containment(state: Path) -> None:
    folder = Folder(state)
    folder.prepare()
    with running() as (pid, _):
        start = processes()[pid].start
        os.kill(pid, signal.SIGSTOP)
        while state_of(pid) != "T":
            os.sched_yield()
        folder.save(
            Containment(
                id="1" * 8,
                target=str(pid),
                acts=["freeze"],
                time="",
                boot="another",
                stopped=[Stopped(pid, start, "x")],
            )
        )
        assert done("contain", "--status", "--state", state)[1] == "  freeze: a reboot has ended it"
        assert done("release", "1" * 8, "--enforce", "--state", state) == ["11111111: a reboot has ended it"]
        assert state_of(pid) == "T"


@pytest.mark.parametrize("pid", [1, os.getpid(), os.getppid()], ids=["first", "itself", "parent"])
@pytest.mark.parametrize("how", ["--freeze", "--kill"])
def test_the_responder_touches_nothing_that_it_runs_below(pid: int, how: str, state: Path) -> None:
    error = refused("contain", pid, how, "--enforce", "--state", state)
    assert error.code == 2
    assert not state.exists()


@pytest.mark.skipif(not os.path.exists("/proc/2/stat"), reason="no threads of the kernel in this pid namespace")
def test_threads_of_the_kernel_are_not_touched() -> None:
    if not processes()[2].is_kernel:
        pytest.skip("no threads of the kernel in this pid namespace")
    assert str(refused("contain", 2, "--kill")) == "process 2 is a thread of the kernel"


def test_the_sshd_of_the_session_is_known_by_its_session_and_by_its_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    here = os.getpid()
    known = {
        here: Stat(here, 1, 5, "R", "python3"),
        50: Stat(50, 1, 1, "S", "sshd"),
        51: Stat(51, 50, 2, "S", "sshd-session"),
        52: Stat(52, 50, 3, "S", "sshd-session"),
        53: Stat(53, 1, 3, "S", "sshd"),
    }
    monkeypatch.setattr(spared, "_is_server", lambda pid: pid != 53)
    monkeypatch.setattr(spared, "_session", lambda pid: {here: "7", 51: "7", 52: "8", 53: "7"}.get(pid, ""))
    monkeypatch.setattr(spared, "_connection", lambda pid: [])
    assert spared.spared(known) == {1: spared.FIRST, here: spared.OURS, 51: spared.SSHD}
    monkeypatch.setattr(spared, "_connection", lambda pid: ["192.0.2.7", "50000", "192.0.2.1", "22"])
    monkeypatch.setattr(spared, "_inodes", lambda ports: {"socket:[9]"} if ports == {(22, 50000)} else set())
    monkeypatch.setattr(spared, "_sockets", lambda pid: {"socket:[9]"} if pid == 52 else set())
    assert spared.spared(known).keys() == {1, here, 51, 52}
    assert spared.connection(known)[0] == "192.0.2.7"


@pytest.mark.parametrize(
    ("words", "said", "code"),
    [
        (["4294967296", "--kill"], "no process 4294967296", 3),
        (["user:root", "--kill"], "the system itself runs as root, which cannot be contained", 2),
        (["user:no-such-user", "--kill"], "no user no-such-user", 3),
        (["pid:1", "--kill"], "pid:1: no target", 2),
        (["user:nobody", "--quarantine", "--management", "here"], "--management here: no address", 2),
    ],
)
def test_a_target_that_is_none_is_refused(words: list[str], said: str, code: int) -> None:
    error = refused("contain", *words)
    assert (str(error), error.code) == (said, code)


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["1"],
        ["4711", "--kill", "--freeze"],
        ["4711", "--kill", "--for", "1h"],
        ["4711", "--freeze", "--for", "1"],
        ["4711", "--freeze", "--for", "500d"],
        ["4711", "--freeze", "--management", "10.0.0.1"],
        ["4711", "--status"],
        ["--json"],
    ],
    ids=" ".join,
)
def test_options_that_do_not_fit_each_other_are_usage_errors(words: list[str]) -> None:
    assert call("contain", *words).exit_code == 2


@pytest.mark.parametrize("identity", ["../../etc/x", "0123", "0123456g", "00000000"])
def test_no_file_but_a_containment_s_own_is_released(identity: str, state: Path) -> None:
    assert refused("release", identity, "--enforce", "--state", state).code in {2, 3}


def test_a_folder_that_others_may_write_to_holds_no_containment(tmp_path: Path) -> None:
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o777)
    with running() as (pid, _):
        error = refused("contain", pid, "--freeze", "--enforce", "--state", tmp_path / "open")
        assert str(error).endswith("others may write to it")
        assert state_of(pid) not in "Tt"


def test_each_act_is_an_entry_of_the_ledger(state: Path, tmp_path: Path) -> None:
    folder = tmp_path / "ledger"
    with running() as (pid, _):
        done("contain", pid, "--freeze", "--enforce", "--state", state, "--ledger", folder)
        identity = only(state)
        done("release", identity, "--enforce", "--state", state)
    shown = CliRunner().invoke(cli, ["ledger", "show", str(folder)]).stdout.splitlines()
    assert [line.split(None, 3)[2:] for line in shown] == [
        ["contained", "stopped 1 process"],
        ["released", "let 1 process go on"],
    ]
    record = json.loads(CliRunner().invoke(cli, ["ledger", "show", str(folder), "0"]).stdout)
    assert (record["schema"], record["containment"], record["target"]) == ("flycatcher.response/1", identity, str(pid))
    assert record["processes"][0]["pid"] == pid
    assert CliRunner().invoke(cli, ["ledger", "verify", str(folder)]).exit_code == 0


def test_a_signed_ledger_stays_signed_through_the_release(state: Path, tmp_path: Path) -> None:
    key = generate("example.org/ledger", ED25519)
    write_private(str(tmp_path / "key"), key)
    folder = tmp_path / "ledger"
    with running() as (pid, _):
        words = ["--ledger", folder, "--ledger-key", tmp_path / "key"]
        done("contain", pid, "--freeze", "--enforce", "--state", state, *words)
        done("release", only(state), "--enforce", "--state", state)
    checked = CliRunner().invoke(cli, ["ledger", "verify", str(folder), "--key", key.verifier.text()])
    assert (checked.exit_code, "2 entries" in checked.stdout) == (0, True), checked.output
    with running() as (pid, _):
        error = refused("contain", pid, "--freeze", "--enforce", "--state", state, "--ledger", folder)
        assert "this ledger is signed" in str(error)
        assert state_of(pid) not in "Tt"


def test_what_cannot_be_recorded_is_not_begun(state: Path, tmp_path: Path) -> None:
    (tmp_path / "ledger").mkdir(mode=0o700)
    (tmp_path / "ledger" / "something").touch()
    with running() as (pid, _):
        error = refused("contain", pid, "--freeze", "--enforce", "--state", state, "--ledger", tmp_path / "ledger")
        assert "the folder holds something else than a ledger" in str(error)
        assert state_of(pid) not in "Tt"


# control groups


@contextmanager
def group() -> Iterator[Path]:
    """Make a control group of the test's own; skip where the kernel refuses."""
    try:
        path = cgroup_root() / f"flycatcher-test-{os.getpid()}"
        path.mkdir()
    except OSError as error:
        pytest.skip(f"no control group of one's own: {error.strerror}")
    try:
        yield path
    finally:
        (path / "cgroup.kill").write_text("1")
        while (path / "cgroup.procs").read_text():
            os.sched_yield()
        path.rmdir()


def test_a_tree_with_a_group_of_its_own_is_frozen_by_it(state: Path) -> None:
    with group() as place, running(PARENT) as (pid, child):
        for each in (pid, child):
            (place / "cgroup.procs").write_text(str(each))
        assert done("contain", pid, "--freeze", "--state", state)[-1] == f"echo 1 > {place}/cgroup.freeze"
        said = done("contain", pid, "--freeze", "--enforce", "--state", state)
        assert said[0] == f"{only(state)}: froze {place} (2 processes)"
        assert "frozen 1" in (place / "cgroup.events").read_text()
        assert state_of(pid) != "T"
        assert done("release", only(state), "--enforce", "--state", state)[0].endswith(f"thawed {place}")
        assert "frozen 0" in (place / "cgroup.events").read_text()


def test_a_tree_that_shares_its_group_is_stopped_by_signals(state: Path) -> None:
    with group() as place, running() as (pid, _), running() as (other, _):
        for each in (pid, other):
            (place / "cgroup.procs").write_text(str(each))
        done("contain", pid, "--freeze", "--enforce", "--state", state)
        assert (state_of(pid), state_of(other) in "TtZX") == ("T", False)
        assert "no control group of its own" in str(refused("contain", pid, "--quarantine"))
        assert done("contain", f"cgroup:{place}", "--kill", "--enforce", "--state", state)[0].endswith(
            "killed 2 processes"
        )


def test_a_container_is_its_group_with_what_lies_below(state: Path) -> None:
    identity = "0123456789abcdef" * 4
    with group() as place:
        inner = place / f"libpod-{identity}.scope" / "inner"
        inner.mkdir(parents=True)
        with running() as (pid, _):
            (inner / "cgroup.procs").write_text(str(pid))
            said = done("contain", f"container:{identity[:12]}", "--freeze", "--enforce", "--state", state)
            assert said[0] == f"{only(state)}: froze {inner.parent} (1 process)"
            done("release", only(state), "--enforce", "--state", state)
        assert "of no process here" in str(refused("contain", "container:fedcba", "--freeze"))
        while (inner / "cgroup.procs").read_text():
            os.sched_yield()
        inner.rmdir()
        inner.parent.rmdir()


def test_a_group_that_holds_the_responder_is_refused(state: Path) -> None:
    with group() as place:
        with running() as (pid, _):
            inside = place / "inside"
            inside.mkdir()
            (inside / "cgroup.procs").write_text(str(pid))
            before = Path("/proc/self/cgroup").read_text().split("0::")[1].split()[0]
            (place / "cgroup.procs").write_text(str(os.getpid()))
            try:
                error = refused("contain", f"cgroup:{place}", "--freeze", "--enforce", "--state", state)
            finally:
                (cgroup_root() / before.strip("/") / "cgroup.procs").write_text(str(os.getpid()))
            assert str(error) == f"process {os.getpid()} is {spared.OURS}"
            assert state_of(pid) not in "Tt"
        while (inside / "cgroup.procs").read_text():
            os.sched_yield()
        inside.rmdir()


# networks: in namespaces of the test's own

ROUTED = """
umount -R /sys/fs/cgroup && mount -t cgroup2 none /sys/fs/cgroup
ip link set lo up && ip link add v0 type veth peer name v1 && ip addr add 10.0.0.1/24 dev v0
ip link set v0 up && ip link set v1 up && ip route add default via 10.0.0.2
ip neigh add 10.0.0.2 lladdr 02:00:00:00:00:01 dev v0 && ip neigh add 10.0.0.5 lladdr 02:00:00:00:00:01 dev v0
"""


def inside(script: str) -> subprocess.CompletedProcess[str]:
    """Run a script of the shell in network and mount namespaces of its own, with a route; skip where that cannot be."""
    for program in ("unshare", "nft", "ip", "setpriv"):
        if shutil.which(program) is None:
            pytest.skip(f"needs {program}")
    begin = ["unshare", "--net", "--mount", "sh", "-c"]
    if subprocess.run([*begin, f"set -e\n{ROUTED}\nnft list ruleset"], capture_output=True, check=False).returncode:
        pytest.skip("the kernel gives no network namespace with a veth pair and nftables")
    ours = f'flycatcher() {{ {sys.executable} -m flycatcher "$@"; }}\n'
    return subprocess.run([*begin, ROUTED + ours + script], capture_output=True, text=True, check=False, timeout=120)


SENDS = """send() { setpriv --reuid 65534 --regid 65534 --clear-groups /usr/bin/perl -MIO::Socket::INET -e '
  $s = IO::Socket::INET->new(Proto => "udp", PeerAddr => $ARGV[0], PeerPort => 9);
  print "$ARGV[0] ", (defined $s->send("x") ? "sent" : "refused"), "\\n"' $1; }
"""


def test_the_network_of_a_user_is_closed_but_for_loopback_and_the_management_address(state: Path) -> None:
    found = inside(f"""{SENDS}
flycatcher respond contain user:nobody --quarantine --management 10.0.0.5 --enforce --state {state}
send 192.0.2.9; send 10.0.0.5; send 127.0.0.1
flycatcher respond contain --status --state {state}
id=$(ls {state}); flycatcher respond release ${{id%.json}} --enforce --state {state}
send 192.0.2.9; nft list tables
""")
    lines = found.stdout.splitlines()
    identity = lines[0][:8]
    assert re.fullmatch(
        f"{identity}: closed the network of user:nobody in 1 namespace; self-test: loopback open, IPv4 closed,"
        " IPv6 (closed|not tried: [^,]+), 10.0.0.5 open",
        lines[0],
    ), found.stderr
    assert lines[1:] == [
        f"to end it: flycatcher respond release {identity} --enforce",
        "192.0.2.9 refused",
        "10.0.0.5 sent",
        "127.0.0.1 sent",
        lines[5],
        "  quarantine: in force in 1 network namespace of 1",
        lines[7],
        "192.0.2.9 sent",
    ], found.stderr
    assert lines[7].startswith(f"{identity}: deleted table inet flycatcher_{identity} in network namespace ")


def test_the_network_of_a_group_is_closed_in_its_own_namespace_too(state: Path) -> None:
    with group() as place:
        name = place.name
        found = inside(f"""
unshare -n sh -c 'echo $$ > /sys/fs/cgroup/{name}/cgroup.procs; ip link set lo up; echo; exec sleep 1000' > {state}.fifo &
pid=$!; until [ -s {state}.fifo ]; do sleep 0.05; done
flycatcher respond contain $pid --quarantine --freeze --enforce --state {state}
nft list tables; nsenter --net=/proc/$pid/ns/net nft list tables
grep frozen /sys/fs/cgroup/{name}/cgroup.events
id=$(ls {state}); flycatcher respond release ${{id%.json}} --enforce --state {state} | wc -l
nft list tables; nsenter --net=/proc/$pid/ns/net nft list tables
ls -d /sys/fs/cgroup/{name}/*/
kill $pid
""")
    lines = found.stdout.splitlines()
    identity = lines[0][:8]
    assert "closed the network of" in lines[0], found.stderr
    assert " in 2 namespaces; self-test: loopback open, IPv4 closed," in lines[0]
    assert lines[1:] == [
        f"{identity}: froze /sys/fs/cgroup/{name} (1 process)",
        f"to end it: flycatcher respond release {identity} --enforce",
        f"table inet flycatcher_{identity}",
        f"table inet flycatcher_{identity}",
        "frozen 1",
        "3",
    ], found.stderr


def test_a_self_test_that_fails_takes_the_table_back(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    monkeypatch.setattr(network, "_program", lambda: "nft")
    monkeypatch.setattr(network, "nft", lambda _space, words, text="": calls.append(words) or _tables(calls))
    monkeypatch.setattr(network, "probe", lambda *_: iter([Answer("IPv4", "open", is_wrong=True)]))
    error = refused("contain", "user:nobody", "--quarantine", "--enforce", "--state", state)
    assert str(error) == "the self-test failed: IPv4: open"
    assert [words[:2] for words in calls][:3] == [["-f", "-"], ["list", "tables"], ["delete", "table"]]
    assert list(state.iterdir()) == []


def test_without_nft_nothing_is_begun(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network.shutil, "which", lambda name, path="": None)
    error = refused("contain", "user:nobody", "--quarantine", "--enforce", "--state", state)
    assert (str(error), error.hint) == ("nft is not installed", "install nftables")
    assert list(state.iterdir()) == []


def test_what_cannot_be_taken_back_is_kept_for_a_release(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_space: int, words: list[str], text: str = "") -> str:
        raise FlycatcherError(f"nft: {words[0]} failed")

    monkeypatch.setattr(network, "nft", fails)
    monkeypatch.setattr(network, "_program", lambda: "nft")
    done = call("contain", "user:nobody", "--quarantine", "--enforce", "--state", state)
    assert str(done.exception) == "nft: -f failed"
    assert f"not taken back: nft: list failed; try flycatcher respond release {only(state)} --enforce" in done.stderr


def _tables(calls: list[list[str]]) -> str:
    there = not any(words[0] == "delete" for words in calls)
    identity = target_of("user:nobody").identity("quarantine", boot())
    return f"table inet flycatcher_{identity}\n" if there else ""


def test_the_rules_of_a_table_are_these() -> None:
    open_to = [network_of(text) for text in ("10.0.0.0/24", "10.0.0.5", "2001:db8::7")]
    assert Quarantine(target_of("user:nobody"), "01234567", open_to).rules() == (
        "table inet flycatcher_01234567 {\n"
        "  chain output {\n"
        "    type filter hook output priority raw; policy accept;\n"
        f"    meta skuid {NOBODY} jump outgoing\n"
        "  }\n"
        "  chain outgoing {\n"
        '    oifname "lo" accept\n'
        "    ip daddr { 10.0.0.0/24 } accept\n"
        "    ip6 daddr { 2001:db8::7/128 } accept\n"
        "    counter drop\n"
        "  }\n"
        "}\n"
    )


# what ends it


WHEN = dt.datetime(2031, 2, 3, 4, 5, 6, tzinfo=dt.UTC)


def test_a_timer_of_systemd_starts_the_release_at_its_time_and_after_a_reboot(tmp_path: Path) -> None:
    timer = Systemd("01234567", WHEN, Folder(tmp_path / "a 100%"))
    units = timer.units()
    assert units["flycatcher-release-01234567.timer"] == (
        "[Unit]\nDescription=Release what Flycatcher contains as 01234567\n\n[Timer]\n"
        "OnCalendar=2031-02-03 04:05:06 UTC\nPersistent=true\nAccuracySec=1s\n\n[Install]\nWantedBy=timers.target\n"
    )
    start = units["flycatcher-release-01234567.service"].splitlines()[-1]
    assert start.startswith(f"ExecStart={sys.executable} -P -m flycatcher respond release 01234567 --enforce --state ")
    assert start.endswith('/a 100%%"')
    assert list(timer.commands())[-1] == "systemctl enable --now flycatcher-release-01234567.timer"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    units = Systemd("01234567", WHEN, Folder(tmp_path / "a 100%")).units()
    for name, text in units.items():
        (tmp_path / name).write_text(text)
    words = ["systemd-analyze", "verify", "--man=no", *(str(tmp_path / name) for name in units)]
    found = subprocess.run(words, capture_output=True, text=True, check=False)
    assert not [line for line in found.stderr.splitlines() if "flycatcher-release" in line], found.stderr


@pytest.mark.parametrize(("second", "minute"), [(0, "0405"), (1, "0406"), (59, "0406")])
def test_a_job_of_at_is_never_early(second: int, minute: str) -> None:
    job = At("01234567", WHEN.replace(second=second), Folder(None))
    assert list(job.commands()) == [
        f"echo '{sys.executable} -P -m flycatcher respond release 01234567 --enforce' | TZ=UTC at -t 20310203{minute}"
    ]


@pytest.mark.skipif(shutil.which("at") is None, reason="needs at")
def test_a_job_of_at_releases_the_containment_and_is_taken_away_with_it(state: Path) -> None:
    script = f"""
mount -t tmpfs none /var/spool/cron && mkdir -m 1770 /var/spool/cron/atjobs /var/spool/cron/atspool
install -o daemon -g daemon -m 600 /dev/null /var/spool/cron/atjobs/.SEQ
chown daemon:daemon /var/spool/cron/atjobs /var/spool/cron/atspool
{sys.executable} - <<'END'
import datetime as dt
from pathlib import Path
from flycatcher.commands.respond.contain.expiry import At, _run, drop
from flycatcher.commands.respond.contain.state import Folder, Job
job = At("01234567", dt.datetime(2031, 2, 3, 4, 5, 6, tzinfo=dt.UTC), Folder(Path({str(state)!r}))).act()
print(job.how, _run(["at", "-c", job.name]).strip().splitlines()[-1])
drop(Job("at", job.name), "89abcdef")
print(len(_run(["atq"]).splitlines()))
drop(job, "01234567")
print(len(_run(["atq"]).splitlines()))
END
"""
    if os.geteuid() != 0:
        pytest.skip("needs a mount namespace of its own")
    found = subprocess.run(["unshare", "--mount", "sh", "-c", script], capture_output=True, text=True, check=False)
    assert found.stdout.splitlines() == [
        f"at {sys.executable} -P -m flycatcher respond release 01234567 --enforce --state {state}",
        "1",
        "0",
    ], found.stderr


def test_where_nothing_can_end_it_that_is_refused_with_the_way_out(
    state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expiry, "BOOTED", tmp_path / "no systemd")
    monkeypatch.setattr(expiry, "_runs_atd", lambda: False)
    with running() as (pid, _):
        error = refused("contain", pid, "--freeze", "--for", "1h", "--enforce", "--state", state)
        assert state_of(pid) not in "Tt"
    assert error.code == 2
    assert error.hint.startswith("install at and start atd; or leave --for out, and release it yourself: ")


def test_nothing_is_contained_where_its_end_cannot_be_set(
    state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expiry, "BOOTED", tmp_path / "no systemd")
    monkeypatch.setattr(expiry, "_runs_atd", lambda: True)
    monkeypatch.setattr(expiry.shutil, "which", lambda name: name)
    monkeypatch.setattr(expiry, "_run", lambda words, text="": "the daemon says no")
    with running() as (pid, _):
        error = refused("contain", pid, "--freeze", "--for", "1h", "--enforce", "--state", state)
        assert state_of(pid) not in "Tt"
    assert str(error) == "at: the daemon says no"
    assert list(state.iterdir()) == []


def test_systemd_is_said_to_end_it_where_it_runs(state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expiry, "BOOTED", tmp_path)
    monkeypatch.setattr(expiry.os, "geteuid", lambda: 0)
    monkeypatch.setattr(expiry.shutil, "which", lambda name: name)
    with running() as (pid, _):
        lines = done("contain", pid, "--freeze", "--for", "2d", "--state", state)
    assert lines[1].endswith(", by systemd")
    assert any(line == "Persistent=true" for line in lines)
