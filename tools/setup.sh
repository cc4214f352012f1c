#!/usr/bin/env bash
# Set a machine up for one purpose: setup.sh demo|test|packages|all. Installs what is missing and nothing else; a second call does nothing.
set -euo pipefail
cd "$(dirname "$0")/.."
purpose=${1:?usage: setup.sh demo|test|packages|all}

# command -> Debian package
demo_tools=(make:make curl:curl perl:perl node:nodejs python3:python3)
test_tools=("${demo_tools[@]}" ruby:ruby php:php-cli php-cgi:php-cgi phpdbg:php-phpdbg busybox:busybox gcc:gcc git:git
  dash:dash bash:bash strace:strace xxd:xxd rev:bsdextrautils gawk:gawk mawk:mawk lua5.4:lua5.4 luajit:luajit tclsh:tcl zsh:zsh mksh:mksh
  systemd-analyze:systemd openssl:openssl chromium:chromium bwrap:bubblewrap java:openjdk-17-jre-headless nft:nftables jq:jq ip:iproute2)

package_tools=("${test_tools[@]}" debootstrap:debootstrap buildah:buildah lintian:lintian qemu-system-x86_64:qemu-system-x86)

all_tools=("${test_tools[@]}" npm:npm pypy3:pypy3 ksh93:ksh93u+m fish:fish tcsh:tcsh expect:expect Rscript:r-base-core guile:guile-3.0 sbcl:sbcl
  racket:racket ocaml:ocaml octave:octave erl:erlang-base elixir:elixir groovy:groovy jshell:default-jdk-headless gdb:gdb vim:vim
  slsh:slsh gnuplot:gnuplot-nox bpftrace:bpftrace clisp:clisp ecl:ecl csi:chicken-bin gsi:gambc newlisp:newlisp swipl:swi-prolog-nox
  gforth:gforth gjs:gjs pike8.0:pike8.0 ghc:ghc clojure:clojure rhino:rhino jython:jython raku:rakudo gp:pari-gp nim:nim
  crystal:crystal original-awk:original-awk dc:dc ed:ed m4:m4 rake:rake yash:yash posh:posh rc:rc elvish:elvish nvim:neovim
  emacs:emacs-nox sqlite3:sqlite3 rpm:rpm zip:zip less:less pry:pry irb:ruby puppet:puppet-agent bundle:bundler jimsh:jimsh csharp:mono-csharp-shell
  mit-scheme:mit-scheme gimp:gimp parallel:parallel time:time qemu-$(uname -m):qemu-user ssh:openssh-client luatex:texlive-binaries cpan:perl
  rsync:rsync socat:socat nc.traditional:netcat-traditional ncat:ncat lftp:lftp mlr:miller gs:ghostscript file-rename:rename
  exiftool:libimage-exiftool-perl latexmk:latexmk watch:procps script:bsdutils sg:login psql:postgresql redis-server:redis-server redis-cli:redis-tools mariadb:mariadb-client
  mariadbd:mariadb-server-core bsh:bsh scala:scala kotlin:kotlin tcc:tcc mruby:mruby mujs:mujs duk:duktape tarantool:tarantool lldb:lldb blender:blender)

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

quietly() {
  # what package managers say is of use where they fail, and only there
  local log
  log=$(mktemp)
  if "$@" >"$log" 2>&1; then rm -f "$log"; return; fi
  cat "$log" >&2
  rm -f "$log"
  echo "setup: failed: $*" >&2
  return 1
}

debian_packages() {
  echo "setup: installing $*"
  quietly as_root apt-get update -qq
  quietly as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
}

install_tools() {
  local missing=() pair
  for pair in "$@"; do
    command -v "${pair%%:*}" >/dev/null 2>&1 || missing+=("${pair#*:}")
  done
  [ "${#missing[@]}" = 0 ] || debian_packages "${missing[@]}"
}

need_pip() {
  # Debian keeps it in a package of its own, and this machine may have it under another name
  python3 -m pip --version >/dev/null 2>&1 || debian_packages python3-pip
}

need_libbpf() {
  # every machine with iproute2 has it; a container may not
  compgen -G '/usr/lib/*/libbpf.so.1' >/dev/null || compgen -G '/lib*/libbpf.so.1' >/dev/null || debian_packages libbpf1
}

