# SPDX-License-Identifier: GPL-3.0-or-later
"""Trains the picture decoder: from the fixed tokens of a scene to its true pixels.

First on windows around the sprites, which is cheaper, then on whole pictures.  The loss is the
absolute error of the pixels and of their differences, which keeps edges crisp.
"""
import time

import numpy as np
import torch

from . import concepts
from .presets import GRID, TILE, preset
from .schedule import Average, Clock, device, load, rate, save
from .scenes import Grammar
from .tiles import Tokens
from .vqgan import Pixels

CHECKPOINT = "decoder.pt"
WINDOWS = 0.6  # share of the time that is spent on windows
# rarer kinds of scenes hold more overlapping tiles: the decoder sees them more often
KINDS = {"one": 30, "tiny": 3, "two": 18, "count": 8, "ride": 14, "hat": 14, "hold": 13}
VALIDATION_SEED = 1 << 41


class Pictures(torch.utils.data.IterableDataset):
    """Endless batches (tokens (B, h, w), pixels (B, 3, 16 h, 16 w) as bytes)."""

    def __init__(self, batch, seed, window):
        self.batch, self.seed, self.window = batch, seed, window

    def example(self, rng, tokens, scene):
        cells = tokens.placed(scene)
        grid = tokens.tokens(scene, cells).reshape(GRID, GRID)
        pixels = tokens.pixels(scene, cells)
        y, x = list(cells)[rng.integers(len(cells))]
        y, x = (int(np.clip(v - rng.integers(self.window), 0, GRID - self.window)) for v in (y, x))
        end_y, end_x = y + self.window, x + self.window
        return grid[y:end_y, x:end_x], pixels[y * TILE:end_y * TILE, x * TILE:end_x * TILE]

    def __iter__(self):
        p = preset()
        tokens, grammar = Tokens(), Grammar(concepts.load(p.core_only), KINDS)
        info = torch.utils.data.get_worker_info()
        seed, stride = self.seed + (info.id if info else 0), info.num_workers if info else 1
        while True:
            rng = np.random.default_rng(seed)
            scenes = [tokens.settle(grammar.scene((seed << 16) + i)) for i in range(self.batch)]
            grids, pixels = zip(*(self.example(rng, tokens, s) for s in scenes))
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


def main():
    p, dev = preset(), device()
    if dev.type == "cpu":
        torch.set_num_threads(1)
    torch.manual_seed(11)
    codes = torch.from_numpy(Tokens().codes).float().to(dev)
    model = Pixels(p).to(dev, memory_format=torch.channels_last)
    torch.nn.init.constant_(model.decoder.conv_out.bias, 0.5)
    adam = torch.optim.AdamW(model.parameters(), betas=(0.9, 0.98), weight_decay=0.0, fused=True)
    average, step, spent = Average(model, 0.98), 0, 0.0
    saved = load(CHECKPOINT)
    if saved:
        model.load_state_dict(saved["model"]), adam.load_state_dict(saved["adam"])
        average.state = {k: v.to(dev) for k, v in saved["average"].items()}
        step, spent = saved["step"], saved["spent"]
    clock = Clock(p.decoder_minutes, spent)
    held_out = iter(Pictures(16, VALIDATION_SEED >> 16, GRID))
    validation = [tuple(t.to(dev) for t in next(held_out)) for _ in range(2)]

    def batches():
        while clock.share() < 1:
            is_window = clock.share() < WINDOWS
            window = p.decoder_crop if is_window else GRID
            batch = p.decoder_batch if is_window else max(4, p.decoder_batch * p.decoder_crop**2 // GRID**2)
            workers = 1 if dev.type == "cpu" else 12
            for item in torch.utils.data.DataLoader(Pictures(batch, step, window), batch_size=None, num_workers=workers):
                yield item
                if clock.share() >= 1 or is_window != (clock.share() < WINDOWS):
                    break

    total, shown, began = 0.0, 0.0, time.time()
    for grid, pixels in batches():
        lr = rate(clock.share(), step, warm_up=200)
        grid, target = grid.to(dev), pixels.to(dev).float() / 255
        with torch.autocast(dev.type, torch.bfloat16):
            output = model(look_up(codes, grid))
        loss = loss_of(output.float(), target)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        adam.param_groups[0]["lr"] = p.decoder_lr * lr
        adam.step()
        model.zero_grad()
        step, total, shown = step + 1, total + loss.item(), shown + grid.numel() / GRID**2
        if step % 4 == 0:
            average.update(model)
        if step % 50 == 0:
            print(f"step {step} loss {total / 50:.4f} rate {lr:.3f} {shown / (time.time() - began):.2f} pictures/s {clock.spent() / 60:.1f} min", flush=True)
            total, shown, began = 0.0, 0.0, time.time()
        if step % 400 == 0 or clock.share() >= 1:
            now = {k: v.clone() for k, v in model.state_dict().items()}
            model.load_state_dict(average.state)
            with torch.autocast(dev.type, torch.bfloat16):
                print(f"step {step} PSNR {validate(model, codes, validation):.2f}", flush=True)
            model.load_state_dict(now)
            save(CHECKPOINT, model=now, average=average.state, adam=adam.state_dict(), step=step, spent=clock.spent())


if __name__ == "__main__":
    main()
