"""How secrets look: one line a kind. What stands before the group ``s`` stays readable, the group itself goes.

Beside each shape stand texts of which one is in whatever has that shape: two mebibytes are searched for those in a moment.
Sources: the issuers' own descriptions of their tokens, RFC 7519 (JWT), RFC 7468 (private keys), RFC 3986 (user information in
URLs), RFC 9110 (Authorization), the manuals of the programs that take a password on their command line.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Shape(NamedTuple):
    """One kind of secret."""

    kind: str
    parts: tuple[str, ...]
    pattern: re.Pattern[str]


def _prefixed(kind: str, prefix: str, rest: str, *parts: str) -> Shape:
    """Return the shape of a token that begins by a fixed text; without ``parts`` that text is the part."""
    return Shape(kind, parts or (prefix,), re.compile(rf"(?<![A-Za-z0-9]){prefix}(?P<s>{rest})"))


_WORD = r"[A-Za-z0-9_-]"
_COMMAND = r"[^\n;|&]{0,200}?\s"
_GIVEN = r"(?P<s>(?!\[redacted:|\$)[^\s'\"]"
"""A literal value: not a variable, and not redacted already."""

SHAPES = (
    Shape(
        "private-key",
        ("-----BEGIN ",),
        re.compile(
            r"-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----"
            r"(?P<s>(?!\[redacted:)(?:[^-]|-(?!----)){0,20000}(?:-----END [A-Z0-9 ]{0,40}-----)?)"
        ),
    ),
    _prefixed("github-token", "gh[pousr]_", "[A-Za-z0-9_]{20,255}", "ghp_", "gho_", "ghu_", "ghs_", "ghr_"),
    _prefixed("github-token", "github_pat_", "[A-Za-z0-9_]{20,255}"),
    _prefixed("gitlab-token", "gl(?:pat|dt|rt|cbt|ptt|ft|soat|agent|oas|imt|ffct)-", "[A-Za-z0-9_.-]{16,255}", "gl"),
    _prefixed("gitlab-token", "GR1348941", f"{_WORD}{{16,64}}"),
    _prefixed("aws-key-id", "(?:AKIA|ASIA|ABIA|ACCA)", r"[A-Z0-9]{16}\b", "AKIA", "ASIA", "ABIA", "ACCA"),
    _prefixed("slack-token", "xox[abceoprs](?:\\.xox[a-z])?-", "[A-Za-z0-9-]{10,255}", "xox"),
    _prefixed("slack-token", "xapp-", "[A-Za-z0-9-]{20,255}"),
    _prefixed(
        "slack-webhook", r"hooks\.slack\.com/(?:services|workflows|triggers)/", "[A-Za-z0-9/_-]{20,255}", "hooks.slack"
    ),
    _prefixed(
        "discord-webhook", r"discord(?:app)?\.com/api/webhooks/\d{10,25}/", f"{_WORD}{{20,255}}", "/api/webhooks/"
    ),
    _prefixed("telegram-token", r"(?:bot)?\d{8,10}:AA", f"{_WORD}{{32,40}}", ":AA"),
    _prefixed("npm-token", "npm_", "[A-Za-z0-9]{30,64}"),
    _prefixed("pypi-token", "pypi-", f"{_WORD}{{50,512}}"),
    _prefixed("rubygems-key", "rubygems_", "[a-f0-9]{40,64}"),
    _prefixed("crates-token", "cio", r"(?=[A-Za-z]*\d)[A-Za-z0-9]{32}\b"),
    _prefixed("docker-token", "dckr_[op]at_", f"{_WORD}{{20,255}}", "dckr_"),
    _prefixed("google-key", "AIza", f"{_WORD}{{35}}"),
    _prefixed("google-token", r"ya29\.", "[A-Za-z0-9_.-]{20,1024}", "ya29."),
    _prefixed("google-secret", "GOCSPX-", f"{_WORD}{{20,64}}"),
    _prefixed("ai-key", "sk-(?:ant-|proj-|or-v1-|svcacct-|admin-)?", rf"(?={_WORD}*\d){_WORD}{{20,255}}", "sk-"),
    _prefixed("stripe-key", "[sr]k_(?:live|test)_", "[A-Za-z0-9]{16,255}", "k_live_", "k_test_"),
    _prefixed("stripe-key", "whsec_", "[A-Za-z0-9+/=]{20,255}"),
    _prefixed("sendgrid-key", r"SG\.", r"[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{16,64}", "SG."),
    _prefixed("mailgun-key", "key-", r"[a-f0-9]{32}\b"),
    _prefixed("twilio-key", "SK", r"[a-f0-9]{32}\b"),
    _prefixed("digitalocean-token", "do[opr]_v1_", "[a-f0-9]{64}", "_v1_"),
    _prefixed("huggingface-token", "hf_", "[A-Za-z0-9]{30,64}"),
    _prefixed("vault-token", r"hv[sbr]\.", f"{_WORD}{{20,512}}", "hvs.", "hvb.", "hvr."),
    _prefixed("terraform-token", r"[A-Za-z0-9]{14}\.atlasv1\.", f"{_WORD}{{40,128}}", ".atlasv1."),
    _prefixed("doppler-token", r"dp\.(?:pt|st|ct|sa|scim|audit)\.(?:[a-z0-9_-]{1,35}\.)?", "[A-Za-z0-9]{40,48}", "dp."),
    _prefixed("databricks-token", "dapi", r"[a-f0-9]{32}(?:-\d)?\b"),
    _prefixed("linear-key", "lin_(?:api|oauth)_", "[A-Za-z0-9]{32,64}", "lin_"),
    _prefixed("notion-token", "ntn_", "[A-Za-z0-9]{40,64}"),
    _prefixed("shopify-token", "shp(?:at|ca|pa|ss)_", "[a-fA-F0-9]{32}", "shpat_", "shpca_", "shppa_", "shpss_"),
    _prefixed("grafana-token", "gl(?:sa|c)_", "[A-Za-z0-9_+/=]{32,512}", "glsa_", "glc_"),
    _prefixed("sentry-token", "sntry[su]_", "[A-Za-z0-9+/=_-]{40,512}", "sntry"),
    _prefixed("newrelic-key", "NRAK-", "[A-Z0-9]{27}"),
    _prefixed("postman-key", "PMAK-", "[a-f0-9-]{24,64}"),
    _prefixed("circleci-token", "CCI(?:PAT|PRJ)_", f"{_WORD}{{20,128}}", "CCIP"),
    _prefixed("buildkite-token", "bk(?:ua|aj|ct)_", "[a-f0-9]{40}", "bkua_", "bkaj_", "bkct_"),
    _prefixed("atlassian-token", "AT(?:ATT|CTT|BB)", "[A-Za-z0-9_=-]{24,512}", "ATATT", "ATCTT", "ATBB"),
    _prefixed("age-key", "AGE-SECRET-KEY-1", "[A-Z0-9]{50,60}"),
    _prefixed("jwt", "eyJ", r"[A-Za-z0-9_-]{8,4096}\.[A-Za-z0-9_-]{8,8192}\.[A-Za-z0-9_-]{0,1024}"),
    Shape(
        "url-password",
        ("://",),
        re.compile(r"\b[A-Za-z][A-Za-z0-9+.-]{1,20}://[^\s/:@'\"\[]{0,256}:(?P<s>[^\s/@'\"]{1,512})@"),
    ),
    Shape("url-token", ("://",), re.compile(rf"://(?P<s>(?=[A-Za-z_-]{{0,255}}\d){_WORD}{{20,255}})@")),
    Shape(
        "url-signature",
        ("sig=", "ignature=", "ecurity-Token="),
        re.compile(
            r"[?&](?:sig|[Ss]ignature|X-Amz-Signature|X-Amz-Security-Token|X-Goog-Signature)=(?P<s>[A-Za-z0-9%+/=_-]{16,2048})"
        ),
    ),
    Shape(
        "authorization",
        ("uthorization", "UTHORIZATION"),
        re.compile(
            r"(?i:\bauthorization['\"]?\s{0,3}[:=]\s{0,3}['\"]?(?:(?:basic|bearer|token|digest|negotiate|apikey)\s{1,3}|(?=[a-z+/=_.-]{0,255}\d)))"
            r"(?P<s>(?!\[redacted:|\$)[^\s'\"(){}]{6,4096})"
        ),
    ),
    Shape(
        "cookie",
        ("ookie:", "OOKIE:"),
        re.compile(r"\b(?:[Cc]ookie|COOKIE):\s{0,3}(?P<s>(?!\[redacted:|\$)[^\s'\"][^'\"\n]{6,4096})"),
    ),
    Shape(
        "netrc",
        ("machine ",),
        re.compile(r"\bmachine\s{1,9}\S{1,255}\s{1,9}login\s{1,9}\S{1,255}\s{1,9}password\s{1,9}(?P<s>\S{1,512})"),
    ),
    Shape(
        "option",
        ("mysql", "mariadb", "mycli"),
        re.compile(rf"\b(?:mysql\w{{0,16}}|mariadb[\w-]{{0,16}}|mycli)\b{_COMMAND}-p{_GIVEN}{{3,256}})"),
    ),
    Shape(
        "option",
        ("sshpass",),
        re.compile(rf"\bsshpass\b{_COMMAND}-p\s?['\"]?{_GIVEN}{{1,256}})"),
    ),
    Shape(
        "option",
        ("login ",),
        re.compile(rf"\blogin\b{_COMMAND}-p[ =]['\"]?{_GIVEN}{{1,4096}})"),
    ),
    Shape(
        "option",
        ("curl",),
        re.compile(rf"\bcurl\b{_COMMAND}(?:-u|-U|--user|--proxy-user)[ =]?['\"]?[^\s:'\"]{{1,64}}:{_GIVEN}{{1,256}})"),
    ),
)
