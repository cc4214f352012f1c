"""What bash evaluates though it looks like data, names with gaps, other names of a program; each was tried with bash 5.2."""

from __future__ import annotations

import pytest

from flycatcher.core.detection import detect
from flycatcher.core.execution import Execution
from flycatcher.core.shell.prefilter import may_start
from flycatcher.core.shell_text import read_written

SUBSCRIPT = "a[$(python3 -c 1)]"


def inline(text: str) -> list[tuple[str, str | None]]:
    return [
        (s.interpreter, s.text)
        for _, reading in read_written(text)[1]
        for s in reading.snippets
        if s.interpreter not in ("sh", "bash")
    ]


@pytest.mark.parametrize(
    "text",
    [
        f"x='{SUBSCRIPT}'; ((x))",
        f"x='{SUBSCRIPT}'; y=x; ((y))",
        f"x='{SUBSCRIPT}'; [[ $x -eq 1 ]]",
        f"x='{SUBSCRIPT}'; [[ x -eq 1 ]]",
        f"[[ -v '{SUBSCRIPT}' ]]",
        f"test -v '{SUBSCRIPT}'",
        f"[ -v '{SUBSCRIPT}' ]",
        f"printf -v '{SUBSCRIPT}' x",
        f"read '{SUBSCRIPT}' <<< 1",
        f"unset '{SUBSCRIPT}'",
        f"declare -i y='{SUBSCRIPT}'",
        f"let '{SUBSCRIPT}=1'",
        f"x='{SUBSCRIPT}'; echo $((x+1))",
        "x='$(python3 -c 1)'; echo ${x@P}",
        "compgen -C 'python3 -c 1'",
        "compgen -W '$(python3 -c 1)'",
        "mapfile -C 'python3 -c 1' -c 1 < f",
        "jobs -x python3 -c 1",
        "hash -p /usr/bin/python3 foo; foo -c 1",
        "BASH_CMDS[foo]=/usr/bin/python3; foo -c 1",
        "shopt -s expand_aliases\nBASH_ALIASES[foo]='python3 -c'\nfoo 1",
        "PATH=.:$PATH; ln -s /usr/bin/python3 zz; zz -c 1",
        "ln -s /usr/bin/python3 /usr/local/bin/zz; zz -c 1",
        "python3 \\\n -c 1",
        "docker run \\\n  image \\\n  python3 -c 1",
        "python${x}3 -c 1",
        "p$@ython3 -c 1",
        'pyth"$x"on3 -c 1',
    ],
)
def test_it_runs(text: str) -> None:
    assert inline(text) == [("python", "1")]
    assert may_start(text)


@pytest.mark.parametrize(
    "text",
    [
        "x=5; ((x += 1)); [[ x -eq 6 ]]; echo $((x * 2))",
        "a=(1 2); i=0; echo $((a[i])); read 'b[1]' <<< 1; printf -v c x",
        "hash -r; jobs; compgen -c; mapfile -t lines < f",
        "ln -s /usr/bin/python3 zz; zz -c 1",
        "lib$@x -c 1",
    ],
)
def test_it_does_not(text: str) -> None:
    assert inline(text) == []


def test_a_pipe_in_a_shells_text_is_one_as_it_is_in_plain_text() -> None:
    found = detect(Execution(argv=("sh", "-c", "foo | python3")))
    assert found is not None
    assert [(s.interpreter, s.vector) for a in found.analyses for s in a.nested] == [("python", "stdin")]
    assert detect(Execution(argv=("sh", "-c", "foo | python3 x.py"))) is None


@pytest.mark.parametrize(
    "text",
    [
        "cmake -E env --unset=B A=1 python3 -c 1", "cmake -E time python3 -c 1", "cmake -E chdir d python3 -c 1",
        "git bisect run python3 -c 1", "git -C d bisect run python3 -c 1", "gdb --args python3 -c 1", "gdb -q -ex run --args python3 -c 1",
        "mpirun -np 4 --hostfile h python3 -c 1", "mpiexec -n 2 python3 -c 1", "srun -n 2 python3 -c 1",
        "ip netns exec ns python3 -c 1", "ip -6 vrf exec blue python3 -c 1", "ls | entr -r python3 -c 1", "ls | entr -s 'python3 -c 1'",
        "nodemon --watch src --exec 'python3 -c 1'", "go test -exec 'python3 -c 1' ./...", "singularity exec -B /x image python3 -c 1",
        "apptainer exec image.sif python3 -c 1", "uclampset -m 10 -M 20 python3 -c 1", "cgexec -g cpu:x python3 -c 1",
        "aa-exec -p x -- python3 -c 1", "runcon -t x python3 -c 1", "systemd-cat -t x python3 -c 1", "logsave f python3 -c 1",
        "run-one python3 -c 1", "ifne python3 -c 1", "ssh-agent python3 -c 1", "schroot -c x -- python3 -c 1", "rr record python3 -c 1",
        "xterm -e python3 -c 1", "gnome-terminal -- python3 -c 1", "buildah run x -- python3 -c 1", "dtach -n s python3 -c 1",
        "tcpserver 0 80 python3 -c 1", "concurrently 'python3 -c 1'", "mmdebstrap --customize-hook='python3 -c 1' x",
    ],
)  # fmt: skip
def test_launchers_of_every_kind(text: str) -> None:
    assert inline(text) == [("python", "1")]
    assert may_start(text)


