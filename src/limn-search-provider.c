/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * LimnSearchProvider: answers org.gnome.Shell.SearchProvider2 with earlier
 * prompts and a picture of each.  Results are the prompts themselves.  What
 * opening one means is the application's.
 */
#include "config.h"

#include "limn-search-provider.h"

#include "library/limn-keeper.h"
#include "library/picture-file.h"
#include "window/limn-history.h"

#define MAX_RESULTS    20
#define MAX_TERM_BYTES 1024

struct _LimnSearchProvider
{
  GObject parent_instance;

  GDBusConnection *connection;
  guint registration;
};

G_DEFINE_FINAL_TYPE (LimnSearchProvider, limn_search_provider, G_TYPE_OBJECT)

enum
{
  SIGNAL_OPEN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static const char interface_xml[] = "<node>"
                                    "<interface name='org.gnome.Shell.SearchProvider2'>"
                                    "<method name='GetInitialResultSet'>"
                                    "<arg type='as' name='terms' direction='in'/>"
                                    "<arg type='as' name='results' direction='out'/>"
                                    "</method>"
                                    "<method name='GetSubsearchResultSet'>"
                                    "<arg type='as' name='previous_results' direction='in'/>"
                                    "<arg type='as' name='terms' direction='in'/>"
                                    "<arg type='as' name='results' direction='out'/>"
                                    "</method>"
                                    "<method name='GetResultMetas'>"
                                    "<arg type='as' name='identifiers' direction='in'/>"
                                    "<arg type='aa{sv}' name='metas' direction='out'/>"
                                    "</method>"
                                    "<method name='ActivateResult'>"
                                    "<arg type='s' name='identifier' direction='in'/>"
                                    "<arg type='as' name='terms' direction='in'/>"
                                    "<arg type='u' name='timestamp' direction='in'/>"
                                    "</method>"
                                    "<method name='LaunchSearch'>"
                                    "<arg type='as' name='terms' direction='in'/>"
                                    "<arg type='u' name='timestamp' direction='in'/>"
                                    "</method>"
                                    "</interface>"
                                    "</node>";

/* ---- searching ---- */

static char **
fold (const char *const *terms)
{
  g_autoptr (GPtrArray) folded = g_ptr_array_new ();

  for (; *terms != NULL; terms++)
    if (strlen (*terms) < MAX_TERM_BYTES)
      g_ptr_array_add (folded, g_utf8_casefold (*terms, -1));
  g_ptr_array_add (folded, NULL);
  return (char **) g_ptr_array_steal (folded, NULL);
}

static gboolean
has_all (const char *prompt, char **folded_terms)
{
  g_autofree char *folded = g_utf8_casefold (prompt, -1);

  for (char **term = folded_terms; *term != NULL; term++)
    if (strstr (folded, *term) == NULL)
      return FALSE;
  return TRUE;
}

/* Of all prompts, the newest first, or of those found before. */
static GVariant *
search (const char *const *terms, const char *const *among)
{
  g_auto (GStrv) folded = fold (terms);
  g_autoptr (GVariantBuilder) results = g_variant_builder_new (G_VARIANT_TYPE_STRING_ARRAY);
  guint n = among != NULL ? g_strv_length ((GStrv) among) : limn_history_get_length ();
  guint n_found = 0;

  for (guint i = 0; i < n && n_found < MAX_RESULTS && *folded != NULL; i++)
    {
      const char *prompt = among != NULL ? among[i] : limn_history_get (i);

      if (!has_all (prompt, folded))
        continue;
      g_variant_builder_add (results, "s", prompt);
      n_found++;
    }
  return g_variant_new ("(as)", results);
}

/* ---- telling about results ---- */

static guint64
get_time (GFileInfo *info)
{
  return g_file_info_get_attribute_uint64 (info, G_FILE_ATTRIBUTE_TIME_MODIFIED);
}

/* The newest picture of each stem: a table of file names by what they begin with. */
static GHashTable *
list_pictures (GFile *folder)
{
  GHashTable *newest = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  g_autoptr (GFileEnumerator) files = g_file_enumerate_children (
      folder, G_FILE_ATTRIBUTE_STANDARD_NAME "," G_FILE_ATTRIBUTE_TIME_MODIFIED,
      G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, NULL, NULL);
  GFileInfo *info;

  while (files != NULL && g_file_enumerator_iterate (files, &info, NULL, NULL, NULL)
         && info != NULL)
    {
      const char *name = g_file_info_get_name (info);
      const char *dash = strrchr (name, '-');
      g_autofree char *stem = dash != NULL ? g_strndup (name, (gsize) (dash - name)) : NULL;
      GFileInfo *other = stem != NULL ? g_hash_table_lookup (newest, stem) : NULL;

      if (stem == NULL || !g_str_has_suffix (name, ".png"))
        continue;
      if (other == NULL || get_time (info) > get_time (other))
        g_hash_table_replace (newest, g_steal_pointer (&stem), g_object_ref (info));
    }
  return newest;
}

static GIcon *
find_icon (GFile *folder, GHashTable *pictures, const char *prompt)
{
  g_autofree char *stem = limn_picture_file_make_stem (prompt, "");
  g_autoptr (GFile) file = NULL;
  GFileInfo *info;

  stem[strlen (stem) - 1] = '\0'; /* its dash */
  info = g_hash_table_lookup (pictures, stem);
  if (info == NULL)
    return g_themed_icon_new (APPLICATION_ID);
  file = g_file_get_child (folder, g_file_info_get_name (info));
  return g_file_icon_new (file);
}

static GVariant *
describe (const char *const *prompts)
{
  g_autoptr (GVariantBuilder) metas = g_variant_builder_new (G_VARIANT_TYPE ("aa{sv}"));
  g_autoptr (GFile) folder = limn_keeper_dup_folder (NULL);
  g_autoptr (GHashTable) pictures = list_pictures (folder);

  for (; *prompts != NULL; prompts++)
    {
      g_autoptr (GIcon) icon = find_icon (folder, pictures, *prompts);
      g_autoptr (GVariant) serialized = g_icon_serialize (icon);
      g_autofree char *text = g_icon_to_string (icon);

      g_variant_builder_open (metas, G_VARIANT_TYPE_VARDICT);
      g_variant_builder_add (metas, "{sv}", "id", g_variant_new_string (*prompts));
      g_variant_builder_add (metas, "{sv}", "name", g_variant_new_string (*prompts));
      if (serialized != NULL)
        g_variant_builder_add (metas, "{sv}", "icon", serialized);
      if (text != NULL)
        g_variant_builder_add (metas, "{sv}", "gicon", g_variant_new_string (text));
      g_variant_builder_add (metas, "{sv}", "clipboardText", g_variant_new_string (*prompts));
      g_variant_builder_close (metas);
    }
  return g_variant_new ("(aa{sv})", metas);
}

/* ---- calls ---- */

static void
on_call (GDBusConnection *connection,
         const char *sender,
         const char *path,
         const char *interface,
         const char *method,
         GVariant *parameters,
         GDBusMethodInvocation *invocation,
         gpointer data)
{
  LimnSearchProvider *self = data;
  g_autofree const char **terms = NULL;
  g_autofree const char **among = NULL;
  g_autofree char *words = NULL;
  const char *prompt;
  GVariant *answer = NULL;

  if (g_str_equal (method, "GetInitialResultSet"))
    {
      g_variant_get (parameters, "(^a&s)", &terms);
      answer = search (terms, NULL);
    }
  else if (g_str_equal (method, "GetSubsearchResultSet"))
    {
      g_variant_get (parameters, "(^a&s^a&s)", &among, &terms);
      answer = search (terms, among);
    }
  else if (g_str_equal (method, "GetResultMetas"))
    {
      g_variant_get (parameters, "(^a&s)", &terms);
      answer = describe (terms);
    }
  else if (g_str_equal (method, "ActivateResult"))
    {
      g_variant_get (parameters, "(&s^a&su)", &prompt, &terms, NULL);
      g_signal_emit (self, signals[SIGNAL_OPEN], 0, prompt);
    }
  else
    {
      g_variant_get (parameters, "(^a&su)", &terms, NULL);
      words = g_strjoinv (" ", (GStrv) terms);
      g_signal_emit (self, signals[SIGNAL_OPEN], 0, words);
    }
  g_dbus_method_invocation_return_value (invocation, answer);
}

/* ---- object ---- */

static void
limn_search_provider_dispose (GObject *object)
{
  limn_search_provider_unexport (LIMN_SEARCH_PROVIDER (object));
  G_OBJECT_CLASS (limn_search_provider_parent_class)->dispose (object);
}

static void
limn_search_provider_class_init (LimnSearchProviderClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = limn_search_provider_dispose;
  /**
   * LimnSearchProvider::open:
   * @words: show what was drawn of these
   */
  signals[SIGNAL_OPEN] = g_signal_new ("open", LIMN_TYPE_SEARCH_PROVIDER, G_SIGNAL_RUN_LAST, 0,
                                       NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
limn_search_provider_init (LimnSearchProvider *self)
{
}

LimnSearchProvider *
limn_search_provider_new (void)
{
  return g_object_new (LIMN_TYPE_SEARCH_PROVIDER, NULL);
}

gboolean
limn_search_provider_export (LimnSearchProvider *self, GDBusConnection *connection, GError **error)
{
  static const GDBusInterfaceVTable vtable = { .method_call = on_call };
  g_autoptr (GDBusNodeInfo) info = g_dbus_node_info_new_for_xml (interface_xml, error);

  if (info == NULL)
    return FALSE;
  self->registration = g_dbus_connection_register_object (
      connection, LIMN_SEARCH_PROVIDER_PATH, info->interfaces[0], &vtable, self, NULL, error);
  if (self->registration != 0)
    g_set_object (&self->connection, connection);
  return self->registration != 0;
}

void
limn_search_provider_unexport (LimnSearchProvider *self)
{
  if (self->registration != 0)
    g_dbus_connection_unregister_object (self->connection, self->registration);
  self->registration = 0;
  g_clear_object (&self->connection);
}
