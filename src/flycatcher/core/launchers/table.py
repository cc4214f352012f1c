"""The programs that start another program: one entry each, from the program's manual page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.options import ABBREVIATES

if TYPE_CHECKING:
    from flycatcher.core.interpreters.engine.options import Parser


class Launcher:
    """How to find the command that a launcher starts.

    ``values``: short options that take a value; ``long``: long options whose value is a word of its own;
    ``skip``: operands before the command; ``assigns``: NAME=VALUE may stand there too; ``joined``: the words are joined
    and read by a shell; ``text``: options whose value is a shell's text; ``sub``: subcommands under which there is a
    command at all; ``dashes``: the command stands after ``--`` only; ``none``: options with which there is no command;
    ``parser``: who reads its options: ``getopt_long`` takes beginnings of names (as do argparse, optparse and nopt), others do not.
    """

    __slots__ = ("assigns", "dashes", "joined", "long", "none", "parser", "skip", "sub", "text", "values")

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
        parser: Parser = "getopt_long",
    ) -> None:
        """Keep the columns."""
        self.values, self.long, self.skip = values, frozenset(long.split()), skip
        self.assigns, self.joined, self.dashes = assigns, joined, dashes
        self.text, self.sub, self.none = frozenset(text.split()), frozenset(sub.split()), frozenset(none.split())
        self.parser = parser

    def takes(self, name: str) -> bool:
        """Whether the next word is the value of a long option."""
        if name in self.long:
            return True
        return self.parser in ABBREVIATES and len(name) > 1 and sum(known.startswith(name) for known in self.long) == 1


_RUN = (
    "add-host annotation attach blkio-weight cap-add cap-drop cgroup-parent cidfile cpu-period cpu-quota cpu-shares cpus "
    "cpuset-cpus cpuset-mems device dns dns-search env env-file expose gpus group-add health-cmd hostname ip ipc label "
    "label-file link log-driver log-opt mac-address memory memory-swap mount name net network network-alias pid "
    "pids-limit platform publish pull restart runtime security-opt shm-size stop-signal stop-timeout storage-opt sysctl "
    "tmpfs ulimit user userns uts volume volume-driver volumes-from workdir"
)
_EXEC = "env env-file user workdir detach-keys index"

TABLE: dict[str, Launcher] = {
    # privileges
    "doas": Launcher("Cu", none="-L"),
    "pkexec": Launcher("", "user"),
    "gosu": Launcher(skip=1),
    "su-exec": Launcher(skip=1),
    "setuidgid": Launcher(skip=1),
    "chpst": Launcher("uUbenlmdopfcrt/", parser="own"),
    "s6-setuidgid": Launcher(skip=1),
    "envdir": Launcher(skip=1),
    "softlimit": Launcher("acdflmoprst"),
    "fakeroot": Launcher("lsib", "lib faked save-file load-file fd-base"),
    "fakechroot": Launcher("leds"),
    "proot": Launcher("rbmqwvk", "rootfs bind mount qemu cwd"),
    "firejail": Launcher(),
    "systemd-nspawn": Launcher("DMibpUuSE", "directory machine user"),
    "capexec": Launcher(),
    # time, priority, sessions
    "numactl": Launcher("CmNipHlxPw"),
    "cpulimit": Launcher("lcm", "limit"),
    "catchsegv": Launcher(),
    "eatmydata": Launcher(),
    "nocache": Launcher(),
    "chronic": Launcher(),
    "caffeinate": Launcher("tw"),
    "unbuffer": Launcher(),
    "arch": Launcher("de"),
    "rlwrap": Launcher("CDfFHlOpPqstbwzSSMgGNA"),
    "daemonize": Launcher("aecopluvE"),
    "daemon": Launcher("nuXlOoEFDPM"),
    "dumb-init": Launcher("r", "rewrite"),
    "tini": Launcher("pe"),
    "systemd-run": Launcher(
        "HMptuE",
        "unit property slice description uid gid nice working-directory setenv service-type "
        "on-active on-boot on-calendar machine host",
    ),
    "systemd-inhibit": Launcher("", "what who why mode"),
    "dbus-run-session": Launcher("", "config-file dbus-daemon"),
    "dbus-launch": Launcher(),
    "xvfb-run": Launcher("enfpsw", "server-num error-file auth-file listen-tcp server-args wait"),
    "retry": Launcher("tdm", "times delay"),
    "parallel-retry": Launcher(),
    "setlock": Launcher(skip=1),
    "lockf": Launcher("t", skip=1),
    # tracing
    "strace": Launcher("abeEIOopPsSuUXz", "output trace columns env user string-limit"),
    "ltrace": Launcher("aADeFlnopsuwx", "output"),
    "valgrind": Launcher(parser="own"),
    "perf": Launcher("eopCFcgG", "event output pid", sub="stat record trace"),
    "uftrace": Launcher(),
    "hyperfine": Launcher("wrmMpSnN", "warmup runs min-runs max-runs prepare export-json", joined=True, parser="clap"),
    # containers, clusters, other machines
    "docker": Launcher(
        "Hclcuwehmpv", _RUN + " detach-keys host context config", sub="exec run create", skip=1, parser="pflag"
    ),
    "podman": Launcher(
        "Hcluwehmpv", _RUN + " detach-keys host context config", sub="exec run create", skip=1, parser="pflag"
    ),
    "nerdctl": Launcher(
        "Hauwehmpvn", _RUN + " detach-keys namespace address", sub="exec run create", skip=1, parser="pflag"
    ),
    "docker-compose": Launcher("fpuwe", _EXEC + " file project-name profile", sub="exec run", skip=1, parser="pflag"),
    "podman-compose": Launcher("fpuwe", _EXEC + " file project-name", sub="exec run", skip=1),
    "k3s": Launcher(parser="flag"),
    "microk8s": Launcher(),
    "crictl": Launcher("re", sub="exec", skip=1, parser="flag"),
    "ctr": Launcher("an", "exec-id namespace address", sub="task", skip=2, parser="flag"),
    "runc": Launcher("ecpu", "cwd user", sub="exec", skip=1, parser="flag"),
    "lxc": Launcher("", "env mode cwd user group", sub="exec", skip=1, parser="pflag"),
    "incus": Launcher("", "env cwd user", sub="exec", skip=1, parser="pflag"),
    "lxc-attach": Launcher("nPsevf", "name"),
    "lxc-execute": Launcher("nPf", "name"),
    "multipass": Launcher("d", sub="exec", skip=1, parser="own"),
    "machinectl": Launcher("", "uid setenv", sub="shell", skip=1),
    "vagrant": Launcher("", sub="ssh", text="-c --command", skip=9),
    "ssh": Launcher("BbcDEeFIiJLlmOoPpQRSWw", skip=1, joined=True),
    "autossh": Launcher("MBbcDEeFIiJLlmOoPpQRSWw", skip=1, joined=True),
    "slogin": Launcher("BbcDEeFIiJLlmOoPpQRSWw", skip=1, joined=True),
    "rsh": Launcher("l", skip=1, joined=True),
    "dbclient": Launcher("BbcDEeFIiJLlmOoPpQRSWw", skip=1, joined=True),
    "pdsh": Launcher("wxlRgtuf", joined=True),
    "sshpass": Launcher("fdpP"),
    "mosh": Launcher("", "ssh", skip=1),
    "gcloud": Launcher("", "project zone", sub="compute", text="--command", skip=99),
    "torsocks": Launcher("aPup"),
    "torify": Launcher(),
    "tsocks": Launcher(),
    "proxychains": Launcher("f"),
    "proxychains4": Launcher("f"),
    # package and language tools
    "npx": Launcher("pcw", "package workspace call", text="-c --call"),
    "bunx": Launcher("p", "package", parser="own"),
    "pnpx": Launcher(parser="own"),
    "npm": Launcher("cw", "package workspace call", sub="exec x", text="-c --call"),
    "yarn": Launcher("", "cwd", sub="exec run dlx node", parser="own"),
    "pnpm": Launcher("CF", "dir filter", sub="exec dlx", parser="own"),
    "bundle": Launcher("", sub="exec"),
    "poetry": Launcher("CP", "directory project", sub="run"),
    "pipenv": Launcher("", "python", sub="run"),
    "pdm": Launcher("p", "project", sub="run"),
    "rye": Launcher("", sub="run", parser="clap"),
    "pixi": Launcher("e", "environment manifest-path", sub="run exec", parser="clap"),
    "conda": Launcher("np", "name prefix cwd", sub="run"),
    "mamba": Launcher("np", "name prefix cwd", sub="run"),
    "micromamba": Launcher("nprea", "name prefix cwd root-prefix env", sub="run", parser="own"),
    "rbenv": Launcher("", sub="exec"),
    "pyenv": Launcher("", sub="exec"),
    "nodenv": Launcher("", sub="exec"),
    "asdf": Launcher("", sub="exec"),
    "mise": Launcher("cCj", "command cd", sub="exec x", dashes=True, text="-c --command", parser="clap"),
    "direnv": Launcher("", sub="exec", skip=1, parser="own"),
    "nix-shell": Launcher("pAIE", "attr packages", text="--run --command", skip=999),
    "guix": Launcher("mL", sub="shell environment", dashes=True),
    "cross-env": Launcher(assigns=True, parser="own"),
    "cross-env-shell": Launcher(assigns=True, joined=True, parser="own"),
    "op": Launcher("", "env-file", sub="run", dashes=True, parser="pflag"),
    "doppler": Launcher("pc", "project config", sub="run", text="--command", parser="pflag"),
    "aws-vault": Launcher("d", "duration", sub="exec", skip=1, parser="own"),
    "ccache": Launcher(),
    "sccache": Launcher(parser="clap"),
    "distcc": Launcher(),
    "rvm": Launcher("", skip=1, sub="do"),
    "opam": Launcher("", "switch", sub="exec", dashes=True),
    "stack": Launcher("", sub="exec"),
    "cabal": Launcher("", sub="exec"),
    "coverage": Launcher("", sub="none"),
    "honcho": Launcher("edfp", "env app-root procfile port", sub="run"),
    "watchmedo": Launcher(
        "cpid",
        "command patterns ignore-patterns directory interval signal",
        text="-c --command",
        sub="shell-command auto-restart",
    ),
    "pyperf": Launcher("opnwl", "output processes values warmups loops name", sub="command"),
    "py-spy": Launcher("odrfp", "output duration rate format pid", sub="record top", dashes=True, parser="clap"),
    "ansible-test": Launcher("", sub="shell", dashes=True),
    "shell": Launcher(),  # make's $(shell ...), where a recipe is read as shell text
    # clusters, limits, rooms
    "mpirun": Launcher("nHxc", "np n c host hostfile machinefile map-by bind-to mca gmca wdir path prefix tune app"),
    "mpirun.openmpi": Launcher("nHxc", "np n c host hostfile machinefile map-by bind-to mca wdir"),
    "mpiexec": Launcher("nHxfc", "np n c host hosts hostfile machinefile map-by bind-to mca wdir ppn env genv"),
    "orterun": Launcher("nHxc", "np n c host hostfile machinefile map-by bind-to mca wdir"),
    "srun": Launcher(
        "nNcpAtJoeimwxDCG", "ntasks nodes partition account time job-name output error mem cpus-per-task gres"
    ),
    "aprun": Launcher("nNdSj"),
    "singularity": Launcher(
        "BHWecop", "bind home pwd env overlay scratch app workdir", sub="exec", skip=1, parser="pflag"
    ),
    "apptainer": Launcher(
        "BHWecop", "bind home pwd env overlay scratch app workdir", sub="exec", skip=1, parser="pflag"
    ),
    "charliecloud": Launcher(skip=1),
    "ch-run": Launcher("bcduge", "bind cd set-env unset-env uid gid", skip=1),
    "buildah": Launcher("uv", "user volume env workingdir", sub="run", skip=1, parser="pflag"),
    "toolbox": Launcher("cdr", "container distro release", sub="run", parser="pflag"),
    "distrobox": Launcher("nr", "name root additional-flags", sub="enter", dashes=True),
    "flatpak-spawn": Launcher("", "env directory forward-fd"),
    "schroot": Launcher("cndus", "chroot session-name directory user shell option"),
    **dict.fromkeys(
        ("oshrun", "shmemrun", "mpiexec.openmpi", "mpiexec.hydra"),
        Launcher("nHxcf", "np n host hostfile map-by bind-to mca wdir"),
    ),
    "rootlesskit": Launcher("", "net mtu copy-up state-dir port-driver publish", parser="flag"),
    "pasta": Launcher("etuTUiaMsdoGDSIPp"),
    "passt": Launcher("etuTUi"),
    "uclampset": Launcher("mMp"),
    "schedtool": Launcher("naMBpFRIDN"),
    "cgexec": Launcher("g"),
    "cset": Launcher("scue", "set", sub="proc shield", dashes=True),
    "aa-exec": Launcher("pn", "profile namespace"),
    "sandbox": Launcher("tTHMw"),
    "envuidgid": Launcher(skip=1),
    "tcpserver": Launcher("cxugbltB", skip=2),
    "tcpsvd": Launcher("iCculbl", skip=2),
    "pgrphack": Launcher(),
    "fghack": Launcher(),
    "debconf": Launcher("fpo", "frontend priority owner"),
    "debconf-apt-progress": Launcher("", "from to logfile dlwaypoints config", dashes=True),
    "dpkg-depcheck": Launcher("f"),
    "autoexpect": Launcher("f"),
    "dislocate": Launcher(),
    "kibitz": Launcher(skip=1),
    "fstab-decode": Launcher(),
    "run_erl": Launcher(skip=2, joined=True),
    "iptables-apply": Launcher("tw", text="-c --command", skip=99),
    "run0": Launcher("ugDE", "user group nice chdir setenv background machine slice unit description property"),
    "nsjail": Launcher("MuDgRTBxvlE", dashes=True),
    "trickle": Launcher("duLtsn"),
    "datefudge": Launcher(skip=1),
    "hg": Launcher("", sub="bisect", text="-c --command", skip=99),
    **dict.fromkeys(
        ("parallel-ssh", "pssh"), Launcher("hHlpoetOxX", "hosts host user par outdir errdir timeout", joined=True)
    ),
    "clush": Launcher("wxgXfltuoS", joined=True),
    **dict.fromkeys(("s6-envuidgid", "s6-setlock"), Launcher("tn", skip=1)),
    **dict.fromkeys(("s6-softlimit", "s6-applyuidgid"), Launcher("acdflmoprstugG")),
    # locks, queues, logs
    "run-one": Launcher(),
    "run-this-one": Launcher(),
    "keep-one-running": Launcher(),
    "lckdo": Launcher("W", skip=1),
    "with-lock-ex": Launcher(skip=1),
    "runlock": Launcher("ft"),
    "runalarm": Launcher("ts"),
    "runstat": Launcher("f"),
    "timelimit": Launcher("tTsS"),
    "ifne": Launcher(),
    "annotate-output": Launcher(),
    "logsave": Launcher("", skip=1),
    "systemd-cat": Launcher("tp", "identifier priority stderr-priority level-prefix"),
    "tsp": Launcher("SpDuEL"),
    "nq": Launcher("D"),
    "dtach": Launcher("er", skip=1),
    "ssh-agent": Launcher("aEtP"),
    "gpg-agent": Launcher("", "options homedir"),
    "libtool": Launcher("", "mode tag"),
    # measuring and tracing
    "rr": Launcher("o", "output-trace-dir", sub="record"),
    "heaptrack": Launcher("o", "output"),
    "memusage": Launcher("dnp", "data progname png"),
    "kcov": Launcher("", skip=1),
    "operf": Launcher("edk", "events session-dir"),
    "trace-cmd": Launcher("epofgnlsb", sub="record start stat"),
    "sysprof-cli": Launcher("", dashes=True),
    # watchers of files, runners of processes
    "watchexec": Launcher("wefids", "watch exts filter ignore debounce delay-run signal", parser="clap"),
    "reflex": Launcher("rgRGt", "regex glob inverse-regex inverse-glob", parser="pflag"),
    "when-changed": Launcher("", skip=1),
    "foreman": Launcher("ef", "env procfile root", sub="run"),
    "forego": Launcher("e", sub="run", parser="flag"),
    "goreman": Launcher("f", sub="run", parser="flag"),
    "forever": Launcher("lowc", sub="start", text="-c"),
    "go": Launcher(
        "opC",
        "tags",
        text="-exec --exec -toolexec --toolexec",
        sub="test run build install vet",
        skip=999,
        parser="flag",
    ),
    # terminals
    **dict.fromkeys(
        (
            "xterm",
            "urxvt",
            "rxvt",
            "st",
            "alacritty",
            "konsole",
            "lxterminal",
            "mate-terminal",
            "x-terminal-emulator",
            "uxterm",
        ),
        Launcher("TngfbgcwW", "title name geometry working-directory class", skip=0),
    ),
    "gnome-terminal": Launcher("t", "title working-directory geometry", dashes=True, parser="own"),
    # images
    "mmdebstrap": Launcher("", text="--customize-hook --setup-hook --essential-hook --extract-hook", skip=999),
    "virt-customize": Launcher("ad", text="--run-command --firstboot-command", skip=999),
    # multi-call binaries and loaders
    "busybox": Launcher(none="--list --install --help", parser="own"),
    "toybox": Launcher(parser="own"),
    "ld.so": Launcher(
        "",
        "library-path preload audit inhibit-rpath inhibit-cache argv0 glibc-hwcaps-prepend glibc-hwcaps-mask",
        none="--list --verify --help --version",
        parser="own",
    ),
}

BUILTINS: dict[str, Launcher] = {
    "command": Launcher(none="-v -V"),
    "builtin": Launcher(),
    "exec": Launcher("a"),
}
"""Commands of a shell's own that start what follows them."""
