#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""idle.py LIMN: a window that nobody touches does nothing.

Counts how often its threads let go of the processor, which they do each time
they have woken up: after a while there must be seconds in a row without any.
To be run by headless.sh.
"""
import glob
import os
import subprocess
import sys
import time

from driver import TIMEOUT, check, list_pictures

QUIET_SECONDS = 5


def count_wakeups(pid):
    total = 0
    for path in glob.glob(f'/proc/{pid}/task/*/status'):
        try:
            with open(path) as file:
                total += sum(int(line.split()[1]) for line in file if 'ctxt_switches' in line
                             and line.startswith('voluntary'))
        except FileNotFoundError:
            pass
    return total


def get_ticks(pid):
    with open(f'/proc/{pid}/stat') as file:
        fields = file.read().rsplit(')', 1)[1].split()
    return int(fields[11]) + int(fields[12])


def wait_quiet(process):
    """Until nothing happens for a while; returns how long that took, or None."""
    begin = time.monotonic()
    fewest = None
    while time.monotonic() - begin < TIMEOUT:
        wakeups, ticks = count_wakeups(process.pid), get_ticks(process.pid)
        time.sleep(QUIET_SECONDS)
        if process.poll() is not None:
            raise SystemExit(f'Limn ended with {process.returncode}')
        n = count_wakeups(process.pid) - wakeups
        fewest = n if fewest is None else min(n, fewest)
        if n == 0 and get_ticks(process.pid) == ticks:
            return time.monotonic() - begin
    print(f'# at least {fewest} wake-ups in {QUIET_SECONDS} seconds')
    return None


def main():
    limn = sys.argv[1]
    os.environ['GTK_A11Y'] = 'none'  # nobody asks questions
    os.environ['NO_AT_BRIDGE'] = '1'
    process = subprocess.Popen([limn])
    took = wait_quiet(process)
    check(took is not None, f'an empty window comes to rest (after {took or 0:.0f} s) and stays there')
    subprocess.run([limn, '--prompt', 'a frog on the moon'], timeout=TIMEOUT, check=True)
    while len(list_pictures()) < 9:
        time.sleep(0.5)
    took = wait_quiet(process)
    check(took is not None, f'so does one with pictures (after {took or 0:.0f} s)')
    subprocess.run([limn, '--models'], timeout=TIMEOUT, check=True)
    took = wait_quiet(process)
    check(took is not None, f'so does the models page (after {took or 0:.0f} s)')
    process.terminate()
    process.wait()


main()
