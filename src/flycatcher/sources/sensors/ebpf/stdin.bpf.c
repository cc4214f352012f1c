// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
//
// Reports what watched processes read from their stdin: the buffer of a read is noted at its entry, and copied at its exit.
// These programs are loaded only with --capture-stdin.
#include "stdin.h"

enum { VECTORS = 8 };

struct reading { u64 at, file; s64 position; u32 vector, unused; };
struct iovec { u64 base, length; };

struct { UINT(type, MAP_LRU_HASH); UINT(max_entries, 8192); TYPE(key, u64); TYPE(value, struct reading); } readings SEC(".maps");

static long one_text(u32 index, struct watched **w)
{
	struct text_scratch *t = bpf_map_lookup_elem(&texts, &zero);
	u64 n;

	if (!t || t->position >= t->end)
		return 1;
	n = t->end - t->position;
	if (n > PIECE)
		n = PIECE;
	if (bpf_probe_read_user(t->data, n, (void *)t->position))
		count(PLACE_BAD_TEXT);
	t->part.length = n;
	send_text(t, KIND_TEXT, bpf_get_current_pid_tgid() >> 32, *w, 0);
	t->position += n;
	(*w)->seen += n;
	return 0;
}

/* Send what lies at a buffer beyond what has been sent before, and say how much of the limit is left. */
INLINE u64 send_buffer(struct watched *w, u64 at, u64 length, u64 limit, u64 *known)
{
	struct text_scratch *t = bpf_map_lookup_elem(&texts, &zero);
	u64 skip = *known < length ? *known : length;

	*known -= skip;
	at += skip;
	length -= skip;
	if (!t || !length || w->seen >= limit)
		return 0;
	if (length > limit - w->seen)
		length = limit - w->seen;
	t->position = at;
	t->end = at + length;
	bpf_loop(PIECES, one_text, &w, 0);
	return limit - w->seen;
}

struct vector { struct watched *w; u64 at, left, limit, known; };

static long one_vector(u32 index, struct vector *v)
{
	struct iovec iovec = {};

	if (!v->left)
		return 1;
	if (bpf_probe_read_user(&iovec, sizeof(iovec), (void *)(v->at + index * sizeof(iovec))))
		count(PLACE_BAD_TEXT);
	if (iovec.length > v->left)
		iovec.length = v->left;
	send_buffer(v->w, iovec.base, iovec.length, v->limit, &v->known);
	v->left -= iovec.length;
	return 0;
}

INLINE u64 register_of(u64 *context, u32 number)
{
	struct pt_regs___x86 *x86 = (void *)context[0];
	struct pt_regs___arm *arm = (void *)context[0];

	if (EXISTS(x86->di))
		return number == 0 ? GET(x86, di) : number == 1 ? GET(x86, si) : GET(x86, r10);
	return number == 0 ? GET(arm, regs[0]) : number == 1 ? GET(arm, regs[1]) : GET(arm, regs[3]);
}

/* How many of the bytes just read from a file have been sent before; what was jumped over shows as a gap. */
INLINE u64 known_bytes(struct watched *w, struct reading *reading, u64 result)
{
	struct file *file = (void *)reading->file;
	s64 end = reading->position == NO_POSITION ? GET(file, f_pos) : reading->position + (s64)result;
	s64 begin = end - (s64)result - w->base;

	if (w->base == NO_POSITION || begin < 0)
		return 0;
	if (begin > (s64)w->seen)
		w->seen = begin;
	return w->seen - begin;
}

SEC("raw_tp/sys_enter")
int read_begins(u64 *context)
{
	u64 thread = bpf_get_current_pid_tgid();
	s32 pid = thread >> 32, call = context[1];
	struct watched *w = bpf_map_lookup_elem(&watched, &pid);
	struct settings *settings = bpf_map_lookup_elem(&config, &zero);
	struct reading reading = {.position = NO_POSITION};
	struct file *file;

	if (!w || !settings)
		return 0;
	reading.vector = call == settings->readv;
	if (call != settings->read && call != settings->pread && call != settings->recvfrom && !reading.vector)
		return 0;
	file = descriptor_file((void *)bpf_get_current_task(), register_of(context, 0));
	if (!file || (u64)GET(file, f_inode) != w->inode)
		return 0;
	reading.file = (u64)file;
	reading.at = register_of(context, 1);
	if (call == settings->pread)
		reading.position = register_of(context, 3);
	bpf_map_update_elem(&readings, &thread, &reading, 0);
	return 0;
}

SEC("raw_tp/sys_exit")
int read_ends(u64 *context)
{
	u64 thread = bpf_get_current_pid_tgid();
	s64 result = context[1];
	s32 pid = thread >> 32;
	struct watched *w = bpf_map_lookup_elem(&watched, &pid);
	struct settings *settings = bpf_map_lookup_elem(&config, &zero);
	struct reading *found, reading;
	u64 known;

	if (!w || !settings)
		return 0;
	found = bpf_map_lookup_elem(&readings, &thread);
	if (!found)
		return 0;
	reading = *found;
	bpf_map_delete_elem(&readings, &thread);
	if (!result)
		unwatch(pid, END_OF_TEXT);
	if (result <= 0)
		return 0;
	known = known_bytes(w, &reading, result);
	if (reading.vector) {
		struct vector v = {.w = w, .at = reading.at, .left = result, .limit = settings->stdin_bytes, .known = known};

		bpf_loop(VECTORS, one_vector, &v, 0);
	} else {
		send_buffer(w, reading.at, result, settings->stdin_bytes, &known);
	}
	if (w->seen >= settings->stdin_bytes)
		unwatch(pid, END_LIMIT);
	return 0;
}

SEC("raw_tp/sched_process_exit")
int process_ends(u64 *context)
{
	u64 thread = bpf_get_current_pid_tgid();

	if (thread >> 32 == (u32)thread)
		unwatch(thread >> 32, END_GONE);
	return 0;
}
