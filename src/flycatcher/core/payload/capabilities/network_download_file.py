"""Fetches a file and stores it. ATT&CK T1105."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.payload.conditions import any_matches, any_tainted, both, is_url, matches, negate, tainted
from flycatcher.core.payload.rules import Calls, Rule
from flycatcher.core.regex import lazy

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flycatcher.core.payload.evaluator.values import Value


def _brings(args: Sequence[Value], _kwargs: Mapping[str, Value]) -> bool:
    """``scp HOST:FILE PATH``, out of the working folder: from another host to this one."""
    words = [arg.text or "" for arg in args if not (arg.text or "").startswith("-")]
    return len(words) > 1 and words[-1].startswith(_OPEN) and any(map(_REMOTE.match, words[:-1]))


_OPEN = ("/tmp/", "/var/tmp/", "/dev/shm/")  # noqa: S108 - where anybody may write
_REMOTE = lazy(r"(?:[\w.-]+@)?[\w.-]+:(?!//)")
RULE = Rule(
    id="network.download-file",
    technique="T1105",
    points=40,
    sentence="fetches a file from the network and stores it",
    calls={
        "python": (
            Calls(
                "urllib.request.urlretrieve urllib.urlretrieve wget.download "
                "urllib.request.URLopener().retrieve ftplib.FTP().retrbinary"
            ),
            Calls("*.write *.write_bytes *.write_text *.writelines shutil.copyfileobj", any_tainted("network")),
        ),
        "perl": (
            Calls("LWP::Simple::getstore LWP::Simple::mirror getstore mirror *.mirror"),
            Calls("print", any_tainted("network-file")),
        ),
        "ruby": (
            Calls("IO.copy_stream File.write IO.write IO.binwrite File.binwrite *.write", any_tainted("network")),
            Calls("URI.open().read.write"),
        ),
        "javascript": (
            Calls("fs.writeFile fs.writeFileSync fs.appendFileSync *.transferFrom *.write", any_tainted("network")),
            Calls("*.pipe", any_tainted("file-sink")),
            Calls("cp", is_url(0)),
        ),
        "php": (
            Calls("file_put_contents fwrite fputs", tainted(1, "network")),
            Calls("copy", both(matches(0, "^(?:https?|ftp)://"), negate(matches(1, "^php://")))),
        ),
        "lua": (Calls("*.write", any_tainted("network")),),
        "r": (Calls("download.file curl::curl_download"),),
        "julia": (
            Calls("download Downloads.download", is_url(0)),
            Calls("download Downloads.download", any_tainted("environment")),
        ),
        "powershell": (
            Calls("*.DownloadFile Start-BitsTransfer"),
            Calls("Invoke-WebRequest iwr curl wget", any_matches("(?i)^-o")),
        ),
        "shell": (
            Calls(
                "wget", negate(any_matches(r"^-[a-zA-Z]*O(?:-|/dev/stdout)$|^--output-document=(?:-|/dev/stdout)$|^-$"))
            ),
            Calls("aria2c axel"),
            Calls("curl", any_matches(r"^-[a-zA-Z]*O|^-[a-zA-Z]*o(?!-$)|^--output(?!=-$)|^--remote-name")),
            Calls("tftp lftp ftpget", any_matches(".")),
            Calls("scp sftp rsync", _brings),
        ),
        "octave": (Calls("urlwrite websave"),),
        "emacs-lisp": (Calls("url-copy-file"),),
    },
    needs=(frozenset({"network.fetch", "file.write"}),),
    covers=frozenset({"network.fetch", "file.write"}),
)
