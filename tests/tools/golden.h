/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The reference vectors: where they are, their JSON files, and the generator
 * of their numbers (SplitMix64 seeded by FNV-1a of "salt/name").
 */
#pragma once

#include <json-glib/json-glib.h>

#include "npy.h"

G_BEGIN_DECLS

/* Path of a reference file, or NULL when the set is not on this computer. */
char *golden_find (const char *name);
/* The parts below end the test with a message when a file of a set that is there
 * cannot be read. */
JsonObject *golden_load_json (const char *name);
void golden_load_npy (const char *name, NpyArray *array);
/* Array of whole numbers; its length in n. */
guint32 *golden_get_ids (JsonObject *object, const char *member, gsize *n);

/* 64-bit number i of the stream. */
guint64 golden_random (const char *salt, const char *name, guint64 i);
/* Value i of a tensor of kind "lin". */
float golden_linear (const char *salt, const char *name, gint e, double offset, guint64 i);

/* Whole tensor of kind "lin" or "norm". */
void golden_fill (const char *salt,
                  const char *name,
                  const char *kind,
                  gint e,
                  double offset,
                  gsize n,
                  float *values);

/* Fails the test unless |values - reference| <= tolerance everywhere. */
void golden_assert_close (const char *what,
                          const float *values,
                          const double *reference,
                          gsize n,
                          double tolerance);

G_END_DECLS
