/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers of the GGUF format that reader and writer share. */
#pragma once

#define GGUF_MAGIC             0x46554747u /* "GGUF" */
#define GGUF_VERSION           3
#define GGUF_DEFAULT_ALIGNMENT 32
#define GGUF_ALIGNMENT_KEY     "general.alignment"
#define GGUF_MAX_NAME          64 /* bytes of a tensor's name */

typedef enum
{
  GGUF_VALUE_U8,
  GGUF_VALUE_I8,
  GGUF_VALUE_U16,
  GGUF_VALUE_I16,
  GGUF_VALUE_U32,
  GGUF_VALUE_I32,
  GGUF_VALUE_F32,
  GGUF_VALUE_BOOL,
  GGUF_VALUE_STRING,
  GGUF_VALUE_ARRAY,
  GGUF_VALUE_U64,
  GGUF_VALUE_I64,
  GGUF_VALUE_F64,
  GGUF_N_VALUES,
} GgufValueType;
