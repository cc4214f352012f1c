"""Options that act from a risk level on: which words mean what."""

import click
import pytest
from click.testing import CliRunner

from flycatcher.level_option import FromLevel, with_bare_option


@click.command()
@click.option("--fail-on", type=FromLevel())
def command(fail_on):
    click.echo(repr(fail_on))


@pytest.mark.parametrize(("word", "value"), [("high", "'high'"), ("all", "'all'"), ("never", "None"), ("LOW", "'low'")])
def test_a_level_is_taken_and_never_switches_off(word, value):
    assert CliRunner().invoke(command, ["--fail-on", word]).output == f"{value}\n"


@pytest.mark.parametrize("word", ["none", "off", "any", "0"])
def test_a_word_that_could_mean_both_is_refused_with_the_right_spelling(word):
    done = CliRunner().invoke(command, ["--fail-on", word])
    assert done.exit_code == 2
    assert "write never to switch it off, all for every detection" in done.output


@pytest.mark.parametrize(
    ("given", "read"),
    [
        (["--deny", "make"], ["--deny=all", "make"]),
        (["--deny", "--", "make"], ["--deny=all", "--", "make"]),
        (["--deny", "high", "--", "make"], ["--deny=high", "--", "make"]),
        (["--deny=low", "make"], ["--deny=low", "make"]),
        (["--", "x", "--deny"], ["--", "x", "--deny"]),
    ],
)
def test_a_bare_option_takes_a_level_only_where_that_is_what_it_can_mean(given, read):
    assert with_bare_option("--deny", given) == read


def test_a_program_named_like_a_level_is_not_guessed():
    with pytest.raises(
        click.UsageError, match="write --deny=high for the level, or --deny -- high to run that program"
    ):
        with_bare_option("--deny", ["--deny", "high", "make"])
