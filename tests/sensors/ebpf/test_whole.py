"""argv and environment, to the last byte."""

import hashlib
import os
import subprocess

import pytest

from flycatcher.sources.sensors.ebpf.sensor import SensorSettings

INTERPRETERS_ONLY = SensorSettings()


def sha256(text):
    return hashlib.sha256(os.fsencode(text)).hexdigest()


@pytest.mark.parametrize("watch", [SensorSettings(), SensorSettings(raw=True)], indirect=True, ids=["typed", "raw"])
def test_the_words_arrive_as_they_were_given(watch):
    env = {"PERL5OPT": "-Mstrict", "EMPTY": "", "BYTES": "\udcff\udc80"}
    subprocess.run(["perl", "-e", "1; # \udcfe w'o\"r\n1", "", "-c"], env=env, check=True, stdin=subprocess.DEVNULL)
    execution = watch.marked("w'o")
    assert execution.argv == ("perl", "-e", "1; # \udcfe w'o\"r\n1", "", "-c")
    assert execution.env == env
    assert execution.exe == os.path.realpath("/usr/bin/perl")
    assert execution.interpreter == "perl"
    assert execution.stdin == "null"
    assert execution.cwd == os.getcwd()
    assert execution.process.uid == os.getuid()
    assert execution.ancestry[0].pid == os.getpid()
    assert execution.fidelity.bytes_seen == execution.fidelity.bytes_total
    assert not execution.fidelity.truncated
    assert execution.fidelity.notes == ()


@pytest.mark.parametrize("watch", [INTERPRETERS_ONLY], indirect=True)
def test_an_argument_of_the_kernels_limit_is_whole(watch):
    # MAX_ARG_STRLEN is 32 pages with the NUL
    text = "1#" + "".join(f"{n:07d} " for n in range(16384))
    text = text[:131071]
    subprocess.run(["perl", "-e", text], check=True, stdin=subprocess.DEVNULL)
    execution = watch.marked("1#0000000")
    assert [sha256(word) for word in execution.argv] == [sha256("perl"), sha256("-e"), sha256(text)]
    assert not execution.fidelity.truncated


@pytest.mark.parametrize("watch", [INTERPRETERS_ONLY], indirect=True)
def test_two_mebibytes_of_argv_and_an_environment_behind_it_are_whole(watch):
    words = [f"{n:06d}".ljust(100_000, "x") for n in range(20)]
    env = {"LAST": "the environment comes behind argv"}
    subprocess.run(["perl", "-e", "exit # two mebibytes", *words], env=env, check=True, stdin=subprocess.DEVNULL)
    execution = watch.marked("two mebibytes")
    assert list(map(sha256, execution.argv[3:])) == list(map(sha256, words))
    assert execution.env == env
    assert execution.fidelity.bytes_total == 5 + 3 + 21 + 20 * 100_001 + 39


def test_a_script_is_seen_as_the_kernel_rewrote_it(watch, tmp_path):
    script = tmp_path / "s"
    script.write_text("#!/usr/bin/perl -w\nexit\n")
    script.chmod(0o755)
    subprocess.run(["given0", "operand"], executable=script, check=True, stdin=subprocess.DEVNULL)
    execution = watch.marked("operand")
    assert execution.argv == ("/usr/bin/perl", "-w", str(script), "operand")
    assert execution.interpreter == "perl"
    assert execution.context["file.called"] == str(script)
