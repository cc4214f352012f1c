import string
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flycatcher.sources.context.redact import is_secret_name, redact_argv, redact_environment, redact_text

TAIL = "Zz9" * 20


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"x ghp_{TAIL} y", "x ghp_[redacted:github-token] y"),
        (f"github_pat_{TAIL}", "github_pat_[redacted:github-token]"),
        (f"glpat-{TAIL}", "glpat-[redacted:gitlab-token]"),
        ("id AKIAIOSFODNN7EXAMPLE end", "id AKIA[redacted:aws-key-id] end"),
        ("xoxb-123456789012-abcdef", "xoxb-[redacted:slack-token]"),
        (f"//registry/:_authToken=npm_{TAIL[:36]}", "//registry/:_authToken=npm_[redacted:npm-token]"),
        (f"pypi-{TAIL}", "pypi-[redacted:pypi-token]"),
        ("eyJhbGciOiJub25l.eyJzdWIiOiIxIn0x.c2lnbmF0dXJl", "eyJ[redacted:jwt]"),
        ("git clone https://me:hunter2@host/x.git", "git clone https://me:[redacted:url-password]@host/x.git"),
        ("Authorization: Bearer abcdefghij", "Authorization: Bearer [redacted:authorization]"),
        (
            "-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----",
            "-----BEGIN RSA PRIVATE KEY-----[redacted:private-key]",
        ),
        (
            "-----BEGIN PRIVATE KEY-----\nDEK-Info: x\nMIIB\n-----END PRIVATE KEY-----.",
            "-----BEGIN PRIVATE KEY-----[redacted:private-key].",
        ),
        ("mysql --password=correcthorsebattery", "mysql --password=corr[redacted:value]"),
        ("API_KEY='0123456789abcdef'", "API_KEY='0123[redacted:value]'"),
        ('{"client_secret": "0123456789abcdef"}', '{"client_secret": "0123[redacted:value]"}'),
    ],
)
def test_secrets_of_known_shape_or_name_are_taken_out(text, expected):
    assert redact_text(text) == expected
    assert redact_text(expected) == expected


@pytest.mark.parametrize(
    "text",
    [
        "print('hello')", "make -j2 CFLAGS=-O2", "https://example.org:8080/path", "monkey=banana keyboard=qwerty", "TOKEN=$TOKEN",
        "PASSWORD=", "token_count=12345", "import secrets; secrets.token_hex(16)", "path=/usr/bin:/bin", "author=somebody",
    ],
)  # fmt: skip
def test_ordinary_text_is_left_alone(text):
    assert redact_text(text) == text


HEX = "0123456789abcdef" * 4
MIXED = "aB3d" * 20


@pytest.mark.parametrize(
    ("prefix", "secret", "kind"),
    [
        ("sk-", MIXED[:48], "ai-key"), ("sk-proj-", MIXED[:60], "ai-key"), ("sk-ant-", MIXED[:60], "ai-key"),
        ("ghs_", MIXED[:30] + "_" + MIXED[:30], "github-token"), ("xapp-", "1-A0123-456-" + HEX[:20], "slack-token"),
        ("GR1348941", MIXED[:20], "gitlab-token"), ("dckr_pat_", MIXED[:27], "docker-token"), ("hvs.", MIXED[:40], "vault-token"),
        ("whsec_", MIXED[:32], "stripe-key"), ("rubygems_", HEX[:48], "rubygems-key"), ("dapi", HEX[:32], "databricks-token"),
        ("glsa_", MIXED[:40], "grafana-token"), ("shpat_", HEX[:32], "shopify-token"), ("ATATT", MIXED[:40], "atlassian-token"),
        ("https://x.example/c?sv=1&sig=", MIXED[:40], "url-signature"), ("Authorization: ", MIXED[:16], "authorization"),
        ("curl -H 'Cookie: ", "session=" + MIXED[:16], "cookie"), ("machine host login me password ", "hunter22", "netrc"),
        ("git clone https://", MIXED[:40], "url-token"), ("mysql -u root -p", "hunter22", "option"),
        ("curl -s -u me:", "hunter22", "option"), ("docker login -u me -p ", "hunter22", "option"), ("sshpass -p ", "hunter22", "option"),
    ],
)  # fmt: skip
def test_each_issuers_shape_keeps_its_beginning_only(prefix, secret, kind):
    after = "@host/x" if kind == "url-token" else ""
    expected = f"{prefix}[redacted:{kind}]{after}"
    assert redact_text(prefix + secret + after) == expected
    assert redact_text(expected) == expected


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (["mysql", "-uroot", "-phunter22", "shop"], ["mysql", "-uroot", "-p[redacted:option]", "shop"]),
        (["mysql", "-u", "root", "-p", "shop"], ["mysql", "-u", "root", "-p", "shop"]),
        (["sudo", "/usr/bin/sshpass", "-p", "hunter22", "ssh", "-p", "2222"], ["sudo", "/usr/bin/sshpass", "-p", "[redacted:option]", "ssh", "-p", "2222"]),
        (["docker", "login", "-p", "hunter22"], ["docker", "login", "-p", "[redacted:option]"]),
        (["docker", "run", "-p", "127.0.0.1:80:80"], ["docker", "run", "-p", "127.0.0.1:80:80"]),
        (["curl", "-u", "me:hunter22"], ["curl", "-u", "me:[redacted:option]"]),
        (["openssl", "enc", "-pass", "pass:hunter22"], ["openssl", "enc", "-pass", "[redacted:option]"]),
        (["keytool", "-storepass", "hunter22"], ["keytool", "-storepass", "[redacted:option]"]),
        (["npm", "config", "set", "//r/:_authToken", "hunter22"], ["npm", "config", "set", "//r/:_authToken", "[redacted:option]"]),
        (["java", "-Dx.keyStorePassword=hunter22"], ["java", "-Dx.keyStorePassword=[redacted:value]"]),
        (["tool", "--token", "$TOKEN"], ["tool", "--token", "$TOKEN"]),
        (["python3", "-p", "x", "perl", "-pe", "s/a/b/"], ["python3", "-p", "x", "perl", "-pe", "s/a/b/"]),
    ],
)  # fmt: skip
def test_passwords_behind_short_options_are_taken_out_by_program(words, shown):
    assert redact_argv(words) == shown


