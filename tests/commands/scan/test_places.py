"""Where a finding is shown: at its own line, in whatever text it stands; and under the id that the same text has when it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.detection import detect
from flycatcher.core.execution import Execution
from flycatcher.scanning.engine import scan_bytes

if TYPE_CHECKING:
    from flycatcher.scanning.finding import Finding


def findings(path: str, text: str) -> list[Finding]:
    return scan_bytes(path, text.encode()).findings


def spans(path: str, text: str) -> list[tuple[str, int, int]]:
    return [(each.detection.interpreter, each.span.line, each.span.column) for each in findings(path, text)]


def test_a_command_in_a_here_document_for_a_shell_stands_at_its_own_line() -> None:
    text = "FROM x\nRUN <<EOF bash\n  set -e\n  python3 -c 'print(1)' | cat\nEOF\n"
    assert spans("Dockerfile", text) == [("bash", 2, 5), ("python", 4, 3)]


def test_a_command_in_the_text_of_sh_c_stands_at_its_own_line() -> None:
    assert spans("x.sh", "echo\nsh -c '\n  perl -e 1\n'\n") == [("perl", 3, 3)]


def test_a_command_in_the_body_of_a_test_stands_at_its_own_line() -> None:
    assert spans("t1.sh", "test_expect_success x '\n\truby -e 1\n'\n") == [("ruby", 2, 2)]


def test_a_here_document_in_a_text_stands_at_its_own_line() -> None:
    text = "bash <<'EOF'\npython3 - <<'PY'\nprint(1)\nPY\nEOF\n"
    assert [each for each in spans("x.sh", text) if each[0] == "python"] == [("python", 2, 1)]


def test_a_continued_line_is_one_command() -> None:
    assert spans("x.sh", "sudo \\\n  env \\\n  python3 -c 'print(1)'\n") == [("python", 1, 1)]


def test_the_outer_command_is_kept_beside_the_place() -> None:
    [found] = findings("x.sh", "sh -c '\n  perl -e 1\n'\n")
    assert found.within is not None
    assert (found.within.line, found.within.end_line) == (1, 3)


def test_a_variable_of_a_makefile_has_the_id_that_its_text_has_when_it_runs() -> None:
    makefile = (
        'define HELP\nimport sys\nfor line in sys.stdin:\n\tprint("$$x")\n# a \\\n   b\nendef\nexport HELP\n'
        'help:\n\t@python3 -c "$$HELP"\n'
    )
    ran = detect(Execution(argv=("python3", "-c", 'import sys\nfor line in sys.stdin:\n\tprint("$x")\n# a b')))
    assert ran is not None
    assert [each.detection.id for each in findings("Makefile", makefile)] == [ran.id]
