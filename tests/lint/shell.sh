#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Shell scripts have no known traps.  Usage: shell.sh SOURCE_ROOT
set -u
cd "$1" || exit 1
command -v shellcheck >/dev/null || { echo 'shellcheck is not installed'; exit 77; }
find dev .ci tests flatpak data -type f 2>/dev/null | while read -r file; do
  case $(head -c 12 "$file" | tr -d '\0') in '#!/bin/sh'*|'#!/bin/bash'*) printf '%s\0' "$file" ;; esac
done | xargs -0 shellcheck -x