need_postgresql() {
  # the store is tested with a server of the tests' own; Debian keeps its programs out of PATH
  compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || command -v initdb >/dev/null 2>&1 || debian_packages postgresql
}

need_libc_headers() {
  # the tests compile small C programs
  [ -e /usr/include/stdio.h ] || debian_packages libc6-dev
}

install_nodes() {
  # the node of Debian or of the machine is one version; the table is compared with these too (tests/oracle/grammars/node.py)
  local root=${FLYCATCHER_PROGRAMS:-$HOME/.cache/flycatcher-programs} major
  command -v npm >/dev/null 2>&1 || { echo "setup: without npm only the installed node is compared"; return; }
  for major in 18 22 24; do
    [ -x "$root/node$major/bin/node" ] && continue
    echo "setup: installing node $major"
    npm install --silent --no-save --no-audit --no-fund --prefix "$root/node$major/npm" "node-linux-$(uname -m | sed s/x86_64/x64/\;s/aarch64/arm64/)@$major"
    mkdir -p "$root/node$major/bin"
    ln -sf "$(ls -d "$root/node$major"/npm/node_modules/node-linux-*)/bin/node" "$root/node$major/bin/node"
  done
}

install_runtimes() {
  # deno and bun come as one program each (tests/oracle/grammars/denobun.py)
  local root=${FLYCATCHER_PROGRAMS:-$HOME/.cache/flycatcher-programs} arch name
  command -v npm >/dev/null 2>&1 || { echo "setup: without npm deno and bun are not compared"; return; }
  arch=$(uname -m)
  for name in "deno @deno/linux-$(sed s/x86_64/x64/\;s/aarch64/arm64/ <<<"$arch")-glibc deno" \
    "bun @oven/bun-linux-${arch/x86_64/x64} bin/bun"; do
    set -- $name
    [ -x "$root/$1/bin/$1" ] && continue
    echo "setup: installing $1"
    npm install --silent --no-save --no-audit --no-fund --prefix "$root/$1/npm" "$2"
    mkdir -p "$root/$1/bin"
    chmod +x "$root/$1/npm/node_modules/$2/$3"
    ln -sf "$root/$1/npm/node_modules/$2/$3" "$root/$1/bin/$1"
  done
}

install_phps() {
  # npm has php's command line as WebAssembly, in the versions that Debian does not have (tests/oracle/grammars/php.py)
  local root=${FLYCATCHER_PROGRAMS:-$HOME/.cache/flycatcher-programs}/php-wasm version
  command -v npm >/dev/null 2>&1 || { echo "setup: without npm only the installed php is compared"; return; }
  [ -d "$root/node_modules/@php-wasm/node" ] || { echo "setup: installing php 7.4 to 8.5" &&
    npm install --silent --ignore-scripts --no-save --no-audit --no-fund --prefix "$root" @php-wasm/node@3.1.56 @php-wasm/universal@3.1.56; }
  mkdir -p "$root/bin"
  cp tests/oracle/php_wasm.mjs "$root/"
  for version in 7.4 8.0 8.1 8.2 8.3 8.4 8.5; do
    printf '#!/bin/sh\nexec "%s/../node22/bin/node" "%s/php_wasm.mjs" %s "$@"\n' "$root" "$root" "$version" >"$root/bin/php$version"
    chmod +x "$root/bin/php$version"
  done
}

need_jansi() {
  # Debian's jline, on which the consoles of groovy and scala stand, fails without it and does not depend on it
  [ -e /usr/share/java/jansi1.jar ] || debian_packages libjansi1-java
}

