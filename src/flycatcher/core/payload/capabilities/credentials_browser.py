"""Passwords and cookies of browsers, and keychains. ATT&CK T1555.003, T1555.001."""

from __future__ import annotations

from flycatcher.core.payload.rules import Rule

RULE = Rule(
    id="credentials.browser",
    technique="T1555.003",
    points=50,
    sentence="reads what browsers store",
    hints="login logins.json key4.db cookies. keychains leveldb firefox google-chrome local keyrings kwalletd",
    values=(
        r"(?i)(?:Login Data|logins\.json|key4\.db|cookies\.(?:sqlite|binarycookies)|"
        r"Library/Keychains|Local Storage/leveldb|\.mozilla/firefox|google-chrome/|"
        r"Local Extension Settings|(?<!/etc/apt/)(?<!/usr/share/)(?<!/etc/)keyrings/|kwalletd)"
    ),
)
