"""What the token detectors of detect-secrets find, is redacted: a rule set that others keep up to date."""

import importlib
import re

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from flycatcher.sources.context.redact import redact_text

pytest.importorskip("detect_secrets.plugins.base")

DETECTORS = {
    "aws": "AWSKeyDetector", "discord": "DiscordBotTokenDetector", "github_token": "GitHubTokenDetector", "gitlab_token": "GitLabTokenDetector",
    "mailchimp": "MailchimpDetector", "openai": "OpenAIDetector", "pypi_token": "PypiTokenDetector",
    "sendgrid": "SendGridDetector", "slack": "SlackDetector", "square_oauth": "SquareOAuthDetector", "stripe": "StripeDetector",
    "telegram_token": "TelegramBotTokenDetector",
}  # fmt: skip
"""Those that know a token by its shape; the others need more than the token (a name, a keyword)."""


def patterns():
    for module, name in DETECTORS.items():
        detector = getattr(importlib.import_module(f"detect_secrets.plugins.{module}"), name)()
        for number, pattern in enumerate(detector.denylist):
            if "quote" in pattern.pattern or "(?i)" in pattern.pattern or "aws" in pattern.pattern:
                continue  # an assignment, not a shape
            yield pytest.param(pattern, id=f"{module}-{number}")


@pytest.mark.parametrize("pattern", [*patterns()])
def test_what_a_kept_rule_set_finds_is_redacted(pattern):
    @settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(
        st.from_regex(
            re.compile(pattern.pattern, pattern.flags & ~(re.UNICODE | re.IGNORECASE) | re.ASCII), fullmatch=True
        )
    )
    def check(token):
        token = token.strip()
        assume(len(token) >= 20 and not re.search(r"[\s\"'\\]", token))
        assert redact_text(f"x {token} y") != f"x {token} y", token

    check()
