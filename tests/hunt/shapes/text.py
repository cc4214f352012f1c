"""Shapes of records: Kubernetes, the journal, syslog, auoms, histories, containers."""

from __future__ import annotations

import json

from tests.hunt.shapes.audit import CODE, PERL, WHEN, Shape, execve
from tests.hunt.shapes.sensors import END, falco, sysmon


def kubernetes(
    uri: str = "/api/v1/namespaces/d/pods/p/exec?command=perl&command=-e&command=print+1&stdin=true", **more: object
) -> list[object]:
    return [{
        "kind": "Event", "apiVersion": "audit.k8s.io/v1", "auditID": "1", "stage": "ResponseComplete", "verb": "create", "requestURI": uri,
        "user": {"username": "ann"}, "objectRef": {"resource": "pods", "name": "p", "subresource": "exec"}, "responseStatus": {"code": 101},
        "requestReceivedTimestamp": "2023-11-14T22:13:20.123000Z", **more,
    }]  # fmt: skip


POD = {"spec": {"containers": [{"name": "c", "image": "i", "command": ["perl"], "args": ["-e", "print 1"]}]}}
CREATED = {"verb": "create", "responseStatus": {"code": 201}}
KUBERNETES = [
    Shape("exec", kubernetes(), "print 1", tuple(CODE), host="p", user="ann", time=WHEN),
    Shape("percent signs", kubernetes("/api/v1/namespaces/d/pods/p/exec?command=perl&command=-e&command=print%20%22%26%22"), 'print "&"'),
    Shape("get instead of create", kubernetes(verb="get"), "print 1"),
    Shape("refused", kubernetes(responseStatus={"code": 403}), ""),
    Shape("only received", kubernetes(stage="RequestReceived"), ""),
    Shape("started", kubernetes(stage="ResponseStarted"), "print 1"),
    Shape("attach", kubernetes("/api/v1/namespaces/d/pods/p/attach?container=c&stdin=true", objectRef={"resource": "pods", "name": "p", "subresource": "attach"}), ""),
    Shape("a pod", kubernetes("/api/v1/namespaces/d/pods", objectRef={"resource": "pods", "name": "p"}, requestObject=POD, **CREATED), "print 1", tuple(CODE)),
    Shape("a job", kubernetes("/apis/batch/v1/x", objectRef={"resource": "jobs", "name": "j"}, requestObject={"spec": {"template": POD}}, **CREATED), "print 1"),
    Shape("a cron job", kubernetes("/apis/batch/v1/x", objectRef={"resource": "cronjobs", "name": "j"}, **CREATED,
                                   requestObject={"spec": {"jobTemplate": {"spec": {"template": POD}}}}), "print 1"),
    Shape("a probe", kubernetes("/apis/apps/v1/x", objectRef={"resource": "deployments", "name": "d"}, **CREATED, requestObject={
          "spec": {"template": {"spec": {"containers": [{"name": "c", "livenessProbe": {"exec": {"command": CODE}}}]}}}}), "print 1"),
    Shape("someone else's name", kubernetes(impersonatedUser={"username": "root"}), "print 1", user="root"),
    Shape("a list of events", [json.dumps({"kind": "EventList", "items": kubernetes()}, indent=1)], "print 1"),
    Shape("a list of events on one of several lines", [{"kind": "EventList", "items": kubernetes("/healthz")}, {"kind": "EventList", "items": kubernetes()}], "print 1"),
    Shape("a cloud's row around it", [{"category": "kube-audit", "properties": {"log": json.dumps(kubernetes()[0])}}], "print 1", tuple(CODE)),
    Shape("another cloud's row around it", [{"@timestamp": "2023-11-14 22:13:20.123", "@message": json.dumps(kubernetes()[0])}], "print 1", tuple(CODE)),
]  # fmt: skip


def journal(**more: object) -> list[object]:
    return [
        {
            "__REALTIME_TIMESTAMP": "1700000000123000",
            "_HOSTNAME": "web1",
            "_UID": "33",
            "_PID": "9",
            "MESSAGE": "hello",
            **more,
        }
    ]


