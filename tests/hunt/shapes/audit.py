"""Shapes of records: the audit log, LAUREL, the Elastic Common Schema."""

from __future__ import annotations

import json
from typing import NamedTuple

AUDIT = "audit(1700000000.123:77)"


class Shape(NamedTuple):
    """Lines of a log, and what is expected of the one detection in it; neither text nor words for none."""

    name: str
    lines: list[object]
    text: str
    argv: tuple[str, ...] = ()
    certainty: str = ""
    host: str = ""
    user: str = ""
    time: str = ""
    cut: bool = False


def execve(body: str, *, call: str = "success=yes", exe: str = '"/usr/bin/perl"', head: str = "") -> list[str]:
    return [
        f"{head}type=SYSCALL msg={AUDIT}: arch=c000003e syscall=59 {call} exit=0 items=2 ppid=1 pid=9 auid=1000 uid=33 ses=2 exe={exe} key=(null)",
        f"{head}type=EXECVE msg={AUDIT}: {body}",
    ]


PERL = 'argc=3 a0="perl" a1="-e" a2="print1"'
AUDITD = [
    Shape("quoted", execve(PERL), "print1", ("perl", "-e", "print1"), user="33", time="2023-11-14T22:13:20.123000Z"),
    Shape("hex", execve('argc=3 a0="perl" a1="-e" a2=7072696E742022612062220A'), 'print "a b"\n'),
    Shape("hex that is no UTF-8", execve('argc=3 a0="perl" a1="-e" a2=7072696E7420FF'), "print \udcff"),
    Shape("lower case hex", execve('argc=3 a0="perl" a1="-e" a2=7072696e742031'), "print 1"),
    Shape("a word that looks like a number", execve('argc=3 a0="perl" a1="-e" a2="41"'), "41"),
    Shape("empty words written out", execve('argc=4 a0="python3" a1="" a2="-c" a3="print1"', exe='"/usr/bin/python3"'), ""),
    Shape("an empty word that vanished", execve('argc=4 a0="perl" a1="-e" a3="print1"'), "", ("perl", "-e", "", "print1")),
    Shape("words in two records", [*execve('argc=3 a0="perl" a1="-e"'), f'type=EXECVE msg={AUDIT}: a2="print1"'], "print1"),
    Shape("records of words out of order",
          [execve(PERL)[0], f'type=EXECVE msg={AUDIT}: a2="print1"', f'type=EXECVE msg={AUDIT}: argc=3 a0="perl" a1="-e"'], "print1"),
    Shape("pieces in quotes", execve('argc=3 a0="perl" a1="-e" a2_len=6 a2[0]="pri" a2[1]="nt1"'), "print1"),
    Shape("pieces out of order", [*execve('argc=3 a0="perl" a1="-e" a2_len=12 a2[1]=6E7431'), f"type=EXECVE msg={AUDIT}: a2[0]=707269"], "print1"),
    Shape("a piece is missing", execve('argc=3 a0="perl" a1="-e" a2_len=20 a2[0]="print1"'), "print1", cut=True),
    Shape("cut in the middle of a byte", execve('argc=3 a0="perl" a1="-e" a2=7072696E743'), "print", cut=True),
    Shape("cut within quotes", execve('argc=3 a0="perl" a1="-e" a2="print'), "print", cut=True),
    Shape("cut in front of the last word", execve('argc=4 a0="perl" a1="-e" a2="print1"'), "print1", cut=True),
    Shape("no argc", execve('a0="perl" a1="-e" a2="print1"'), "print1", cut=True),
    Shape("a cut tail of ten thousand words", execve('argc=9 a8_len=1 a8[0]=8 a7="x"', exe='"/usr/bin/ls"'), ""),
    Shape("it failed", execve(PERL, call="success=no"), ""),
    Shape("32 bits", [line.replace("c000003e syscall=59", "40000003 syscall=11") for line in execve(PERL)], "print1"),
    Shape("execveat on arm64", [line.replace("c000003e syscall=59", "c00000b7 syscall=281") for line in execve(PERL)], "print1"),
    Shape("names of calls", [line.replace("c000003e syscall=59", "x86_64 syscall=execve") for line in execve(PERL)], "print1"),
    Shape("another call with the same number elsewhere", [line.replace("syscall=59", "syscall=11") for line in execve(PERL)], ""),
    Shape("enriched", [execve(PERL)[0] + '\x1dARCH=x86_64 SYSCALL=execve AUID="ann" UID="www-data"', execve(PERL)[1]], "print1", user="www-data"),
    Shape("enriched, the separator became a blank", [execve(PERL)[0] + ' ARCH=x86_64 SYSCALL=execve AUID="ann" UID="www-data"', execve(PERL)[1]],
          "print1", user="www-data"),
    Shape("node", execve(PERL, head="node=web1.example.org "), "print1", host="web1.example.org"),
    Shape("syslog, names", execve(PERL, head="Nov 14 22:13:20 web1 audispd: "), "print1", host="web1"),
    Shape("syslog, numbers", [line.replace("type=EXECVE msg=", "audit: type=1309 ").replace("type=SYSCALL msg=", "audit: type=1300 ")
                              for line in execve(PERL, head="Nov 14 22:13:20 web1 kernel: [ 12.5] ")], "print1", host="web1"),
    Shape("RFC 5424", execve(PERL, head="<13>1 2023-11-14T22:13:20.1Z web1 audisp-syslog 12 - - "), "print1", host="web1"),
    Shape("dmesg", [line.replace("type=EXECVE msg=", "type=1309 ").replace("type=SYSCALL msg=", "type=1300 ") for line in execve(PERL, head="[   12.5] audit: ")],
          "print1"),
    Shape("indented, in a list", execve(PERL, head="      "), "print1"),
    Shape("carriage returns", [line + "\r" for line in execve(PERL)], "print1"),
    Shape("the separators of ausearch", ["----", "time->Tue Nov 14 22:13:20 2023", *execve(PERL)], "print1"),
    Shape("an AVC in between", [execve(PERL)[0], f"type=AVC msg={AUDIT}: avc: denied", execve(PERL)[1]], "print1"),
    Shape("words alone", execve(PERL)[1:], "print1"),
]  # fmt: skip

