"""What the reader says against what bash and dash really start, in 400 seeded snippets."""

import shutil

import pytest

from tests.shell.constructs import BASH, BOTH, snippets
from tests.shell.oracle import Lab, cases, compare

_NEEDED = ("bash", "dash", "perl", "xxd", "flock", "setarch", "rev", "base32")


@pytest.mark.skipif(not all(map(shutil.which, _NEEDED)), reason=f"needs {', '.join(_NEEDED)}")
@pytest.mark.parametrize("block", range(8))
def test_the_reader_names_every_program_that_the_shell_starts_and_no_other(block, tmp_path):
    lab = Lab(str(tmp_path))
    differing = []
    for shell, snippet, straight in cases(50, 9000 + block):
        if problems := compare(lab, shell, snippet, straight=straight):
            differing.append("\n".join([f"--- {shell}", snippet, *problems]))
    assert not differing, "\n".join(differing)


@pytest.mark.skipif(not all(map(shutil.which, _NEEDED)), reason=f"needs {', '.join(_NEEDED)}")
@pytest.mark.parametrize(
    ("shell", "block"), [("bash", BOTH), ("dash", BOTH), ("bash", BASH)], ids=["bash", "dash", "bash only"]
)
def test_the_reader_misses_no_program_in_any_construct(shell, block, tmp_path):
    lab = Lab(str(tmp_path))
    differing = []
    for snippet in snippets(block):
        if problems := compare(lab, shell, snippet, straight=False):
            differing.append("\n".join([f"--- {shell}", snippet, *problems]))
        for left in (tmp_path / "empty").iterdir():
            left.unlink()
    assert not differing, "\n".join(differing)
