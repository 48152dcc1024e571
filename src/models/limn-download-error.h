/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Why a download stopped.  The kind decides what happens next (try again,
 * start over, tell the user); the message is written for the user.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define LIMN_DOWNLOAD_ERROR (limn_download_error_quark ())

/**
 * LimnDownloadError:
 * @LIMN_DOWNLOAD_ERROR_CONNECTION: no connection, or it broke: worth another try
 * @LIMN_DOWNLOAD_ERROR_STALLED: the server sends nothing, or next to nothing: worth another try
 * @LIMN_DOWNLOAD_ERROR_TRUNCATED: the answer ended too early: worth another try
 * @LIMN_DOWNLOAD_ERROR_BUSY: the server asks to come back later: worth another try
 * @LIMN_DOWNLOAD_ERROR_BAD_RANGE: the server cannot continue where it left off: start over
 * @LIMN_DOWNLOAD_ERROR_CHANGED: the file on the server is another one now: start over, once
 * @LIMN_DOWNLOAD_ERROR_CHECKSUM: what arrived is not what was promised: start over, once
 * @LIMN_DOWNLOAD_ERROR_REFUSED: the server does not give the file out (401, 403, 404, 410)
 * @LIMN_DOWNLOAD_ERROR_NOT_THE_FILE: a web page, such as a login page, or another kind of file
 * @LIMN_DOWNLOAD_ERROR_INSECURE: an address that is not https
 * @LIMN_DOWNLOAD_ERROR_REDIRECTS: sent from address to address without end
 * @LIMN_DOWNLOAD_ERROR_SIZE: the size is unknown, or not one this file can have
 * @LIMN_DOWNLOAD_ERROR_NO_SPACE: the disk is full
 * @LIMN_DOWNLOAD_ERROR_DISK: the disk refused to write or read
 * @LIMN_DOWNLOAD_ERROR_IN_USE: somebody else is downloading the same file
 */
typedef enum
{
  LIMN_DOWNLOAD_ERROR_CONNECTION,
  LIMN_DOWNLOAD_ERROR_STALLED,
  LIMN_DOWNLOAD_ERROR_TRUNCATED,
  LIMN_DOWNLOAD_ERROR_BUSY,
  LIMN_DOWNLOAD_ERROR_BAD_RANGE,
  LIMN_DOWNLOAD_ERROR_CHANGED,
  LIMN_DOWNLOAD_ERROR_CHECKSUM,
  LIMN_DOWNLOAD_ERROR_REFUSED,
  LIMN_DOWNLOAD_ERROR_NOT_THE_FILE,
  LIMN_DOWNLOAD_ERROR_INSECURE,
  LIMN_DOWNLOAD_ERROR_REDIRECTS,
  LIMN_DOWNLOAD_ERROR_SIZE,
  LIMN_DOWNLOAD_ERROR_NO_SPACE,
  LIMN_DOWNLOAD_ERROR_DISK,
  LIMN_DOWNLOAD_ERROR_IN_USE,
} LimnDownloadError;

GQuark limn_download_error_quark (void);

G_END_DECLS
