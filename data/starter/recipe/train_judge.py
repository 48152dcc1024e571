# SPDX-License-Identifier: GPL-3.0-or-later
"""Trains the judge: a classifier that says which concept a picture shows.

It learns from the original sprites, turned, tinted and scaled at random on any background, never
from the lattice scenes or tokens that the model is trained on; on those it is tested.
"""
import io

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import nn

from . import backgrounds, concepts
from .presets import preset
from .schedule import Clock, device, load, rate, save
from .scenes import Grammar
from .sprites import fit, pictures
from .tiles import Composer

CHECKPOINT = "judge.pt"
SIDE = 64  # what the judge looks at
BATCH = 64


class Judge(nn.Module):
    def __init__(self, n):
        super().__init__()
        widths, layers = (3, 32, 64, 128, 256), []
        for i, o in zip(widths, widths[1:]):
            layers += [nn.Conv2d(i, o, 5 if i == 3 else 3, 2, 1), nn.BatchNorm2d(o), nn.ReLU(),
                       nn.Conv2d(o, o, 3, 1, 1), nn.BatchNorm2d(o), nn.ReLU()]
        self.features, self.head = nn.Sequential(*layers), nn.Linear(widths[-1] * 2, n)

    def forward(self, x):
        x = self.features(x - 0.5).flatten(2)
        return self.head(torch.cat([x.mean(2), x.amax(2)], 1))


def look(pixels):
    """Pixels (B, H, W, 3) uint8 -> what the judge sees (B, 3, 64, 64)."""
    x = torch.as_tensor(np.ascontiguousarray(pixels)).permute(0, 3, 1, 2).float() / 255
    return F.interpolate(x, (SIDE, SIDE), mode="area")


class Views:
    """Random views of the sprites: position, size, angle, tint and background all vary."""

    def __init__(self, table):
        found = pictures()
        fitted = [fit(Image.open(io.BytesIO(found[c.codes])), SIDE) for c in table]
        self.atlas = torch.from_numpy(np.stack(fitted)).permute(0, 3, 1, 2).float() / 255
        names = [*backgrounds.PLAIN, *backgrounds.SCENES]
        scenes = np.stack([backgrounds.render(n, 10**6 + k) for n in names for k in range(8)])
        self.grounds = F.interpolate(torch.from_numpy(scenes).permute(0, 3, 1, 2).float() / 255, (SIDE, SIDE), mode="area")

    def batch(self, n):
        label = torch.randint(len(self.atlas), (n,))
        scale, angle = torch.empty(n).uniform_(1.0, 2.4), torch.empty(n).uniform_(-0.2, 0.2)
        shift = torch.empty(n, 2).uniform_(-1, 1) * (scale - 1)[:, None].clamp(max=0.7)
        theta = torch.stack([torch.stack([scale * angle.cos(), -scale * angle.sin(), shift[:, 0]], 1),
                             torch.stack([scale * angle.sin(), scale * angle.cos(), shift[:, 1]], 1)], 1)
        grid = F.affine_grid(theta, (n, 4, SIDE, SIDE), align_corners=False)
        sprite = F.grid_sample(self.atlas[label], grid, align_corners=False)
        ground = self.grounds[torch.randint(len(self.grounds), (n,))].clone()
        plain = torch.rand(n) < 0.4
        ground[plain] = torch.rand(int(plain.sum()), 3, 1, 1).expand(-1, -1, SIDE, SIDE)
        picture = sprite[:, :3] + ground * (1 - sprite[:, 3:])
        picture = picture * torch.empty(n, 3, 1, 1).uniform_(0.85, 1.1) + torch.empty(n, 1, 1, 1).uniform_(-0.05, 0.08)
        soft = torch.rand(n) < 0.5  # generated pictures are softer than sprites
        blurred = F.interpolate(F.avg_pool2d(picture[soft], 2), scale_factor=2.0, mode="bilinear")
        picture[soft] = picture[soft] * 0.5 + blurred * 0.5
        return picture.clamp(0, 1), label


@torch.no_grad()
def exam(model, table, n=600):
    """Share of unseen real scenes with one object that the judge names right."""
    composer, grammar = Composer(), Grammar(table, {"one": 1})
    scenes = [composer.settle(grammar.scene((1 << 42) + i)) for i in range(n)]
    seen = look(np.stack([composer.pixels(s) for s in scenes]))
    truth = torch.tensor([s.layers[0].concept for s in scenes])
    return float((model(seen).argmax(1) == truth).float().mean())


def restore():
    table = concepts.load(preset().core_only)
    model = Judge(len(table)).eval()
    model.load_state_dict(load(CHECKPOINT)["model"])
    return model, table


def main():
    dev = device()
    if dev.type == "cpu":
        torch.set_num_threads(1)
    torch.manual_seed(5)
    table = concepts.load(preset().core_only)
    views, model = Views(table), Judge(len(table)).to(dev, memory_format=torch.channels_last)
    adam = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=0.01)
    clock, step, right = Clock(preset().judge_minutes), 0, 0.0
    while clock.share() < 1:
        picture, label = views.batch(BATCH)
        with torch.autocast(dev.type, torch.bfloat16):
            scores = model(picture.to(dev, memory_format=torch.channels_last))
        F.cross_entropy(scores.float(), label.to(dev), label_smoothing=0.05).backward()
        adam.param_groups[0]["lr"] = 2e-3 * rate(clock.share(), step)
        adam.step()
        adam.zero_grad()
        step, right = step + 1, right + float((scores.argmax(1).cpu() == label).float().mean())
        if step % 50 == 0:
            print(f"step {step} right {right / 50:.3f} {clock.spent() / 60:.1f} min", flush=True)
            right = 0.0
    model = model.cpu().eval()
    score = exam(model, table)
    print(f"on real scenes: {score:.3f}", "" if score >= 0.9 else "- too weak to judge")
    save(CHECKPOINT, model=model.state_dict(), exam=score)


if __name__ == "__main__":
    main()
