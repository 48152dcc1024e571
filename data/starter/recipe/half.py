# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes what export needs of the text model's checkpoint, in half precision: a third of it to carry."""
from .export import half
from .schedule import load, save
from .train_transformer import CHECKPOINT, SHOWN


def main():
    saved = load(CHECKPOINT)
    shown = {name: saved[name] for name in SHOWN}
    save("transformer-half.pt", average=half(saved["average"]), **shown)


if __name__ == "__main__":
    main()
