"""Writes a file. ATT&CK T1074.001."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.payload.conditions import any_matches, by_result, either, matches, negate, number
from flycatcher.core.payload.rules import Calls, Rule

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flycatcher.core.payload.evaluator.values import Value


def _writes(args: Sequence[Value], kwargs: Mapping[str, Value]) -> bool:
    """``open(x, 'w')``, ``open(x, mode='a')``."""
    mode = args[1] if len(args) > 1 else kwargs.get("mode")
    return mode is not None and _MODE.match(mode.text or "") is not None


_MODE = re.compile(r"[rbt+U]*[wax+][bt+]*$")


def _opens(args: Sequence[Value], _kwargs: Mapping[str, Value]) -> bool:
    """``os.open(x, os.O_CREAT | os.O_WRONLY)``: flags other than O_RDONLY and those that change nothing of a file (open(2))."""
    return len(args) > 1 and args[1].data != 0 and args[1].name.rpartition(".")[2] not in _READING


def _flags(value: Value) -> bool:
    """``File::CREAT | File::WRONLY``: a number, or an expression that is none of the reader's."""
    return isinstance(value.data, int) and value.data & 3 != 0 and not isinstance(value.data, bool)


def _sysopens(args: Sequence[Value], _kwargs: Mapping[str, Value]) -> bool:
    """``sysopen(F, x, O_WRONLY)``, ``POSIX::open(x, O_WRONLY)``."""
    flags = args[2] if len(args) > 2 else args[1]
    return flags.data != 0 and "RDONLY" not in f"{flags.name}{flags.data}"


_READING = frozenset(f"O_{flag}" for flag in ("RDONLY", "CLOEXEC", "DIRECTORY", "NOFOLLOW", "NONBLOCK", "PATH"))
RULE = Rule(
    id="file.write",
    technique="T1074.001",
    points=10,
    sentence="writes a file",
    calls={
        "python": (
            Calls("open io.open codecs.open _io.open io.FileIO _io.FileIO", _writes),
            Calls("os.open posix.open", _opens),
            Calls(
                "pathlib.Path().open pathlib.Path.home().open pathlib.Path.cwd().open ?.open",
                matches(0, r"^[wax]b?t?\+?$"),
            ),
            Calls("logging.basicConfig", lambda _args, kwargs: "filename" in kwargs),
            Calls("sqlite3.connect", negate(matches(0, r"^(?::memory:|file:.*mode=(?:ro|memory).*|)$"))),
            Calls(
                "*.write_text *.write_bytes shutil.copyfile shutil.copy shutil.copy2 shutil.move "
                "os.rename os.replace os.renames os.link os.symlink os.mknod os.mkfifo os.truncate tarfile.open().add zipfile.ZipFile().write "
                "*.touch *.symlink_to *.hardlink_to shelve.open logging.FileHandler urllib.request.urlretrieve"
            ),
            Calls("zipfile.ZipFile tarfile.open gzip.open bz2.open", _writes),
        ),
        "perl": (
            Calls("open", matches(1, r"^\+?>|^\s*>")),
            Calls("open", matches(1, r"^\+<")),
            Calls(
                "rename link symlink File::Copy::copy copy cp move mv File::Copy::move File::Copy::cp mkfifo POSIX::mkfifo "
                "POSIX::creat creat store nstore Storable::store Storable::nstore gzip IO::Compress::Gzip::gzip write_file"
            ),
            Calls("sysopen POSIX::open", _sysopens),
            Calls(
                "IO::File.new FileHandle.new IO::Zlib.new",
                either(matches(0, r"^\s*\+?>"), any_matches(r"^(?:[wa]b?\+?|\+?>>?)$")),
            ),
            Calls("IO::File.new", lambda args, _kwargs: len(args) > 1 and args[1].text is None and args[1].data != 0),
            Calls("tie", matches(1, "^Tie::File$")),
        ),
        "ruby": (
            Calls(
                "File.write IO.write File.binwrite IO.binwrite IO.copy_stream FileUtils.cp FileUtils.mv FileUtils.install FileUtils.touch "
                "FileUtils.ln FileUtils.ln_s FileUtils.cp_r File.rename File.link File.symlink Pathname().write Pathname.new().write "
                "Pathname().binwrite Pathname.new().binwrite PStore.new YAML::Store.new"
            ),
            Calls(
                "File.open File.new open Kernel.open IO.sysopen Pathname().open Pathname.new().open CSV.open",
                any_matches(r"^[wa]b?t?\+?(?::|$)"),
            ),
            Calls(
                "File.open File.new open Kernel.open IO.sysopen",
                lambda args, _kwargs: len(args) > 1 and _flags(args[1]),
            ),
            Calls("Zlib::GzipWriter.open Logger.new *.reopen", matches(0, r"^[^\s|]+$")),
        ),
        "javascript": (
            Calls(
                "fs.writeFileSync fs.writeFile fs.appendFileSync fs.appendFile fs.createWriteStream "
                "fs.copyFileSync fs.renameSync fs.promises.writeFile fs/promises.writeFile fs.promises.appendFile fs/promises.appendFile "
                "fs.copyFile fs.cpSync fs.cp fs.rename fs.linkSync fs.symlinkSync fs.truncateSync fs.WriteStream "
                "process.report.writeReport java.io.FileWriter "
                "java.io.FileOutputStream Deno.writeTextFile Bun.write"
            ),
            Calls("fs.openSync fs.open fs.promises.open fs/promises.open", matches(1, r"^[wax]|\+")),
        ),
        "php": (
            Calls("copy", negate(matches(1, "^php://"))),
            Calls("file_put_contents rename move_uploaded_file touch symlink link posix_mkfifo"),
            Calls("error_log", number(1, 3)),
            Calls("SplFileObject new SplFileObject *.openFile gzopen", any_matches("^[waxc]|\\+")),
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
