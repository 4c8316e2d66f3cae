//! What the worker is not allowed to do, once its fonts are known and before it has read a byte of mail.
//!
//! | | Linux | other Unix |
//! |---|---|---|
//! | memory, CPU, core dumps, file sizes | limits | limits |
//! | sockets, programs, other processes, files for writing | seccomp: what is not named fails with EPERM | – |
//! | files for reading | Landlock, where the kernel has it: directories of fonts, or nothing | – |
//! | new privileges | none, ever | – |
//!
//! A system that lacks one of these gets the rest: the worker still has no reason to reach for anything.

use std::time::Duration;

/// Bytes that a worker may take beyond what it has when it is ready, its stack included in what it has.
const MEMORY: u64 = 384 << 20;

/// Seconds of CPU in a worker's life. It is replaced long before.
const CPU: u64 = 600;

/// How much longer than its deadline a request may take, should nobody be left who would end the worker.
const GRACE: Duration = Duration::from_secs(15);

/// The files that a worker may read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Files {
    Fonts,
    Nothing,
}

/// Confines this process for good. Whether it is confined in more than its memory and time.
pub fn confine(readable: Files) -> bool {
    limits();
    imp::confine(readable)
}

/// Ends the process unless [`calm`] is called in time: the deadline of a request, and some grace.
pub fn alarm(deadline: Duration) {
    #[cfg(unix)]
    // SAFETY: sets a timer of this process.
    unsafe {
        libc::alarm(u32::try_from(deadline.saturating_add(GRACE).as_secs()).unwrap_or(u32::MAX));
    }
    #[cfg(not(unix))]
    let _ = deadline.saturating_add(GRACE);
}

/// Takes [`alarm`] back.
pub fn calm() {
    #[cfg(unix)]
    // SAFETY: clears a timer of this process.
    unsafe {
        libc::alarm(0);
    }
}

/// Lets a pipe hold more than the usual 64 KiB, so that a tile passes in few turns. It works without.
#[cfg(target_os = "linux")]
pub fn widen(pipe: &impl std::os::fd::AsFd) {
    use std::os::fd::AsRawFd;
    // SAFETY: the descriptor is open as long as it is borrowed.
    unsafe {
        libc::fcntl(pipe.as_fd().as_raw_fd(), libc::F_SETPIPE_SZ, 1 << 20);
    }
}

#[cfg(not(target_os = "linux"))]
pub fn widen<T>(_: &T) {}

#[cfg(unix)]
fn limits() {
    let set = |resource, value: u64| {
        let limit = libc::rlimit { rlim_cur: value as libc::rlim_t, rlim_max: value as libc::rlim_t };
        // SAFETY: reads the structure it is given.
        unsafe { libc::setrlimit(resource, &limit) };
    };
    set(libc::RLIMIT_CORE, 0);
    set(libc::RLIMIT_CPU, CPU);
    set(libc::RLIMIT_FSIZE, 0);
    set(libc::RLIMIT_NOFILE, 256);
    if let Some(taken) = address_space() {
        set(libc::RLIMIT_AS, taken.saturating_add(MEMORY));
    }
}

#[cfg(not(unix))]
fn limits() {}

/// Bytes of address space in use: the program, its fonts, the stack that is reserved.
#[cfg(target_os = "linux")]
fn address_space() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmSize:"))?;
    let kib: u64 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
    Some(kib.saturating_mul(1024))
}

/// Elsewhere the address space says little about the memory.
#[cfg(all(unix, not(target_os = "linux")))]
fn address_space() -> Option<u64> {
    None
}

#[cfg(not(target_os = "linux"))]
mod imp {
    pub fn confine(_: super::Files) -> bool {
        false
    }
}

#[cfg(target_os = "linux")]
mod imp {
    use super::Files;
    use landlock::{
        ABI, Access, AccessFs, AccessNet, Compatible, Ruleset, RulesetAttr, RulesetCreatedAttr, path_beneath_rules,
    };
    use seccompiler::{
        BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
        TargetArch,
    };
    use std::collections::BTreeMap;
    use std::path::PathBuf;

    pub fn confine(readable: Files) -> bool {
        // SAFETY: both only take rights from this process.
        unsafe {
            libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
            // Its memory is for nobody else to read.
            libc::prctl(libc::PR_SET_DUMPABLE, 0, 0, 0, 0);
        }
        // Where Landlock is not there it says so and nothing changes.
        let _ = files(readable);
        filter().is_some_and(|program| seccompiler::apply_filter_all_threads(&program).is_ok())
    }

