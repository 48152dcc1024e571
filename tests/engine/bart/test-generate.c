/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whole jobs with the toy model, imported from the reference checkpoints. */
#include <math.h>
#include <string.h>
#include <sys/resource.h>

#include "engine/generate-private.h"
#include "tests/tools/golden.h"
#include "toy-model.h"

#define PROMPT "Nuclear explosion broccoli"

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
  request.seed = 20220601;
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
  g_assert_cmpuint (pictures->len, ==, request->n_pictures);
  return pictures;
}

static void
assert_same_picture (const LimnPicture *a, const LimnPicture *b)
{
  g_assert_cmpmem (a->ids, a->n_ids * sizeof *a->ids, b->ids, b->n_ids * sizeof *b->ids);
  g_assert_cmpuint (a->width, ==, b->width);
  g_assert_cmpuint (a->height, ==, b->height);
  g_assert_cmpint (memcmp (a->rgb, b->rgb, (gsize) a->width * a->height * 3), ==, 0);
  g_assert_cmpuint (a->seed, ==, b->seed);
  g_assert_cmpfloat (a->score, ==, b->score);
}

/* ---- against the reference ------------------------------------------------ */

static void
test_end_to_end (void)
{
  LimnRequest request;
  g_autoptr (JsonObject) vectors = NULL;
  g_autoptr (GPtrArray) pictures = NULL;
  g_autofree guint32 *expected = NULL;
  g_auto (NpyArray) raw = { 0 };
  const LimnPicture *picture;
  gsize n, n_equal = 0;

  if (!has_model ())
    return;
  request = make_request (1);
  request.temperature = 0;
  request.guidance = 10;
  pictures = generate (&request);
  picture = pictures->pdata[0];
  vectors = golden_load_json ("tiny/vectors.json");
  expected = golden_get_ids (
      json_array_get_object_element (json_object_get_array_member (vectors, "prompts"), 0),
      "greedy256", &n);
  g_assert_cmpmem (picture->ids, picture->n_ids * sizeof (guint32), expected, n * sizeof (guint32));
  golden_load_npy ("formats/endtoend_p0_raw_stride4.npy", &raw);
  g_assert_cmpuint (raw.n, ==, 64 * 64 * 3);
  for (gsize i = 0; i < raw.n; i++)
    {
      gsize y = i / 3 / 64 * 4, x = i / 3 % 64 * 4;
      int value = (int) (CLAMP (raw.values[i], 0, 1) * 255);
      int got = picture->rgb[(y * picture->width + x) * 3 + i % 3];

      g_assert_cmpint (ABS (got - value), <=, 1);
      n_equal += got == value;
    }
  g_assert_cmpfloat ((double) n_equal / raw.n, >=, 0.999);
}

/* ---- promises ------------------------------------------------------------- */

/* A picture is the same alone, in grids, batches, and on any number of threads. */
static void
test_same_bits (void)
{
  LimnRequest request;
  g_autoptr (GPtrArray) all = NULL;
  guint64 seeds[2];

  if (!has_model ())
    return;
  request = make_request (17); /* two batches */
  all = generate (&request);
  for (guint n_threads = 1; n_threads <= 3; n_threads++)
    {
      g_autoptr (GPtrArray) some = NULL;

      request = make_request (n_threads);
      request.n_threads = n_threads;
      some = generate (&request);
      for (guint i = 0; i < some->len; i++)
        assert_same_picture (some->pdata[i], all->pdata[i]);
    }
  /* pictures 5 and 16 by their own seeds, in another order */
  request = make_request (2);
  seeds[0] = limn_picture_seed (request.seed, 16);
  seeds[1] = limn_picture_seed (request.seed, 5);
  request.seeds = seeds;
  request.seed = 1;
  {
    g_autoptr (GPtrArray) some = generate (&request);

    assert_same_picture (some->pdata[0], all->pdata[16]);
    assert_same_picture (some->pdata[1], all->pdata[5]);
  }
  for (guint i = 1; i < all->len; i++)
    g_assert_cmpint (memcmp (((LimnPicture *) all->pdata[0])->ids,
                             ((LimnPicture *) all->pdata[i])->ids, 256 * sizeof (guint32)),
                     !=, 0);
}

