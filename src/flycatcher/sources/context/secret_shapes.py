"""How secrets look: one line a kind. What stands before the group ``s`` stays readable, the group itself goes.

Beside each shape stand texts of which one is in whatever has that shape: two mebibytes are searched for those in a moment.
Sources: the issuers' own descriptions of their tokens, RFC 7519 (JWT), RFC 7468 (private keys), RFC 3986 (user information in
URLs), RFC 9110 (Authorization), the manuals of the programs that take a password on their command line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flycatcher.core.regex import lazy
from flycatcher.sources.context.secret_issuers import ISSUED, pattern_of

if TYPE_CHECKING:
    import re


class Shape(NamedTuple):
    """One kind of secret."""

    kind: str
    parts: tuple[str, ...]
    pattern: re.Pattern[str]


def _prefixed(kind: str, prefix: str, rest: str, *parts: str) -> Shape:
    """Return the shape of a token that begins by a fixed text; without ``parts`` that text is the part."""
    return Shape(kind, parts or (prefix,), lazy(rf"(?<![A-Za-z0-9]){prefix}(?P<s>{rest})"))


_WORD = r"[A-Za-z0-9_-]"
_COMMAND = r"[^\n;|&]{0,200}?[\s'\"]"
_NEXT = r"(?:['\"]?\s?[=,]\s?['\"]?|\s['\"]?)"
"""Between an option and its value: ``=``, a space, or what stands between two strings of a list."""
_STRINGS = r"\s{0,3}[=:(]?\s{0,3}[(\[{]?\s{0,3}"
_QUOTE = r"[bBrRuUfF]{0,2}\\{0,3}[\"']"
_GIVEN = r"(?P<s>(?!\[redacted:|\$)[^\s'\"]"
"""A literal value: not a variable, and not redacted already."""

SHAPES = (
    Shape(
        "private-key",
        ("-----BEGIN ",),
        lazy(
            r"-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----"
            r"(?P<s>(?!\[redacted:)(?:[^-]|-(?!----)){0,20000}(?:-----END [A-Z0-9 ]{0,40}-----)?)"
        ),
    ),
    Shape(
        "private-key",
        ("BEGIN SSH2 ",),
        lazy(r"---- BEGIN SSH2 (?:ENCRYPTED )?PRIVATE KEY ----(?P<s>(?!\[redacted:)(?:[^-]|-(?!---)){0,20000})"),
    ),
    Shape(
        "private-key",
        ("Private-Lines:",),
        lazy(r"\bPrivate-Lines: \d{1,4}\r?\n(?P<s>(?:[A-Za-z0-9+/=]{1,100}\r?\n?){1,500})"),
    ),
    _prefixed(
        "aws-key-id", "(?:AKIA|ASIA|ABIA|ACCA|A3T[A-Z0-9])", r"[A-Z0-9]{16}\b", "AKIA", "ASIA", "ABIA", "ACCA", "A3T"
    ),
    _prefixed("slack-token", "xox[A-Za-z](?:\\.xox[a-z])?-", "[A-Za-z0-9-]{10,255}", "xox"),
    _prefixed("slack-token", "xapp-", "[A-Za-z0-9-]{20,255}"),
    _prefixed(
        "slack-webhook", r"hooks\.slack\.com/(?:services|workflows|triggers)/", "[A-Za-z0-9/_-]{7,255}", "hooks.slack"
    ),
    _prefixed(
        "discord-webhook", r"discord(?:app)?\.com/api/webhooks/\d{10,25}/", f"{_WORD}{{20,255}}", "/api/webhooks/"
    ),
    _prefixed("telegram-token", r"(?:bot)?\d{8,10}:AA", f"{_WORD}{{32,40}}", ":AA"),
    _prefixed("npm-token", "npm_", "[A-Za-z0-9]{30,64}"),
    _prefixed("pypi-token", "pypi-", f"{_WORD}{{50,512}}"),
    *(Shape(issued.kind, issued.beginnings, pattern_of(issued)) for issued in ISSUED),
    _prefixed("azure-secret", r"[A-Za-z0-9_~.]{3}\dQ~", "[A-Za-z0-9_~.-]{31,34}", "Q~"),
    _prefixed("airtable-token", r"pat[A-Za-z0-9]{14}\.", r"[a-f0-9]{20,64}", "pat"),
    _prefixed("asana-token", r"[12]/\d{10,20}(?:/\d{10,20})?:", r"[a-f0-9]{32}", "1/", "2/"),
    _prefixed("mailchimp-key", "", r"[a-z0-9]{32}(?=-us\d{1,2}\b)", "-us"),
    _prefixed("discord-token", r"[MNO][A-Za-z\d_-]{23,28}\.[A-Za-z\d_-]{6}\.", r"[A-Za-z\d_-]{27,40}", "."),
    _prefixed("ngrok-token", "", r"[12](?=[A-Za-z]*\d)[A-Za-z0-9]{26}_[A-Za-z0-9]{21}\b", "_"),
    _prefixed("okta-token", "00", rf"(?=[A-Z0-9]*[a-z_-])(?=[a-z0-9]*[A-Z_-])[A-Za-z0-9_-]{{40}}(?!{_WORD})"),
    _prefixed("pagerduty-key", r"u\+", rf"{_WORD}{{18}}(?!{_WORD})", "u+"),
    _prefixed("cloudflare-key", r"v1\.0-", r"[a-f0-9]{24}-[a-f0-9]{60,160}", "v1.0-"),
    _prefixed("maxmind-key", r"[A-Za-z0-9]{6}_", r"[A-Za-z0-9]{29}_mmk", "_mmk"),
    _prefixed("1password-key", r"A3-[A-Z0-9]{6}-", r"[A-Z0-9-]{20,40}", "A3-"),
    _prefixed("telegram-token", r"\d{8,10}:", rf"{_WORD}{{35}}(?!{_WORD})", ":"),
    _prefixed("teams-webhook", r"webhook\.office\.com/webhookb2/", r"[A-Za-z0-9@/-]{40,400}", "webhook.office"),
    _prefixed("zapier-webhook", r"hooks\.zapier\.com/hooks/catch/", r"[A-Za-z0-9/]{8,80}", "hooks.zapier"),
    _prefixed("sentry-dsn", r"https://", r"[a-f0-9]{32}(?=@[a-z0-9.-]*(?:sentry|ingest))", "sentry", "ingest"),
    _prefixed("rubygems-key", "rubygems_", "[a-f0-9]{40,64}"),
    _prefixed("crates-token", "cio", r"(?=[A-Za-z]*\d)[A-Za-z0-9]{32}\b"),
    _prefixed("google-key", "AIza", f"{_WORD}{{35}}"),
    _prefixed("google-token", r"ya29\.", "[A-Za-z0-9_.-]{20,1024}", "ya29."),
    _prefixed("google-secret", "GOCSPX-", f"{_WORD}{{20,64}}"),
    _prefixed("ai-key", "sk-(?:ant-|proj-|or-v1-|svcacct-|admin-)?", rf"(?={_WORD}*\d){_WORD}{{20,255}}", "sk-"),
    _prefixed("sendgrid-key", r"SG\.", r"[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{16,64}", "SG."),
    _prefixed("mailgun-key", "key-", r"[a-f0-9]{32}\b"),
    _prefixed("twilio-key", "SK", r"[a-f0-9]{32}\b"),
    _prefixed("digitalocean-token", "do[opr]_v1_", "[a-f0-9]{64}", "_v1_"),
    _prefixed("terraform-token", r"[A-Za-z0-9]{14}\.atlasv1\.", f"{_WORD}{{40,128}}", ".atlasv1."),
    _prefixed("doppler-token", r"dp\.(?:pt|st|ct|sa|scim|audit)\.(?:[a-z0-9_-]{1,35}\.)?", "[A-Za-z0-9]{40,48}", "dp."),
    _prefixed("databricks-token", "dapi", r"[a-f0-9]{32}(?:-\d)?\b"),
    _prefixed("linear-key", "lin_(?:api|oauth)_", "[A-Za-z0-9]{32,64}", "lin_"),
    _prefixed("notion-token", "ntn_", "[A-Za-z0-9]{40,64}"),
    _prefixed("grafana-token", "gl(?:sa|c)_", "[A-Za-z0-9_+/=]{32,512}", "glsa_", "glc_"),
    _prefixed("sentry-token", "sntry[su]_", "[A-Za-z0-9+/=_-]{40,512}", "sntry"),
    _prefixed("postman-key", "PMAK-", "[a-f0-9-]{24,64}"),
    _prefixed("circleci-token", "CCI(?:PAT|PRJ)_", f"{_WORD}{{20,128}}", "CCIP"),
    _prefixed("atlassian-token", "AT(?:ATT|CTT|BB)", "[A-Za-z0-9_=-]{24,512}", "ATATT", "ATCTT", "ATBB"),
    _prefixed("age-key", "AGE-SECRET-KEY-1", "[A-Z0-9]{50,60}"),
    _prefixed("jwt", "eyJ", r"[A-Za-z0-9_-]{8,4096}\.[A-Za-z0-9_-]{8,8192}\.[A-Za-z0-9_-]{0,1024}"),
    Shape(
        "url-password",
        ("://",),
        lazy(r"\b[A-Za-z][A-Za-z0-9+.-]{1,20}://[^\s/:@'\"\[]{0,256}:(?P<s>[^\s/@'\"]{1,512})@"),
    ),
    Shape("url-token", ("://",), lazy(rf"://(?P<s>(?=[A-Za-z_-]{{0,255}}\d){_WORD}{{20,255}})@")),
    Shape(
        "url-signature",
        ("sig=", "ignature=", "ecurity-Token="),
        lazy(
            r"[?&](?:sig|[Ss]ignature|X-Amz-Signature|X-Amz-Security-Token|X-Goog-Signature)=(?P<s>[A-Za-z0-9%+/=_-]{16,2048})"
        ),
    ),
    Shape(
        "authorization",
        ("uthorization", "UTHORIZATION"),
        lazy(
            r"(?i:\bauthorization['\"]?\s{0,3}[:=]\s{0,3}['\"]?(?:(?:basic|bearer|token|digest|negotiate|apikey)\s{1,3}|(?=[a-z+/=_.-]{0,255}\d)))"
            r"(?P<s>(?!\[redacted:|\$)[^\s'\"(){}]{6,4096})"
        ),
    ),
    Shape(
        "cookie",
        ("ookie:", "OOKIE:"),
        lazy(r"\b(?:[Cc]ookie|COOKIE):\s{0,3}(?P<s>(?!\[redacted:|\$)[^\s'\"][^'\"\n]{6,4096})"),
    ),
    Shape(
        "netrc",
        ("machine ",),
        lazy(r"\bmachine\s{1,9}\S{1,255}\s{1,9}login\s{1,9}\S{1,255}\s{1,9}password\s{1,9}(?P<s>\S{1,512})"),
    ),
    Shape(
        "option",
        ("mysql", "mariadb", "mycli"),
        lazy(rf"\b(?:mysql\w{{0,16}}|mariadb[\w-]{{0,16}}|mycli)\b{_COMMAND}['\"]?-p{_GIVEN}{{3,256}})"),
    ),
    Shape(
        "option",
        ("sshpass",),
        lazy(rf"\bsshpass\b{_COMMAND}-p(?:{_NEXT})?{_GIVEN}{{1,256}})"),
    ),
    Shape(
        "option",
        ("login",),
        lazy(rf"\blogin\b{_COMMAND}-p{_NEXT}{_GIVEN}{{1,4096}})"),
    ),
    Shape(
        "option",
        ("curl",),
        lazy(rf"\bcurl\b{_COMMAND}(?:-u|-U|--user|--proxy-user){_NEXT}?[^\s:'\"]{{1,64}}:{_GIVEN}{{1,256}})"),
    ),
    Shape(
        "option",
        ("--user", "--proxy-user", "--auth", "--basic"),
        lazy(
            rf"--(?:user|proxy-user|auth|basic-auth|userpass){_NEXT}(?P<u>[^\s:'\"]{{1,64}}):"
            rf"(?!(?P=u)\b)(?!\d+\b|root\b|nogroup\b|users\b){_GIVEN}{{1,256}})"
        ),
    ),
    Shape(
        "option",
        ("sqlplus", "sqlldr", "expdp", "impdp", "rman", "exp ", "imp "),
        lazy(
            rf"\b(?:sqlplus|sqlldr|expdp|impdp|rman|exp|imp)\b{_COMMAND}['\"]?[A-Za-z0-9_$#]{{1,64}}/{_GIVEN[:-1]}@/]{{1,256}})@"
        ),
    ),
    Shape(
        "option",
        ("ldap",),
        lazy(rf"\bldap\w{{1,16}}\b{_COMMAND}-w(?:{_NEXT})?{_GIVEN}{{1,256}})"),
    ),
    Shape(
        "option",
        ("redis-cli",),
        lazy(rf"\bredis-cli\b{_COMMAND}(?:-a|--pass){_NEXT}{_GIVEN}{{1,256}})"),
    ),
    Shape(
        "option",
        ("smbclient", "rpcclient"),
        lazy(rf"\b(?:smbclient|rpcclient)\b{_COMMAND}(?:-U|--user){_NEXT}?[^\s%'\"]{{1,64}}%{_GIVEN}{{1,256}})"),
    ),
    Shape(
        "login",
        ("auth", "Auth", "login", "credentials", "Credential"),
        lazy(
            rf"(?:\b(?:auth|credentials?|basic_auth|http_auth|proxy_auth|login|authenticate)|BasicAuth|DigestAuth|Credentials?)"
            rf"{_STRINGS}[bBrRuUfF]{{0,2}}\\{{0,3}}[\"'][^\"'\\\n]{{0,128}}\\{{0,3}}[\"']\s{{0,3}},\s{{0,3}}{_QUOTE}(?P<s>(?!\[redacted:)[^\"'\\\n]{{3,256}})"
        ),
    ),
)
