# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the trained networks in the published PyTorch form that `limn import` reads."""
import json
import shutil

import torch

from . import background, fit_looks
from .groupnorm import GROUPS
from .looks import LOOKS, STYLES, token
from .paths import CONCEPTS, WORK, work
from .presets import preset
from .sample import GUIDANCE, MIN_PROBABILITY, TEMPERATURE, TOP_K
from .schedule import load
from .tiles import Tokens
from .train_transformer import SHOWN, TRAINING


def config(p):
    return {
        "model_type": "dallebart", "d_model": p.d,
        "encoder_layers": p.n_encoder, "decoder_layers": p.n_decoder,
        "encoder_attention_heads": p.n_heads, "decoder_attention_heads": p.n_heads,
        "encoder_ffn_dim": p.glu, "decoder_ffn_dim": p.glu,
        "encoder_vocab_size": p.text_vocab, "image_vocab_size": p.image_vocab,
        "max_text_length": p.n_text, "image_length": p.n_image,
        "decoder_start_token_id": p.image_vocab, "bos_token_id": p.image_vocab,
        "pad_token_id": p.image_vocab, "eos_token_id": p.image_vocab,
        "normalize_text": True, "ln_type": "layernorm", "ln_positions": "normformer",
        "use_glu": True, "use_bias": False, "force_ln_scale": False,
        "use_final_ln_encoder": True, "use_final_ln_decoder": True,
        "use_absolute_position_embeddings": True, "use_swin_position_embeddings": False,
        "use_cosine_attention": False, "use_head_scale": False, "use_deepnet_scaling": False,
        "activation_function": "gelu", "sinkhorn_iters": 1, "scale_embedding": False,
        "tie_word_embeddings": False, "use_scan": False,
        "limn_sampling": {"guidance": GUIDANCE, "top_k": TOP_K, "temperature": TEMPERATURE,
                          "min_probability": MIN_PROBABILITY},
        "limn_styles": list(STYLES), "limn_model_name": "Limn Starter", "limn_licence": "CC-BY-4.0",
    }


def vqgan_config(p, looks):
    widths = [len(looks["average"][f"looks.{i}.in.weight"]) for i in range(len(LOOKS))]
    return {
        "look_tokens": [token(name) for name in LOOKS], "look_widths": widths, "look_sizes": looks["sizes"],
        "n_backgrounds": p.background_codes,
        "double_z": False, "z_channels": p.z_channels, "resolution": p.resolution, "in_channels": 3,
        "out_ch": 3, "ch": p.ch, "ch_mult": list(p.ch_mult), "num_res_blocks": p.num_res_blocks,
        "attn_resolutions": list(p.attn_resolutions), "dropout": 0.0, "n_embed": p.image_vocab,
        "embed_dim": p.embed_dim, "num_groups": GROUPS, "upsample_filters": 4, "encoder_skips_middle": 1, "resamp_with_conv": True, "give_pre_end": False,
    }


def half(state):
    return {k: v.to(torch.float16).contiguous() for k, v in state.items()}


def write_concepts(p):
    """The part of the table that this preset was taught; `limn import` keeps it in the model."""
    head, *rows = CONCEPTS.read_text(encoding="utf-8").splitlines()
    core = head.split("\t").index("core")
    known = [r for r in rows if not p.core_only or r.split("\t")[core] == "1"]
    work("export/concepts.tsv").write_text("\n".join([head, *known]) + "\n", encoding="utf-8")


def write_shown(saved):
    """From what the scenes of the last training can be told again."""
    if "step" in saved:
        shown = {name: saved[name] for name in SHOWN}
        shown["focus"] = None if saved["focus"] is None else saved["focus"].tolist()
        TRAINING.write_text(json.dumps(shown) + "\n")


def main():
    p, saved = preset(), load("transformer.pt")
    write_concepts(p)
    write_shown(saved)
    state = half(saved["average"])
    part = lambda prefix: {k.removeprefix(prefix): v for k, v in state.items() if k.startswith(prefix)}
    torch.save(part("encoder."), work("export/encoder.pt"))
    torch.save(part("decoder."), work("export/decoder.pt"))
    codes = torch.from_numpy(background.vectors(Tokens()))
    looks = load(fit_looks.NAME)
    pictures = {"quantize.embedding.weight": codes, **load("decoder.pt")["average"], **load("encoder.pt")["average"],
                **looks["average"]}
    torch.save(half(pictures), work("export/vqgan.pt"))
    for name, values in (("config.json", config(p)), ("vqgan_config.json", vqgan_config(p, looks))):
        work(f"export/{name}").write_text(json.dumps(values, indent=1) + "\n")
    for name in ("vocab.json", "merges.txt"):
        shutil.copy(WORK / name, work(f"export/{name}"))
    for path in sorted((WORK / "export").iterdir()):
        print(f"{path.stat().st_size:10d} {path.name}")


if __name__ == "__main__":
    main()
