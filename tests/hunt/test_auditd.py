"""The audit log: whatever the order of its records and whatever is missing, each start is found once, with all that the log knows."""

from __future__ import annotations

import random

import pytest

from flycatcher.sources.logs.auditd import Auditd
from flycatcher.sources.logs.engine.format import Block, Shared
from flycatcher.sources.logs.engine.recorded import Recorded
from tests.hunt.helpers import detections, encoded, event, hunted, written

CODE = ["python3", "-c", "import os; print(os.getpid())"]


def test_the_words_program_folder_and_who_are_taken_from_the_records(tmp_path):
    (found,), _, _ = hunted(written(tmp_path, "".join(event(7, CODE, node="web1", extra='\x1dAUID="ops" UID="root"'))))
    execution = found.detection.execution
    assert execution.argv == ("python3", "-c", "import os; print(os.getpid())")
    assert (execution.exe, execution.cwd) == ("/usr/bin/python3.11", "/srv")
    assert (execution.process.pid, execution.process.uid) == (100, 0)
    assert (found.host, found.user) == ("web1", "root")
    assert execution.context["user.login"] == "ops"
    assert execution.context["login.session"] == "3"
    assert execution.fidelity.time == "2023-11-14T22:13:20.000000Z"
    assert (execution.fidelity.happened, execution.fidelity.truncated, execution.fidelity.line) == (
        "confirmed",
        False,
        1,
    )


def test_records_of_several_events_in_any_order_are_joined(tmp_path):
    lines = [
        line
        for serial in range(1, 60)
        for line in event(serial, ["perl", "-e", f"print {serial}"], exe="/usr/bin/perl", pid=serial)
    ]
    random.Random(3).shuffle(lines)
    found = detections(written(tmp_path, "".join(lines)))
    assert sorted(int(each.snippets[0].text.split()[1]) for each in found) == list(range(1, 60))


def test_each_start_is_told_once_and_the_last_one_too(tmp_path):
    text = "".join(line for serial in range(1, 4) for line in event(serial, CODE))
    assert len(detections(written(tmp_path, text))) == 3
    assert len(detections(written(tmp_path, "".join(event(1, CODE)[:3])))) == 1


def test_the_end_of_a_log_without_a_newline_counts(tmp_path):
    assert len(detections(written(tmp_path, "".join(event(1, CODE)).rstrip("\n")))) == 1


def test_what_failed_did_not_run(tmp_path):
    found, _, hunt = hunted(written(tmp_path, "".join(event(1, CODE, success="no"))))
    assert found == []
    assert hunt.tally.counts == {"starts": 1, "failed": 1}


def test_an_attempt_without_words_is_not_taken_for_its_caller_s_start(tmp_path):
    # where the program is not found, no EXECVE record comes, and PROCTITLE is the caller's
    lines = [line for line in event(1, CODE, success="no") if "type=EXECVE" not in line]
    found, _, hunt = hunted(written(tmp_path, "".join(lines)))
    assert found == []
    assert hunt.tally.counts == {"starts": 1, "failed": 1}


def test_pieces_of_a_long_word_are_put_together(tmp_path):
    code = "print(1)#" + "x" * 30
    data = code.encode().hex().upper()
    lines = event(1, ["python3", "-c", "x"])
    lines[1] = (
        f'type=EXECVE msg=audit(1700000000.000:1): argc=3 a0="python3" a1="-c" a2_len={len(data)} a2[0]={data[:20]}\n'
    )
    lines.insert(2, f"type=EXECVE msg=audit(1700000000.000:1): a2[1]={data[20:]}\n")
    (found,) = detections(written(tmp_path, "".join(lines)))
    assert found.snippets[0].text == code
    assert not found.execution.fidelity.truncated


def test_a_missing_piece_is_said(tmp_path):
    lines = event(1, ["python3", "-c", "x"])
    lines[1] = (
        'type=EXECVE msg=audit(1700000000.000:1): argc=3 a0="python3" a1="-c" a2_len=400 a2[0]=7072696E742831293B\n'
    )
    (found,) = detections(written(tmp_path, "".join(lines)))
    assert found.snippets[0].text == "print(1);"
    assert found.execution.fidelity.truncated
    assert found.execution.fidelity.notes == ("words of argv, or pieces of them, are missing from the log",)


def test_a_word_without_a_field_is_an_empty_one(tmp_path):
    lines = event(1, ["x"])
    lines[1] = 'type=EXECVE msg=audit(1700000000.000:1): argc=4 a0="python3" a2="-c" a3="print(1)"\n'
    found = detections(written(tmp_path, "".join(lines)))
    assert found == []  # python3 '' -c ... runs a script with an empty name
    lines[1] = 'type=EXECVE msg=audit(1700000000.000:1): argc=4 a0="python3" a1="-c" a2="print(1)"\n'
    (found,) = detections(written(tmp_path, "".join(lines)))
    assert found.execution.argv == ("python3", "-c", "print(1)", "")
    assert found.execution.fidelity.truncated


