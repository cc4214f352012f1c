"""Long texts are searched for what a secret must hold before the slow expressions are tried: with the same outcome."""

import random

from flycatcher.sources.context import redact

ATOMS = (
    *(
        "token",
        "SECRET",
        "passwd",
        "Password",
        "api_key",
        "apiKey",
        "API-KEY",
        "credential",
        "pat",
        "=",
        ":",
        " => ",
        '"',
        "'",
    ),
    *(
        " ",
        "_",
        "-",
        "x" * 20,
        "gh" + "p_",
        "A" * 20,
        "AK" + "IA",
        "ABCDEFGHIJKLMNOP",
        "sk" + "_live_",
        "://",
        "https",
        "user",
    ),
    *(
        ":pw@",
        "eyJ",
        "abcdefghij.klmnop",
        "Authorization: Bearer ",
        "AUTHORIZATION=basic ",
        "np" + "m_",
        "q" * 30,
        "--",
        "\n",
    ),
    *(
        "sk" + "-",
        "1a2B3c4D5e6F7g8H9i0J",
        "pwd",
        "PASS",
        "curl -u me:",
        "mysql -p",
        "login -p ",
        "Cookie: ",
        "?sig=",
        "os.environ",
    ),
    *("SG.", "xox" + "b-", "gl" + "pat-", "-----BEGIN RSA PRIVATE KEY-----", "hf" + "_", "dop" + "_v1_", "0" * 64),
)


def by_every_expression(text):
    for kind, _parts, shape in redact.SHAPES:
        text = shape.sub(lambda found, kind=kind: redact._cut(found, kind), text)
    return redact._redact_assignments(text)


def test_the_short_way_finds_what_the_long_way_finds():
    random.seed(1)
    changed = 0
    for _ in range(4000):
        text = "".join(random.choices(ATOMS, k=random.randint(1, 12)))
        found = redact._redact_text(text)
        assert found == by_every_expression(text)
        changed += found != text
    assert changed > 1000
