//! A program's window from exec to rest: when it came, when the program grew quiet, and what it cost till then.

use crate::desktop::Desktop;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

/// The first stretch of so many seconds in which a program uses less than this share of a processor is its rest.
const QUIET: f64 = 3.0;
const SHARE: f64 = 0.04;
const MOST: Duration = Duration::from_secs(120);
/// Marks a program and all that it starts.
const MARK: &str = "POSTWREN_BENCH";

/// Seconds since exec, seconds of CPU of all its processes, MiB of their proportional set.
#[derive(Clone, Copy, Debug, Default)]
pub struct Settled {
    pub mapped: f64,
    pub settled: f64,
    pub cpu: f64,
    pub pss: f64,
}

/// A program on its way.
pub struct Watched {
    child: Child,
    begin: Instant,
    mark: String,
    class: String,
}

impl Watched {
    /// Starts it; `class` is that of its window.
    pub fn start(desktop: &Desktop, command: &mut Command, class: &str) -> Watched {
        let mark = format!("{}-{}", std::process::id(), fastrand::u64(..));
        desktop.put(command);
        let begin = Instant::now();
        let child = command.env(MARK, &mark).spawn().expect("the program starts");
        Watched { child, begin, mark: format!("{MARK}={mark}"), class: class.into() }
    }

    #[allow(dead_code, reason = "each program uses its part")]
    pub fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// Waits for its rest.
    pub fn settled(&mut self, desktop: &Desktop) -> Settled {
        let mut figures = Settled::default();
        let mut past: Vec<(f64, f64)> = Vec::new();
        while self.begin.elapsed() < MOST {
            let now = self.begin.elapsed().as_secs_f64();
            if figures.mapped == 0.0 {
                let found = desktop.xdotool(&["search", "--onlyvisible", "--class", &self.class]);
                if !found.stdout.is_empty() {
                    figures.mapped = self.begin.elapsed().as_secs_f64();
                }
            }
            let cpu = self.cpu();
            past.push((now, cpu));
            let then = past.iter().rev().find(|(at, _)| *at <= now - QUIET);
            if let Some((at, before)) = then
                && figures.mapped > 0.0
                && *at >= figures.mapped - 0.3
                && cpu - before < SHARE * QUIET
            {
                (figures.settled, figures.cpu) = (*at, cpu);
                break;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        figures.pss = self.processes().iter().map(|pid| memory(*pid)).sum();
        figures
    }

    /// Seconds of CPU of all its processes so far.
    pub fn cpu(&self) -> f64 {
        self.processes().iter().map(|pid| cpu(*pid)).sum()
    }

    fn processes(&self) -> Vec<u32> {
        let all = std::fs::read_dir("/proc").expect("processes");
        let pids = all.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok());
        let is_marked = |pid: &u32| {
            let environment = std::fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
            environment.split(|byte| *byte == 0).any(|variable| variable == self.mark.as_bytes())
        };
        pids.filter(is_marked).collect()
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        for pid in self.processes() {
            let _ = Command::new("kill").args(["-KILL", &pid.to_string()]).status();
        }
    }
}

/// Seconds of CPU of a process and of those of its children that ended.
fn cpu(pid: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = fields.get(11..15).unwrap_or_default().iter().filter_map(|t| t.parse::<f64>().ok());
    ticks.sum::<f64>() / 100.0
}

/// Proportional set size in MiB.
fn memory(pid: u32) -> f64 {
    let rollup = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").trim().parse::<f64>().unwrap_or_default() / 1024.0
}
