"""Shapes of records: what sensors write."""

from __future__ import annotations

import json

from tests.hunt.shapes.audit import CODE, WHEN, Shape


def sysmon(
    line: str = "perl -e print 1", more: str = "", *, number: str = "<EventID>1</EventID>", closed: str = "</Data>"
) -> str:
    return (
        f'<Event><System><Provider Name="Linux-Sysmon" Guid="{{ff}}"/>{number}<Computer>web1</Computer></System><EventData>'
        '<Data Name="UtcTime">2023-11-14 22:13:20.123</Data><Data Name="ProcessGuid">{a}</Data><Data Name="ProcessId">9</Data>'
        f'<Data Name="Image">/usr/bin/perl</Data><Data Name="User">www</Data>{more}<Data Name="CommandLine">{line}{closed}'
    )


END = "</EventData></Event>"
SYSMON = [
    Shape("syslog", [f"Nov 14 22:13:20 web1 sysmon: {sysmon()}{END}"], "print 1", ("perl", "-e", "print 1"), "certain", "web1", "www", WHEN),
    Shape("a file of its own", [sysmon() + END], "print 1", certainty="certain"),
    Shape("entities", [sysmon("perl -e print &quot;a&amp;b&quot; &lt; 1") + END], 'print "a&b" < 1', certainty="certain"),
    Shape("single quotes", [(sysmon() + END).replace('"', "'")], "print 1", certainty="certain"),
    Shape("a dash", [sysmon("-") + END], ""),
    Shape("another event", [sysmon(number="<EventID>5</EventID>") + END], ""),
    Shape("qualifiers", [sysmon(number='<EventID Qualifiers="0">1</EventID>') + END], "print 1", certainty="certain"),
    Shape("cut by syslog", [sysmon("perl -e print 1; some mo", closed="")], "print 1; some mo", certainty="certain", cut=True),
    Shape("Sentinel's row", [{"Computer": "web1", "SyslogMessage": sysmon() + END, "Type": "Syslog"}], "print 1", certainty="certain", host="web1"),
    Shape("the journal's row", [{"MESSAGE": sysmon() + END, "__REALTIME_TIMESTAMP": "1700000000123000"}], "print 1", certainty="certain"),
    Shape("turned into JSON", [{"Event": {"System": {"EventID": {"#text": 1}, "Computer": "web1", "Provider": {"Name": "Linux-Sysmon"}},
                                          "EventData": {"Image": "/usr/bin/perl", "CommandLine": "perl -e print 1", "User": "www"}}}],
          "print 1", certainty="certain", host="web1", user="www"),
    Shape("words that may be one", [sysmon("perl script.pl -e print 1") + END], "", certainty=""),
]  # fmt: skip


def falco(**fields: object) -> list[object]:
    fields = {"proc.cmdline": "perl -e print 1", "proc.exepath": "/usr/bin/perl", "user.name": "www", **fields}
    return [
        {
            "hostname": "web1",
            "rule": "r",
            "priority": "Notice",
            "time": "2023-11-14T22:13:20.123456789Z",
            "output": "x",
            "output_fields": fields,
        }
    ]


FALCO = [
    Shape("a rule's fields", falco(), "print 1", ("perl", "-e", "print 1"), "certain", "web1", "www", "2023-11-14T22:13:20.123457Z"),
    Shape("name and words", falco(**{"proc.cmdline": None, "proc.name": "perl", "proc.args": "-e print 1"}), "print 1", certainty="certain"),
    Shape("absent", falco(**{"proc.cmdline": "<NA>", "proc.name": "<NA>"}), ""),
    Shape("4,096 bytes", falco(**{"proc.cmdline": "perl -e " + "1" * 4087}), "1" * 4087, certainty="certain", cut=True),
    Shape("variables", falco(**{"proc.cmdline": "perl x.pl", "proc.env": "PERL5OPT=-Mstrict;print(1) PATH=/bin"}), "strict;print(1)", certainty="certain"),
    Shape("no fields", [{"rule": "r", "output": "x", "output_fields": None}], ""),
    Shape("behind a prefix", [f"Nov 14 22:13:20 web1 falco: {json.dumps(falco()[0])}"], "print 1", certainty="certain"),
    Shape("falcosidekick", [{**falco()[0], "uuid": "u", "tags": ["a"], "source": "syscall"}], "print 1", certainty="certain"),
    Shape("in a container", falco(**{"container.id": "abc", "k8s.pod.name": "p"}), "print 1", certainty="certain"),
    Shape("a command in a pod", falco(**{"proc.cmdline": None, "proc.exepath": None, "ka.uri.param[command]": "perl -e print1", "ka.user.name": "ann"}), "print1",
          certainty="certain"),
]  # fmt: skip


