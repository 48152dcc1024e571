/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Figures of a library of ten thousand pictures: how often it is painted while
 * it scrolls, and how much of it has its pictures by then.  No test: it tells,
 * and holds nothing.
 */
#include "ui-test.h"

#include <time.h>
#include <unistd.h>

#include "library/limn-keeper.h"
#include "library/picture-file.h"
#include "window/limn-library-page.h"
#include "window/limn-tile.h"

#define N_FILES     10000
#define N_DIFFERENT 50
#define SIDE        256
#define N_FRAMES    600

/* As large as a drawn picture: a sky, a ground, and some grain. */
static GBytes *
make_picture (GRand *random)
{
  const LimnPictureFacts facts = { .prompt = (char *) "one of many", .model = (char *) "m" };
  g_autofree guint8 *rgb = g_malloc (SIDE * SIDE * 3);
  guint8 tint = (guint8) g_rand_int_range (random, 0, 128);

  for (guint i = 0; i < SIDE * SIDE * 3; i++)
    rgb[i] = (guint8) (tint + i / (SIDE * 3) / 4 + i % 3 * 20 + g_rand_int_range (random, 0, 6));
  return limn_picture_file_encode (rgb, SIDE, SIDE, &facts, NULL);
}

/* Names of a few files: what is read and decoded is as much as if each were its own. */
static void
make_many (const char *folder)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (1);

  g_mkdir_with_parents (folder, 0700);
  for (guint i = 0; i < N_FILES; i++)
    {
      g_autofree char *first = g_strdup_printf ("%s/%u.png", folder, i % N_DIFFERENT);
      g_autofree char *name = g_strdup_printf ("%s/%u.png", folder, i);
      g_autoptr (GBytes) png = i < N_DIFFERENT ? make_picture (random) : NULL;

      if (png != NULL)
        g_assert_true (g_file_set_contents (name, g_bytes_get_data (png, NULL),
                                            (gssize) g_bytes_get_size (png), NULL));
      else
        g_assert_cmpint (link (first, name), ==, 0);
    }
}

typedef struct
{
  GtkAdjustment *adjustment;
  double step;
  GArray *gaps_us; /* gint64: from one frame to the next */
  gint64 last_us;
  gint64 cpu_us; /* of the main thread, when it began */
  guint n_tiles, n_empty;
} Ride;

static gint64
get_cpu_us (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (gint64) now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static void
count_tiles (GtkWidget *widget, Ride *ride)
{
  if (!gtk_widget_get_mapped (widget))
    return;
  if (LIMN_IS_TILE (widget))
    {
      LimnDrawing *drawing = limn_tile_get_drawing (LIMN_TILE (widget));

      ride->n_tiles++;
      ride->n_empty += drawing != NULL && limn_drawing_get_texture (drawing) == NULL;
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    count_tiles (child, ride);
}

static gboolean
on_frame (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  Ride *ride = data;
  gint64 now_us = g_get_monotonic_time (), gap_us = now_us - ride->last_us;

  if (ride->last_us > 0)
    g_array_append_val (ride->gaps_us, gap_us);
  ride->last_us = now_us;
  if (ride->gaps_us->len % 20 == 0)
    count_tiles (widget, ride);
  gtk_adjustment_set_value (ride->adjustment,
                            gtk_adjustment_get_value (ride->adjustment) + ride->step);
  return G_SOURCE_CONTINUE;
}

static int
compare_gaps (gconstpointer a, gconstpointer b)
{
  gint64 one = *(const gint64 *) a, two = *(const gint64 *) b;

  return one < two ? -1 : one > two;
}

static double
get_ms (Ride *ride, double share)
{
  guint i = (guint) (share * (ride->gaps_us->len - 1));

  return (double) g_array_index (ride->gaps_us, gint64, i) / 1000;
}

static void
scroll (LimnWindow *window, double step)
{
  GtkWidget *page = limn_window_get_part (window, "library_page");
  GtkWidget *scroller =
      gtk_widget_get_ancestor (ui_find (page, "GtkGridView"), GTK_TYPE_SCROLLED_WINDOW);
  g_autoptr (GArray) gaps = g_array_new (FALSE, FALSE, sizeof (gint64));
  Ride ride = { .step = step, .gaps_us = gaps };
  guint tick, n_late = 0;

  ride.adjustment = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scroller));
  gtk_adjustment_set_value (ride.adjustment, 0);
  ui_settle (window);
  ride.cpu_us = get_cpu_us ();
  tick = gtk_widget_add_tick_callback (page, on_frame, &ride, NULL);
  ui_wait_until (gaps->len >= N_FRAMES);
  ride.cpu_us = get_cpu_us () - ride.cpu_us;
  gtk_widget_remove_tick_callback (page, tick);
  for (guint i = 0; i < gaps->len; i++)
    n_late += g_array_index (gaps, gint64, i) > 34000;
  g_array_sort (gaps, compare_gaps);
  g_print ("# %4.0f pixels a frame: a frame each %.1f ms (nineteen in twenty within %.1f, the "
           "longest %.1f), %u of %u later than 34 ms; the main thread worked %.1f ms for each; "
           "%.0f %% of the pictures were there\n",
           step, get_ms (&ride, 0.5), get_ms (&ride, 0.95), get_ms (&ride, 1), n_late, gaps->len,
           (double) ride.cpu_us / 1000 / gaps->len,
           100.0 - 100.0 * ride.n_empty / MAX (ride.n_tiles, 1));
}

static void
test_scrolling (void)
{
  gint64 start_us = g_get_monotonic_time ();
  LimnWindow *window = ui_window_open (780, 900);
  GtkWidget *page = limn_window_get_part (window, "library_page");
  GListModel *shown = limn_library_page_get_shown (LIMN_LIBRARY_PAGE (page));

  ui_wait_until (g_list_model_get_n_items (shown) == N_FILES);
  g_print ("# %u pictures are listed %.1f s after the window was asked for\n", N_FILES,
           (double) (g_get_monotonic_time () - start_us) / G_USEC_PER_SEC);
  ui_act (window, "win.library");
  ui_settle (window);
  scroll (window, 10);
  scroll (window, 60);
  scroll (window, 600);
  ui_window_close (window);
}

int
main (int argc, char **argv)
{
  g_autoptr (GFile) folder = NULL;

  ui_test_init (&argc, &argv);
  folder = limn_keeper_dup_folder (NULL);
  make_many (g_file_peek_path (folder));
  g_test_add_func ("/library/scrolling", test_scrolling);
  return g_test_run ();
}
