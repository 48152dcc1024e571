/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whether the window stays smooth while the engine draws: how long the main
 * loop was busy at a stretch, by the clock and by the processor time of its
 * thread, and how soon a finished picture was on the screen.  As a test it
 * holds what a loaded computer cannot change; as a benchmark it tells figures.
 */
#include "ui-test.h"

#include <time.h>

#define MAX_BUSY_MS 50 /* of the main thread's own time, at a stretch */

typedef struct
{
  GPollFunc poll;
  gint64 wall_us, cpu_us; /* when the last poll ended, 0 before */
  gint64 max_wall_us, max_cpu_us;
  guint n_turns;
} Watch;

static Watch watch;

static gint64
get_cpu_us (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (gint64) now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static int
watching_poll (GPollFD *fds, guint n_fds, int timeout)
{
  int result;

  if (watch.wall_us > 0)
    {
      watch.max_wall_us = MAX (watch.max_wall_us, g_get_monotonic_time () - watch.wall_us);
      watch.max_cpu_us = MAX (watch.max_cpu_us, get_cpu_us () - watch.cpu_us);
      watch.n_turns++;
    }
  result = watch.poll (fds, n_fds, timeout);
  watch.wall_us = g_get_monotonic_time ();
  watch.cpu_us = get_cpu_us ();
  return result;
}

/* ---- from finished to seen ---- */

static gint64 max_delay_us;
static guint n_seen;

/* When the file got its name, just before the window was told. */
static gint64
get_ready_us (LimnDrawing *drawing)
{
  g_autoptr (GFileInfo) info =
      g_file_query_info (limn_drawing_get_file (drawing),
                         G_FILE_ATTRIBUTE_TIME_CHANGED "," G_FILE_ATTRIBUTE_TIME_CHANGED_USEC,
                         G_FILE_QUERY_INFO_NONE, NULL, NULL);

  return (gint64) g_file_info_get_attribute_uint64 (info, G_FILE_ATTRIBUTE_TIME_CHANGED)
             * G_USEC_PER_SEC
         + g_file_info_get_attribute_uint32 (info, G_FILE_ATTRIBUTE_TIME_CHANGED_USEC);
}

static void
on_painted (GdkFrameClock *clock, GPtrArray *waiting)
{
  gint64 now_us = g_get_real_time ();

  for (guint i = 0; i < waiting->len; i++, n_seen++)
    max_delay_us = MAX (max_delay_us, now_us - get_ready_us (waiting->pdata[i]));
  g_ptr_array_set_size (waiting, 0);
}

static void
on_state (LimnDrawing *drawing, GParamSpec *pspec, GPtrArray *waiting)
{
  if (limn_drawing_is_done (drawing) && limn_drawing_get_file (drawing) != NULL)
    g_ptr_array_add (waiting, g_object_ref (drawing));
}

static void
test_smooth (void)
{
  LimnWindow *window = ui_open_with_pictures ("a frog on the moon"); /* the model is open now */
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (window));
  g_autoptr (GPtrArray) waiting = g_ptr_array_new_with_free_func (g_object_unref);

  ui_settle (window);
  g_signal_connect (clock, "after-paint", G_CALLBACK (on_painted), waiting);
  ui_type_prompt (window, "a cat wearing a crown");
  ui_act (window, "win.draw");
  for (guint i = 0; i < 9; i++)
    g_signal_connect (ui_get_drawing (window, i), "notify::state", G_CALLBACK (on_state), waiting);
  watch = (Watch){ .poll = g_main_context_get_poll_func (NULL) };
  g_main_context_set_poll_func (NULL, watching_poll);
  ui_wait_until (!ui_action_is_enabled (window, "win.cancel"));
  ui_wait_until (n_seen == 9);
  g_main_context_set_poll_func (NULL, watch.poll);
  g_signal_handlers_disconnect_by_func (clock, on_painted, waiting);

  g_print ("# main loop: %u turns, busy at most %.1f ms by the clock, %.1f ms of its own time\n",
           watch.n_turns, watch.max_wall_us / 1000.0, watch.max_cpu_us / 1000.0);
  g_print ("# pictures were on the screen %.1f ms after their files, at most\n",
           max_delay_us / 1000.0);
  g_assert_cmpuint (watch.n_turns, >, 20);
  g_assert_cmpint (watch.max_cpu_us, <, MAX_BUSY_MS * 1000);
  ui_window_close (window);
}

int
main (int argc, char **argv)
{
  ui_test_init (&argc, &argv);
  if (!ui_has_model ())
    return 77;
  g_test_add_func ("/smooth/while-drawing", test_smooth);
  return g_test_run ();
}