def tetragon(arguments: str, name: str = "process_exec", **more: object) -> list[object]:
    process = {
        "exec_id": "k",
        "pid": 9,
        "uid": 33,
        "binary": "/usr/bin/perl",
        "arguments": arguments,
        "cwd": "/",
        "flags": "execve",
        **more,
    }
    return [
        {
            name: {"process": {**process, "start_time": "2023-11-14T22:13:20.123Z"}},
            "node_name": "web1",
            "time": "2023-11-14T22:13:21Z",
        }
    ]


TETRAGON = [
    Shape("quotes around blanks", tetragon('-e "print 1" x'), "print 1", ("/usr/bin/perl", "-e", "print 1", "x"), "certain", "web1", "33", WHEN),
    Shape("no blanks", tetragon("-e print1"), "print1", certainty="certain"),
    Shape("quotes inside", tetragon('-e "print "a" "'), 'print "a" ', certainty="certain"),
    Shape("a first word with blanks", tetragon(' "-e print 1"'), " print 1", ("/usr/bin/perl", "-e print 1"), "certain"),
    Shape("an empty word", tetragon("-e  print1"), "", ("/usr/bin/perl", "-e", "", "print1"), "certain"),
    Shape("cut", tetragon("-e print1", flags="execve truncArgs"), "print1", certainty="certain", cut=True),
    Shape("known from its end alone", tetragon("-e print1", "process_exit"), "print1", certainty="certain", host="web1"),
    Shape("known from a call alone", tetragon("-e print1", "process_kprobe"), "print1", certainty="certain"),
    Shape("known from a connection alone", tetragon("-e print1", "process_connect"), "print1", certainty="certain"),
    Shape("start and end are one", [*tetragon("-e print1"), *tetragon("-e print1", "process_exit"), *tetragon("-e print1", "process_kprobe")], "print1",
          certainty="certain"),
    Shape("in a pod", tetragon("-e print1", docker="abc", pod={"namespace": "d", "name": "p", "container": {"id": "containerd://abc"}}), "print1", certainty="certain"),
    Shape("no words", tetragon(""), ""),
    Shape("the runtime's own fields first", [{"node_name": "web1", **tetragon("-e print1")[0]}], "print1", certainty="certain"),
]  # fmt: skip


def tracee(**more: object) -> list[object]:
    return [{
        "timestamp": 1700000000123000000, "processId": 9, "hostProcessId": 99, "parentProcessId": 1, "hostParentProcessId": 11, "userId": 33, "hostName": "web1",
        "eventName": "sched_process_exec", "returnValue": 0, **more,
        "args": more.get("args", [{"name": "pathname", "type": "const char*", "value": "/usr/bin/perl"}, {"name": "argv", "type": "const char**", "value": CODE}]),
    }]  # fmt: skip


def tracee_new(**more: object) -> list[object]:
    return [{
        "timestamp": {"seconds": "1700000000", "nanos": 123000000}, "id": "sched_process_exec", "name": "sched_process_exec",
        "workload": {"process": {"pid": {"value": 9}, "host_pid": {"value": 99}, "real_user": {"id": {"value": 33}}, "ancestors": [{"host_pid": 11, "pid": 1}]}},
        "data": [{"name": "pathname", "str": "/usr/bin/perl"}, {"name": "argv", "str_array": {"value": CODE}}], **more,
    }]  # fmt: skip


