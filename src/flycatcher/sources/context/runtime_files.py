"""Image and pod of a container, from the files that its runtime keeps, without asking a daemon.

Sources: Docker's ``config.v2.json``, the OCI runtime specification's ``config.json`` with the annotations of containerd's CRI
plugin and of CRI-O, containers/storage's ``containers.json`` (Podman, CRI-O), as those programs write them.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_LIMIT = 8 << 20
_CONTAINERD = "run/containerd/io.containerd.runtime.v2.task"
_STORAGE = ("var/lib/containers/storage", "run/containers/storage")
_LABELS = {
    "io.kubernetes.pod.name": "kubernetes.pod",
    "io.kubernetes.pod.namespace": "kubernetes.namespace",
    "io.kubernetes.container.name": "container.name",
    "io.kubernetes.cri.sandbox-name": "kubernetes.pod",
    "io.kubernetes.cri.sandbox-namespace": "kubernetes.namespace",
    "io.kubernetes.cri.container-name": "container.name",
    "io.kubernetes.cri.image-name": "container.image",
    "io.kubernetes.cri-o.ImageName": "container.image",
    "io.kubernetes.cri-o.KubeName": "kubernetes.pod",
    "io.kubernetes.cri-o.Namespace": "kubernetes.namespace",
}


def container_details(identity: str, root: Path = Path("/")) -> dict[str, str]:
    """Return ``container.image``, ``container.name``, ``kubernetes.pod`` and ``kubernetes.namespace``, as far as a file says so.

    ``identity`` is the id from the control group's path; ``root`` stands in for ``/`` in tests.
    """
    if not identity.isalnum():
        return {}
    readers: tuple[Callable[[str, Path], dict[str, str]], ...] = (_docker, _annotations, _storage)
    found: dict[str, str] = {}
    for reader in readers:
        for name, value in reader(identity, root).items():
            if value:
                found.setdefault(name, value)
    return found


def _json(path: Path) -> Any:  # noqa: ANN401 - a JSON tree
    """Read a JSON file of modest size; None where there is none, or nonsense."""
    try:
        with path.open("rb") as file:
            return msgspec.json.decode(file.read(_LIMIT))
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return None


def _at(tree: Any, *names: str) -> Any:  # noqa: ANN401 - a JSON tree
    for name in names:
        tree = tree.get(name) if isinstance(tree, dict) else None
    return tree


def _labelled(labels: Any) -> dict[str, str]:  # noqa: ANN401 - a JSON tree
    if not isinstance(labels, dict):
        return {}
    return {fact: str(labels[label]) for label, fact in _LABELS.items() if labels.get(label)}


def _docker(identity: str, root: Path) -> dict[str, str]:
    tree = _json(root / "var/lib/docker/containers" / identity / "config.v2.json")
    facts = _labelled(_at(tree, "Config", "Labels"))
    facts.setdefault("container.image", str(_at(tree, "Config", "Image") or ""))
    facts.setdefault("container.name", str(_at(tree, "Name") or "").removeprefix("/"))
    return facts


def _bundles(identity: str, root: Path) -> Iterator[Path]:
    for namespace in ("k8s.io", "moby", "default"):
        yield root / _CONTAINERD / namespace / identity / "config.json"
    for storage in _STORAGE:
        yield root / storage / "overlay-containers" / identity / "userdata/config.json"


def _annotations(identity: str, root: Path) -> dict[str, str]:
    for path in _bundles(identity, root):
        facts = _labelled(_at(_json(path), "annotations"))
        if facts:
            return facts
    return {}


def _storage(identity: str, root: Path) -> dict[str, str]:
    listed = _json(root / _STORAGE[0] / "overlay-containers/containers.json")
    for entry in listed if isinstance(listed, list) else ():
        if _at(entry, "id") == identity:
            try:
                about = msgspec.json.decode(str(_at(entry, "metadata") or "{}"))
            except msgspec.MsgspecError:
                about = {}
            names = _at(entry, "names")
            name = str(names[0]) if isinstance(names, list) and names else ""
            return {"container.image": str(_at(about, "image-name") or ""), "container.name": name}
    return {}
