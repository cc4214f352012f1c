// SPDX-License-Identifier: Apache-2.0
// Answers executions of known programs of no concern, and of files that do not exist (the folders of PATH), without a step of
// Python: receive, read the path, look, continue.
// Where nothing may run unjudged, it looks afterwards whether the process runs that program.
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
enum { NR_CLOSE = 3, NR_IOCTL = 16, NR_FSTATFS = 138, NR_CLOCK_GETTIME = 228, NR_PPOLL = 271, NR_PROCESS_VM_READV = 310, NR_STATX = 332 };
enum { NR_EXECVE = 59 };
#define AUDIT_ARCH 0xC000003Eu
static s64 call(s64 number, s64 a, s64 b, s64 c, s64 d, s64 e, s64 f) {
    register s64 r10 __asm__("r10") = d, r8 __asm__("r8") = e, r9 __asm__("r9") = f;
    s64 result;
    __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9) : "rcx", "r11", "memory");
    return result;
}
#elif defined(__aarch64__)
enum { NR_CLOSE = 57, NR_IOCTL = 29, NR_FSTATFS = 44, NR_CLOCK_GETTIME = 113, NR_PPOLL = 73, NR_PROCESS_VM_READV = 270, NR_STATX = 291 };
enum { NR_EXECVE = 221 };
#define AUDIT_ARCH 0xC00000B7u
static s64 call(s64 number, s64 a, s64 b, s64 c, s64 d, s64 e, s64 f) {
    register s64 x8 __asm__("x8") = number, x0 __asm__("x0") = a, x1 __asm__("x1") = b, x2 __asm__("x2") = c;
    register s64 x3 __asm__("x3") = d, x4 __asm__("x4") = e, x5 __asm__("x5") = f;
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
    return x0;
}
#endif

enum { NR_PIDFD_OPEN = 434, NR_OPENAT2 = 437 };
enum { ENOENT = 2, ESRCH = 3, EINTR = 4 };
enum { POLLIN = 1 };
enum { AT_FDCWD = -100, AT_SYMLINK_NOFOLLOW = 0x100, AT_EMPTY_PATH = 0x1000 };
enum { PROC_SUPER_MAGIC = 0x9FA0 };
enum { O_PATH = 010000000, O_CLOEXEC = 02000000, RESOLVE_NO_MAGICLINKS = 2 };
enum { STATX_INO = 0x100, STATX_CTIME = 0x80 };
enum { NOTIF_RECV = 0xC0502100, NOTIF_SEND = 0xC0182101, CONTINUE = 1 };
enum { CLOCK_MONOTONIC = 1 };
enum { PAGE = 4096, PATH = 4096, NAME = 40, SLOTS = 4096, PASSED = 4096, BUSY = 256, OPEN = 64, WATCHED = 8 };
enum { SOON = 300000, SOON_STEP = 3000000, PATIENCE = 250000000 };  // nanoseconds, as in verify.py

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

struct file { u64 inode; u32 major, minor; };

struct open {  // an execution that was let through, and is not yet known to have happened
    s64 begun, due, step;
    s32 thread, process;
    struct file before, judged;
};

struct state {  // as in fastpath.py
    struct watched watched[WATCHED];  // the listener first
    struct notification notification;  // what is handed over
    struct open doubtful;  // what is to be looked into elsewhere
    s64 due;  // when the next look is due, 0 where none is
    u64 seen;  // executions that were answered
    u64 unverified;  // those of them that had ended before a look
    u64 absent;  // calls that named no file
    u32 verifies;  // whether to look afterwards
    u32 open;  // how many stand in `pending`
    u32 passed;  // how many numbers stand in passed_by
    u32 busy;  // how many stand in busy_by: calls of those are handed over
    u32 count;  // descriptors that are watched
    s32 trouble;  // the errno of a call that ended the loop
    s32 busy_by[BUSY];
    s32 passed_by[PASSED];  // the threads whose executions were answered
    struct open pending[OPEN];
    struct program programs[SLOTS];
};

enum outcome { IDLE = 0, HANDED_OVER = 1, READY = 2, FULL = 4, TROUBLE = 8, DOUBTFUL = 16 };  // DOUBTFUL: beside another

static s64 now(void) {
    struct moment at;
    call(NR_CLOCK_GETTIME, CLOCK_MONOTONIC, (s64)&at, 0, 0, 0, 0);
    return at.seconds * 1000000000 + at.nanoseconds;
}

// Wait until a descriptor is ready; `until` in nanoseconds of the monotonic clock, 0: do not wait.
static s64 wait_for(struct state *state, s64 until) {
    struct moment rest = {0, 0};
    if (until > 0) {
        s64 left = until - now();
        if (left > 0) rest = (struct moment){left / 1000000000, left % 1000000000};
    }
    return call(NR_PPOLL, (s64)state->watched, state->count, (s64)&rest, 0, 8, 0);
}