TRACEE = [
    Shape("first shape", tracee(), "print 1", tuple(CODE), host="web1", user="33", time=WHEN),
    Shape("execve", tracee(eventName="execve", args=[{"name": "pathname", "value": "/usr/bin/perl"}, {"name": "argv", "value": CODE}, {"name": "envp", "value": []}]), "print 1"),
    Shape("words that are numbers", tracee(args=[{"name": "pathname", "value": "/usr/bin/perl"}, {"name": "argv", "value": ["perl", "-e", 1]}]), "1"),
    Shape("another event", tracee(eventName="security_file_open"), ""),
    Shape("no words", tracee(args=[{"name": "argv", "value": None}]), ""),
    Shape("a variable", tracee(args=[{"name": "pathname", "value": "/usr/bin/perl"}, {"name": "argv", "value": ["perl", "x.pl"]},
                                     {"name": "env", "value": ["PERL5OPT=-Mstrict;print(1)"]}]), "strict;print(1)"),
    Shape("second shape", tracee_new(), "print 1", tuple(CODE), user="33", time=WHEN),
    Shape("second shape, RFC 3339", tracee_new(timestamp="2023-11-14T22:13:20.123Z"), "print 1", time=WHEN),
    Shape("second shape, other letters", tracee_new(data=[{"name": "pathname", "str": "/usr/bin/perl"}, {"name": "argv", "strArray": {"value": CODE}}]), "print 1"),
    Shape("second shape, another event", tracee_new(name="openat", id="openat"), ""),
    Shape("a script from a file", tracee(args=[{"name": "pathname", "value": "/usr/bin/perl"}, {"name": "argv", "value": ["perl", "x.pl"]}]), ""),
]  # fmt: skip


def osquery(cmdline: str = "perl -e print 1", **more: object) -> list[object]:
    columns = {
        "path": "/usr/bin/perl",
        "cmdline": cmdline,
        "pid": "9",
        "parent": "1",
        "uid": "33",
        "time": "1700000000",
        "auid": "1000",
        **more,
    }
    return [
        {
            "name": "process_events",
            "hostIdentifier": "web1",
            "unixTime": 1700000009,
            "action": "added",
            "columns": columns,
        }
    ]


OSQUERY = [
    Shape("a result", osquery(), "print 1", ("perl", "-e", "print 1"), "certain", "web1", "33", "2023-11-14T22:13:20.000000Z"),
    Shape("a list", osquery(json_cmdline='["perl","-e","print 1"]'), "print 1", ("perl", "-e", "print 1")),
    Shape("cut", osquery(cmdline_size="99"), "print 1", certainty="certain", cut=True),
    Shape("a snapshot", [{"name": "p", "hostIdentifier": "web1", "action": "snapshot", "unixTime": 1, "snapshot": [osquery()[0]["columns"]]}], "print 1",
          certainty="certain"),
    Shape("a batch", [{"name": "p", "hostIdentifier": "web1", "unixTime": 1, "diffResults": {"added": [osquery()[0]["columns"]], "removed": []}}], "print 1",
          certainty="certain"),
    Shape("removed", [{**osquery()[0], "action": "removed"}], ""),
    Shape("rows alone", [osquery()[0]["columns"]], "print 1", certainty="certain"),
    Shape("behind other queries", [{"name": "q", "hostIdentifier": "web1", "unixTime": 1, "action": "added", "columns": {"a": "1"}}, *osquery()], "print 1",
          certainty="certain"),
    Shape("more than ten words, by their names", osquery("perl -w -e print1 k l m c d f g h i", owner_uid="0"), "print1 k l m c d f g h i", certainty="possible"),
    Shape("behind a prefix", [f"Nov 14 22:13:20 web1 osqueryd[9]: {json.dumps(osquery()[0])}"], "print 1", certainty="certain"),
    Shape("an array of rows", [json.dumps([osquery()[0]["columns"]] * 1)], "print 1", certainty="certain"),
]  # fmt: skip


