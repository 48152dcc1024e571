# SPDX-License-Identifier: GPL-3.0-or-later
"""The text-to-tokens model: a BART with norms before and after each block and gated feed-forward layers.

Parameter names follow the published PyTorch form of DALL-E Mini, so that `limn import` reads the
state dictionaries as they are.  Training and sampling live in other files.
"""
import torch
import torch.nn.functional as F
from torch import nn

PAD = 1
HIDDEN = -1e4


class Norm(nn.Module):
    """Layer norm whose scale is left out (means one) where the published files leave it out."""

    def __init__(self, d, has_scale=True):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(d)) if has_scale else None
        self.bias = nn.Parameter(torch.zeros(d))

    def forward(self, x):
        weight = None if self.weight is None else self.weight.to(x.dtype)
        return F.layer_norm(x, self.bias.shape, weight, self.bias.to(x.dtype), 1e-5)


class Attention(nn.Module):
    def __init__(self, d, n_heads):
        super().__init__()
        self.n_heads = n_heads
        self.k_proj = nn.Linear(d, d, bias=False)
        self.v_proj = nn.Linear(d, d, bias=False)
        self.q_proj = nn.Linear(d, d, bias=False)
        self.out_proj = nn.Linear(d, d, bias=False)

    def split(self, x):  # (B, N, D) -> (B, H, N, D/H)
        return x.unflatten(-1, (self.n_heads, -1)).transpose(1, 2)

    def keys_values(self, source):
        return self.split(self.k_proj(source)), self.split(self.v_proj(source))

    def forward(self, x, keys_values, mask=None):
        """Attend; `mask` is added to the scores.  Written out for processors, where the fused kernel's
        backward pass is several times slower than these three matrix products."""
        k, v = keys_values
        q = self.split(self.q_proj(x))
        mask = None if mask is None else mask.to(q.dtype)
        if q.is_cuda:
            out = F.scaled_dot_product_attention(q, k, v, mask)
        else:
            scores = q * k.shape[-1] ** -0.5 @ k.transpose(-1, -2)
            out = (scores if mask is None else scores + mask).softmax(-1) @ v
        return self.out_proj(out.transpose(1, 2).flatten(2))


class Glu(nn.Module):
    def __init__(self, d, width):
        super().__init__()
        self.ln0 = Norm(d, has_scale=False)
        self.ln1 = Norm(width, has_scale=False)
        self.fc0 = nn.Linear(d, width, bias=False)
        self.fc1 = nn.Linear(d, width, bias=False)
        self.fc2 = nn.Linear(width, d, bias=False)

    def forward(self, x):
        z = self.ln0(x)
        return self.fc2(self.ln1(F.gelu(self.fc0(z)) * self.fc1(z)))


class EncoderLayer(nn.Module):
    def __init__(self, d, n_heads, width):
        super().__init__()
        self.pre_self_attn_layer_norm = Norm(d, has_scale=False)
        self.self_attn = Attention(d, n_heads)
        self.self_attn_layer_norm = Norm(d)
        self.glu = Glu(d, width)

    def forward(self, x, mask):
        h = self.pre_self_attn_layer_norm(x)
        x = x + self.self_attn_layer_norm(self.self_attn(h, self.self_attn.keys_values(h), mask))
        return x + self.glu(x)


def pick(x, at):  # (B, I, D), (B, n) -> (B, n, D)
    return x.gather(1, at[..., None].expand(-1, -1, x.shape[-1]))