static u32 slot_of(const struct about *about) {
    u64 mixed = (about->inode ^ about->change.nanoseconds) * 0x9E3779B97F4A7C15ul;
    return mixed >> 52;  // one of SLOTS
}

static int is_same(const struct file *one, const struct file *other) {
    return one->inode == other->inode && one->major == other->major && one->minor == other->minor;
}

// Find out which file a process runs; a negative errno where that cannot be known.
static s64 file_of(s32 process, struct file *file) {
    char path[32] = "/proc/";
    u32 length = 6, digits = 0;
    char reversed[12];
    do reversed[digits++] = '0' + process % 10; while (process /= 10);
    while (digits) path[length++] = reversed[--digits];
    for (const char *rest = "/exe"; *rest; rest++) path[length++] = *rest;
    path[length] = 0;
    struct about about;
    s64 wrong = call(NR_STATX, AT_FDCWD, (s64)path, 0, STATX_INO, (s64)&about, 0);
    if (!wrong) *file = (struct file){about.inode, about.major, about.minor};
    return wrong;
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

static s64 open_path(const u8 *path) {
    struct how how = {O_PATH | O_CLOEXEC, 0, RESOLVE_NO_MAGICLINKS};
    return call(NR_OPENAT2, AT_FDCWD, (s64)path, (s64)&how, sizeof how, 0, 0);
}

// Whether a path that could not be opened names no file to anybody: the folder where it ends lacks the next name, and is not
// one of proc(5), in which everybody has links of his own. Changes the path.
static int is_absent(u8 *path, u32 length) {
    struct about about;
    struct { s64 kind, rest[20]; } system;
    while (length > 1) {
        u32 slash = length - 1;
        while (path[slash] != '/') slash--;
        if (slash == length - 1) {  // two in a row, or one at the end
            path[--length] = 0;
            continue;
        }
        u8 first = path[slash ? slash : 1];
        path[slash ? slash : 1] = 0;
        s64 folder = open_path(path);
        path[slash ? slash : 1] = first;
        if (folder == -ENOENT) {
            path[length = slash] = 0;
            continue;
        }
        if (folder < 0) return 0;
        s64 wrong = call(NR_FSTATFS, folder, (s64)&system, 0, 0, 0, 0);
        if (!wrong && system.kind != PROC_SUPER_MAGIC) {
            s64 found = call(NR_STATX, folder, (s64)path + slash + 1, AT_SYMLINK_NOFOLLOW, STATX_INO, (s64)&about, 0);
            wrong = found != -ENOENT;
        } else {
            wrong = 1;
        }
        call(NR_CLOSE, folder, 0, 0, 0, 0, 0);
        return !wrong;
    }
    return 0;
}

enum kind { OTHER, PLAIN, ABSENT };

// Say whether a call starts a program that anybody may run and nobody needs to read, and which file that is.
static enum kind kind_of(const struct state *state, const struct notification *asked, struct file *judged) {
    if (asked->nr != NR_EXECVE || asked->arch != AUDIT_ARCH) return OTHER;
    for (u32 at = 0; at < state->busy; at++)
        if (state->busy_by[at] == (s32)asked->pid) return OTHER;
    u8 path[PATH];
    u64 address = asked->arguments[0];
    struct vector local = {path, PAGE - address % PAGE}, remote = {(void *)address, PAGE - address % PAGE};
    s64 got = call(NR_PROCESS_VM_READV, asked->pid, (s64)&local, 1, (s64)&remote, 1, 0);
    if (got <= 0 || path[0] != '/') return OTHER;
    u32 length = 0, name = 0;
    while (length < got && path[length]) {
        if (path[length] == '/') name = length + 1;
        length++;
    }
    if (length == got || length == name) return OTHER;
    s64 file = open_path(path);
    if (file == -ENOENT) return is_absent(path, length) ? ABSENT : OTHER;
    if (file < 0) return OTHER;
    struct about about;
    s64 wrong = call(NR_STATX, file, (s64)"", AT_EMPTY_PATH, STATX_INO | STATX_CTIME, (s64)&about, 0);
    call(NR_CLOSE, file, 0, 0, 0, 0, 0);
    if (wrong || length - name > NAME) return OTHER;
    *judged = (struct file){about.inode, about.major, about.minor};
    return is_known(state, &about, path + name, length - name) ? PLAIN : OTHER;
}

// Remember what a process runs before it is let through; 0 where more than a look at its file would be needed.
static int begin(struct state *state, s32 thread, const struct file *judged) {
    if (state->open == OPEN) return 0;
    s64 process = call(NR_PIDFD_OPEN, thread, 0, 0, 0, 0, 0);
    if (process < 0) return 0;  // a thread that is no process of its own
    call(NR_CLOSE, process, 0, 0, 0, 0, 0);
    struct open *open = &state->pending[state->open];
    if (file_of(thread, &open->before) || is_same(&open->before, judged)) return 0;
    open->thread = open->process = thread;
    open->judged = *judged;
    open->begun = now();
    open->step = SOON;
    open->due = open->begun + SOON;
    return 1;
}

enum look { SETTLED, WAITS, UNSURE };

// Look whether a process runs what it was let through for.
static enum look look(struct state *state, struct open *open, s64 at) {
    struct file found;
    s64 wrong = file_of(open->process, &found);
    if (wrong == -ENOENT || wrong == -ESRCH) {  // it has ended, and with it its memory
        state->unverified++;
        return SETTLED;
    }
    if (wrong) return UNSURE;
    if (is_same(&found, &open->judged)) return SETTLED;
    if (!is_same(&found, &open->before) || at - open->begun > PATIENCE) return UNSURE;
    open->step = open->step * 2 < SOON_STEP ? open->step * 2 : SOON_STEP;
    open->due = at + open->step;
    return WAITS;
}

// Look at what is due, or at the thread's that calls again; whether one was found that somebody else has to look into.
static int look_at_all(struct state *state, s32 caller) {
    int doubtful = 0;
    s64 at = state->open ? now() : 0;
    for (u32 place = 0; place < state->open && !doubtful;) {
        struct open *open = &state->pending[place];
        int again = caller == open->thread;
        if (!again && open->due > at) {
            place++;
            continue;
        }
        enum look found = look(state, open, at);
        if (found == WAITS && !again) {
            place++;
            continue;
        }
        if (found != SETTLED) {
            state->doubtful = *open;
            doubtful = DOUBTFUL;
        }
        *open = state->pending[--state->open];
    }
    state->due = 0;
    for (u32 place = 0; place < state->open; place++)
        if (!state->due || state->pending[place].due < state->due) state->due = state->pending[place].due;
    return doubtful;
}

static int receive(struct state *state) {
    u64 *empty = (u64 *)&state->notification;
    for (u32 at = 0; at < sizeof state->notification / sizeof *empty; at++) *(volatile u64 *)&empty[at] = 0;
    return -call(NR_IOCTL, state->watched[0].descriptor, NOTIF_RECV, (s64)&state->notification, 0, 0, 0);
}

// Answer: go on, or fail with that errno. Return an errno where that failed.
static int answer(const struct state *state, s32 error) {
    struct response response = {state->notification.id, 0, -error, error ? 0 : CONTINUE};
    return -call(NR_IOCTL, state->watched[0].descriptor, NOTIF_SEND, (s64)&response, 0, 0, 0);
}

static int let_through(struct state *state) {
    int wrong = answer(state, 0);
    if (wrong) return wrong;
    state->seen++;
    state->passed_by[state->passed++] = state->notification.pid;
    if (state->verifies) {
        s64 due = state->pending[state->open++].due;
        if (!state->due || due < state->due) state->due = due;
    }
    return 0;
}

// Serve until something is to be done elsewhere, or until that moment, however much there is to serve; 0: what waits already.
__attribute__((visibility("default"))) int flycatcher_serve(struct state *state, s64 until) {
    state->passed = 0;
    state->seen = state->unverified = state->absent = 0;
    for (;;) {
        int early = state->due && until && state->due < until;
        s64 ready = wait_for(state, early ? state->due : until);
        if (ready == -EINTR) return READY;
        if (ready < 0) {
            state->trouble = -ready;
            return TROUBLE;
        }
        if (!ready) {
            if (look_at_all(state, 0)) return IDLE | DOUBTFUL;
            if (early) continue;
            return IDLE;
        }
        if (state->watched[0].revents != POLLIN || ready > 1) return READY;
        int wrong = receive(state);
        if (wrong == ENOENT || wrong == EINTR) continue;  // its process was killed meanwhile
        if (wrong) {
            state->trouble = wrong;
            return TROUBLE;
        }
        s32 caller = state->notification.pid;
        struct file judged;
        if (look_at_all(state, caller)) return HANDED_OVER | DOUBTFUL;
        enum kind kind = kind_of(state, &state->notification, &judged);
        if (kind == OTHER || (kind == PLAIN && state->verifies && !begin(state, caller, &judged))) return HANDED_OVER;
        if (kind == ABSENT) {
            state->absent++;
            wrong = answer(state, state->verifies ? ENOENT : 0);
        } else {
            wrong = let_through(state);
        }
        if (wrong && wrong != ENOENT) {
            state->trouble = wrong;
            return TROUBLE;
        }
        if (state->passed == PASSED) return FULL;
        if (until && now() >= until) return IDLE;
    }
}
