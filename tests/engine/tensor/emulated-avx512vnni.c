/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "emulated.h"

#define __AVX512VNNI__          1
#define limn_kernels_avx512vnni limn_emulated_avx512vnni
#include "engine/tensor/kernels-avx512.c"
