"""Writes a file. ATT&CK T1074.001."""

from __future__ import annotations

from flycatcher.payload.rules import Calls, Rule
from flycatcher.payload.when import any_matches, by_result, matches, negate

RULE = Rule(
    id="file.write",
    technique="T1074.001",
    points=10,
    sentence="writes a file",
    calls={
        "python": (
            Calls("open io.open codecs.open", any_matches(r"^[rbt+U]*[wax+][bt+]*$")),
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
        "vimscript": (Calls("writefile :w"),),
        "emacs-lisp": (Calls("write-file write-region"),),
    },
)
