/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How much memory this process may still take: the least of what the computer
 * has free, what each control group above us leaves, what the limit on our own
 * address space leaves, and what LIMN_MEMORY_LIMIT says.
 */
#include "config.h"
#include "model-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define CGROUPS "/sys/fs/cgroup"

static char *
read_text (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  char *text = NULL;

  return g_file_get_contents (path, &text, NULL, NULL) ? text : NULL;
}

/* The number behind @name at the beginning of a line, @otherwise when there is none ("max"). */
static guint64
find_number (const char *text, const char *name, guint64 otherwise)
{
  gsize n = strlen (name);
  char *end;

  for (const char *line = text; line != NULL; line = strchr (line, '\n'))
    {
      line += *line == '\n';
      if (strncmp (line, name, n) == 0)
        {
          guint64 value = g_ascii_strtoull (line + n, &end, 10);
          return end > line + n ? value : otherwise;
        }
      if (*line == '\0')
        break;
    }
  return otherwise;
}

static guint64
get_room (guint64 limit, guint64 used)
{
  return limit > used ? limit - used : 0;
}

/* ---- the limits ----------------------------------------------------------- */

static guint64
get_system_bytes (void)
{
  g_autofree char *text = read_text ("/proc", "meminfo");
  guint64 kib = find_number (text, "MemAvailable:", G_MAXUINT64);

  return kib > G_MAXUINT64 / 1024 ? G_MAXUINT64 : kib * 1024;
}

/* The two versions of control groups: where a line of /proc/self/cgroup names ours, and the files
 * of a group. */
typedef struct
{
  const char *line;
  const char *root;
  const char *limit, *used;
  const char *inactive, *active; /* in memory.stat: pages of files */
} Hierarchy;

static const Hierarchy hierarchies[] = {
  { "0::", CGROUPS, "memory.max", "memory.current", "inactive_file ", "active_file " },
  { ":memory:", CGROUPS "/memory", "memory.limit_in_bytes", "memory.usage_in_bytes",
    "total_inactive_file ", "total_active_file " },
};

/* Pages of files count as used, but are given back when they are needed. */
static guint64
get_group_bytes (const Hierarchy *h, const char *folder)
{
  g_autofree char *max = read_text (folder, h->limit);
  g_autofree char *current = read_text (folder, h->used);
  g_autofree char *stat = read_text (folder, "memory.stat");
  guint64 limit = find_number (max, "", G_MAXUINT64);
  guint64 files = find_number (stat, h->inactive, 0) + find_number (stat, h->active, 0);

  if (limit == G_MAXUINT64)
    return limit;
  return get_room (limit, get_room (find_number (current, "", 0), files));
}

/* Our control group and all above it; "0::/user.slice/…" in /proc/self/cgroup. */
static guint64
get_groups_bytes (const Hierarchy *h)
{
  g_autofree char *text = read_text ("/proc/self", "cgroup");
  const char *line = text != NULL ? strstr (text, h->line) : NULL;
  g_autofree char *group = NULL;
  guint64 least = get_group_bytes (h, h->root);

  if (line == NULL)
    return least;
  line += strlen (h->line);
  group = g_strndup (line, strcspn (line, "\n"));
  for (char *end; (end = strrchr (group, '/')) != NULL; *end = '\0')
    {
      g_autofree char *folder = g_strconcat (h->root, group, NULL);

      least = MIN (least, get_group_bytes (h, folder));
    }
  return least;
}

static guint64
get_own_bytes (void)
{
  g_autofree char *text = read_text ("/proc/self", "statm"); /* the first number: pages */
  struct rlimit limit;

  if (getrlimit (RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
    return G_MAXUINT64;
  return get_room (limit.rlim_cur, find_number (text, "", 0) * (guint64) sysconf (_SC_PAGESIZE));
}

/* Bytes, or with K, M or G behind them. */
static guint64
get_asked_bytes (void)
{
  const char *text = g_getenv ("LIMN_MEMORY_LIMIT");
  char *end;
  guint64 value = text != NULL ? g_ascii_strtoull (text, &end, 10) : 0;
  guint shift = 0;

  if (text == NULL || end == text)
    return G_MAXUINT64;
  switch (g_ascii_toupper (*end))
    {
    case 'K':
      shift = 10;
      break;
    case 'M':
      shift = 20;
      break;
    case 'G':
      shift = 30;
      break;
    default:
      break;
    }
  return value > G_MAXUINT64 >> shift ? G_MAXUINT64 : value << shift;
}

/**
 * limn_memory_get_available_bytes:
 *
 * Memory that this process may still take.  Any thread; reads a few files of
 * the system.
 *
 * Returns: bytes, never more than the computer has free
 */
guint64
limn_memory_get_available_bytes (void)
{
  guint64 room = MIN (get_system_bytes (), MIN (get_own_bytes (), get_asked_bytes ()));

  for (guint i = 0; i < G_N_ELEMENTS (hierarchies); i++)
    room = MIN (room, get_groups_bytes (&hierarchies[i]));
  return room;
}

gboolean
limn_memory_require (guint64 bytes, GError **error)
{
  guint64 available = limn_memory_get_available_bytes ();
  g_autofree char *needed = g_format_size (bytes);
  g_autofree char *there = g_format_size (available);

  if (bytes <= available)
    return TRUE;
  g_set_error (error, LIMN_ERROR, LIMN_ERROR_NO_MEMORY,
               _ ("This needs %s of memory, but only %s are free."), needed, there);
  return FALSE;
}
