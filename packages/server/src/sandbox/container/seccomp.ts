/**
 * The system calls that agent code may make: what programs need to compute, to keep files, to talk over Unix and Internet
 * sockets and to start children. Not: new namespaces, mounts, keyrings, bpf, perf, io_uring, userfaultfd, tracing, modules,
 * clocks, handles. The list is closed: a call that a newer kernel adds is refused until it stands here.
 */

/** `linux.seccomp` of the OCI runtime specification. */
export function seccompProfile(): object {
  return {
    defaultAction: "SCMP_ACT_ERRNO",
    defaultErrnoRet: EPERM,
    architectures: process.arch === "arm64" ? ["SCMP_ARCH_AARCH64"] : ["SCMP_ARCH_X86_64"],
    syscalls: [
      { names: ALLOWED, action: ALLOW },
      ...FAMILIES.map((family) => ({ names: ["socket", "socketpair"], action: ALLOW, args: [equals(0, family)] })),
      ...PERSONALITIES.map((value) => ({ names: ["personality"], action: ALLOW, args: [equals(0, value)] })),
      {
        names: ["clone"],
        action: ALLOW,
        args: [{ index: 0, value: NAMESPACES, valueTwo: 0, op: "SCMP_CMP_MASKED_EQ" }],
      },
      // Its flags lie in memory, where a filter cannot look: libraries then use `clone`.
      { names: ["clone3"], action: "SCMP_ACT_ERRNO", errnoRet: ENOSYS },
    ],
  };
}

const ALLOW = "SCMP_ACT_ALLOW";
const EPERM = 1;
const ENOSYS = 38;
/** AF_UNIX, AF_INET, AF_INET6. Not AF_VSOCK, which is outside every network namespace; not raw packets or netlink. */
const FAMILIES = [1, 2, 10];
/** Linux, its variants without randomised addresses, and the question what it is. */
const PERSONALITIES = [0, 0x8, 0x20000, 0x20008, 0xffffffff];
/** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET. */
const NAMESPACES = 0x7e020000;

const equals = (index: number, value: number): object => ({ index, value, op: "SCMP_CMP_EQ" });

const words = (text: string): string[] => text.trim().split(/\s+/);

const FILES = words(`
  access chdir chmod chown close close_range copy_file_range creat dup dup2 dup3 faccessat faccessat2 fadvise64 fallocate
  fchdir fchmod fchmodat fchmodat2 fchown fchownat fcntl fdatasync fgetxattr flistxattr flock fremovexattr fsetxattr fstat
  fstatfs fsync ftruncate futimesat getcwd getdents getdents64 getxattr inotify_add_watch inotify_init inotify_init1
  inotify_rm_watch ioctl lchown lgetxattr link linkat listxattr llistxattr lremovexattr lseek lsetxattr lstat mkdir mkdirat
  mknod mknodat newfstatat open openat openat2 pread64 preadv preadv2 pwrite64 pwritev pwritev2 read readahead readlink
  readlinkat readv removexattr rename renameat renameat2 rmdir sendfile setxattr splice stat statfs statx symlink symlinkat
  sync sync_file_range syncfs tee truncate umask unlink unlinkat utime utimensat utimes vmsplice write writev
`);
const MEMORY = words(`
  brk madvise membarrier memfd_create mincore mlock mlock2 mlockall mmap mprotect mremap msync munlock munlockall munmap
  pkey_alloc pkey_free pkey_mprotect get_mempolicy mbind set_mempolicy shmat shmctl shmdt shmget
`);
const PROCESSES = words(`
  alarm arch_prctl capget execve execveat exit exit_group fork futex futex_waitv futex_wait futex_wake futex_requeue
  get_robust_list get_thread_area getcpu getegid geteuid getgid getgroups getitimer getpgid getpgrp getpid getppid
  getpriority getresgid getresuid getrlimit getrusage getsid gettid getuid ioprio_get ioprio_set kill landlock_add_rule
  landlock_create_ruleset landlock_restrict_self pause pidfd_open pidfd_send_signal prctl prlimit64 restart_syscall rseq
  rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait rt_tgsigqueueinfo
  sched_get_priority_max sched_get_priority_min sched_getaffinity sched_getattr sched_getparam sched_getscheduler
  sched_rr_get_interval sched_setaffinity sched_setattr sched_setparam sched_setscheduler sched_yield seccomp
  set_robust_list set_thread_area set_tid_address setfsgid setfsuid setgid setgroups setitimer setpgid setpriority setregid
  setresgid setresuid setreuid setrlimit setsid setuid sigaltstack sysinfo tgkill time times tkill uname vfork wait4 waitid
`);
const WAITING = words(`
  clock_getres clock_gettime clock_nanosleep epoll_create epoll_create1 epoll_ctl epoll_pwait epoll_pwait2 epoll_wait
  eventfd eventfd2 gettimeofday io_cancel io_destroy io_getevents io_pgetevents io_setup io_submit nanosleep pipe pipe2 poll
  ppoll pselect6 select signalfd signalfd4 timer_create timer_delete timer_getoverrun timer_gettime timer_settime
  timerfd_create timerfd_gettime timerfd_settime getrandom
`);
const TALKING = words(`
  accept accept4 bind connect getpeername getsockname getsockopt listen mq_getsetattr mq_notify mq_open mq_timedreceive
  mq_timedsend mq_unlink msgctl msgget msgrcv msgsnd recvfrom recvmmsg recvmsg semctl semget semop semtimedop sendmmsg
  sendmsg sendto setsockopt shutdown
`);
const ALLOWED = [...FILES, ...MEMORY, ...PROCESSES, ...WAITING, ...TALKING];
