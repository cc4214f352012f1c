"""The programs that start another program: one entry each, from the program's manual page."""

from __future__ import annotations


class Wrapper:
    """How to find the wrapped command.

    ``values``: short options that take a value; ``long``: long options whose value is a word of its own;
    ``skip``: operands before the command; ``assigns``: NAME=VALUE may stand there too; ``joined``: the words are joined
    and read by a shell; ``text``: options whose value is a shell's text; ``sub``: subcommands under which there is a
    command at all; ``dashes``: the command stands after ``--`` only; ``none``: options with which there is no command.
    """

    __slots__ = ("assigns", "dashes", "joined", "long", "none", "skip", "sub", "text", "values")

    def __init__(
        self,
        values: str = "",
        long: str = "",
        *,
        skip: int = 0,
        assigns: bool = False,
        joined: bool = False,
        text: str = "",
        sub: str = "",
        dashes: bool = False,
        none: str = "",
    ) -> None:
        """Keep the columns."""
        self.values, self.long, self.skip = values, frozenset(long.split()), skip
        self.assigns, self.joined, self.dashes = assigns, joined, dashes
        self.text, self.sub, self.none = frozenset(text.split()), frozenset(sub.split()), frozenset(none.split())


_RUN = (
    "add-host annotation attach blkio-weight cap-add cap-drop cgroup-parent cidfile cpu-period cpu-quota cpu-shares cpus "
    "cpuset-cpus cpuset-mems device dns dns-search env env-file expose gpus group-add health-cmd hostname ip ipc label "
    "label-file link log-driver log-opt mac-address memory memory-swap mount name net network network-alias pid "
    "pids-limit platform publish pull restart runtime security-opt shm-size stop-signal stop-timeout storage-opt sysctl "
    "tmpfs ulimit user userns uts volume volume-driver volumes-from workdir"
)
_EXEC = "env env-file user workdir detach-keys index"
_KUBE = "namespace context kubeconfig cluster user server token container filename pod-running-timeout image"

