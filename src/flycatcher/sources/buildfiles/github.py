"""GitHub Actions: workflows and composite actions (GitHub's reference of workflow syntax and of contexts)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from flycatcher.core.interpreters import by_name
from flycatcher.core.interpreters.hosts.host import Host
from flycatcher.core.interpreters.names import WINDOWS, grammar_of, kept_in_variables
from flycatcher.core.regex import lazy
from flycatcher.core.shell import UNKNOWN
from flycatcher.sources.buildfiles.engine import yamltext
from flycatcher.sources.buildfiles.engine.actions import action_inputs, health_checks
from flycatcher.sources.buildfiles.engine.filetype import Document, FileType, Injection, Region, Searcher, Start
from flycatcher.sources.buildfiles.engine.located import Builder, Located
from flycatcher.sources.buildfiles.engine.shells import words_of
from flycatcher.sources.buildfiles.engine.yaml import carriers
from flycatcher.sources.buildfiles.engine.yamltext import List, Map, Scalar

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

EXPRESSION = lazy(r"\$\{\{((?:(?!\$\{\{|\}\}).){0,2000})\}\}", re.DOTALL)
_FREE_TEXT = (
    (r"github\.event\.issue\.(?:title|body)", "the title or text of an issue, which anybody may open"),
    (r"github\.event\.pull_request\.(?:title|body)", "the title or text of a pull request"),
    (r"github\.event\.pull_request\.head\.(?:ref|label|repo\.default_branch)",
     "a branch name chosen by a pull request's author"),
    (r"github\.head_ref", "a branch name chosen by a pull request's author"),
    (r"github\.event\.(?:comment|review|review_comment)\.body", "the text of a comment, which anybody may write"),
    (r"github\.event\.discussion\.(?:title|body)", "the title or text of a discussion"),
    (r"github\.event\.pages\.\*?\.?page_name", "a wiki page's name"),
    (r"github\.event\.(?:head_commit|commits(?:\.\*|\[\d+\])?)\.(?:message|author\.(?:email|name))",
     "a commit's message or author"),
    (r"github\.event\.workflow_run\.(?:head_branch|display_title|head_commit\.(?:message|author\.(?:email|name)))",
     "a branch name, title or commit of the run that triggered this one"),
)  # fmt: skip
"""Contexts whose text people outside the project can write, and who those are."""
_OUTSIDE = tuple((re.compile(pattern), source) for pattern, source in _FREE_TEXT)

_INNER = lazy(r"""-[a-z]*c[ \t]+(["'])(.*\{0\}.*)\1""")
_LITERAL = lazy(r"'(?:[^']|'')*'")
_CALL = lazy(r"(\w*)\s*\(([^()]*)\)")
_ASKING = frozenset({"contains", "startsWith", "endsWith", "success", "failure", "always", "cancelled", "hashFiles"})
"""Functions that answer by a boolean, or by a hash."""
_COMPARES = lazy(r"[=!]=|[<>]")
_BASH = lazy(r"(?<![A-Za-z0-9])(?:ba|z|da|a)?sh(?:\.exe)?(?=[\s\"'])")
"""A shell's own words, however they are wrapped: ``wsl-bash {0}``, ``script -qec "bash -e {0}"``, ``C:\\cygwin\\bin\\bash.exe {0}``."""


def holes(text: Located) -> Located:
    """Return the text with every expression as a hole: the runner puts its value there before the shell starts."""
    builder, at = Builder(), 0
    for match in EXPRESSION.finditer(text.text):
        builder.take(text, at, match.start())
        builder.replace(text, match.start(), match.end(), UNKNOWN)
        at = match.end()
    builder.take(text, at)
    return builder.done()


def _arriving(expression: str) -> str:
    """Return the parts of an expression whose own text may be its value: what is compared, asked or negated gives a boolean.

    Source: GitHub's reference of expressions (operators, functions). ``a && b`` gives b or a false a, ``a || b`` either.
    """
    text = _LITERAL.sub("''", expression)
    before = ""
    while (
        text != before
    ):  # from the inside out: a question is gone with what it was asked of, another function gives any part
        before, text = (
            text,
            _CALL.sub(lambda call: "true" if call[1] in _ASKING else f" {call[2].replace(',', '||')} ", text),
        )
    parts = (part.rpartition("&&")[2].strip() for part in text.split("||"))
    return " ".join(part for part in parts if not part.startswith("!") and not _COMPARES.search(part))


def _source(expression: str, outside: Mapping[str, str]) -> str:
    """Return whose text an expression's value is, in words; empty where it is nobody's. ``outside`` is that of variables."""
    inner = re.sub(r"\[['\"]([\w-]+)['\"]\]", r".\1", expression)
    kept = _arriving(inner)
    whole = (_WHOLE,) if "tojson" in inner.lower() else ()
    found = next((source for pattern, source in (*_OUTSIDE, *whole) if pattern.search(kept)), "")
    return found or next((outside[name] for name in _VARIABLE.findall(kept) if name in outside), "")


_VARIABLE = lazy(r"(?<![\w.])env\.(\w+)")
_WHOLE = (
    re.compile(
        r"(?<![\w.])github(?:\.event(?:\.(?:issue|pull_request|comment|review|discussion|head_commit|commits))?)?(?![\w.])"
    ),
    "everything that the event says, titles and texts of outsiders included",
)


def injections(
    text: Located, language: str, symbol: tuple[str, ...], context: dict[str, str], outside: Mapping[str, str]
) -> Iterator[Injection]:
    """Yield the expressions that put text of outsiders into program text, by themselves or through ``env``."""
    for match in EXPRESSION.finditer(text.text):
        if source := _source(match[1], outside):
            span = (text.start(match.start()), text.end(match.end()))
            yield Injection(
                expression=match[0], source=source, language=language, span=span, symbol=symbol, context=context
            )


def _outside(node: Map, known: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that hold text of outsiders, with whose it is: those known before, and those that a node sets."""
    found = dict(known)
    for name, value in node.map("env").items.items():
        found.pop(name, None)
        if isinstance(value, Scalar):
            for match in EXPRESSION.finditer(value.value):
                if source := _source(match[1], known):
                    found[name] = source
    return found


class _Scope(NamedTuple):
    """What is known of the environment, and which of its variables hold text of outsiders."""

    env: dict[str, str]
    outside: dict[str, str]

    def inside(self, node: Map) -> _Scope:
        """Return what holds inside a node."""
        return _Scope({**self.env, **_environment(node)}, _outside(node, self.outside))


class GitHubWorkflow(FileType):
    """Workflows under .github/workflows (also Gitea's and Forgejo's), and action.yml of composite actions."""

    id = "github-workflow"
    rank = 10
    names: ClassVar[tuple[str, ...]] = (
        ".github/workflows/*.yml", ".github/workflows/*.yaml", ".gitea/workflows/*.y*ml", ".forgejo/workflows/*.y*ml", "action.yml",
        "action.yaml", ".github/actions/*.yml", ".github/actions/*.yaml", "workflow-templates/*.yml",
    )  # fmt: skip
    words: ClassVar[tuple[Searcher, ...]] = (
        *FileType.words,
        re.compile(rb"github\s*\.\s*(?:event|head_ref)|github\["),
    )

    def read(self, document: Document) -> Iterator[Region | Start | Injection]:
        """Go through jobs and steps."""
        for root in yamltext.documents(document):
            if not isinstance(root, Map):
                continue
            env = _environment(root)
            yield from carriers(root, ("env",), ())
            shell = _text(root, "defaults", "run", "shell")
            for name, job in root.map("jobs").items.items():
                if isinstance(job, Map):
                    yield from _job(name, job, _Scope(env, _outside(root, {})), shell)
            runs = root.map("runs")
            if runs.items:
                action = {"github.action": _text(root, "name")}
                yield from _steps(runs.get("steps"), ("action",), _Scope(env, {}), "bash", action)


def _text(node: Map, *path: str) -> str:
    """Return a scalar's value."""
    return node.text(*path)


def _environment(node: Map) -> dict[str, str]:
    """Return what ``env:`` sets, expressions as holes."""
    return {
        name: EXPRESSION.sub(UNKNOWN, value.value)
        for name, value in node.map("env").items.items()
        if isinstance(value, Scalar)
    }


def _job(name: str, job: Map, scope: _Scope, shell: str) -> Iterator[Region | Start | Injection]:
    """Read one job."""
    runner = job.get("runs-on")
    labels = runner.value if isinstance(runner, Scalar) else " ".join(
        i.value for i in runner.items if isinstance(i, Scalar)) if isinstance(runner, List) else ""  # fmt: skip
    shell = _text(job, "defaults", "run", "shell") or shell
    if not shell:
        shell = "pwsh?" if "windows" in labels.lower() else "sh?" if job.get("container") is not None else "bash"
    yield from carriers(job, ("env",), ("job " + name,))
    yield from health_checks(job, ("job " + name,))
    context = {"ci.job": name, **({"ci.runner": labels} if labels else {})}
    yield from _steps(job.get("steps"), ("job " + name,), scope.inside(job), shell, context)


def _steps(
    steps: object, symbol: tuple[str, ...], scope: _Scope, shell: str, context: dict[str, str]
) -> Iterator[Region | Start | Injection]:
    """Read the steps of a job or of an action."""
    for number, step in enumerate(steps.items if isinstance(steps, List) else (), 1):
        if not isinstance(step, Map):
            continue
        name = _text(step, "name") or _text(step, "id")
        where = (*symbol, f"step {name}" if name else f"step {number}")
        known, outside = scope.inside(step)
        yield from carriers(step, ("env",), where)
        run = step.get("run")
        if isinstance(run, Scalar):
            said = {**context, "ci.system": "github"}
            yield from _run(run, _text(step, "shell") or shell, where, _Scope(known, outside), said)
        if (uses := _text(step, "uses")) and not uses.startswith("actions/github-script"):
            yield from action_inputs(uses, step, where, known, {**context, "ci.system": "github"})
        script = step.get("with", "script") if _text(step, "uses").startswith("actions/github-script") else None
        if isinstance(script, Scalar):
            yield from injections(script.text, "javascript", where, context, outside)
            span = (script.text.start(0), script.text.end(len(script.value)))
            # the action hands the text to node's own compiler (vm.compileFunction in the process of the action)
            yield Start(
                argv=("node", "/dev/fd/3"), span=(script.start, script.end), payload=span,
                descriptors={3: holes(script.text).text}, env=known, symbol=where,
                context={**context, "ci.system": "github", "script": "input of actions/github-script"},
            )  # fmt: skip


def _launched(shell: str) -> list[str]:
    """Return the words of a ``shell:`` from the interpreter on: what stands in front of it starts it (``pixi run python {0}``)."""
    if inner := _INNER.search(shell):
        return _launched(inner[2])
    words = words_of(shell) or shell.split()
    for at, word in enumerate(words):
        name = word.replace("\\", "/").rpartition("/")[2].removesuffix(".exe")
        if grammar_of(name) or (
            not isinstance(found := by_name(name), Host) and found is not None and kept_in_variables(name)
        ):
            return words[at:]
    return words


def _run(
    run: Scalar, shell: str, symbol: tuple[str, ...], scope: _Scope, context: dict[str, str]
) -> Iterator[Region | Start | Injection]:
    """Read one step's text as its shell does."""
    text, env = run.text, scope.env
    guessed = shell.endswith("?")
    words = shell.rstrip("?").split()
    words = _launched(shell.rstrip("?")) if "{0}" in shell else words
    program = words[0].replace("\\", "/").rpartition("/")[2].removesuffix(".exe") if words else "bash"
    if by_name(program) is None and _BASH.search(shell) and "{0}" in shell:
        program = "bash"
    elif "{0}" in shell and by_name(program) is None and not grammar_of(program):
        # a wrapper of the project's own: most start a shell
        program, guessed = "bash", True
    language = "bash" if program in ("bash", "sh", "") else program
    yield from injections(text, language, symbol, context, scope.outside)
    if dialect := grammar_of(program):
        confidence = "low" if dialect in WINDOWS else "medium" if guessed else "high"
        # the runner's own bash has no positional parameters
        yield Region(
            text=holes(text), dialect=dialect, symbol=symbol, env=env, args=(), context=context, confidence=confidence
        )
        return
    if "${{" in program:
        yield Region(text=holes(text), dialect="bash", symbol=symbol, env=env, context=context, confidence="low")
        return
    # the runner writes the text to a temporary file and names it in the place of {0}
    argv = tuple("/dev/fd/3" if word == "{0}" else word for word in words)
    if "{0}" not in words:
        argv = (*argv, "/dev/fd/3")
    yield Start(
        argv=argv,
        span=(run.start, run.end),
        payload=(text.start(0), text.end(len(text.text))),
        descriptors={3: holes(text).text},
        env=env,
        symbol=symbol,
        context={**context, "script": "temporary file of the runner"},
    )