RUNNING = {"_CMDLINE": "perl -e print 1", "_EXE": "/usr/bin/perl", "_COMM": "perl"}
BINARY = b"MESSAGE\n" + (7).to_bytes(8, "little") + b"a\nb=c\n\n" + b"\n"
JOURNAL = [
    Shape("a process that wrote", journal(**RUNNING), "print 1", ("perl", "-e", "print 1"), "certain", "web1", "33", WHEN),
    Shape("told once", journal(**RUNNING) * 3, "print 1", certainty="certain"),
    Shape("bytes as numbers", journal(**{**RUNNING, "_CMDLINE": list(b"perl -e print 1")}), "print 1", certainty="certain"),
    Shape("cron", journal(SYSLOG_IDENTIFIER="CRON", MESSAGE="(www) CMD (perl -e 'print 1')"), "print 1", user="www", host="web1"),
    Shape("sudo", journal(SYSLOG_IDENTIFIER="sudo", MESSAGE="     ann : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/usr/bin/perl -e print 1"), "print 1",
          certainty="certain", user="root"),
    Shape("the audit log", [*journal(_TRANSPORT="audit", _AUDIT_TYPE_NAME="SYSCALL", _AUDIT_ID="77", MESSAGE="SYSCALL " + execve(PERL)[0].split("): ")[1]),
                            *journal(_TRANSPORT="audit", _AUDIT_TYPE_NAME="EXECVE", _AUDIT_ID="77", MESSAGE="EXECVE " + PERL)], "print1", ("perl", "-e", "print1"),
          host="web1"),
    Shape("the audit log by the kernel's messages", [*journal(_TRANSPORT="kernel", MESSAGE="audit: type=1300 audit(1700000000.123:77): " + execve(PERL)[0].split("): ")[1]),
                                                     *journal(_TRANSPORT="kernel", MESSAGE="audit: type=1309 audit(1700000000.123:77): " + PERL)],
          "print1", ("perl", "-e", "print1"), host="web1"),
    Shape("an export with an audit record in a message", ["__CURSOR=s", "_TRANSPORT=kernel", "_HOSTNAME=web1", "MESSAGE=audit: type=1309 audit(1700000000.123:77): " + PERL, ""] * 1,
          "print1", ("perl", "-e", "print1"), host="web1"),
    Shape("an export", ["__CURSOR=s", "__REALTIME_TIMESTAMP=1700000000123000", "_HOSTNAME=web1", "_UID=33", "_CMDLINE=perl -e print 1", ""], "print 1",
          certainty="certain", host="web1", time=WHEN),
    Shape("an export with bytes", [b"__CURSOR=s\n__REALTIME_TIMESTAMP=1700000000123000\n" + BINARY + b"_CMDLINE=perl -e print 1\n"], "print 1", certainty="certain"),
    Shape("an export, the last entry without an end", ["__REALTIME_TIMESTAMP=1700000000123000", "_CMDLINE=perl -e print 1"], "print 1", certainty="certain"),
    Shape("two entries of an export", ["__CURSOR=s", "MESSAGE=x", "", "__CURSOR=t", "_CMDLINE=perl -e print 1", ""], "print 1", certainty="certain"),
]  # fmt: skip

