// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
//
// Reports each program start with its whole argv and environment, as the kernel itself holds them after shebang
// rewriting: at sched_process_exec the new image is in place and has not run its first instruction.
// Files known not to be interpreters (map verdicts, filled by user space) are dropped at once.
#include "common.h"
#include "stdin.h"

struct scratch {
	u64 position, end; u32 used, place; /* bytes still to be read, and how much of data is filled */
	struct exec_part part;
	union {
		u8 data[ROOM];
		struct ancestor chain[ANCESTORS]; /* what data begins with */
	};
};

struct { UINT(type, MAP_PERCPU_ARRAY); UINT(max_entries, 1); TYPE(key, u32); TYPE(value, struct scratch); } scratch SEC(".maps");
struct { UINT(type, MAP_LRU_HASH); UINT(max_entries, 65536); TYPE(key, struct file_key); TYPE(value, u32); } verdicts SEC(".maps");
struct { UINT(type, MAP_HASH); UINT(max_entries, 1024); TYPE(key, struct scope); TYPE(value, u32); } scopes SEC(".maps");
struct { UINT(type, MAP_HASH); UINT(max_entries, 1024); TYPE(key, s32); TYPE(value, u32); } spared SEC(".maps");

INLINE struct scratch *workspace(void)
{
	return bpf_map_lookup_elem(&scratch, &zero);
}

INLINE u64 start_of(struct task_struct *task)
{
	struct task_struct *leader = GET(task, group_leader);
	struct task_struct___old *old = (void *)leader;

	return EXISTS(leader->start_boottime) ? GET(leader, start_boottime) : GET(old, real_start_time);
}

INLINE void file_identity(struct exec_part *part, struct inode *inode)
{
	struct super_block *super = GET(inode, i_sb);
	struct user_namespace *owner = GET(super, s_user_ns);
	struct inode___v66 *v66 = (void *)inode;
	struct inode___old *old = (void *)inode;
	struct timespec64 changed = {};

	if (EXISTS(inode->i_ctime_sec)) {
		changed.tv_sec = GET(inode, i_ctime_sec);
		changed.tv_nsec = GET(inode, i_ctime_nsec);
	} else if (EXISTS(v66->__i_ctime)) {
		changed = GET(v66, __i_ctime);
	} else {
		changed = GET(old, i_ctime);
	}
	part->file.inode = GET(inode, i_ino);
	part->file.changed = changed.tv_sec;
	part->file.changed_ns = changed.tv_nsec & ~(1u << 31); /* since 6.13 that bit says that somebody has asked for it */
	part->file.device = GET(super, s_dev);
	part->file.generation = GET(inode, i_generation);
	part->file.unused = 0;
	part->size = GET(inode, i_size);
	part->magic = GET(super, s_magic);
	part->owner_ns = GET(owner, ns.inum);
	part->mode = GET(inode, i_mode);
	part->links = GET(inode, i_nlink);
}

INLINE void credentials(struct exec_part *part, struct task_struct *task)
{
	struct cred *cred = GET(task, cred);
	struct user_namespace *user_ns = GET(cred, user_ns);

	part->uid = GET(cred, uid.val);
	part->gid = GET(cred, gid.val);
	part->suid = GET(cred, suid.val);
	part->euid = GET(cred, euid.val);
	part->egid = GET(cred, egid.val);
	part->user_ns = GET(user_ns, ns.inum);
	part->loginuid = EXISTS(task->loginuid) ? GET(task, loginuid.val) : ~0u;
	part->session = EXISTS(task->sessionid) ? GET(task, sessionid) : ~0u;
}

INLINE void process_ids(struct exec_part *part, struct task_struct *task, s32 called_by)
{
	struct task_struct *parent = GET(task, real_parent);
	struct nsproxy *nsproxy = GET(task, nsproxy);
	struct mnt_namespace *mount_ns = GET(nsproxy, mnt_ns);
	struct pid *pid = GET(task, thread_pid);
	struct upid inner = {};

	fetch(&inner, sizeof(inner), &pid->numbers[0] + GET(pid, level));
	part->pid = GET(task, tgid);
	part->called_by = called_by;
	part->inner_pid = inner.nr;
	part->parent = GET(parent, tgid);
	part->start = start_of(task);
	part->mount_ns = GET(mount_ns, ns.inum);
	part->pid_ns = GET(inner.ns, ns.inum);
	part->cgroup = bpf_get_current_cgroup_id();
	fetch(part->comm, sizeof(part->comm), task->comm);
	if (called_by != part->pid)
		part->flags |= FLAG_THREAD;
}

