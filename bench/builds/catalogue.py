"""The builds: pinned software from the package registries, and the command that builds each as its own documentation says.

``fetch`` runs once, with the registries, and is not measured; ``command`` is what is measured, in a fresh copy of what was fetched.
Both are text for ``bash -e``. ``debsrc NAME=VERSION`` unpacks a Debian source package into ``src``, ``sdist NAME==VERSION`` a
source distribution from PyPI.
"""

from __future__ import annotations

from msgspec import Struct


class Build(Struct, frozen=True, kw_only=True):
    """One build."""

    name: str
    kind: str
    """The build system, or what is special about it."""
    fetch: str
    command: str
    packages: tuple[str, ...] = ()
    """Debian packages that it needs."""
    artefacts: tuple[str, ...] = ()
    """Globs below the build's folder: the files that have to be there afterwards, the same ones in every run."""


_NPM = "npm ci --no-audit --no-fund --loglevel=error"


def _npm(*packages: str) -> str:
    """Return the fetch of an npm project that depends on these: its lock file, and the packages in npm's cache."""
    names = " ".join(f"'{package}'" for package in packages)
    return (
        "mkdir -p src && cd src && npm init -y >/dev/null && "
        f"npm install --package-lock-only --no-audit --no-fund --loglevel=error {names} && "
        "npm ci --ignore-scripts --no-audit --no-fund --loglevel=error && rm -rf node_modules"
    )


