"""Variables and settings that bring code in: a command in one weighs more than a setting."""

from __future__ import annotations

import pytest

from flycatcher.core.detection import judge, read
from flycatcher.core.execution import Execution


def level(*argv: str, **env: str) -> str:
    """Return the level of one execution."""
    reading = read(Execution(argv=argv, env=env))
    assert reading is not None
    return judge(reading).risk.level


@pytest.mark.parametrize(
    ("argv", "env", "expected"),
    [
        (("bash", "build.sh"), {"BASH_ENV": "$(frobnicate)"}, "medium"),
        (("sh", "-i"), {"ENV": "$(frobnicate)"}, "medium"),
        (("perl", "app.pl"), {"PERL5OPT": '-Mbase;system("id")'}, "high"),
        (("lua", "app.lua"), {"LUA_INIT": 'os.execute("id")'}, "high"),
        (("node", "app.js"), {"NODE_OPTIONS": "--import=data:text/javascript,import('child_process').then(c=>c.exec('id'))"}, "high"),
        (("node", "app.js"), {"NODE_OPTIONS": "--import=data:text/javascript,globalThis.x=1"}, "medium"),
        (("bash", "-x", "build.sh"), {"PS4": "+ $(date) "}, "low"),
        (("php", "-d", "allow_url_include=1", "-d", "auto_prepend_file=http://files.example/a", "x.php"), {}, "high"),
        (("deno", "run", "https://files.example/a.ts"), {}, "medium"),
        (("sqlite3", "-cmd", ".load ./x"), {}, "high"),
        (("vim", "-c", ":set shell=/tmp/x", "-c", ":shell"), {}, "high"),
    ],
)  # fmt: skip
def test_what_a_variable_brings_in_decides(argv: tuple[str, ...], env: dict[str, str], expected: str) -> None:
    assert level(*argv, **env) == expected


@pytest.mark.parametrize(
    ("argv", "env"),
    [
        (("bash", "build.sh"), {"BASH_ENV": "/etc/profile.d/modules.sh"}),
        (("node", "app.js"), {"NODE_OPTIONS": "--max-old-space-size=4096"}),
        (("perl", "app.pl"), {"PERL5OPT": "-MDevel::Cover"}),
        (("sqlite3", "-cmd", ".mode csv", "a.db"), {}),
        (("vim", "-c", "set shell=/bin/bash", "file"), {}),
        (("rvim", "-c", ":shell"), {}),
    ],
)
def test_settings_bring_no_code_in(argv: tuple[str, ...], env: dict[str, str]) -> None:
    reading = read(Execution(argv=argv, env=env))
    assert reading is not None
    assert reading.snippets == []