/* A file in a file system that is a socket's name has the same mode, but no socket behind it. */
INLINE void socket_ends(struct socket_ends *ends, struct task_struct *task)
{
	struct file *file = descriptor_file(task, 0);
	struct socket *socket = file ? GET(file, private_data) : 0;
	struct sock *sk = socket ? GET(socket, sk) : 0;
	u16 port;

	if (!sk)
		return;
	ends->family = GET(sk, __sk_common.skc_family);
	if (ends->family != FAMILY_INET && ends->family != FAMILY_INET6)
		return;
	ends->state = GET(sk, __sk_common.skc_state);
	ends->local_port = GET(sk, __sk_common.skc_num);
	port = GET(sk, __sk_common.skc_dport);
	ends->peer_port = (u16)(port << 8 | port >> 8);
	if (ends->family == FAMILY_INET) {
		fetch(ends->local, 4, &sk->__sk_common.skc_rcv_saddr);
		fetch(ends->peer, 4, &sk->__sk_common.skc_daddr);
	} else if (EXISTS(sk->__sk_common.skc_v6_daddr)) {
		fetch(ends->local, 16, &sk->__sk_common.skc_v6_rcv_saddr);
		fetch(ends->peer, 16, &sk->__sk_common.skc_v6_daddr);
	}
}

INLINE void standard_input(struct exec_part *part, struct task_struct *task)
{
	struct inode *inode = descriptor_inode(task, 0);

	part->stdin_socket = (struct socket_ends){};
	part->stdin_inode = part->stdin_mode = part->stdin_device = part->stdin_links = 0;
	if (!inode)
		return;
	part->stdin_mode = GET(inode, i_mode);
	part->stdin_device = GET(inode, i_rdev);
	part->stdin_links = GET(inode, i_nlink);
	part->stdin_inode = GET(inode, i_ino);
	if ((part->stdin_mode & MODE_KIND) == MODE_SOCKET)
		socket_ends(&part->stdin_socket, task);
}

INLINE void terminal(struct exec_part *part, struct task_struct *task)
{
	struct signal_struct *signal = GET(task, signal);
	struct tty_struct *tty = GET(signal, tty);

	part->tty[0] = 0;
	if (tty)
		fetch(part->tty, sizeof(part->tty), tty->name);
}

static long one_ancestor(u32 index, struct task_struct **task)
{
	struct scratch *s = workspace();
	struct task_struct *parent = GET(*task, real_parent);
	struct ancestor *ancestor;
	struct cred *cred;

	if (!s || !parent || !GET(parent, tgid))
		return 1;
	if (index >= ANCESTORS) {
		s->part.flags |= FLAG_ANCESTORS_CUT;
		count(PLACE_ANCESTORS_CUT);
		return 1;
	}
	ancestor = &s->chain[index];
	cred = GET(parent, cred);
	parent = GET(parent, group_leader);
	ancestor->pid = GET(parent, tgid);
	ancestor->uid = GET(cred, uid.val);
	ancestor->start = start_of(parent);
	fetch(ancestor->comm, sizeof(ancestor->comm), parent->comm);
	s->used += sizeof(*ancestor);
	s->part.ancestors++;
	*task = parent;
	return 0;
}

/* Append one NUL-terminated string of the kernel; its size is limited by what the kernel itself allows there. */
INLINE u32 string(struct scratch *s, const char *from, u32 limit)
{
	u32 used = s->used;
	long n;

	if (used > ROOM - PIECE) {
		s->part.flags |= FLAG_PATH_CUT;
		count(PLACE_PATH_CUT);
		return 0;
	}
	n = bpf_probe_read_kernel_str(s->data + used, limit, from);
	if (n < 0 || n > PIECE) {
		count(PLACE_BAD_NAME);
		return 0;
	}
	s->used = used + n;
	return n;
}

struct walk { struct dentry *dentry; struct mount *mount; u32 finished, detached; };

static long one_component(u32 index, struct walk *walk)
{
	struct scratch *s = workspace();
	struct dentry *parent;
	struct mount *above;

	if (!s)
		return 1;
	if (walk->dentry == GET(walk->mount, mnt.mnt_root)) {
		above = GET(walk->mount, mnt_parent);
		walk->finished = above == walk->mount;
		walk->dentry = GET(walk->mount, mnt_mountpoint);
		walk->mount = above;
		return walk->finished;
	}
	parent = GET(walk->dentry, d_parent);
	walk->finished = walk->detached = parent == walk->dentry;
	string(s, (const char *)GET(walk->dentry, d_name.name), NAME);
	walk->dentry = parent;
	return walk->finished;
}

