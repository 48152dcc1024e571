#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""kills.py LIMN [ROUNDS]: kills the program with SIGKILL at random moments while it
draws, saves and captions.

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

from driver import App, check, list_pictures, pictures_folder, prepare, pump

MAX_SECONDS = 6  # after the window is there; most rounds draw for all of it


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


def count_shown(app, prompt):
    try:
        return len(app.pictures(prompt))
    except Exception:  # the bus may know of a program that is going
        return 0


def kill_one(limn, round_, chance):
    prompt = f'a frog number {round_}'
    before = set(list_pictures())
    app = App([limn, '--prompt', prompt])
    end = time.monotonic() + chance.uniform(0, MAX_SECONDS)
    shown = 0
    is_writing = chance.random() < 0.4
    while time.monotonic() < end:
        shown = max(shown, count_shown(app, prompt))
        if is_writing and shown:
            is_writing = False
            app.open_picture(app.pictures(prompt)[0])
            app.press('Add Words')
            app.type('Words above', 'it is still there')
        pump()
    app.process.send_signal(signal.SIGKILL)
    app.process.wait()
    return shown, before, prompt


def check_files(round_, shown, before):
    now = list_pictures()
    new = set(now) - before
    torn = [f for f in now if not is_whole(os.path.join(pictures_folder(), f))]
    if before - set(now) or len(new) < shown or torn:
        check(False, f'round {round_}: {shown} shown, {len(new)} kept, torn: {torn}, '
                     f'gone: {before - set(now)}')
    return len(new)


def check_start(limn):
    """The next start shows what is there, draws, and leaves nothing else behind."""
    app = App([limn])
    app.go_to('Library')
    if list_pictures():
        app.in_library()
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
    n_shown = n_kept = 0
    for round_ in range(rounds):
        shown, before, _ = kill_one(limn, round_, chance)
        n_kept += check_files(round_, shown, before)
        n_shown += shown
        if round_ % 10 == 0:
            check_start(limn)
    check_start(limn)
    check(True, f'{rounds} kills: {n_shown} pictures were shown as done, {n_kept} are kept and whole')


main()
