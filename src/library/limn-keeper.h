/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where pictures are kept, and how one gets there. */
#pragma once

#include <gio/gio.h>

#include <limn.h>

G_BEGIN_DECLS

GFile *limn_keeper_dup_folder (const char *chosen);
GFile *limn_keeper_save (GFile *folder,
                         LimnModel *model,
                         const LimnRequest *request,
                         const LimnPicture *picture,
                         GError **error);

G_END_DECLS
