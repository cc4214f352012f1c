"""Programs that start another: what they start, in what environment."""

import pytest

from flycatcher.core.shell import UNKNOWN, read_shell

INNER = ["perl", "-e", "1"]


@pytest.mark.parametrize(
    "prefix",
    [
        "sudo",
        "sudo -u bob -H",
        "sudo -E A=1",
        "doas -u root",
        "env",
        "env -i A=1",
        "env -u X -C /tmp --",
        "timeout 5",
        "timeout -k 1 -s KILL 5",
        "nice -n 5",
        "nice -5",
        "nohup",
        "setsid -w",
        "stdbuf -oL -e0",
        "ionice -c2 -n 7",
        "chrt -r 10",
        "taskset -c 0-3",
        "time -f %e",
        "flock -n /tmp/l",
        "strace -f -o /tmp/o -e trace=execve",
        "ltrace -o x",
        "chroot --userspec=a:b /mnt",
        "unshare -rm",
        "nsenter -t 1 -m -u",
        "docker run --rm -it -e A=b -v /a:/b --name n image",
        "docker exec -u root -it c",
        "docker -H tcp://h exec c",
        "docker container exec c",
        "docker compose exec web",
        "podman run --rm image",
        "kubectl -n ns exec -it pod -c c --",
        "kubectl exec pod --",
        "k3s kubectl exec pod --",
        "oc exec pod --",
        "lxc exec c --",
        "systemd-run --unit x -p A=b",
        "busybox",
        "/lib64/ld-linux-x86-64.so.2 --library-path /lib",
        "proot -r /mnt",
        "fakeroot",
        "dbus-run-session --",
        "firejail --quiet",
        "cpulimit -l 50",
        "torsocks",
        "proxychains4 -f c",
        "npx",
        "pnpm exec",
        "bundle exec",
        "poetry run",
        "pipenv run",
        "uv run --with x",
        "uv --quiet run --no-project --",
        "uv tool run --from x",
        "uvx --from x",
        "pipx run --spec x",
        "pdm run",
        "hatch run",
        "hatch -e e run",
        "hatch env run --",
        "tox exec -e e --",
        "honcho run -e f",
        "pyperf command",
        "py-spy record -o f --",
        "mamba run -n e",
        "conda run -n e",
        "xvfb-run -a",
        "rlwrap",
        "unbuffer",
        "catchsegv",
        "command",
        "exec",
        "exec -a name",
        "setpriv --reuid 1",
        "sudo timeout 5 nice",
        "bwrap --ro-bind / / --unshare-all",
        "gosu user",
        "aws-vault exec p --",
        "start-stop-daemon --start --exec perl --",
        "runuser -u bob --",
        "sshpass -p x",
        "parallel-retry",
        "cross-env A=1",
        "$SUDO",
    ],
)
def test_the_wrapped_command_is_a_start_of_its_own(prefix):
    words = "-e 1" if prefix.startswith("start-stop") else "perl -e 1"
    started = [list(each.argv) for each in read_shell(f"{prefix} {words} </dev/null").executions]
    assert started[-1] == (["name", "-e", "1"] if prefix == "exec -a name" else INNER)


@pytest.mark.parametrize(
    "text",
    [
        "ssh -p 22 -i k user@host 'perl -e 1'",
        "ssh host perl -e 1",
        "su - bob -c 'perl -e 1'",
        "su -c 'perl -e 1' bob",
        "script -qc 'perl -e 1' /dev/null",
        "uvx perl@5 -e 1",
        "pipx run perl==5 -e 1",
        "hatch run test:perl -e 1",
        "hatch run +py=3 test:perl -e 1",
        "tox -x testenv.commands='perl -e 1' -e py",
        "tox run --override=env.commands_pre='perl -e 1'",
        "ansible all -m shell -a 'perl -e 1'",
        "ansible all -mshell -a 'chdir=/ creates=x perl -e 1'",
        "ansible all --module-name=ansible.builtin.raw --args='perl -e 1'",
        "ansible all -a 'perl -e 1'",
        "ansible all -m command -a 'chdir=/tmp perl -e 1'",
        "fab -H host -- perl -e 1",
        "watchmedo shell-command -c 'perl -e 1' .",
        "watchmedo shell-command --recursive --command='perl -e 1' .",
        "watchmedo auto-restart -d . perl -e 1",
        "watch -n 1 'perl -e 1'",
        "flock /tmp/l -c 'perl -e 1'",
        "sh -c 'perl -e 1'",
        "bash -euo pipefail -c 'perl -e 1'",
        "bash --norc -c 'perl -e 1'",
        "docker run image sh -c 'perl -e 1'",
        "parallel perl -e ::: 1",
        "find . -exec perl -e 1 \\;",
        "find . -execdir sh -c 'perl -e 1' _ {} +",
        "echo 1 | xargs perl -e",
        "printf '1\\n' | xargs -I{} perl -e {}",
        "printf '1\\0' | xargs -0 perl -e",
        "printf 1, | xargs -d, perl -e",
        "env -S'perl -e 1'",
        "env -S 'A=1 perl -e' 1",
        "capsh -- -c 'perl -e 1'",
        "ssh host <<'E'\nperl -e 1\nE\n",
        "bash <<E\nperl -e 1\nE\n",
        "echo 'perl -e 1' | sh",
        "bash -s x <<< 'perl -e 1'",
        "ssh host \"sudo sh -c 'perl -e 1'\"",
        "npm exec -c 'perl -e 1'",
        "nix-shell -p perl --run 'perl -e 1'",
        "docker run --entrypoint perl image -e 1",
        "echo 'perl -e 1' | at now",
        "tmux new-session -d 'perl -e 1'",
        "bash -c '$0 -e 1' perl",
        "sh -c '\"$@\"' _ perl -e 1",
        "coproc perl -e 1",
    ],
)
def test_text_that_a_wrapper_hands_to_a_shell_is_read(text):
    assert INNER in [list(each.argv) for each in read_shell(text).executions]


