"""Escaping, held against the rules by which terminals and CI runners take a line for more than text."""

from __future__ import annotations

import html as standard_html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flycatcher import terminal
from tests.hostile import PIECES, commands_in, hostile_texts, unprintable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain text", "plain text"),
        ("a\x1b[31mb", "a\\x1b[31mb"),
        ("a\nb\r\tc\0", "a\\nb\\r\\tc\\x00"),
        ("\u202egpj.exe", "\\u202egpj.exe"),
        ("\u200b\ufeff\u2028", "\\u200b\\ufeff\\u2028"),
        ("caf\u00e9 \U000e0041", "caf\u00e9 \\U000e0041"),
        ("\udcff", "\\xff"),
        ("\u00a0", "\\xa0"),
        ("x ##[error]y", "x #\\x23[error]y"),
        ("##vso[task.setvariable variable=a]b", "#\\x23vso[task.setvariable variable=a]b"),
        ("##teamcity[message text='x']", "#\\x23teamcity[message text='x']"),
        ("${x##*/} ${y##[0-9]}", "${x##*/} ${y##[0-9]}"),
        ("::error::x", "::error::x"),
    ],
)
def test_visible_shows_what_a_terminal_or_a_runner_would_obey(text, shown):
    assert terminal.visible(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("::stop-commands::x.sh", "\\x3a:stop-commands::x.sh"),
        ("  ::error::x", "  \\x3a:error::x"),
        ("\u3000::error::x", "\\u3000::error::x"),
        ("a::b", "a::b"),
        ("::1", "\\x3a:1"),
    ],
)
def test_the_start_of_a_line_is_no_workflow_command(text, shown):
    assert terminal.line_start(text) == shown


def test_markdown_keeps_no_markup():
    assert terminal.markdown("a|b`c`\n<b>[x](y) @t #1") == (
        "a&#124;b&#96;c&#96;&#92;n&#60;b&#62;&#91;x&#93;&#40;y&#41; &#64;t &#35;1"
    )


def test_html_is_text_in_an_element_and_in_an_attribute():
    assert terminal.html("<a href=\"x\" id='y'>&\n") == "&lt;a href=&quot;x&quot; id=&#39;y&#39;&gt;&amp;\\n"


def test_a_workflow_commands_values_end_neither_the_value_nor_the_line():
    assert terminal.workflow_data("50% ::x\n") == "50%25 ::x\\n"
    assert terminal.workflow_property("a:b,c%\r") == "a%3Ab%2Cc%25\\r"


def test_a_path_in_an_annotation_is_found_again_by_the_runner():
    assert terminal.workflow_path("a b/c,d\n.sh") == "a b/c%2Cd%0A.sh"
    assert terminal.workflow_path("a\x1b.sh") == "a\\x1b.sh"
    assert terminal.workflow_path("##vso[x]") == "#\\x23vso[x]"


def test_a_sarif_message_holds_no_link():
    assert terminal.sarif_message("see [this](https://evil.example) and a[1]") == (
        "see \\[this](https://evil.example) and a[1]"
    )


def test_an_error_is_one_line_and_its_hint_another():
    assert terminal.diagnostics("a\n::error::b: no such file", "try\x1b c") == (
        "flycatcher: a\\n::error::b: no such file\n  hint: try\\x1b c\n"
    )


@given(st.text(max_size=80) | hostile_texts())
def test_no_text_gets_through(text):
    for escape in (terminal.visible, terminal.line_start, terminal.one_line, terminal.html):
        assert unprintable(escape(text)) == ""
        assert escape is terminal.html or escape(escape(text)) == escape(text)
    assert commands_in(terminal.line_start(text)) == []
    assert not set("<>|`[]*_") & set(terminal.markdown(text))
    assert standard_html.unescape(terminal.html(text)) == terminal.visible(text)
    assert not set("<>\"'") & set(terminal.html(text))


def test_the_oracle_knows_each_command():
    assert [piece for piece in PIECES if commands_in(piece)] == [
        "::stop-commands::x",
        "  ::error file=a::b",
        "##[error]x",
        "##vso[task.setvariable variable=a]b",
        "##teamcity[message text='x']",
    ]