CODE = ["perl", "-e", "print 1"]
CALL = {"arch": "0xc000003e", "syscall": 59, "success": "yes", "pid": 9, "ppid": 1, "uid": 33, "exe": "/usr/bin/perl"}
ID = "1700000000.123:77"
WHEN = "2023-11-14T22:13:20.123000Z"


def laurel(**more: object) -> list[object]:
    return [{"ID": ID, "NODE": "web1", "SYSCALL": CALL, "EXECVE": {"argc": 3, "ARGV": CODE}, **more}]


LAUREL = [
    Shape("a list", laurel(), "print 1", tuple(CODE), host="web1", user="33", time=WHEN),
    Shape("percent signs", laurel(EXECVE={"argc": 3, "ARGV": ["perl", "-e", "print%201%25%0a%ff"]}), "print 1%\n\udcff"),
    Shape("a plus is a plus", laurel(EXECVE={"argc": 3, "ARGV": ["perl", "-e", "1+1%2b"]}), "1+1+"),
    Shape("one string", laurel(EXECVE={"argc": 3, "ARGV_STR": "perl -e print%201"}), "print 1", certainty="certain"),
    Shape("both", laurel(EXECVE={"argc": 3, "ARGV": CODE, "ARGV_STR": "perl -e print 1"}), "print 1"),
    Shape("cut in the middle", laurel(EXECVE={"argc": 9, "ARGV": ["perl", "-e", "print 1", "<6 args, 1234 bytes truncated>"]}), "print 1", cut=True),
    Shape("a0 to a2", laurel(EXECVE={"argc": 3, "a0": "perl", "a1": "-e", "a2": "print 1"}), "print 1"),
    Shape("the title alone", [{"ID": ID, "SYSCALL": {**CALL, "SYSCALL": "execve"}, "PROCTITLE": {"ARGV": CODE}}], "print 1", cut=True),
    Shape("it failed", laurel(SYSCALL={**CALL, "success": "no"}), ""),
    Shape("translated", laurel(SYSCALL={**CALL, "ARCH": "x86_64", "SYSCALL": "execve", "UID": "www-data", "AUID": "ann"}), "print 1", user="www-data"),
    Shape("behind a mark", [f"Nov 14 22:13:20 web1 laurel[9]: @cee: {json.dumps(laurel()[0])}"], "print 1", host="web1"),
    Shape("beside other events", [{"ID": "1700000000.1:1", "URINGOP": [{"pid": 1}]}, *laurel()], "print 1"),
    Shape("who started it", laurel(SYSCALL={**CALL, "PPID": {"comm": "nginx", "exe": "/usr/sbin/nginx"}}), "print 1"),
]  # fmt: skip


