/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A text model in memory with the generated weights of a reference set. */
#pragma once

#include "engine/bart/decoder.h"
#include "tests/tools/golden.h"

G_BEGIN_DECLS

typedef struct
{
  LimnModel model;     /* its text part alone; no file behind it, or that of @opened */
  LimnModel *opened;   /* NULL, or the imported model that @model is a copy of */
  JsonObject *vectors; /* vectors.json of the set */
  char *dir;           /* "tiny" or "mini" */
  GHashTable *tensors; /* name -> float * */
} Fixture;

/* NULL when the reference vectors are not there; the test is then marked skipped. */
Fixture *fixture_new (const char *dir);
/* The same numbers on the way of a user's model: limn-make-model writes them in the published
 * layout ("pt" or "flax"), limn_import() makes a model file with these weights of them. */
Fixture *fixture_new_imported (const char *dir, const char *format, const char *quantize);
void fixture_free (Fixture *fixture);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, fixture_free)

/* Text rows (2, T) of a prompt's object: unconditional, then conditional. */
guint32 *fixture_get_text_ids (Fixture *fixture, JsonObject *prompt);
/* Scratch for up to two streams of n_pictures pictures. */
LimnCompute *fixture_new_compute (Fixture *fixture, guint n_threads, guint n_pictures);
/* Path of a file of the set, from the root of the reference vectors. */
char *fixture_name (Fixture *fixture, const char *name);

G_END_DECLS
