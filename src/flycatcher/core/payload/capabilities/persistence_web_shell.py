"""A server page that runs what a request brings. ATT&CK T1505.003."""

from __future__ import annotations

from flycatcher.core.payload.rules import Rule

RULE = Rule(
    id="persistence.web-shell",
    technique="T1505.003",
    points=60,
    sentence="plants a page that runs what a request brings",
    hints="$_get $_post $_request $_cookie getparameter( request.form request.args",
    values=(
        r"(?is)<\?(?:php|=)?.{0,200}\b(?:system|exec|shell_exec|passthru|eval|assert|popen|proc_open)\s*\(?.{0,80}"
        r"\$_(?:GET|POST|REQUEST|COOKIE|SERVER)|<%.{0,300}getRuntime\(\)\.exec\(.{0,80}getParameter"
    ),
)