/* Kept tokens are in the picture, and what follows is what the same seed drew there. */
static void
test_keep (void)
{
  LimnRequest request;
  g_autoptr (GPtrArray) first = NULL;
  const LimnPicture *picture;
  static const guint n_keeps[] = { 1, 16, 100, 256 };

  if (!has_model ())
    return;
  request = make_request (1);
  first = generate (&request);
  picture = first->pdata[0];
  for (guint i = 0; i < G_N_ELEMENTS (n_keeps); i++)
    {
      g_autoptr (GPtrArray) again = NULL;
      const LimnPicture *other;

      request.keep_ids = picture->ids;
      request.n_keep = n_keeps[i];
      request.seed = 20220601;
      request.n_pictures = 2;
      again = generate (&request);
      g_assert_cmpmem (((LimnPicture *) again->pdata[0])->ids, 1024, picture->ids, 1024);
      other = again->pdata[1];
      g_assert_cmpmem (other->ids, n_keeps[i] * 4, picture->ids, n_keeps[i] * 4);
    }
}

static void
test_guidance (void)
{
  LimnRequest request;
  g_autoptr (GPtrArray) plain = NULL, against_itself = NULL, guided = NULL, against = NULL;

  if (!has_model ())
    return;
  request = make_request (1);
  guided = generate (&request);
  g_assert_true (isfinite (((LimnPicture *) guided->pdata[0])->score));
  g_assert_cmpfloat (((LimnPicture *) guided->pdata[0])->score, <, 0);
  request.negative_prompt = "a blue car";
  against = generate (&request);
  g_assert_cmpint (memcmp (((LimnPicture *) guided->pdata[0])->ids,
                           ((LimnPicture *) against->pdata[0])->ids, 1024),
                   !=, 0);
  request.negative_prompt = PROMPT;
  against_itself = generate (&request);
  request.negative_prompt = NULL;
  request.guidance = 1;
  plain = generate (&request);
  assert_same_picture (plain->pdata[0], against_itself->pdata[0]);
  g_assert_cmpfloat (((LimnPicture *) plain->pdata[0])->score, <, 0);
}

static gpointer
generate_in_thread (gpointer data)
{
  return generate (data);
}

/* Two jobs with one model at the same time. */
static void
test_side_by_side (void)
{
  LimnRequest request;
  g_autoptr (GPtrArray) expected = NULL;
  GThread *threads[2];

  if (!has_model ())
    return;
  request = make_request (2);
  expected = generate (&request);
  for (guint i = 0; i < 2; i++)
    threads[i] = g_thread_new ("job", generate_in_thread, &request);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GPtrArray) pictures = g_thread_join (threads[i]);

      for (guint p = 0; p < 2; p++)
        assert_same_picture (pictures->pdata[p], expected->pdata[p]);
    }
}

/* ---- progress ------------------------------------------------------------- */

typedef struct
{
  guint n_reports;
  guint n_pictures;
  guint last_row;
  guint last_first;
  double fraction;
  gboolean has_estimate;
  guint n_previews;
  /* cancels after so many reports of a stage */
  LimnStage cancel_stage;
  guint cancel_after;
  GCancellable *cancellable;
} Watch;

static void
watch_progress (const LimnProgress *progress, gpointer data)
{
  Watch *watch = data;

  g_assert_false (watch->cancellable && g_cancellable_is_cancelled (watch->cancellable));
  watch->n_reports++;
  g_assert_cmpfloat (progress->fraction, >=, watch->fraction);
  g_assert_cmpfloat (progress->fraction, <=, 1);
  watch->fraction = progress->fraction;
  watch->has_estimate = watch->has_estimate || progress->seconds_left >= 0;
  if (progress->first != watch->last_first)
    watch->last_row = 0;
  watch->last_first = progress->first;
  if (progress->stage == LIMN_STAGE_DRAW)
    {
      g_assert_cmpuint (progress->rows_done, ==, watch->last_row + 1);
      g_assert_true ((progress->previews != NULL) == (progress->preview_size > 0));
      watch->n_previews += progress->previews != NULL;
    }
  watch->last_row = progress->rows_done;
  if (progress->picture)
    {
      g_assert_cmpuint (progress->picture->index, ==, watch->n_pictures);
      watch->n_pictures++;
    }
  if (watch->cancellable && progress->stage == watch->cancel_stage && --watch->cancel_after == 0)
    g_cancellable_cancel (watch->cancellable);
}

