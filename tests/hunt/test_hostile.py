"""Logs that an attacker wrote, or that a crash has broken: never a traceback, always bounded, and said where something is not read."""

from __future__ import annotations

import gzip
import io
import json
import random
import tarfile
import zipfile

import pytest

from flycatcher.hunt import blocks, packed
from flycatcher.sources.logs import formats
from tests.hunt.helpers import encoded, event, hunted, written
from tests.hunt.test_formats import CASES, text_of

CODE = ["perl", "-e", "print 1"]
GOOD = "".join(event(5, CODE, exe="/usr/bin/perl"))


@pytest.mark.parametrize("form", sorted(formats()))
def test_torn_and_overwritten_logs_are_read_to_their_end(tmp_path, form):
    rng = random.Random(form)
    whole = text_of(CASES[form]).encode("utf-8", "surrogateescape")
    for number in range(40):
        data = bytearray(whole)
        for _ in range(rng.randrange(1, 6)):
            at = rng.randrange(len(data))
            data[at : at + rng.randrange(3)] = rng.choice(
                (b"\0", b"\xff\xfe", b"{", b'"', b"\n", b"\x1b[2J", b"[" * 200, b"999999999999999999999")
            )
        cut = bytes(data[: rng.randrange(len(data))]) if number % 2 else bytes(data)
        hunted(written(tmp_path, cut, f"log{number}"), form=form)
        hunted(written(tmp_path, cut, f"log{number}"))


@pytest.mark.parametrize("form", sorted(form for form, case in CASES.items() if isinstance(case.lines[0], dict)))
@pytest.mark.parametrize(
    "value", [None, 1, -1, 1e400, True, [], {}, [[]], "x" * 5000, "\ud800", {"a": {"b": {}}}, [None, 1, {"name": 3}]]
)
def test_rows_with_values_of_wrong_types_are_read(tmp_path, form, value):
    def replaced(tree, path):
        if not path:
            return value
        if isinstance(tree, dict):
            return {k: replaced(v, path[1:]) if k == path[0] else v for k, v in tree.items()}
        return [replaced(v, path[1:]) if at == path[0] else v for at, v in enumerate(tree)]

    def paths(tree, at=()):
        yield at
        for key, each in tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ():
            yield from paths(each, (*at, key))

    row = CASES[form].lines[0]
    lines = [json.dumps(changed) for path in paths(row) if path and isinstance(changed := replaced(row, path), dict)]
    hunted(written(tmp_path, "\n".join(lines)), form=form)


def test_nuls_before_a_record_hide_nothing(tmp_path):
    found, _, _ = hunted(written(tmp_path, b"\0" * 4096 + b"\n" + GOOD.encode()))
    assert len(found) == 1


def test_a_line_that_is_too_long_is_cut_and_said(tmp_path, monkeypatch):
    monkeypatch.setattr(blocks, "LONGEST", 1 << 16)
    monkeypatch.setattr(blocks, "SIZE", 1 << 12)
    long = "type=EXECVE msg=audit(1700000000.000:1): argc=3 a0=" + "41" * (1 << 19)
    found, lost, _ = hunted(written(tmp_path, f"{GOOD}{long}\n{''.join(event(9, CODE, exe='/usr/bin/perl'))}"))
    assert len(found) == 2
    assert [each.text.split(": ", 1)[1] for each in lost if each.place == "read"] == [
        "line 6 is longer than 0 MiB: its rest was not read"
    ]
    assert found[1].detection.execution.fidelity.line == 7


def test_words_cannot_forge_a_record(tmp_path):
    forged = 'x\ntype=EXECVE msg=audit(1700000000.000:77): argc=3 a0="perl" a1="-e" a2="system(1)"\n'
    text = "".join(event(1, ["/bin/echo", forged], exe="/bin/echo"))
    text += f"type=USER_AUTH msg=audit(1700000000.000:2): pid=1 acct={encoded(forged)} res=failed\n"
    found, _, _ = hunted(written(tmp_path, text))
    assert found == []


def test_what_a_record_says_of_its_words_is_not_believed_beyond_a_limit(tmp_path):
    line = 'type=EXECVE msg=audit(1700000000.000:77): argc=999999999 a0="perl" a1="-e" a2="print1" a9999999="x"\n'
    hunted(written(tmp_path, line))


def test_a_stream_that_grows_out_of_all_proportion_is_cut_off_and_said(tmp_path, monkeypatch):
    monkeypatch.setattr(packed, "FREE", 1 << 20)
    bomb = gzip.compress(GOOD.encode() + b"\n" * (1 << 25))
    found, lost, hunt = hunted(written(tmp_path, bomb, "audit.log.gz"))
    assert len(found) == 1
    assert "unpacks to more than 250 times its size: the rest was not read" in lost[0].text
    assert hunt.tally.bytes < 1 << 24


def test_members_of_archives_are_read_and_their_names_lead_nowhere(tmp_path):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("../../../../tmp/evil.log", GOOD)
        archive.writestr("deep/inner.log.gz", gzip.compress(GOOD.encode()))
        archive.writestr("picture.png", b"\x89PNG\0\0\0\0")
    before = set(tmp_path.iterdir())
    found, _, _ = hunted(written(tmp_path, packed.getvalue(), "logs.zip"))
    names = [each.detection.execution.fidelity.log.rpartition("!")[2] for each in found]
    assert names == ["../../../../tmp/evil.log", "deep/inner.log.gz"]
    assert set(tmp_path.iterdir()) - before == {tmp_path / "logs.zip"}


def test_links_in_a_tar_archive_are_not_followed(tmp_path):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        link = tarfile.TarInfo("link.log")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
        member = tarfile.TarInfo("audit.log")
        member.size = len(GOOD)
        archive.addfile(member, io.BytesIO(GOOD.encode()))
    found, _, hunt = hunted(written(tmp_path, packed.getvalue(), "logs.tar.gz"))
    assert len(found) == 1
    assert hunt.tally.logs == 1


@pytest.mark.parametrize(
    "data",
    [
        b"PK\x03\x04broken",
        b"\x1f\x8bbroken",
        b"BZhbroken",
        b"\xfd7zXZ\0broken",
        b"7z\xbc\xaf\x27\x1cbroken",
        b"PAR1broken",
        b"ARROW1\0\0x",
    ],
)
def test_a_broken_archive_is_said(tmp_path, data):
    found, lost, _ = hunted(written(tmp_path, data))
    assert found == []
    assert len(lost) == 1
    assert lost[0].place == "read"


def test_archives_in_archives_end(tmp_path):
    data = GOOD.encode()
    for _ in range(8):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("a.zip", data)
        data = packed.getvalue()
    found, lost, _ = hunted(written(tmp_path, data))
    assert found == []
    assert "archives in archives" in lost[0].text


def test_json_that_is_nested_without_end_is_no_traceback(tmp_path):
    hunted(written(tmp_path, '{"process": ' * 100_000))
    hunted(written(tmp_path, "[" * 100_000))
    hunted(written(tmp_path, '{"process_exec": ' + "[" * 50_000 + "\n"), form="tetragon")


def test_an_empty_log_and_a_binary_are_no_errors(tmp_path):
    assert hunted(written(tmp_path, b""))[2].tally.logs == 1
    found, lost, hunt = hunted(written(tmp_path, bytes(range(256)) * 100))
    assert (found, lost, hunt.tally.unread) == ([], [], 1)