def test_env_changes_the_environment_of_what_it_starts():
    text = "export A=1 B=2; env -u A C=3 perl x; env -i D=4 perl x; exec -a fake perl y"
    starts = [each for each in read_shell(text).executions if "env" not in each.argv[0]]
    assert [each.env for each in starts] == [{"B": "2", "C": "3"}, {"D": "4"}, {"A": "1", "B": "2"}]
    assert (starts[2].argv[0], starts[2].exe) == ("fake", "perl")


def test_what_find_finds_is_not_known():
    execution = read_shell("find . -newer x -exec perl -e 1 {} \\;").executions[-1]
    assert (execution.argv, execution.holes) == (("perl", "-e", "1", UNKNOWN), (3,))


def test_xargs_without_known_input_leaves_a_hole_and_no_stdin():
    execution = read_shell("ls | xargs -n 1 perl -e 1").executions[-1]
    assert (execution.argv, execution.stdin) == (("perl", "-e", "1", UNKNOWN), "null")


@pytest.mark.parametrize(
    "text",
    [
        "docker ps perl -e 1",
        "sudo -l perl -e 1",
        "taskset -p perl -e 1",
        "kubectl get perl -e 1",
        "grep perl -e 1",
        "apt-get install perl -e",
    ],
)
def test_a_word_that_only_looks_like_a_command_is_none(text):
    assert ["perl", "-e"] not in [list(each.argv[:2]) for each in read_shell(text).executions]


def test_a_program_that_nobody_knows_is_presumed_to_start_the_interpreter_behind_it():
    assert [list(each.argv) for each in read_shell("run perl -e 1; tool -x -- perl -e 1").executions][1::2] == [
        INNER,
        INNER,
    ]


@pytest.mark.parametrize(
    ("text", "argv"),
    [
        ("uv run -m timeit 1", ["python3", "-m", "timeit", "1"]),
        ("uv run --with x --module timeit 1", ["python3", "-m", "timeit", "1"]),
        ("pex requests -- -c 1", ["python3", "-c", "1"]),
        ("uvx --python 3.12 python -c 1", ["python", "-c", "1"]),
        ("pipx run ipython==9 -c 1", ["ipython", "-c", "1"]),
    ],
)
def test_a_launcher_of_python_starts_python(text, argv):
    assert list(read_shell(text).executions[-1].argv) == argv


@pytest.mark.parametrize(
    "text", ["uv pip install perl", "uv run -", "uv sync", "pipx install x", "hatch build", "tox -e py", "ansible all -m ping", "pex x -o f",
             "pex x -c y -- -c 1", "fab deploy", "uv run https://example.com/x.py"],
)  # fmt: skip
def test_a_launcher_that_starts_nothing_here(text):
    assert len(read_shell(text).executions) == 1


@pytest.mark.parametrize(
    "text",
    [
        "npx -y zx@8 -e go",
        "npx zx@latest -e go",
        "pnpm dlx zx@^8.1 -e go",
        "yarn dlx zx@8.8.5 -e go",
        "npm exec zx@8 -- -e go",
        "npm exec -- zx -e go",
    ],
)
def test_a_package_may_have_a_version(text: str) -> None:
    assert list(read_shell(text).executions[-1].argv) == ["zx", "-e", "go"]
