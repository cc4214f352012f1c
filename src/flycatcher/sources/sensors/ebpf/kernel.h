/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * The few kernel types, helpers and macros that exec.bpf.c needs. The types name only the fields that are read; where a
 * field lies is settled by libbpf when the object is loaded (CO-RE), so no kernel header takes part in the build.
 */
#ifndef FLYCATCHER_KERNEL_H
#define FLYCATCHER_KERNEL_H

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef int s32;
typedef unsigned long long u64;
typedef long long s64;

#define SEC(name) __attribute__((section(name), used))
#define INLINE static inline __attribute__((always_inline))
#define KEPT __attribute__((preserve_access_index))
#define UINT(name, value) int(*name)[value]
#define TYPE(name, type) type *name

enum { MAP_HASH = 1, MAP_ARRAY = 2, MAP_PERCPU_ARRAY = 6, MAP_LRU_HASH = 9, MAP_RINGBUF = 27 };
enum { FAMILY_INET = 2, FAMILY_INET6 = 10 };
enum { FROM_USER = 0, RING_USED = 0, RING_SIZE = 1, SIGKILL = 9 };
enum { CORE_FIELD_EXISTS = 2 };

/* Helper numbers are the kernel's stable interface: include/uapi/linux/bpf.h, ___BPF_FUNC_MAPPER. */
static void *(*const bpf_map_lookup_elem)(void *, const void *) = (void *)1;
static long (*const bpf_map_update_elem)(void *, const void *, const void *, u64) = (void *)2;
static long (*const bpf_map_delete_elem)(void *, const void *) = (void *)3;
static u32 (*const bpf_get_smp_processor_id)(void) = (void *)8;
static u64 (*const bpf_get_current_pid_tgid)(void) = (void *)14;
static u64 (*const bpf_get_current_task)(void) = (void *)35;
static u64 (*const bpf_get_current_cgroup_id)(void) = (void *)80;
static long (*const bpf_send_signal)(u32) = (void *)109;
static long (*const bpf_probe_read_user)(void *, u32, const void *) = (void *)112;
static long (*const bpf_probe_read_kernel)(void *, u32, const void *) = (void *)113;
static long (*const bpf_probe_read_kernel_str)(void *, u32, const void *) = (void *)115;
static u64 (*const bpf_get_current_ancestor_cgroup_id)(int) = (void *)123;
static u64 (*const bpf_ktime_get_boot_ns)(void) = (void *)125;
static long (*const bpf_ringbuf_output)(void *, void *, u64, u64) = (void *)130;
static u64 (*const bpf_ringbuf_query)(void *, u64) = (void *)134;
static long (*const bpf_loop)(u32, void *, void *, u64) = (void *)181;

struct kuid { u32 val; } KEPT;
struct ns_common { u32 inum; } KEPT;
struct user_namespace { struct ns_common ns; } KEPT;
struct mnt_namespace { struct ns_common ns; } KEPT;
struct pid_namespace { struct ns_common ns; } KEPT;
struct nsproxy { struct mnt_namespace *mnt_ns; } KEPT;
struct upid { s32 nr; struct pid_namespace *ns; } KEPT;
struct pid { u32 level; struct upid numbers[1]; } KEPT;
struct qstr { u32 len; const u8 *name; } KEPT;
struct super_block { u32 s_dev; u64 s_magic; struct user_namespace *s_user_ns; } KEPT;
struct inode {
	u16 i_mode; u64 i_ino; u32 i_nlink; u32 i_rdev; u32 i_generation; s64 i_size;
	s64 i_ctime_sec; u32 i_ctime_nsec; struct super_block *i_sb;
} KEPT;
struct timespec64 { s64 tv_sec; s64 tv_nsec; } KEPT;
struct inode___v66 { struct timespec64 __i_ctime; } KEPT; /* Linux 6.6 to 6.10 */
struct inode___old { struct timespec64 i_ctime; } KEPT;   /* before 6.6 */
struct dentry { struct dentry *d_parent; struct qstr d_name; } KEPT;
struct vfsmount { struct dentry *mnt_root; } KEPT;
struct mount { struct mount *mnt_parent; struct dentry *mnt_mountpoint; struct vfsmount mnt; } KEPT;
struct path { struct vfsmount *mnt; struct dentry *dentry; } KEPT;
struct fs_struct { struct path pwd; } KEPT;
struct file { struct path f_path; struct inode *f_inode; s64 f_pos; void *private_data; } KEPT;
struct in6_addr { u8 bytes[16]; };
struct sock_common {
	u16 skc_family, skc_dport, skc_num; u8 skc_state; u32 skc_daddr, skc_rcv_saddr;
	struct in6_addr skc_v6_daddr, skc_v6_rcv_saddr;
} KEPT;
struct sock { struct sock_common __sk_common; } KEPT;
struct socket { struct sock *sk; } KEPT;
struct fdtable { u32 max_fds; struct file **fd; } KEPT;
struct files_struct { struct fdtable *fdt; } KEPT;
struct tty_struct { char name[64]; } KEPT;
struct signal_struct { struct tty_struct *tty; } KEPT;
struct cred { struct kuid uid, gid, suid, euid, egid; struct user_namespace *user_ns; } KEPT;
struct mm_struct { u64 arg_start, arg_end, env_start, env_end, task_size; } KEPT;
struct task_struct {
	s32 pid, tgid; u64 start_boottime; struct task_struct *group_leader, *real_parent; char comm[16];
	struct kuid loginuid; u32 sessionid; struct cred *cred; struct mm_struct *mm; struct files_struct *files;
	struct fs_struct *fs; struct nsproxy *nsproxy; struct signal_struct *signal; struct pid *thread_pid;
} KEPT;
struct task_struct___old { u64 real_start_time; } KEPT; /* before 5.5 */
struct linux_binprm { struct file *file; const char *filename, *interp; } KEPT;
struct pt_regs___x86 { u64 di, si, dx, r10; } KEPT;
struct pt_regs___arm { u64 regs[31]; } KEPT;

/* What the compiler must not reason about, so that it keeps a comparison that seems needless to it. Before 6.8 the verifier
 * learns nothing from comparing two variables, only from comparing one with a constant. */
#define OPAQUE(variable) asm volatile("" : "+r"(variable))

#define EXISTS(expression) __builtin_preserve_field_info((expression), CORE_FIELD_EXISTS)

#endif
