/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "emulated.h"

#define __AVXVNNI__          1
#define limn_kernels_avxvnni limn_emulated_avxvnni
#include "engine/tensor/kernels-avx2.c"
