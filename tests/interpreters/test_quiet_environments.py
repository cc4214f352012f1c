"""Environments that are known to bring no text in: never one that does, and each is read once."""

import pytest

from flycatcher.commands.check import stream
from flycatcher.core.interpreters import by_name, carriers
from flycatcher.core.interpreters.carriers import QuietEnvironments, carried

PLAIN = {"PATH": "/usr/bin:/bin", "HOME": "/home/build", "LANG": "C.UTF-8", "CI": "true"}


@pytest.fixture
def readings(monkeypatch):
    """Count the environments that are read by the tables of the interpreters."""
    seen = []

    def counted(env, **options):
        seen.append(dict(env))
        return carried(env, **options)

    monkeypatch.setattr(carriers, "carried", counted)
    return seen


def test_an_environment_that_was_seen_before_is_not_read_again(readings):
    quiet = QuietEnvironments()
    assert quiet.holds(PLAIN, "/home/build", None)
    first = len(readings)
    assert first > 0
    for _ in range(100):
        assert quiet.holds(dict(PLAIN), "/home/build", None)
    assert len(readings) == first


@pytest.mark.parametrize(
    "carrier",
    [
        {"PERL5OPT": "-Mstrict;print(1)"},
        {"NODE_OPTIONS": "--import data:text/javascript,1"},
        {"RUBYOPT": "-r/tmp/x"},
        {"BASH_ENV": "$(id)"},
        {"PAGER": "sh -c id"},
        {"GIT_SSH_COMMAND": "sh -c id"},
    ],
)
@pytest.mark.parametrize("before", [{}, PLAIN])
def test_a_variable_that_brings_text_in_is_found_whatever_was_seen_before(carrier, before):
    quiet = QuietEnvironments()
    quiet.holds(PLAIN, "", None)
    env = before | carrier
    assert bool(carried(env)) is not quiet.holds(env, "", None)
    assert not quiet.holds(env, "", None)
    assert quiet.holds(PLAIN, "", None)


def test_what_one_program_reads_itself_is_not_taken_for_quiet_before_another():
    quiet = QuietEnvironments()
    env = {"PERL5OPT": "-Mstrict;print(1)"}
    quiet.holds(env, "", by_name("perl"))
    assert not quiet.holds(env, "", None)


def test_long_values_are_not_kept():
    quiet = QuietEnvironments()
    assert quiet.holds({"HOME": "/home/" + "x" * 5000}, "", None)
    assert quiet._quiet == {}


def test_they_are_forgotten_when_there_are_too_many(monkeypatch):
    monkeypatch.setattr(carriers, "QUIET", 10)
    quiet = QuietEnvironments()
    for number in range(50):
        assert quiet.holds({"HOME": f"/home/{number}", f"X{number}": "1"}, "", None)
        assert len(quiet._unread) + quiet._known <= 13


def test_rows_with_an_everyday_environment_are_answered_without_being_parsed(monkeypatch):
    parsed = []
    monkeypatch.setattr(stream, "read", parsed.append)
    row = b'{"argv":["gcc","-c","x.c"],"env":{"HOME":"/home/build","PATH":"/usr/bin","LANG":"C"}}'
    answers = list(stream.answers([row] * 20))
    assert len(set(answers)) == 1
    assert b'"code_on_the_fly":false' in answers[0]
    assert parsed == []


def test_home_alone_asks_no_interpreter(monkeypatch):
    monkeypatch.setattr(carriers, "by_id", lambda _id: pytest.fail("a table was loaded"))
    assert carriers.carried({"HOME": "/home/somebody", "LANG": "C"}) == ()
    assert carriers.QuietEnvironments().holds({"HOME": "/home/somebody", "LANG": "C"}, "", None)
