"""The shapes that each format's records have, as its project's sources, tests and users write them: the words, who, where, when, what was cut."""

from __future__ import annotations

import json

import pytest

from tests.hunt.helpers import hunted, written
from tests.hunt.shapes.audit import AUDITD, ECS, LAUREL, Shape
from tests.hunt.shapes.exports import SPLUNK, WAZUH
from tests.hunt.shapes.sensors import DEFENDER, FALCO, OCSF, OSQUERY, SYSMON, TETRAGON, TRACEE
from tests.hunt.shapes.text import AUOMS, CLOUD, HISTORIES, JOURNAL, KUBERNETES, SYSLOG

SHAPES = {
    "auditd": AUDITD, "laurel": LAUREL, "ecs": ECS, "sysmon": SYSMON, "falco": FALCO, "tetragon": TETRAGON, "tracee": TRACEE, "osquery": OSQUERY, "ocsf": OCSF,
    "defender": DEFENDER, "wazuh": WAZUH, "splunk": SPLUNK, "kubernetes": KUBERNETES, "journal": JOURNAL, "syslog": SYSLOG, "auoms": AUOMS,
    "histories": HISTORIES, "cloud": CLOUD,
}  # fmt: skip
EVERY = [pytest.param(shape, id=f"{form}: {shape.name}") for form, shapes in SHAPES.items() for shape in shapes]


def bytes_of(shape: Shape) -> bytes:
    def line(each: object) -> bytes:
        if isinstance(each, bytes):
            return each
        return f"{each if isinstance(each, str) else json.dumps(each)}\n".encode("utf-8", "surrogateescape")

    return b"".join(map(line, shape.lines))


@pytest.mark.parametrize("shape", EVERY)
def test_a_record_says_what_ran_whatever_its_shape(tmp_path, shape):
    found, _, _ = hunted(written(tmp_path, bytes_of(shape)))
    if not (shape.text or shape.argv):
        assert [each.detection.snippets[0].text for each in found] == []
        return
    (one,) = found
    execution = one.detection.execution
    fidelity = execution.fidelity
    assert (one.detection.snippets[0].text, fidelity.certainty, fidelity.truncated) == (
        shape.text,
        shape.certainty,
        shape.cut,
    )
    if shape.argv:
        assert execution.argv == shape.argv
    for expected, got in ((shape.host, one.host), (shape.user, one.user), (shape.time, fidelity.time)):
        assert not expected or got == expected