def ecs(action: object = "executed", **process: object) -> list[object]:
    return [{
        "@timestamp": "2023-11-14T22:13:20.123Z", "event": {"action": action, "outcome": "success"}, "host": {"name": "web1"},
        "user": {"id": "33", "name": "www"}, "process": {"pid": 9, "parent": {"pid": 1}, "args": CODE, "executable": "/usr/bin/perl", **process},
    }]  # fmt: skip


ECS = [
    Shape("nested", ecs(), "print 1", tuple(CODE), host="web1", user="www", time=WHEN),
    Shape("Elastic Defend", ecs(["exec", "fork"]), "print 1"),
    Shape("auditbeat's processes", ecs("process_started"), "print 1"),
    Shape("what already ran", ecs("existing_process"), "print 1"),
    Shape("filebeat, a record a row", [{"@timestamp": "2023-11-14T22:13:20.123Z", "event": {"action": "execve", "kind": "event"}, "process": {"args": CODE},
                                       "auditd": {"log": {"sequence": 77}}}], "print 1"),
    Shape("words at the beginning cut", ecs(args=["[... 8 truncated arguments ...]", "a", "b"], executable="/usr/bin/ls"), ""),
    Shape("words cut", ecs(args=CODE, args_count=9), "print 1", cut=True),
    Shape("one string", ecs(args=None, command_line="perl -e print 1"), "print 1", certainty="certain"),
    Shape("the title", ecs(args=None, title="perl -e print 1"), "print 1", certainty="certain"),
    Shape("it failed", [{**ecs()[0], "event": {"action": "executed", "outcome": "failure"}}], ""),
    Shape("an end", ecs("end"), ""),
    Shape("dotted", [{"@timestamp": "2023-11-14T22:13:20.123Z", "event.action": "executed", "host.name": "web1", "process.args": CODE, "user.name": "www"}],
          "print 1", host="web1", user="www", time=WHEN),
    Shape("half dotted", [{"@timestamp": "2023-11-14T22:13:20.123Z", "event": {"action": "exec"}, "process.args": CODE, "host": {"hostname": "web1"}}],
          "print 1", host="web1"),
    Shape("the answer of a search", [json.dumps({"took": 1, "hits": {"total": 1, "hits": [{"_index": "a", "_source": ecs()[0]}]}}, indent=1)],
          "print 1", host="web1"),
    Shape("an export, a hit a line", [{"_index": "a", "_id": "1", "_source": ecs()[0]}], "print 1", host="web1"),
    Shape("an export to CSV", ['"@timestamp","event.action","host.name","process.args"', '"2023-11-14T22:13:20.123Z",exec,web1,"perl, -e, print 1"'],
          "print 1", host="web1", time=WHEN),
    Shape("an export to CSV, the list as JSON", ['"@timestamp","event.action","process.args"', '2023-11-14T22:13:20.123Z,exec,"[""perl"",""-e"",""print 1""]"'],
          "print 1"),
    Shape("behind other rows of its agent", [{"@timestamp": "2023-11-14T22:13:20Z", "agent": {"type": "auditbeat"}, "event": {"module": "file_integrity"}},
                                            *ecs()], "print 1"),
]  # fmt: skip
