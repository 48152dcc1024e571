# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh
# Sourced by tests of the command line: a folder of their own, lines of TAP, what a command said.

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export XDG_DATA_HOME="$work/data" XDG_STATE_HOME="$work/state" LC_ALL=C.UTF-8
unset LIMN_MODEL_PATH LIMN_MEMORY_LIMIT LANGUAGE
n=0

# ok NAME COMMAND…
ok() {
  n=$((n + 1))
  name=$1
  shift
  if "$@" >"$work/output" 2>&1; then
    echo "ok $n - $name"
  else
    echo "not ok $n - $name"
    sed 's/^/# /' "$work/output"
  fi
}

# exits STATUS COMMAND…: its output is left in $work/stdout and $work/stderr
exits() {
  expected=$1
  shift
  "$@" >"$work/stdout" 2>"$work/stderr" </dev/null
  status=$?
  [ "$status" -eq "$expected" ] || { echo "status $status, not $expected: $*"; cat "$work/stderr"; return 1; }
}

says() { grep -qF -- "$1" "$work/stderr" || { echo "stderr does not say: $1"; cat "$work/stderr"; return 1; }; }
prints() { grep -qF -- "$1" "$work/stdout" || { echo "stdout has no: $1"; cat "$work/stdout"; return 1; }; }
json() {
  python3 -c 'import json, sys
o = json.load(open(sys.argv[1], encoding="utf-8"))
sys.exit(None if eval(sys.argv[2]) else f"{sys.argv[2]} is not so: {o}")' "$work/stdout" "$1"
}
