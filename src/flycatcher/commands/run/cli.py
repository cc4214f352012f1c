"""``flycatcher run``: see code on the fly in everything that a command starts."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from flycatcher.core.levels import ANY, LEVELS

if TYPE_CHECKING:
    from flycatcher.reporting import Reporter
    from flycatcher.sinks import Sink
    from flycatcher.sources.sensors.seccomp.front import Start
    from flycatcher.sources.sensors.seccomp.session import Outcome

LEVEL = click.Choice(LEVELS)
DENY = click.Choice([ANY, *LEVELS])
DETECTED = 10


class _Command(click.Command):
    """Lets ``--deny`` stand alone: only ``--deny=LEVEL`` takes a value, so that ``run --deny make`` denies around make."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Complete a bare ``--deny`` among our own options."""
        end = args.index("--") if "--" in args else len(args)
        given = ["--deny=all" if word == "--deny" else word for word in args[:end]]
        return super().parse_args(ctx, given + args[end:])


@click.command(
    cls=_Command, name="run", context_settings={"ignore_unknown_options": False, "allow_interspersed_args": False}
)
@click.option(
    "--deny",
    type=DENY,
    metavar="[=LEVEL]",
    help="Refuse detections (EPERM), or those from a risk LEVEL on.",
)
@click.option("--fail-on", type=LEVEL, help="Exit with 10 where a detection has this risk or more.")
@click.option("--fail-on-loss", is_flag=True, help="Exit with 1 where an execution ran that could not be read.")
@click.option(
    "--report", "reports", multiple=True, metavar="FILE", help="Write a report: .jsonl, .json or .txt. Repeatable."
)
@click.option("--shells", is_flag=True, help="Count the text of sh -c and its like, too.")
@click.option(
    "--no-redact", is_flag=True, help="Leave secrets in the output: reports then hold tokens and passwords as they are."
)
@click.option(
    "--stdin-wait",
    type=click.IntRange(0, 10_000),
    default=200,
    show_default=True,
    metavar="MS",
    help="How long a program may be held for the text on its stdin.",
)
@click.option("--wait-all", is_flag=True, help="Wait for background processes too, as strace -f does.")
@click.option(
    "--environment",
    type=click.Choice(["ci", "staging", "production"]),
    help="Where this runs, if the runner's variables do not say.",
)
@click.option("--config", "config_path", type=click.Path(path_type=Path), help="Read this configuration.")
@click.option(
    "--quiet", "-q", is_flag=True, help="No lines on stderr while it runs; the summary only if something was found."
)
@click.option(
    "-v", "--verbose", "depth", count=True, help="-v: evidence below each line; -vv: the decoded layers, too."
)
@click.argument("words", nargs=-1, type=click.UNPROCESSED, metavar="-- COMMAND...")
def command(words: tuple[str, ...], **options: Any) -> None:  # noqa: ANN401 - click's options, read below
    """Run a command and report program text that an interpreter in it is made to run without a script file.

    The command behaves as without flycatcher; its exit code is handed on (128+n for a signal).
    """
    if not words:
        raise click.UsageError("no command given: flycatcher run [OPTIONS] -- COMMAND...")
    from flycatcher.sources.sensors.seccomp.front import run  # noqa: PLC0415

    sys.exit(run(words, lambda: _Run(options)))


