/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Promises of the decoder: the same bits for any number of threads, pictures
 * and places; no allocation inside a step; memory as planned.
 */
#include "fixture.h"

#include <string.h>

#define N_STEPS 24

/* ---- counting allocations ------------------------------------------------- */

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define HAS_COUNTER 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define HAS_COUNTER 0
#endif
#endif
#if !defined(HAS_COUNTER) && defined(__GLIBC__)
#define HAS_COUNTER 1
#elif !defined(HAS_COUNTER)
#define HAS_COUNTER 0
#endif

static gint n_allocations;

#if HAS_COUNTER
void *__libc_malloc (size_t size);
void *__libc_calloc (size_t n, size_t size);
void *__libc_realloc (void *block, size_t size);
void *__libc_memalign (size_t alignment, size_t size);

void *
malloc (size_t size)
{
  g_atomic_int_inc (&n_allocations);
  return __libc_malloc (size);
}

void *
calloc (size_t n, size_t size)
{
  g_atomic_int_inc (&n_allocations);
  return __libc_calloc (n, size);
}

void *
realloc (void *block, size_t size)
{
  g_atomic_int_inc (&n_allocations);
  return __libc_realloc (block, size);
}

void *
aligned_alloc (size_t alignment, size_t size)
{
  g_atomic_int_inc (&n_allocations);
  return __libc_memalign (alignment, size);
}
#endif

/* ---- drawing with a fixed choice of tokens -------------------------------- */

/* The token picture p is fed at step i: all the same at first, then each its own. */
static guint32
choose_token (Fixture *fixture, guint picture, guint i)
{
  if (i == 0)
    return fixture->model.text.start_token;
  if (i < 5)
    return 7 * i;
  return (guint32) (golden_random ("test", "tokens", 1000 * picture + i)
                    % fixture->model.text.image_vocab);
}

typedef struct
{
  guint n_threads;
  guint max_pictures;
  guint n_pictures; /* drawn: those numbered first, first + 1, ... */
  guint first;
} Setup;

/* Logits (n_pictures, 2 streams, V + 1) of the last of N_STEPS steps. */
static float *
draw (Fixture *fixture, Setup setup, gint *n_in_steps)
{
  gsize columns = fixture->model.text.image_rows;
  JsonArray *prompts = json_object_get_array_member (fixture->vectors, "prompts");
  g_autofree guint32 *ids =
      fixture_get_text_ids (fixture, json_array_get_object_element (prompts, 0));
  g_autoptr (LimnCompute) compute =
      fixture_new_compute (fixture, setup.n_threads, setup.max_pictures);
  g_auto (LimnTextState) texts = { 0 };
  g_autoptr (LimnDecoder) decoder = NULL;
  g_autofree guint32 *tokens = g_new (guint32, setup.n_pictures);
  float *out = g_new (float, setup.n_pictures * 2 * columns);

  g_assert_true (
      limn_encoder_run (&fixture->model, compute, ids, 2, FALSE, NULL, NULL, &texts, NULL));
  decoder = limn_decoder_new (&fixture->model, compute, &texts, setup.max_pictures, NULL);
  limn_decoder_restart (decoder, setup.n_pictures);
  *n_in_steps = 0;
  for (guint i = 0; i < N_STEPS; i++)
    {
      for (guint p = 0; p < setup.n_pictures; p++)
        tokens[p] = choose_token (fixture, setup.first + p, i);
      n_allocations = 0;
      limn_decoder_step (decoder, tokens, (guint) columns);
      *n_in_steps += n_allocations;
    }
  for (guint p = 0; p < setup.n_pictures; p++)
    for (guint s = 0; s < 2; s++)
      memcpy (out + (2 * p + s) * columns, limn_decoder_get_logits (decoder, s, p),
              columns * sizeof (float));
  return out;
}

