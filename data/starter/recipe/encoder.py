# SPDX-License-Identifier: GPL-3.0-or-later
"""The picture encoder: from pixels to the vectors whose nearest codes are a picture's tokens.

Nothing is trained step by step.  The network is laid out as one straight path (the reverse of
paste.py): at each level two by two cells become the strongest principal components of the larger
tile; residual blocks add nothing, and there are none in the middle.  Its last convolution is the least-squares
map from a tile and the eight around it to the tile's code vector.  Constant channels keep the scale of the last norm.
"""
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from . import background, concepts
from .groupnorm import GROUPS, norm_swish
from .presets import GRID, preset
from .scenes import Grammar
from .schedule import load, save
from .tiles import Tokens
from .vqgan import GroupNorm, Level, Pixels, conv

CHECKPOINT = "encoder.pt"
CONSTANT = 4.0
SHIFT = 6.0  # moves what enters the last swish to where it is nearly straight
N_SCENES, N_UNSEEN = 160, 40
FIRST_SEED, UNSEEN_SEED = 1 << 43, 1 << 44
RIDGE = 1e-3
SPRITES = 2.0  # tiles of things count so much more than those of backgrounds


class Downsample(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.conv = nn.Conv2d(c, c, 3, 2)

    def forward(self, x):
        return self.conv(F.pad(x, (0, 1, 0, 1)))


class Encoder(nn.Module):
    def __init__(self, v):
        super().__init__()
        self.conv_in, c, levels = conv(3, v.ch), v.ch, []
        for i, mult in enumerate(v.ch_mult):
            level = Level(c, v.ch * mult, max(v.num_res_blocks, 1), v.resolution >> i in v.attn_resolutions)
            c = v.ch * mult
            if i < len(v.ch_mult) - 1:
                level.downsample = Downsample(c)
            levels.append(level)
        self.down = nn.ModuleList(levels)
        self.norm_out, self.conv_out = GroupNorm(c), conv(c, v.z_channels)

    def features(self, x):
        x = self.conv_in(x)
        for level in self.down:
            x = level(x)
            if hasattr(level, "downsample"):
                x = level.downsample(x)
        return norm_swish(self.norm_out, x)


class Codes(nn.Module):
    """From pixels (B, 3, H, W), 0 to 1, to vectors (B, E, H / 16, W / 16)."""

    def __init__(self, v):
        super().__init__()
        self.encoder, self.quant_conv = Encoder(v), conv(v.z_channels, v.embed_dim, 1)

    def forward(self, x):
        return self.quant_conv(self.encoder.conv_out(self.encoder.features(x)))


def examples(tokens, first_seed, n):
    """Scenes: tokens (n, 16, 16) and pixels (n, 3, 256, 256)."""
    grammar = Grammar(concepts.load(preset().core_only))
    ids, pixels = [], []
    for i in range(n):
        scene = tokens.settle(grammar.scene(first_seed + i))
        cells, ground = tokens.placed(scene), tokens.ground(scene)
        ids.append(tokens.tokens(scene, cells, ground).reshape(GRID, GRID))
        pixels.append(tokens.pixels(scene, cells, ground))
    return torch.from_numpy(np.stack(ids)), torch.from_numpy(np.stack(pixels)).permute(0, 3, 1, 2).float() / 255


def clear(m):
    for parameter in m.parameters(recurse=False):
        parameter.zero_()


def principal(x, n):
    """Channels (B, C, H, W) -> mean (C,) and the n strongest directions (n, C)."""
    flat = x.permute(1, 0, 2, 3).flatten(1)[:, ::7]
    mean = flat.mean(1)
    return mean, torch.linalg.eigh(torch.cov(flat)).eigenvectors.flip(1)[:, :n].T


@torch.no_grad()
def lay_out(encoder, pixels):
    """Sets all weights but those of the last convolution; `pixels` say what the components are."""
    for m in encoder.modules():
        if isinstance(m, nn.Conv2d):
            clear(m)
    wide = len(encoder.norm_out.weight) // GROUPS
    encoder.conv_in.weight[:3, :, 1, 1] = torch.eye(3)
    encoder.conv_in.bias[:3] = -0.5
    x, n = pixels - 0.5, 3
    for level, after in zip(encoder.down, encoder.down[1:]):
        down = level.downsample.conv
        if hasattr(level.block[0], "nin_shortcut"):
            level.block[0].nin_shortcut.weight[:n, :n, 0, 0] = torch.eye(n)
        four = F.pixel_unshuffle(x, 2)  # channel, row, column
        m = min(4 * n, down.out_channels)
        mean, basis = principal(four, m)
        down.weight[:m, :n, :2, :2] = basis.view(m, n, 2, 2)
        down.bias[:m] = -basis @ mean
        x, n = F.conv2d(four, basis[..., None, None], -basis @ mean), m
    last = encoder.down[-1].block[0].nin_shortcut
    plain = [c for c in range(last.out_channels) if c % wide < wide // 2][:n]  # the other half is constant
    spread = x.permute(1, 0, 2, 3).flatten(1).std(1).clamp(min=1e-3)
    for channel, component in zip(plain, range(n)):
        last.weight[channel, component] = 1 / spread[component]
    for c in range(last.out_channels):
        if c % wide >= wide // 2:
            last.bias[c] = CONSTANT if c % 2 else -CONSTANT
    encoder.norm_out.weight.fill_((CONSTANT**2 / 2 + 0.5) ** 0.5)
    encoder.norm_out.bias.fill_(SHIFT)


@torch.no_grad()
def fit(model, features, codes, ids, n_background):
    """The last convolution: ridge regression of each tile's code vector on its surroundings."""
    middle = features.mean((0, 2, 3))
    is_constant = model.encoder.down[-1].block[0].nin_shortcut.bias != 0
    varying = (features - middle[:, None, None]) * ~is_constant[:, None, None]
    around = F.unfold(varying, 3, padding=1).transpose(1, 2).flatten(0, 1)  # C x 3 x 3 each
    x = torch.cat([around, torch.ones(len(around), 1)], 1)
    weight = torch.where(ids.flatten() >= n_background, SPRITES, 1.0)[:, None]
    left = x.T @ (x * weight)
    left.diagonal().add_(RIDGE * left.diagonal().mean())
    solution = torch.linalg.solve(left, x.T @ (codes[ids.flatten()] * weight))
    out = model.encoder.conv_out
    out.weight.copy_(solution[:-1].T.view_as(out.weight))
    out.bias.copy_(solution[-1])
    # a constant channel takes the middle off at each tap, so that padding counts as the middle
    constant = int(middle.argmax())
    out.weight[:, constant] = -torch.einsum("ocyx,c->oyx", out.weight, middle) / middle[constant]
    clear(model.quant_conv)
    model.quant_conv.weight[:, :, 0, 0] = torch.eye(len(model.quant_conv.weight))


def nearest(vectors, codes):
    half = codes.square().sum(1) / 2
    flat = vectors.permute(0, 2, 3, 1).flatten(0, 2)
    return torch.cat([(part @ codes.T - half).argmax(1) for part in flat.split(2048)]).view(-1, GRID, GRID)


@torch.no_grad()
def report(model, tokens, codes, p):
    """How many tokens of unseen scenes are right, and how alike the pictures drawn of them are."""
    ids, pixels = examples(tokens, UNSEEN_SEED, N_UNSEEN)
    found = torch.cat([nearest(model(part), codes) for part in pixels.split(8)])
    shown = ids >= p.background_codes
    right = found == ids
    print(f"right tokens: {right.float().mean():.3f}, of things {right[shown].float().mean():.3f}, "
          f"of backgrounds {right[~shown].float().mean():.3f}; thing or background right {((found >= p.background_codes) == shown).float().mean():.3f}")
    decoder = Pixels(p).eval()
    decoder.load_state_dict(load("decoder.pt")["average"])
    for name, grid in (("true", ids), ("found", found)):
        out = decoder(codes[grid[:12]].permute(0, 3, 1, 2)).clamp(0, 1)
        print(f"pictures of {name} tokens: {float((-10 * (out - pixels[:12]).square().mean((1, 2, 3)).log10()).mean()):.2f} dB")


def main():
    torch.set_num_threads(1)
    p, tokens = preset(), Tokens()
    codes = torch.from_numpy(background.vectors(tokens)).float()
    ids, pixels = examples(tokens, FIRST_SEED, N_SCENES)
    model = Codes(p).eval()
    lay_out(model.encoder, pixels[::4])
    with torch.no_grad():
        features = torch.cat([model.encoder.features(part) for part in pixels.split(8)])
    fit(model, features, codes, ids, tokens.n_background)
    save(CHECKPOINT, average=model.state_dict())
    report(model, tokens, codes, p)


if __name__ == "__main__":
    main()
