"""Archives data. ATT&CK T1560.002."""

from __future__ import annotations

from flycatcher.payload.rules import Calls, Rule
from flycatcher.payload.when import any_matches

RULE = Rule(
    id="file.archive",
    technique="T1560.002",
    points=20,
    sentence="packs files into an archive",
    calls={
        "python": (
            Calls("zipfile.ZipFile tarfile.open", any_matches("^[wa]")),
            Calls("shutil.make_archive"),
        ),
        "perl": (Calls("Archive::Tar.new"),),
        "ruby": (Calls("Zip::File.open"),),
        "php": (Calls("ziparchive"),),
    },
)