BUILDS = (
    Build(
        name="npm-install-scripts",
        kind="npm: packages with install scripts",
        fetch=_npm(
            "esbuild@0.25.5", "core-js@3.43.0", "protobufjs@7.5.3", "@swc/core@1.12.1", "sharp@0.34.2", "nx@21.2.0"
        ),
        command=f"cd src && {_NPM}",
        artefacts=("src/node_modules/*/package.json",),
    ),
    Build(
        name="npm-node-gyp",
        kind="npm: native modules built by node-gyp",
        fetch=_npm("bcrypt@5.1.1", "bufferutil@4.0.9", "utf-8-validate@6.0.5"),
        command=f"cd src && npm_config_nodedir=/usr npm_config_build_from_source=true {_NPM}",
        packages=("make", "g++", "python3"),
        artefacts=("src/node_modules/bufferutil/package.json", "src/node_modules/*/build/Release/*.node"),
    ),
    Build(
        name="npm-vite",
        kind="npm: TypeScript and Vite",
        fetch=_npm("vite@6.3.5", "typescript@5.8.3")
        + " && printf 'export const answer: number = 42;\\ndocument.title = String(answer);\\n' > main.ts"
        " && printf '<script type=module src=/main.ts></script>\\n' > index.html",
        command=f"cd src && {_NPM} && npx tsc --noEmit --strict --target es2022 --skipLibCheck main.ts --lib es2022,dom && npx vite build",
        artefacts=("src/dist/index.html",),
    ),
    Build(
        name="pip-sdist-c",
        kind="pip: sdist with a C extension (setuptools)",
        fetch="sdist markupsafe==3.0.2; python3 -m venv tools && tools/bin/pip install -q setuptools==80.9.0 wheel==0.45.1",
        command="tools/bin/pip wheel -q --no-build-isolation --no-deps -w out ./src",
        packages=("python3-venv", "gcc", "libc6-dev", "python3-dev"),
        artefacts=("out/*.whl",),
    ),
    Build(
        name="pip-sdist-cython",
        kind="pip: sdist with Cython, build isolation",
        fetch="sdist pyyaml==6.0.2",
        command="python3 -m venv tools && CFLAGS=-O0 tools/bin/pip wheel -q --no-deps -w out ./src",
        packages=("python3-venv", "gcc", "libc6-dev", "python3-dev"),
        artefacts=("out/*.whl",),
    ),
    Build(
        name="python-venv",
        kind="python -m venv, pip install of wheels",
        fetch="true",
        command="python3 -m venv tools && tools/bin/pip install -q requests==2.32.4 rich==14.0.0 && tools/bin/python -m compileall -q tools/lib/python3*/site-packages/rich",
        packages=("python3-venv",),
        artefacts=("tools/bin/pip",),
    ),
    Build(
        name="pytest-xdist",
        kind="pytest with xdist workers",
        fetch="sdist packaging==25.0; python3 -m venv tools && tools/bin/pip install -q pytest==8.4.1 pytest-xdist==3.7.0 pretend==1.0.9",
        command="cd src && ../tools/bin/python -m pytest -q -n 2 -p no:cacheprovider tests/test_version.py -k Version",
        packages=("python3-venv",),
    ),
    Build(
        name="tox",
        kind="tox",
        fetch="sdist attrs==25.3.0; python3 -m venv tools && tools/bin/pip install -q tox==4.27.0"
        " && printf '[tox]\\nenv_list = py\\n[testenv]\\npackage = wheel\\ndeps = pytest==8.4.1\\n"
        'commands = {envpython} -c "import attr; print(attr.__version__)"\\n    pytest -q --noconftest -p no:cacheprovider tests/test_version_info.py\\n\' > tox-small.ini',
        command="cd src && ../tools/bin/tox -q -c ../tox-small.ini --root . run",
        packages=("python3-venv",),
    ),
    Build(
        name="pre-commit",
        kind="pre-commit, local hooks",
        fetch="python3 -m venv tools && tools/bin/pip install -q pre-commit==4.2.0 && mkdir -p src && cd src && git init -q . && "
        'printf \'repos:\\n- repo: local\\n  hooks:\\n  - {id: words, name: words, language: system, entry: sh -c "! grep -n FIXME \\\\"$@\\\\"" --, files: "[.]py$"}\\n'
        '  - {id: compile, name: compile, language: python, entry: python -m py_compile, files: "[.]py$"}\\n\' > .pre-commit-config.yaml'
        " && printf 'print(1)\\n' > a.py && git add -A",
        command="cd src && PRE_COMMIT_HOME=$PWD/../hooks ../tools/bin/pre-commit run --all-files",
        packages=("git", "python3-venv"),
    ),
    Build(
        name="hello-autotools",
        kind="autotools: configure and make",
        fetch="debsrc hello=2.10-3",
        command="cd src && ./configure -q && make -s && make -s check",
        packages=("gcc", "make", "libc6-dev"),
        artefacts=("src/hello",),
    ),
    Build(
        name="sed-gnulib",
        kind="autotools with gnulib",
        fetch="debsrc sed",
        command="cd src && FORCE_UNSAFE_CONFIGURE=1 ./configure -q && make -s",
        packages=("gcc", "make", "libc6-dev"),
        artefacts=("src/sed/sed",),
    ),
    Build(
        name="git-make",
        kind="a large Makefile: the scripts that it generates, and two of its libraries",
        fetch="debsrc git",
        command="cd src && make -s -j2 NO_TCLTK=1 NO_GETTEXT=1 NO_CURL=1 NO_EXPAT=1 CFLAGS=-O0 "
        "$(sed -n 's/^SCRIPT_SH += \\(.*\\).sh$/\\1/p; s/^SCRIPT_PERL += \\(.*\\).perl$/\\1/p; s/^SCRIPT_LIB += //p' Makefile) "
        "command-list.h config-list.h hook-list.h xdiff/lib.a reftable/libreftable.a",
        packages=("gcc", "make", "libc6-dev", "zlib1g-dev", "libssl-dev", "libpcre2-dev"),
        artefacts=("src/git-submodule", "src/git-svn", "src/xdiff/lib.a"),
    ),
    Build(
        name="cmake",
        kind="CMake and Ninja",
        fetch="debsrc libjsoncpp",
        command="cmake -S src -B out -G Ninja -DJSONCPP_WITH_TESTS=OFF -DCMAKE_BUILD_TYPE=Debug >/dev/null && ninja -C out",
        packages=("cmake", "ninja-build", "g++"),
        artefacts=("out/lib/libjsoncpp.so*",),
    ),
    Build(
        name="meson",
        kind="Meson",
        fetch="debsrc libslirp",
        command="meson setup out src >/dev/null && ninja -C out && meson test -C out",
        packages=("meson", "ninja-build", "gcc", "pkg-config", "libglib2.0-dev"),
        artefacts=("out/libslirp.so*", "out/pingtest"),
    ),
    Build(
        name="debian-c",
        kind="Debian package, debhelper and autotools",
        fetch="debsrc hello=2.10-3",
        command="cd src && dpkg-buildpackage -us -uc -b -d",
        packages=("dpkg-dev", "debhelper", "fakeroot", "gcc", "make"),
        artefacts=("hello_*.deb",),
    ),
    Build(
        name="debian-perl",
        kind="Debian package of a Perl module",
        fetch="debsrc libtest-deep-perl",
        command="cd src && dpkg-buildpackage -us -uc -b -d",
        packages=("dpkg-dev", "debhelper", "fakeroot", "perl"),
        artefacts=("libtest-deep-perl_*.deb",),
    ),
    Build(
        name="perl-makemaker",
        kind="Perl, ExtUtils::MakeMaker with XS",
        fetch="debsrc libjson-xs-perl",
        command="cd src && perl Makefile.PL >/dev/null && make -s && make -s test",
        packages=(
            "perl",
            "make",
            "gcc",
            "libc6-dev",
            "libtypes-serialiser-perl",
            "libcommon-sense-perl",
            "libcanary-stability-perl",
        ),
        artefacts=("src/blib/arch/auto/JSON/XS/XS.so",),
    ),
    Build(
        name="debian-ruby",
        kind="Debian package of a Ruby gem with an extension (gem2deb)",
        fetch="debsrc puma",
        command="cd src && DEB_BUILD_OPTIONS=nocheck dpkg-buildpackage -us -uc -b -d",
        packages=(
            "dpkg-dev",
            "debhelper",
            "fakeroot",
            "gem2deb",
            "ruby-dev",
            "ruby-nio4r",
            "gcc",
            "make",
            "libssl-dev",
        ),
        artefacts=("puma_*.deb",),
    ),
    Build(
        name="ruby-extension",
        kind="Ruby: a C extension by mkmf",
        fetch="debsrc ruby-nokogiri",
        command="cd src/ext/nokogiri && ruby extconf.rb --use-system-libraries >/dev/null && make -s",
        packages=("ruby-dev", "ruby-mini-portile2", "gcc", "g++", "make", "pkg-config", "libxml2-dev", "libxslt1-dev"),
        artefacts=("src/ext/nokogiri/nokogiri.so",),
    ),
    Build(
        name="php-composer",
        kind="PHP: composer with scripts, from Debian",
        fetch='mkdir -p src/lib/src && cd src && printf \'{"name":"a/lib","version":"1.0.0","autoload":{"psr-4":{"L\\\\\\\\":"src/"}}}\' > lib/composer.json'
        " && printf '<?php namespace L; class A { static function one() { return 1; } }' > lib/src/A.php"
        ' && printf \'{"repositories":[{"type":"path","url":"lib"},{"packagist.org":false}],"require":{"a/lib":"1.0.0"},'
        '"scripts":{"post-install-cmd":"@php check.php"}}\' > composer.json'
        ' && printf \'<?php require "vendor/autoload.php"; echo L\\\\A::one(), "\\\\n";\' > check.php',
        command="cd src && COMPOSER_ALLOW_SUPERUSER=1 composer install --no-interaction --quiet && php check.php",
        packages=("composer", "php-cli", "unzip"),
        artefacts=("src/vendor/autoload.php",),
    ),
    Build(
        name="ansible",
        kind="Ansible: modules and script:",
        fetch="python3 -m venv tools && tools/bin/pip install -q ansible-core==2.17.12 && mkdir -p src && cd src"
        " && printf '#!/bin/sh\\necho done > \"$1\"\\n' > step.sh"
        " && printf -- '- hosts: localhost\\n  connection: local\\n  gather_facts: true\\n  tasks:\\n"
        '  - copy: {content: "x", dest: "{{ playbook_dir }}/made"}\\n  - script: step.sh {{ playbook_dir }}/ran\\n'
        '  - command: "true"\\n  - shell: echo a | tr a b > {{ playbook_dir }}/piped\\n\' > play.yml',
        command="cd src && ANSIBLE_LOCALHOST_WARNING=false ../tools/bin/ansible-playbook -i localhost, play.yml",
        packages=("python3-venv",),
        artefacts=("src/made", "src/ran", "src/piped"),
    ),
    Build(
        name="java",
        kind="Java: javac and jar, from a Debian source",
        fetch="debsrc libcommons-lang3-java",
        command="cd src && mkdir -p ../out && javac -nowarn -d ../out $(find src/main/java -name '*.java') && jar cf ../lang.jar -C ../out .",
        packages=("default-jdk-headless",),
        artefacts=("lang.jar",),
    ),
    Build(
        name="busybox-kbuild",
        kind="Kbuild",
        fetch="debsrc busybox",
        command="cd src && make -s allnoconfig >/dev/null && sed -i 's/.*CONFIG_ASH is.*/CONFIG_ASH=y/; s/.*CONFIG_AWK is.*/CONFIG_AWK=y/; "
        "s/.*CONFIG_LS is.*/CONFIG_LS=y/' .config && (yes '' || true) | make -s oldconfig >/dev/null && make -s -j2 busybox",
        packages=("gcc", "make", "libc6-dev"),
        artefacts=("src/busybox",),
    ),
    Build(
        name="buildah",
        kind="a container image by buildah",
        fetch="mkdir -p src/root && cp /bin/busybox src/root/ && cd src && printf 'FROM scratch\\nCOPY root/busybox /bin/sh\\nRUN echo built > /made\\n' > Containerfile",
        command="cd src && buildah --storage-driver vfs --root $PWD/../store --runroot $PWD/../run bud --isolation chroot -q -t local/x .",
        packages=("buildah", "busybox-static"),
    ),
)
