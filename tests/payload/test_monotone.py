"""More evil never scores less: two texts of one language, one after the other, score as much as either alone."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flycatcher.core.payload.language import languages
from flycatcher.core.recipe.risk import assess

from .helpers import analysis, risk, snippet
from .test_samples import HARMLESS, SEEN

LANGUAGES = ("python", "perl", "ruby", "javascript", "php", "lua", "shell", "awk", "tcl", "r", "powershell")
BETWEEN = {"python": "\n", "php": "\n", "lua": "\n", "shell": "\n", "ruby": "\n", "perl": ";\n", "awk": "\n"}
EVIL = {language: [row["text"] for row in SEEN if row["language"] == language] for language in LANGUAGES}
PLAIN = {language: [row["text"] for row in HARMLESS if row["language"] == language] for language in LANGUAGES}


@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_text_behind_text_never_scores_less(language, data):
    one = data.draw(st.sampled_from(EVIL[language] + PLAIN[language]))
    other = data.draw(st.sampled_from(EVIL[language]))
    both = one + BETWEEN.get(language, ";\n") + other
    assert risk(both, language).score >= max(risk(one, language).score, risk(other, language).score)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(SEEN), min_size=1, max_size=4), st.sampled_from(SEEN))
def test_one_more_snippet_never_scores_less(rows, more):
    pairs = [(snippet(row["text"], row["language"]), analysis(row["text"], row["language"])) for row in (*rows, more)]
    assert assess(pairs).score >= assess(pairs[:-1]).score


WRAPPED = {
    "python": "import base64;exec(base64.b64decode('{0}'))",
    "perl": "use MIME::Base64;eval decode_base64('{0}')",
    "ruby": "eval '{0}'.unpack1('m')",
    "javascript": "eval(Buffer.from('{0}','base64').toString())",
    "php": "eval(base64_decode('{0}'));",
    "shell": "eval $(echo {0} | base64 -d)",
}


@pytest.mark.parametrize("language", WRAPPED)
def test_a_layer_of_encoding_never_scores_less(language):
    import base64  # noqa: PLC0415

    for text in EVIL[language]:
        if language == "perl" and text.startswith("#"):
            continue
        hidden = WRAPPED[language].format(base64.b64encode(text.encode()).decode())
        assert risk(hidden, language).score >= risk(text, language).score, text


def test_the_same_text_scores_the_same_in_any_order_of_asking():
    first = [risk(row["text"], row["language"]).score for row in SEEN[:120]]
    again = [risk(row["text"], row["language"]).score for row in reversed(SEEN[:120])]
    assert first == again[::-1]


def test_every_language_is_known():
    assert set(LANGUAGES) <= set(languages())
