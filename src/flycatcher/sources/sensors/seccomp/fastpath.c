// SPDX-License-Identifier: Apache-2.0
// Answers executions of known programs of no concern without a step of Python: receive, read the path, look, continue.
//
// Everything else is handed over as it was received. It needs no C library: system calls only, so that one object
// serves glibc and musl. Sources: include/uapi/linux/{seccomp,openat2,stat,poll}.h; the tables of system calls in
// arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h.

typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long u64;
typedef int s32;
typedef long s64;

#if defined(__x86_64__)
enum { NR_CLOSE = 3, NR_IOCTL = 16, NR_CLOCK_GETTIME = 228, NR_PPOLL = 271, NR_PROCESS_VM_READV = 310, NR_STATX = 332 };
enum { NR_EXECVE = 59 };
#define AUDIT_ARCH 0xC000003Eu
static s64 call(s64 number, s64 a, s64 b, s64 c, s64 d, s64 e, s64 f) {
    register s64 r10 __asm__("r10") = d, r8 __asm__("r8") = e, r9 __asm__("r9") = f;
    s64 result;
    __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9) : "rcx", "r11", "memory");
    return result;
}
#elif defined(__aarch64__)
enum { NR_CLOSE = 57, NR_IOCTL = 29, NR_CLOCK_GETTIME = 113, NR_PPOLL = 73, NR_PROCESS_VM_READV = 270, NR_STATX = 291 };
enum { NR_EXECVE = 221 };
#define AUDIT_ARCH 0xC00000B7u
static s64 call(s64 number, s64 a, s64 b, s64 c, s64 d, s64 e, s64 f) {
    register s64 x8 __asm__("x8") = number, x0 __asm__("x0") = a, x1 __asm__("x1") = b, x2 __asm__("x2") = c;
    register s64 x3 __asm__("x3") = d, x4 __asm__("x4") = e, x5 __asm__("x5") = f;
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
    return x0;
}
#endif

enum { NR_OPENAT2 = 437 };
enum { ENOENT = 2, EINTR = 4 };
enum { POLLIN = 1 };
enum { AT_FDCWD = -100, AT_EMPTY_PATH = 0x1000 };
enum { O_PATH = 010000000, O_CLOEXEC = 02000000, RESOLVE_NO_MAGICLINKS = 2 };
enum { STATX_INO = 0x100, STATX_CTIME = 0x80 };
enum { NOTIF_RECV = 0xC0502100, NOTIF_SEND = 0xC0182101, CONTINUE = 1 };
enum { CLOCK_MONOTONIC = 1 };
enum { PAGE = 4096, PATH = 4096, NAME = 40, SLOTS = 4096, PASSED = 4096, OPEN = 64, WATCHED = 8 };

struct notification { u64 id; u32 pid, flags; s32 nr; u32 arch; u64 ip, arguments[6]; };
struct response { u64 id; s64 value; s32 error; u32 flags; };
struct moment { s64 seconds, nanoseconds; };
struct vector { void *base; u64 length; };
struct watched { s32 descriptor; short events, revents; };
struct how { u64 flags, mode, resolve; };
struct times { s64 seconds; u32 nanoseconds; s32 reserved; };
struct about {  // struct statx
    u32 mask, block; u64 attributes; u32 links, uid, gid; unsigned short mode, spare; u64 inode, size, blocks, supported;
    struct times access, birth, change, data; u32 rdev_major, rdev_minor, major, minor; u64 rest[14];
};

struct program { u64 inode; s64 change_seconds; u32 change_nanoseconds, major, minor, length; u8 name[NAME]; };
// length 0: an empty slot

struct state {  // as in fastpath.py
    struct watched watched[WATCHED];  // the listener first
    struct notification notification;  // what is handed over
    u64 seen;  // executions that were answered
    u32 passed;  // how many numbers stand in passed_by
    u32 open;  // how many stand in open_by: calls of those are handed over
    u32 count;  // descriptors that are watched
    s32 trouble;  // the errno of a call that ended the loop
    s32 open_by[OPEN];
    s32 passed_by[PASSED];  // the threads whose executions were answered
    struct program programs[SLOTS];
};

enum outcome { IDLE, HANDED_OVER, READY, FULL, TROUBLE };

static s64 now(void) {
    struct moment at;
    call(NR_CLOCK_GETTIME, CLOCK_MONOTONIC, (s64)&at, 0, 0, 0, 0);
    return at.seconds * 1000000000 + at.nanoseconds;
}

