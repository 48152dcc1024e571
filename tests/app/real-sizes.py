#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Models of the published sizes, with generated weights, on the way of a user's
model: written in the published layout, imported, drawn with.  What each step
takes of memory is what the system says it took at most, mapped pages included.

Usage: real-sizes.py LIMN LIMN_MAKE_MODEL mini|mega.  Needs 4 GB of disk for
mini, 14 GB for mega; prints TAP."""

import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

GB = 10**9
LIMITS = {"mini": {"import": 1.5 * GB, "draw": 1 * GB}, "mega": {"import": 1.5 * GB, "draw": 4 * GB}}
WRITTEN = {"mini": 0.45 * GB, "mega": 2.8 * GB}  # about the size of what the import writes
PT_FILES = ["encoder.pt", "decoder.pt", "detoker.pt", "vocab.json", "merges.txt"]  # as the hub has them


def run(*command):
    """Runs it; returns the most memory that was resident, in bytes."""
    pid = os.fork()
    if pid == 0:
        os.dup2(2, 1)
        os.execv(command[0], [str(word) for word in command])
    _, status, usage = os.wait4(pid, 0)
    if status != 0:
        raise RuntimeError(f"{command[0]} failed: {status}")
    return usage.ru_maxrss * 1024


def check(what, peak, limit):
    print(f"# {what}: {peak / GB:.2f} GB at most, {limit / GB:.2f} GB allowed")
    if peak > limit:
        raise RuntimeError(f"{what} took {peak / GB:.2f} GB")


def bytes_written(pid):
    try:
        lines = pathlib.Path(f"/proc/{pid}/io").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("wchar:")).split()[1])
    except OSError:  # it has ended
        return 0


def break_off(command, model, how, n_bytes):
    """Sends a signal to an import once it has written so much; nothing of it may be left."""
    process = subprocess.Popen(command, stderr=subprocess.PIPE)
    while process.poll() is None and bytes_written(process.pid) < n_bytes:
        time.sleep(0.02)
    process.send_signal(how)
    began = time.monotonic()
    words = process.communicate()[1].decode().strip()
    seconds = time.monotonic() - began
    left = [path.name for path in model.parent.iterdir() if path.is_file()]
    print(f"# {how.name} after {n_bytes / GB:.2f} GB: ended {process.returncode} after {seconds:.1f} s, “{words}”")
    if process.returncode != (-how if how == signal.SIGKILL else 128 + how):
        raise RuntimeError(f"{how.name} ended the import with {process.returncode}")
    if left:
        raise RuntimeError(f"{how.name} left {left}")


def import_from(limn, make_model, size, form, room):
    folder, model = room / form, room / "models" / f"{form}.gguf"
    run(make_model, "--preset", size, "--weights", "generated", "--format", form, "-o", folder)
    files = [folder / name for name in PT_FILES] if form == "pt" else [folder]
    command = [limn, "import", "-q", "--quantize", "i8", *files, "-o", model]
    if form == "pt":
        model.parent.mkdir()
        for how, share in (signal.SIGINT, 0.1), (signal.SIGTERM, 0.7), (signal.SIGKILL, 0.1), (signal.SIGKILL, 0.7):
            break_off(command, model, how, share * WRITTEN[size])
    peak = run(*command)
    shutil.rmtree(folder)
    check(f"import of {size} from {form}", peak, LIMITS[size]["import"])
    return model


def draw(limn, size, model, room):
    pictures = room / "pictures"
    peak = run(limn, "draw", "-q", "-m", model, "-n", "9", "-s", "1", "-o", pictures, "a frog on the moon")
    if len(list(pictures.glob("*.png"))) != 9:
        raise RuntimeError("not nine pictures")
    check(f"nine pictures with {size}", peak, LIMITS[size]["draw"])


def same_weights(one, other):
    """Half and single precision hold the same numbers; only names and sizes of the sources differ."""
    a, b = one.stat().st_size, other.stat().st_size
    n = min(a, b) - (1 << 24)  # the tables of contents may have other lengths
    with one.open("rb") as x, other.open("rb") as y:
        x.seek(a - n)
        y.seek(b - n)
        while block := x.read(1 << 20):
            if block != y.read(len(block)):
                raise RuntimeError("weights from .pt and from msgpack differ")


def main():
    limn, make_model, size = sys.argv[1:]
    print("TAP version 13\n1..1", flush=True)
    with tempfile.TemporaryDirectory(prefix="limn-real-", dir=os.environ.get("LIMN_TEST_ROOM")) as name:
        room = pathlib.Path(name)
        os.environ.update(XDG_STATE_HOME=name, XDG_DATA_HOME=name)
        try:
            torch = import_from(limn, make_model, size, "pt", room)
            draw(limn, size, torch, room)
            flax = import_from(limn, make_model, size, "flax", room)
            same_weights(torch, flax)
            print(f"ok 1 - {size}")
        except RuntimeError as error:
            print(f"not ok 1 - {size}: {error}")


main()
