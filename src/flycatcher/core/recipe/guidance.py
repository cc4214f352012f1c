"""What code on the fly puts at stake, and what to do next, by the environment that it happened in. Data: no logic."""

from __future__ import annotations

from msgspec import Struct


class Step(Struct, frozen=True):
    """Something to do, and the command that does it where flycatcher can."""

    text: str
    command: str = ""


class Guidance(Struct, frozen=True, kw_only=True):
    """Guidance for one environment."""

    environment: str
    """``ci``, ``staging`` or ``production``."""
    title: str
    stakes: tuple[str, ...]
    now: tuple[Step, ...]
    """What to do about the detection in hand."""
    next: tuple[Step, ...]
    """What keeps it from happening again."""


CI_CD = Guidance(
    environment="ci",
    title="CI/CD pipeline",
    stakes=(
        "The build itself: whoever runs code in it decides what it produces.",
        "Dependencies: a poisoned package runs its install hook in every build that takes it.",
        "Artifacts: what is signed and shipped may no longer be what was reviewed.",
        "Deployment: a backdoor built in travels to staging and production by itself.",
    ),
    now=(
        Step("Read what ran and what it would do, layer by layer.", "flycatcher explain detections.jsonl"),
        Step(
            "Find every place in the repository that runs code this way, and who touched it last.",
            "flycatcher scan .",
        ),
        Step("Stop the release that this job feeds until the run is understood; keep its logs and its workspace."),
        Step("Replace the job's tokens and secrets if anything in the reasons reads credentials or the environment."),
    ),
    next=(
        Step("Watch the interpreters of every build, and keep the records.", "flycatcher run -- make"),
        Step("Let the build refuse what nobody has agreed to.", "flycatcher run --deny=high -- make"),
        Step(
            "Ask for a second reviewer on build scripts, workflow files and lock files before they reach the main branch."
        ),
        Step("Keep the CI system and its plugins patched, and prefer plugins that prevent, not only report."),
    ),
)

STAGING = Guidance(
    environment="staging",
    title="Staging",
    stakes=(
        "A misconfiguration that is used here will be used after the release, too.",
        "Copies of real data leak from a place that fewer people look at.",
        "Insiders and borrowed accounts reach further here than in production.",
        "Static analysis never saw this text: it was put together at run time.",
    ),
    now=(
        Step("Read what ran and what it would do.", "flycatcher explain detections.jsonl"),
        Step("Find out which service or person started it; the record names every ancestor."),
        Step("Compare with production: does the same command line run there?", "flycatcher watch --report FILE.jsonl"),
    ),
    next=(
        Step("Test as an attacker would: penetration tests and dynamic analysis that start interpreters on purpose."),
        Step("Give every account the least that it needs, and ask for a second factor."),
        Step("Keep staging's network and applications apart from production's."),
        Step("Patch on the same days as production."),
    ),
)

PRODUCTION = Guidance(
    environment="production",
    title="Production",
    stakes=(
        "Persistence: an intruder who can run text can arrange to come back.",
        "Lateral movement: this machine's credentials open the next one.",
        "Credentials and data: both leave through the same interpreter.",
        "Patience: long campaigns live off what is installed and leave no file.",
    ),
    now=(
        Step("Treat it as an incident: find out how far it goes, then contain it."),
        Step(
            "Keep the evidence before anything is restarted: text, ancestry, hashes.",
            "flycatcher watch --capture-stdin --report FILE.jsonl",
        ),
        Step(
            "Look for the same text and the same techniques on other machines; the record's id is the same everywhere."
        ),
        Step("Take away the credentials that the process could read."),
    ),
    next=(
        Step("Watch without a break, and raise an alert for this technique.", "flycatcher watch --fail-on high"),
        Step("Remove interpreters from images that need none."),
        Step("Audit regularly, and check that nothing has changed without leave."),
    ),
)

ALL: tuple[Guidance, ...] = (CI_CD, STAGING, PRODUCTION)
ALIASES = {"ci-cd": "ci", "cicd": "ci", "ci/cd": "ci", "pipeline": "ci", "prod": "production", "stage": "staging"}


def guidance(environment: str) -> Guidance | None:
    """Return the guidance for an environment by its name or a common short form, None for an unknown one."""
    wanted = ALIASES.get(environment.lower(), environment.lower())
    return next((entry for entry in ALL if entry.environment == wanted), None)
