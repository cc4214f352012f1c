#!/usr/bin/env bash
# Runs the web shop's build under the sensor. Its poisoned dependency fetches a second stage from a server on the loopback interface.
# usage: demo.sh [build]; "build" runs the watched build only
set -euo pipefail
cd "$(dirname "$0")"
flycatcher=${FLYCATCHER:-../.venv/bin/flycatcher}
work=$(mktemp -d)
trap 'kill "$server" 2>/dev/null; rm -rf "$work"' EXIT
cp -r webshop "$work/webshop"
python3 -u -m http.server --bind 127.0.0.1 --directory mirror 0 >"$work/server" 2>/dev/null &
server=$!
until port=$(grep -oE 'port [0-9]+' "$work/server" | cut -d' ' -f2) && [ -n "$port" ]; do sleep 0.05; done
export MIRROR=http://127.0.0.1:$port FLYCATCHER_ENVIRONMENT=ci
build=(make --no-print-directory -C "$work/webshop")

section() { printf '\n=== %s\n\n' "$1"; }
short() { sed -E "s/^(.{$1}).+/\\1.../"; }

[ "${1:-}" = build ] || section "1. A real build, watched. One of its dependencies is poisoned (the payload is harmless)."
echo "\$ flycatcher run --report detections.jsonl -- make"
"$flycatcher" run --report "$work/detections.jsonl" -- "${build[@]}"
[ "${1:-}" = build ] && exit

section "2. The worst detection, from the saved report: what it would do, where in the text, and what it hides."
id=$("$flycatcher" explain --brief "$work/detections.jsonl" | awk '/-- critical/ && !id { id = substr($0, 1, 8) } END { print id }')
echo "\$ flycatcher explain --id $id detections.jsonl"
"$flycatcher" explain --id "$id" "$work/detections.jsonl" | short 160

section "3. The same build, with dangerous code refused: the poisoned hook fails before it starts, and the job fails."
echo "\$ flycatcher run --deny=high --fail-on high -- make"
code=0
"$flycatcher" run --deny=high --fail-on high -- "${build[@]}" >"$work/denied" 2>&1 || code=$?
grep -e DENIED -e denied -e '^make' "$work/denied" | short 240
echo "exit code $code"

section "4. What is at stake in a pipeline, and what to do now."
echo "\$ flycatcher guide ci"
"$flycatcher" guide ci
