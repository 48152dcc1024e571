#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Fetches the original archive of a Debian source package; apt's own lists are left alone.
# Prints the archive's path.   Usage: fetch-source.sh SUITE PACKAGE FOLDER
set -euo pipefail
suite=$1 package=$2 folder=$3
find_archive() { find "$folder" -maxdepth 1 -name "${package}_*.orig.tar.*" ! -name '*.asc' | head -1; }

mkdir -p "$folder"
if [ -z "$(find_archive)" ]; then
  state=$(mktemp -d)
  trap 'rm -rf "$state"' EXIT
  mkdir -p "$state/lists/partial" "$state/cache/archives/partial" "$state/etc"
  # SC2016: the $ is apt's own
  # shellcheck disable=SC2016
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Component: main' 'Origin: Debian' |
    sort -u | grep -v security | head -1)
  echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" >"$state/etc/sources.list"
  options=(-o "Dir::Etc::sourcelist=$state/etc/sources.list" -o Dir::Etc::sourceparts=/dev/null
    -o "Dir::State::lists=$state/lists" -o "Dir::Cache=$state/cache" -o Acquire::Languages=none
    -o APT::Sandbox::User=root)
  apt-get "${options[@]}" update -qq >&2
  (cd "$folder" && apt-get "${options[@]}" source --download-only -qq "$package" >&2)
fi
find_archive