def test_without_an_execve_record_the_title_is_what_is_left(tmp_path):
    lines = [line for line in event(1, CODE) if "type=EXECVE" not in line]
    (found,) = detections(written(tmp_path, "".join(lines)))
    assert found.snippets[0].text == "import os; print(os.getpid())"
    assert found.execution.fidelity.notes == ("no EXECVE record: the words are PROCTITLE's",)


def test_without_a_syscall_record_it_is_presumed(tmp_path):
    (found,) = detections(written(tmp_path, event(1, CODE)[1]))
    assert found.execution.fidelity.happened == "presumed"


def test_the_program_counts_where_its_first_word_is_somebody_elses(tmp_path):
    (found,) = detections(
        written(tmp_path, "".join(event(1, ["innocent", "-c", "print(1)"], exe="/usr/bin/python3.11")))
    )
    assert found.interpreter == "python"


@pytest.mark.parametrize(
    "line",
    [
        'Nov 14 22:13:20 web1 audispd: node=web1 type=EXECVE msg=audit(1700000000.000:9): argc=3 a0="perl" a1="-e" a2="print1"',
        'Nov 14 22:13:20 web1 kernel: [ 1.0] audit: type=1309 audit(1700000000.000:9): argc=3 a0="perl" a1="-e" a2="print1"',
        '<13>1 2023-11-14T22:13:20Z web1 auditd - - - type=EXECVE msg=audit(1700000000.000:9): argc=3 a0="perl" a1="-e" a2="print1"',
    ],
)  # fmt: skip
def test_records_that_syslog_hands_on_are_read(tmp_path, line):
    (found,), _, _ = hunted(written(tmp_path, line + "\n"))
    assert found.detection.snippets[0].text == "print1"
    assert found.host == "web1"


def test_bytes_that_are_no_utf8_and_quotes_survive(tmp_path):
    (found,) = detections(written(tmp_path, "".join(event(1, ["perl", "-e", 'print "\udcff\n"'], exe="/usr/bin/perl"))))
    assert found.snippets[0].text == 'print "\udcff\n"'


def test_who_started_it_is_taken_from_the_log(tmp_path):
    text = event(1, ["/usr/sbin/nginx"], exe="/usr/sbin/nginx", pid=10, ppid=1)
    text += event(2, ["/bin/sh", "run.sh"], exe="/usr/bin/dash", pid=20, ppid=10)
    text += event(3, CODE, pid=30, ppid=20)
    (found,) = detections(written(tmp_path, "".join(text)))
    assert [each.argv[0] for each in found.execution.ancestry] == ["/bin/sh", "/usr/sbin/nginx"]
    assert found.execution.context["started_by.kind"] == "web server"


def test_where_a_login_came_from_is_said(tmp_path):
    login = (
        'type=USER_LOGIN msg=audit(1699999999.000:1): pid=9 uid=0 auid=1000 ses=3 msg=\'op=login acct="ops" exe="/usr/sbin/sshd" '
        "hostname=? addr=192.0.2.7 terminal=/dev/pts/0 res=success'\n"
    )
    (found,) = detections(written(tmp_path, login + "".join(event(2, CODE))))
    assert found.execution.context["login.from"] == "192.0.2.7"
    assert found.execution.context["login.user"] == "ops"


def test_what_sudo_was_told_is_one_string(tmp_path):
    line = (
        'type=USER_CMD msg=audit(1700000000.000:5): pid=7 uid=1000 auid=1000 ses=3 msg=\'cwd="/root" '
        f'cmd={encoded("python3 -c print(1)")} exe="/usr/bin/sudo" terminal=pts/0 res=success\'\n'
    )
    (found,) = detections(written(tmp_path, line))
    assert found.snippets[0].text == "print(1)"
    assert (found.execution.fidelity.certainty, found.execution.cwd) == ("certain", "/root")


def test_what_the_log_has_lost_is_said(tmp_path):
    text = [
        *event(10, ["ls"], exe="/bin/ls"),
        *event(14, ["ls"], exe="/bin/ls"),
        *event(15, ["ls"], exe="/bin/ls", time=1700009000.0),
    ]
    text += event(16, ["ls"], exe="/bin/ls", time=1700000100.0)
    text += [
        "Nov 14 22:13:20 web1 kernel: audit: backlog limit exceeded\n",
        "Nov 14 22:13:20 web1 kernel: audit: audit_lost=17 audit_rate_limit=0\n",
    ]
    _, lost, _ = hunted(written(tmp_path, "".join(text)), form="auditd")
    said = {each.place: each for each in lost}
    assert (said["serial"].count, said["serial"].text) == (3, "3 serial numbers without a record, 4 with one")
    assert said["silence"].text == "no record for 9000 seconds"
    assert said["clock"].text == "the clock was put back by 8900 seconds"
    assert [each.count for each in lost if each.place == "backlog"] == [1, 17]


