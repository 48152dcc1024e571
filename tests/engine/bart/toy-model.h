/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A model that draws, as small as can be, imported from the reference checkpoints. */
#pragma once

#include "engine/limn.h"

G_BEGIN_DECLS

/* Text, tokenizer and VQGAN in one file; NULL without the reference vectors. */
LimnModel *toy_model_open (void);
/* Removes its file, too. */
void toy_model_close (LimnModel *model);

G_END_DECLS