/* Append the names from a dentry up to the root of its mount namespace, leaf first. */
INLINE u32 whole_path(struct scratch *s, struct path *at)
{
	struct walk walk = {.dentry = GET(at, dentry)};
	struct mount *none = 0;
	u32 before = s->used;

	walk.mount = (void *)((u64)GET(at, mnt) - __builtin_preserve_field_info(none->mnt, 0));
	bpf_loop(COMPONENTS, one_component, &walk, 0);
	if (!walk.finished) {
		s->part.flags |= FLAG_PATH_CUT;
		count(PLACE_PATH_CUT);
	}
	if (walk.detached)
		s->part.flags |= FLAG_DETACHED;
	return s->used - before;
}

INLINE int send(struct scratch *s)
{
	u32 used = s->used;

	if (used > ROOM)
		return 1;
	s->part.length = used;
	s->used = 0;
	if (bpf_ringbuf_output(&ring, &s->part, sizeof(s->part) + used, 0)) {
		count(s->part.part ? PLACE_LOST_PART : PLACE_LOST_EXEC);
		return 1;
	}
	s->part.part++;
	return 0;
}

/* Copy at most one page of user memory, page by page, so that one page that cannot be read costs no other. */
static long one_piece(u32 index, void *context)
{
	struct scratch *s = workspace();
	u64 position, n;
	u32 used;

	if (!s || s->position >= s->end)
		return 1;
	if (s->used > ROOM - PIECE && send(s))
		return 1;
	used = s->used;
	if (used > ROOM - PIECE)
		return 1;
	position = s->position;
	n = PIECE - (position & (PIECE - 1));
	if (n > s->end - position)
		n = s->end - position;
	OPAQUE(n);
	if (n > PIECE)
		return 1;
	if (bpf_probe_read_user(s->data + used, n, (void *)position)) {
		s->part.bad_pages++;
		count(s->place);
	}
	s->used = used + n;
	s->position = position + n;
	return 0;
}

INLINE int memory(struct scratch *s, u64 from, u64 length, u32 place)
{
	s->position = from;
	s->end = from + length;
	s->place = place;
	bpf_loop(PIECES, one_piece, 0, 0);
	return s->position < s->end;
}

/* When the reader falls behind, the environment goes first: half of the ring is kept for argv. */
INLINE void command_line(struct exec_part *part, struct task_struct *task)
{
	struct mm_struct *mm = GET(task, mm);
	u64 free = bpf_ringbuf_query(&ring, RING_SIZE) - bpf_ringbuf_query(&ring, RING_USED);

	part->argument_at = GET(mm, arg_start);
	part->argument_bytes = GET(mm, arg_end) - part->argument_at;
	part->environment_at = GET(mm, env_start);
	part->environment_bytes = GET(mm, env_end) - part->environment_at;
	if (free < bpf_ringbuf_query(&ring, RING_SIZE) / 2 || free < part->argument_bytes + part->environment_bytes + (64 << 10)) {
		part->flags |= FLAG_ENV_LEFT_OUT;
		count(PLACE_ENV_LEFT_OUT);
	}
}

INLINE int in_scope(u32 kind, u64 id, u64 start)
{
	struct scope scope = {.kind = kind, .id = id, .start = start};

	return bpf_map_lookup_elem(&scopes, &scope) != 0;
}

static long ancestor_in_scope(u32 index, u32 *found)
{
	struct scratch *s = workspace();
	struct ancestor *ancestor;

	if (!s || index >= ANCESTORS || index >= s->part.ancestors)
		return 1;
	ancestor = &s->chain[index];
	*found = in_scope(SCOPE_TREE, ancestor->pid, ancestor->start / TICK);
	return *found;
}

static long cgroup_in_scope(u32 level, u32 *found)
{
	u64 id = bpf_get_current_ancestor_cgroup_id(level);

	*found = id && in_scope(SCOPE_CGROUP, id, 0);
	return !id || *found;
}

/* SIGKILL is delivered on the way back to user mode, so the new image never runs its first instruction. What is not yet
 * known to be an interpreter is only marked: user space looks at the file and decides. */
