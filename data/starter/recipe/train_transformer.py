# SPDX-License-Identifier: GPL-3.0-or-later
"""Trains the text-to-tokens model on scenes invented on the fly.

Most tokens of a scene show background and are easy; so only some of those positions go through the
large output layer, each counted as often as it was left out.
"""
import time

import torch
import torch.nn.functional as F

from . import concepts
from .bart import PAD, Bart
from .presets import GRID, preset
from .schedule import Average, Clock, device, load, rate, save
from .muon import Muon, split
from .scenes import Grammar
from .tiles import Tokens
from .tokenizer import Text

CHECKPOINT = "transformer.pt"
DROP = 0.12  # captions left out, for guidance when sampling
KEEP = 0.2  # share of the easy positions that is learned from
SHARE = 0.5  # share of all positions that the output layer sees
VALIDATION_SEED = 1 << 40


class Scenes(torch.utils.data.IterableDataset):
    """Endless batches (text ids, image tokens), reproducible from a seed."""

    def __init__(self, batch, seed):
        self.batch, self.seed = batch, seed

    def __iter__(self):
        p = preset()
        tokens, text = Tokens(), Text(p.n_text)
        grammar = Grammar(concepts.load(p.core_only))
        info = torch.utils.data.get_worker_info()
        seed, stride = self.seed + (info.id if info else 0), info.num_workers if info else 1
        while True:
            scenes = [tokens.settle(grammar.scene((seed << 16) + i)) for i in range(self.batch)]
            image = [torch.from_numpy(tokens.tokens(s)) for s in scenes]
            drop = torch.rand(self.batch, generator=torch.Generator().manual_seed(seed)) < DROP
            rows = torch.tensor(text.rows([None if d else s.caption for s, d in zip(scenes, drop)], p.n_text))
            width = int((rows != PAD).sum(1).max())
            yield rows[:, : -(-width // 8) * 8], torch.stack(image)
            seed += stride


def start(p):
    """A fresh model; tables and head begin as random projections of the code vectors."""
    torch.manual_seed(7)
    model = Bart(p)
    codes = torch.from_numpy(Tokens().codes).float()
    codes = codes / codes.std(0).clamp(min=1e-3)
    spread = codes @ torch.randn(codes.shape[1], p.d) / codes.shape[1] ** 0.5
    with torch.no_grad():
        model.decoder.embed_tokens.weight[:-1] = 0.05 * spread
        model.decoder.lm_head.weight[:-1] = 0.02 * spread
        model.decoder.embed_positions.weight.normal_(std=0.05)
        model.encoder.embed_tokens.weight.normal_(std=0.05)
        model.encoder.embed_positions.weight.normal_(std=0.02)
    return model


def weights(image, n_background):
    """How much each position (B, I) counts: 1 at and beside sprites, else now and then 1 / KEEP."""
    shown = (image >= n_background).view(-1, 1, GRID, GRID).float()
    near = F.max_pool2d(F.pad(shown, (1, 0, 1, 0)), 2, 1).flatten(1) > 0  # sprite here, left or above
    lucky = torch.rand(near.shape, device=near.device) < KEEP
    return torch.where(near, 1.0, lucky / KEEP)


def choose(weight, share):
    """Positions that count and their weights, always the same number of them: memory of changing
    size is never given back to the system here, and would pile up."""
    flat, n = weight.flatten(), int(weight.numel() * share)
    order = torch.rand_like(flat).add_(flat > 0).argsort(descending=True)[:n]
    chosen = flat[order]
    return order, chosen * (flat.sum() / chosen.sum())


def loss_of(model, text, image, weight, share=SHARE):
    states = model.states(text, image)
    chosen, weight = choose(weight, share)
    logits = model.decoder.lm_head(states.flatten(0, 1)[chosen])
    losses = F.cross_entropy(logits.float(), image.flatten()[chosen], reduction="none")
    return (losses * weight).sum() / image.numel()


@torch.no_grad()
def validate(model, batches):
    """Nats a token with the right captions and with each other's."""
    right = wrong = 0.0
    for text, image in batches:
        ones = torch.ones(image.shape, device=image.device)
        right += float(loss_of(model, text, image, ones, 1.0)) / len(batches)
        wrong += float(loss_of(model, text.roll(1, 0), image, ones, 1.0)) / len(batches)
    return right, wrong


def main():
    p, dev = preset(), device()
    if dev.type == "cpu":
        torch.set_num_threads(1)
    model = start(p).to(dev)
    inner, rest = split(model)
    muon = Muon(inner).to(dev)
    adam = torch.optim.AdamW(rest, betas=(0.9, 0.98), weight_decay=0.0, fused=True)
    average, step, spent = Average(model, 0.98), 0, 0.0
    saved = load(CHECKPOINT)
    if saved:
        model.load_state_dict(saved["model"]), adam.load_state_dict(saved["adam"])
        average.state = {k: v.to(dev) for k, v in saved["average"].items()}
        muon.buffers = {k: v.to(dev) for k, v in saved["muon"].items()}
        step, spent = saved["step"], saved["spent"]
    clock = Clock(p.transformer_minutes, spent)
    held_out = iter(Scenes(16, VALIDATION_SEED >> 16))
    validation = [tuple(t.to(dev) for t in next(held_out)) for _ in range(4)]
    loader = torch.utils.data.DataLoader(Scenes(p.transformer_batch, step), batch_size=None, num_workers=1 if dev.type == "cpu" else 12,
                                         prefetch_factor=4)
    total, shown, began = 0.0, 0, time.time()
    for text, image in loader:
        lr = rate(clock.share(), step)
        text, image = text.to(dev), image.to(dev)
        with torch.autocast(dev.type, torch.bfloat16):
            loss = loss_of(model, text, image, weights(image, p.background_codes))
        loss.backward()
        torch.nn.utils.clip_grad_norm_(rest, 1.0)
        adam.param_groups[0]["lr"] = p.transformer_lr * lr
        adam.step()
        muon.step(p.muon_lr * lr)
        model.zero_grad()
        step, total, shown = step + 1, total + loss.item(), shown + len(text)
        if step % 4 == 0:
            average.update(model)
        if step % 20 == 0:
            print(f"step {step} loss {total / 20:.4f} rate {lr:.3f} {shown / (time.time() - began):.1f}/s {clock.spent() / 60:.1f} min", flush=True)
            total, shown, began = 0.0, 0, time.time()
        if step % 200 == 0 or clock.share() >= 1:
            with torch.autocast(dev.type, torch.bfloat16):
                right, wrong = validate(model, validation)
            print(f"step {step} validation {right:.4f} wrong caption {wrong:.4f}", flush=True)
            if clock.share() >= 1:
                average.choose(model, lambda: validate(model, validation)[0], right)
            save(CHECKPOINT, model=model.state_dict(), average=average.state, adam=adam.state_dict(),
                 muon=muon.buffers, step=step, spent=clock.spent())
        if clock.share() >= 1:
            break


if __name__ == "__main__":
    main()