// Wait until a descriptor is ready; `until` in nanoseconds of the monotonic clock, 0: do not wait, negative: for ever.
static s64 wait_for(struct state *state, s64 until) {
    struct moment rest = {0, 0};
    if (until > 0) {
        s64 left = until - now();
        if (left > 0) rest = (struct moment){left / 1000000000, left % 1000000000};
    }
    return call(NR_PPOLL, (s64)state->watched, state->count, until < 0 ? 0 : (s64)&rest, 0, 8, 0);
}

static u32 slot_of(const struct about *about) {
    u64 mixed = (about->inode ^ about->change.nanoseconds) * 0x9E3779B97F4A7C15ul;
    return mixed >> 52;  // 4096 slots
}

static int is_known(const struct state *state, const struct about *about, const u8 *name, u32 length) {
    for (u32 slot = slot_of(about), step = 0; step < SLOTS; step++, slot = (slot + 1) % SLOTS) {
        const struct program *program = &state->programs[slot];
        if (!program->length) return 0;
        if (program->inode != about->inode || program->major != about->major || program->minor != about->minor) continue;
        if (program->change_seconds != about->change.seconds || program->change_nanoseconds != about->change.nanoseconds) continue;
        u32 at = program->length == length ? 0 : NAME + 1;
        while (at < length && program->name[at] == name[at]) at++;
        if (at == length) return 1;
    }
    return 0;
}

// Whether a call starts a program that anybody may run and nobody needs to read.
static int is_plain(const struct state *state, const struct notification *asked) {
    if (asked->nr != NR_EXECVE || asked->arch != AUDIT_ARCH) return 0;
    for (u32 at = 0; at < state->open; at++)
        if (state->open_by[at] == (s32)asked->pid) return 0;
    u8 path[PATH];
    u64 address = asked->arguments[0];
    struct vector local = {path, PAGE - address % PAGE}, remote = {(void *)address, PAGE - address % PAGE};
    s64 got = call(NR_PROCESS_VM_READV, asked->pid, (s64)&local, 1, (s64)&remote, 1, 0);
    if (got <= 0 || path[0] != '/') return 0;
    u32 length = 0, name = 0;
    while (length < got && path[length]) {
        if (path[length] == '/') name = length + 1;
        length++;
    }
    if (length == got || length - name > NAME || length == name) return 0;
    struct how how = {O_PATH | O_CLOEXEC, 0, RESOLVE_NO_MAGICLINKS};
    s64 file = call(NR_OPENAT2, AT_FDCWD, (s64)path, (s64)&how, sizeof how, 0, 0);
    if (file < 0) return 0;
    struct about about;
    s64 wrong = call(NR_STATX, file, (s64)"", AT_EMPTY_PATH, STATX_INO | STATX_CTIME, (s64)&about, 0);
    call(NR_CLOSE, file, 0, 0, 0, 0, 0);
    return !wrong && is_known(state, &about, path + name, length - name);
}

// Serve until something is to be done elsewhere.
__attribute__((visibility("default"))) int flycatcher_serve(struct state *state, s64 until) {
    s32 listener = state->watched[0].descriptor;
    state->passed = 0;
    for (;;) {
        s64 ready = wait_for(state, until);
        if (ready == -EINTR) return READY;
        if (ready < 0) {
            state->trouble = -ready;
            return TROUBLE;
        }
        if (!ready) return IDLE;
        if (state->watched[0].revents != POLLIN || ready > 1) return READY;
        u64 *empty = (u64 *)&state->notification;
        for (u32 at = 0; at < sizeof state->notification / sizeof *empty; at++) *(volatile u64 *)&empty[at] = 0;
        s64 wrong = call(NR_IOCTL, listener, NOTIF_RECV, (s64)&state->notification, 0, 0, 0);
        if (wrong == -ENOENT || wrong == -EINTR) continue;  // its process was killed meanwhile
        if (wrong) {
            state->trouble = -wrong;
            return TROUBLE;
        }
        if (!is_plain(state, &state->notification)) return HANDED_OVER;
        struct response answer = {state->notification.id, 0, 0, CONTINUE};
        wrong = call(NR_IOCTL, listener, NOTIF_SEND, (s64)&answer, 0, 0, 0);
        if (wrong == -ENOENT) continue;
        if (wrong) {
            state->trouble = -wrong;
            return TROUBLE;
        }
        state->seen++;
        state->passed_by[state->passed++] = state->notification.pid;
        if (state->passed == PASSED) return FULL;
    }
}
