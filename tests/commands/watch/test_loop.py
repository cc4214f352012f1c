"""What becomes of what a sensor yields, without a kernel."""

import pytest

from flycatcher.commands.watch.loop import WatchLoop
from flycatcher.commands.watch.settings import WatchSettings
from flycatcher.core.execution import Execution, Fidelity, Process
from flycatcher.reporting import Reporter
from flycatcher.sources.notice import Notice


class Kept:
    takes_notices = True
    path = "kept"

    def __init__(self):
        self.records = []

    def write(self, record):
        self.records.append(record)


@pytest.fixture
def kept():
    return Kept()


def execution(text, **more):
    return Execution(
        argv=("perl\x1b[2J", "-e", text),
        interpreter="perl",
        process=Process(pid=7),
        fidelity=Fidelity(sensor="ebpf", time="2026-11-24T00:00:00.000000Z"),
        **more,
    )


def test_an_execution_that_cannot_be_analysed_is_a_loss_and_not_the_end(kept):
    def analyser(snippet, *, follow):
        raise RecursionError("too deep")

    said = []
    watcher = WatchLoop(WatchSettings(), Reporter([kept]), said.append, analyser=analyser)
    watcher.take(execution("1"))
    assert watcher.lost == 1
    assert [notice.text for notice in said] == [
        "perl\\x1b[2J (pid 7) could not be analysed: RecursionError: too deep",
    ]
    assert (kept.records[0]["kind"], kept.records[0]["place"], kept.records[0]["count"]) == ("loss", "analysis", 1)


def test_a_file_that_had_gone_is_a_loss_where_its_name_tells_nothing(kept):
    watcher = WatchLoop(WatchSettings(), Reporter([kept]), lambda notice: None)
    for name in ("/tmp/x\n", "/usr/bin/perl"):
        watcher.take(Execution(argv=(name, "-e", "'by name'"), exe=name, process=Process(pid=9)))
    assert [record.get("text") for record in kept.records] == [
        "/tmp/x\\n (pid 9) was gone before it could be inspected, and its name identifies nothing",
        None,
    ]
    assert kept.records[0]["place"] == "file not looked at"
    assert kept.records[1]["snippets"][0]["text"] == "'by name'"
    assert watcher.lost == 1


@pytest.mark.parametrize(
    ("words", "more", "lost"),
    [
        (("./conftest",), {"stdin": "null"}, 0),
        (("./sanitycheck", "3", "out/a.txt"), {"stdin": "file"}, 0),
        (("./conftest",), {"stdin": "pipe"}, 1),
        (("./conftest",), {}, 1),
        (("./x", "-e", "1"), {"stdin": "null"}, 1),
        (("./x", "print 1"), {"stdin": "null"}, 1),
        (("./x", "/dev/fd/63"), {"stdin": "null"}, 1),
    ],
)
def test_a_program_that_had_gone_is_no_loss_where_it_was_given_no_text(kept, words, more, lost):
    watcher = WatchLoop(WatchSettings(), Reporter([kept]), lambda notice: None)
    watcher.take(Execution(argv=words, exe="/build/x", process=Process(pid=9), **more))
    assert (watcher.lost, watcher.uninspected, len(kept.records)) == (lost, 1 - lost, lost)


def test_what_a_sensor_says_about_itself_is_counted_and_written(kept):
    watcher = WatchLoop(WatchSettings(), Reporter([kept]), lambda notice: None)
    watcher.take(
        Notice(kind="loss", sensor="ebpf", time="", text="3 x lost execution", place="lost execution", count=3)
    )
    watcher.take(Notice(kind="gap", sensor="ebpf", time="", text="nothing was watched for 2.0 seconds"))
    assert watcher.lost == 3
    assert [record["kind"] for record in kept.records] == ["loss", "gap"]


def test_only_a_tree_is_reported_where_one_is_named(kept):
    watcher = WatchLoop(WatchSettings(tree=50), Reporter([kept]), lambda notice: None)
    watcher.take(execution("'other'", ancestry=(Process(pid=51),)))
    watcher.take(execution("'own'", ancestry=(Process(pid=51), Process(pid=50))))
    assert [record["snippets"][0]["text"] for record in kept.records] == ["'own'"]
