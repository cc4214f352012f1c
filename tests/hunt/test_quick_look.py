"""A quick look at an event says what a full one says: the same detections, ancestors and figures."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from flycatcher.hunt.engine import Hunt, Options
from flycatcher.sources.logs.engine.format import Block
from flycatcher.sources.logs.laurel import Laurel

LAUREL = [
    ["/usr/bin/date", "+%25s"], ["/usr/bin/perl", "-e", "print 1 %25 2"], ["/usr/bin/perl", "-e", "print%201"], ["/usr/bin/python3", "x.py"],
    ["/usr/bin/python3", "-c", "print(1)"], ["/bin/sh", "-c", "ls | wc -l"], ["/usr/bin/per%6c", "-e", "1"], ["/usr/sbin/nginx"],
]  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, len(LAUREL) - 1), st.integers(1, 9), st.integers(1, 9), st.booleans()), max_size=30
    )
)
def test_a_quick_look_at_laurel_s_events_says_what_a_full_one_says(starts):
    lines = [
        json.dumps({"ID": f"1700000000.{at:03}:{at}", "NODE": "h", "EXECVE": {"argc": len(LAUREL[what]), "ARGV": LAUREL[what]},
                    "SYSCALL": {"success": "yes" if ran else "no", "exe": LAUREL[what][0], "pid": pid, "ppid": ppid, "syscall": 59}})
        for at, (what, pid, ppid, ran) in enumerate(starts)
    ]  # fmt: skip
    told = []
    for prefix in ("", "@cee: "):  # no quick look behind a prefix
        hunt = Hunt(Options())
        reader = Laurel(hunt.shared, "log")
        found = list(hunt.answered(reader.read(Block("".join(f"{prefix}{line}\n" for line in lines).encode()))))
        told.append(
            ([(each.detection.id, each.time, each.detection.execution.ancestry) for each in found], hunt.shared.counts)
        )
    assert told[0] == told[1]
