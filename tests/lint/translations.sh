#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Every file with messages is listed, every listed file exists, every language is complete.
# Usage: translations.sh SOURCE_ROOT
set -u
cd "$1" || exit 1
command -v xgettext >/dev/null || { echo 'gettext is not installed'; exit 77; }
status=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

grep -v '^#' po/POTFILES.in > "$work/listed"
po/list-files.sh . > "$work/found" || exit 1
if ! diff -u "$work/listed" "$work/found"; then
  echo 'translations: po/POTFILES.in is not what there is (+ is missing there); mend it with ./dev pot' >&2
  status=1
fi

# a macro in the middle of a message cuts it off for translators
if grep -rnE --include='*.c' '(^|[^A-Za-z0-9_])_ ?\("[^"]*%" [A-Z]' engine src; then
  echo 'translations: format such numbers first and put them in as %s' >&2
  status=1
fi

xgettext --from-code=UTF-8 --add-comments -k_ -kN_ -kC_:1c,2 -kNC_:1c,2 -kngettext:1,2 -kg_dngettext:2,3 \
  --no-wrap --files-from="$work/listed" -o "$work/limn.pot" 2>"$work/log" || { cat "$work/log"; exit 1; }

# gettext does not read JSON
sed -n 's/.*"good-at": \("[^"]*"\).*/msgid \1/p' data/catalog.json > "$work/catalog"
if ! [ -s "$work/catalog" ] || grep -vxFf "$work/limn.pot" "$work/catalog"; then
  echo 'translations: these sentences of the catalog are not in limn-catalog.c for translators' >&2
  status=1
fi
# languages are words
# shellcheck disable=SC2013
for language in $(sed 's/#.*//' po/LINGUAS); do
  msgfmt --check --output-file=/dev/null "po/$language.po" || status=1
  msgmerge --quiet --no-fuzzy-matching -o "$work/$language.po" "po/$language.po" "$work/limn.pot"
  left=$(msgattrib --untranslated --no-obsolete "$work/$language.po" | grep -c '^msgid ')
  fuzzy=$(msgattrib --only-fuzzy --no-obsolete "$work/$language.po" | grep -c '^msgid ')
  if [ "$left" -gt 0 ] || [ "$fuzzy" -gt 0 ]; then
    echo "translations: $language is not complete: $left missing, $fuzzy to be looked at" >&2
    msgattrib --untranslated --no-obsolete "$work/$language.po" | grep '^msgid ' | head -20 >&2
    status=1
  fi
done
exit $status