@pytest.mark.parametrize(
    "text",
    ["token = os.environ['GITHUB_TOKEN']", "const token = process.env.NPM_TOKEN", "password = getpass()", "token: $TOKEN",
     "Authorization: Bearer $TOKEN", "pwd=/home/me", "task-0123456789012345678901", "compass=northwest"],
)  # fmt: skip
def test_text_that_says_where_a_secret_comes_from_stays_evidence(text):
    assert redact_text(text) == text


def test_variables_are_judged_by_their_names():
    environment = {
        "GITHUB_TOKEN": "short", "DATABASE_PASSWORD": "correct horse battery staple", "MYSQL_PWD_FILE": "/run/secret",
        "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "TOKEN_FILE": "/run/token", "PATH": "/bin", "NPM_TOKEN": "",
    }  # fmt: skip
    assert redact_environment(environment) == {
        "GITHUB_TOKEN": "[redacted:variable]", "DATABASE_PASSWORD": "corr[redacted:variable]", "MYSQL_PWD_FILE": "/run/secret",
        "AWS_SECRET_ACCESS_KEY": "wJal[redacted:variable]", "TOKEN_FILE": "/run/token", "PATH": "/bin", "NPM_TOKEN": "",
    }  # fmt: skip


def test_the_word_behind_a_telling_option_is_taken_out():
    words = ["curl", "--api-key", "0123456789abcdefgh", "--token", "--verbose", "--user", "me"]
    assert redact_argv(words) == ["curl", "--api-key", "0123[redacted:option]", "--token", "--verbose", "--user", "me"]


@pytest.mark.parametrize(
    "name",
    ["TOKEN", "npm_token", "DB_PASSWORD", "ApiKey", "X_PRIVATE_KEY", "SECRETKEY", "AWS_SECRET_ACCESS_KEY", "PASSWD"],
)
def test_telling_names(name):
    assert is_secret_name(name)


@pytest.mark.parametrize("name", ["PATH", "KEYBOARD", "MONKEY", "HOME", "TOKEN_FILE", "SECRETARY", "AUTHOR"])
def test_harmless_names(name):
    assert not is_secret_name(name)


@pytest.mark.parametrize(
    "text",
    [
        "token_" * 100_000,
        "a" * 1_000_000 + "=",
        "-----BEGIN PRIVATE KEY-----" * 20_000,
        "://" * 300_000,
        "eyJ" + "a" * 1_000_000,
        "key" * 300_000,
        "auth=('a" * 100_000,
        "--password " * 100_000,
        "token=\"a'" * 100_000,
        "curl -u " * 100_000,
        "M" * 1_000_000,
        "1234567890" * 100_000,
        "a-" * 500_000 + "=",
        "?password=" * 100_000,
    ],
)
def test_hostile_text_takes_linear_time(text):
    begun = time.process_time()
    redact_text(text)
    assert time.process_time() - begun < 5


@given(st.text(string.printable, max_size=300))
def test_redaction_is_stable(text):
    once = redact_text(text)
    assert redact_text(once) == once
