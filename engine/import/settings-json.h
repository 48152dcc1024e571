/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The configs of the two networks, from their JSON. */
#pragma once

#include <json-glib/json-glib.h>

#include "settings.h"

G_BEGIN_DECLS

/* Parses bounded text; the nesting is limited before the parser sees it. */
JsonParser *limn_json_parse (LimnMappedFile *file, GError **error);

gboolean limn_text_settings_read (LimnTextSettings *settings,
                                  JsonObject *object,
                                  const char *name,
                                  GError **error);
gboolean limn_vqgan_settings_read (LimnVqganSettings *settings,
                                   JsonObject *object,
                                   const char *name,
                                   GError **error);

G_END_DECLS
