#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""bench-start.py LIMN: how soon after the program is started its window can be seen,
with no picture in the library and with ten thousand.  No test: it tells.
"""
import os
import statistics
import subprocess
import sys
import time

from driver import find_window, has_xdotool, list_pictures, pictures_folder, prepare

N_PICTURES = 10000
N_STARTS = 5


def start(limn):
    begin = time.monotonic()
    process = subprocess.Popen([limn])
    while not find_window('^Limn$'):
        pass
    seconds = time.monotonic() - begin
    with open(f'/proc/{process.pid}/task/{process.pid}/schedstat', encoding='ascii') as file:
        work = int(file.read().split()[0]) / 1e9
    process.terminate()
    process.wait()
    while find_window('^Limn$'):
        pass
    return seconds, work


def tell(limn, what):
    starts = [start(limn) for _ in range(N_STARTS)]
    seconds = [s for s, _ in starts]
    work = statistics.median([w for _, w in starts])
    print(f'# {what}: {statistics.median(seconds):.2f} s (from {min(seconds):.2f} to {max(seconds):.2f}), '
          f'of which the main thread worked {work:.2f} s', flush=True)


def main():
    limn = sys.argv[1]
    prepare(limn)
    if not has_xdotool():
        sys.exit(77)
    tell(limn, 'the window is there with an empty library after')
    folder = os.path.join(os.environ['HOME'], 'drawn')
    subprocess.run([limn, 'draw', '-q', '-n', '1', '-o', folder, 'a frog'], check=True)
    picture = next(os.path.join(folder, f) for f in os.listdir(folder) if f.endswith('.png'))
    os.makedirs(pictures_folder(), exist_ok=True)
    for i in range(N_PICTURES):
        os.link(picture, os.path.join(pictures_folder(), f'frog-{i}.png'))
    print(f'# {len(list_pictures())} pictures')
    tell(limn, 'with them')


main()
