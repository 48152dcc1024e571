/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The progress line never takes more than its columns: a wider one could not be wiped. */
#include "cli/progress-bar.h"

#include <locale.h>
#include <string.h>

static guint
count_columns (const char *line)
{
  guint n = 0;

  for (; *line != '\0'; line = g_utf8_next_char (line))
    n += g_unichar_iswide (g_utf8_get_char (line)) ? 2 : 1;
  return n;
}

static void
test_fits (void)
{
  static const char *const whats[] = { NULL, "reading",
                                       "412 MB of 1.1 GB · 8.2 MB/s · about 2 minutes left",
                                       "绘制第三个提示词，共二十个提示词，请稍候" };

  for (guint i = 0; i < G_N_ELEMENTS (whats); i++)
    for (guint n_columns = 1; n_columns < 120; n_columns++)
      {
        g_autofree char *line = limn_progress_bar_format_line (0.5, 125, whats[i], n_columns);

        g_assert_true (g_utf8_validate (line, -1, NULL));
        g_assert_cmpuint (count_columns (line), <=, n_columns);
        g_assert_cmpint (line[0] == '[', ==, strchr (line, ']') != NULL);
      }
}

static void
test_bar_gives_way (void)
{
  g_autofree char *wide = limn_progress_bar_format_line (0.5, -1, "reading", 79);
  g_autofree char *narrow = limn_progress_bar_format_line (0.5, -1, "reading", 27);
  g_autofree char *least = limn_progress_bar_format_line (0.5, -1, "reading", 16);

  g_assert_cmpstr (wide, ==, "[###############---------------]  50 %  reading");
  g_assert_cmpstr (narrow, ==, "[#####-----]  50 %  reading");
  g_assert_cmpstr (least, ==, " 50 %  reading");
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/progress-bar/fits", test_fits);
  g_test_add_func ("/progress-bar/bar-gives-way", test_bar_gives_way);
  return g_test_run ();
}
