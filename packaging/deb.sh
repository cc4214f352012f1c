#!/bin/sh
# Build flycatcher_VERSION_ARCH.deb into dist/ on Debian 12 or a descendant (needs debhelper, python3-pip and dpkg-dev).
# Who builds for others is the package's maintainer: DEBFULLNAME and DEBEMAIL, as for every Debian package. Without them it has the name
# that pyproject.toml has, and an address that is none (RFC 2606).
set -eu
cd "$(dirname "$0")/.."
authors=$(sed -n 's/^authors = \[{ name = "\(.*\)" }\]$/\1/p' pyproject.toml)
maintainer="${DEBFULLNAME:-$authors} <${DEBEMAIL:-nobody@flycatcher.invalid}>"
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
sed -i "s|@MAINTAINER@|$maintainer|" "$tree/debian/control"
cat >"$tree/debian/changelog" <<END
flycatcher ($version) unstable; urgency=medium

  * See /usr/share/doc/flycatcher/CHANGELOG.md.gz.

 -- $maintainer  $(date -R -u -d "@$SOURCE_DATE_EPOCH")
END
log=$work/log
# -I: no compiler is wanted; nothing is compiled
(cd "$tree" && dpkg-checkbuilddeps -I && dpkg-buildpackage -d -b -us -uc) >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
cp "$work"/flycatcher_*.deb dist/
ls dist/flycatcher_*.deb
