"""Namespaces, other roots, mounts."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from .common import CODE, PERL, execute, trick


def spaces(*options, script):
    """Run a shell script in namespaces of its own."""
    Path("script").write_text(script)
    done = subprocess.run(["unshare", *options, "sh", "./script"], capture_output=True, text=True, check=False)
    sys.stderr.write(done.stderr)


NINE = f"exec 9<{PERL}\n"
RUN = f"-e '{CODE}'"


@trick("namespace", "pid namespace with its own /proc: /proc/self/fd/9")
def pid_namespace():
    spaces("-Urpfm", "--mount-proc", script=f"{NINE} /proc/self/fd/9 {RUN}\ntrue\n")


@trick("namespace", "pid namespace with the outer /proc: /proc/self/fd/9")
def pid_namespace_outer_proc():
    spaces("-Urpf", script=f"{NINE} /proc/self/fd/9 {RUN}\ntrue\n")


@trick("namespace", "pid namespace with its own /proc: //proc/self/../self/fd/9")
def pid_namespace_up():
    spaces("-Urpfm", "--mount-proc", script=f"{NINE} //proc/self/../self/fd/9 {RUN}\ntrue\n")


@trick("namespace", "chroot in a user namespace: /proc/self/fd/9")
def changed_root():
    inner = f"exec 9<{PERL}\n//proc/self/fd/9 {RUN.replace('MARK', str(Path.cwd() / 'MARK'))}\ntrue\n"
    Path("inner").write_text(inner)
    spaces("-Urm", script=f"mkdir root && mount --rbind / root && chroot root /bin/sh {Path.cwd() / 'inner'}\n")


@trick("namespace", "an interpreter mounted over a harmless program")
def mounted_over():
    shutil.copy("/bin/true", "harmless")
    time.sleep(0.2)
    spaces(
        "-Urm",
        script=f"./harmless; ./harmless\nmount --bind {PERL} harmless\n{os.path.abspath('harmless')} {RUN}\ntrue\n",
    )


@trick("namespace", "a format of binfmt_misc registered in a user namespace")
def registered_format():
    Path("x.marker").write_text("no program")
    os.chmod("x.marker", 0o755)
    Path("wrapper").write_text(f"#!{PERL} -e{CODE}\n")
    os.chmod("wrapper", 0o755)
    here = os.getcwd()
    spaces("-Urm", script="mount -t binfmt_misc none /proc/sys/fs/binfmt_misc && "
           f"echo ':marker:E::marker::{here}/wrapper:' > /proc/sys/fs/binfmt_misc/register; ./x.marker; true")  # fmt: skip


@trick("namespace", "another root by pivot_root(2), with an interpreter in the place of a harmless program")
def pivoted():
    inner = f"/bin/true {RUN.replace('MARK', str(Path.cwd() / 'MARK'))}\ntrue\n"
    Path("inner").write_text(inner)
    here = Path.cwd()
    spaces("-Urm", script="/bin/true; /bin/true; mkdir root && mount --rbind / root && "
           f"mount --bind {PERL} root/bin/true && cd root && pivot_root . mnt && exec /bin/sh {here}/inner\n")  # fmt: skip


@trick("namespace", "an overlay over the system's programs, with an interpreter in the place of a harmless one")
def overlaid():
    os.mkdir("upper")
    shutil.copy(PERL, "upper/true")
    spaces("-Urm", script="/usr/bin/true; mount -t tmpfs none /mnt && mkdir /mnt/upper /mnt/work && cp upper/true /mnt/upper && "
           f"mount -t overlay -o lowerdir=/usr/bin,upperdir=/mnt/upper,workdir=/mnt/work none /usr/bin; /usr/bin/true {RUN}\ntrue\n")  # fmt: skip


@trick("namespace", "user, pid, mount, network and control group namespaces at once")
def all_namespaces():
    spaces("-UrpfmnC", "--mount-proc", script=f"{NINE} //proc/self/fd/9 {RUN}\ntrue\n")


@trick("namespace", "another file system over /proc")
def proc_hidden():
    here = Path.cwd() / "MARK"
    if os.geteuid() == 0 and "WATCHER" not in os.environ:  # in the run's own mount namespace
        subprocess.run(["mount", "-t", "tmpfs", "none", "/proc"], check=False)
        execute(PERL, ["perl", "-e", CODE.replace("MARK", str(here))])
        subprocess.run(["umount", "/proc"], check=False)
    else:
        spaces("-Urm", script=f"mount -t tmpfs none /proc; {PERL} {RUN}\ntrue\n")


@trick("namespace", "a forged /proc, by which the program is a harmless one")
def proc_forged():
    for name, program in (("safe", "/bin/true"), ("evil", PERL)):
        os.mkdir(name)
        shutil.copy(program, f"{name}/x")
    Path("forge.py").write_text(FORGE.replace("CODE", repr(CODE.replace("MARK", str(Path.cwd() / "MARK")))))
    apart = [] if os.geteuid() == 0 and "WATCHER" not in os.environ else ["unshare", "-Urm"]
    subprocess.run([*apart, "/usr/bin/python3", "forge.py"], check=False, stderr=subprocess.DEVNULL)


FORGE = """
import ctypes, os, time
libc = ctypes.CDLL(None)
here, pid = os.getcwd(), os.getpid()
libc.mount(b"none", b"/mnt", b"tmpfs", 0, None)
for number in [*range(pid, pid + 200), "self"]:
    place = f"/mnt/{number}"
    for below in ("ns", "fd", "task"):
        os.makedirs(f"{place}/{below}")
    for name, target in (("cwd", f"{here}/safe"), ("exe", f"{here}/safe/x"), ("root", "/")):
        os.symlink(target, f"{place}/{name}")
    for name in ("mnt", "user", "pid"):
        os.symlink(os.readlink(f"/proc/self/ns/{name}"), f"{place}/ns/{name}")
    for descriptor in range(40):
        os.symlink(f"{here}/safe/x", f"{place}/fd/{descriptor}")
    for name in ("stat", "status"):
        text = open(f"/proc/self/{name}").read().replace(str(pid), str(number))
        open(f"{place}/{name}", "w").write(text)
libc.mount(b"/mnt", b"/proc", None, 4096, None)
child = os.fork()
if child == 0:
    os.chdir("evil")
    os.execv("./x", ["x", "-e", CODE])
os.waitpid(child, 0)
libc.umount2(b"/proc", 2)
"""
