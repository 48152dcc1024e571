# SPDX-License-Identifier: GPL-3.0-or-later
"""Trains the picture decoder: from the fixed tokens of a scene to its true pixels.

It starts from weights that paste the tiles (paste.py), learns on windows around the sprites first
and on whole pictures at the end.  The loss is the absolute error of the pixels and of their
differences, which keeps edges crisp.
"""
import itertools
import time

import numpy as np
import torch

from . import background, concepts, paste
from .presets import GRID, TILE, preset
from .schedule import Average, Clock, autocast, device, load, n_cores, rate, save, use_cores
from .scenes import Grammar
from .tiles import Tokens
from .vqgan import Pixels

CHECKPOINT = "decoder.pt"
WINDOWS = 0.45  # share of the time that is spent on windows
STRAIGHT = ("upsample", "nin_shortcut", "conv_in", "conv_out", "norm_out", "post_quant_conv")  # learn more slowly
SHARED = 4  # windows cut from one scene
# rarer kinds of scenes hold more overlapping tiles: the decoder sees them more often
KINDS = {"one": 30, "tiny": 3, "two": 18, "count": 8, "ride": 14, "hat": 14, "hold": 13}
VALIDATION_SEED = 1 << 41


class Pictures(torch.utils.data.IterableDataset):
    """Endless batches (tokens (B, h, w), pixels (B, 3, 16 h, 16 w) as bytes)."""

    def __init__(self, batch, seed, window):
        self.batch, self.seed, self.window = batch, seed, window

    def examples(self, rng, tokens, scene):
        """Windows of one scene, each holding part of a sprite."""
        cells, ground = tokens.placed(scene), tokens.ground(scene)
        grid = tokens.tokens(scene, cells, ground).reshape(GRID, GRID)
        pixels = tokens.pixels(scene, cells, ground)
        for _ in range(SHARED if self.window < GRID else 1):
            y, x = list(cells)[rng.integers(len(cells))]
            y, x = (int(np.clip(v - rng.integers(self.window), 0, GRID - self.window)) for v in (y, x))
            end_y, end_x = y + self.window, x + self.window
            yield grid[y:end_y, x:end_x], pixels[y * TILE:end_y * TILE, x * TILE:end_x * TILE]

    def __iter__(self):
        p = preset()
        tokens, grammar = Tokens(), Grammar(concepts.load(p.core_only), KINDS)
        info = torch.utils.data.get_worker_info()
        seed, stride = self.seed + (info.id if info else 0), info.num_workers if info else 1
        while True:
            rng = np.random.default_rng(seed)
            scenes = [tokens.settle(grammar.scene((seed << 16) + i)) for i in range(self.batch)]
            examples = (e for s in scenes for e in self.examples(rng, tokens, s))
            grids, pixels = zip(*itertools.islice(examples, self.batch))
            yield torch.from_numpy(np.stack(grids)), torch.from_numpy(np.stack(pixels)).permute(0, 3, 1, 2)
            seed += stride


def look_up(codes, grid):
    """Tokens (B, h, w) -> code vectors (B, E, h, w), channels last in memory."""
    return codes[grid].permute(0, 3, 1, 2)


def loss_of(output, target):
    error = (output - target).abs().mean() + 0.5 * (output - target).square().mean()
    for axis in (2, 3):
        error = error + 0.5 * (output.diff(dim=axis) - target.diff(dim=axis)).abs().mean()
    return error


@torch.no_grad()
def validate(model, codes, batches):
    """Mean PSNR of whole pictures."""
    total = 0.0
    for grid, pixels in batches:
        out = model(look_up(codes, grid)).float().clamp(0, 1)
        total += float((-10 * (out - pixels / 255).square().mean((1, 2, 3)).log10()).mean())
    return total / len(batches)


class Training:
    """Network, optimiser and where training stands."""

    def __init__(self, p, dev):
        torch.manual_seed(11)
        self.p, self.dev, self.step = p, dev, 0
        tokens = Tokens()
        self.codes = torch.from_numpy(background.vectors(tokens)).float().to(dev)
        self.model = Pixels(p)
        paste.start(self.model, tokens)
        self.model.to(dev, memory_format=torch.channels_last)
        straight = [v for n, v in self.model.named_parameters() if any(s in n for s in STRAIGHT)]
        chosen = {id(v) for v in straight}
        rest = [v for v in self.model.parameters() if id(v) not in chosen]
        self.adam = torch.optim.AdamW([{"params": rest, "share": 1.0}, {"params": straight, "share": 0.1}],
                                      betas=(0.9, 0.98), weight_decay=0.0)
        self.average = Average(self.model, 0.98)
        self.clock = Clock(p.decoder_minutes, self.restore())

    def restore(self):
        saved = load(CHECKPOINT)
        if not saved:
            return 0.0
        self.model.load_state_dict(saved["model"])
        self.average.state = {k: v.to(self.dev) for k, v in saved["average"].items()}
        if "adam" not in saved:  # it was made of a finished model by resume.py
            return 0.0
        self.adam.load_state_dict(saved["adam"])
        self.step = saved["step"]
        return saved["spent"]

    def save(self):
        save(CHECKPOINT, model=self.model.state_dict(), average=self.average.state,
             adam=self.adam.state_dict(), step=self.step, spent=self.clock.spent())

    def batches(self):
        """Batches of windows, then of whole pictures."""
        workers = 1 if self.dev.type == "cpu" else 12
        while self.clock.share() < 1:
            is_early = self.clock.share() < WINDOWS
            window, batch = (self.p.decoder_crop, self.p.decoder_batch) if is_early else (GRID, max(4, self.p.decoder_batch // 4))
            for item in torch.utils.data.DataLoader(Pictures(batch, self.step, window), batch_size=None, num_workers=workers):
                yield item
                if self.clock.share() >= 1 or is_early != (self.clock.share() < WINDOWS):
                    break

    def learn(self, grid, pixels):
        """One step; returns the loss."""
        lr = self.p.decoder_lr * rate(self.clock.share(), self.step)
        target = pixels.to(self.dev).float() / 255
        with autocast(self.dev):
            output = self.model(look_up(self.codes, grid.to(self.dev)))
        loss = loss_of(output.float(), target)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        for group in self.adam.param_groups:
            group["lr"] = lr * group["share"]
        self.adam.step()
        self.model.zero_grad()
        self.step += 1
        if self.step % 4 == 0:
            self.average.update(self.model)
        return loss.item()


def main():
    dev = device()
    if dev.type == "cpu":
        use_cores(n_cores())
    t = Training(preset(), dev)
    held_out = iter(Pictures(16, VALIDATION_SEED >> 16, GRID))
    validation = [tuple(v.to(dev) for v in next(held_out)) for _ in range(2)]
    total, shown, began = 0.0, 0.0, time.time()
    for grid, pixels in t.batches():
        total += t.learn(grid, pixels)
        shown += grid.numel() / GRID**2
        if t.step % 50 == 0:
            print(f"step {t.step} loss {total / 50:.4f} {shown / (time.time() - began):.2f} pictures/s {t.clock.spent() / 60:.1f} min", flush=True)
            total, shown, began = 0.0, 0.0, time.time()
        if t.step % 200 == 0 or t.clock.share() >= 1:
            with autocast(dev):
                print(f"step {t.step} PSNR {validate(t.model, t.codes, validation):.2f}", flush=True)
            t.save()


if __name__ == "__main__":
    main()
