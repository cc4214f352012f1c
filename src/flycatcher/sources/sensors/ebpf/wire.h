/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * What travels between exec.bpf.c and wire.py. Every field has its natural alignment and no struct has hidden padding;
 * wire.py compares its own offsets with the ones in the compiled object before it reads the first record.
 */
#ifndef FLYCATCHER_WIRE_H
#define FLYCATCHER_WIRE_H

enum { PIECE = 4096, ROOM = 24576, COMPONENTS = 512, ANCESTORS = 64, PIECES = 16384, NAME = 256, TICK = 10000000 /* nanoseconds of USER_HZ */ };
enum { KIND_EXEC = 1, KIND_TEXT = 2, KIND_END = 3 };
enum { VERDICT_UNKNOWN = 0, VERDICT_OTHER = 1, VERDICT_INTERPRETER = 2, VERDICT_SCRIPTING = 3 };
enum { KILL_OFF = 0, KILL_MARKED = 1, KILL_ENFORCED = 2 };
enum { SCOPE_CGROUP = 1, SCOPE_USER = 2, SCOPE_TREE = 3 };
enum {
	FLAG_ENV_LEFT_OUT = 1, FLAG_ANCESTORS_CUT = 2, FLAG_PATH_CUT = 4, FLAG_KILLED = 8, FLAG_KILL_REFUSED = 16,
	FLAG_DETACHED = 32, FLAG_WATCHED = 64, FLAG_THREAD = 128, FLAG_MATCHED = 256,
};

/* Each place where something can be lost, counted per CPU. */
enum place {
	PLACE_SEEN, PLACE_DROPPED, PLACE_SENT, PLACE_LOST_EXEC, PLACE_LOST_PART, PLACE_LOST_TEXT, PLACE_BAD_KERNEL, PLACE_BAD_NAME,
	PLACE_BAD_ARGUMENT, PLACE_BAD_ENVIRONMENT, PLACE_BAD_TEXT, PLACE_ENV_LEFT_OUT, PLACE_ANCESTORS_CUT, PLACE_PATH_CUT,
	PLACE_KILLED, PLACE_KILL_REFUSED, PLACE_WATCH_FULL, PLACES,
};

/* One file as it is now: any change of its content changes ctime, and ctime cannot be set. */
struct file_key { u64 inode; s64 changed; u32 changed_ns; u32 device; u32 generation; u32 unused; };

struct ancestor { s32 pid; u32 uid; u64 start; char comm[16]; };

/* What a socket connects: the family as AF_* (0: no socket), ports in the host's order, addresses as the network has them (of
 * AF_INET the first four bytes), state as TCP_* (net/tcp_states.h). */
struct socket_ends { u32 family, state, local_port, peer_port; u8 local[16], peer[16]; };

/* One part of an execution. Parts of one execution share cpu and id; the data of all parts, joined, is: ancestors, filename,
 * interpreter path, exe's path components (leaf first), cwd's components (leaf first), argv's bytes, environ's bytes. */
struct exec_part {
	u32 kind, cpu; u64 id; u32 part, length; u64 time;
	u64 argument_at, argument_bytes, environment_at, environment_bytes, start;
	s32 pid, called_by, inner_pid, parent;
	u32 uid, gid, suid, euid, egid, loginuid, session;
	u32 mount_ns, pid_ns, user_ns; u64 cgroup;
	struct file_key file; u64 size, magic; u32 mode, links;
	u32 stdin_mode, stdin_device, stdin_links, verdict; u64 stdin_inode;
	u32 flags, ancestors, filename_bytes, interp_bytes, exe_bytes, cwd_bytes, bad_pages, owner_ns; /* who mounted its file system */
	char comm[16], tty[64];
	struct socket_ends stdin_socket;
};

/* Bytes that a watched process has read from what its descriptor 0 was at exec, or the end of that (KIND_END). */
struct text_part { u32 kind, cpu; s32 pid, result; u64 start, time, offset; u32 length, unused; };

struct settings {
	u64 stdin_bytes; u32 report_all, kill;
	s32 read, readv, pread, recvfrom; /* this machine's system call numbers */
	s32 tree; u32 unused; u64 tree_start; /* only what descends from this process, which started at that tick; 0: everything */
};

struct scope { u32 kind, unused; u64 id, start; }; /* start: of a tree's root, in ticks */

#endif
