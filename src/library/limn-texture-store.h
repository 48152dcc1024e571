/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which pictures have their pixels in memory.
 *
 * What shows a picture holds it; the pixels of a saved one are loaded when it
 * is held first and let go some time after the last hold, so that a library
 * of any size needs little memory.  Main thread.
 */
#pragma once

#include "limn-drawing.h"

G_BEGIN_DECLS

void limn_texture_store_hold (LimnDrawing *drawing);
void limn_texture_store_release (LimnDrawing *drawing);

G_END_DECLS
