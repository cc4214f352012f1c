"""Logs as an attacker, a crash or a broken disk leaves them: never a traceback, always bounded; what somebody's words hold is never taken for more."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import tarfile
import tracemalloc
import zipfile
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flycatcher.hunt import packed
from flycatcher.hunt.engine import Found, Hunt, Options
from flycatcher.hunt.streams import Opened, Whole
from tests.hunt.helpers import event
from tests.hunt.test_shapes import SHAPES, bytes_of

HOSTILE = [
    b"\0", b"\xff\xfe", b"\n", b"\r", b'"', b"'", b"{", b"}", b"[" * 300, b"]", b"\\", b"\\u0000", b"\\ud800", b"\x1b[2J", b"\x1d", b"=", b"(", b")", b"<", b"&#x0;", b"%", b"%zz",
    b"null", b"1e999", b"-1", b"99999999999999999999999999", b"true", b"[]", b"{}", b"a0=", b"argc=99999999", b"a1[0]=", b"a9999999=", b"type=EXECVE msg=audit(1:1): ",
    b"node=\xff type=EXECVE msg=audit(1700000000.0:9): argc=1 a0=", b"]]>", b"<Event><EventID>1</EventID>", b"\xef\xbb\xbf", b"\xe2\x80\xae", b" " * 70, b"\xc2\x85",
]  # fmt: skip
EDITS = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 40), st.sampled_from(HOSTILE)), min_size=1, max_size=6)
FORMS = sorted(SHAPES)


def found_in(data: bytes, *, form: str = "", name: str = "log") -> tuple[list[Found], Hunt]:
    hunt = Hunt(Options(form=form, shells=True))
    every = list(hunt.read([Opened(name, io.BytesIO(data))]))
    return [each for each in every if isinstance(each, Found)], hunt


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_a_log_that_was_damaged_is_read_to_its_end(form, data):
    chosen = data.draw(st.lists(st.sampled_from(SHAPES[form]), min_size=1, max_size=4))
    text = b"".join(map(bytes_of, chosen))[:20_000]
    for at, length, put in data.draw(EDITS):
        place = int(at * len(text))
        text = text[:place] + put + text[place + length :]
    _, hunt = found_in(text)
    assert hunt.tally.logs + hunt.tally.unread == 1


WORDS = st.lists(
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30)
    | st.sampled_from(['x\ntype=EXECVE msg=audit(1700000000.000:9): argc=3 a0="perl" a1="-e" a2="1"', '"} {"x":"', "%2520", "]]>", "\x1d", "a0=x", "<perl", "\ufeff"]),
    max_size=5,
)  # fmt: skip


def logs_of(argv: list[str]) -> dict[str, bytes]:
    """Return the log of one start in each format that has lists of words, as its writer encodes them."""
    call = {"success": "yes", "pid": 9, "ppid": 1, "exe": "/usr/bin/perl"}
    rows = {
        "laurel": {
            "ID": "1700000000.1:1",
            "NODE": "h",
            "SYSCALL": call,
            "EXECVE": {"argc": len(argv), "ARGV": [percent(word) for word in argv]},
        },
        "ecs": {
            "@timestamp": "2023-11-14T22:13:20Z",
            "event": {"action": "executed"},
            "process": {"args": argv, "executable": "/usr/bin/perl"},
        },
        "tracee": {
            "eventName": "sched_process_exec",
            "processId": 9,
            "args": [{"name": "pathname", "value": "/usr/bin/perl"}, {"name": "argv", "value": argv}],
        },
        "kubernetes": {
            "auditID": "1",
            "verb": "create",
            "requestURI": "/api/v1/namespaces/d/pods/p/exec?" + urlencode([("command", word) for word in argv]),
        },
    }
    lines = {form: json.dumps(row).encode() + b"\n" for form, row in rows.items()}
    return lines | {"auditd": "".join(event(7, argv, exe="/usr/bin/perl")).encode("utf-8", "surrogateescape")}


def percent(word: str) -> str:
    """Return a word as LAUREL writes it."""
    return "".join(quote(each, safe="") if each in "%+" or not each.isprintable() else each for each in word)


@settings(max_examples=60, deadline=None)
@given(WORDS)
def test_words_are_what_they_were_and_nothing_else(words):
    argv = ["perl", "-e", "1", "--", *words]  # or a word could be an option that perl refuses
    for form, data in logs_of(argv).items():
        found, _ = found_in(data)
        assert [each.detection.execution.argv for each in found] == [tuple(argv)], form


PACK = {"gzip": gzip.compress, "bzip2": bz2.compress, "xz": lzma.compress}
GOOD = "".join(event(5, ["perl", "-e", "print 1"], exe="/usr/bin/perl")).encode()


def zipped(name: str, data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name or "x", data)
    return out.getvalue()


def tarred(name: str, data: bytes) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        member = tarfile.TarInfo(name or "x")
        member.size = len(data)
        archive.addfile(member, io.BytesIO(data))
    return out.getvalue()


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.sampled_from([*PACK, "zip", "tar"]), min_size=1, max_size=3),
    st.text(st.characters(codec="utf-8"), max_size=20) | st.sampled_from(["../../x", "/etc/passwd", "a\0b", "C:\\x", "x!y"]),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 9), st.binary(max_size=6)), max_size=2),
)  # fmt: skip
def test_packed_logs_that_were_damaged_are_read_as_far_as_they_go(packings, name, edits):
    data = GOOD
    for packing in packings:
        pack = {"zip": lambda d: zipped(name, d), "tar": lambda d: tarred(name.replace("\0", ""), d)}.get(
            packing, PACK.get(packing)
        )
        data = pack(data)
    for at, length, put in edits:
        place = int(at * len(data))
        data = data[:place] + put + data[place + length :]
    hunt = Hunt(Options())
    every = list(hunt.read([Whole("log", data)]))
    found = [each for each in every if isinstance(each, Found)]
    assert len(found) == 1 or edits
    assert len(found) <= 1


class Endless(io.RawIOBase):
    """A line of one letter that goes on for so many bytes, then an event."""

    def __init__(self, size: int, end: bytes) -> None:
        self._left, self._end = size, end

    def readable(self) -> bool:
        return True

    def readinto(self, into) -> int:
        if self._left:
            count = min(len(into), self._left)
            into[:count], self._left = b"a" * count, self._left - count
        else:
            count = min(len(into), len(self._end))
            into[:count], self._end = self._end[:count], self._end[count:]
        return count


def test_a_line_of_a_hundred_megabytes_takes_no_hundred_megabytes():
    hunt = Hunt(Options(form="auditd"))
    tracemalloc.start()
    try:
        every = list(hunt.read([Opened("log", Endless(100 << 20, b"\n" + GOOD))]))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert [each.detection.snippets[0].text for each in every if isinstance(each, Found)] == ["print 1"]
    assert [each.text for each in every if not isinstance(each, Found)] == [
        "log: line 1 is longer than 16 MiB: its rest was not read"
    ]
    assert peak < 80 << 20


def test_a_bomb_in_an_archive_in_an_archive_is_cut_off(monkeypatch):
    monkeypatch.setattr(packed, "FREE", 1 << 20)
    bomb = zipped("a.gz", gzip.compress(b" " * (1 << 26)))
    hunt = Hunt(Options(form="auditd"))
    lost = [each.text for each in hunt.read([Whole("log", bomb)]) if not isinstance(each, Found)]
    assert len(lost) == 1
    assert "the rest was not read" in lost[0]
    assert hunt.tally.bytes < 1 << 26


LONG = 60_000
REPEATED = {
    "a record without fields": "type=EXECVE msg=audit(1700000000.1:7): argc=3 " + "1" * LONG,
    "digits in front of messages": "Nov 14 22:13:20 web1 rsyslogd: " + "1" * LONG + " messages x",
    "a lost count": "Nov 14 22:13:20 web1 kernel: audit: audit_lost=" + "9" * LONG,
    "sudo's number": f"Nov 14 22:13:20 web1 sudo[{'9' * LONG}]: ann : COMMAND=/bin/ls",
    "slashes in an image's step": json.dumps({"rootfs": {}, "config": {}, "history": [{"created_by": "RUN |1 " + "/" * LONG}]}),
    "blanks in an image's step": json.dumps({"rootfs": {}, "config": {}, "history": [{"created_by": "RUN |1 " + " " * LONG + "x"}]}),
    "Falco's drops": json.dumps({"rule": "Falco internal: x", "output": "1" * LONG}),
    "a query": json.dumps({"auditID": "1", "verb": "get", "requestURI": "/x/exec?command=ls" + "&a" * LONG}),
    "Wazuh's log": json.dumps({"data": {"audit": {"execve": {}}}, "full_log": "type=EXECVE msg=audit(1): " + "1" * LONG}),
    "parameters in a crontab": "Nov 14 22:13:20 web1 CRON[9]: (www) CMD (" + "${" * (LONG // 2) + ")",
    "very many words": "Nov 14 22:13:20 web1 sudo: ann : COMMAND=/usr/bin/perl -e" + " -c" * (LONG // 3),
    "placeholders": 'type=AUOMS_EXECVE audit(1700000000.1:7): success=yes cmdline="perl -e' + " <1...999999>" * (LONG // 12) + '" redactors=',
}  # fmt: skip
"""What repeats itself, for patterns that would look at it again and again: each took minutes once, or ended the hunt."""


@pytest.mark.parametrize("name", REPEATED)
def test_what_repeats_itself_is_looked_at_once(name):
    _, hunt = found_in(REPEATED[name].encode() + b"\n" + GOOD)
    assert hunt.tally.logs == 1


def entry(message: bytes, length: int | None = None) -> bytes:
    head = b"__CURSOR=s\n__REALTIME_TIMESTAMP=1700000000123000\n_CMDLINE=perl -e 1\nMESSAGE\n"
    return head + (len(message) if length is None else length).to_bytes(8, "little") + message + b"\n\n"


@pytest.mark.parametrize("size", [0, 1, 7, 10, 2570, 1 << 20, (1 << 20) + 7, 3 << 20])
def test_a_binary_field_of_the_journal_forges_no_entry(size):
    forged = b"\n\n__CURSOR=t\n_CMDLINE=perl -e 2\n\n"
    found, _ = found_in(entry(b"\n" * size + forged) + entry(b"x"), name="export")
    assert {each.detection.snippets[0].text for each in found} == {"1"}