install_kotlin() {
  # Debian's kotlin is older than -e (tests/oracle/grammars/jvm.py)
  local root=${FLYCATCHER_PROGRAMS:-$HOME/.cache/flycatcher-programs}/kotlin name
  command -v npm >/dev/null 2>&1 || { echo "setup: without npm only the installed kotlin is compared"; return; }
  [ -d "$root/npm/node_modules/kotlin-compiler" ] || { echo "setup: installing kotlin" &&
    npm install --silent --no-save --no-audit --no-fund --ignore-scripts --prefix "$root/npm" kotlin-compiler@2.4.20; }
  mkdir -p "$root/bin"
  chmod +x "$root"/npm/node_modules/kotlin-compiler/bin/*
  for name in kotlin kotlinc; do ln -sf "../npm/node_modules/kotlin-compiler/bin/$name" "$root/bin/$name"; done
}

install_runners() {
  # the runners of JavaScript on node (tests/oracle/grammars/runners.py); no package's install script runs
  local root=${FLYCATCHER_PROGRAMS:-$HOME/.cache/flycatcher-programs}
  command -v npm >/dev/null 2>&1 || { echo "setup: without npm the runners on node are not compared"; return; }
  # typescript 4 because ts-node 10 cannot run -e with 5 unless it is told which modules to write
  [ -x "$root/runners/node_modules/.bin/ts-node" ] || { echo "setup: installing ts-node, tsx, zx, coffee, lsc and babel-node"
    npm install --silent --no-save --no-audit --no-fund --ignore-scripts --prefix "$root/runners" ts-node@10.9.2 typescript@4.9.5 \
      tsx@4.23.15 zx@8.8.5 coffeescript@2.7.0 livescript@1.6.0 @babel/node@7.28.0 @babel/core@7.29.7; }
  [ -d "$root/nushell/node_modules/@nushell" ] || { echo "setup: installing nushell"
    npm install --silent --no-save --no-audit --no-fund --ignore-scripts --prefix "$root/nushell" "@nushell/linux-$(uname -m | sed s/x86_64/x64/\;s/aarch64/arm64/)@0.115.1"; }
  [ -x "$root/mongosh/node_modules/.bin/mongosh" ] || { echo "setup: installing mongosh"
    npm install --silent --no-save --no-audit --no-fund --ignore-scripts --prefix "$root/mongosh" mongosh@2.12.0; }
}

install_python_programs() {
  # IPython, xonsh, Hy and the tools that run Python text, in a venv of their own (tests/oracle/grammars/pyconsoles.py, pytools.py)
  local root=${FLYCATCHER_PROGRAMS:-$HOME/.cache/flycatcher-programs}/python lock=requirements/pyprograms.lock
  if [ -e "$root/.stamp" ] && [ ! "$lock" -nt "$root/.stamp" ]; then return; fi
  echo "setup: installing the Python programs of $lock"
  [ -x "$root/bin/python" ] || python3 -m venv --without-pip "$root"
  into_venv "$root" --require-hashes -r "$lock"
  touch "$root/.stamp"
}

into_venv() { quietly python3 -m pip --python "$1/bin/python" install --quiet --disable-pip-version-check "${@:2}"; }

install_package() {
  local stamp=.venv/.stamp-$1 locks=(-r requirements/build.lock -r "requirements/$1.lock")
  if [ "$1" = run ] && [ -e .venv/.stamp-test ]; then stamp=.venv/.stamp-test locks=(-r requirements/test.lock); fi
  [ "$1" = test ] && locks=(-r requirements/test.lock)
  if [ -e "$stamp" ] && ! newer "$stamp" "${locks[@]:1}" pyproject.toml; then return; fi
  need_pip
  echo "setup: installing the Python packages of ${locks[-1]}"
  # --without-pip: Debian keeps ensurepip in a package of its own
  [ -x .venv/bin/python ] || python3 -m venv --without-pip .venv
  into_venv .venv --require-hashes "${locks[@]}"
  into_venv .venv --no-deps --no-build-isolation --editable .
  touch "$stamp"
}

newer() {
  # whether a file (options aside) has changed since the stamp
  local file
  for file in "${@:2}"; do [[ $file != -* && $file -nt $1 ]] && return; done
  return 1
}

make_indexes() {
  PYTHONPATH=src .venv/bin/python -m flycatcher.core.indexes
}

compile_package() {
  # an installed wheel has its byte code; an editable install has it where the environment lets Python write it
  .venv/bin/python -m compileall -q src/flycatcher
}

case $purpose in
  demo) install_tools "${demo_tools[@]}"; install_package run; make_indexes; compile_package ;;
  test) install_tools "${test_tools[@]}"; need_libc_headers; need_postgresql; need_libbpf; install_package test; make_indexes; compile_package ;;
  packages) install_tools "${package_tools[@]}"; need_libc_headers; need_libbpf; install_package test; make_indexes; compile_package ;;
  all) install_tools "${all_tools[@]}"; install_nodes; install_runtimes; install_phps; install_runners; install_kotlin; need_jansi; install_python_programs; need_libc_headers; need_libbpf; install_package test; make_indexes; compile_package ;;
  *) echo "usage: setup.sh demo|test|packages|all" >&2; exit 2 ;;
esac
