# SPDX-License-Identifier: GPL-3.0-or-later
"""Where things begin.  A thing's first token, row by row, is the only one that the words must decide: those
after it follow from it, and are nearly always right.  So that choice counts more in training.

Only *which* thing begins is asked, never *whether* one does: the place stays as likely as it was.
"""
import torch
import torch.nn.functional as F

from .presets import GRID

MOST = 12  # places a scene
# The thing could have begun a little before, too: fewer steps to the left, one or two rows above.
BEFORE = (0, 1, 2, GRID, 2 * GRID)
WEIGHT = 5.0  # tokens that one place counts as much as
NONE = -1


def first(tokens, image, layer):
    """The position of the layer's first token in the picture (256 tokens), or nothing if another hides it."""
    for i, j in tokens.sprites.visible(layer.concept, layer.size):
        y, x = layer.y + i, layer.x + j
        if 0 <= y < GRID and 0 <= x < GRID:
            at = y * GRID + x
            return at if image[at] == tokens.table[layer.concept, layer.size, i, j] else None
    return None


def beginnings(tokens, image, scene):
    """Positions and the token that would begin a thing there, (MOST, 2), NONE where there is no more."""
    found = []
    for at in (first(tokens, image, layer) for layer in scene.layers):
        for before in BEFORE if at is not None else ():
            place = at - before
            is_free = place >= 0 and image[place] < tokens.n_background
            if before == 0 or (is_free and (before >= GRID or at % GRID >= before)):
                found.append((before > 0, place, int(image[at])))
    found = [places[1:] for places in sorted(found, key=lambda f: f[0])[:MOST]]
    return torch.tensor(found + [(NONE, NONE)] * (MOST - len(found)))


def loss_of(logits, begun, n_background):
    """Summed loss of which thing begins, from logits (B, MOST, V + 1) at the places of (B, MOST, 2)."""
    things = logits[..., n_background:-1].float().flatten(0, 1)
    wanted = begun[..., 1].flatten()
    wanted = torch.where(wanted == NONE, NONE, wanted - n_background)
    return F.cross_entropy(things, wanted, ignore_index=NONE, reduction="sum")
