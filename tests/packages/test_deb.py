"""The Debian package: built, judged by lintian, installed on a bare Debian 12, upgraded, removed, purged."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import zstandard

from flycatcher import __version__
from tests.packages import machine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.packages.machine import Machine

START = b'type=EXECVE msg=audit(1767600060.202:42): argc=3 a0="perl" a1="-e" a2=7072696E742031\n'
CONFFILES = ["/etc/default/flycatcher", "/etc/flycatcher/flycatcher.toml", "/etc/logrotate.d/flycatcher"]
WATCHED = """
sudo sh -c "echo \\$\\$ >pid; exec flycatcher watch --jsonl --tree $$" >seen.jsonl 2>said.txt &
until grep -q started: said.txt; do [ -e /proc/$! ] || { cat said.txt; exit 1; }; done
python3 -c 'print("marker")'
until grep -q marker seen.jsonl; do [ -e /proc/$! ]; done
sudo sh -c 'kill -TERM "$(cat pid)"'
wait $!
"""


@pytest.fixture(scope="module")
def host(bare: Path, deb: Path) -> Iterator[Machine]:
    """Return a machine with the package and what it works together with."""
    made = machine.on_top("host", bare)
    made.install("sudo", "logrotate", "man-db", "bash-completion", "zsh", "fish", "systemd")
    made.add_user("dev")
    shutil.copy(deb, made.root / "root")
    made.install(f"/root/{deb.name}")
    yield made
    machine.removed(made.root)


def test_lintian_finds_nothing_to_warn_of(builder: Machine, deb: Path) -> None:
    done = builder.run("lintian", "--allow-root", "--fail-on=warning", f"/{deb.relative_to(builder.root)}")
    assert re.findall(r"^[EW]: .*", done.stdout, re.MULTILINE) == []


def test_the_same_tree_gives_the_same_bytes(builder: Machine, deb: Path) -> None:
    first = deb.read_bytes()
    builder.run("flycatcher/packaging/deb.sh")
    assert deb.read_bytes() == first


def test_the_program_is_on_the_path_and_knows_a_command_line(host: Machine) -> None:
    assert host.run("flycatcher", "--version").stdout == f"flycatcher {__version__}\n"
    assert "python runs program text" in host.run("flycatcher", "check", "--", "python3", "-c", "print(1)").stdout


def test_other_peoples_variables_do_not_reach_it(host: Machine) -> None:
    (host.root / "tmp/click.py").write_text("raise SystemExit('taken over')\n")
    assert host.run("env", "PYTHONPATH=/tmp", "flycatcher", "--version").stdout == f"flycatcher {__version__}\n"


def test_sudo_watch_sees_what_starts(host: Machine) -> None:
    host.run("bash", "-ec", WATCHED, user="dev")
    rows = [json.loads(line) for line in (host.root / "home/dev/seen.jsonl").read_text().splitlines()]
    texts = [snippet["text"] for row in rows for snippet in row.get("snippets", [])]
    assert 'print("marker")' in texts


def test_the_commands_work_whose_packages_pip_calls_extras(host: Machine) -> None:
    host.run("flycatcher", "run", "--report", "run.jsonl", "--", "python3", "-c", "print(1)", user="dev")
    host.run("flycatcher", "store", "import", "run.jsonl", user="dev")
    assert "python argument -c" in host.run("flycatcher", "store", "query", "interpreter:python", user="dev").stdout
    assert "1 detection." in host.run("flycatcher", "report", "pr", "run.jsonl", user="dev").stdout
    (host.root / "home/dev/audit.log.zst").write_bytes(zstandard.compress(START))
    assert "perl argument -e: print 1" in host.run("flycatcher", "hunt", "audit.log.zst", user="dev").stdout
    hook = host.run("flycatcher", "run", "--sink", "https://127.0.0.1:1/x", "--", "true", user="dev", check=False)
    assert "is not installed" not in hook.stdout
    language_server = host.run("flycatcher", "lsp", user="dev", check=False)
    assert "is not installed" not in language_server.stdout


def test_what_is_missing_is_installed_as_it_is_said(host: Machine) -> None:
    postgresql = ("flycatcher", "store", "status", "--store", "postgresql://a@127.0.0.1:1/b")
    kafka = ("flycatcher", "run", "--sink", "kafka://127.0.0.1:1/x", "--", "true")
    host.install("python3-pip")
    for command, missing in ((postgresql, "libpq"), (kafka, "confluent-kafka")):
        said = host.run(*command, user="dev", check=False).stdout
        assert f"{missing} is not installed" in said
        hint = re.search(r"hint: (?:Debian: )?(.*)", said)
        assert hint
        host.run("bash", "-c", hint[1].replace("apt-get install", "apt-get install -y"))
        assert "is not installed" not in host.run(*command, user="dev", check=False).stdout


def test_systemd_takes_the_unit_with_the_installed_program(host: Machine) -> None:
    done = host.run("systemd-analyze", "verify", "/lib/systemd/system/flycatcher.service", check=False)
    assert [line for line in done.stdout.splitlines() if "flycatcher" in line] == []


def test_there_is_a_man_page_for_each_command(host: Machine) -> None:
    commands = re.findall(r"^  (\w+)  ", host.run("flycatcher", "--help").stdout, re.MULTILINE)
    assert "watch" in commands
    for name in ("flycatcher", *(f"flycatcher-{command}" for command in commands)):
        assert name.upper() in host.run("man", name).stdout


def test_bash_completes_commands_and_options(host: Machine) -> None:
    asked = """
    source /usr/share/bash-completion/bash_completion; _completion_loader flycatcher
    for line in "flycatcher wa" "flycatcher run --den"; do
      read -ra COMP_WORDS <<<"$line"; COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); COMPREPLY=(); _flycatcher_completion flycatcher; echo "${COMPREPLY[@]}"
    done
    """
    assert host.run("bash", "-c", asked).stdout == "watch\n--deny\n"


def test_zsh_and_fish_complete_commands(host: Machine) -> None:
    assert host.run("fish", "-c", "complete -C 'flycatcher wa'").stdout.split()[0] == "watch"
    # zsh completes only at a terminal: its function has to be found, to parse, and to get an answer
    found = host.run("zsh", "-fc", "autoload -Uz compinit; compinit -u -D; print $_comps[flycatcher]")
    assert found.stdout == "_flycatcher\n"
    host.run("zsh", "-n", "/usr/share/zsh/vendor-completions/_flycatcher")
    asked = ("env", "COMP_WORDS=flycatcher wa", "COMP_CWORD=1", "_FLYCATCHER_COMPLETE=zsh_complete", "flycatcher")
    assert host.run(*asked).stdout.split()[:2] == ["plain", "watch"]


def test_logs_are_rotated_and_the_configuration_is_valid(host: Machine) -> None:
    log = host.root / "var/log/flycatcher/watch.jsonl"
    log.parent.mkdir(exist_ok=True)
    log.write_text("{}\n")
    host.run("logrotate", "--force", "/etc/logrotate.d/flycatcher")
    assert sorted(path.name for path in log.parent.iterdir()) == ["watch.jsonl", "watch.jsonl.1"]
    host.run("flycatcher", "config", "check", "/etc/flycatcher/flycatcher.toml")


def test_an_upgrade_and_purge_keep_what_the_host_s_owner_added_and_purge_leaves_nothing_else(
    host: Machine, deb: Path
) -> None:
    config = host.root / "etc/flycatcher/flycatcher.toml"
    config.write_text(config.read_text() + "# mine\n")
    host.install(later(deb, host))
    assert host.run("dpkg-query", "-W", "-f=${Version}", "flycatcher").stdout == f"{__version__}+later"
    assert config.read_text().endswith("# mine\n")
    assert host.run("flycatcher", "--version").stdout == f"flycatcher {__version__}\n"
    host.run("apt-get", "remove", "-y", "flycatcher")
    assert not host.has("/usr/bin/flycatcher")
    assert not host.has("/usr/lib/flycatcher")
    assert all(map(host.has, CONFFILES))
    assert host.has("/var/log/flycatcher")
    owners = host.root / "usr/local/lib/flycatcher/mine.py"
    owners.parent.mkdir(exist_ok=True)
    owners.touch()
    host.run("apt-get", "purge", "-y", "flycatcher")
    assert owners.exists()
    assert not host.has("/var/log/flycatcher")
    left = host.run("find", "/etc", "/usr", "/var/lib", "/lib", "-name", "*flycatcher*").stdout.split()
    assert [path for path in left if "deb-systemd-helper" not in path] == ["/usr/local/lib/flycatcher"]


def later(deb: Path, host: Machine) -> str:
    """Make a package of a later version; return its path on the host."""
    tree = host.root / "root/later"
    subprocess.run(["dpkg-deb", "-R", deb, tree], check=True)
    control = tree / "DEBIAN/control"
    control.write_text(control.read_text().replace(f"Version: {__version__}", f"Version: {__version__}+later"))
    subprocess.run(
        ["dpkg-deb", "--root-owner-group", "-Zgzip", "-z1", "-b", tree, host.root / "root/later.deb"],
        check=True,
        capture_output=True,
    )
    shutil.rmtree(tree)
    return "/root/later.deb"
