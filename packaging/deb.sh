#!/bin/sh
# Build flycatcher_VERSION_ARCH.deb into dist/ on Debian 12 or a descendant (needs debhelper, python3-pip and dpkg-dev).
set -eu
cd "$(dirname "$0")/.."
version=$(sed -n 's/^__version__ = "\(.*\)"$/\1/p' src/flycatcher/__init__.py)
: "${SOURCE_DATE_EPOCH:=$(git log -1 --format=%ct 2>/dev/null || date +%s)}"
export SOURCE_DATE_EPOCH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tree=$work/flycatcher
mkdir -p "$tree" dist
cp -r src packaging tools docs requirements LICENSES LICENSE README.md CHANGELOG.md SECURITY.md pyproject.toml hatch_build.py "$tree"
find "$tree" -name __pycache__ -prune -exec rm -rf {} +
cp -r packaging/debian "$tree/debian"
cp packaging/flycatcher.service "$tree/debian/"
cat >"$tree/debian/changelog" <<END
flycatcher ($version) unstable; urgency=medium

  * See /usr/share/doc/flycatcher/CHANGELOG.md.gz.

 -- $(sed -n 's/^Maintainer: //p' packaging/debian/control)  $(date -R -u -d "@$SOURCE_DATE_EPOCH")
END
log=$work/log
# -I: no compiler is wanted; nothing is compiled
(cd "$tree" && dpkg-checkbuilddeps -I && dpkg-buildpackage -d -b -us -uc) >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
cp "$work"/flycatcher_*.deb dist/
ls dist/flycatcher_*.deb
