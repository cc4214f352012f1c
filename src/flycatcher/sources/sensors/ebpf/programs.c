// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
//
// The one translation unit: all programs share their maps, so they make one object.
#include "exec.bpf.c"
#include "stdin.bpf.c"

char LICENSE[] SEC("license") = "Dual BSD/GPL";