NOV = "Nov 14 22:13:20 web1 "
SUDO = "ann : TTY=pts/0 ; PWD=/srv ; USER=root ; COMMAND=/usr/bin/perl -e print 1"
LATER = f"{NOV}sshd[5]: a line of no interest"
FAR = [LATER] * 6000
"""More than is looked at to recognise a log."""
SYSLOG = [
    Shape("cron", [f"{NOV}CRON[9]: (www) CMD (perl -e 'print 1')"], "print 1", host="web1", user="www"),
    Shape("cronie", [f"{NOV}CROND[9]: (www) CMD (perl -e 'print 1')"], "print 1", user="www"),
    Shape("busybox", [f"{NOV}crond[9]: USER www pid  12 cmd perl -e 'print 1'"], "print 1", user="www"),
    Shape("a percent sign in a crontab", [f"{NOV}CRON[9]: (www) CMD (perl -e 'print \"1\\%\"')"], 'print "1%"'),
    Shape("what a crontab feeds", [f"{NOV}CRON[9]: (www) CMD (perl -%print 1;)"], "print 1;\n"),
    Shape("sudo", [f"{NOV}sudo:      {SUDO}"], "print 1", ("/usr/bin/perl", "-e", "print 1"), "certain", "web1", "root"),
    Shape("sudo with a number", [f"{NOV}sudo[9]:   {SUDO}"], "print 1", certainty="certain"),
    Shape("sudo said no", [f"{NOV}sudo:   ann : command not allowed ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/usr/bin/perl -e print 1"], ""),
    Shape("sudo's line breaks", [f"{NOV}sudo:   {SUDO}#012exit"], "print 1\nexit", certainty="certain"),
    Shape("RFC 3339", ["2023-11-14T22:13:20.123456+00:00 web1 CRON[9]: (www) CMD (perl -e 'print 1')"], "print 1", host="web1", time="2023-11-14T22:13:20.123456Z"),
    Shape("RFC 5424", ["<78>1 2023-11-14T22:13:20Z web1 CRON 9 - - (www) CMD (perl -e 'print 1')"], "print 1", host="web1"),
    Shape("a priority", [f"<78>{NOV}CRON[9]: (www) CMD (perl -e 'print 1')"], "print 1"),
    Shape("far behind other lines", [*FAR, f"{NOV}sudo:   {SUDO}"], "print 1", certainty="certain"),
    Shape("an audit record far behind other lines", [*FAR, *execve(PERL, head=f"{NOV}audispd: ")], "print1", ("perl", "-e", "print1")),
    Shape("a Sysmon event far behind other lines", [*FAR, f"{NOV}sysmon: {sysmon()}{END}"], "print 1", certainty="certain"),
    Shape("cron, sudo and audit records", [f"{NOV}CRON[9]: (www) CMD (run-parts /etc/cron.hourly)", LATER, *execve(PERL, head=f"{NOV}kernel: audit: ")], "print1"),
]  # fmt: skip


def auoms(cmdline: str, success: str = "yes") -> str:
    return (
        f'type=AUOMS_EXECVE audit(1700000000.123:77): SchemaVersion="1" node=web1 arch=x86_64 syscall=execve success={success} exit=0 ppid=1 pid=9 '
        f'audit_user=ann auid=1000 user=www uid=33 comm="perl" exe="/usr/bin/perl" cwd="/" name="/usr/bin/perl" cmdline="{cmdline}" redactors= containerid='
    )


AUOMS = [
    Shape("syslog", [f"{NOV}auoms: {auoms('perl -e print1')}"], "print1", ("perl", "-e", "print1"), host="web1", user="www", time=WHEN),
    Shape("single quotes", [auoms("perl -e 'print 1;'")], "print 1;"),
    Shape("double quotes", [auoms('perl -e "print 1"')], "print 1"),
    Shape("bash's quotes", [auoms(r"perl -e $'print \'a\n\';\x01'")], "print 'a\n';\x01"),
    Shape("escapes", [auoms(r"perl -e print\ 1")], "print 1"),
    Shape("a word that is missing", [auoms("perl -e print1 <3...4> x")], "print1", ("perl", "-e", "print1", "", "", "x"), cut=True),
    Shape("a piece that is missing", [auoms("perl -e print1<...>")], "print1", cut=True),
    Shape("an empty word", [auoms("perl -e '' x")], "", ("perl", "-e", "", "x")),
    Shape("it failed", [auoms("perl -e print1", "no")], ""),
    Shape("Sentinel's row", [{"Computer": "web1", "SyslogMessage": auoms("perl -e print1"), "EventData": "x"}], "print1", host="web1"),
    Shape("Sentinel's rows of syslog with a node", [{"Computer": "web1", "SyslogMessage": f"node=web9 {line}"} for line in execve(PERL)], "print1",
          ("perl", "-e", "print1"), host="web9"),
    Shape("Sentinel's rows, failures first", [{"Computer": "web1", "SyslogMessage": auoms("x", "no").split(" cmdline")[0]},
                                             {"Computer": "web1", "SyslogMessage": auoms("perl -e print1")}], "print1", host="web1"),
    Shape("cut", [auoms("perl -e print1").split("int1")[0]], "pr", certainty="certain", cut=True),
]  # fmt: skip