TABLE: dict[str, Wrapper] = {
    # privileges
    "sudo": Wrapper(
        "CDghpRrtTuU",
        "user group host prompt role type chroot chdir close-from other-user command-timeout",
        assigns=True,
        none="-e -l -v -V -K --edit --list --validate",
    ),
    "doas": Wrapper("Cu", none="-L"),
    "pkexec": Wrapper("", "user"),
    "gosu": Wrapper(skip=1),
    "su-exec": Wrapper(skip=1),
    "setuidgid": Wrapper(skip=1),
    "chpst": Wrapper("uUbenlmdopfcrt/"),
    "s6-setuidgid": Wrapper(skip=1),
    "envdir": Wrapper(skip=1),
    "softlimit": Wrapper("acdflmoprst"),
    "fakeroot": Wrapper("lsib", "lib faked save-file load-file fd-base"),
    "fakechroot": Wrapper("leds"),
    "proot": Wrapper("rbmqwvk", "rootfs bind mount qemu cwd"),
    "capsh": Wrapper(dashes=True),
    "firejail": Wrapper(),
    "bwrap": Wrapper(),
    "systemd-nspawn": Wrapper("DMibpUuSE", "directory machine user"),
    "capexec": Wrapper(),
    # time, priority, sessions
    "numactl": Wrapper("CmNipHlxPw"),
    "cpulimit": Wrapper("lcm", "limit"),
    "catchsegv": Wrapper(),
    "eatmydata": Wrapper(),
    "nocache": Wrapper(),
    "chronic": Wrapper(),
    "caffeinate": Wrapper("tw"),
    "faketime": Wrapper("", skip=1),
    "unbuffer": Wrapper(),
    "arch": Wrapper("de"),
    "rlwrap": Wrapper("CDfFHlOpPqstbwzSSMgGNA"),
    "daemonize": Wrapper("aecopluvE"),
    "daemon": Wrapper("nuXlOoEFDPM"),
    "dumb-init": Wrapper("r", "rewrite"),
    "tini": Wrapper("pe"),
    "systemd-run": Wrapper(
        "HMptuE",
        "unit property slice description uid gid nice working-directory setenv service-type "
        "on-active on-boot on-calendar machine host",
    ),
    "systemd-inhibit": Wrapper("", "what who why mode"),
    "dbus-run-session": Wrapper("", "config-file dbus-daemon"),
    "dbus-launch": Wrapper(),
    "xvfb-run": Wrapper("enfpsw", "server-num error-file auth-file listen-tcp server-args wait"),
    "retry": Wrapper("tdm", "times delay"),
    "parallel-retry": Wrapper(),
    "setlock": Wrapper(skip=1),
    "lockf": Wrapper("t", skip=1),
    # tracing
    "strace": Wrapper("abeEIOopPsSuUXz", "output trace columns env user string-limit"),
    "ltrace": Wrapper("aADeFlnopsuwx", "output"),
    "valgrind": Wrapper(),
    "perf": Wrapper("eopCFcgG", "event output pid", sub="stat record trace"),
    "uftrace": Wrapper(),
    "entr": Wrapper(),
    "hyperfine": Wrapper("wrmMpSnN", "warmup runs min-runs max-runs prepare export-json", joined=True),
    # containers, clusters, other machines
    "docker": Wrapper("Hclcuwehmpv", _RUN + " host context config", sub="exec run create", skip=1),
    "podman": Wrapper("Hcluwehmpv", _RUN + " host context config", sub="exec run create", skip=1),
    "nerdctl": Wrapper("Hauwehmpvn", _RUN + " namespace address", sub="exec run create", skip=1),
    "docker-compose": Wrapper("fpuwe", _EXEC + " file project-name profile", sub="exec run", skip=1),
    "podman-compose": Wrapper("fpuwe", _EXEC + " file project-name", sub="exec run", skip=1),
    "kubectl": Wrapper("cnsf", _KUBE, sub="exec run debug", dashes=True),
    "oc": Wrapper("cnsf", _KUBE, sub="exec run rsh debug", dashes=True),
    "k3s": Wrapper(),
    "microk8s": Wrapper(),
    "crictl": Wrapper("re", sub="exec", skip=1),
    "ctr": Wrapper("an", "exec-id namespace address", sub="task", skip=2),
    "runc": Wrapper("ecpu", "cwd user", sub="exec", skip=1),
    "lxc": Wrapper("", "env mode cwd user group", sub="exec", skip=1),
    "incus": Wrapper("", "env cwd user", sub="exec", skip=1),
    "lxc-attach": Wrapper("nPsevf", "name"),
    "lxc-execute": Wrapper("nPf", "name"),
    "multipass": Wrapper("d", sub="exec", skip=1),
    "machinectl": Wrapper("", "uid setenv", sub="shell", skip=1),
    "vagrant": Wrapper("", sub="ssh", text="-c --command", skip=9),
    "ssh": Wrapper("BbcDEeFIiJLlmOoPpQRSWw", skip=1, joined=True),
    "autossh": Wrapper("MBbcDEeFIiJLlmOoPpQRSWw", skip=1, joined=True),
    "slogin": Wrapper("BbcDEeFIiJLlmOoPpQRSWw", skip=1, joined=True),
    "rsh": Wrapper("l", skip=1, joined=True),
    "dbclient": Wrapper("BbcDEeFIiJLlmOoPpQRSWw", skip=1, joined=True),
    "pdsh": Wrapper("wxlRgtuf", joined=True),
    "sshpass": Wrapper("fdpP"),
    "mosh": Wrapper("", "ssh", skip=1),
    "gcloud": Wrapper("", "project zone", sub="compute", text="--command", skip=99),
    "torsocks": Wrapper("aPup"),
    "torify": Wrapper(),
    "tsocks": Wrapper(),
    "proxychains": Wrapper("f"),
    "proxychains4": Wrapper("f"),
    # package and language tools
    "npx": Wrapper("pcw", "package workspace call", text="-c --call"),
    "bunx": Wrapper("p", "package"),
    "pnpx": Wrapper(),
    "npm": Wrapper("cw", "package workspace call", sub="exec x", text="-c --call"),
    "yarn": Wrapper("", "cwd", sub="exec run dlx node"),
    "pnpm": Wrapper("CF", "dir filter", sub="exec dlx"),
    "bundle": Wrapper("", sub="exec"),
    "poetry": Wrapper("CP", "directory project", sub="run"),
    "pipenv": Wrapper("", "python", sub="run"),
    "pdm": Wrapper("p", "project", sub="run"),
    "rye": Wrapper("", sub="run"),
    "pixi": Wrapper("e", "environment manifest-path", sub="run exec"),
    "conda": Wrapper("np", "name prefix cwd", sub="run"),
    "mamba": Wrapper("np", "name prefix cwd", sub="run"),
    "micromamba": Wrapper("nprea", "name prefix cwd root-prefix env", sub="run"),
    "rbenv": Wrapper("", sub="exec"),
    "pyenv": Wrapper("", sub="exec"),
    "nodenv": Wrapper("", sub="exec"),
    "asdf": Wrapper("", sub="exec"),
    "mise": Wrapper("cCj", "command cd", sub="exec x", dashes=True, text="-c --command"),
    "direnv": Wrapper("", sub="exec", skip=1),
    "nix-shell": Wrapper("pAIE", "attr packages", text="--run --command", skip=999),
    "guix": Wrapper("mL", sub="shell environment", dashes=True),
    "cross-env": Wrapper(assigns=True),
    "cross-env-shell": Wrapper(assigns=True, joined=True),
    "dotenv": Wrapper("fe", sub="run"),
    "op": Wrapper("", "env-file", sub="run", dashes=True),
    "doppler": Wrapper("pc", "project config", sub="run", text="--command"),
    "aws-vault": Wrapper("d", "duration", sub="exec", skip=1),
    "ccache": Wrapper(),
    "sccache": Wrapper(),
    "distcc": Wrapper(),
    "rvm": Wrapper("", skip=1, sub="do"),
    "opam": Wrapper("", "switch", sub="exec", dashes=True),
    "stack": Wrapper("", sub="exec"),
    "cabal": Wrapper("", sub="exec"),
    "coverage": Wrapper("", sub="none"),
    "honcho": Wrapper("edfp", "env app-root procfile port", sub="run"),
    "watchmedo": Wrapper(
        "cpid",
        "command patterns ignore-patterns directory interval signal",
        text="-c --command",
        sub="shell-command auto-restart",
    ),
    "pyperf": Wrapper("opnwl", "output processes values warmups loops name", sub="command"),
    "py-spy": Wrapper("odrfp", "output duration rate format pid", sub="record top", dashes=True),
    "ansible-test": Wrapper("", sub="shell", dashes=True),
    "shell": Wrapper(),  # make's $(shell ...), where a recipe is read as shell text
    # multi-call binaries and loaders
    "busybox": Wrapper(none="--list --install --help"),
    "toybox": Wrapper(),
    "ld.so": Wrapper(
        "",
        "library-path preload audit inhibit-rpath inhibit-cache argv0 glibc-hwcaps-prepend glibc-hwcaps-mask",
        none="--list --verify --help --version",
    ),
}
