import os

import pytest

from flycatcher.sources.context.ancestry import Ancestry, read_process
from flycatcher.sources.context.ci import ci_context, environment_class
from flycatcher.sources.context.container import container_from


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        (
            {
                "GITHUB_ACTIONS": "true",
                "GITHUB_REPOSITORY": "o/r",
                "GITHUB_WORKFLOW": "build",
                "GITHUB_JOB": "test",
                "GITHUB_RUN_ID": "7",
                "GITHUB_SHA": "abc",
                "GITHUB_REF": "refs/heads/main",
                "CI": "true",
            },
            {
                "ci.system": "github",
                "ci.repository": "o/r",
                "ci.workflow": "build",
                "ci.job": "test",
                "ci.run": "7",
                "ci.commit": "abc",
                "ci.ref": "refs/heads/main",
            },
        ),
        (
            {
                "GITLAB_CI": "true",
                "CI_PROJECT_PATH": "g/p",
                "CI_JOB_NAME": "unit",
                "CI_PIPELINE_ID": "9",
                "CI_COMMIT_SHA": "def",
                "CI_COMMIT_REF_NAME": "main",
            },
            {
                "ci.system": "gitlab",
                "ci.repository": "g/p",
                "ci.job": "unit",
                "ci.run": "9",
                "ci.commit": "def",
                "ci.ref": "main",
            },
        ),
        (
            {
                "JENKINS_URL": "https://j/",
                "JOB_NAME": "folder/job",
                "BUILD_TAG": "jenkins-job-3",
                "GIT_COMMIT": "c",
                "GIT_BRANCH": "origin/main",
            },
            {
                "ci.system": "jenkins",
                "ci.workflow": "folder/job",
                "ci.run": "jenkins-job-3",
                "ci.commit": "c",
                "ci.ref": "origin/main",
            },
        ),
        ({"BUILDKITE": "true", "BUILDKITE_LABEL": "lint"}, {"ci.system": "buildkite", "ci.job": "lint"}),
        (
            {"CIRCLECI": "true", "CIRCLE_JOB": "j", "CIRCLE_BRANCH": "b"},
            {"ci.system": "circleci", "ci.job": "j", "ci.ref": "b"},
        ),
        ({"TF_BUILD": "True", "BUILD_BUILDID": "5"}, {"ci.system": "azure", "ci.run": "5"}),
        ({"BITBUCKET_BUILD_NUMBER": "4"}, {"ci.system": "bitbucket", "ci.run": "4"}),
        ({"TEAMCITY_VERSION": "2025", "BUILD_NUMBER": "1"}, {"ci.system": "teamcity", "ci.run": "1"}),
        ({"CODEBUILD_BUILD_ID": "p:1"}, {"ci.system": "codebuild", "ci.run": "p:1"}),
        ({"CI": "woodpecker", "CI_REPO": "o/r"}, {"ci.system": "woodpecker", "ci.repository": "o/r"}),
        ({"DRONE": "true", "DRONE_REPO": "o/r", "CI": "true"}, {"ci.system": "drone", "ci.repository": "o/r"}),
        ({"TRAVIS": "true", "TRAVIS_REPO_SLUG": "o/r"}, {"ci.system": "travis", "ci.repository": "o/r"}),
        ({"CI": "true"}, {"ci.system": "unknown"}),
        ({"CI": "false", "GITHUB_ACTIONS": "false"}, {}),
        ({"HOME": "/root"}, {}),
    ],
)
def test_the_runners_variables_tell_the_job(variables, expected):
    assert ci_context(variables) == expected


@pytest.mark.parametrize(
    ("variables", "configured", "expected"),
    [
        ({}, "", ""),
        ({"CI": "true"}, "", "ci"),
        ({"CI": "true"}, "production", "production"),
        ({"FLYCATCHER_ENVIRONMENT": "Staging", "CI": "true"}, "", "staging"),
        ({"FLYCATCHER_ENVIRONMENT": "prod"}, "", "production"),
        ({"FLYCATCHER_ENVIRONMENT": "elsewhere"}, "", ""),
    ],
)
def test_the_environment_class_is_configured_or_told_by_the_runner(variables, configured, expected):
    assert environment_class(variables, configured) == expected


ID = "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("line", "runtime", "container"),
    [
        (f"0::/system.slice/docker-{ID}.scope", "docker", ID),
        (f"12:pids:/docker/{ID}", "docker", ID),
        (f"0::/user.slice/libpod-{ID}.scope/container", "podman", ID),
        (f"0::/kubepods.slice/kubepods-pod1.slice/cri-containerd-{ID}.scope", "containerd", ID),
        (f"0::/kubepods/besteffort/pod1/{ID}", "kubernetes", ID),
        (f"0::/kubepods.slice/crio-{ID}.scope", "cri-o", ID),
        ("0::/lxc.payload.web/init.scope", "lxc", "web"),
        ("0::/machine.slice/systemd-nspawn@box.service/payload", "systemd-nspawn", "box"),
    ],
)
def test_a_control_group_tells_the_container(line, runtime, container):
    facts = container_from(f"{line}\n")
    assert (facts["container.runtime"], facts["container.id"]) == (runtime, container)


def test_a_control_group_of_the_host_tells_none():
    assert container_from("0::/user.slice/user-0.slice/session-1.scope\n") == {
        "cgroup": "/user.slice/user-0.slice/session-1.scope"
    }
    assert container_from("") == {}


def test_ancestors_are_read_up_to_the_root_that_is_given():
    found = Ancestry(root=os.getppid()).of(os.getpid())
    assert [process.pid for process in found] == [os.getpid(), os.getppid()]
    assert found[0].exe == os.readlink("/proc/self/exe")
    assert found[0].argv[0] != ""
    assert read_process(2**22 + 5) is None
