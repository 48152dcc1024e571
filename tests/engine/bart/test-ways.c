/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * More ways to draw: a part of a picture drawn again, two prompts mixed, tiles,
 * maps of several pictures, pictures from elsewhere, and scores.
 */
#include <math.h>
#include <string.h>

#include "engine/bart/rng.h"
#include "engine/generate-private.h"
#include "toy-model.h"

#define PROMPT "Nuclear explosion broccoli"
#define OTHER  "a blue car"
#define SEED   20220601

static LimnModel *model; /* NULL without the reference vectors */

static gboolean
has_model (void)
{
  if (!model)
    g_test_skip ("the reference vectors are not here");
  return model != NULL;
}

static LimnRequest
make_request (guint n_pictures)
{
  LimnRequest request;

  limn_request_init (&request, model);
  request.prompt = PROMPT;
  request.n_pictures = n_pictures;
  request.seed = SEED;
  request.guidance = 3;
  request.n_threads = 2;
  return request;
}

static GPtrArray *
generate (const LimnRequest *request)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *pictures = limn_generate (model, request, NULL, NULL, NULL, &error);

  if (!pictures)
    g_error ("generate: %s", error->message);
  return pictures;
}

static LimnPicture *
draw_one (const LimnRequest *request)
{
  g_autoptr (GPtrArray) pictures = generate (request);

  return limn_picture_ref (pictures->pdata[0]);
}

static void
assert_same_rgb (const LimnPicture *a, const LimnPicture *b)
{
  g_assert_cmpuint (a->width, ==, b->width);
  g_assert_cmpuint (a->height, ==, b->height);
  g_assert_cmpint (memcmp (a->rgb, b->rgb, (gsize) a->width * a->height * 3), ==, 0);
}

static void
assert_same_ids (const LimnPicture *a, const LimnPicture *b)
{
  g_assert_cmpmem (a->ids, a->n_ids * sizeof *a->ids, b->ids, b->n_ids * sizeof *b->ids);
}

static gboolean
has_same_ids (const LimnPicture *a, const LimnPicture *b)
{
  return memcmp (a->ids, b->ids, a->n_ids * sizeof *a->ids) == 0;
}

/* A picture of this request is the same alone, in grids, batches, and on any number of threads. */
static void
check_same_bits (LimnRequest request, guint n_pictures)
{
  g_autoptr (GPtrArray) all = NULL;

  request.n_pictures = n_pictures;
  all = generate (&request);
  for (guint n_threads = 1; n_threads <= 3; n_threads++)
    {
      g_autoptr (GPtrArray) some = NULL;

      request.n_pictures = n_threads;
      request.n_threads = n_threads;
      some = generate (&request);
      for (guint i = 0; i < some->len; i++)
        {
          assert_same_ids (some->pdata[i], all->pdata[i]);
          assert_same_rgb (some->pdata[i], all->pdata[i]);
          g_assert_cmpfloat (((LimnPicture *) some->pdata[i])->score, ==,
                             ((LimnPicture *) all->pdata[i])->score);
        }
    }
}

/* ---- drawing a share again ------------------------------------------------- */

static void
test_redraw (void)
{
  LimnRequest request;
  g_autoptr (LimnPicture) first = NULL;
  g_autoptr (GPtrArray) varied = NULL;

  if (!has_model ())
    return;
  request = make_request (1);
  first = draw_one (&request);
  request = make_request (4);
  request.seed = 77;
  request.keep_ids = first->ids;
  request.n_keep = 256;
  request.redraw = 0.3;
  varied = generate (&request);
  for (guint p = 0; p < varied->len; p++)
    {
      const LimnPicture *picture = varied->pdata[p];
      LimnRequest again = make_request (1);
      g_autoptr (LimnPicture) same = NULL;
      guint n_again = 0, n_other = 0;

      for (guint i = 0; i < 256; i++)
        {
          gboolean is_again =
              limn_random_uniform (picture->seed, ((guint64) 1 << 32) + i) < request.redraw;

          n_again += is_again;
          n_other += picture->ids[i] != first->ids[i];
          if (!is_again)
            g_assert_cmpuint (picture->ids[i], ==, first->ids[i]);
        }
      g_assert_cmpuint (n_again, >, 40);
      g_assert_cmpuint (n_again, <, 120);
      g_assert_cmpuint (n_other, >, 0);
      /* its own tokens and seed are all that is needed to draw it again */
      again.keep_ids = picture->ids;
      again.n_keep = 256;
      again.redraw = request.redraw;
      again.seed = picture->seed;
      same = draw_one (&again);
      assert_same_ids (same, picture);
      assert_same_rgb (same, picture);
      g_assert_cmpfloat (same->score, ==, picture->score);
    }
  check_same_bits (request, 17); /* two batches */
}

