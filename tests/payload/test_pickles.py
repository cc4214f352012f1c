"""What a pickle would call: real pickles of every protocol, loaded in the ways that Python's programs load them."""

from __future__ import annotations

import base64
import pickle
import subprocess
import sys
from typing import Any

import pytest

from flycatcher.core.payload.pickles import pickled_calls

from .helpers import analysis, capabilities, layers

PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)


class Calls:
    """Pickled as a call of ``os.system``: what an attacker sends."""

    def __init__(self, *arguments: str) -> None:
        self.arguments = arguments

    def __reduce__(self) -> tuple[Any, ...]:
        from os import system  # noqa: PLC0415 - the function that is named in the pickle

        return system, self.arguments


def test_the_pickles_are_real(tmp_path):
    for protocol in PROTOCOLS:
        marker = tmp_path / str(protocol)
        data = pickle.dumps(Calls(f"echo {protocol} > {marker}"), protocol)
        subprocess.run([sys.executable, "-c", f"import pickle; pickle.loads({data!r})"], check=True)
        assert marker.read_text() == f"{protocol}\n"


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_pickle_of_every_protocol_is_written_as_its_call(protocol):
    assert pickled_calls(pickle.dumps(Calls("id"), protocol)) == "import posix; posix.system('id')"


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize(
    "load",
    ["pickle.loads", "_pickle.loads", "dill.loads", "cloudpickle.loads"],
)
def test_a_loaded_pickle_does_what_it_calls(load, protocol):
    data = pickle.dumps(Calls("id"), protocol)
    text = f"import {load.partition('.')[0]}; {load}({data!r})"
    assert ("python", ("pickle",), "import posix; posix.system('id')") in layers(text)
    assert ("shell", ("shell",), "id") in layers(text)
    assert {"eval.deserialise", "process.spawn"} <= capabilities(text)


def test_the_layers_before_a_pickle_are_told():
    data = base64.b64encode(pickle.dumps(Calls("id"), 4)).decode()
    text = f"import pickle, base64; pickle.loads(base64.b64decode('{data}'))"
    assert [layer.made for layer in analysis(text).layers] == [(), ("base64", "pickle"), ("shell",)]


def test_a_pickle_of_several_calls_says_each_in_order():
    data = pickle.dumps([Calls("id"), Calls("whoami")], 2)
    assert pickled_calls(data) == "import posix; posix.system('id')\nimport posix; posix.system('whoami')"


@pytest.mark.parametrize(
    ("data", "calls"),
    [
        (b"cos\nsystem\n(S'id'\ntR.", "import os; os.system('id')"),
        (b"(S'id'\nios\nsystem\n.", "import os; os.system('id')"),
        (b"(cos\nsystem\nS'id'\no.", "import os; os.system('id')"),
        (b"c__builtin__\neval\n(S'1'\ntR.", "import builtins; builtins.eval('1')"),
        (b"cos\nsystem\n(S'id'\ntRgarbage", "import os; os.system('id')"),
        (b"cos\nsystem\n(S'id'\nt.", ""),
        (b"cos;import x\nsystem\n(S'id'\ntR.", ""),
        (pickle.dumps({"a": [1, "text", b"bytes"]}), ""),
        (b"\x80\x7fno pickle", ""),
    ],
    ids=["global", "inst", "obj", "builtins", "cut", "uncalled", "no name", "data", "noise"],
)  # fmt: skip
def test_a_pickle_written_by_hand(data, calls):
    assert pickled_calls(data) == calls