static void
test_same_bits (void)
{
  static const Setup setups[] = {
    { 1, 9, 9, 0 }, { 2, 9, 9, 0 }, { 3, 9, 9, 0 },  { 2, 9, 4, 3 }, { 1, 1, 1, 8 },
    { 2, 1, 1, 0 }, { 4, 2, 2, 5 }, { 2, 16, 9, 0 }, { 2, 3, 3, 6 }, { 7, 5, 5, 2 },
  };
  g_autoptr (Fixture) fixture = fixture_new ("tiny");
  g_autofree float *expected = NULL;
  gsize size;
  gint n_in_steps;

  if (!fixture)
    return;
  size = 2 * fixture->model.text.image_rows;
  expected = draw (fixture, setups[0], &n_in_steps);
  for (guint i = 0; i < G_N_ELEMENTS (setups); i++)
    {
      g_autofree float *got = draw (fixture, setups[i], &n_in_steps);

      g_assert_cmpmem (got, setups[i].n_pictures * size * sizeof (float),
                       expected + setups[i].first * size,
                       setups[i].n_pictures * size * sizeof (float));
    }
}

static void
test_no_allocation (void)
{
  g_autoptr (Fixture) fixture = NULL;
  g_autofree float *logits = NULL;
  gint n_in_steps;

  if (!HAS_COUNTER)
    {
      g_test_skip ("a sanitizer has malloc for itself");
      return;
    }
  fixture = fixture_new ("tiny");
  if (!fixture)
    return;
  n_allocations = 0;
  g_free (g_malloc (10));
  g_assert_cmpint (n_allocations, ==, 1); /* the counter counts */
  logits = draw (fixture, (Setup){ 2, 9, 9, 0 }, &n_in_steps);
  g_assert_cmpint (n_in_steps, ==, 0);
}

/* A batch after another, smaller one remembers nothing. */
static void
test_restart (void)
{
  g_autoptr (Fixture) fixture = fixture_new ("tiny");
  JsonArray *prompts;
  g_autofree guint32 *ids = NULL;
  g_autofree float *expected = NULL;
  g_autoptr (LimnCompute) compute = NULL;
  g_auto (LimnTextState) texts = { 0 };
  g_autoptr (LimnDecoder) decoder = NULL;
  guint32 tokens[3];
  gsize columns;
  gint n_in_steps;

  if (!fixture)
    return;
  columns = fixture->model.text.image_rows;
  prompts = json_object_get_array_member (fixture->vectors, "prompts");
  ids = fixture_get_text_ids (fixture, json_array_get_object_element (prompts, 0));
  expected = draw (fixture, (Setup){ 2, 1, 1, 4 }, &n_in_steps);
  compute = fixture_new_compute (fixture, 2, 3);
  g_assert_true (
      limn_encoder_run (&fixture->model, compute, ids, 2, FALSE, NULL, NULL, &texts, NULL));
  decoder = limn_decoder_new (&fixture->model, compute, &texts, 3, NULL);
  for (guint batch = 0; batch < 2; batch++)
    {
      guint n = batch == 0 ? 3 : 1;

      limn_decoder_restart (decoder, n);
      for (guint i = 0; i < N_STEPS; i++)
        {
          for (guint p = 0; p < n; p++)
            tokens[p] = choose_token (fixture, 4 + p, i);
          limn_decoder_step (decoder, tokens, (guint) columns);
        }
      g_assert_cmpuint (limn_decoder_get_position (decoder), ==, N_STEPS);
      for (guint s = 0; s < 2; s++)
        g_assert_cmpmem (limn_decoder_get_logits (decoder, s, 0), columns * sizeof (float),
                         expected + s * columns, columns * sizeof (float));
    }
}