static void
test_redraw_ends (void)
{
  LimnRequest request;
  g_autoptr (LimnPicture) first = NULL, plain = NULL, none = NULL, all = NULL;

  if (!has_model ())
    return;
  request = make_request (1);
  first = draw_one (&request);
  request.seed = 5;
  plain = draw_one (&request);
  request.keep_ids = first->ids;
  request.n_keep = 256;
  none = draw_one (&request);
  request.redraw = 1;
  all = draw_one (&request);
  assert_same_ids (none, first);
  assert_same_ids (all, plain);
  assert_same_rgb (all, plain);
}

/* ---- two prompts ------------------------------------------------------------ */

static void
test_blend (void)
{
  LimnRequest request;
  g_autoptr (LimnPicture) one = NULL, other = NULL, at_0 = NULL, at_1 = NULL, half = NULL;
  g_autoptr (LimnPicture) itself = NULL;

  if (!has_model ())
    return;
  request = make_request (1);
  one = draw_one (&request);
  request.blend_prompt = OTHER;
  at_0 = draw_one (&request);
  request.blend = 1;
  at_1 = draw_one (&request);
  request.blend = 0.5;
  half = draw_one (&request);
  check_same_bits (request, 17);
  request.blend_prompt = PROMPT;
  itself = draw_one (&request);
  request = make_request (1);
  request.prompt = OTHER;
  other = draw_one (&request);
  assert_same_rgb (at_0, one);
  assert_same_rgb (at_1, other);
  assert_same_rgb (itself, one);
  g_assert_false (has_same_ids (half, one));
  g_assert_false (has_same_ids (half, other));
  /* without an unconditional stream, too */
  request = make_request (1);
  request.guidance = 1;
  request.blend_prompt = OTHER;
  request.blend = 0.25;
  request.negative_prompt = "nothing at all";
  check_same_bits (request, 3);
}

/* ---- scores ----------------------------------------------------------------- */

/* The score of a picture does not depend on how it came about: all tokens given, one by one,
 * and nothing mixed, the sum is the same but for rounding, whatever it shall not show. */
static void
check_score (const LimnRequest *drawn)
{
  g_autoptr (LimnPicture) picture = draw_one (drawn), again = NULL;
  LimnRequest request = *drawn;

  request.keep_ids = picture->ids;
  request.n_keep = 256;
  request.redraw = 1e-300; /* never happens, but tokens are looked at one by one */
  request.guidance = 1;
  request.negative_prompt = NULL;
  again = draw_one (&request);
  assert_same_ids (again, picture);
  g_assert_true (isfinite (picture->score));
  g_assert_cmpfloat (picture->score, <, 0);
  g_assert_cmpfloat_with_epsilon (again->score, picture->score, 1e-6 * fabs (picture->score));
}

/* Of two pictures that differ in the last token alone, the likelier one scores more, and what is
 * given to all pictures does not count. */
static void
check_likelier_scores_more (void)
{
  LimnRequest request = make_request (1);
  g_autoptr (LimnPicture) first = draw_one (&request), last = NULL, other = NULL;

  request.keep_ids = first->ids;
  request.n_keep = 255;
  request.guidance = 1;
  request.temperature = 0; /* the likeliest token */
  last = draw_one (&request);
  first->ids[255] = last->ids[255] == 0;
  request.n_keep = 256;
  request.redraw = 1e-300;
  other = draw_one (&request);
  g_assert_cmpmem (other->ids, 255 * 4, last->ids, 255 * 4);
  g_assert_cmpfloat (last->score, >, log (1.0 / 65536)); /* at least as likely as any token */
  first->ids[255] = last->ids[255];
  limn_picture_unref (last);
  last = draw_one (&request);
  g_assert_cmpfloat (other->score, <, last->score);
}

