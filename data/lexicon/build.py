#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds lexicon.gvariant: what words of many languages mean in English, and what English words
the models that know only a list of things can take instead.

    ./build.py FOLDER      FOLDER holds the unpacked npm packages emojibase-data 17.0.0 (MIT),
                           emojilib 4.0.3 (MIT) and cldr-annotations-full 48.2.0 (Unicode-3.0)
    ./build.py --fetch     downloads them into _packages/ first, with npm

Emoji are what the languages have in common: a word and an English word that stand at the same
emoji mean the same.  The hand-written tables beside this script go before what is found so.
The result is committed; building Limn does not need this script."""

import collections
import csv
import json
import os
import re
import struct
import subprocess
import sys
import unicodedata
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
PACKAGES = {'emojibase-data': '17.0.0', 'emojilib': '4.0.3', 'cldr-annotations-full': '48.2.0'}
# Locale: names of its folders in the packages.  Ten are spoken most and have hand-written words.
LOCALES = {
    'zh': 'zh zh-hant zh-Hant yue yue-Hans', 'ja': 'ja', 'ko': 'ko', 'es': 'es es-mx es-419', 'fr': 'fr',
    'de': 'de', 'pt': 'pt pt-PT', 'ru': 'ru', 'ar': 'ar', 'hi': 'hi',
    'bn': 'bn', 'da': 'da', 'et': 'et', 'fi': 'fi', 'hu': 'hu', 'it': 'it', 'lt': 'lt', 'ms': 'ms', 'nb': 'nb no',
    'nl': 'nl', 'pl': 'pl', 'sv': 'sv', 'th': 'th', 'uk': 'uk', 'vi': 'vi',
    'bg': 'bg', 'ca': 'ca', 'cs': 'cs', 'el': 'el', 'fa': 'fa', 'he': 'he', 'hr': 'hr', 'id': 'id', 'lv': 'lv',
    'mr': 'mr', 'ro': 'ro', 'sk': 'sk', 'sl': 'sl', 'sr': 'sr', 'sw': 'sw', 'ta': 'ta', 'te': 'te', 'tr': 'tr',
    'ur': 'ur',
}
# Not so widespread: fewer of their words go into the file.
LEAN = set(LOCALES) - set('zh ja ko es fr de pt ru ar hi it nl pl tr vi id uk bn th'.split())
HAND = 'zh ja ko es fr de pt ru ar hi'.split()
NO_SPACES = {'zh', 'ja', 'th'}
KINDS = {'keyword': 'k', 'skip': 's', 'de': 'd', 'and': 'a', 'number': 'n', 'colour': 'c', 'adjective': 'j', 'relation': 'r',
         'after': 't', 'at': 'x', 'place': 'p', 'style': 'y', 'word': 'w', 'name': 'N'}
MAX_KEY = 40  # characters

sys.path.insert(0, os.path.join(HERE, '../../engine/text'))
sys.argv, arguments = sys.argv[:1], sys.argv[1:]
import importlib  # noqa: E402

tables = importlib.import_module('make-tables')
ASCII = tables.build_ascii() if os.path.isdir(tables.UNICODE) else sys.exit('install unicode-data')


# ---- folding: the same as in engine/text/fold.c ------------------------------------------------


def fold_character(c):
    n = ord(c)
    if n < 128:
        return c.lower() if c.isalnum() else ' '
    if 0x300 <= n < 0x370 or 0x64B <= n <= 0x65F or n in (0x640, 0x93C, 0x200C, 0x200D) or 0x591 <= n <= 0x5C7 \
            or 0xFE00 <= n <= 0xFE0F:
        return ''
    if 0xC0 <= n < 0x250 or 0x1E00 <= n < 0x1F00:
        return ''.join(x for x in ASCII.get(n, '').lower() if x.isalnum())
    if 0x370 <= n < 0x530 or 0x1F00 <= n < 0x2000 or 0x958 <= n <= 0x95F:
        return unicodedata.normalize('NFD', c.lower())[0]
    if 0x30A1 <= n <= 0x30F6:
        return chr(n - 0x60)
    if 0xFF01 <= n <= 0xFF5E:
        return fold_character(chr(n - 0xFEE0))
    if n in (0x622, 0x623, 0x625, 0x671):
        return 'ا'
    same = {0x629: 'ه', 0x649: 'ي', 0x6A9: 'ك', 0x6CC: 'ي', 0x901: 'ं', 0x3C2: 'σ', 0x30FC: 'ー'}
    if n in same:
        return same[n]
    return c if unicodedata.category(c)[0] in 'LMN' else ' '


def fold(text):
    text = unicodedata.normalize('NFC', text)
    return ' '.join(''.join(fold_character(c) for c in text).split())


def key_of(text, locale):
    key = fold(text)
    return key.replace(' ', '') if locale in NO_SPACES else key


# ---- emoji: the things, and their English names ----------------------------------------------------


def plain_codes(code):
    return '-'.join(p for p in re.split(r'[-_ ]', code.lower()) if p not in ('fe0f', 'fe0e'))


def clean_label(label):
    label = label.lower().replace('’', "'")
    label = re.sub(r'^(\w+): (.*)$', r'\1 with \2' if 'hair' in label or 'beard' in label else r'\2', label)
    return re.sub(r'[“”!?().:]', '', label).replace(',', '').replace('-', ' ').strip()


class Entry:
    def __init__(self, record, concept):
        self.code, self.emoji = record['hexcode'], record['emoji']
        self.group, self.subgroup = record.get('group', -1), record.get('subgroup', -1)
        label = clean_label(record['label'])
        self.names = [concept['name'], *filter(None, concept['synonyms'].split('|'))] if concept else []
        self.names += [label] if label not in self.names else []
        self.core = 2 if concept and concept['core'] == '1' else 1 if concept else 0
        self.tags = [t.lower() for t in record.get('tags', [])]
        self.skins = [s['emoji'] for s in record.get('skins', [])]


def read_entries(folder):
    with open(os.path.join(HERE, '../starter/concepts.tsv'), encoding='utf-8', newline='') as f:
        concepts = {plain_codes(r['codes']): r for r in csv.DictReader(f, delimiter='\t')}
    records = json.load(open(f'{folder}/emojibase-data/en/data.json', encoding='utf-8'))
    entries = []
    for r in records:
        concept = concepts.pop(plain_codes(r['hexcode']), None)
        is_clock = re.search(r"o.clock|thirty$", r['label'])
        if concept or (r.get('group') not in (2, 8, 9, None) and not is_clock):
            entries.append(Entry(r, concept))
    if concepts:
        print('concepts without emoji:', sorted(concepts))
    return entries


def english_terms(entries, folder):
    """Term -> {entry: weight}."""
    extra = json.load(open(f'{folder}/emojilib/dist/emoji-en-US.json', encoding='utf-8'))
    cldr = read_cldr(folder, 'en')
    terms = collections.defaultdict(dict)
    for i, e in enumerate(entries):
        for n, name in enumerate(e.names):
            terms[fold(name)][i] = 3 if n == 0 else 2.5
        label, tags = cldr.get(e.emoji.replace('\ufe0f', ''), ('', []))
        for tag in e.tags + tags:
            terms[fold(tag)].setdefault(i, 1)
        for tag in extra.get(e.emoji, [])[1:]:
            terms[fold(tag.replace('_', ' '))].setdefault(i, 0.5)
    terms.pop('', None)
    return terms


def read_cldr(folder, name):
    result = {}
    path = f'{folder}/cldr-annotations-full/annotations/{name}/annotations.json'
    if os.path.exists(path):
        for c, a in json.load(open(path, encoding='utf-8'))['annotations']['annotations'].items():
            result[c.replace('\ufe0f', '')] = (a.get('tts', [''])[0], a.get('default', []))
    return result


def foreign_terms(entries, folder, locale):
    index = {e.emoji.replace('\ufe0f', ''): i for i, e in enumerate(entries)}
    codes = {e.code: i for i, e in enumerate(entries)}
    terms = collections.defaultdict(dict)
    labels = collections.defaultdict(str)

    def add(text, i, weight):
        key = key_of(text, locale)
        if weight == 2:
            labels[i] += ' ' + key
        elif len(key) > 1 and key in labels[i]:
            weight = 1.5  # a part of the name is no mere remark
        if key and len(key) <= MAX_KEY:
            terms[key][i] = max(terms[key].get(i, 0), weight)

    for name in LOCALES[locale].split():
        path = f'{folder}/emojibase-data/{name}/data.json'
        if os.path.exists(path):
            for r in json.load(open(path, encoding='utf-8')):
                if r['hexcode'] in codes:
                    add(r['label'], codes[r['hexcode']], 2)
                    for tag in r.get('tags', []):
                        add(tag, codes[r['hexcode']], 1)
        for c, (label, tags) in read_cldr(folder, name).items():
            if c in index:
                add(label, index[c], 2)
                for tag in tags:
                    add(tag, index[c], 1)
    return terms


# ---- meaning by company ---------------------------------------------------------------------------


def norm(vector):
    return sum(w * w for w in vector.values()) ** 0.5


def translate(foreign, english, entries):
    """Foreign term -> (English term, how sure): the one that stands at the same emoji."""
    at = collections.defaultdict(dict)
    for term, vector in english.items():
        size = norm(vector)
        for i, w in vector.items():
            at[i][term] = w / size
    firsts = {fold(e.names[0]): e for e in entries}
    result = {}
    for term, vector in foreign.items():
        scores = collections.Counter()
        for i, w in vector.items():
            for e, we in at[i].items():
                scores[e] += w * we
        size = norm(vector)
        if not scores or len(vector) > 60:
            continue
        # the name of an emoji is its name, not a word that is only used of it
        own = {fold(entries[i].names[0]) for i, w in vector.items() if w == 2}
        best = max(scores, key=lambda e: (scores[e] / size + (0.12 if e in firsts else 0) + (0.3 if e in own else 0)
                                          - 0.005 * e.count(' '), -len(e), e))
        if scores[best] / size >= 0.25:
            # a word that is but a remark at one emoji may say anything about it
            is_remark = max(vector.values()) < 1.5 and len(vector) < 2
            result[term] = (best, 'k' if is_remark else 'w')
    return result


# ---- tables by hand -------------------------------------------------------------------------------


def read_rows(name):
    with open(os.path.join(HERE, name), encoding='utf-8') as f:
        rows = [line.rstrip('\n').split('\t') for line in f if line.strip() and not line.startswith('#')]
    return rows[0], rows[1:]


def add_hand_words(words, locale):
    """Grammar words and nouns of the tables, over what was there; returns the keys."""
    for name in ('words.tsv', 'words-more.tsv', 'grammar.tsv', 'grammar-more.tsv'):
        head, rows = read_rows(name)
        if locale not in head:
            continue
        column = head.index(locale)
        for row in rows:
            kind, english = ('word', row[0]) if head[0] == 'english' else (row[0], row[1])
            for form in filter(None, row[column].split('|') if column < len(row) else []):
                key = key_of(form, locale)
                if key and not (head[0] != 'english' and words.get(key, 'w')[0] not in 'wk'):
                    words[key] = (KINDS[kind], english)


def drop_coloured(words, locale):
    """Without "red apple" the words "red" and "apple" are found, and red is not lost."""
    colours = [k for k, (kind, _) in words.items() if kind == 'c']
    for key in list(words):
        for c in colours:
            if key != c and words[key][0] in 'wk':
                rest = re.sub(f'^{c} ?| ?{c}$', '', key)
                if rest == key or words.get(rest, 'k')[0] != 'w':
                    continue
                both = f'{words[c][1]} {words[rest][1]}'
                is_remark = words[key][0] == 'k' and locale not in NO_SPACES
                if is_remark or words[key][1] in (words[rest][1], both):
                    words.pop(key)
                    break


def drop_led_unspaced(words):
    """Without 骑马 the words 骑, "riding", and 马, "horse", are found."""
    verbs = ('riding', 'eating', 'drinking', 'wearing', 'holding', 'playing')
    leads = tuple(k for k, (kind, english) in words.items() if kind == 'r' and english in verbs)
    for key in [k for k in words if words[k][0] in 'wk' and k.startswith(leads)]:
        if any(key.startswith(r) and words.get(key[len(r):], 'k')[0] in 'wp' for r in leads):
            words.pop(key)


def drop_led(words, locale):
    """Without "on a bicycle" and "rides a bike" the word that leads is understood as what it is."""
    if locale in NO_SPACES:
        drop_led_unspaced(words)
        return
    leads = {k for k, (kind, _) in words.items() if kind in 'rxast' and ' ' not in k}
    for key in list(words):
        first, _, rest = key.partition(' ')
        if rest and first in leads and words[key][0] in 'wk' and words.get(rest, 'k')[0] in 'wp':
            words.pop(key)


def is_useful(key, locale):
    if re.fullmatch(r'[0-9 ]+', key):
        return False
    shortest = 1 if locale in ('zh', 'ja', 'ko') else 2
    if locale == 'ja' and re.fullmatch('[ぁ-ん]', key):
        return False
    return len(key) >= shortest and len(key.split()) <= 4


def build_locale(locale, entries, english, folder):
    words = {}
    for term, (meaning, kind) in translate(foreign_terms(entries, folder, locale), english, entries).items():
        if is_useful(term, locale) and not (locale in LEAN and (kind == 'k' or term.count(' ') > 1)):
            words[term] = (kind, meaning)
    add_hand_words(words, locale)
    drop_coloured(words, locale)
    drop_led(words, locale)
    return ''.join('%s\t%s\t%s\n' % (k, *words[k]) for k in sorted(words, key=lambda k: k.encode()))


# ---- English to things ------------------------------------------------------------------------------


def nearest(entries, english):
    """Entry -> up to 6 others: same shelf, tags in common."""
    tags = [set() for _ in entries]
    for term, vector in english.items():
        if len(vector) < 60:
            for i in vector:
                tags[i].add(term)
    result = []
    for i, a in enumerate(entries):
        scores = []
        for j, b in enumerate(entries):
            if i != j and a.group == b.group:
                common = len(tags[i] & tags[j]) / (1 + len(tags[i] | tags[j]) ** 0.5)
                scores.append((common + (0.5 if a.subgroup == b.subgroup else 0) + 0.2 * b.core, -j))
        result.append([-j for _, j in sorted(scores, reverse=True)[:6]])
    return result


# Groups of emojibase by how likely a word means one of theirs: animals, food, things, places, people.
PREFERENCE = {3: 0.6, 4: 0.5, 7: 0.3, 5: 0.25, 6: 0.2, 1: 0.1, 0: 0.0}


def build_english(entries, english):
    _, synonyms = read_rows('synonyms.tsv')
    lines = {}
    for term, vector in english.items():
        if len(term) < 2 or len(term) > MAX_KEY or len(term.split()) > 4 or len(vector) > 40:
            continue
        order = sorted(vector, key=lambda i: (-(vector[i] + PREFERENCE.get(entries[i].group, 0) + 0.15 * entries[i].core), i))
        is_name = max(vector.values()) >= 2
        if not is_name and max(vector.values()) < 1 and len(vector) > 3:
            continue
        lines[term] = 'N' if is_name else 'K', ','.join(map(str, order[:4]))
    for row in synonyms:
        for word in row[1].split('|'):
            if lines.get(fold(word), 'k')[0] != 'N':
                lines[fold(word)] = 'S', row[0]
    for kind, known, forms in read_rows('english.tsv')[1]:
        for form in forms.split('|'):
            lines[fold(form)] = KINDS[kind], known
    return ''.join('%s\t%s\t%s\n' % (k, *lines[k]) for k in sorted(lines, key=lambda k: k.encode()))


def build_entries(entries, english):
    near = nearest(entries, english)
    return ''.join('%s\tN\t%s\t%s\n' % (e.emoji.replace('\ufe0f', ''), '|'.join(e.names), ','.join(map(str, near[i])))
                   for i, e in enumerate(entries))


# ---- the file: a GVariant a(say), little-endian ---------------------------------------------------


def pack_offsets(body, ends):
    for size in (1, 2, 4):
        if len(body) + size * len(ends) < 1 << (8 * size):
            return body + b''.join(e.to_bytes(size, 'little') for e in ends)
    raise ValueError('too large')


def pack(sections):
    """a(say): every element is a name, the end of the name's bytes, and the rest are the data."""
    body, ends = b'', []
    for name, data in sections:
        text = name.encode() + b'\0'
        body += pack_offsets(text + data, [len(text)])
        ends.append(len(body))
    return pack_offsets(body, ends)


