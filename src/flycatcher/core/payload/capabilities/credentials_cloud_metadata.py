"""Cloud instance metadata. ATT&CK T1552.005."""

from __future__ import annotations

from flycatcher.core.payload.rules import Rule

RULE = Rule(
    id="credentials.cloud-metadata",
    technique="T1552.005",
    points=55,
    sentence="asks the cloud's metadata service for credentials",
    hints="169.254 metadata.google 100.100.100 fd00:ec2",
    values=r"169\.254\.169\.254|169\.254\.170\.2|metadata\.google\.internal|100\.100\.100\.200|fd00:ec2::254",
)