INLINE void kill_at_exec(struct exec_part *part, u32 kill)
{
	u32 found = in_scope(SCOPE_USER, part->euid, 0) || in_scope(SCOPE_TREE, part->pid, part->start / TICK);

	if (!found)
		bpf_loop(ANCESTORS, ancestor_in_scope, &found, 0);
	if (!found)
		bpf_loop(32, cgroup_in_scope, &found, 0);
	if (!found)
		return;
	part->flags |= FLAG_MATCHED;
	if (kill < KILL_ENFORCED || part->verdict != VERDICT_SCRIPTING)
		return;
	if (part->pid == 1 || bpf_map_lookup_elem(&spared, &part->pid) || bpf_send_signal(SIGKILL)) {
		part->flags |= FLAG_KILL_REFUSED;
		count(PLACE_KILL_REFUSED);
	} else {
		part->flags |= FLAG_KILLED;
		count(PLACE_KILLED);
	}
}

INLINE void strings(struct scratch *s, struct task_struct *task, struct linux_binprm *bprm)
{
	struct fs_struct *fs = GET(task, fs);
	struct file *file = GET(bprm, file);
	u32 flags;

	s->part.filename_bytes = string(s, GET(bprm, filename), PIECE);
	s->part.interp_bytes = string(s, GET(bprm, interp), PIECE);
	s->part.exe_bytes = whole_path(s, &file->f_path);
	flags = s->part.flags;
	s->part.cwd_bytes = whole_path(s, &fs->pwd);
	s->part.flags &= flags | ~FLAG_DETACHED; /* the flag speaks of exe */
}

struct lineage { struct task_struct *task; struct settings *settings; u32 found; };

static long one_parent(u32 index, struct lineage *at)
{
	struct task_struct *parent = GET(at->task, real_parent);

	if (!parent || !GET(parent, tgid))
		return 1;
	at->task = GET(parent, group_leader);
	at->found = GET(at->task, tgid) == at->settings->tree && start_of(at->task) / TICK == at->settings->tree_start;
	return at->found;
}

/* Who has more ancestors than are looked at may be in the tree: that is counted, and not reported. */
INLINE int in_tree(struct settings *settings, struct task_struct *task)
{
	struct lineage at = {.task = task, .settings = settings};

	if (!settings->tree)
		return 1;
	if (bpf_loop(COMPONENTS, one_parent, &at, 0) == COMPONENTS && !at.found)
		count(PLACE_ANCESTORS_CUT);
	return at.found;
}

INLINE int on_exec(struct task_struct *task, s32 called_by, struct linux_binprm *bprm)
{
	struct settings *settings = bpf_map_lookup_elem(&config, &zero);
	struct scratch *s = workspace();
	struct file *file = GET(bprm, file);
	struct exec_part *part;
	u32 *verdict;

	if (!s || !settings || !in_tree(settings, task))
		return 0;
	part = &s->part;
	count(PLACE_SEEN);
	file_identity(part, GET(file, f_inode));
	verdict = bpf_map_lookup_elem(&verdicts, &part->file);
	part->verdict = verdict ? *verdict : VERDICT_UNKNOWN;
	if (part->verdict == VERDICT_OTHER && !settings->report_all) {
		count(PLACE_DROPPED);
		if (settings->stdin_bytes)
			unwatch(GET(task, tgid), END_GONE);
		return 0;
	}
	part->kind = KIND_EXEC;
	part->cpu = bpf_get_smp_processor_id();
	part->id++;
	part->part = part->flags = part->bad_pages = part->ancestors = s->used = 0;
	part->time = bpf_ktime_get_boot_ns();
	credentials(part, task);
	process_ids(part, task, called_by);
	standard_input(part, task);
	terminal(part, task);
	command_line(part, task);
	watch_stdin(settings, part, task);
	bpf_loop(ANCESTORS + 1, one_ancestor, &(struct task_struct *){task}, 0);
	if (settings->kill && (part->verdict == VERDICT_SCRIPTING || part->verdict == VERDICT_UNKNOWN))
		kill_at_exec(part, settings->kill);
	strings(s, task, bprm);
	if (memory(s, part->argument_at, part->argument_bytes, PLACE_BAD_ARGUMENT))
		return 0;
	if (!(part->flags & FLAG_ENV_LEFT_OUT) && memory(s, part->environment_at, part->environment_bytes, PLACE_BAD_ENVIRONMENT))
		return 0;
	if (!send(s))
		count(PLACE_SENT);
	return 0;
}

SEC("tp_btf/sched_process_exec")
int exec_btf(u64 *context)
{
	return on_exec((void *)context[0], context[1], (void *)context[2]);
}

SEC("raw_tp/sched_process_exec")
int exec_raw(u64 *context)
{
	return on_exec((void *)context[0], context[1], (void *)context[2]);
}