@pytest.mark.parametrize(
    "text",
    [
        f"x='{SUBSCRIPT}'; let y=x",
        f"x='{SUBSCRIPT}'; let 'y = x + 1'",
        f"x='{SUBSCRIPT}'; declare -i y; y=x",
        f"x='{SUBSCRIPT}'; typeset -i y; y+=x",
        f"x='{SUBSCRIPT}'; declare -i y; read y <<< x",
        f"x='{SUBSCRIPT}'; declare -i y; for y in x; do :; done",
        f"x='{SUBSCRIPT}'; declare -i y; printf -v y x",
        f"x='{SUBSCRIPT}'; declare -ia y; y[0]=x",
        f"x='{SUBSCRIPT}'; declare -i y; y=(x)",
        f"x='{SUBSCRIPT}'; f() {{ local -i n; n=$1; }}; f x",
        f"x='{SUBSCRIPT}'; RANDOM=x",
        f"x='{SUBSCRIPT}'; OPTIND=x",
        f"x='{SUBSCRIPT}'; y=([x]=1)",
        f"x='{SUBSCRIPT}'; y=([$x]=1)",
        f"x='{SUBSCRIPT}'; : ${{y[x]}}",
        f"x='{SUBSCRIPT}'; y=abc; : ${{y:x}}",
        f"x='{SUBSCRIPT}'; y=abc; : ${{y:0:x}}",
        f"x='{SUBSCRIPT}'; : ${{@:x}}",
        f"x='{SUBSCRIPT}'; declare -n r; r=$x",
        f"x='{SUBSCRIPT}'; sleep 0 & wait -n -p \"$x\"",
        "x='\\044(python3 -c 1)'; : \"${x@P}\"",
        "PS4='$(python3 -c 1)'; shopt -so xtrace; :",
        "PS4='$(python3 -c 1)'; set -eo xtrace; :",
        "printf -v 'w[3]' python3; ${w[3]} -c 1",
        "readarray -d '' -t w < <(printf 'python3\\0-c\\0001'); \"${w[@]}\"",
        "mapfile -t -O 2 w <<< $'python3\\n-c\\n1'; \"${w[@]}\"",
        "declare -l y; y=PYTHON3; $y -c 1",
        "f() { declare -g v=python3; }; f; $v -c 1",
        "w=$(expr substr xpython3 2 7); $w -c 1",
        "w=$(expr xpython3 : 'x\\(.*\\)'); $w -c 1",
        "w=$(sed 's/^x\\(.*\\)y$/\\1/' <<< xpython3y); $w -c 1",
        "w=$(compgen -c python3 | head -1); $w -c 1",
        "shopt -s expand_aliases\nalias p='python3 '\nalias q=-c\np q 1",
        "echo 'python3 -c 1' > rc; BASH_ENV=rc bash -c :",
        "echo 'python3 -c 1' > rc; bash --rcfile rc -i <<< :",
        "echo 'python3 -c 1' > rc; ENV=./rc dash -i <<< :",
    ],
)
def test_it_runs_where_bash_evaluates_more(text: str) -> None:
    assert ("python", "1") in inline(text)
    assert may_start(text)


@pytest.mark.parametrize(
    "text",
    [
        f"x='{SUBSCRIPT}'; [ \"$x\" -eq 0 ]",
        f"x='{SUBSCRIPT}'; declare -i y; unset y; y=x",
        f"x='{SUBSCRIPT}'; declare -i y; declare +i y; y=x",
        f"x='{SUBSCRIPT}'; declare -A y=([$x]=1)",
        f"x='{SUBSCRIPT}'; SECONDS=x",
        "PS4='$(python3 -c 1)'; set +x; :",
        "PS4='$(python3 -c 1)'; shopt -uo xtrace; :",
    ],
)
def test_bash_takes_it_as_it_is(text: str) -> None:
    assert inline(text) == []


def test_a_text_is_read_in_the_grammar_of_its_shell() -> None:
    assert detect(Execution(argv=("dash", "-c", "echo '\\160ython3 -c 1' | sh"))) is not None
    assert detect(Execution(argv=("dash", "-c", "alias p=python3; eval 'p -c 1'"))) is not None


@pytest.mark.parametrize(
    "text",
    [
        "trap 'python3 -c 1' EXIT; trap - EXIT",
        "trap 'python3 -c 1' 0; trap '' EXIT",
        "hash -p /usr/bin/python3 foo; hash -r; foo -c 1",
        "f() { python3 -c 1; }; unset f; f",
    ],
)
def test_what_was_taken_back_does_not_run(text: str) -> None:
    assert inline(text) == []


def test_an_argument_and_shell_text_answer_alike_where_a_shell_reads_a_pipe() -> None:
    assert detect(Execution(argv=("bash", "-c", "date '+python3 -c 1' | sh"))) is not None
