#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes emoji-table.inc, ascii-table.inc and entities-table.inc, the data of emoji.c, ascii.c and
entities.c, from the Unicode character database (Debian: package unicode-data), the script
tables in ascii-scripts.tsv and Python's list of HTML 4 entities.

    ./make-tables.py [/usr/share/unicode]

The results are committed: building Limn needs neither this script nor its sources."""

import bz2
import html.entities
import os
import re
import sys
import unicodedata

HERE = os.path.dirname(os.path.abspath(__file__))
UNICODE = sys.argv[1] if len(sys.argv) > 1 else '/usr/share/unicode'
HEAD = '/* SPDX-License-Identifier: GPL-3.0-or-later */\n/* Made by make-tables.py; do not edit. %s */\n'
# Digits of the two-character cell numbers: printable, and safe inside a C string.
DIGITS = ''.join(chr(c) for c in range(32, 127) if chr(c) not in '"\\?')


def write(name, about, lines):
    with open(os.path.join(HERE, name), 'w', encoding='utf-8') as f:
        f.write(HEAD % about)
        f.writelines(line + '\n' for line in lines)


# ---- emoji --------------------------------------------------------------------------------


def emoji_name(text):
    text = re.sub(r'^flag: ', '', text)
    text = re.sub('[“”]', '', text)  # as the peers' package has them
    return text.replace(': ', '_').replace(', ', '_').replace(' ', '_')


def make_emoji():
    rows = {}
    pattern = re.compile(r'^([0-9A-F ]+?)\s*; \S+\s*# \S+ E[0-9.]+ (.*)$')
    for line in open(f'{UNICODE}/emoji/emoji-test.txt', encoding='utf-8'):
        m = pattern.match(line)
        if m:
            rows[''.join(chr(int(x, 16)) for x in m[1].split())] = emoji_name(m[2].strip())
    # Sorted by code point, which is the order of the UTF-8 bytes: emoji.c narrows a range of rows.
    write('emoji-table.inc', 'Emoji and their names, from Unicode 15.0 emoji-test.txt (c) Unicode, Inc.',
          ['"%s\\0" "%s\\0"' % (k, rows[k]) for k in sorted(rows)])


# ---- ASCII for everything ---------------------------------------------------------------------


class Character:
    def __init__(self, fields):
        self.code = int(fields[0], 16)
        self.name, self.category = fields[1], fields[2]
        parts = fields[5].split()
        self.tag = parts.pop(0) if parts and parts[0].startswith('<') else ''
        self.parts = [int(p, 16) for p in parts]
        self.digit = fields[6]


def read_characters():
    table = {}
    for line in open(f'{UNICODE}/UnicodeData.txt', encoding='ascii'):
        c = Character(line.split(';'))
        table[c.code] = c
    return table


def read_scripts():
    """The hand-written part: one 'characters<TAB>ASCII ...' a line, or 'U+XXXX<TAB>ASCII'."""
    table = {}
    for line in open(f'{HERE}/ascii-scripts.tsv', encoding='utf-8'):
        line = line.rstrip('\n')
        if not line or line.startswith('# '):
            continue
        keys, values = line.split('\t')
        keys = [chr(int(keys[2:], 16))] if re.match(r'U\+[0-9A-F]+$', keys) else keys.split(' ')
        values = [values] if len(keys) == 1 else values.split(' ')
        assert len(keys) == len(values), line
        for k, v in zip(keys, values):
            assert len(k) == 1, (line, k)
            v = '' if v == '∅' else v.replace('␣', ' ')
            table[ord(k)] = v
            upper = k.upper()
            if upper != k and len(upper) == 1 and unicodedata.category(k) == 'Ll':
                table.setdefault(ord(upper), v[:1].upper() + v[1:])
    return table


INDIC = ('DEVANAGARI', 'BENGALI', 'GURMUKHI', 'GUJARATI', 'ORIYA', 'TAMIL', 'TELUGU', 'KANNADA',
         'MALAYALAM', 'SINHALA')
VOWEL = {'A': 'a', 'AA': 'aa', 'I': 'i', 'II': 'ii', 'U': 'u', 'UU': 'uu', 'VOCALIC R': 'R',
         'E': 'e', 'EE': 'e', 'AI': 'ai', 'O': 'o', 'OO': 'o', 'AU': 'au'}


def indic(name):
    """A consonant without its inherent vowel, a vowel as in its name."""
    script, _, rest = name.partition(' ')
    if script not in INDIC:
        return None
    m = re.match(r'(?:LETTER|VOWEL SIGN) (.*)$', rest)
    if m and m[1] in VOWEL:
        return VOWEL[m[1]]
    m = re.match(r'LETTER ([A-Z]+?)A$', rest)
    if m:
        return m[1].lower()
    return {'SIGN ANUSVARA': 'N', 'SIGN VISARGA': 'H', 'SIGN CANDRABINDU': 'N', 'DANDA': '.',
            'DOUBLE DANDA': '..'}.get(rest, '' if rest.startswith('SIGN') else None)


def latin(name):
    m = re.match(r'(?:LATIN|CYRILLIC) (CAPITAL|SMALL) LETTER ([A-Z]{1,2})(?: WITH .*)?$', name)
    if not m or 'CYRILLIC' in name:
        m2 = re.match(r'LATIN LETTER SMALL CAPITAL ([A-Z])$', name)
        return m2[1] if m2 else None
    return m[2] if m[1] == 'CAPITAL' else m[2].lower()


def read_pinyin():
    best = {}
    order = ['kMandarin', 'kHanyuPinyin', 'kXHC1983', 'kHanyuPinlu', 'kTGHZ2013']
    for line in bz2.open(f'{UNICODE}/Unihan_Readings.txt.bz2', 'rt', encoding='utf-8'):
        f = line.rstrip('\n').split('\t')
        if len(f) != 3 or f[1] not in order:
            continue
        reading = re.split(r'[ ,(]', f[2].split(':')[-1])[0]
        plain = ''.join(c for c in unicodedata.normalize('NFD', reading) if c.isascii() and c.isalpha())
        key = int(f[0][2:], 16)
        rank = order.index(f[1])
        if plain and (key not in best or rank < best[key][0]):
            best[key] = (rank, plain.capitalize() + ' ')
    return {k: v[1] for k, v in best.items()}


def build_ascii():
    chars, hand, result = read_characters(), read_scripts(), read_pinyin()

    def spell(code):
        if code < 128:
            return chr(code)
        if code in hand:
            return hand[code]
        if code in result:
            return result[code]
        c = chars.get(code)
        if c is None or c.category in ('Mn', 'Me', 'Cf', 'Cs', 'Co', 'Cn', 'Cc') and not indic(c.name):
            return ''
        if c.parts:
            text = ''.join(spell(p) for p in c.parts)
            text = text.replace('  ', ' ').replace(' )', ') ')
            return text.strip(' ') if c.tag in ('<super>', '<sub>', '<font>', '<wide>') else text
        if c.category == 'Zs':
            return ' '
        if c.digit:
            return c.digit
        for rule in (indic, latin):
            text = rule(c.name)
            if text is not None:
                return text
        return ''

    for code in chars:
        if code >= 128 and not 0xAC00 <= code <= 0xD7FF and code < 0x20000:
            text = spell(code)
            if text:
                result[code] = text
    for low in (0x3400, 0x4E00):  # the unified ideographs are ranges in UnicodeData.txt
        assert any(low <= c < low + 0x1000 for c in result)
    return {k: v for k, v in result.items() if k < 0x20000}


def make_ascii():
    table = build_ascii()
    pool = {'': 0}
    for code in sorted(table):
        pool.setdefault(table[code], len(pool))
    assert len(pool) < len(DIGITS) ** 2
    quote = lambda s: s.replace('\\', '\\\\').replace('"', '\\"').replace('?', '\\?')
    lines = ['static const char digits[] = "%s";' % DIGITS,
             'static const char *const spellings[] = {']
    row = ' '
    for text in pool:
        cell = ' "%s",' % quote(text)
        if len(row) + len(cell) > 98:
            lines.append(row)
            row = ' '
        row += cell
    lines += [row, '};', 'static const struct { guint32 page; const char *cells; } pages[] = {']
    for page in sorted({c >> 8 for c in table}):
        cells = ''
        for code in range(page << 8, (page + 1) << 8):
            n = pool[table.get(code, '')]
            cells += DIGITS[n // len(DIGITS)] + DIGITS[n % len(DIGITS)]
        cells = cells.rstrip(DIGITS[0])
        cells += DIGITS[0] * (len(cells) % 2)
        lines.append('  { 0x%x,' % page)
        lines += ['    "%s"' % cells[i:i + 92] for i in range(0, len(cells), 92)]
        lines.append('  },')
    lines.append('};')
    write('ascii-table.inc', 'From the Unicode 15.0 character database (c) Unicode, Inc. and ascii-scripts.tsv.', lines)


# ---- HTML entities ----------------------------------------------------------------------------


def make_entities():
    names = dict(html.entities.name2codepoint, apos=39, AMP=38, LT=60, GT=62, QUOT=34, COPY=169, REG=174)
    bare = {n for n in html.entities.html5 if not n.endswith(';')}
    write('entities-table.inc', 'The entities of HTML 4; whether the semicolon may be missing.',
          ['{ "%s", 0x%x, %s },' % (n, names[n], 'TRUE' if n in bare else 'FALSE') for n in sorted(names)])


if __name__ == '__main__':
    make_emoji()
    make_ascii()
    make_entities()
