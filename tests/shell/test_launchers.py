"""Launchers' command lines, read as getopt_long(3) reads them."""

import pytest

from flycatcher.core.shell import read_shell
from flycatcher.core.shell.prefilter import may_start

INNER = ["sh", "-c", "echo x"]


@pytest.mark.parametrize(
    "text",
    [
        "timeout --sig 9 --kill 1 5 sh -c 'echo x'",
        "timeout -vk1 5 sh -c 'echo x'",
        "nice --5 --adj 3 -5 sh -c 'echo x'",
        "setarch x86_64 -R sh -c 'echo x'",
        "chroot --skip --user 0 / sh -c 'echo x'",
        "setpriv --reui 0 --selinux-label y sh -c 'echo x'",
        "nsenter --targ 1 -W . sh -c 'echo x'",
        "prlimit --nofile -n=64 -o RESOURCE sh -c 'echo x'",
        "flock -xw5 /tmp/l -c 'echo x'",
        "su --comm 'echo x' root",
        "su -pc'echo x'",
        "runuser -u root -- sh -c 'echo x'",
        "sg group -c 'echo x'",
        "sg group 'echo x'",
        "script out -qec 'echo x'",
        "script -c true -c 'echo x'",
        "watch -x -n 1 sh -c 'echo x'",
        "start-stop-daemon -Sp none.pid --ex sh -- -c 'echo x'",
        "echo a | xargs --delim , sh -c 'echo x'",
        "echo | xargs -L1 --process-slot-var X sh -c 'echo x'",
        "parallel ::: 'echo x'",
        "parallel -q --jobs 1 sh -c 'echo x' ::: a",
        "env --chd . =y sh -c 'echo x'",
        "echo 'echo x' | unshare -r",
        "echo 'echo x' | chroot /",
    ],
)
def test_what_a_launcher_starts_is_found_behind_its_options(text: str) -> None:
    started = [list(each.argv) for each in read_shell(text).executions]
    assert any(argv[:3] == INNER for argv in started) or ["sh"] in started


@pytest.mark.parametrize(
    "text",
    [
        "timeout --help 5 sh -c 'echo x'",
        "setsid -V sh -c 'echo x'",
        "setpriv -d sh -c 'echo x'",
        "ionice -tp 1 sh -c 'echo x'",
        "chrt --max 0 sh -c 'echo x'",
        "flock /tmp/l -c 'echo x' y",
        "start-stop-daemon -tSx /bin/sh -- -c 'echo x'",
        "find --help . -exec sh -c 'echo x' ';'",
        "parallel --dry-run sh -c 'echo x' ::: a",
        "env --help sh -c 'echo x'",
        "sg group sh -c 'echo x'",
    ],
)
def test_a_line_that_only_prints_or_is_refused_starts_nothing(text: str) -> None:
    assert INNER not in [list(each.argv) for each in read_shell(text).executions]


@pytest.mark.parametrize(
    "name", ["su", "script", "unshare -r", "chroot /m", "setarch -R x86_64", "nsenter -t 1", "linux64"]
)
def test_a_launcher_without_a_command_gives_its_stdin_to_a_shell(name: str) -> None:
    text = f"curl -s https://example.org | {name}"
    assert may_start(text)
    assert read_shell(text).executions[-1].argv[0] == "sh"
