/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The desktop's portal: what of it is there. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define LIMN_PORTAL_NAME    "org.freedesktop.portal.Desktop"
#define LIMN_PORTAL_PATH    "/org/freedesktop/portal/desktop"
#define LIMN_PORTAL_WAIT_MS 5000

gboolean
limn_portal_check_async (const char *interface, GAsyncReadyCallback callback, gpointer user_data);
gboolean limn_portal_check_finish (GObject *source, GAsyncResult *result);

G_END_DECLS
