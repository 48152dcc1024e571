/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of a drawing job share: checks, pictures, the clock. */
#pragma once

#include "limn.h"
#include "model/model-private.h"

G_BEGIN_DECLS

/* Codes a picture may be made of: those that the text model and the VQGAN both know. */
guint limn_model_get_n_codes (LimnModel *model);

/* Whether every setting of request is in its range; the error names the first that is not. */
gboolean limn_request_check (const LimnRequest *request, LimnModel *model, GError **error);

/* Bytes that drawing n_at_once pictures together allocates at most, each guided by
 * n_streams texts; G_MAXUINT64 when that cannot be told.  Parts that the model lacks
 * take nothing. */
guint64 limn_generate_plan_bytes (LimnModel *model, guint n_streams, guint n_at_once);

/* limn_model_plan_memory() for pictures that n_streams texts guide. */
void limn_plan_memory (LimnModel *model, guint n_streams, guint n_pictures, LimnMemoryPlan *plan);

/* Takes nothing: room for width * height * 3 bytes and n_ids, or NULL without memory. */
LimnPicture *limn_picture_new (guint index, guint width, guint height, guint n_ids, GError **error);

/*
 * LimnClock: how far a job is and how long it will take.
 *
 * The work of a job is steps and renders, each measured as they go.  The cost
 * of a render is guessed from a step's until the first one is done.
 */
typedef struct
{
  gint64 began_us;
  guint n_steps, n_renders; /* in the whole job */
  guint steps_done, renders_done;
  gint64 mark_us;        /* when the last one ended */
  double step_us;        /* mean of recent ones, 0 while unknown */
  double render_us;      /* mean, or a guess, 0 while unknown */
  double steps_a_render; /* the guess: a render costs as much as so many steps */
  double fraction;       /* as last told */
} LimnClock;

/* How many decoder steps of n_pictures one render takes, guessed from the work in both. */
double limn_clock_guess_render (LimnModel *model, guint n_pictures);

void limn_clock_begin (LimnClock *clock, guint n_steps, guint n_renders, double steps_a_render);
/* Time since the last mark was spent on something else. */
void limn_clock_mark (LimnClock *clock);
void limn_clock_add_step (LimnClock *clock);
void limn_clock_add_render (LimnClock *clock);
/* 0 to 1, never falling */
double limn_clock_get_fraction (LimnClock *clock);
/* negative while unknown */
double limn_clock_get_seconds_left (const LimnClock *clock);

G_END_DECLS
