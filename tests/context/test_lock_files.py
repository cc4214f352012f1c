"""Versions by lock files, each as its program writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flycatcher.sources.context.lock_files import locked_versions

if TYPE_CHECKING:
    from pathlib import Path

FILES = {
    "package-lock.json": (
        '{"name": "x", "version": "9.0.0", "lockfileVersion": 3, "packages": {"": {"name": "x", "version": "9.0.0"},'
        '"node_modules/@s/a": {"version": "1.0.0"}, "node_modules/b": {"version": "2.0.0"},'
        '"node_modules/@s/a/node_modules/b": {"version": "1.9.0"}, "node_modules/linked": {"link": true}}}',
        {"@s/a": "1.0.0", "b": "1.9.0, 2.0.0"},
    ),
    "npm-shrinkwrap.json": (
        '{"name": "x", "lockfileVersion": 1, "dependencies": {"a": {"version": "1.0.0", "dependencies": {"b": {"version": "2.0.0"}}}}}',
        {"a": "1.0.0", "b": "2.0.0"},
    ),
    "yarn.lock": (
        '# yarn lockfile v1\n\n"@s/a@^1.0.0", "@s/a@~1":\n  version "1.0.2"\n  resolved "https://example.org/a"\n\n'
        'b@^2.0.0:\n  version "2.1.0"\n\n__metadata:\n  version: 8\n\n"c@npm:^3.0.0":\n  version: 3.0.1\n  resolution: "c@npm:3.0.1"\n',
        {"@s/a": "1.0.2", "b": "2.1.0", "c": "3.0.1"},
    ),
    "pnpm-lock.yaml": (
        "lockfileVersion: '9.0'\npackages:\n\n  '@s/a@1.0.0':\n    resolution: {integrity: x}\n\n  b@2.0.0:\n    resolution: {}\n"
        "  /c@3.0.0(d@1.0.0):\n    dev: true\n",
        {"@s/a": "1.0.0", "b": "2.0.0", "c": "3.0.0"},
    ),
    "Cargo.lock": ('version = 4\n[[package]]\nname = "serde_json"\nversion = "1.0.1"\n', {"serde-json": "1.0.1"}),
    "uv.lock": ('version = 1\n[[package]]\nname = "flask"\nversion = "3.0.0"\n', {"flask": "3.0.0"}),
    "pylock.toml": ('lock-version = "1.0"\n[[packages]]\nname = "flask"\nversion = "3.0.0"\n', {"flask": "3.0.0"}),
    "Gemfile.lock": (
        "GEM\n  remote: https://example.org/\n  specs:\n    json (2.7.1)\n    rake (13.1.0)\n      other (>= 1)\n",
        {"json": "2.7.1", "rake": "13.1.0"},
    ),
    "requirements-dev.txt": (
        "# by pip-compile\nFlask[async]==3.0.0 \\\n    --hash=sha256:00\nzope.event==5.0 ; python_version > '3'\nnot-pinned>=1\n",
        {"flask": "3.0.0", "zope-event": "5.0"},
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_the_versions_of_a_lock_file_are_read(tmp_path: Path, name: str) -> None:
    text, versions = FILES[name]
    (tmp_path / name).write_text(text)
    assert locked_versions(tmp_path) == versions


@pytest.mark.parametrize("text", ["", "{", "[1]", '{"packages": [], "dependencies": 7}', "\udcff"])
def test_a_lock_file_that_is_none_has_no_versions(tmp_path: Path, text: str) -> None:
    for name in FILES:
        (tmp_path / name).write_bytes(text.encode("utf-8", "surrogateescape"))
    assert locked_versions(tmp_path) == {}
