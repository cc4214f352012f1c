"""Deletes files. ATT&CK T1070.004."""

from __future__ import annotations

from flycatcher.core.payload.rules import Calls, Rule

RULE = Rule(
    id="file.delete",
    technique="T1070.004",
    points=10,
    sentence="deletes files",
    calls={
        "python": (Calls("os.remove os.unlink os.rmdir shutil.rmtree *.unlink os.removedirs"),),
        "perl": (Calls("unlink rmdir File::Path::rmtree File::Path::remove_tree rmtree remove_tree"),),
        "ruby": (
            Calls("File.delete File.unlink FileUtils.rm FileUtils.rm_rf FileUtils.rm_r Dir.rmdir FileUtils.remove_dir"),
        ),
        "javascript": (Calls("fs.unlinkSync fs.unlink fs.rmSync fs.rm fs.rmdirSync"),),
        "php": (Calls("unlink rmdir"),),
        "lua": (Calls("os.remove"),),
        "shell": (Calls("rm rmdir unlink shred"),),
        "julia": (Calls("rm"),),
        "r": (Calls("unlink file.remove"),),
    },
)
