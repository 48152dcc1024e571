/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Handing a picture to other programs: one that the person chooses, or the
 * e-mail program through the desktop's portal, where there is one.
 */
#include "config.h"

#include <fcntl.h>
#include <gio/gunixfdlist.h>
#include <glib/gi18n.h>

#include "limn-compat.h"
#include "limn-portal.h"
#include "limn-share.h"
#include "limn-toast.h"

#define MAIL_PORTAL   "org.freedesktop.portal.Email"
#define SUBJECT_CHARS 120

/* The file to hand over; says so where there is none. */
static GFile *
dup_file (GtkWidget *widget, LimnDrawing *drawing)
{
  GFile *file = limn_share_dup_file (drawing);

  if (file == NULL)
    limn_toast (widget, _ ("There is no file of this picture to hand over"));
  return file;
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GtkWidget) widget = data;
  g_autoptr (GError) error = NULL;

  if (!limn_compat_open_with_finish (result, &error))
    limn_toast_error (widget, _ ("Could not open the picture"), error);
}

void
limn_share_open_with (GtkWidget *widget, LimnDrawing *drawing)
{
  g_autoptr (GFile) file = dup_file (widget, drawing);

  if (file != NULL)
    limn_compat_open_with_async (GTK_WINDOW (gtk_widget_get_root (widget)), file, on_opened,
                                 g_object_ref (widget));
}

/* ---- e-mail ---- */

static void
on_composed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GtkWidget) widget = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_with_unix_fd_list_finish (
      G_DBUS_CONNECTION (source), NULL, result, &error);

  if (reply != NULL)
    return;
  g_dbus_error_strip_remote_error (error); /* its name says nothing to people */
  limn_toast_error (widget, _ ("No e-mail could be begun"), error);
}

static GVariant *
make_letter (LimnDrawing *drawing, int handle)
{
  GVariantBuilder options, handles;
  g_autofree char *subject =
      limn_share_is_stripping ()
          ? NULL
          : g_utf8_substring (
              limn_drawing_get_prompt (drawing), 0,
              MIN (SUBJECT_CHARS, g_utf8_strlen (limn_drawing_get_prompt (drawing), -1)));

  g_variant_builder_init (&handles, G_VARIANT_TYPE ("ah"));
  g_variant_builder_add (&handles, "h", handle);
  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  if (subject != NULL)
    g_variant_builder_add (&options, "{sv}", "subject", g_variant_new_string (subject));
  g_variant_builder_add (&options, "{sv}", "attachment_fds", g_variant_builder_end (&handles));
  return g_variant_new ("(sa{sv})", "", &options);
}

/**
 * limn_share_mail:
 *
 * Begins an e-mail with the picture attached; the prompt is its subject,
 * unless pictures shall not tell it.
 */
void
limn_share_mail (GtkWidget *widget, LimnDrawing *drawing)
{
  g_autoptr (GFile) file = dup_file (widget, drawing);
  g_autoptr (GUnixFDList) fds = g_unix_fd_list_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) bus = NULL;
  int fd = file != NULL ? open (g_file_peek_path (file), O_RDONLY | O_CLOEXEC) : -1;
  int handle = fd >= 0 ? g_unix_fd_list_append (fds, fd, &error) : -1;

  if (fd >= 0)
    close (fd);
  if (file == NULL)
    return;
  bus = handle >= 0 ? g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, &error) : NULL;
  if (bus == NULL)
    {
      limn_toast (widget, _ ("There is no file of this picture to hand over"));
      return;
    }
  g_dbus_connection_call_with_unix_fd_list (bus, LIMN_PORTAL_NAME, LIMN_PORTAL_PATH, MAIL_PORTAL,
                                            "ComposeEmail", make_letter (drawing, handle),
                                            G_VARIANT_TYPE ("(o)"), G_DBUS_CALL_FLAGS_NONE, -1, fds,
                                            NULL, on_composed, g_object_ref (widget));
}

typedef struct
{
  GWeakRef widget;
  const char *action;
} Check;

static void
check_free (Check *check)
{
  g_weak_ref_clear (&check->widget);
  g_free (check);
}

static void
on_checked (GObject *source, GAsyncResult *result, gpointer data)
{
  Check *check = data;
  g_autoptr (GtkWidget) widget = g_weak_ref_get (&check->widget);

  if (limn_portal_check_finish (source, result) && widget != NULL)
    g_object_set_data (G_OBJECT (widget), check->action, GINT_TO_POINTER (TRUE));
  check_free (check);
}

/**
 * limn_share_check_mail:
 * @action: a static name; set as data of @widget when e-mail is possible
 *
 * Asks whether the desktop has an e-mail portal; the answer comes later.
 */
void
limn_share_check_mail (GtkWidget *widget, const char *action)
{
  Check *check = g_new0 (Check, 1);

  g_weak_ref_init (&check->widget, widget);
  check->action = action;
  if (!limn_portal_check_async (MAIL_PORTAL, on_checked, check))
    check_free (check);
}