/* Fewer columns are the first ones, and the states of padding change nothing. */
static void
test_fewer (void)
{
  g_autoptr (Fixture) fixture = fixture_new ("tiny");
  JsonArray *prompts;
  g_autofree guint32 *ids = NULL;
  g_autoptr (LimnCompute) compute = NULL;
  g_autofree float *all = NULL;

  if (!fixture)
    return;
  prompts = json_object_get_array_member (fixture->vectors, "prompts");
  ids = fixture_get_text_ids (fixture, json_array_get_object_element (prompts, 0));
  compute = fixture_new_compute (fixture, 1, 1);
  for (guint with_padding = 0; with_padding < 2; with_padding++)
    {
      g_auto (LimnTextState) texts = { 0 };
      g_autoptr (LimnDecoder) decoder = NULL;
      guint32 token = fixture->model.text.start_token;
      guint n_columns = fixture->model.text.image_rows - 7 * with_padding;

      g_assert_true (limn_encoder_run (&fixture->model, compute, ids, 2, with_padding, NULL, NULL,
                                       &texts, NULL));
      g_assert_cmpuint (texts.n_rows[1], ==, with_padding ? 64 : texts.n_keys[1]);
      decoder = limn_decoder_new (&fixture->model, compute, &texts, 1, NULL);
      limn_decoder_step (decoder, &token, n_columns);
      if (with_padding)
        for (guint i = 0; i < n_columns; i++)
          g_assert_cmpfloat_with_epsilon (limn_decoder_get_logits (decoder, 1, 0)[i], all[i], 2e-5);
      else
        all = g_memdup2 (limn_decoder_get_logits (decoder, 1, 0), n_columns * sizeof (float));
    }
}

static void
test_refusals (void)
{
  g_autoptr (Fixture) fixture = fixture_new ("tiny");
  g_autoptr (LimnCompute) compute = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_auto (LimnTextState) texts = { 0 };
  guint32 ids[128];
  gsize bytes;

  if (!fixture)
    return;
  compute = fixture_new_compute (fixture, 1, 1);
  for (guint i = 0; i < 128; i++)
    ids[i] = i % 64 == 0 ? G_MAXUINT32 : LIMN_TOKEN_PAD; /* ids beyond the table are clamped */
  g_assert_true (
      limn_encoder_run (&fixture->model, compute, ids, 2, FALSE, NULL, NULL, &texts, NULL));
  limn_text_state_clear (&texts);
  g_cancellable_cancel (cancellable);
  g_assert_false (limn_encoder_run (&fixture->model, compute, ids, 2, FALSE, NULL, cancellable,
                                    &texts, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  ids[64] = LIMN_TOKEN_PAD;
  g_assert_false (
      limn_encoder_run (&fixture->model, compute, ids, 2, FALSE, NULL, NULL, &texts, &error));
  g_assert_error (error, LIMN_ERROR, LIMN_ERROR_INVALID_REQUEST);
  fixture->model.text.image_length = G_MAXUINT - 64;
  fixture->model.text.decoder.n_layers = G_MAXUINT;
  g_assert_false (limn_decoder_plan_bytes (&fixture->model, 2, 16, &bytes));
  fixture->model.text.decoder.n_layers = 2;
}

/* Room for the widest way of any matrix, not of the first layer's alone. */
static void
test_mixed_types (void)
{
  g_autoptr (Fixture) fixture = fixture_new ("tiny");
  LimnModel *model = fixture != NULL ? &fixture->model : NULL;

  if (model == NULL)
    return;
  LimnMatrix *late = &model->encoder.layers[model->text.encoder.n_layers - 1].fc1;
  LimnMatrix *value = &model->decoder.layers[model->text.decoder.n_layers - 1].cross.v;
  late->type = value->type = LIMN_TYPE_F16;
  g_assert_cmpuint (limn_encoder_get_scratch_bytes (model, 2), >=,
                    limn_matmul_large_scratch_bytes (late, 2 * model->text.text_length));
  g_assert_cmpuint (limn_decoder_get_scratch_bytes (model, 2, 1), >=,
                    limn_matmul_large_scratch_bytes (value, model->text.text_length));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/decoder/same-bits", test_same_bits);
  g_test_add_func ("/decoder/no-allocation", test_no_allocation);
  g_test_add_func ("/decoder/restart", test_restart);
  g_test_add_func ("/decoder/fewer", test_fewer);
  g_test_add_func ("/decoder/refusals", test_refusals);
  g_test_add_func ("/decoder/mixed-types", test_mixed_types);
  return g_test_run ();
}
