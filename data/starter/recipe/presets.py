# SPDX-License-Identifier: GPL-3.0-or-later
"""All sizes and schedules in one place.

`small` is for a processor core and what is shipped; `gpu` trains the same networks on one GPU, so that
its file fits into the 60 MB as well; `full` is a larger model over all of concepts.tsv, whose file does
not (about 110 MB); `rehearsal` walks the way of `gpu` in minutes, on a processor.
"""
import os
from types import SimpleNamespace

TILE = 16  # pixels a side of what one token stands for
GRID = 16  # tokens a side of a picture
SIZES = (144, 96)  # pixels of a sprite's longer side; multiples of TILE

SMALL = dict(
    core_only=True,
    foreground_codes=15552,
    background_codes=832,
    embed_dim=256,
    text_vocab=2048,
    n_text=64,
    d=384, n_heads=6, glu=1024, n_encoder=3, n_decoder=4,
    ch=32, ch_mult=(1, 1, 2, 4, 8), num_res_blocks=0, z_channels=256,
    transformer_batch=24, transformer_lr=2e-3, muon_lr=0.02,
    # Steps whose gradients make one step of the inner matrices: on a processor, to orthogonalise them
    # costs as much as a third of a batch.
    muon_every=4,
    transformer_minutes=98,
    decoder_batch=12, decoder_crop=8, decoder_lr=3e-4, decoder_minutes=21,
)

GPU = dict(
    SMALL,
    transformer_batch=256, muon_every=1, transformer_minutes=7.5,
    decoder_batch=48, decoder_crop=16, decoder_minutes=9,
)

FULL = dict(
    GPU,
    core_only=False,
    foreground_codes=31936,
    n_encoder=4, n_decoder=8, d=512, n_heads=8, glu=1360,
    ch_mult=(1, 2, 4, 4, 8), num_res_blocks=1,
    transformer_minutes=12,
)

REHEARSAL = dict(GPU, transformer_batch=8, transformer_minutes=0.5, decoder_batch=4, decoder_minutes=0.5)
PRESETS = {"small": SMALL, "gpu": GPU, "full": FULL, "rehearsal": REHEARSAL}


def preset():
    """The preset named by LIMN_STARTER_PRESET (default `small`)."""
    values = dict(PRESETS[os.environ.get("LIMN_STARTER_PRESET", "small")])
    if "LIMN_STARTER_MINUTES" in os.environ:  # for whichever training stage is run
        minutes = float(os.environ["LIMN_STARTER_MINUTES"])
        values.update({k: minutes for k in values if k.endswith("_minutes")})
    return SimpleNamespace(
        **values,
        image_vocab=values["foreground_codes"] + values["background_codes"],
        n_image=GRID * GRID, resolution=GRID * TILE, attn_resolutions=(),
    )
