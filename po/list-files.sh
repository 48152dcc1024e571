#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Prints every file with words that people see, as po/POTFILES.in should list them.
# Usage: list-files.sh SOURCE_ROOT
set -eu
export LC_ALL=C
cd "$1"
{
  ls data/*.desktop.in data/*.metainfo.xml.in data/*.gschema.xml
  grep -rlE --include='*.c' '(^|[^A-Za-z0-9_])(_|N_|C_|NC_|ngettext|g_dngettext) ?\("' engine src
  find src data -name '*.ui' -exec grep -l 'translatable="' {} +
} | sort
