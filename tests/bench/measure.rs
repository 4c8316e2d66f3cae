//! What a child process cost: wall and CPU seconds, peak memory.

#![allow(dead_code, reason = "each program uses its part")]

use std::process::Command;
use std::time::{Duration, Instant};

/// What one run cost.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cost {
    pub wall: f64,
    pub cpu: f64,
    /// MiB, the largest resident set that was seen.
    pub peak: f64,
}

/// One after the other.
impl std::ops::Add for Cost {
    type Output = Cost;

    fn add(self, other: Cost) -> Cost {
        Cost { wall: self.wall + other.wall, cpu: self.cpu + other.cpu, peak: self.peak.max(other.peak) }
    }
}

impl std::fmt::Display for Cost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:7.2} s wall  {:6.2} s CPU  {:7.1} MiB", self.wall, self.cpu, self.peak)
    }
}

/// Runs a command, which must succeed.
pub fn run(command: &mut Command) -> Cost {
    let before = children();
    let begin = Instant::now();
    let mut child = command.spawn().expect("the command starts");
    let mut peak = 0.0_f64;
    let status = loop {
        peak = peak.max(high_water(child.id()));
        if let Some(status) = child.try_wait().expect("wait") {
            break status;
        }
        std::thread::sleep(Duration::from_millis(3));
    };
    let wall = begin.elapsed().as_secs_f64();
    assert!(status.success(), "{command:?}: {status}");
    Cost { wall, cpu: children() - before, peak }
}

/// Runs a short command so often, whatever its exit status; the CPU of each is the mean of them, for the kernel tells it in
/// steps of ten milliseconds. Memory is not measured.
pub fn quick(command: &mut Command, times: usize) -> Vec<Cost> {
    let before = children();
    let run = |_| {
        let begin = Instant::now();
        command.spawn().and_then(|mut child| child.wait()).expect("the command runs");
        begin.elapsed().as_secs_f64()
    };
    let walls: Vec<f64> = (0..times).map(run).collect();
    let cpu = (children() - before) / times as f64;
    walls.into_iter().map(|wall| Cost { wall, cpu, peak: 0.0 }).collect()
}

/// CPU seconds of all children that ended.
fn children() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|t| t.parse::<f64>().ok()).unwrap_or_default();
    (ticks(13) + ticks(14)) / 100.0
}

/// MiB of a process's largest resident set so far.
fn high_water(pid: u32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").trim().parse::<f64>().unwrap_or_default() / 1024.0
}

/// The median run by its wall time.
pub fn median(mut costs: Vec<Cost>) -> Cost {
    costs.sort_by(|a, b| a.wall.total_cmp(&b.wall));
    costs.get(costs.len() / 2).copied().unwrap_or_default()
}

/// Prints how ours stands beside a peer of the same run.
pub fn ratio(peer: &str, ours: Cost, theirs: Cost) {
    let of = |ours: f64, theirs: f64| if theirs > 0.0 { ours / theirs } else { f64::NAN };
    let (wall, cpu, memory) = (of(ours.wall, theirs.wall), of(ours.cpu, theirs.cpu), of(ours.peak, theirs.peak));
    println!("postwren / {peer}: wall {wall:.2}, CPU {cpu:.2}, memory {memory:.2}");
}
