"""Shapes of records: what collectors export."""

from __future__ import annotations

import json

from tests.hunt.shapes.audit import CODE, PERL, WHEN, Shape, execve


def wazuh(**more: object) -> list[object]:
    audit = {
        "exe": "/usr/bin/perl",
        "success": "yes",
        "pid": "9",
        "uid": "33",
        "execve": {"a0": "perl", "a1": "-e", "a2": "print 1"},
        **more,
    }
    return [
        {
            "timestamp": "2023-11-14T22:13:20.123+0000",
            "agent": {"name": "web1"},
            "rule": {"id": "1"},
            "data": {"audit": audit},
        }
    ]


WAZUH = [
    Shape("four words at most", wazuh(), "print 1", tuple(CODE), host="web1", user="33", time=WHEN),
    Shape("there may be more", wazuh(execve={"a0": "perl", "a1": "-e", "a2": "print 1", "a3": "x"}), "print 1", cut=True),
    Shape("it failed", wazuh(success="no"), ""),
    Shape("an index's document", [{"_index": "w", "_source": wazuh()[0]}], "print 1", host="web1"),
    Shape("the records themselves", [{**wazuh()[0], "full_log": " ".join(execve(PERL))}], "print1", ("perl", "-e", "print1")),
    Shape("no words", wazuh(execve=None), ""),
    Shape("behind other alerts", [{"timestamp": "x", "agent": {"name": "a"}, "rule": {"id": "5"}, "full_log": "sshd: x"}, *wazuh()], "print 1"),
    Shape("an alert of sudo's log", [{"agent": {"name": "web1"}, "rule": {"id": "5402"}, "full_log":
          "Nov 14 22:13:20 web1 sudo:  ann : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/usr/bin/perl -e print 1"}], "print 1", certainty="certain", host="web1"),
    Shape("an alert of sudo's log behind others", [{"agent": {"name": "web1"}, "rule": {"id": "5"}, "full_log": "x"}, *wazuh(success="no"), {"agent": {"name": "web1"},
          "rule": {"id": "5402"}, "full_log": "Nov 14 22:13:20 web1 sudo:  ann : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/usr/bin/perl -e print 1"}],
          "print 1", certainty="certain", host="web1"),
    Shape("a list of alerts", [json.dumps({"items": wazuh()}, indent=1)], "print 1"),
]  # fmt: skip

SPLUNK_ROW = {
    "_time": "2023-11-14T22:13:20.123+00:00",
    "dest": "web1",
    "user": "www",
    "process": "perl -e print 1",
    "process_path": "/usr/bin/perl",
    "process_id": "9",
}
SPLUNK = [
    Shape("a result", [{"preview": False, "offset": 0, "result": SPLUNK_ROW}], "print 1", ("perl", "-e", "print 1"), "certain", "web1", "www", WHEN),
    Shape("results, a line each", [{"preview": False, "result": {"process": "ls", "process_id": "8"}}, {"preview": False, "result": SPLUNK_ROW}], "print 1",
          certainty="certain"),
    Shape("a list of results", [json.dumps({"results": [SPLUNK_ROW]})], "print 1", certainty="certain", host="web1"),
    Shape("the data model's names", [{"result": {f"Processes.{name}": value for name, value in SPLUNK_ROW.items()}}], "print 1", certainty="certain"),
    Shape("CSV", [",".join(SPLUNK_ROW), ",".join(SPLUNK_ROW.values())], "print 1", certainty="certain", host="web1", time=WHEN),
    Shape("the log's own line", [{"result": {"_raw": line, "host": "web1"}} for line in execve(PERL)], "print1", ("perl", "-e", "print1"), host="web1"),
    Shape("the log's own lines in one", [{"result": {"_raw": "\n".join(execve(PERL)), "host": "web1"}}], "print1", ("perl", "-e", "print1"), host="web1"),
    Shape("CSV of the log's own lines", ["_time,host,_raw", *(f'1700000000,web1,"{line}"'.replace('="', '=""').replace('" ', '"" ') for line in execve(PERL))][:1]
          + ['1700000000,web1,"' + line.replace('"', '""') + '"' for line in execve(PERL)], "print1", ("perl", "-e", "print1"), host="web1"),
    Shape("no process", [{"result": {"dest": "web1", "process_name": "perl", "process": ""}}], ""),
    Shape("parents", [{"result": {**SPLUNK_ROW, "parent_process": "nginx -g x", "parent_process_path": "/usr/sbin/nginx"}}], "print 1", certainty="certain"),
]  # fmt: skip