def fetch():
    folder = os.path.join(HERE, '_packages')
    for name, version in PACKAGES.items():
        target = os.path.join(folder, name)
        os.makedirs(target, exist_ok=True)
        archive = subprocess.run(['npm', 'pack', '--silent', f'{name}@{version}'], cwd=folder, check=True,
                                 capture_output=True, text=True).stdout.split()[-1]
        subprocess.run(['tar', 'xzf', os.path.join(folder, archive), '-C', target, '--strip-components=1'], check=True)
    return folder


def main():
    folder = fetch() if arguments == ['--fetch'] else arguments[0]
    entries = read_entries(folder)
    english = english_terms(entries, folder)
    texts = {'entries': build_entries(entries, english), 'en': build_english(entries, english),
             'common': open(os.path.join(HERE, 'common.txt'), encoding='utf-8').read()}
    for locale in LOCALES:
        texts[locale] = build_locale(locale, entries, english, folder)
    sections = []
    for name, text in texts.items():
        data = zlib.compress(text.encode(), 9)
        print('%8s %7d lines %8d bytes %7d packed' % (name, text.count('\n'), len(text.encode()), len(data)))
        sections.append((name, data))
    with open(os.path.join(HERE, 'lexicon.gvariant'), 'wb') as f:
        f.write(pack(sections))
    print(os.path.getsize(os.path.join(HERE, 'lexicon.gvariant')), 'bytes')


if __name__ == '__main__':
    main()
