"""Caches. ATT&CK T1195.002."""

from __future__ import annotations

from flycatcher.core.payload.rules import Rule

RULE = Rule(
    id="ci.cache",
    technique="T1195.002",
    points=20,
    sentence="touches a CI system's caches and artifacts",
    hints="actions_cache_url actions_results_url artifactcache",
    values=r"ACTIONS_CACHE_URL|ACTIONS_RESULTS_URL|_apis/artifactcache",
)
