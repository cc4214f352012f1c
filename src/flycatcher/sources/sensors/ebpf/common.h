/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * What all programs share: the ring that records go through, the counters, the settings, and how kernel memory is read.
 */
#ifndef FLYCATCHER_COMMON_H
#define FLYCATCHER_COMMON_H

#include "kernel.h"
#include "wire.h"

struct { UINT(type, MAP_RINGBUF); UINT(max_entries, 16 << 20); } ring SEC(".maps");
struct { UINT(type, MAP_PERCPU_ARRAY); UINT(max_entries, PLACES); TYPE(key, u32); TYPE(value, u64); } counters SEC(".maps");
struct { UINT(type, MAP_ARRAY); UINT(max_entries, 1); TYPE(key, u32); TYPE(value, struct settings); } config SEC(".maps");

static const u32 zero = 0;

INLINE void count(u32 place)
{
	u64 *n = bpf_map_lookup_elem(&counters, &place);

	if (n)
		++*n;
}

INLINE void fetch(void *to, u32 size, const void *from)
{
	if (bpf_probe_read_kernel(to, size, from))
		count(PLACE_BAD_KERNEL);
}

#define GET(pointer, field) ({ typeof((pointer)->field) value_ = {}; fetch(&value_, sizeof(value_), &(pointer)->field); value_; })

INLINE struct file *descriptor_file(struct task_struct *task, u32 descriptor)
{
	struct files_struct *files = GET(task, files);
	struct fdtable *table = GET(files, fdt);
	struct file **slots = GET(table, fd), *file = 0;

	if (descriptor < GET(table, max_fds))
		fetch(&file, sizeof(file), slots + descriptor);
	return file;
}

INLINE struct inode *descriptor_inode(struct task_struct *task, u32 descriptor)
{
	struct file *file = descriptor_file(task, descriptor);

	return file ? GET(file, f_inode) : 0;
}

#endif
