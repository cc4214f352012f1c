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

observe() {
  local options=("${common[@]}") script=$RUNNER_TEMP/flycatcher-run.sh
  case $FLYCATCHER_DENY in
    "") ;;
    any) options+=(--deny) ;;
    *) options+=("--deny=$FLYCATCHER_DENY") ;;
  esac
  [ -z "$FLYCATCHER_SARIF" ] || options+=("--report=$FLYCATCHER_SARIF")
  [ -z "$FLYCATCHER_REPORT" ] || options+=("--report=$FLYCATCHER_REPORT")
  printf '%s\n' "$FLYCATCHER_RUN" >"$script"
  # the shell and the options that a step with `shell: bash` has
  flycatcher run "${options[@]}" -- bash --noprofile --norc -eo pipefail "$script"
}

scan() {
  local options=("${common[@]}") table=$RUNNER_TEMP/flycatcher.md code=0
  [ -z "$FLYCATCHER_SINCE" ] || options+=("--since=$FLYCATCHER_SINCE")
  [ -z "$FLYCATCHER_BASELINE" ] || options+=("--baseline=$FLYCATCHER_BASELINE")
  # the step's summary is the scan's own work
  options+=(--format github -o -)
  [ "$FLYCATCHER_COMMENT" != true ] || options+=(--format markdown -o "$table")
  [ -z "$FLYCATCHER_SARIF" ] || options+=(--format sarif -o "$FLYCATCHER_SARIF")
  [ -z "$FLYCATCHER_REPORT" ] || options+=(-o "$FLYCATCHER_REPORT")
  lines "$FLYCATCHER_PATHS"
  flycatcher scan "${options[@]}" -- "${words[@]}" || code=$?
  if [ "$FLYCATCHER_COMMENT" = true ] && [ -e "$table" ]; then comment "$table"; fi
  return "$code"
}

comment() {
  # on a pull request only, and one comment, which later runs edit
  [ -n "$FLYCATCHER_PULL_REQUEST" ] || return 0
  gh pr comment "$FLYCATCHER_PULL_REQUEST" --repo "$GITHUB_REPOSITORY" --edit-last --create-if-none --body-file "$1" ||
    echo "::warning title=Flycatcher::the comment could not be written; the job needs the permission pull-requests: write"
}

if [ -n "$FLYCATCHER_RUN" ]; then observe; else scan; fi
