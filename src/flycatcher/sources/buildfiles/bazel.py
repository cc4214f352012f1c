"""Bazel, Buck and Tilt (their rules' references): ``cmd`` of a genrule, ``run_shell``, ``execute``, ``local``, in Starlark."""

from __future__ import annotations

import re
from typing import ClassVar

from flycatcher.core.shell import UNKNOWN
from flycatcher.sources.buildfiles.engine.literals import PYTHON, Sources, opening


class Bazel(Sources):
    """``$$`` is a dollar sign for the shell; ``$(location ...)``, ``$@`` and its like are not known."""

    id = "bazel"
    rank = 20
    names: ClassVar[tuple[str, ...]] = (
        "BUILD", "BUILD.bazel", "WORKSPACE", "WORKSPACE.bazel", "MODULE.bazel", "*.bzl", "BUCK", "TARGETS", "*.BUILD", "BUILD.tpl", "BUILD.*.bazel", "*.star", "BUILD.plz", "*.plz", "*.build_defs",
    )  # fmt: skip
    literals = PYTHON
    replaced = ((re.compile(r"(?<!\$)\$(?:\([^()]*\)|[@<^])"), UNKNOWN), (re.compile(r"\$\$"), "$"))
    openings = (
        opening(
            r"\b(?P<name>cmd|cmd_bash|cmd_bat|cmd_ps|bash|cmd_exe|macos_cmd|linux_cmd|sh_cmd|test_cmd)[ \t]*=[ \t]*(?=[\"'rRfF(])",
            dialect="bash",
        ),
        opening(
            r"\b(?P<name>cmd|cmd_bash)[ \t]*=[ \t]*select\([ \t\n]*\{[^{}\"']*\"[^\"\n]*\"[ \t]*:[ \t]*", dialect="bash"
        ),
        opening(
            r"[\"'](?:@[\w.-]*)?(?://|:)[^\"'\n]*[\"'][ \t]*:[ \t\n]*(?=[\"'])",
            dialect="bash",
            symbol="select",
            confidence="medium",
        ),
        opening(
            r"\b(?P<name>cmd|cmd_bash|patch_cmds)[ \t]*=[ \t]*(?:[\"'][^\"'\n]*[\"']\.join\()?(?=\[)",
            "each",
            dialect="bash",
        ),
        opening(r"\brun_shell\((?:[^()]|\([^()]*\))*?\b(?P<name>command)[ \t]*=[ \t]*", dialect="bash"),
        opening(r"\b(?:repository_ctx|rctx|mctx|module_ctx|ctx)\.(?P<name>execute)\([ \t\n]*(?=\[)", "list"),
        opening(r"\b(?P<name>arguments|args)[ \t]*=[ \t]*(?=\[[ \t\n]*[\"'](?:/\S*/)?(?:ba)?sh[\"'])", "list"),
    )


class Tiltfile(Sources):
    """Tilt: ``local`` and the commands of resources, text for sh or words."""

    id = "tiltfile"
    rank = 20
    names: ClassVar[tuple[str, ...]] = ("Tiltfile", "*.tiltfile", "Tiltfile.*")
    literals = PYTHON
    openings = (
        opening(r"(?<![\w.])(?P<name>local)\([ \t\n]*(?=[\"'rf])"),
        opening(r"(?<![\w.])(?P<name>local)\([ \t\n]*(?=\[)", "list"),
        opening(r"\b(?P<name>cmd|serve_cmd|command|test)[ \t]*=[ \t]*(?=[\"'rf])"),
        opening(r"\b(?P<name>cmd|serve_cmd|command|test)[ \t]*=[ \t]*(?=\[)", "list"),
        opening(r"\blocal_resource\([ \t\n]*[\"'][^\"'\n]*[\"'][ \t\n]*,[ \t\n]*(?=[\"'\[])", "either"),
    )


class Gn(Sources):
    """GN: words that an action or ``exec_script`` hands to a script that runs them."""

    id = "gn"
    rank = 20
    names: ClassVar[tuple[str, ...]] = ("*.gn", "*.gni")
    literals = PYTHON
    openings = (
        opening(r"\b(?P<name>args)[ \t]*\+?=[ \t]*(?=\[)", "tail", confidence="medium"),
        opening(r"\b(?P<name>exec_script)\([ \t\n]*\"[^\"\n]*\"[ \t\n]*,[ \t\n]*(?=\[)", "tail", confidence="medium"),
    )