class _Run:
    """One run's settings, made ready before the command is started."""

    def __init__(self, options: dict[str, Any]) -> None:
        """Read the configuration, open the reports; whatever is wrong is said here."""
        from flycatcher.commands.run.judge import Policy  # noqa: PLC0415
        from flycatcher.config import load  # noqa: PLC0415
        from flycatcher.config.tables import install  # noqa: PLC0415
        from flycatcher.reporting import Reporter  # noqa: PLC0415
        from flycatcher.sinks.reports import opened  # noqa: PLC0415
        from flycatcher.sources.context.ci import ci_context, environment_class  # noqa: PLC0415
        from flycatcher.sources.sensors.seccomp.session import Settings  # noqa: PLC0415

        config = load(options["config_path"]).config
        install(config.interpreters)
        environment = environment_class(os.environ, options["environment"] or config.environment or "")
        context = ci_context(os.environ) | ({"environment": environment} if environment else {})
        deny = options["deny"] or config.run.deny or ""
        self._quiet = bool(options["quiet"])
        fail_on = options["fail_on"] or config.run.fail_on or ""
        self._policy = Policy(
            deny=deny, deny_later=fail_on, shells=options["shells"] or config.run.shells, context=context
        )
        self.enforces = bool(deny or fail_on)
        self._fails_on_loss = self.enforces or options["fail_on_loss"]
        self._settings = Settings(options["stdin_wait"] / 1000, options["wait_all"], bool(deny), self.enforces)
        self._reporter: Reporter = Reporter(
            opened(_sinks(options)),
            suppressions=config.suppress,
            fail_on=fail_on,
            redact=not options["no_redact"],
        )

    def __call__(self, start: Start) -> int:
        """Supervise; in a process of its own."""
        from flycatcher.commands.run.judge import Watcher  # noqa: PLC0415
        from flycatcher.isolation.worker import Apart  # noqa: PLC0415
        from flycatcher.sources.sensors.seccomp.session import Session  # noqa: PLC0415

        watcher = Watcher(self._policy, self._reporter, Apart())
        return Session(start, watcher, self._settings).run(self._close)

    def _close(self, outcome: Outcome) -> int:
        """Finish the reports, say how it went, and choose the exit code."""
        counts = outcome.counts
        figures = {
            "executions_seen": counts.seen,
            "lost": counts.lost,
            "exit_code": outcome.code,
            "observed": outcome.observed,
            "outlived": counts.left,
        }
        summary = self._reporter.close(figures | (_enforced(outcome) if self.enforces else {}))
        environment = self._policy.context.get("environment", "")
        lines = [] if self._quiet and not self._reporter.detections else _closing(summary, environment)
        lines += _troubles(outcome)
        if outcome.trouble:
            lines.append(f"not read: {outcome.trouble}")
        lines += [
            f"error: report {f.path}: {f.reason}; {f.missed} detections are not in it" for f in self._reporter.failures
        ]
        try:
            sys.stderr.write("".join(f"flycatcher: {line}\n" for line in lines))
            sys.stderr.flush()
        except OSError:
            pass  # nobody reads stderr any more
        if self._reporter.failed or counts.killed:
            return DETECTED
        lost = self._fails_on_loss and (counts.lost or not outcome.observed)
        return outcome.code or int(bool(self._reporter.failures or lost))


def _enforced(outcome: Outcome) -> dict[str, Any]:
    """Return the figures of a run that enforces something."""
    counts = outcome.counts
    return {
        "ended": outcome.ended,
        "refused_unread": counts.unread,
        "refused_reach": counts.reached,
        "changed": counts.changed,
        "killed": counts.killed,
        "unverified": counts.unverified,
    }


def _troubles(outcome: Outcome) -> list[str]:
    """Return a line for each thing that should not have been."""
    counts = outcome.counts
    lines = {
        "the command was ended before its time, as its supervisor or its front was told to end": outcome.ended,
        f"{counts.unread} executions could not be read, and were refused": counts.unread,
        f"{counts.reached} calls that would have reached the supervisor were refused": counts.reached,
        f"{counts.changed} executions ran as something else than was read before; {counts.killed} were killed": counts.changed,
    }
    return [line for line, wanted in lines.items() if wanted]


def _closing(summary: dict[str, Any], environment: str) -> list[str]:
    """Return the summary's lines."""
    from flycatcher.sinks.formats.line import summary_line  # noqa: PLC0415

    kinds = ", ".join(f"{count} {kind}" for kind, count in summary["by_interpreter_and_vector"].items())
    if not summary["observed"]:
        return ["nothing was observed by this run"]
    lines = [summary_line(summary) + (f" ({kinds})" if kinds else "")]
    if summary["detections"]:
        lines.append(f"what is at stake and what to do next: flycatcher guide {environment}".rstrip())
    if summary["outlived"]:
        lines.append(
            f"{summary['outlived']} background processes go on; what they start from here on is not reported (--wait-all)"
        )
    return lines


def _sinks(options: dict[str, Any]) -> list[Sink]:
    """Return the sinks that the options and the runner ask for."""
    from flycatcher.sinks.formats import github  # noqa: PLC0415
    from flycatcher.sinks.reports import live, reports  # noqa: PLC0415
    from flycatcher.sources.sensors.seccomp.command import invoking_user  # noqa: PLC0415

    user = invoking_user()
    owner = (user.uid, user.gid) if user else None
    found = reports(options["reports"], owner)
    if github.wanted():
        found.append(github.GitHub(sys.stderr, os.environ.get("GITHUB_STEP_SUMMARY", ""), owner))
    elif not options["quiet"]:
        found.append(live(options["depth"]))
    return found