class DecoderLayer(nn.Module):
    def __init__(self, d, n_heads, width):
        super().__init__()
        self.pre_self_attn_layer_norm = Norm(d, has_scale=False)
        self.self_attn = Attention(d, n_heads)
        self.self_attn_layer_norm = Norm(d)
        self.pre_encoder_attn_layer_norm = Norm(d, has_scale=False)
        self.encoder_attn = Attention(d, n_heads)
        self.encoder_attn_layer_norm = Norm(d)
        self.glu = Glu(d, width)

    def forward(self, x, cross, mask, causal=None, cache=None, step=0, at=None):
        """`at` (B, n) are the positions whose results are wanted (default: all)."""
        h = self.pre_self_attn_layer_norm(x)
        k, v = self.self_attn.keys_values(h)
        if at is not None:
            x, h, causal = pick(x, at), pick(h, at), causal[at][:, None]
        if cache is not None:
            cache[0][:, :, step:step + 1], cache[1][:, :, step:step + 1] = k, v
            k, v = cache[0][:, :, :step + 1], cache[1][:, :, :step + 1]
        a = self.self_attn(h, (k, v), causal)
        x = x + self.self_attn_layer_norm(a)
        h = self.pre_encoder_attn_layer_norm(x)
        x = x + self.encoder_attn_layer_norm(self.encoder_attn(h, cross, mask))
        return x + self.glu(x)


class Encoder(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.embed_tokens = nn.Embedding(c.text_vocab, c.d)
        self.embed_positions = nn.Embedding(c.n_text, c.d)
        self.layernorm_embedding = Norm(c.d)
        self.layers = nn.ModuleList(EncoderLayer(c.d, c.n_heads, c.glu) for _ in range(c.n_encoder))
        self.final_ln = Norm(c.d, has_scale=False)

    def forward(self, text):  # (B, T) -> (B, T, D), mask (B, 1, 1, T)
        mask = torch.where(text == PAD, HIDDEN, 0.0)[:, None, None, :]
        x = self.embed_tokens(text) + self.embed_positions.weight[: text.shape[1]]
        x = self.layernorm_embedding(x)
        for layer in self.layers:
            x = layer(x, mask)
        return self.final_ln(x), mask


class Decoder(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.embed_tokens = nn.Embedding(c.image_vocab + 1, c.d)
        self.embed_positions = nn.Embedding(c.n_image, c.d)
        self.layernorm_embedding = Norm(c.d)
        self.layers = nn.ModuleList(DecoderLayer(c.d, c.n_heads, c.glu) for _ in range(c.n_decoder))
        self.final_ln = Norm(c.d, has_scale=False)
        self.lm_head = nn.Linear(c.d, c.image_vocab + 1, bias=False)
        causal = torch.full((c.n_image, c.n_image), HIDDEN).triu(1)
        self.register_buffer("causal", causal, persistent=False)

    def cross(self, encoded):
        return [layer.encoder_attn.keys_values(encoded) for layer in self.layers]

    def states(self, tokens, cross, mask, at=None):
        """(B, I) inputs -> (B, I, D), all steps at once; with `at` (B, n) only those, (B, n, D)."""
        x = self.embed_tokens(tokens) + self.embed_positions.weight[: tokens.shape[1]]
        x = self.layernorm_embedding(x)
        causal = self.causal[: x.shape[1], : x.shape[1]]
        for layer, kv in zip(self.layers, cross):
            x = layer(x, kv, mask, causal, at=at if layer is self.layers[-1] else None)
        return self.final_ln(x)

    def step(self, token, i, cross, mask, caches):  # (B,) -> logits (B, V + 1)
        x = self.layernorm_embedding(self.embed_tokens(token[:, None]) + self.embed_positions.weight[i])
        for layer, kv, cache in zip(self.layers, cross, caches):
            x = layer(x, kv, mask, None, cache, i)
        return self.lm_head(self.final_ln(x))[:, 0]


class Bart(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.c = c
        self.encoder, self.decoder = Encoder(c), Decoder(c)
        for m in self.modules():
            if isinstance(m, (nn.Linear, nn.Embedding)):
                nn.init.normal_(m.weight, std=0.02)

    def states(self, text, image, at=None):
        """Final decoder states (B, I, D) while the true tokens (B, I) are fed, shifted by one; with
        `at` (B, n) only those of these positions: the last layer then works for them alone."""
        encoded, mask = self.encoder(text)
        start = torch.full_like(image[:, :1], self.c.image_vocab)
        inputs = torch.cat([start, image[:, :-1]], 1)
        return self.decoder.states(inputs, self.decoder.cross(encoded), mask, at)
