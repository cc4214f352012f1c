"""Writes a file. ATT&CK T1074.001."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.payload.conditions import any_matches, by_result, matches, negate
from flycatcher.core.payload.rules import Calls, Rule

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flycatcher.core.payload.evaluator.values import Value


def _writes(args: Sequence[Value], kwargs: Mapping[str, Value]) -> bool:
    """``open(x, 'w')``, ``open(x, mode='a')``."""
    mode = args[1] if len(args) > 1 else kwargs.get("mode")
    return mode is not None and _MODE.match(mode.text or "") is not None


_MODE = re.compile(r"[rbt+U]*[wax+][bt+]*$")
RULE = Rule(
    id="file.write",
    technique="T1074.001",
    points=10,
    sentence="writes a file",
    calls={
        "python": (
            Calls("open io.open codecs.open", _writes),
            Calls(
                "*.write_text *.write_bytes shutil.copyfile shutil.copy shutil.copy2 shutil.move "
                "os.rename tarfile.open().add zipfile.ZipFile().write"
            ),
            Calls("zipfile.ZipFile tarfile.open gzip.open bz2.open", any_matches("^[wa]")),
        ),
        "perl": (
            Calls("open", matches(1, r"^\+?>|^\s*>")),
            Calls("open", matches(1, r"^\+<")),
            Calls("rename File::Copy::copy copy move File::Copy::move"),
        ),
        "ruby": (
            Calls("File.write IO.write File.binwrite IO.copy_stream FileUtils.cp FileUtils.mv File.rename"),
            Calls("File.open File.new open", matches(1, r"^[wa]|\+")),
        ),
        "javascript": (
            Calls(
                "fs.writeFileSync fs.writeFile fs.appendFileSync fs.appendFile fs.createWriteStream "
                "fs.copyFileSync fs.renameSync fs.promises.writeFile java.io.FileWriter "
                "java.io.FileOutputStream Deno.writeTextFile Bun.write"
            ),
        ),
        "php": (
            Calls("file_put_contents copy rename move_uploaded_file"),
            Calls("fopen", matches(1, "^[waxc]|\\+")),
        ),
        "lua": (
            Calls("io.open", matches(1, "^[wa]|\\+")),
            Calls("os.rename"),
            Calls("io.output", matches(0, ".")),
        ),
        "shell": (
            Calls("> >> >| &> &>>", negate(matches(0, r"^/dev/(?:null|stdout|stderr|tty|fd/)|^&?[0-9-]+$"))),
            Calls("tee install mv cp dd"),
        ),
        "awk": (Calls("> >>", by_result(0, "print")),),
        "puppet": (Calls("file"),),
        "powershell": (Calls("Out-File Set-Content Add-Content"),),
        "julia": (
            Calls("open", any_matches("^[wa]")),
            Calls("write"),
        ),
        "r": (Calls("writeLines write.csv sink cat"),),
        "vimscript": (Calls("w write w! write! sav saveas", matches(0, r"^\s*[^!\s]")),),
        "vimscript-expression": (Calls("writefile"),),
        "emacs-lisp": (Calls("write-file write-region"),),
    },
)
