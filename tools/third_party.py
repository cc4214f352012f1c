"""Print the Python packages of an environment with their licences' texts, for a package that ships them.

ENVIRONMENT/bin/python tools/third_party.py
"""

from __future__ import annotations

from importlib import metadata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

APACHE = "TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION"
OWN = "flycatcher-detect"


def notices() -> Iterator[str]:
    """Yield a notice for each package."""
    for package in sorted(metadata.distributions(), key=lambda each: each.name.lower()):
        if package.name != OWN:
            yield f"{package.name} {package.version}: {_licence(package)}\n\n{_texts(package)}"


def _licence(package: metadata.Distribution) -> str:
    """Return a licence's name: the expression, the old field if it is a name, or the classifier."""
    about = package.metadata
    old = about.get("License") or ""
    classified = [
        line.rpartition(" :: ")[2] for line in about.get_all("Classifier") or [] if line.startswith("License")
    ]
    return (
        about.get("License-Expression")
        or (old if old and "\n" not in old else "")
        or ", ".join(classified)
        or "see below"
    )


def _texts(package: metadata.Distribution) -> str:
    """Return what the package's own licence files say, indented."""
    files = [path for path in package.files or [] if ".dist-info" in str(path) and _is_licence(path.name)]
    lines = [line for path in files for line in (_lines(path.read_text(encoding="utf-8")), "")]
    return "".join(f"  {text}".rstrip() + "\n" for block in lines for text in (block or [""]))


def _lines(text: str) -> list[str]:
    """Return a text's lines; one that every Debian system has is named instead (Debian Policy 12.5), with its copyright."""
    if APACHE not in text:
        return text.splitlines()
    owners = [line.strip() for line in text.splitlines() if line.strip().startswith("Copyright") and "[" not in line]
    return [*owners, "Apache License 2.0: /usr/share/common-licenses/Apache-2.0"]


def _is_licence(name: str) -> bool:
    """Tell whether a file of a package's metadata is a licence's text."""
    return name.upper().startswith(("LICENSE", "LICENCE", "COPYING", "NOTICE", "AUTHORS"))


if __name__ == "__main__":
    print("\n".join(notices()))
