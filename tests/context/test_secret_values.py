"""What of an assignment is a secret, to the character; and what is none."""

import pytest

from flycatcher.sources.context.redact import (
    redact_argv,
    redact_environment,
    redact_lines,
    redact_text,
    secrets_in,
)

LONG = "correcthorsebattery"
ENCODED = "dXNlcjpodW50ZXIyMjI="


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"x = 1; password = '{LONG}' # y", "x = 1; password = 'corr[redacted:value]' # y"),
        (f'x = 1; password = "{LONG}" # y', 'x = 1; password = "corr[redacted:value]" # y'),
        (f"x = 1; password = b'{LONG}' # y", "x = 1; password = b'corr[redacted:value]' # y"),
        (f"x = 1; password = rb'{LONG}' # y", "x = 1; password = rb'corr[redacted:value]' # y"),
        (f"x = 1; password = '''{LONG}''' # y", "x = 1; password = '''corr[redacted:value]''' # y"),
        (f"password := {LONG}; y", "password := corr[redacted:value]; y"),
        (f"password ||= '{LONG}'; y", "password ||= 'corr[redacted:value]'; y"),
        (f"PASSWORD ?= {LONG}\ny", "PASSWORD ?= corr[redacted:value]\ny"),
        (f"'password' => '{LONG}', y", "'password' => 'corr[redacted:value]', y"),
        (f"os.environ['DB_PASSWORD'] = '{LONG}'; y", "os.environ['DB_PASSWORD'] = 'corr[redacted:value]'; y"),
        (f"setenv('API_KEY', '{LONG}'); y", "setenv('API_KEY', 'corr[redacted:value]'); y"),
        (f'config.set("api_key", "{LONG}"); y', 'config.set("api_key", "corr[redacted:value]"); y'),
        (f"setenv API_KEY {LONG} y", "setenv API_KEY corr[redacted:value] y"),
        (f"setx API_KEY {LONG} y", "setx API_KEY corr[redacted:value] y"),
        (f"['--password', '{LONG}', 'y']", "['--password', 'corr[redacted:value]', 'y']"),
        (f"tool --password {LONG} y", "tool --password corr[redacted:value] y"),
        (f"https://h/x?token={LONG}&y=1", "https://h/x?token=corr[redacted:value]&y=1"),
        (f"https://h/x?y=1&token={LONG}", "https://h/x?y=1&token=corr[redacted:value]"),
        (f"a.b.password = '{LONG}'", "a.b.password = 'corr[redacted:value]'"),
        (f"_auth = {ENCODED}", "_auth = dXNl[redacted:value]"),
        ("password = 'hunter2'", "password = '[redacted:value]'"),
        ("password = 'fifteen letters'", "password = '[redacted:value]'"),
        ("password = 'sixteen letters!'", "password = 'sixt[redacted:value]'"),
        ("Authorization: Basic abcdefgh", "Authorization: Basic [redacted:authorization]"),
        ("AUTHORIZATION: Basic abcdefgh", "AUTHORIZATION: Basic [redacted:authorization]"),
        ("authorization: Basic abcdefgh", "authorization: Basic [redacted:authorization]"),
        ("Proxy-Authorization: Basic abcdefgh", "Proxy-Authorization: Basic [redacted:authorization]"),
    ],
)
def test_of_an_assignment_the_value_alone_is_taken_out(text, expected):
    assert redact_text(text) == expected
    assert redact_text(expected) == expected


@pytest.mark.parametrize(
    "text",
    [
        "password = getpass.getpass()", "password = os.environ['X']", "password = config.password",
        "password = Vault::read", "password = 'none'", "password = '${PASSWORD}'", "password = {{ vault.password }}",
        "password = '<your password>'", "password = %s", "password = '********'", "password = '/etc/secret/file'", "_auth = basic",
        "tool --password", "tool --password-file /etc/x", "pwd = /home/me", "password = '[redacted:value]'",
    ],
)  # fmt: skip
def test_what_tells_where_a_secret_comes_from_stays(text):
    assert redact_text(text) == text


def test_in_quotes_dots_make_no_expression():
    assert redact_text("password = 'very.secret.words'") == "password = 'very[redacted:value]'"
    assert redact_text('password = "very.secret.words"') == 'password = "very[redacted:value]"'


@pytest.mark.parametrize("quote", ["'", '"'])
def test_behind_a_quote_that_nothing_ends_dots_make_no_expression(quote):
    assert redact_text(f"password = {quote}very.secret.words") == f"password = {quote}very[redacted:value]"


def test_the_option_before_a_word_makes_it_a_secret():
    assert redact_argv(["tool", "--token", "hunter2", "x"]) == ["tool", "--token", "[redacted:option]", "x"]
    assert redact_argv(["tool", "--token", "-x", "hunter2"]) == ["tool", "--token", "-x", "hunter2"]
    assert redact_argv(["tool", "--token", "true"]) == ["tool", "--token", "true"]
    assert redact_argv(["tool", "--token=hunter22", "x"]) == ["tool", "--token=[redacted:value]", "x"]
    assert redact_argv(["config", "get", "//r/:_authToken", "x"]) == ["config", "get", "//r/:_authToken", "x"]
    assert redact_argv(["tool", "-p", "x"]) == ["tool", "-p", "x"]


def test_a_variable_of_a_secret_name_is_taken_out_unless_it_holds_none():
    given = {"A_TOKEN": LONG, "B_TOKEN": "true", "C_TOKEN": "", "MY_KEY": "x1", "PATH": "/bin", "D": f"password={LONG}"}
    assert redact_environment(given) == {
        "A_TOKEN": "corr[redacted:variable]", "B_TOKEN": "true", "C_TOKEN": "", "MY_KEY": "[redacted:variable]", "PATH": "/bin",
        "D": "password=corr[redacted:value]",
    }  # fmt: skip


def test_lines_stay_as_many_as_they_are():
    key = ["-----BEGIN PRIVATE KEY-----", "MIIB", "MIIC", "-----END PRIVATE KEY-----", "after"]
    assert redact_lines(key) == ["-----BEGIN PRIVATE KEY-----[redacted:private-key]", "after", "", "", ""]
    assert redact_lines(["a", f"password={LONG}"]) == ["a", "password=corr[redacted:value]"]


def test_the_secrets_of_a_text_are_those_that_are_no_ordinary_words():
    text = "token=abcdefgh1; password = 'ordinary'; api_key = 'short1'; curl https://me:hunter2222@h"
    assert secrets_in(text) == {"abcdefgh1", "hunter2222"}


def test_texts_of_every_length_are_redacted():
    for size in (1, 256, 300, 16384, 20000):
        text = "x" * size + f" password={LONG}"
        assert redact_text(text) == "x" * size + " password=corr[redacted:value]"
