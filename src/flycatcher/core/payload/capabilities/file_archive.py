"""Archives data. ATT&CK T1560.002."""

from __future__ import annotations

from flycatcher.core.payload.conditions import matches
from flycatcher.core.payload.rules import Calls, Rule

RULE = Rule(
    id="file.archive",
    technique="T1560.002",
    points=20,
    sentence="packs files into an archive",
    calls={
        "python": (
            Calls("zipfile.ZipFile tarfile.open", matches(1, "^[wax]")),
            Calls("zipfile.ZipFile tarfile.open", lambda _args, kwargs: (kwargs["mode"].text or "r")[:1] in "wax"),
            Calls("shutil.make_archive"),
        ),
        "perl": (Calls("Archive::Tar.new"),),
        "ruby": (Calls("Zip::File.open"),),
        "php": (Calls("ziparchive"),),
    },
)
