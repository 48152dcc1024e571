# SPDX-License-Identifier: GPL-3.0-or-later
"""Trains the text-to-tokens model on scenes invented on the fly.

Most tokens of a scene show background and are easy; so only some of those positions go through the
last block and the large output layer, each counted as often as it was left out.  What the words alone
decide counts more (beginnings.py).
"""
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import torch
import torch.nn.functional as F

from . import beginnings, concepts, look_words, looks
from .bart import PAD, Bart
from .paths import HERE
from .presets import GRID, preset
from .schedule import Average, Clock, autocast, device, load, n_cores, rate, save, use_cores
from .muon import Muon, split
from .scenes import Grammar
from .tiles import Tokens
from .tokenizer import Text

CHECKPOINT = "transformer.pt"
SHOWN = ("step", "batch", "first_seed", "focus")  # of a checkpoint: from these its scenes can be told again
TRAINING = HERE / "training.json"  # what the shipped model was shown last
DROP = 0.12  # captions left out, for guidance when sampling
KEEP = 0.06  # share of the easy positions that is learned from
SHARE = 0.4  # share of all positions that the last block and the output layer see
VALIDATION_SEED = 1 << 40
# When training goes on from a finished model: more of what it still confuses, several things at once.
LATER_KINDS = {"one": 25, "tiny": 3, "two": 30, "three": 7, "count": 19, "ride": 5, "hat": 5, "hold": 6}


class Scenes(torch.utils.data.IterableDataset):
    """Endless batches (text ids, image tokens, where things begin; text ids of captions without a picture, the looks
    they ask for), reproducible from a seed.  `focus` says how many times more often than usual each concept is wanted."""

    def __init__(self, batch, seed, focus=None):
        self.batch, self.seed, self.focus = batch, seed, focus

    def grammar(self, table):
        if self.focus is None:
            return Grammar(table, has_looks=True)
        return Grammar([replace(c, weight=c.weight * f) for c, f in zip(table, self.focus)], LATER_KINDS, True)

    def __iter__(self):
        p = preset()
        tokens, text = Tokens(), Text(p.n_text)
        grammar = self.grammar(concepts.load(p.core_only))
        info = torch.utils.data.get_worker_info()
        seed, stride = self.seed + (info.id if info else 0), info.num_workers if info else 1
        while True:
            told = [grammar.scene((seed << 16) + i) for i in range(self.batch * (1 + look_words.CAPTIONS))]
            scenes = [tokens.settle(scene) for scene in told[: self.batch]]
            image = [torch.from_numpy(tokens.tokens(s)) for s in scenes]
            drop = torch.rand(self.batch, generator=torch.Generator().manual_seed(seed)) < DROP
            rows = text.rows([None if d else s.caption for s, d in zip(scenes, drop)], p.n_text)
            alone = text.rows([s.caption for s in told[self.batch :]], p.n_text)
            begun = torch.stack([beginnings.beginnings(tokens, *of_scene) for of_scene in zip(image, scenes)])
            begun[drop] = beginnings.NONE  # without words nothing says what begins
            yield trim(rows), torch.stack(image), begun, trim(alone), look_words.wanted(told[self.batch :])
            seed += stride


