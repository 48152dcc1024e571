/* SPDX-License-Identifier: GPL-3.0-or-later */
/* limn-portal: asks an interface of the desktop's portal for its version, which only one that is
 * there tells. */
#include "limn-portal.h"

/**
 * limn_portal_check_async:
 * @interface: such as "org.freedesktop.portal.Email"
 *
 * Asks whether the desktop's portal has @interface; end with limn_portal_check_finish().
 *
 * Returns: %FALSE where there is no session bus; @callback is not called then
 */
gboolean
limn_portal_check_async (const char *interface, GAsyncReadyCallback callback, gpointer user_data)
{
  GDBusConnection *bus = g_application_get_dbus_connection (g_application_get_default ());

  if (bus == NULL)
    return FALSE;
  g_dbus_connection_call (bus, LIMN_PORTAL_NAME, LIMN_PORTAL_PATH,
                          "org.freedesktop.DBus.Properties", "Get",
                          g_variant_new ("(ss)", interface, "version"), G_VARIANT_TYPE ("(v)"),
                          G_DBUS_CALL_FLAGS_NONE, LIMN_PORTAL_WAIT_MS, NULL, callback, user_data);
  return TRUE;
}

/* With what @callback got. */
gboolean
limn_portal_check_finish (GObject *source, GAsyncResult *result)
{
  g_autoptr (GVariant) version =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);

  return version != NULL;
}
