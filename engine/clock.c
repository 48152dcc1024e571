/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How far a job is and how long it will take.  Leaves telling it to generate.c. */
#include "generate-private.h"

#define FIRST_STEPS  3      /* steps before the first estimate */
#define RECENT_SHARE 0.0625 /* weight of the newest step: about 16 count */
/* Multiplications a second in a step's products, over those in a convolution. */
#define INTEGER_GAIN 2.0
#define FLOAT_GAIN   0.7

/* Multiplications in the 3x3 convolutions of a render, nearly all there is. */
static double
count_render (const LimnModel *model)
{
  const LimnVqganConfig *vqgan = &model->vqgan;
  double work = 0;

  for (guint i = 0; i < vqgan->n_levels; i++)
    {
      double side = model->info.picture_size >> i, n = vqgan->ch * vqgan->ch_mult[i];
      double one = side * side * n * n * 9;

      work += one * 2 * (vqgan->n_res_blocks + 1);
      if (i > 0)
        work += one * 4; /* the upsampling works at the next size */
    }
  return work;
}

double
limn_clock_guess_render (LimnModel *model, guint n_pictures)
{
  const LimnTextConfig *text = &model->text;
  double d = text->d, layer = 6 * d * d + 3 * d * text->decoder.ffn; /* weights read */
  double step = 2 * n_pictures * (text->decoder.n_layers * layer + d * text->image_vocab);
  gboolean is_integer = model->decoder.layers[0].fc0.type == LIMN_TYPE_I8;

  return count_render (model) / step * (is_integer ? INTEGER_GAIN : FLOAT_GAIN);
}

void
limn_clock_begin (LimnClock *clock, guint n_steps, guint n_renders, double steps_a_render)
{
  *clock = (LimnClock){
    .began_us = g_get_monotonic_time (),
    .n_steps = n_steps,
    .n_renders = n_renders,
    .steps_a_render = steps_a_render,
  };
  clock->mark_us = clock->began_us;
}

static double
get_lap (LimnClock *clock)
{
  gint64 now = g_get_monotonic_time ();
  double lap = (double) (now - clock->mark_us);

  clock->mark_us = now;
  return MAX (lap, 1);
}

void
limn_clock_mark (LimnClock *clock)
{
  get_lap (clock);
}

void
limn_clock_add_step (LimnClock *clock)
{
  double lap = get_lap (clock);
  double share = MAX (RECENT_SHARE, 1.0 / (clock->steps_done + 1));

  clock->steps_done++;
  clock->step_us += share * (lap - clock->step_us);
}

void
limn_clock_add_render (LimnClock *clock)
{
  double lap = get_lap (clock);

  clock->renders_done++;
  clock->render_us += (lap - clock->render_us) / clock->renders_done;
}

static double
get_us_left (const LimnClock *clock)
{
  double render_us =
      clock->renders_done > 0 ? clock->render_us : clock->steps_a_render * clock->step_us;

  return (clock->n_steps - clock->steps_done) * clock->step_us
         + (clock->n_renders - clock->renders_done) * render_us;
}

double
limn_clock_get_fraction (LimnClock *clock)
{
  double elapsed = (double) (g_get_monotonic_time () - clock->began_us);
  double left = get_us_left (clock);

  if (clock->steps_done == clock->n_steps && clock->renders_done == clock->n_renders)
    clock->fraction = 1;
  else if (clock->steps_done >= FIRST_STEPS)
    clock->fraction = CLAMP (elapsed / (elapsed + left), clock->fraction, 1);
  return clock->fraction;
}

double
limn_clock_get_seconds_left (const LimnClock *clock)
{
  return clock->steps_done < FIRST_STEPS ? -1 : get_us_left (clock) * 1e-6;
}
