"""A made-up password prompt. ATT&CK T1056.002."""

from __future__ import annotations

from flycatcher.core.payload.rules import Calls, Rule

RULE = Rule(
    id="credentials.prompt",
    technique="T1056.002",
    points=50,
    sentence="asks the user for a password in a dialog of its own",
    calls={
        "powershell": (Calls("Get-Credential *.PromptForCredential"),),
    },
    hints="hidden",
    values=r"(?i)with hidden answer|\bhidden answer\b",
    uses={"applescript": "hidden"},
)
