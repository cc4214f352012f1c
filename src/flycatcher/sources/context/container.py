"""The container that a process runs in, from its control group.

Sources: cgroups(7), proc_pid_cgroup(5); the path shapes of Docker, Podman, containerd, CRI-O, Kubernetes, LXC,
systemd-nspawn, as those runtimes document or create them.
"""

from __future__ import annotations

from flycatcher.core.regex import lazy

SHAPES = (
    ("podman", lazy(r"libpod-(?:conmon-)?([0-9a-f]{64})")),
    ("cri-o", lazy(r"crio-(?:conmon-)?([0-9a-f]{64})")),
    ("containerd", lazy(r"cri-containerd[-:]([0-9a-f]{64})")),
    ("docker", lazy(r"(?:docker[-/]|buildkit/)([0-9a-z]{25,64})")),
    ("kubernetes", lazy(r"kubepods.*?/([0-9a-f]{64})")),
    ("lxc", lazy(r"lxc(?:\.payload)?[./]([^/]+)")),
    ("systemd-nspawn", lazy(r"machine\.slice/(?:machine-|systemd-nspawn@)([^/]+?)\.(?:scope|service)")),
)


def container_from(cgroup: str) -> dict[str, str]:
    """Return ``cgroup``, and ``container.id`` and ``container.runtime`` where the path is a container's."""
    lines = [line.split(":", 2) for line in cgroup.splitlines()]
    paths = [fields[2] for fields in lines if len(fields) == 3]
    if not paths:
        return {}
    facts = {"cgroup": next((fields[2] for fields in lines if fields[0] == "0"), paths[0])}
    for runtime, shape in SHAPES:
        for path in paths:
            found = shape.search(path)
            if found:
                return {**facts, "container.id": found[1], "container.runtime": runtime}
    return facts


def container_of(pid: int) -> dict[str, str]:
    """Read /proc/PID/cgroup; empty where the process is gone."""
    try:
        with open(f"/proc/{pid}/cgroup", encoding="utf-8", errors="surrogateescape") as handle:
            return container_from(handle.read(65536))
    except OSError:
        return {}
