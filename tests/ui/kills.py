#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""kills.py LIMN [ROUNDS]: kills the program with SIGKILL at random moments while it
draws, keeps what it drew, is given words for a picture, and saves that one
elsewhere (the last needs xdotool).

After each kill no picture may be lost that the window had shown as done, no
file may be torn or half-written, and the program must start again as if
nothing had happened.  To be run by headless.sh.
"""
import os
import random
import signal
import struct
import sys
import time
import zlib

from driver import (App, GLib, check, find_window, focus_window, has_xdotool, key, list_pictures,
                    pictures_folder, prepare, pump, type_keys, wait)

DRAWING_SECONDS = 5  # most computers draw for all of it
OTHER_SECONDS = 2


def is_whole(path):
    """Whether a PNG file is all there, by its own checksums."""
    with open(path, 'rb') as file:
        data = file.read()
    at = 8
    while data[:8] == b'\x89PNG\r\n\x1a\n' and at + 12 <= len(data):
        size, kind = struct.unpack('>I4s', data[at:at + 8])
        body = data[at + 4:at + 8 + size]
        if at + 12 + size > len(data) or zlib.crc32(body) != struct.unpack('>I', data[at + 8 + size:at + 12 + size])[0]:
            return False
        at += 12 + size
        if kind == b'IEND':
            return at == len(data)
    return False


class Round:
    """One start of the program, and what is known of it when it is killed."""

    def __init__(self, limn, number, chance):
        self.chance = chance
        self.prompt = f'a frog number {number}'
        self.before = set(list_pictures())
        self.saved = []    # files that the program has said to be saved
        self.gallery = None
        self.shown = 0
        self.app = App([limn, '--prompt', self.prompt])

    def count(self):
        """Pictures shown as done; asks for the grid alone, which takes a moment less."""
        try:
            if self.gallery is None:
                self.gallery = self.app.get('Pictures', ('table', 'grid', 'list', 'panel', 'grouping', 'filler'))
            tiles = self.app.find_all('Picture ', root=self.gallery)
            self.shown = max(self.shown, sum(',' not in t.get_name().split(':')[0] for t in tiles))
        except GLib.Error:  # the bus may know of a program that is going
            pass
        return self.shown

    def kill(self, seconds, meanwhile=lambda: None):
        """Goes on doing something until a random moment."""
        end = time.monotonic() + self.chance.uniform(0, seconds)
        while time.monotonic() < end:
            meanwhile()
            pump()
        self.app.process.send_signal(signal.SIGKILL)
        self.app.process.wait()

    # ---- moments ----

    def while_drawing(self):
        self.kill(DRAWING_SECONDS, self.count)

    def while_keeping(self):
        """From the first file on, one follows the other."""
        wait(lambda: set(list_pictures()) - self.before, 'the first picture to be kept')
        self.kill(OTHER_SECONDS / 4, self.count)

    def open_words(self):
        wait(self.count, 'the first picture')
        self.app.open_picture(self.app.pictures(self.prompt)[0])
        self.app.press('Add Words')
        self.app.get('Words above')

    def write(self):
        try:
            self.app.type('Words above', f'it is still there {self.chance.random()}')
        except GLib.Error:
            pass

    def while_writing(self):
        self.open_words()
        self.kill(OTHER_SECONDS, self.write)

    def while_saving(self):
        """The dialog once to its end, so that one file is known to be there, then once more."""
        self.open_words()
        self.write()
        window = find_window('^Limn$', self.app.process.pid)
        for i in range(2):
            path = os.path.join(os.environ['HOME'], f'{self.prompt} {i}.png'.replace(' ', '-'))
            focus_window(window)
            key('ctrl+s')
            dialog = wait(lambda: find_window('Save Picture'), 'the dialog')
            focus_window(dialog)
            key('ctrl+a')
            type_keys(path)
            key('Return')
            if i == 0:
                wait(lambda: os.path.exists(path), 'the saved file')
                self.saved.append(path)
        self.kill(OTHER_SECONDS / 4)

    # ---- afterwards ----

    def check_files(self):
        now = list_pictures()
        home = os.environ['HOME']
        new = set(now) - self.before
        elsewhere = [os.path.join(home, f) for f in os.listdir(home) if f.endswith('.png')]
        files = [os.path.join(pictures_folder(), f) for f in now] + elsewhere
        torn = [f for f in files if not is_whole(f)]
        lost = [f for f in self.saved if f not in elsewhere]
        parts = [f for f in os.listdir(home) if f.endswith('.part')]
        if self.before - set(now) or len(new) < self.shown or torn or lost or parts:
            check(False, f'{self.shown} shown, {len(new)} kept, torn: {torn}, parts: {parts}, '
                         f'gone: {self.before - set(now)} {lost}')
        return len(new)


def check_start(limn):
    """The next start shows what is there, draws, and leaves nothing else behind."""
    app = App([limn])
    app.go_to('Library')
    if list_pictures():
        wait(app.in_library, 'pictures in the library')
    check(app.quit() == 0, 'the next start is clean')
    others = [f for f in os.listdir(pictures_folder()) if not f.endswith('.png')]
    check(not others, f'nothing half-written is left {others or ""}')


def main():
    limn = sys.argv[1]
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    seed = int(os.environ.get('LIMN_TEST_SEED', random.randrange(10**9)))
    chance = random.Random(seed)
    prepare(limn)
    print(f'# seed {seed}')
    moments = ['while_drawing', 'while_keeping', 'while_writing']
    moments += ['while_saving'] if has_xdotool() else []
    n_shown = n_kept = 0
    for number in range(rounds):
        moment = moments[number % len(moments)]
        round_ = Round(limn, number, chance)
        getattr(round_, moment)()
        n_kept += round_.check_files()
        n_shown += round_.shown
        print(f'# {number}: {moment}, {round_.shown} were shown', flush=True)
        if number % 10 == 0:
            check_start(limn)
    check_start(limn)
    check(True, f'{rounds} kills: {n_shown} pictures were shown as done, {n_kept} are kept and whole')


main()