def ocsf(**more: object) -> list[object]:
    process = {"cmd_line": "perl -e print 1", "file": {"path": "/usr/bin/perl"}, "pid": 9, "user": {"name": "www"}}
    return [
        {
            "class_uid": 1007,
            "activity_id": 1,
            "time": 1700000000123,
            "metadata": {"version": "1.3.0"},
            "device": {"hostname": "web1"},
            "process": process,
            **more,
        }
    ]


OCSF = [
    Shape("a launch", ocsf(), "print 1", ("perl", "-e", "print 1"), "certain", "web1", "www", WHEN),
    Shape("an end", ocsf(activity_id=2), ""),
    Shape("a failure", ocsf(status="Failure"), ""),
    Shape("a failure, by number", ocsf(status_id=2), ""),
    Shape("another class", ocsf(class_uid=1001), ""),
    Shape("a time as text", ocsf(time=None, time_dt="2023-11-14T22:13:20.123Z"), "print 1", certainty="certain", time=WHEN),
    Shape("behind another class", [{"class_uid": 4001, "metadata": {}}, *ocsf()], "print 1", certainty="certain"),
    Shape("parents of parents", ocsf(process={"cmd_line": "perl -e print 1", "file": {"path": "/usr/bin/perl"}, "parent_process": {"cmd_line": "nginx", "pid": 1}}),
          "print 1", certainty="certain"),
    Shape("the actor", ocsf(process={"cmd_line": "perl -e print 1"}, actor={"user": {"name": "ann"}, "process": {"cmd_line": "nginx"}}), "print 1",
          certainty="certain", user="ann"),
    Shape("no command line", ocsf(process={"file": {"path": "/usr/bin/perl"}}), ""),
]  # fmt: skip

DEFENDER_ROW = {
    "Timestamp": "2023-11-14T22:13:20.123Z", "DeviceName": "web1", "ActionType": "ProcessCreated", "FolderPath": "/usr/bin/perl", "FileName": "perl",
    "ProcessCommandLine": "perl -e print 1", "AccountName": "www", "ProcessId": 9, "InitiatingProcessCommandLine": "nginx", "InitiatingProcessId": 1,
}  # fmt: skip
DEFENDER = [
    Shape("a row", [DEFENDER_ROW], "print 1", ("perl", "-e", "print 1"), "certain", "web1", "www", WHEN),
    Shape("an event hub's", [{"category": "x", "properties": DEFENDER_ROW}], "print 1", certainty="certain"),
    Shape("an event hub's list", [json.dumps({"records": [{"properties": DEFENDER_ROW}]}, indent=1)], "print 1", certainty="certain"),
    Shape("CSV", [",".join(DEFENDER_ROW), ",".join(map(str, DEFENDER_ROW.values()))], "print 1", certainty="certain", host="web1", time=WHEN),
    Shape("CSV with quotes and a mark", ['\ufeff"Timestamp","DeviceName","ProcessCommandLine"', '"2023-11-14T22:13:20.123Z","web1","perl -e ""print 1"""'],
          '"print 1"', certainty="certain", host="web1"),
    Shape("a folder and a name", [{**DEFENDER_ROW, "FolderPath": "/usr/bin", "FileName": "perl"}], "print 1", certainty="certain"),
    Shape("an end", [{**DEFENDER_ROW, "ActionType": "ProcessTerminated"}], ""),
    Shape("numbers as text", [{**DEFENDER_ROW, "ProcessId": "9", "InitiatingProcessId": "1"}], "print 1", certainty="certain"),
    Shape("Sentinel's time", [{**DEFENDER_ROW, "Timestamp": None, "TimeGenerated": "2023-11-14T22:13:20.123Z"}], "print 1", certainty="certain", time=WHEN),
    Shape("an answer of the interface", [json.dumps({"Schema": [], "Results": [], "results": [DEFENDER_ROW]})], "print 1", certainty="certain"),
]  # fmt: skip
