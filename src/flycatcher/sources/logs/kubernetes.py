"""The Kubernetes audit log: ``exec`` and ``attach``, and the commands of pods and jobs that somebody has created.

Source: https://kubernetes.io/docs/tasks/debug/debug-cluster/audit. The words are a true list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from flycatcher.sources.logs.engine.jsonrows import JsonFormat, Seen
from flycatcher.sources.logs.engine.rows import Row, number, pairs, pick, text, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flycatcher.core.execution import StdinKind

_CREATES = frozenset({"create", "update", "patch"})
_OBJECTS = frozenset({
    "pods", "jobs", "cronjobs", "deployments", "daemonsets", "statefulsets", "replicasets", "replicationcontrollers", "podtemplates",
})  # fmt: skip
_SPECS = ("spec", "spec.template.spec", "spec.jobTemplate.spec.template.spec", "template.spec")
_FIELDS = 4096
"""Of a query."""
_REFUSED = 400
"""Response codes from which on nothing was run."""


class Kubernetes(JsonFormat):
    """Audit events of the Kubernetes API server."""

    name = "kubernetes"
    title = "Kubernetes audit"
    rank = 55
    marks = (b"/exec?", b"/attach?", b'"exec"', b'"command"', b"audit.k8s.io")

    @classmethod
    def takes_row(cls, row: Row) -> bool:
        """Whether a row is an audit event."""
        listed = row.get("kind") == "EventList" and isinstance(row.get("items"), list)
        return listed or ("requestURI" in row and ("verb" in row or "auditID" in row))

    def row(self, row: Row) -> Iterator[Seen]:
        """Yield what a request makes a container run; one event for each request, the one that ends it where there is one."""
        if row.get("kind") == "EventList" and isinstance(row.get("items"), list):
            for each in row["items"]:
                if isinstance(each, dict) and "items" not in each:
                    yield from self.row(each)
            return
        if text(row, "stage") == "RequestReceived" or (number(row, "responseStatus.code") or 0) >= _REFUSED:
            return
        uri = urlsplit(text(row, "requestURI")[: 1 << 20])
        inside = text(row, "objectRef.subresource") or uri.path.rpartition("/")[2]
        if inside in ("exec", "attach"):
            yield from self._exec(row, uri.query)
        elif (
            text(row, "verb") in _CREATES
            and text(row, "objectRef.resource") in _OBJECTS
            and not text(row, "objectRef.subresource")
        ):
            yield from self._created(row)

    def _exec(self, row: Row, query: str) -> Iterator[Seen]:
        """Yield the command that was run in a container."""
        asked: dict[str, list[str]] = {}
        query = "&".join(query.split("&", _FIELDS)[:_FIELDS])
        for name, value in parse_qsl(query, keep_blank_values=True, errors="surrogateescape"):
            asked.setdefault(name, []).append(value)
        argv = tuple(asked.get("command", ()))
        if not argv:
            return
        tty, fed = asked.get("tty") == ["true"], asked.get("stdin") == ["true"]
        stdin: StdinKind = "tty" if tty and fed else "pipe" if fed else "null"
        context = {"container.name": (asked.get("container") or [""])[0], "kubernetes.request": "exec"}
        yield self._seen(row, argv, {}, stdin=stdin, context=context)

    def _created(self, row: Row) -> Iterator[Seen]:
        """Yield the commands of the containers of an object."""
        wanted = row.get("requestObject")
        for spec in (pick(wanted, name) for name in _SPECS):
            if not isinstance(spec, dict):
                continue
            for kind in ("initContainers", "containers", "ephemeralContainers"):
                for container in spec.get(kind) or () if isinstance(spec.get(kind), list) else ():
                    yield from self._container(row, container)

    def _container(self, row: Row, container: Any) -> Iterator[Seen]:  # noqa: ANN401 - a JSON tree
        """Yield the commands of one container: its own, its probes' and its hooks'."""
        if not isinstance(container, dict):
            return
        env, name = pairs(container.get("env")), text(container, "name")
        context = {
            "container.name": name,
            "container.image": text(container, "image"),
            "kubernetes.request": text(row, "verb"),
        }
        argv = (*words(container, "command"), *words(container, "args"))
        if words(container, "command"):
            yield self._seen(row, argv, env, context=context)
        for hook in ("livenessProbe", "readinessProbe", "startupProbe", "lifecycle.postStart", "lifecycle.preStop"):
            argv = words(container, f"{hook}.exec.command")
            if argv:
                yield self._seen(row, argv, env, context={**context, "kubernetes.hook": hook})

    @staticmethod
    def _seen(
        row: Row, argv: tuple[str, ...], env: dict[str, str], *, context: dict[str, str], stdin: StdinKind = "unknown"
    ) -> Seen:
        """Return a start."""
        told = {
            "kubernetes.pod": text(row, "objectRef.name"),
            "kubernetes.namespace": text(row, "objectRef.namespace"),
            "kubernetes.object": text(row, "objectRef.resource"),
            "login.from": next(iter(words(row, "sourceIPs")), ""),
        }
        return Seen(
            argv=argv,
            env=env,
            stdin=stdin,
            user=text(row, "impersonatedUser.username") or text(row, "user.username"),
            login=text(row, "user.username") if row.get("impersonatedUser") else "",
            host=text(row, "annotations.node", "objectRef.name"),
            time=text(row, "requestReceivedTimestamp", "stageTimestamp", "timestamp"),
            happened="presumed",
            context={**told, **context},
        )
