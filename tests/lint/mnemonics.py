#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""mnemonics.py SOURCE_ROOT: within one menu no two entries may have the same
underlined letter, in English and in every translation: the letter would only
move between them.  An entry that has a letter in English has one everywhere.
"""
import ast
import glob
import os
import sys
import xml.etree.ElementTree


def read_translations(path):
    """Messages of a .po file, without contexts and plurals."""
    texts, key = {}, None
    parts = {'msgid': '', 'msgstr': ''}
    with open(path, encoding='utf-8') as file:
        for line in [*file, '']:
            word, _, rest = line.strip().partition(' ')
            if word in parts:
                key, parts[word] = word, ast.literal_eval(rest)
            elif line.startswith('"') and key:
                parts[key] += ast.literal_eval(line)
            elif not line.strip():
                texts[parts['msgid']] = parts['msgstr']
                parts, key = {'msgid': '', 'msgstr': ''}, None
    return texts


def get_letter(label):
    label = label.replace('__', '')
    at = label.find('_')
    return label[at + 1].casefold() if 0 <= at < len(label) - 1 else None


def get_labels(menu):
    """What is shown at one time: sections lie in the menu, a submenu only names itself."""
    for child in menu:
        if child.tag == 'section':
            yield from get_labels(child)
        elif child.tag in ('item', 'submenu'):
            for attribute in child.findall('attribute'):
                if attribute.get('name') == 'label':
                    yield attribute.text


def find_clashes(name, labels):
    seen = {}
    for label in labels:
        letter = get_letter(label)
        if letter in seen and letter:
            yield f'{name}: “{label}” and “{seen[letter]}” have the same letter'
        seen.setdefault(letter, label)


def main():
    root = sys.argv[1]
    languages = {'en': {}}
    for path in sorted(glob.glob(os.path.join(root, 'po', '*.po'))):
        languages[os.path.basename(path)[:-len('.po')]] = read_translations(path)
    problems, n_menus = [], 0
    for path in sorted(glob.glob(os.path.join(root, 'src', 'window', '*.ui'))):
        tree = xml.etree.ElementTree.parse(path)
        for menu in [*tree.iter('menu'), *tree.iter('submenu')]:
            n_menus += 1
            own = menu.get('id') or next(a.text for a in menu if a.get('name') == 'label')
            for language, texts in languages.items():
                name = f'{os.path.basename(path)}, {own}, {language}'
                labels = list(get_labels(menu))
                words = [texts.get(label) or label for label in labels]
                problems += find_clashes(name, words)
                problems += [f'{name}: “{word}” has no letter' for label, word in zip(labels, words)
                             if get_letter(label) and not get_letter(word)]
    if not n_menus:
        problems.append('there is no menu at all')
    for problem in problems:
        print(problem)
    sys.exit(1 if problems else 0)


main()
