"""Requirements of published frameworks that parts of the report speak of, by their own ids: the one table of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flycatcher.commands.report.audit.parts import Column, Section, Table

if TYPE_CHECKING:
    from collections.abc import Iterable

_OWASP = "https://owasp.org/www-project-top-10-ci-cd-security-risks/"
_SLSA = "https://slsa.dev/spec/v1.1/"
_SSDF = "https://csrc.nist.gov/pubs/sp/800/218/final"
_PCI = "https://www.pcisecuritystandards.org/document_library/"
_CIS = "https://www.cisecurity.org/controls"
_ATTACK = "https://attack.mitre.org/mitigations/"


class Requirement(NamedTuple):
    """One requirement, its subject, what the report shows of it, and the sections that do."""

    framework: str
    id: str
    subject: str
    shows: str
    sections: tuple[str, ...]
    source: str


def _owasp(number: int, subject: str, shows: str, *sections: str) -> Requirement:
    return Requirement("OWASP Top 10 CI/CD 2022", f"CICD-SEC-{number}", subject, shows, sections, _OWASP)


def _slsa(name: str, subject: str, shows: str, place: str, *sections: str) -> Requirement:
    return Requirement("SLSA v1.1", name, subject, shows, sections, _SLSA + place)


def _ssdf(task: str, subject: str, shows: str, *sections: str) -> Requirement:
    return Requirement("NIST SP 800-218 v1.1", task, subject, shows, sections, _SSDF)


def _pci(number: str, subject: str, shows: str, *sections: str) -> Requirement:
    return Requirement("PCI DSS v4.0.1", number, subject, shows, sections, _PCI)


def _cis(number: str, subject: str, shows: str, *sections: str) -> Requirement:
    return Requirement("CIS Controls v8.1", number, subject, shows, sections, _CIS)


def _attack(name: str, subject: str, shows: str, *sections: str) -> Requirement:
    return Requirement("ATT&CK Enterprise v17", name, subject, shows, sections, f"{_ATTACK}{name}/")


REQUIREMENTS = (
    _owasp(1, "Insufficient Flow Control Mechanisms", "who accepted what, with a reason", "accepted", "baseline"),
    _owasp(3, "Dependency Chain Abuse", "what builds and package hooks were made to run", "detections", "baseline"),
    _owasp(4, "Poisoned Pipeline Execution", "code on the fly in jobs, and what became of it", "detections", "triage"),
    _owasp(7, "Insecure System Configuration", "settings that make it easier", "doctor"),
    _owasp(10, "Insufficient Logging and Visibility", "where and how long was watched, what was lost", "coverage", "simulation"),
    _slsa("(E)", "Build process", "what a build ran beside its scripts", "threats#e-build-process", "detections", "baseline"),
    _slsa("(D)", "External build parameters", "text that came in by argument, stdin or variable", "threats#d-external-build-parameters", "detections"),
    _ssdf("PO.3.3", "Tools leave artifacts of what they do", "records of the tool, and whether they hold together", "coverage"),
    _ssdf("PO.4.2", "Information for the criteria is gathered and kept safe", "the figures with their queries", "coverage", "detections"),
    _ssdf("PO.5.1", "Environments of development are separate and protected", "what ran in which environment", "detections"),
    _ssdf("PO.5.2", "Development endpoints are hardened", "problems by check, with the way to mend them", "doctor"),
    _ssdf("PW.6.2", "Features of build tools are chosen and configured", "what a build is known to run, and who accepted it", "baseline", "accepted"),
    _ssdf("RV.2.1", "Each finding is analysed for its risk", "level, state, reason and time of each judgement", "detections", "triage"),
    _pci("10.2.1", "Audit logs are enabled and active", "time watched by host, and where nothing was", "coverage"),
    _pci("10.3.4", "Changes of audit logs are detected", "whether the ledger holds together", "integrity"),
    _pci("10.4.1", "Audit logs are reviewed", "who judged how much, and how long it took", "triage"),
    _pci("10.4.3", "What a review finds is dealt with", "state of each detection, what is open", "detections", "triage"),
    _pci("10.7.2", "Failures of security controls are detected", "losses, gaps, watches without a stop", "coverage"),
    _pci("11.5.1", "Intrusions are detected", "detections, and which techniques would be seen", "detections", "simulation"),
    _pci("12.10.5", "Alerts of monitoring are responded to", "time to triage", "triage"),
    _cis("2.7", "Allowlist Authorized Scripts", "what is allowed, by whom and until when", "accepted", "baseline"),
    _cis("4.1", "Establish and Maintain a Secure Configuration Process", "problems by check", "doctor"),
    _cis("8.2", "Collect Audit Logs", "hosts and time watched", "coverage"),
    _cis("8.8", "Collect Command-Line Audit Logs", "sightings by interpreter and vector", "coverage", "detections"),
    _cis("8.11", "Conduct Audit Log Reviews", "who judged what and when", "triage"),
    _cis("13.2", "Deploy a Host-Based Intrusion Detection Solution", "hosts, detections, simulated techniques", "coverage", "simulation"),
    _cis("18.4", "Validate Security Measures", "techniques that were seen and missed", "simulation"),
    _attack("M1026", "Privileged Account Management", "interpreters with rights of their own", "doctor"),
    _attack("M1033", "Limit Software Installation", "what package managers were made to run", "detections", "baseline"),
    _attack("M1038", "Execution Prevention", "what was denied or killed, and what is allowed", "detections", "accepted"),
    _attack("M1040", "Behavior Prevention on Endpoint", "what was done at once", "detections"),
    _attack("M1042", "Disable or Remove Feature or Program", "interpreters and settings that need not be there", "doctor"),
    _attack("M1047", "Audit", "this report", "coverage", "triage", "doctor"),
)  # fmt: skip
INTEGRITY = "integrity"
"""Shown where the evidence is a ledger; a section of its own there is not."""
_REMARKS = (
    "A row says that this report holds evidence about a part of a requirement, never that the requirement is met: who assesses decides that.",
    "Ids and titles of OWASP, SLSA, CIS and ATT&CK are theirs; the subjects of NIST and PCI DSS are said in our words. Read the source.",
)


def frameworks(sections: Iterable[Section], *, has_integrity: bool) -> Section:
    """Return the table, with what of it the report has been given."""
    listed = list(sections)
    given = {each.id for each in listed if not each.missing} | ({INTEGRITY} if has_integrity else set())
    titles = {each.id: each.title.partition(":")[0] for each in listed} | {INTEGRITY: "Integrity of the ledger"}
    rows = tuple(
        (
            each.framework,
            each.id,
            each.subject,
            each.shows,
            "; ".join(_said(name, titles, given) for name in each.sections),
            each.source,
        )
        for each in REQUIREMENTS
    )
    columns = tuple(
        Column(name) for name in ("framework", "id", "subject", "what_this_report_shows", "where", "source")
    )
    table = Table(title="Requirements by framework", columns=columns, rows=rows)
    return Section(id="frameworks", title="Frameworks", tables=(table,), remarks=_REMARKS)


def _said(name: str, titles: dict[str, str], given: set[str]) -> str:
    return titles[name] if name in given else f"{titles[name]} (not given)"
