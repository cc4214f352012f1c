"""sqlmap: ``--eval`` runs Python before each request.

Source: lib/parse/cmdline.py and lib/request/connect.py (evaluateCode), checked with marker code against sqlmap 1.10, which
asks for SQLMAP_UNSAFE_EVAL=1 besides; earlier versions do not.
"""

from __future__ import annotations

import re

from flycatcher.core.interpreters.engine.options import CODE, EXIT, FLAG, VALUE, Options, each
from flycatcher.core.interpreters.hosts.host import Host

_VALUES = (
    "--url", "--openapi", "--openapi-base", "--openapi-tags", "--user-agent", "--header", "--method", "--data",
    "--param-del", "--cookie", "--cookie-del", "--live-cookies", "--load-cookies", "--host", "--referer", "--headers",
    "--auth-type", "--auth-cred", "--auth-file", "--abort-code", "--ignore-code", "--proxy", "--proxy-cred", "--proxy-file",
    "--proxy-freq", "--tor-port", "--tor-type", "--delay", "--timeout", "--retries", "--retry-on", "--randomize",
    "--safe-url", "--safe-post", "--safe-req", "--safe-freq", "--csrf-token", "--csrf-url", "--csrf-method", "--csrf-data",
    "--csrf-retries", "--threads", "--skip", "--param-exclude", "--param-filter", "--dbms", "--dbms-cred", "--os",
    "--prefix", "--suffix", "--tamper", "--level", "--risk", "--string", "--not-string", "--regexp", "--code",
    "--technique", "--time-sec", "--union-cols", "--union-char", "--union-from", "--union-values", "--dns-domain",
    "--second-url", "--second-req", "--exclude", "--pivot-column", "--where", "--start", "--stop", "--first", "--last",
    "--sql-query", "--sql-file", "--shared-lib", "--file-read", "--file-write", "--file-dest", "--os-cmd", "--msf-path",
    "--tmp-path", "--reg-key", "--reg-value", "--reg-data", "--reg-type", "--answers", "--base64", "--binary-fields",
    "--crawl", "--crawl-exclude", "--csv-del", "--charset", "--dump-file", "--dump-format", "--encoding", "--gpage",
    "--har", "--output-dir", "--preprocess", "--postprocess", "--report-json", "--save", "--scope", "--table-prefix",
    "--test-filter", "--test-skip", "--time-limit", "--web-root", "--oob-server", "--oob-token", "--alert",
    "--results-file", "--tmp-dir", "--crack", "--jitter", "--force-dbms", "--taskid", "--database",
)  # fmt: skip


class Sqlmap(Host):
    """sqlmap: the last --eval runs before each request; without an address to ask, nothing does."""

    id = "sqlmap"
    language = "python"
    technique = "T1059.006"
    names = (r"sqlmap(?:\.py)?",)
    runs_on = ("python",)
    verified = ("1.10.10",)
    install = "pip: sqlmap"
    hint = re.compile(r"\n--?ev")
    codes = "last"
    operand = "none"
    reads_stdin = False
    options = Options(
        short={**each("vudlmrgcAHXpDTCUstz", VALUE), **each("ofab", FLAG), "h": EXIT},
        long={"--eval": CODE, "-eval": CODE, **each(_VALUES, VALUE), **each(("--help", "--version", "-hh"), EXIT)},
        permute=True,
        posixly=False,
        parser="argparse",
        unknown="skip",
    )
