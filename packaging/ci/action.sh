#!/usr/bin/env bash
# What action.yml runs, after the installation: a scan, or a command under observation. Its inputs are FLYCATCHER_* variables.
set -euo pipefail

lines() {
  # the non-empty lines of an input, as the array `words`
  local line
  words=()
  while IFS= read -r line; do [ -z "$line" ] || words+=("$line"); done <<<"$1"
}

one_line() { printf '%s' "${1//[$'\r\n']/}"; }

common=()
[ -z "$FLYCATCHER_FAIL_ON" ] || common+=("--fail-on=$FLYCATCHER_FAIL_ON")
[ -z "$FLYCATCHER_CONFIG" ] || common+=("--config=$FLYCATCHER_CONFIG")
printf 'sarif=%s\nreport=%s\n' "$(one_line "$FLYCATCHER_SARIF")" "$(one_line "$FLYCATCHER_REPORT")" >>"$GITHUB_OUTPUT"
records=$RUNNER_TEMP/flycatcher.jsonl # what the comment is made of
rm -f "$records"

observe() {
  local options=("${common[@]}") script=$RUNNER_TEMP/flycatcher-run.sh code=0
  [ -z "$FLYCATCHER_DENY" ] || options+=("--deny=$FLYCATCHER_DENY")
  [ -z "$FLYCATCHER_SARIF" ] || options+=("--report=$FLYCATCHER_SARIF")
  [ -z "$FLYCATCHER_REPORT" ] || options+=("--report=$FLYCATCHER_REPORT")
  printf '%s\n' "$FLYCATCHER_RUN" >"$script"
  # the shell and the options that a step with `shell: bash` has
  flycatcher run "${options[@]}" "--report=$records" -- bash --noprofile --norc -eo pipefail "$script" || code=$?
  comment "$FLYCATCHER_BASELINE"
  return "$code"
}

scan() {
  local options=("${common[@]}") code=0
  [ -z "$FLYCATCHER_SINCE" ] || options+=("--since=$FLYCATCHER_SINCE")
  [ -z "$FLYCATCHER_BASELINE" ] || options+=("--baseline=$FLYCATCHER_BASELINE")
  # the step's summary is the scan's own work
  options+=(--format github -o - --format jsonl -o "$records")
  [ -z "$FLYCATCHER_SARIF" ] || options+=(--format sarif -o "$FLYCATCHER_SARIF")
  [ -z "$FLYCATCHER_REPORT" ] || options+=(-o "$FLYCATCHER_REPORT")
  lines "$FLYCATCHER_PATHS"
  flycatcher scan "${options[@]}" -- "${words[@]}" || code=$?
  comment "$(base_of_scan)"
  return "$code"
}

base_of_scan() {
  # print the path of a report of the target branch's files, where the comment can be compared with it: a pull request whose base is in
  # the checkout, a scan of all of it, and paths that are there in both
  local tree=$RUNNER_TEMP/flycatcher-base report=$RUNNER_TEMP/flycatcher-base.jsonl
  rm -f "$report"
  wanted && [ -z "$FLYCATCHER_SINCE$FLYCATCHER_BASELINE" ] && [[ "/$FLYCATCHER_PATHS/" != *[/$'\n']../* ]] || return 0
  for path in "${words[@]}"; do [ "${path:0:1}" != / ] || return 0; done
  git -c core.hooksPath=/dev/null worktree add --quiet --force --detach "$tree" "$FLYCATCHER_BASE" 2>/dev/null || return 0
  (cd "$tree" && flycatcher scan --quiet --no-history -o "$report" -- "${words[@]}") >/dev/null 2>&1 || true
  git worktree remove --force "$tree" >/dev/null 2>&1 || true
  [ ! -e "$report" ] || printf '%s' "$report"
}

wanted() { [ "$FLYCATCHER_COMMENT" = true ] && [ -n "$FLYCATCHER_PULL_REQUEST" ] && [ -e "$records" ]; }

comment() {
  # comment BASE: on a pull request only, and one comment, which later runs change
  wanted || return 0
  flycatcher report pr "$records" ${1:+"--base=$1"} --post --forge=github --number="$FLYCATCHER_PULL_REQUEST" --token-env=GH_TOKEN ||
    echo "::warning title=Flycatcher::the comment could not be written; the job needs the permission pull-requests: write"
}

if [ -n "$FLYCATCHER_RUN" ]; then observe; else scan; fi
