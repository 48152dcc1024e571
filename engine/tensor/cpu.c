/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds what this processor can do and picks the kernels for it. */
#include "config.h"
#include "../limn.h"
#include "kernels.h"

#include <glib/gi18n-lib.h>

/* Best last; a level of another architecture is not in the list. */
static const LimnKernels *const tables[] = {
  &limn_kernels_generic,
};

static const LimnKernels *chosen = NULL;

static gboolean
is_available (const LimnKernels *table)
{
  return table == &limn_kernels_generic;
}

static const LimnKernels *
find_table (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (tables); i++)
    if (g_str_equal (tables[i]->name, name) && is_available (tables[i]))
      return tables[i];
  return NULL;
}

static const LimnKernels *
choose_table (void)
{
  const char *wanted = g_getenv ("LIMN_CPU");
  const LimnKernels *table = wanted != NULL ? find_table (wanted) : NULL;

  if (wanted != NULL && table == NULL)
    g_warning ("LIMN_CPU=%s is not an instruction set of this computer; it is ignored", wanted);
  for (gsize i = G_N_ELEMENTS (tables); table == NULL && i-- > 0;)
    if (is_available (tables[i]))
      table = tables[i];
  return table;
}

const LimnKernels *
limn_kernels (void)
{
  const LimnKernels *table = g_atomic_pointer_get (&chosen);

  if (G_UNLIKELY (table == NULL))
    {
      table = choose_table ();
      g_atomic_pointer_set (&chosen, table);
    }
  return table;
}

const char *
limn_cpu_get_level (void)
{
  return limn_kernels ()->name;
}

gboolean
limn_cpu_set_level (const char *level, GError **error)
{
  const LimnKernels *table = find_table (level);

  if (table == NULL)
    {
      g_set_error (error, LIMN_ERROR, LIMN_ERROR_INVALID_REQUEST,
                   _ ("“%s” is not an instruction set of this computer."), level);
      return FALSE;
    }
  g_atomic_pointer_set (&chosen, table);
  return TRUE;
}