HISTORIES = [
    Shape("bash", ["#1700000000", "perl -e 'print 1'"], "print 1", time="2023-11-14T22:13:20.000000Z"),
    Shape("bash, an entry of several lines", ["#1700000000", "perl -e '", "print 1'", "#1700000001", "ls"], "\nprint 1", time="2023-11-14T22:13:20.000000Z"),
    Shape("zsh", [": 1700000000:0;perl -e 'print 1'"], "print 1", time="2023-11-14T22:13:20.000000Z"),
    Shape("zsh, goes on", [": 1700000000:0;perl -e 'a\\", "b'", ": 1700000001:0;ls"], "a\nb"),
    Shape("fish", ["- cmd: perl -e 'print 1'", "  when: 1700000000", "  paths:", "    - x"], "print 1"),
    Shape("fish, escapes", ["- cmd: perl -e 'print 1\\nexit'", "  when: 1700000000"], "print 1\nexit"),
    Shape("Cowrie", [{"eventid": "cowrie.command.input", "input": "perl -e 'print 1'", "timestamp": "2023-11-14T22:13:20.123Z", "src_ip": "192.0.2.1", "sensor": "s"}],
          "print 1", host="s", time=WHEN),
    Shape("Cowrie, not understood", [{"eventid": "cowrie.command.failed", "input": "perl -e 'print 1'"}], ""),
    Shape("Cowrie, another event first", [{"eventid": "cowrie.login.success", "username": "root", "session": "a"},
                                          {"eventid": "cowrie.command.input", "input": "perl -e 'print 1'", "session": "a"}], "print 1", user="root"),
]  # fmt: skip
CLOUD = [
    Shape("docker's log around an audit record", [{"log": execve(PERL)[0] + "\n", "stream": "stdout"}, {"log": execve(PERL)[1] + "\n", "stream": "stdout"}], "print1"),
    Shape("docker's log around Falco", [{"log": json.dumps(falco()[0]) + "\n", "stream": "stdout", "time": "2023-11-14T22:13:20Z"}], "print 1", certainty="certain"),
    Shape("filebeat around an audit log", [{"@timestamp": "2023-11-14T22:13:20Z", "agent": {"type": "filebeat"}, "host": {"name": "web1"}, "message": line}
                                          for line in execve(PERL)], "print1", host="web1"),
    Shape("GitHub", ["2023-11-14T22:13:20.1230000Z ##[group]Run perl -e 'print 1'", "2023-11-14T22:13:20.1230000Z perl -e 'print 1'",
                     "2023-11-14T22:13:20.1230000Z shell: /usr/bin/bash -e {0}"], "print 1", time=WHEN),
    Shape("GitHub, python", ["2023-11-14T22:13:20Z ##[group]Run print(1)", "2023-11-14T22:13:20Z print(1)", "2023-11-14T22:13:20Z shell: /usr/bin/python {0}"], ""),
    Shape("an image, BuildKit", [{"rootfs": {}, "config": {}, "history": [{"created_by": "RUN /bin/sh -c perl -e 'print 1' # buildkit"}]}], "print 1"),
    Shape("an image, classic", [{"rootfs": {}, "config": {}, "history": [{"created_by": "/bin/sh -c perl -e 'print 1'"}]}], "print 1"),
    Shape("an image, a command", [{"rootfs": {}, "config": {"Cmd": CODE}, "history": []}], "print 1"),
    Shape("docker inspect", [json.dumps([{"Id": "a", "Config": {"Entrypoint": ["perl"], "Cmd": ["-e", "print 1"]}, "RootFS": {}}], indent=1)], "print 1"),
    Shape("docker inspect of a container", [json.dumps([{"Id": "a", "Path": "perl", "Args": ["-e", "print 1"], "Created": "2023-11-14T22:13:20.123Z",
                                                        "Config": {"Hostname": "c1", "Image": "i"}, "State": {}}], indent=1)], "print 1", tuple(CODE), host="c1"),
]  # fmt: skip
