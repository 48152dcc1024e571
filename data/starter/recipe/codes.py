# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds the codes: k-means over all distinct tiles, in a space of principal components.

The code vectors that the model file carries are these cluster centres.  Background tiles come
first, then the tiles of sprites (those of overlapping sprites, as seen in sampled scenes, too).
"""
import sys
import time

import numpy as np
import torch

from . import backgrounds, concepts
from .paths import work
from .presets import preset
from .scenes import Grammar
from .tiles import Composer, cut

N_OVERLAPS = 6000  # scenes looked at for overlapping sprites
SIZE_WEIGHT = {9: 1.5, 6: 1.0}  # larger sprites are looked at more closely


def background_tiles(limit):
    """The distinct tiles of backgrounds, most frequent first."""
    count = {}
    for name in [*backgrounds.PLAIN, *backgrounds.SCENES]:
        for seed in range(1 if name in backgrounds.PLAIN else 80):
            for tile in cut(backgrounds.render(name, seed)).reshape(256, -1):
                key = tile.tobytes()
                count[key] = count.get(key, 0) + 1
    ordered = sorted(count, key=count.get, reverse=True)[:limit]
    return np.stack([np.frombuffer(k, np.uint8).reshape(16, 16, 3) for k in ordered])


def sprite_tiles(composer):
    """Every visible sprite tile and its owner (concept, size, row, column)."""
    owners, tiles = [], []
    for (concept, size), grid in composer.sprites.tiles.items():
        for i, j in composer.sprites.visible(concept, size):
            owners.append((concept, size, i, j))
            tiles.append(grid[i, j])
    return np.array(owners), np.stack(tiles)


def overlap_tiles(composer, grammar):
    found = {}
    for seed in range(N_OVERLAPS):
        for stack in composer.placed(composer.settle(grammar.scene(seed))).values():
            if len(stack) > 1:
                tile = composer.blend(stack)
                found[tile.tobytes()] = tile
    return np.stack(list(found.values()))


def principal(x, n):
    mean = x.mean(0)
    cov = torch.cov((x - mean).T)
    values, vectors = torch.linalg.eigh(cov)
    values, vectors = values.flip(0)[:n], vectors.flip(1)[:, :n]
    print(f"{n} components keep {float(values.sum() / cov.trace()):.4f} of the variance")
    return mean, vectors, values.clamp(min=1e-8).sqrt()


def assign(x, centres):
    half = centres.square().sum(1) / 2
    return torch.cat([(part @ centres.T - half).argmax(1) for part in x.split(4096)])


def kmeans(x, weight, n, rounds, generator):
    centres = x[torch.randperm(len(x), generator=generator)[:n]].clone()
    for _ in range(rounds):
        owner = assign(x, centres)
        total = torch.zeros(n).index_add_(0, owner, weight)
        mass = torch.zeros_like(centres).index_add_(0, owner, x * weight[:, None])
        error = (x - centres[owner]).square().sum(1) * weight
        centres = mass / total.clamp(min=1e-6)[:, None]
        dead = total == 0
        centres[dead] = x[error.topk(int(dead.sum())).indices]  # empty codes go where the error is
    return centres


def main():
    p, started = preset(), time.time()
    generator = torch.Generator().manual_seed(1)
    composer, grammar = Composer(), Grammar(concepts.load(p.core_only))
    back = background_tiles(p.background_codes)
    owners, tiles = sprite_tiles(composer)
    overlaps = overlap_tiles(composer, grammar)
    print(f"{len(back)} background, {len(tiles)} sprite, {len(overlaps)} overlap tiles, {time.time() - started:.0f} s")
    opaque = np.concatenate([back, np.full_like(back[..., :1], 255)], -1)
    flat = lambda a: torch.from_numpy(a.reshape(len(a), -1).astype(np.float32) / 255)
    front = flat(np.concatenate([tiles, overlaps]))
    mean, basis, spread = principal(torch.cat([front, flat(opaque)]), p.embed_dim - 1)
    # k-means works on plain distances; the stored vectors shrink strong components somewhat
    x = (front - mean) @ basis
    weight = torch.tensor([SIZE_WEIGHT[int(o[1])] for o in owners] + [0.15] * len(overlaps))
    centres = kmeans(x, weight, p.foreground_codes, 6, generator)
    owner = assign(x, centres)
    error = (x - centres[owner]).square().mean() * x.shape[1] / 1024
    print(f"{p.foreground_codes} codes: {-10 * float(error.log10()):.2f} dB, {time.time() - started:.0f} s")
    scale = (spread.mean() / spread).sqrt() / spread.mean()
    vector = lambda c, flag: torch.cat([c * scale, torch.full((len(c), 1), flag)], 1)
    unused = torch.zeros(p.background_codes - len(back), p.embed_dim)
    codes = torch.cat([vector((flat(opaque) - mean) @ basis, 1.0), unused, vector(centres, -1.0)])
    np.savez(work("codes.npz"), basis=basis.numpy(), mean=mean.numpy(), scale=scale.numpy(), codes=codes.numpy(),
             n_background=p.background_codes, sprite_tiles=owners,
             sprite_tokens=owner[: len(owners)].numpy() + p.background_codes)


if __name__ == "__main__":
    sys.exit(main())
