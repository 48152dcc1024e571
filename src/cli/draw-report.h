/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What “limn draw” prints: paths as they come or by rank, or JSON objects. */
#pragma once

#include <json-glib/json-glib.h>

#include "limn.h"

G_BEGIN_DECLS

typedef enum
{
  LIMN_REPORT_PATHS,
  LIMN_REPORT_JSON,
  LIMN_REPORT_JSON_LINES, /* each object on a line of its own */
  LIMN_REPORT_NONE,
} LimnReportKind;

typedef struct
{
  /* borrowed */
  const LimnRequest *request;
  const LimnReading *reading;
  const char *model_name;
  /* settings */
  LimnReportKind kind;
  gboolean is_ranked; /* the best match first, so paths are printed at the end */
  /* owned */
  GArray *pictures;
  char *sheet;
  char *seamless;
  /* state */
  gint64 start_us;
} LimnDrawReport;

void limn_draw_report_init (LimnDrawReport *report,
                            const LimnRequest *request,
                            const LimnReading *reading,
                            const char *model_name,
                            LimnReportKind kind);
void limn_draw_report_clear (LimnDrawReport *report);

/* A picture was drawn and saved at @path. */
void limn_draw_report_add (LimnDrawReport *report, const char *path, const LimnPicture *picture);
void limn_draw_report_set_sheet (LimnDrawReport *report, const char *path);
void limn_draw_report_set_seamless (LimnDrawReport *report, const char *path);

/* @is_complete: all that was asked for is there; FALSE after Ctrl+C. */
void limn_draw_report_finish (LimnDrawReport *report, gboolean is_complete);

G_END_DECLS
