# SPDX-License-Identifier: GPL-3.0-or-later
"""swish(group norm(x)) in one differentiable step.

The formulas are the usual ones.  They are written out because PyTorch's own backward pass of group
norm takes over half of the training time on a processor (channels last, half precision).
"""
import torch
import torch.nn.functional as F

GROUPS = 4  # few, so that a group never loses the absolute colour (see paste.py)


def spread(x, g):
    """(B, groups) -> (B, channels)"""
    return x.repeat_interleave(g, 1)


class NormSwish(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, weight, bias, eps):
        b, c, h, w = x.shape
        v, g = x.permute(0, 2, 3, 1).reshape(b, h * w, c), c // GROUPS
        n = h * w * g
        mean = v.sum(1, dtype=torch.float32).view(b, GROUPS, g).sum(2) / n
        power = torch.linalg.vector_norm(v, dim=1, dtype=torch.float32).square().view(b, GROUPS, g).sum(2) / n
        inverse = spread((power - mean.square()).clamp(min=0).add(eps).rsqrt(), g)
        mean = spread(mean, g)
        slope = inverse * weight
        z = torch.addcmul((bias - mean * slope)[:, None].to(v.dtype), v, slope[:, None].to(v.dtype))
        ctx.save_for_backward(v, z, slope, inverse, mean, weight)
        ctx.size = h, w
        return F.silu(z).view(b, h, w, c).permute(0, 3, 1, 2)

    @staticmethod
    def backward(ctx, dy):
        v, z, slope, inverse, mean, weight = ctx.saved_tensors
        b, hw, c = v.shape
        g = c // GROUPS
        n = hw * g
        dz = torch.ops.aten.silu_backward(dy.permute(0, 2, 3, 1).reshape(b, hw, c), z)
        sum_dz = dz.sum(1, dtype=torch.float32)
        sum_dzx = inverse * ((dz * v).sum(1, dtype=torch.float32) - mean * sum_dz)  # x is normalised here
        group = lambda t: spread((t * weight).view(b, GROUPS, g).sum(2) / n, g)
        m1, m2 = group(sum_dz), group(sum_dzx)
        by_v = -inverse.square() * m2
        constant = -inverse * m1 - by_v * mean
        dx = torch.addcmul(constant[:, None].to(dz.dtype), v, by_v[:, None].to(dz.dtype))
        dx = dx.addcmul_(dz, slope[:, None].to(dz.dtype))
        dx = dx.view(b, *ctx.size, c).permute(0, 3, 1, 2)
        return dx, sum_dzx.sum(0), sum_dz.sum(0), None


def norm_swish(norm, x):
    if x.device.type == "cpu" and torch.is_grad_enabled():
        return NormSwish.apply(x, norm.weight, norm.bias, norm.eps)
    return F.silu(norm(x))
