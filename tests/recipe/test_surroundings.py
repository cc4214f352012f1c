"""What descriptor 0 is connected to, and under which name a program goes."""

import pytest

from flycatcher.core.detection import detect
from flycatcher.core.execution import Execution, Fidelity, Process
from flycatcher.core.recipe import surroundings


def reasons(**context):
    facts = {f"stdin.socket.{name}": value for name, value in context.items()}
    return list(surroundings.points(Execution(argv=("sh",), stdin="socket", context=facts)))


def test_a_pair_of_local_sockets_is_no_network_connection():
    assert reasons(family="unix") == []
    assert reasons(family="netlink") == []


def test_a_socket_counts_by_who_is_at_its_other_end():
    assert reasons(family="inet", peer="203.0.113.9:4444") == [(40, "standard input is a network connection")]
    assert reasons(family="inet6", peer="[2001:db8::1]:443") == [(40, "standard input is a network connection")]
    assert reasons(family="inet", peer="127.0.0.1:9") == [
        (15, "standard input is a network connection within this host")
    ]
    assert reasons(family="inet6", peer="[::1]:9") == [(15, "standard input is a network connection within this host")]
    assert reasons(family="inet") == [(20, "standard input is a network socket with nobody at its other end")]
    assert reasons(family="vsock") == [(30, "standard input is a connection between a virtual machine and its host")]


def test_a_socket_of_unknown_family_is_believed_to_be_the_networks():
    assert reasons() == [(40, "standard input is a network connection")]


@pytest.mark.parametrize(
    ("shown", "exe", "hidden"),
    [
        ("awk", "/usr/bin/gawk", False),
        ("awk", "/usr/bin/mawk", False),
        ("-bash", "/bin/bash", False),
        ("sh", "/usr/bin/dash", False),
        ("python3", "/usr/bin/python3.11", False),
        ("[kworker/0:1]", "/usr/bin/perl", True),
        ("sshd", "/usr/bin/python3.11", True),
        ("awk", "/usr/bin/perl", True),
    ],
)
def test_a_link_of_the_same_language_hides_nothing(shown, exe, hidden):
    assert surroundings.hidden_name(Execution(argv=(shown, "x"), exe=exe)) is hidden


def test_a_worker_that_its_own_kind_feeds_by_a_pipe_is_low_and_the_same_from_a_pipeline_is_not():
    def level(parent, **fields):
        argv = ("python3", "-c", "import sys;exec(eval(sys.stdin.readline()))")
        ancestry = (Process(exe=parent, argv=(parent,)),)
        found = detect(Execution(argv=argv, exe="/usr/bin/python3.11", ancestry=ancestry, **fields), live=True)
        assert found is not None
        return found.risk.level

    assert level("/opt/venv/bin/python3.12", stdin="pipe") == "low"
    assert level("/bin/bash", stdin="pipe") == "high"
    assert level("/usr/bin/python3", stdin="unknown") == "high"
    assert level("/usr/bin/python3", stdin="socket", context={"stdin.socket.family": "inet"}) == "high"


def test_a_record_without_its_environment_is_in_less_doubt_than_one_without_its_words():
    words = ("perl", "-e", "system 'x'")
    size = sum(len(word) + 1 for word in words)

    def doubt(seen, **more):
        fidelity = Fidelity(truncated=True, bytes_seen=seen, bytes_total=9000)
        risk = detect(Execution(argv=words, fidelity=fidelity, **more)).risk
        return next(reason.points for reason in risk.reasons if "cut short" in reason.text)

    assert doubt(size) == 5
    assert doubt(size - 4) == 10
    assert doubt(size + 6, env={"A": "1"}) == 10


def test_without_a_file_or_a_name_nothing_is_hidden():
    assert not surroundings.hidden_name(Execution(argv=("sshd",), exe=""))
    assert not surroundings.hidden_name(Execution(argv=(), exe="/usr/bin/perl"))
    assert not surroundings.hidden_name(Execution(argv=("",), exe="/usr/bin/perl"))
    assert surroundings.hidden_name(Execution(argv=("sshd",), exe="/usr/bin/perl (deleted)"))
    assert not surroundings.hidden_name(Execution(argv=("perl",), exe="/usr/bin/perl (deleted)"))
