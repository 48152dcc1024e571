# SPDX-License-Identifier: GPL-3.0-or-later
"""The picture decoder's networks, in the shape and with the parameter names of the taming VQGAN,
but for the doubling of the resolution and the number of norm groups.

Only the networks: which code stands for which tile is decided in codes.py, their first weights in
paste.py, training is elsewhere.
"""
import torch
import torch.nn.functional as F
from torch import nn

from .groupnorm import GROUPS, norm_swish


class GroupNorm(nn.GroupNorm):
    def __init__(self, c):
        super().__init__(GROUPS, c, eps=1e-6)


def conv(i, o, k=3):
    return nn.Conv2d(i, o, k, 1, k // 2)


class Res(nn.Module):
    def __init__(self, i, o):
        super().__init__()
        self.norm1, self.conv1 = GroupNorm(i), conv(i, o)
        self.norm2, self.conv2 = GroupNorm(o), conv(o, o)
        if i != o:
            self.nin_shortcut = conv(i, o, 1)

    def forward(self, x):
        h = self.conv1(norm_swish(self.norm1, x))
        h = self.conv2(norm_swish(self.norm2, h))
        return (self.nin_shortcut(x) if hasattr(self, "nin_shortcut") else x) + h


class Attn(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.norm = GroupNorm(c)
        self.q, self.k, self.v, self.proj_out = (conv(c, c, 1) for _ in range(4))

    def forward(self, x):
        b, c, h, w = x.shape
        y = self.norm(x)
        q, k, v = (f(y).flatten(2).transpose(1, 2)[:, None] for f in (self.q, self.k, self.v))
        a = F.scaled_dot_product_attention(q, k, v)[:, 0]
        return x + self.proj_out(a.transpose(1, 2).unflatten(2, (h, w)))


class Mid(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.block_1, self.attn_1, self.block_2 = Res(c, c), Attn(c), Res(c, c)

    def forward(self, x):
        return self.block_2(self.attn_1(self.block_1(x)))


class Upsample(nn.Module):
    """Each of the four new pixels has filters of its own (the sub-pixel convolution of Shi et al.
    2016): doubling before the convolution, as taming does, hides from it which of the four it is at.
    """

    def __init__(self, c):
        super().__init__()
        self.conv = conv(c, 4 * c)

    def forward(self, x):  # filters: (row, column, channel)
        x = self.conv(x).unflatten(1, (2, 2, -1))  # (B, 2, 2, C, H, W)
        return x.permute(0, 4, 1, 5, 2, 3).flatten(1, 2).flatten(2, 3).permute(0, 3, 1, 2)


class Level(nn.Module):
    """Residual blocks of one resolution, each followed by attention where the preset asks for it."""

    def __init__(self, i, o, n_blocks, has_attn):
        super().__init__()
        self.block = nn.ModuleList(Res(i if j == 0 else o, o) for j in range(n_blocks))
        self.attn = nn.ModuleList(Attn(o) for _ in range(n_blocks if has_attn else 0))

    def forward(self, x):
        for j, block in enumerate(self.block):
            x = block(x)
            if len(self.attn):
                x = self.attn[j](x)
        return x


class Decoder(nn.Module):
    def __init__(self, v):
        super().__init__()
        c, top = v.ch * v.ch_mult[-1], len(v.ch_mult) - 1
        self.conv_in, self.mid = conv(v.z_channels, c), Mid(c)
        levels = []
        for i in reversed(range(top + 1)):
            o = v.ch * v.ch_mult[i]
            level = Level(c, o, v.num_res_blocks + 1, v.resolution >> i in v.attn_resolutions)
            if i > 0:
                level.upsample = Upsample(o)
            levels.insert(0, level)
            c = o
        self.up = nn.ModuleList(levels)
        self.norm_out, self.conv_out = GroupNorm(c), conv(c, 3)

    def forward(self, x):
        x = self.mid(self.conv_in(x))
        for level in reversed(self.up):
            x = level(x)
            if hasattr(level, "upsample"):
                x = level.upsample(x)
        with torch.autocast(x.device.type, enabled=False):  # half precision would show as steps in the colours
            return self.conv_out(norm_swish(self.norm_out, x.float()))


class Pixels(nn.Module):
    """From code vectors to pixels: what the program runs after the last token is drawn."""

    def __init__(self, v):
        super().__init__()
        self.post_quant_conv = conv(v.embed_dim, v.z_channels, 1)
        self.decoder = Decoder(v)

    def forward(self, codes):  # (B, E, h, w) -> (B, 3, 16 h, 16 w)
        return self.decoder(self.post_quant_conv(codes))