def trim(rows):
    """Text ids without the columns that nobody needs; widths are multiples of 8, so that there are few of them."""
    rows = torch.tensor(rows)
    width = int((rows != PAD).sum(1).max())
    return rows[:, : -(-width // 8) * 8]


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
    weight = torch.where(near, 1.0, lucky / KEEP)
    weight[:, : looks.MOST] = 1.0  # where looks are said, or that there are none
    return weight


def choose(weight, share):
    """Positions of each scene that count and their weights, always the same number of them: memory of
    changing size is never given back to the system here, and would pile up."""
    n = int(weight.shape[1] * share)
    order = torch.rand_like(weight).add_(weight > 0).argsort(1, descending=True)[:, :n]
    chosen = weight.gather(1, order)
    return order, chosen * (weight.sum(1) / chosen.sum(1).clamp(min=1e-6))[:, None]


def loss_of(model, text, image, weight, share=SHARE, begun=None):
    """Nats a token, each counted by its weight; with `begun` (B, MOST, 2) of beginnings.py also what begins."""
    chosen, weight = choose(weight, share)
    n = chosen.shape[1]
    at = chosen if begun is None else torch.cat([chosen, begun[..., 0].clamp(min=0)], 1)
    logits = model.decoder.lm_head(model.states(text, image, at).flatten(0, 1)).unflatten(0, at.shape)
    losses = F.cross_entropy(logits[:, :n].float().flatten(0, 1), image.gather(1, chosen).flatten(), reduction="none")
    total = (losses * weight.flatten()).sum()
    if begun is not None:
        total = total + beginnings.WEIGHT * beginnings.loss_of(logits[:, n:], begun, model.c.background_codes)
    return total / image.numel()


@torch.no_grad()
def validate(model, batches):
    """Nats a token with the right captions and with each other's, and nats a place of what begins there."""
    right = wrong = begins = 0.0
    for text, image, begun, _, _ in batches:
        ones = torch.ones(image.shape, device=image.device)
        right += float(loss_of(model, text, image, ones, 1.0)) / len(batches)
        wrong += float(loss_of(model, text.roll(1, 0), image, ones, 1.0)) / len(batches)
        logits = model.decoder.lm_head(model.states(text, image, begun[..., 0].clamp(min=0)))
        loss = beginnings.loss_of(logits, begun, model.c.background_codes)
        begins += float(loss) / int((begun[..., 0] != beginnings.NONE).sum()) / len(batches)
    return right, wrong, begins


class Training:
    """Network, optimisers and where training stands."""

    def __init__(self, p, dev):
        self.p, self.dev, self.step, spent = p, dev, 0, 0.0
        self.model = start(p).to(dev)
        self.parameters = list(self.model.parameters())
        self.n_parts = n_cores() if dev.type == "cpu" else 1
        self.pool = ThreadPoolExecutor(self.n_parts, initializer=use_cores, initargs=(1,))
        inner, self.rest = split(self.model)
        self.muon = Muon(inner).to(dev)
        self.adam = torch.optim.AdamW(self.rest, betas=(0.9, 0.98), weight_decay=0.0, fused=True)
        self.average = Average(self.model, 0.98)
        self.peak, self.first_seed, self.focus = 1.0, 0, None
        saved = load(CHECKPOINT)
        if saved:
            self.model.load_state_dict(saved["model"])
            self.average.state = {k: v.to(dev) for k, v in saved["average"].items()}
            self.peak, self.first_seed, self.focus = saved["peak"], saved["first_seed"], saved["focus"]
        if saved and "adam" in saved:  # else it was made of a finished model by resume.py
            self.adam.load_state_dict(saved["adam"])
            self.muon.buffers = {k: v.to(dev) for k, v in saved["muon"].items()}
            self.step, spent = saved["step"], saved["spent"]
        self.clock = Clock(p.transformer_minutes, spent)

    def save(self):
        save(CHECKPOINT, model=self.model.state_dict(), average=self.average.state, adam=self.adam.state_dict(),
             muon=self.muon.buffers, spent=self.clock.spent(), peak=self.peak,
             step=self.step, batch=self.p.transformer_batch, first_seed=self.first_seed, focus=self.focus)

    def batches(self):
        scenes = Scenes(self.p.transformer_batch, self.first_seed + self.step, self.focus)
        workers = 1 if self.dev.type == "cpu" else 14
        return torch.utils.data.DataLoader(scenes, batch_size=None, num_workers=workers, prefetch_factor=4)

    def learn(self, *batch):
        """One step; returns the loss."""
        lr = self.peak * rate(self.clock.share(), self.step, 100 if self.focus is None else 40)
        loss = self.differentiate([part.to(self.dev) for part in batch])
        torch.nn.utils.clip_grad_norm_(self.rest, 1.0)
        self.adam.param_groups[0]["lr"] = self.p.transformer_lr * lr
        self.adam.step()
        self.adam.zero_grad()
        self.step += 1
        if self.step % self.p.muon_every == 0:
            self.muon.step(self.p.muon_lr * lr)
            self.model.zero_grad()
        if self.step % 4 == 0:
            self.average.update(self.model)
        return loss

    def differentiate(self, batch):
        """Adds the gradients of one batch to those there are; returns the loss.  A processor's cores take a
        part of the batch each, as two cores that share every product are slower by a fifth."""
        losses, gradients = zip(*self.pool.map(self.part, *(part.chunk(self.n_parts) for part in batch)))
        n = len(losses)
        for p, *of_parts in zip(self.parameters, *gradients):
            mean = sum(of_parts) / n
            p.grad = mean if p.grad is None else p.grad.add_(mean)
        return sum(losses) / n

    def part(self, text, image, begun, words, said):
        """Loss and gradients of a part of a batch."""
        with autocast(self.dev):
            loss = loss_of(self.model, text, image, weights(image, self.p.background_codes), begun=begun)
            asked = look_words.loss_of(self.model, words, said)
        gradients = torch.autograd.grad(loss + look_words.WEIGHT / image.shape[1] * asked, self.parameters)
        return loss.item(), gradients


def main():
    dev = device()
    if dev.type == "cpu":
        use_cores(1)  # each takes a part of the batch instead
    t = Training(preset(), dev)
    held_out = iter(Scenes(16, VALIDATION_SEED >> 16))
    validation = [tuple(v.to(dev) for v in next(held_out)) for _ in range(4)]
    total, shown, began = 0.0, 0, time.time()
    for batch in t.batches():
        total, shown = total + t.learn(*batch), shown + len(batch[0])
        is_over = t.clock.share() >= 1
        if t.step % 20 == 0:
            print(f"step {t.step} loss {total / 20:.4f} {shown / (time.time() - began):.1f}/s {t.clock.spent() / 60:.1f} min", flush=True)
            total, shown, began = 0.0, 0, time.time()
        if t.step % (200 if t.focus is None else 50) == 0 or is_over:
            with autocast(dev):
                right, wrong, begins = validate(t.model, validation)
                print(f"step {t.step} validation {right:.4f} wrong caption {wrong:.4f} what begins {begins:.3f}", flush=True)
                if is_over:
                    t.average.choose(t.model, lambda: validate(t.model, validation)[0], right)
        if t.step % (100 if t.focus is None else 25) == 0 or is_over:
            t.save()
        if is_over:
            break


if __name__ == "__main__":
    main()
