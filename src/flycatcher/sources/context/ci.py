"""CI system, repository, workflow, job and run, from the variables that each runner documents.

Sources: the runners' own references of predefined variables (GitHub Actions, GitLab CI/CD, Jenkins, Buildkite, CircleCI,
Azure Pipelines, Bitbucket Pipelines, TeamCity, AWS CodeBuild, Woodpecker, Drone, Travis CI).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

ENVIRONMENTS = ("ci", "staging", "production")
VARIABLE = "FLYCATCHER_ENVIRONMENT"
"""Names the environment class where nothing else tells, or overrides what the runner's variables tell."""
SYNONYMS = {"ci/cd": "ci", "cicd": "ci", "build": "ci", "stage": "staging", "prod": "production"}


class System(NamedTuple):
    """One CI system: the variable that gives it away (``NAME`` or ``NAME=value``), and where its facts are.

    Several variables, joined by ``|``, are tried in order.
    """

    name: str
    mark: str
    repository: str = ""
    workflow: str = ""
    job: str = ""
    run: str = ""
    commit: str = ""
    ref: str = ""


SYSTEMS = (
    System(
        "github",
        "GITHUB_ACTIONS",
        "GITHUB_REPOSITORY",
        "GITHUB_WORKFLOW_REF|GITHUB_WORKFLOW",
        "GITHUB_JOB",
        "GITHUB_RUN_ID",
        "GITHUB_SHA",
        "GITHUB_REF",
    ),
    System(
        "gitlab",
        "GITLAB_CI",
        "CI_PROJECT_PATH",
        "CI_PIPELINE_NAME|CI_CONFIG_PATH",
        "CI_JOB_NAME",
        "CI_PIPELINE_ID",
        "CI_COMMIT_SHA",
        "CI_COMMIT_REF_NAME",
    ),
    System(
        "jenkins",
        "JENKINS_URL",
        "GIT_URL|GIT_URL_1",
        "JOB_NAME",
        "STAGE_NAME|JOB_BASE_NAME",
        "BUILD_TAG|BUILD_ID",
        "GIT_COMMIT",
        "GIT_BRANCH",
    ),
    System(
        "buildkite",
        "BUILDKITE",
        "BUILDKITE_REPO",
        "BUILDKITE_PIPELINE_SLUG",
        "BUILDKITE_LABEL|BUILDKITE_STEP_KEY",
        "BUILDKITE_BUILD_ID",
        "BUILDKITE_COMMIT",
        "BUILDKITE_BRANCH",
    ),
    System(
        "circleci",
        "CIRCLECI",
        "CIRCLE_REPOSITORY_URL|CIRCLE_PROJECT_REPONAME",
        "CIRCLE_WORKFLOW_ID",
        "CIRCLE_JOB",
        "CIRCLE_BUILD_NUM",
        "CIRCLE_SHA1",
        "CIRCLE_TAG|CIRCLE_BRANCH",
    ),
    System(
        "azure",
        "TF_BUILD",
        "BUILD_REPOSITORY_NAME|BUILD_REPOSITORY_URI",
        "BUILD_DEFINITIONNAME",
        "SYSTEM_JOBNAME|AGENT_JOBNAME",
        "BUILD_BUILDID",
        "BUILD_SOURCEVERSION",
        "BUILD_SOURCEBRANCH",
    ),
    System(
        "bitbucket",
        "BITBUCKET_BUILD_NUMBER",
        "BITBUCKET_REPO_FULL_NAME",
        "BITBUCKET_PIPELINE_UUID",
        "BITBUCKET_STEP_UUID",
        "BITBUCKET_BUILD_NUMBER",
        "BITBUCKET_COMMIT",
        "BITBUCKET_TAG|BITBUCKET_BRANCH",
    ),
    System(
        "teamcity",
        "TEAMCITY_VERSION",
        "",
        "TEAMCITY_PROJECT_NAME",
        "TEAMCITY_BUILDCONF_NAME",
        "BUILD_NUMBER",
        "BUILD_VCS_NUMBER",
        "",
    ),
    System(
        "codebuild",
        "CODEBUILD_BUILD_ID",
        "CODEBUILD_SOURCE_REPO_URL",
        "CODEBUILD_INITIATOR",
        "",
        "CODEBUILD_BUILD_ID",
        "CODEBUILD_RESOLVED_SOURCE_VERSION",
        "CODEBUILD_WEBHOOK_HEAD_REF|CODEBUILD_SOURCE_VERSION",
    ),
    System(
        "woodpecker",
        "CI=woodpecker",
        "CI_REPO",
        "CI_WORKFLOW_NAME",
        "CI_STEP_NAME",
        "CI_PIPELINE_NUMBER",
        "CI_COMMIT_SHA",
        "CI_COMMIT_REF",
    ),
    System(
        "drone",
        "DRONE",
        "DRONE_REPO",
        "DRONE_STAGE_NAME",
        "DRONE_STEP_NAME",
        "DRONE_BUILD_NUMBER",
        "DRONE_COMMIT_SHA|DRONE_COMMIT",
        "DRONE_COMMIT_REF",
    ),
    System(
        "travis",
        "TRAVIS",
        "TRAVIS_REPO_SLUG",
        "",
        "TRAVIS_JOB_NAME|TRAVIS_JOB_NUMBER",
        "TRAVIS_BUILD_ID",
        "TRAVIS_COMMIT",
        "TRAVIS_TAG|TRAVIS_BRANCH",
    ),
)
FACTS = ("repository", "workflow", "job", "run", "commit", "ref")


def ci_context(environment: Mapping[str, str]) -> dict[str, str]:
    """Return ``ci.system`` and its facts (``ci.repository``, ``ci.job``, ...); empty outside CI."""
    for system in SYSTEMS:
        name, _, value = system.mark.partition("=")
        if environment.get(name, "") in {"", "false"} or (value and environment[name] != value):
            continue
        facts = {f"ci.{fact}": _first(environment, getattr(system, fact)) for fact in FACTS}
        return {"ci.system": system.name, **{fact: text for fact, text in facts.items() if text}}
    if environment.get("CI", "").lower() in {"true", "1"}:
        return {"ci.system": "unknown"}
    return {}


def environment_class(environment: Mapping[str, str], configured: str = "") -> str:
    """Return ``ci``, ``staging`` or ``production``, empty where nothing tells.

    The caller's configuration comes first, then FLYCATCHER_ENVIRONMENT, then a CI runner's own variables.
    """
    for text in (configured, environment.get(VARIABLE, "")):
        name = text.strip().lower()
        name = SYNONYMS.get(name, name)
        if name in ENVIRONMENTS:
            return name
    return "ci" if ci_context(environment) else ""


def _first(environment: Mapping[str, str], names: str) -> str:
    """Return the first of the variables that has a value, at most 1000 characters of it."""
    return next((environment[name][:1000] for name in names.split("|") if environment.get(name)), "")
