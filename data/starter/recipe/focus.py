# SPDX-License-Identifier: GPL-3.0-or-later
"""Says how well each thing is drawn, token by token, and so how often training that goes on should show it.

What a thing costs when the true tokens are fed tells little: a cloud on white is dear and drawn well, a
mermaid is cheap and falls apart as soon as one of her tokens is a wrong one.
"""
import argparse

import numpy as np
import torch

from . import concepts
from .presets import GRID, preset
from .sample import Painter
from .scenes import LARGE, SMALL, article
from .schedule import load, n_cores, save, use_cores
from .tiles import Tokens
from .train_transformer import CHECKPOINT

CAPTIONS = ("{one} on a blue background", "there is {one} here on the grass", "a tiny {name} on a green background")
BATCH = 77
LEAST, MOST = 0.4, 4.0  # times as often as usual


def rightness(tokens, concept, grid, n_background):
    """Of the cells that should or do show something, the share that is right: best size and place."""
    shown, best = int((grid >= n_background).sum()), 0.0
    for size in (LARGE, SMALL):
        cells = tokens.sprites.visible(concept, size)
        at = np.array(cells)
        wanted = np.array([tokens.table[concept, size, i, j] for i, j in cells])
        for y in range(GRID - size + 1):
            for x in range(GRID - size + 1):
                right = int((grid[at[:, 0] + y, at[:, 1] + x] == wanted).sum())
                best = max(best, right / max(1, len(cells) + shown - right))
    return best


def measure(painter, table):
    """How right each thing of the table is drawn, 0 to 1."""
    tokens = Tokens()
    right = np.zeros((len(CAPTIONS), len(table)))
    for k, words in enumerate(CAPTIONS):
        for i in range(0, len(table), BATCH):
            part = table[i:i + BATCH]
            drawn = painter.tokens([words.format(one=article(c.names[0]), name=c.names[0]) for c in part], seed=i)
            for c, grid in zip(part, drawn.view(-1, GRID, GRID).numpy()):
                right[k, c.index] = rightness(tokens, c.index, grid, painter.p.background_codes)
    return right.mean(0)


def main():
    argparse.ArgumentParser(description=__doc__).parse_args()
    use_cores(n_cores())
    table = concepts.load(preset().core_only)
    right = measure(Painter(), table)
    wrong = torch.from_numpy(1 - right).float()
    print(f"cells that are right: mean {right.mean():.3f}, worst tenth {np.sort(right)[:len(right) // 10].mean():.3f}")
    print("worst:", ", ".join(f"{table[i].names[0]} {right[i]:.2f}" for i in np.argsort(right)[:80]))
    saved = load(CHECKPOINT)
    saved["focus"] = (wrong**2 / (wrong**2).mean()).clamp(LEAST, MOST)
    save(CHECKPOINT, **saved)


if __name__ == "__main__":
    main()