def test_no_more_events_are_kept_than_the_window_holds(tmp_path):
    lines = [line for serial in range(1, 20_000) for line in event(serial, ["python3", "x.py", str(serial)])[:1]]
    _, _, hunt = hunted(written(tmp_path, "".join(lines)))
    assert hunt.tally.counts["incomplete"] == 19_999


def test_what_is_known_of_one_program_is_not_taken_for_another_s(tmp_path):
    # no comm: nothing but exe tells the two apart
    lines = [
        line.replace(' comm="x"', "")
        for line in event(1, ["x", "-c", "print(1)"], exe="/bin/true") + event(2, ["x", "-c", "print(1)"])
    ]
    (found,) = detections(written(tmp_path, "".join(lines)))
    assert found.execution.exe == "/usr/bin/python3.11"


def test_a_relative_path_is_asked_again_in_a_folder_of_everybodys(tmp_path):
    argv = ["ruby", "-r", "./x.rb", "y.rb"]
    text = "".join(
        line
        for serial, cwd in enumerate(("/srv", "/srv", "/tmp"), 1)
        for line in event(serial, argv, exe="/usr/bin/ruby", cwd=cwd)
    )
    assert [each.execution.cwd for each in detections(written(tmp_path, text))] == ["/tmp"]


def test_records_that_stand_together_say_what_they_say_one_by_one():
    rng = random.Random(4)
    programs = [
        ("/usr/bin/ls", ["ls", "-l"]),
        ("/usr/bin/git", ["git", "status"]),
        ("/usr/bin/perl", ["perl", "-e", "print 1"]),
    ]
    lines = []
    for serial in range(1, 400):
        exe, argv = rng.choice(programs)
        records = event(
            2 * serial,
            argv,
            exe=exe,
            pid=100 + serial % 50,
            ppid=100 + (serial + 1) % 50,
            success=rng.choice(["yes", "yes", "no"]),
        )
        if rng.random() < 0.3:
            records[1], records[2] = records[2], records[1]
        if rng.random() < 0.1:
            del records[rng.randrange(len(records))]
        lines += records
        if rng.random() < 0.8:
            lines.append(
                f"type=USER_ACCT msg=audit(1700000000.000:{2 * serial + 1}): pid=7 uid=0 msg='op=PAM:accounting res=success'\n"
            )
    together, one_by_one = _read(["".join(lines)]), _read(lines)
    assert together == one_by_one
    assert len(together[0]) > 20


def _read(blocks):
    """Return who was started by whom, what was lost, and the figures, of a log in these blocks."""
    shared = Shared()
    reader, offset, number, said = Auditd(shared), 0, 1, []
    for text in blocks:
        block = Block(text.encode(), number, offset)
        said += reader.read(block)
        offset, number = offset + len(block.data), number + block.data.count(b"\n")
    said += reader.end()
    starts = [(each.execution, shared.lineage.of(each.parent)) for each in said if isinstance(each, Recorded)]
    return starts, [each for each in said if not isinstance(each, Recorded)], shared.counts


def test_a_record_of_words_that_was_cut_in_front_of_the_first_is_an_incomplete_start(tmp_path):
    call, _, *rest = event(1, ["ls", "-l"], exe="/usr/bin/ls")
    _, _, hunt = hunted(written(tmp_path, "".join([call, "type=EXECVE msg=audit(1700000000.000:1): argc=2\n", *rest])))
    assert hunt.tally.counts == {"starts": 1, "incomplete": 1}


def test_a_corrupt_serial_number_ends_no_hunt(tmp_path):
    found = detections(written(tmp_path, 'type=CWD msg=audit(17000000x0.000:1): cwd="/"\n' + "".join(event(2, CODE))))
    assert len(found) == 1


@pytest.mark.parametrize("node", ["", "web1"])
@pytest.mark.parametrize("kind", ["AVC", "BPRM_FCAPS", "INTEGRITY_PCR", "1400", "UNKNOWN[1334]"])
@pytest.mark.parametrize("place", [0, 1, 2, 9])
def test_what_the_kernel_writes_beside_a_start_does_not_end_its_event(tmp_path, kind, node, place):
    lines = event(7, CODE, node=node)
    lines.insert(place, lines[0].split("type=")[0] + f"type={kind} msg=audit(1700000000.000:7): x=1\n")
    assert [each.snippets[0].text for each in detections(written(tmp_path, "".join(lines)))] == [CODE[2]]


def test_two_hosts_in_one_log_count_their_events_each_for_itself(tmp_path):
    both = [
        line
        for serial in range(5, 9)
        for records in zip(
            event(serial, ["perl", "-e", "print 1"], exe="/usr/bin/perl", node="a"),
            event(serial, CODE, node="b"),
            strict=True,
        )
        for line in records
    ]
    found, lost, _ = hunted(written(tmp_path, "".join(both)))
    assert (
        sorted((each.host, each.detection.interpreter) for each in found) == [("a", "perl")] * 4 + [("b", "python")] * 4
    )
    assert lost == []
