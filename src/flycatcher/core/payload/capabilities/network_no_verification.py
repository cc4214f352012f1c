"""Talks TLS without checking who is at the other end. ATT&CK T1557."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.payload.rules import Calls, Rule

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flycatcher.core.payload.evaluator.values import Value


def _unchecked(_args: Sequence[Value], kwargs: Mapping[str, Value]) -> bool:
    """``verify=False``."""
    verify = kwargs.get("verify")
    return verify is not None and verify.data is False


RULE = Rule(
    id="network.no-verification",
    technique="T1557",
    points=5,
    sentence="does not check who answers: the host's certificate is not verified",
    calls={
        "python": (
            Calls("ssl._create_unverified_context"),
            Calls(
                "requests.get requests.post requests.put requests.request requests.Session().get httpx.get httpx.post "
                "httpx.Client aiohttp.TCPConnector",
                _unchecked,
            ),
        ),
    },
    uses={
        "python": "ssl._create_unverified_context ssl.CERT_NONE",
        "ruby": "OpenSSL::SSL::VERIFY_NONE",
        "perl": "SSL_VERIFY_NONE IO::Socket::SSL::SSL_VERIFY_NONE",
        "php": "CURLOPT_SSL_VERIFYPEER CURLOPT_SSL_VERIFYHOST",
    },
    hints="rejectunauthorized node_tls_reject verify_peer ssl_verify verify_ssl verify_hostname",
    values=(
        r"(?i)^(?:rejectUnauthorized|NODE_TLS_REJECT_UNAUTHORIZED|verify_peer(?:_name)?|SSL_verify_mode|verify_SSL|"
        r"verify_hostname|ssl_verify_mode|PERL_LWP_SSL_VERIFY_HOSTNAME)$"
    ),
)
