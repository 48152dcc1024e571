#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The manual page and the completions know every option that the program has, and no other.
# Usage: test-options.sh LIMN DATA_DIR.  Prints TAP.
set -u
limn=$1
data=$2
export LC_ALL=C.UTF-8
unset LANGUAGE
n=0

# options COMMAND: the long options in its help
options() { "$limn" "$1" --help | grep -oE '^ +(-[a-zA-Z], )?--[a-z-]+' | grep -oE -- '--[a-z-]+'; }

# What each file says of one command.
manual_of() {
  awk -v head=".SH \"LIMN $(echo "$1" | tr '[:lower:]' '[:upper:]')\"" \
    '/^\.SH/ { on = $0 == head } on { gsub(/\\/, ""); print }' "$data/limn.1"
}
bash_of() { awk -v head="    $1)" '$0 == head { on = 1 } on; /;;/ { on = 0 }' "$data/completions/limn.bash"; }
zsh_of() { awk -v head="        $1)" '$0 == head { on = 1 } on; /;;$/ { on = 0 }' "$data/completions/_limn"; }
fish_of() {
  grep '^complete' "$data/completions/limn.fish" |
    grep -E "\\\$$1\\>|subcommand_from [a-z ]*\\<$1\\>|^complete -c limn -s h" | sed -E 's/ -l ([a-z-]+)/ --\1 /'
}

# knows_all PLACE COMMAND: every option is there, and none that the program lacks
knows_all() {
  options "$2" | sort -u >"$work/has"
  "$1_of" "$2" | grep -oE -- '--[a-z][a-z-]*' | sort -u >"$work/told"
  # help is told of once for all commands
  left=$(grep -vx -- --help "$work/has" | comm -23 - "$work/told")
  strange=$(comm -13 "$work/has" "$work/told")
  if [ ! -s "$work/has" ] || [ -n "$left$strange" ]; then
    echo "# $1, $2: not told of: $left; told of, but not there: $strange" | tr '\n' ' '
    echo
    return 1
  fi
}

# completes WORDS… EXPECTED: bash completes the last of the words with EXPECTED, among others
completes() {
  bash -c 'source "$0"; limn() { "$LIMN" "$@"; }
    expected=${!#}; set -- "${@:1:$#-1}"
    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _limn
    printf "%s\n" "${COMPREPLY[@]}" | grep -qxF -- "$expected"' "$data/completions/limn.bash" "$@"
}
bash_completes() {
  completes limn d draw && completes limn draw --te --temperature && completes limn models '' verify &&
    completes limn models get '' mega && completes limn import --quantize i i8
}
other_shells_can_read_theirs() {
  { ! command -v zsh >/dev/null || zsh -n "$data/completions/_limn"; } &&
    { ! command -v fish >/dev/null || fish -n "$data/completions/limn.fish"; }
}

ok() {
  n=$((n + 1))
  name=$1
  shift
  if "$@"; then echo "ok $n - $name"; else echo "not ok $n - $name"; fi
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LIMN="$limn"
for command in draw enlarge import info models; do
  for place in manual bash zsh fish; do
    ok "$place knows the options of $command" knows_all $place $command
  done
done
ok 'bash completes' bash_completes
ok 'zsh and fish read theirs' other_shells_can_read_theirs
echo "1..$n"
