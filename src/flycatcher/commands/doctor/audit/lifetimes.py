"""When versions of interpreters end: the last day on which their own project mends them. Distributions may go on longer.

Read on 2026-11-30 from the projects' own pages, which each row names; where only a month is given, its last day.
"""

from __future__ import annotations

import datetime as dt

from msgspec import Struct


class Lifetimes(Struct, frozen=True):
    """The versions of one interpreter."""

    interpreter: str
    """Its id."""
    source: str
    ends: dict[str, dt.date]
    """The last day by the version: major and minor, of Node.js the major one."""


def _of(interpreter: str, source: str, text: str) -> Lifetimes:
    """Read versions and days that stand by turns."""
    words = text.split()
    days = map(dt.date.fromisoformat, words[1::2])
    return Lifetimes(interpreter, source, dict(zip(words[::2], days, strict=True)))


_PYTHON = _of(
    "python",
    "devguide.python.org/versions",
    "2.7 2020-01-01 3.5 2020-09-30 3.6 2021-12-23 3.7 2023-06-27 3.8 2024-10-07 3.9 2025-10-31 3.10 2026-10-31"
    " 3.11 2027-10-31 3.12 2028-10-31 3.13 2029-10-31 3.14 2030-10-31",
)
_RUBY = _of(
    "ruby",
    "ruby-lang.org/en/downloads/branches",
    "2.3 2019-03-31 2.4 2020-03-31 2.5 2021-03-31 2.6 2022-03-31 2.7 2023-03-31 3.0 2024-04-23 3.1 2025-03-31"
    " 3.2 2026-03-31 3.3 2027-03-31 3.4 2028-03-31 4.0 2029-03-31",
)
_PHP = _of(
    "php",
    "php.net/supported-versions.php, php.net/eol.php",
    "5.6 2018-12-31 7.0 2019-01-10 7.1 2019-12-01 7.2 2020-11-30 7.3 2021-12-06 7.4 2022-11-28 8.0 2023-11-26"
    " 8.1 2025-12-31 8.2 2026-12-31 8.3 2027-12-31 8.4 2028-12-31",
)
_NODE = _of(
    "node",
    "github.com/nodejs/Release, schedule.json",
    "8 2019-12-31 10 2021-04-30 12 2022-04-30 14 2023-04-30 16 2023-09-11 18 2025-04-30 20 2026-04-30 22 2027-04-30"
    " 24 2028-04-30",
)
LIFETIMES = {each.interpreter: each for each in (_PYTHON, _RUBY, _PHP, _NODE)}
