"""Records that the kernel itself writes while interpreters run: what ran is what hunt says, whatever its words are."""

from __future__ import annotations

import subprocess
import sys

import pytest

from flycatcher.sources.sensors.audit.events import Events
from flycatcher.sources.sensors.audit.sensor import Audit
from tests.hunt.helpers import detections
from tests.kernel import must_work

pytestmark = [
    pytest.mark.skipif(not must_work("audit"), reason="the audit log cannot be read"),
    pytest.mark.xdist_group("audit"),
]
NAMES = {1300: b"SYSCALL", 1302: b"PATH", 1307: b"CWD", 1309: b"EXECVE", 1320: b"EOE", 1327: b"PROCTITLE"}
PROGRAMS = [
    ([sys.executable, "-Sc", "print(1) # {}"], "print(1) # {}"),
    ([sys.executable, "-c", "print(1) # {}", "x" * 20_000, "", "\udcff"], "print(1) # {}"),
    (["perl", "-we", "print 1; # {}\n\"'"], "print 1; # {}\n\"'"),
    (["perl", "-e", "1; # {}" + " " * 9000], "1; # {}" + " " * 9000),
    (["sh", "-c", "perl -e '1; # {}'"], "1; # {}"),
]


def test_what_ran_is_found_in_the_kernel_s_own_records(tmp_path, monkeypatch):
    log, marks = tmp_path / "audit.log", [f"mark-{number}-{id(tmp_path)}" for number in range(len(PROGRAMS))]
    whole = Events.take
    with log.open("wb") as out, Audit(add_rules=True) as sensor:

        def written(self, kind, text):
            if kind in NAMES:
                out.write(b"type=%s msg=%s\n" % (NAMES[kind], text))
            return whole(self, kind, text)

        monkeypatch.setattr(Events, "take", written)
        for mark, (argv, _) in zip(marks, PROGRAMS, strict=True):
            subprocess.run([word.replace("{}", mark) for word in argv], check=False, capture_output=True)
            seen = False
            for _ in range(50):
                seen = any(mark in " ".join(getattr(item, "argv", ())) for item in sensor.poll(0.2)) or seen
                if seen:
                    break
        for _ in range(5):
            list(sensor.poll(0.2))
    found = [
        snippet.text
        for each in detections(log)
        for snippet in each.snippets
        if snippet.interpreter in ("python", "perl")
    ]
    for mark, (_, text) in zip(marks, PROGRAMS, strict=True):
        assert text.replace("{}", mark) in found
