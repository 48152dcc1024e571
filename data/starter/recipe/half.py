# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes what export needs of the text model's checkpoint, in half precision: a third of it to carry."""
from .export import half
from .schedule import load, save
from .train_transformer import CHECKPOINT


def main():
    saved = load(CHECKPOINT)
    save("transformer-half.pt", average=half(saved["average"]), step=saved["step"], first_seed=saved["first_seed"], focus=saved["focus"])


if __name__ == "__main__":
    main()
