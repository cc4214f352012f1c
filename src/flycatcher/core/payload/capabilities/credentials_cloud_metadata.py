"""Cloud instance metadata. ATT&CK T1552.005."""

from __future__ import annotations

from flycatcher.core.payload.rules import Rule

_PLAIN = (
    r"/latest/(?:api/token|meta-data/(?:instance-(?:id|type|life-cycle)|placement/|(?:local|public)-(?:ipv4|hostname)|hostname|ami-id|mac\b|"
    r"network/|tags/))|/computeMetadata/v1/(?:instance/(?:id|name|zone|region|hostname|machine-type|cpu-platform|network-interfaces)|"
    r"project/(?:numeric-)?project-id)\b"
)
"""What the service says of a machine and its place: no credentials (EC2 User Guide, "Instance metadata categories"; Compute Engine, "Predefined metadata")."""
RULE = Rule(
    id="credentials.cloud-metadata",
    technique="T1552.005",
    points=55,
    sentence="asks the cloud's metadata service for credentials",
    hints="169.254 metadata.google 100.100.100 fd00:ec2",
    values=rf"(?:169\.254\.169\.254|metadata\.google\.internal)(?!(?::80)?(?:{_PLAIN}))|169\.254\.170\.2|100\.100\.100\.200|fd00:ec2::254",
)