    /// Where fonts and what fontconfig knows of them may lie.
    fn font_directories() -> Vec<PathBuf> {
        let mut found: Vec<PathBuf> = [
            "/usr/share/fonts",
            "/usr/local/share/fonts",
            "/usr/share/fontconfig",
            "/etc/fonts",
            "/var/cache/fontconfig",
        ]
        .iter()
        .map(PathBuf::from)
        .collect();
        if let Some(home) = std::env::var_os("HOME").map(PathBuf::from) {
            found.extend(
                [".fonts", ".local/share/fonts", ".cache/fontconfig", ".config/fontconfig"].map(|d| home.join(d)),
            );
        }
        if let Some(data) = std::env::var_os("XDG_DATA_HOME") {
            found.push(PathBuf::from(data).join("fonts"));
        }
        if let Some(data) = std::env::var_os("XDG_DATA_DIRS") {
            found.extend(std::env::split_paths(&data).map(|d| d.join("fonts")));
        }
        // Distributions that keep every package apart.
        found.extend(["/nix/store", "/run/host/fonts", "/run/current-system/sw/share/fonts"].map(PathBuf::from));
        found.retain(|directory| directory.is_absolute() && directory.is_dir());
        found
    }

    fn files(readable: Files) -> Result<(), landlock::RulesetError> {
        let abi = ABI::V5;
        let directories = match readable {
            Files::Fonts => font_directories(),
            Files::Nothing => Vec::new(),
        };
        Ruleset::default()
            .handle_access(AccessFs::from_all(abi))?
            .handle_access(AccessNet::from_all(abi))?
            .create()?
            .set_compatibility(landlock::CompatLevel::BestEffort)
            .add_rules(path_beneath_rules(directories, AccessFs::ReadFile | AccessFs::ReadDir))?
            .restrict_self()?;
        Ok(())
    }

    /// Calls that need no look at their arguments.
    const ALLOWED: &[libc::c_long] = &[
        libc::SYS_read,
        libc::SYS_readv,
        libc::SYS_pread64,
        libc::SYS_write,
        libc::SYS_writev,
        libc::SYS_close,
        libc::SYS_lseek,
        libc::SYS_fstat,
        libc::SYS_newfstatat,
        libc::SYS_statx,
        libc::SYS_fstatfs,
        libc::SYS_faccessat,
        libc::SYS_faccessat2,
        libc::SYS_readlinkat,
        libc::SYS_getdents64,
        libc::SYS_fcntl,
        libc::SYS_munmap,
        libc::SYS_mremap,
        libc::SYS_madvise,
        libc::SYS_brk,
        libc::SYS_futex,
        libc::SYS_sched_yield,
        libc::SYS_sched_getaffinity,
        libc::SYS_getrandom,
        libc::SYS_clock_gettime,
        libc::SYS_clock_nanosleep,
        libc::SYS_nanosleep,
        libc::SYS_gettimeofday,
        libc::SYS_getpid,
        libc::SYS_gettid,
        libc::SYS_getrusage,
        libc::SYS_setitimer,
        libc::SYS_rt_sigaction,
        libc::SYS_rt_sigprocmask,
        libc::SYS_rt_sigreturn,
        libc::SYS_sigaltstack,
        libc::SYS_set_robust_list,
        libc::SYS_rseq,
        libc::SYS_restart_syscall,
        libc::SYS_exit,
        libc::SYS_exit_group,
        // Older names that only this machine's C library uses.
        #[cfg(target_arch = "x86_64")]
        libc::SYS_alarm,
        #[cfg(target_arch = "x86_64")]
        libc::SYS_stat,
        #[cfg(target_arch = "x86_64")]
        libc::SYS_lstat,
        #[cfg(target_arch = "x86_64")]
        libc::SYS_access,
        #[cfg(target_arch = "x86_64")]
        libc::SYS_readlink,
    ];

    /// A rule that an argument has none of these bits.
    fn without(argument: u8, bits: libc::c_int) -> Option<Vec<SeccompRule>> {
        let bits = u64::from(bits.unsigned_abs());
        let clear = SeccompCondition::new(argument, SeccompCmpArgLen::Dword, SeccompCmpOp::MaskedEq(bits), 0).ok()?;
        Some(vec![SeccompRule::new(vec![clear]).ok()?])
    }

    fn filter() -> Option<BpfProgram> {
        let mut rules: BTreeMap<i64, Vec<SeccompRule>> = ALLOWED.iter().map(|call| (*call, Vec::new())).collect();
        // Files are opened for reading, memory is never made into code, and signals go to this process alone.
        let writes =
            libc::O_ACCMODE | libc::O_CREAT | libc::O_TRUNC | libc::O_APPEND | libc::O_TMPFILE & !libc::O_DIRECTORY;
        rules.insert(libc::SYS_openat, without(2, writes)?);
        #[cfg(target_arch = "x86_64")]
        rules.insert(libc::SYS_open, without(1, writes)?);
        rules.insert(libc::SYS_mmap, without(2, libc::PROT_EXEC)?);
        rules.insert(libc::SYS_mprotect, without(2, libc::PROT_EXEC)?);
        let own = u64::from(std::process::id());
        let to_itself = SeccompCondition::new(0, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, own).ok()?;
        rules.insert(libc::SYS_tgkill, vec![SeccompRule::new(vec![to_itself]).ok()?]);
        let arch = TargetArch::try_from(std::env::consts::ARCH).ok()?;
        let denied = SeccompAction::Errno(libc::EPERM.unsigned_abs());
        let filter = SeccompFilter::new(rules, denied, SeccompAction::Allow, arch).ok()?;
        filter.try_into().ok()
    }
}