static void
test_scores (void)
{
  static const double guidances[] = { 0, 0.5, 2, 10 };
  LimnRequest request;

  if (!has_model ())
    return;
  for (guint i = 0; i < G_N_ELEMENTS (guidances); i++)
    {
      request = make_request (1);
      request.guidance = guidances[i];
      check_score (&request);
      request.negative_prompt = OTHER;
      check_score (&request);
    }
  request = make_request (1);
  request.guidance = 1;
  check_score (&request);
  check_likelier_scores_more ();
  check_same_bits (request, 3);
}

/* ---- pixels ----------------------------------------------------------------- */

static LimnPicture *
render (const guint32 *ids, guint height, guint width, gboolean is_tile, guint n_threads)
{
  g_autoptr (GError) error = NULL;
  LimnMap map = { ids, height, width, is_tile };
  LimnPicture *picture = limn_render (model, &map, n_threads, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (picture->width, ==, 16 * width);
  g_assert_cmpuint (picture->height, ==, 16 * height);
  return picture;
}

/* What is moved round the edges by tokens is moved round the edges by pixels. */
static void
check_moved (const guint32 *ids, guint height, guint width, guint down, guint right)
{
  g_autofree guint32 *moved = g_new (guint32, height * width);
  g_autoptr (LimnPicture) tile = render (ids, height, width, TRUE, 2), shifted = NULL;
  guint pixel_height = 16 * height, pixel_width = 16 * width, n_off = 0;

  for (guint y = 0; y < height; y++)
    for (guint x = 0; x < width; x++)
      moved[(y + down) % height * width + (x + right) % width] = ids[y * width + x];
  shifted = render (moved, height, width, TRUE, 2);
  for (guint y = 0; y < pixel_height; y++)
    for (guint x = 0; x < pixel_width; x++)
      for (guint c = 0; c < 3; c++)
        {
          guint to_y = (y + 16 * down) % pixel_height, to_x = (x + 16 * right) % pixel_width;
          int difference = tile->rgb[(y * pixel_width + x) * 3 + c]
                           - shifted->rgb[(to_y * pixel_width + to_x) * 3 + c];

          g_assert_cmpint (ABS (difference), <=, 1); /* sums in another order */
          n_off += difference != 0;
        }
  g_assert_cmpuint (n_off, <, pixel_height * pixel_width * 3 / 100);
}

static void
test_tile (void)
{
  LimnRequest request;
  g_autoptr (LimnPicture) plain = NULL, drawn = NULL, tile = NULL, alone = NULL;

  if (!has_model ())
    return;
  request = make_request (1);
  plain = draw_one (&request);
  check_moved (plain->ids, 16, 16, 5, 11);
  check_moved (plain->ids, 3, 5, 1, 2);
  check_moved (plain->ids, 1, 2, 0, 1);
  request.is_tile = TRUE;
  drawn = draw_one (&request);
  tile = render (plain->ids, 16, 16, TRUE, 1);
  alone = render (plain->ids, 16, 16, FALSE, 3);
  assert_same_ids (drawn, plain);
  assert_same_rgb (drawn, tile);
  assert_same_rgb (alone, plain);
  g_assert_cmpint (memcmp (tile->rgb, plain->rgb, 256 * 256 * 3), !=, 0);
  check_same_bits (request, 3);
}

static void
test_join (void)
{
  guint32 ids[5][4];
  const guint32 *all[5];
  LimnMap map = { 0 };
  /* three columns, two rows; the place left over has the first one again */
  static const guint32 expected[] = { 0,  1,  10, 11, 20, 21, 2,  3,  12, 13, 22, 23,
                                      30, 31, 40, 41, 0,  1,  32, 33, 42, 43, 2,  3 };
  g_autofree guint32 *joined = NULL;

  for (guint p = 0; p < 5; p++)
    {
      all[p] = ids[p];
      for (guint i = 0; i < 4; i++)
        ids[p][i] = 10 * p + i;
    }
  joined = limn_join_ids (all, 5, 2, &map);
  g_assert_true (map.ids == joined);
  g_assert_cmpuint (map.width, ==, 6);
  g_assert_cmpuint (map.height, ==, 4);
  g_assert_cmpmem (joined, sizeof expected, expected, sizeof expected);
}

/* A joined map gives one picture, the same on any number of threads. */
static void
test_seamless (void)
{
  LimnRequest request;
  g_autoptr (GPtrArray) pictures = NULL;
  const guint32 *ids[4];
  LimnMap map = { 0 };
  g_autofree guint32 *joined = NULL;
  g_autoptr (LimnPicture) one = NULL, three = NULL;

  if (!has_model ())
    return;
  request = make_request (4);
  pictures = generate (&request);
  for (guint i = 0; i < 4; i++)
    ids[i] = ((LimnPicture *) pictures->pdata[i])->ids;
  joined = limn_join_ids (ids, 4, 16, &map);
  one = render (map.ids, map.height, map.width, FALSE, 1);
  three = render (map.ids, map.height, map.width, FALSE, 3);
  g_assert_cmpuint (one->n_ids, ==, 1024);
  assert_same_rgb (one, three);
}

static void
test_render_refused (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  guint32 ids[] = { 0, 1, G_MAXUINT32 };
  const LimnMap bad[] = {
    { ids, 3, 1 }, { ids, 0, 1 }, { ids, 1, 0 }, { NULL, 1, 1 }, { ids, 1, LIMN_MAX_MAP_SIDE + 1 },
  };
  LimnMap good = { ids, 1, 1 };

  if (!has_model ())
    return;
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (limn_render (model, &bad[i], 1, NULL, &error));
      g_assert_error (error, LIMN_ERROR, LIMN_ERROR_INVALID_REQUEST);
    }
  g_cancellable_cancel (cancellable);
  g_autoptr (GError) error = NULL;
  g_assert_null (limn_render (model, &good, 1, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* ---- pictures from elsewhere -------------------------------------------------- */

static guint8 *
make_photo (void)
{
  guint8 *rgb = g_new (guint8, 256 * 256 * 3);

  for (guint i = 0; i < 256 * 256 * 3; i++)
    rgb[i] = (guint8) (i / 768 * 3 + i % 768 / 5);
  return rgb;
}

/* The first rows of a photo are in the picture, whatever is drawn below. */
static void
test_finish (void)
{
  g_autofree guint8 *photo = make_photo ();
  g_autofree guint32 *ids = NULL, *again = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) pictures = NULL;
  LimnRequest request;
  guint n = 0;

  if (!has_model ())
    return;
  ids = limn_read_picture (model, photo, 1, NULL, &n, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, 256);
  again = limn_read_picture (model, photo, 3, NULL, &n, &error);
  g_assert_cmpmem (again, 1024, ids, 1024);
  request = make_request (3);
  request.keep_ids = ids;
  request.n_keep = 100;
  pictures = generate (&request);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpmem (((LimnPicture *) pictures->pdata[i])->ids, 400, ids, 400);
  check_same_bits (request, 3);
}

static void
test_read_refused (void)
{
  g_autofree guint8 *photo = make_photo ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  LimnModelPart parts;
  guint n;

  if (!has_model ())
    return;
  g_cancellable_cancel (cancellable);
  g_assert_null (limn_read_picture (model, photo, 1, cancellable, &n, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  parts = model->info.parts;
  model->info.parts &= ~LIMN_MODEL_PART_ENCODER;
  g_assert_null (limn_read_picture (model, photo, 1, NULL, &n, &error));
  g_assert_error (error, LIMN_ERROR, LIMN_ERROR_MISSING);
  g_clear_error (&error);
  model->info.parts = parts;
  model->info.grid_size = 8;
  g_assert_null (limn_read_picture (model, photo, 1, NULL, &n, &error));
  g_assert_error (error, LIMN_ERROR, LIMN_ERROR_UNSUPPORTED);
  model->info.grid_size = 16;
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  model = toy_model_open ();
  g_test_add_func ("/ways/redraw", test_redraw);
  g_test_add_func ("/ways/redraw-ends", test_redraw_ends);
  g_test_add_func ("/ways/blend", test_blend);
  g_test_add_func ("/ways/scores", test_scores);
  g_test_add_func ("/ways/tile", test_tile);
  g_test_add_func ("/ways/join", test_join);
  g_test_add_func ("/ways/seamless", test_seamless);
  g_test_add_func ("/ways/render-refused", test_render_refused);
  g_test_add_func ("/ways/finish", test_finish);
  g_test_add_func ("/ways/read-refused", test_read_refused);
  status = g_test_run ();
  toy_model_close (model);
  return status;
}
