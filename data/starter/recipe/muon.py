# SPDX-License-Identifier: GPL-3.0-or-later
"""Optimisers: orthogonalised momentum for the inner matrices, AdamW for tables, norms and the head.

The momentum of a matrix is pushed towards the nearest orthogonal matrix by a few Newton-Schulz
steps; matrices of equal shape are done together.
"""
import torch

from .schedule import fast_type


def orthogonal(m, steps=5):
    a, b, c = 3.4445, -4.7750, 2.0315
    is_tall = m.shape[-2] > m.shape[-1]
    x = (m.mT if is_tall else m).to(fast_type(m.device))
    x = x / (x.flatten(1).norm(dim=1)[:, None, None] + 1e-7)
    for _ in range(steps):
        s = x @ x.mT
        x = a * x + (b * s + c * (s @ s)) @ x
    return x.mT if is_tall else x


class Muon:
    def __init__(self, params, momentum=0.95, weight_decay=0.01):
        self.groups = {}
        for p in params:
            self.groups.setdefault((len(p), p[0].numel()), []).append(p)
        self.buffers = {shape: torch.zeros(len(ps), *shape) for shape, ps in self.groups.items()}
        self.momentum, self.weight_decay = momentum, weight_decay

    def to(self, device):
        self.buffers = {k: v.to(device) for k, v in self.buffers.items()}
        return self

    @torch.no_grad()
    def step(self, lr):
        for shape, params in self.groups.items():
            at = [i for i, p in enumerate(params) if p.grad is not None]
            if not at:
                continue
            params = [params[i] for i in at]
            grad = torch.stack([p.grad.flatten(1) for p in params])
            buffer = self.buffers[shape][at].lerp_(grad, 1 - self.momentum)
            self.buffers[shape][at] = buffer
            update = orthogonal(grad.lerp_(buffer, self.momentum)).to(params[0].dtype)
            scale = lr * max(1, shape[0] / shape[1]) ** 0.5
            for p, u in zip(params, update):
                p.mul_(1 - lr * self.weight_decay).add_(u.view(p.shape), alpha=-scale)


def split(model):
    """Inner matrices (kernels of convolutions, flattened, are such too), and everything else."""
    names = ("_proj", "glu.fc", "conv", "nin_shortcut", "attn_1")
    inner = [p for n, p in model.named_parameters()
             if p.ndim in (2, 4) and any(name in n for name in names) and "conv_out" not in n]
    chosen = {id(p) for p in inner}
    return inner, [p for p in model.parameters() if id(p) not in chosen]