static void
test_progress (void)
{
  LimnRequest request;
  Watch watch = { 0 };
  g_autoptr (GPtrArray) pictures = NULL;

  if (!has_model ())
    return;
  request = make_request (17);
  pictures = limn_generate (model, &request, watch_progress, &watch, NULL, NULL);
  g_assert_nonnull (pictures);
  g_assert_cmpuint (watch.n_pictures, ==, 17);
  g_assert_cmpuint (watch.n_reports, ==, 1 + 2 * 16 + 17);
  g_assert_cmpfloat (watch.fraction, ==, 1);
  g_assert_true (watch.has_estimate);
  if (limn_model_get_info (model)->parts & LIMN_MODEL_PART_PREVIEW)
    g_assert_cmpuint (watch.n_previews, ==, 2 * 16);
}

static void
check_cancel (LimnStage stage, guint after)
{
  LimnRequest request = make_request (3);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  Watch watch = { .cancel_stage = stage, .cancel_after = after, .cancellable = cancellable };

  g_assert_null (limn_generate (model, &request, watch_progress, &watch, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_cancel (void)
{
  LimnRequest request;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  if (!has_model ())
    return;
  check_cancel (LIMN_STAGE_READ, 1);
  check_cancel (LIMN_STAGE_DRAW, 1);
  check_cancel (LIMN_STAGE_DRAW, 9);
  check_cancel (LIMN_STAGE_DRAW, 16);
  check_cancel (LIMN_STAGE_RENDER, 1);
  g_cancellable_cancel (cancellable);
  request = make_request (1);
  g_assert_null (limn_generate (model, &request, NULL, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* ---- stepping back -------------------------------------------------------- */

static void
note_niceness (const LimnProgress *progress, gpointer user_data)
{
  *(int *) user_data = getpriority (PRIO_PROCESS, 0); /* of this thread */
}

/* A gentle job runs on threads that step back, the caller's stays as it is, and the
 * pictures are the same. */
static void
test_gentle (void)
{
  LimnRequest request;
  g_autoptr (GPtrArray) usual = NULL;
  g_autoptr (GPtrArray) gentle = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  int before = getpriority (PRIO_PROCESS, 0), during = -100;

  if (!has_model ())
    return;
  request = make_request (2);
  usual = generate (&request);
  limn_request_be_gentle (&request);
  gentle = limn_generate (model, &request, note_niceness, &during, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (during, ==, MIN (before + 19, 19));
  g_assert_cmpint (getpriority (PRIO_PROCESS, 0), ==, before);
  for (guint i = 0; i < 2; i++)
    assert_same_picture (usual->pdata[i], gentle->pdata[i]);
  g_cancellable_cancel (cancellable);
  g_assert_null (limn_generate (model, &request, NULL, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* ---- memory --------------------------------------------------------------- */

/* A number of bytes in /proc/self/status. */
static gsize
read_status (const char *name)
{
  g_autofree char *content = NULL;
  const char *p;

  if (!g_file_get_contents ("/proc/self/status", &content, NULL, NULL))
    return 0;
  p = strstr (content, name);
  return p ? (gsize) g_ascii_strtoull (p + strlen (name), NULL, 10) * 1024 : 0;
}

/* What a job takes at its peak is not more than was announced. */
static void
test_memory (void)
{
  LimnRequest request;
  LimnMemoryPlan plan;
  g_autoptr (GPtrArray) pictures = NULL;
  gsize before;

  if (!has_model ())
    return;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  g_test_skip ("a sanitizer needs memory for itself");
  return;
#endif
  limn_model_plan_memory (model, 9, &plan);
  g_assert_cmpuint (plan.n_at_once, ==, 9);
  g_assert_cmpuint (plan.working_bytes, >=, limn_generate_plan_bytes (model, 2, 9));
  g_assert_cmpuint (limn_generate_plan_bytes (model, 3, 9), >,
                    limn_generate_plan_bytes (model, 2, 9));
  g_assert_cmpuint (limn_generate_plan_bytes (model, 2, 9), >,
                    limn_generate_plan_bytes (model, 2, 1));
  /* writing 5 there forgets the peak so far */
  if (!g_file_set_contents_full ("/proc/self/clear_refs", "5", 1, G_FILE_SET_CONTENTS_NONE, 0600,
                                 NULL))
    {
      g_test_skip ("the peak cannot be measured here");
      return;
    }
  before = read_status ("VmRSS:");
  request = make_request (9);
  pictures = generate (&request);
  g_test_message ("%zu kB more at the peak, %" G_GUINT64_FORMAT " kB announced",
                  (read_status ("VmHWM:") - before) / 1024,
                  (plan.weights_bytes + plan.working_bytes) / 1024);
  g_assert_cmpuint (read_status ("VmHWM:") - before, <=, plan.weights_bytes + plan.working_bytes);
}

/* ---- requests ------------------------------------------------------------- */

static void
assert_refused (const LimnRequest *request)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (limn_generate (model, request, NULL, NULL, NULL, &error));
  g_assert_error (error, LIMN_ERROR, LIMN_ERROR_INVALID_REQUEST);
  g_assert_cmpuint (strlen (error->message), >, 10);
}

static void
test_refusals (void)
{
  static const double bad_numbers[] = { -1, 1e9, NAN, INFINITY, -INFINITY };
  LimnRequest request;
  guint32 ids[2] = { 0, 0 };

  if (!has_model ())
    return;
  request = make_request (1);
  request.prompt = NULL;
  assert_refused (&request);
  request = make_request (0);
  assert_refused (&request);
  request = make_request (LIMN_MAX_PICTURES + 1);
  assert_refused (&request);
  for (guint i = 0; i < G_N_ELEMENTS (bad_numbers); i++)
    {
      request = make_request (1);
      request.temperature = bad_numbers[i];
      assert_refused (&request);
      request = make_request (1);
      request.guidance = bad_numbers[i];
      assert_refused (&request);
    }
  request = make_request (1);
  request.blend = 1.5;
  assert_refused (&request);
  request.blend = NAN;
  assert_refused (&request);
  request = make_request (1);
  request.redraw = -0.1;
  assert_refused (&request);
  request = make_request (1);
  request.n_keep = 2;
  assert_refused (&request);
  request.keep_ids = ids;
  ids[1] = limn_model_get_n_codes (model);
  assert_refused (&request);
  request.n_keep = 257;
  assert_refused (&request);
  request = make_request (1);
  request.n_threads = 100000;
  assert_refused (&request);
}

/* Prompts that nobody would write still give a picture. */
static void
test_prompts (void)
{
  LimnRequest request;
  g_autofree char *longest = g_strnfill (100000, 'x');
  const char *prompts[] = { "", "   ", "\xff\xfe\x80", "\xf0\x9f\x98\x80", "</s><s>", longest };

  if (!has_model ())
    return;
  for (guint i = 0; i < G_N_ELEMENTS (prompts); i++)
    {
      g_autoptr (GPtrArray) pictures = NULL;

      request = make_request (1);
      request.prompt = request.negative_prompt = prompts[i];
      pictures = generate (&request);
      request.negative_prompt = NULL;
      g_clear_pointer (&pictures, g_ptr_array_unref);
      pictures = generate (&request);
    }
}

static void
test_settings (void)
{
  static const guint top_ks[] = { 0, 1, 2, 5000, G_MAXUINT };
  LimnRequest request;
  g_autoptr (GPtrArray) greedy = NULL;

  if (!has_model ())
    return;
  request = make_request (1);
  request.temperature = 0;
  greedy = generate (&request);
  for (guint i = 0; i < G_N_ELEMENTS (top_ks); i++)
    {
      g_autoptr (GPtrArray) pictures = NULL;

      request = make_request (1);
      request.top_k = top_ks[i];
      pictures = generate (&request);
      if (top_ks[i] == 1)
        g_assert_cmpmem (((LimnPicture *) pictures->pdata[0])->ids, 1024,
                         ((LimnPicture *) greedy->pdata[0])->ids, 1024);
    }
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  model = toy_model_open ();
  g_test_add_func ("/generate/end-to-end", test_end_to_end);
  g_test_add_func ("/generate/same-bits", test_same_bits);
  g_test_add_func ("/generate/keep", test_keep);
  g_test_add_func ("/generate/guidance", test_guidance);
  g_test_add_func ("/generate/side-by-side", test_side_by_side);
  g_test_add_func ("/generate/progress", test_progress);
  g_test_add_func ("/generate/cancel", test_cancel);
  g_test_add_func ("/generate/gentle", test_gentle);
  g_test_add_func ("/generate/memory", test_memory);
  g_test_add_func ("/generate/refusals", test_refusals);
  g_test_add_func ("/generate/prompts", test_prompts);
  g_test_add_func ("/generate/settings", test_settings);
  status = g_test_run ();
  toy_model_close (model);
  return status;
}
