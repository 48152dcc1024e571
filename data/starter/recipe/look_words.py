# SPDX-License-Identifier: GPL-3.0-or-later
"""Which look is asked for, learned of captions alone.  Looks are the first tokens of a picture: to learn them takes
the words and two positions, a hundredth of the work of a whole scene, and of few scenes alone they are hardly learned.

Only *which* look is said, or that there is none, is asked: what else a picture begins with, scenes teach.
"""
import torch
import torch.nn.functional as F

from . import looks

CAPTIONS = 2  # for each scene of a batch
WEIGHT = 25.0  # tokens of a scene that what one caption asks for counts as much as
NONE = len(looks.LOOKS)
IGNORED = -1
TOKENS = torch.tensor([looks.token(name) for name in looks.LOOKS])


def wanted(scenes):
    """Which looks are said, (B, MOST): behind the first NONE nothing is asked."""
    rows = [[looks.LOOKS.index(name) for name in scene.looks] + [NONE] for scene in scenes]
    return torch.tensor([(row + [IGNORED] * looks.MOST)[: looks.MOST] for row in rows])


def loss_of(model, text, said):
    """Nats a caption, from text ids (B, T) and which looks they ask for (B, MOST)."""
    tokens = TOKENS.to(text.device)
    fed = torch.where((said >= 0) & (said < NONE), tokens[said.clamp(0, NONE - 1)], 0)
    logits = model.decoder.lm_head(model.states(text, fed)).float()
    is_look = torch.zeros(logits.shape[-1], dtype=torch.bool, device=text.device).index_fill(0, tokens, True)
    others = logits.masked_fill(is_look, -torch.inf).logsumexp(-1, keepdim=True)
    choices = torch.cat([logits[..., tokens], others], -1)
    losses = F.cross_entropy(choices.flatten(0, 1), said.flatten(), ignore_index=IGNORED, reduction="sum")
    return losses / len(text)
