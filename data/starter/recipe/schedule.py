# SPDX-License-Identifier: GPL-3.0-or-later
"""Training by the clock: how far a stage is, its learning rate, and checkpoints that survive a kill."""
import os
import time

import torch

from .paths import WORK, work


def device():
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def fast_type(dev):
    """The type that matrix products are quick in: processors without instructions for half precision
    only imitate it, thirty times slower than single precision."""
    has_half = dev.type == "cuda" or torch.ops.mkldnn._is_mkldnn_bf16_supported()
    return torch.bfloat16 if has_half else torch.float32


def n_cores():
    """How many of a processor's cores training takes: one, or LIMN_STARTER_CORES."""
    return int(os.environ.get("LIMN_STARTER_CORES", "1"))


def use_cores(n):
    """Every product is computed by so many cores."""
    torch.set_num_threads(n)
    torch.set_flush_denormal(True)


def autocast(dev):
    return torch.autocast(dev.type, torch.bfloat16, enabled=fast_type(dev) == torch.bfloat16)


class Clock:
    """Share of the planned minutes that is spent; time spent before a restart counts."""

    def __init__(self, minutes, spent=0.0):
        self.total, self.before, self.started = minutes * 60, spent, time.time()

    def spent(self):
        return self.before + time.time() - self.started

    def share(self):
        return min(1.0, self.spent() / self.total)


def rate(share, step, warm_up=100, hold=0.45):
    """Warm up, stay at 1, then fall in a straight line to 0.02."""
    return min(1.0, (step + 1) / warm_up) * min(1.0, 0.02 + 0.98 * (1 - share) / (1 - hold))


def save(name, **state):
    path = work(name)
    torch.save(state, path.with_suffix(".part"))
    os.replace(path.with_suffix(".part"), path)


def load(name):
    path = WORK / name
    return torch.load(path, map_location="cpu", weights_only=True) if path.exists() else None


class Average:
    """A running mean of the weights: what is shown and exported while the rate is still high."""

    def __init__(self, model, decay):
        self.decay = decay
        self.state = {k: v.detach().clone() for k, v in model.state_dict().items()}

    @torch.no_grad()
    def update(self, model):
        for k, v in model.state_dict().items():
            self.state[k].lerp_(v, 1 - self.decay)

    def choose(self, model, measure, present):
        """At the end: keep the present weights instead if they measure better (lower)."""
        own = {k: v.detach().clone() for k, v in model.state_dict().items()}
        model.load_state_dict(self.state)
        mean = measure()
        model.load_state_dict(own)
        print(f"mean of the weights {mean:.4f}, last weights {present:.4f}", flush=True)
        if present < mean:
            self.state = own
