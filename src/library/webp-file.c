/* SPDX-License-Identifier: GPL-3.0-or-later */
/* webp-file.c: pixels to libwebp and its bytes back.  What is in them is not known here. */
#include "config.h"

#include "webp-file.h"

#include <glib/gi18n.h>
#include <webp/encode.h>
#include <webp/mux.h>

#include "limn.h"

#define QUALITY       92 /* of 100, as for JPEG */
#define FILM_QUALITY  82
#define MAX_KEYFRAMES 64

static void
set_error (GError **error)
{
  g_set_error_literal (error, LIMN_ERROR, LIMN_ERROR_TOO_LARGE,
                       _ ("This picture could not be made into a WebP file: it is too large, or "
                          "memory is short."));
}

/* A file that ends early or is refused frees what @data holds. */
static GBytes *
take_bytes (WebPData *data)
{
  return g_bytes_new_with_free_func (data->bytes, data->size, (GDestroyNotify) WebPFree,
                                     (gpointer) data->bytes);
}

GBytes *
limn_webp_encode (const guint8 *rgb, guint width, guint height, GError **error)
{
  WebPData data = { 0 };
  guint8 *bytes = NULL;

  g_return_val_if_fail (width > 0 && height > 0, NULL);
  if (width <= WEBP_MAX_DIMENSION && height <= WEBP_MAX_DIMENSION)
    data.size = WebPEncodeRGB (rgb, (int) width, (int) height, (int) width * 3, QUALITY, &bytes);
  data.bytes = bytes;
  if (data.size > 0)
    return take_bytes (&data);
  set_error (error);
  return NULL;
}

static gboolean
add_frame (WebPAnimEncoder *encoder,
           const WebPConfig *config,
           const guint8 *rgb,
           guint width,
           guint height,
           guint start_ms)
{
  WebPPicture picture;
  gboolean is_added;

  if (!WebPPictureInit (&picture))
    return FALSE;
  picture.use_argb = TRUE;
  picture.width = (int) width;
  picture.height = (int) height;
  is_added = WebPPictureImportRGB (&picture, rgb, (int) width * 3)
             && WebPAnimEncoderAdd (encoder, &picture, (int) start_ms, config);
  WebPPictureFree (&picture);
  return is_added;
}

static gboolean
add_frames (WebPAnimEncoder *encoder,
            const LimnWebpFrame *frames,
            guint n_frames,
            guint width,
            guint height)
{
  WebPConfig config;
  guint start_ms = 0;

  if (!WebPConfigPreset (&config, WEBP_PRESET_PICTURE, FILM_QUALITY))
    return FALSE;
  for (guint i = 0; i < n_frames; i++)
    {
      if (!add_frame (encoder, &config, frames[i].rgb, width, height, start_ms))
        return FALSE;
      start_ms += frames[i].duration_ms;
    }
  /* the end of the last frame */
  return WebPAnimEncoderAdd (encoder, NULL, (int) start_ms, NULL);
}

GBytes *
limn_webp_animate (const LimnWebpFrame *frames,
                   guint n_frames,
                   guint width,
                   guint height,
                   GError **error)
{
  WebPAnimEncoderOptions options;
  WebPAnimEncoder *encoder = NULL;
  WebPData data = { 0 };
  gboolean is_made;

  g_return_val_if_fail (n_frames > 0 && width > 0 && height > 0, NULL);
  if (WebPAnimEncoderOptionsInit (&options))
    {
      options.anim_params.loop_count = 0; /* for ever */
      options.kmax = MAX_KEYFRAMES;
      encoder = WebPAnimEncoderNew ((int) width, (int) height, &options);
    }
  is_made = encoder != NULL && add_frames (encoder, frames, n_frames, width, height)
            && WebPAnimEncoderAssemble (encoder, &data);
  WebPAnimEncoderDelete (encoder);
  if (is_made)
    return take_bytes (&data);
  WebPDataClear (&data);
  set_error (error);
  return NULL;
}
