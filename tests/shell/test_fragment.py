"""Lines cut out of build files: what a shell would get of them."""

import pytest

from flycatcher.core.shell import UNKNOWN, read_shell
from flycatcher.core.shell.syntax.fragment import shell_text


@pytest.mark.parametrize(
    "line",
    [
        "RUN perl -e 1",
        "RUN --mount=type=cache,target=/x perl -e 1",
        'CMD ["perl", "-e", "1"]',
        "ONBUILD RUN perl -e 1",
        "HEALTHCHECK --interval=5m CMD perl -e 1",
        "  run: perl -e 1",
        '- run: "perl -e 1"',
        "  - perl -e 1",
        "  - 'perl -e 1'",
        '  "install": "perl -e 1",',
        '    command: ["perl", "-e", "1"]',
        "\t@perl -e 1",
        "\t-@perl -e 1",
        "\t$(Q)perl -e 1",
        "X := $(shell perl -e 1)",
        "commands = perl -e 1",
        '\t"$(PERL)" -e 1',
        "\t$(PERL) -e 1",
        "  @PERL@ -e 1",
        "{{ perl_path }} -e 1",
        "${{ matrix.perl }} -e 1",
        "    run: |\n      perl -e 1",
        "shell: >-\n  perl -e 1",
    ],
)
def test_the_command_in_a_line_of_a_build_file_is_read(line):
    assert ("perl", "-e", "1") in [each.argv for each in read_shell(shell_text(line)).executions]


@pytest.mark.parametrize("text", ["a -x; b | c", "x=1\n[ -f y ] && z", "- ", "echo $$", "perl -e '@x = (1)'"])
def test_shell_text_comes_back_as_it_is(text):
    assert read_shell(shell_text(text)).executions == read_shell(text).executions


def test_templates_become_holes_and_double_dollars_single_ones():
    assert shell_text("perl -e '${{ inputs.code }}'") == f"perl -e '{UNKNOWN}'"
    assert shell_text("\tfor x in a; do perl -e $$x; done") == "\tfor x in a; do perl -e $x; done"


def test_columns_before_the_command_stay():
    assert shell_text("  run: perl") == "       perl"


@pytest.mark.parametrize(
    "text",
    [
        "python3 -c '@exec\n@input\nclass X: 0'",
        'python3 -c "\n- 1\nkey: 1\n"',
        "python3 -c 'print(\n+1)'",
    ],
)
def test_a_line_of_a_program_in_quotes_is_no_wrapped_line(text):
    assert shell_text(text) == text


def test_lines_behind_a_program_in_quotes_are_unwrapped_again():
    assert (
        shell_text("@python3 -c 'a\n@b'\n@echo 1 # don't\n@echo 2") == " python3 -c 'a\n@b'\n echo 1 # don't\n echo 2"
    )
    assert shell_text("name: don't\n- perl -e 1") == "      don't\n  perl -e 1"
