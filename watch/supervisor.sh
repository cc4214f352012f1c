#!/usr/bin/env bash
# supervisor.sh FOLDER COMMAND...: run a command, and leave its process id, its words on stderr and at its end its exit code in FOLDER.
folder=$1
shift
"$@" 2>"$folder/said.txt" </dev/null >/dev/null &
echo "$!" >"$folder/pid"
wait "$!"
echo "$?" >"$folder/code"
