/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "emulated.h"

#define limn_kernels_avx512 limn_emulated_avx512
#include "engine/tensor/kernels-avx512.c"
