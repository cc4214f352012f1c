#!/usr/bin/env bash
# Runs the web shop's build under the sensor. Its poisoned dependency fetches a second stage from a server on the loopback interface.
set -euo pipefail
cd "$(dirname "$0")"
flycatcher=${FLYCATCHER:-../.venv/bin/flycatcher}
work=$(mktemp -d)
trap 'kill "$server" 2>/dev/null; rm -rf "$work"' EXIT
cp -r webshop "$work/webshop"
python3 -u -m http.server --bind 127.0.0.1 --directory mirror 0 >"$work/server" 2>/dev/null &
server=$!
until port=$(grep -oE 'port [0-9]+' "$work/server" | cut -d' ' -f2) && [ -n "$port" ]; do sleep 0.05; done
echo "\$ flycatcher run --report detections.jsonl -- make"
MIRROR=http://127.0.0.1:$port "$flycatcher" run --report "$work/detections.jsonl" -- make --no-print-directory -C "$work/webshop"
echo
echo "$(grep -c '"code_on_the_fly":true' "$work/detections.jsonl") detections were written as JSON Lines; the first one:"
head -n 1 "$work/detections.jsonl" | cut -c 1-400
