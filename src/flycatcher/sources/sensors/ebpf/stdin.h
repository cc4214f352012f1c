/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * The first bytes that an interpreter reads from what its descriptor 0 was when it started. That is known by its inode, so
 * a dup of it, or /dev/stdin opened again, is the same text. Here: who is watched, which exec.bpf.c and stdin.bpf.c both ask.
 */
#ifndef FLYCATCHER_STDIN_H
#define FLYCATCHER_STDIN_H

#include "common.h"

enum { MODE_KIND = 0170000, MODE_SOCKET = 0140000, MODE_FILE = 0100000, MODE_PIPE = 0010000, MODE_DEVICE = 0020000 };
enum { END_OF_TEXT = 0, END_LIMIT = 1, END_GONE = 2, NO_POSITION = -1 };

/* seen: bytes sent. A file's bytes are counted from base, where its position was at exec: shells go back and read them again. */
struct watched { u64 start, inode, seen; s64 base; };
struct text_scratch { u64 position, end; struct text_part part; u8 data[PIECE]; };

struct { UINT(type, MAP_HASH); UINT(max_entries, 8192); TYPE(key, s32); TYPE(value, struct watched); } watched SEC(".maps");
struct { UINT(type, MAP_PERCPU_ARRAY); UINT(max_entries, 1); TYPE(key, u32); TYPE(value, struct text_scratch); } texts SEC(".maps");

INLINE void send_text(struct text_scratch *t, u32 kind, s32 pid, struct watched *w, s32 result)
{
	u32 length = t->part.length;

	if (length > PIECE)
		return;
	t->part.kind = kind;
	t->part.cpu = bpf_get_smp_processor_id();
	t->part.pid = pid;
	t->part.result = result;
	t->part.start = w->start;
	t->part.time = bpf_ktime_get_boot_ns();
	t->part.offset = w->seen;
	if (bpf_ringbuf_output(&ring, &t->part, sizeof(t->part) + length, 0))
		count(PLACE_LOST_TEXT);
}

INLINE void unwatch(s32 pid, s32 result)
{
	struct watched *w = bpf_map_lookup_elem(&watched, &pid);
	struct text_scratch *t = bpf_map_lookup_elem(&texts, &zero);

	if (!w || !t)
		return;
	t->part.length = 0;
	send_text(t, KIND_END, pid, w, result);
	bpf_map_delete_elem(&watched, &pid);
}

/* x86 system calls of 32-bit programs have other numbers and other registers: their text is not captured. */
INLINE int is_narrow(struct task_struct *task)
{
	struct mm_struct *mm = GET(task, mm);

	return EXISTS(mm->task_size) && GET(mm, task_size) <= 1ull << 32;
}

INLINE void watch_stdin(struct settings *settings, struct exec_part *part, struct task_struct *task)
{
	struct watched w = {.start = part->start, .inode = (u64)descriptor_inode(task, 0), .base = NO_POSITION};
	u32 kind = part->stdin_mode & MODE_KIND;
	struct file *file;

	if (!settings->stdin_bytes)
		return;
	unwatch(part->pid, END_GONE); /* what this process ran before */
	if (part->verdict == VERDICT_OTHER || is_narrow(task))
		return;
	if (kind != MODE_PIPE && kind != MODE_SOCKET && kind != MODE_FILE && kind != MODE_DEVICE)
		return;
	file = descriptor_file(task, 0);
	if (kind == MODE_FILE && file)
		w.base = GET(file, f_pos);
	if (bpf_map_update_elem(&watched, &part->pid, &w, 0))
		count(PLACE_WATCH_FULL);
	else
		part->flags |= FLAG_WATCHED;
}

#endif
