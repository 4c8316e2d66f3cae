//! Pages that mean harm, each as a message: read as text, sanitised, laid out, its first tile painted. Every one is to be
//! answered, by a picture or by the text alone, within the limits below.
//!
//! `cargo bench --bench hostile -- [NAME…]` takes the pages whose names hold one of the words, or all. Where `unshare` and
//! `strace` are installed it runs in an empty network under the eyes of the latter, and what was connected to is
//! counted; otherwise it says so.

#[path = "hostile/boxes.rs"]
mod boxes;
#[path = "hostile/images.rs"]
mod images;
#[path = "hostile/reach.rs"]
mod reach;
#[path = "hostile/sheets.rs"]
mod sheets;
#[path = "hostile/text.rs"]
mod text;

use postwren::mail::mime;
use postwren::service::page::{self, Renderer, View};
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// A page's name and its markup.
type Page = (&'static str, String);

/// Seconds until there is something to see.
const TIME: f64 = 5.0;
/// MiB of the process that draws.
const MEMORY: f64 = 512.0;
/// Says that the program is watched already.
const WATCHED: &str = "POSTWREN_HOSTILE_WATCHED";

fn main() -> ExitCode {
    if std::env::args().nth(1).is_some_and(|argument| argument == postwren::render::WORKER) {
        return page::run_worker();
    }
    if std::env::var_os(WATCHED).is_none()
        && let Some(code) = watched()
    {
        return code;
    }
    let names: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(run(&names))
}

/// Runs this program again without a network, each call that would use one written down. None where that cannot be.
fn watched() -> Option<ExitCode> {
    let can =
        |command: &mut Command| command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|s| s.success());
    if !can(Command::new("unshare").args(["-n", "true"])) || !can(Command::new("strace").arg("-V")) {
        println!("without unshare and strace nobody watches the network");
        return None;
    }
    let directory = tempfile::tempdir().ok()?;
    let log = directory.path().join("calls");
    let mut command = Command::new("unshare");
    command.args(["-n", "strace", "-f", "-qq", "--seccomp-bpf", "-e", "trace=%network", "-o"]).arg(&log);
    command.arg(std::env::current_exe().ok()?).args(std::env::args().skip(1)).env(WATCHED, "1");
    let status = command.status().ok()?;
    let calls = std::fs::read_to_string(&log).ok()?;
    // What processes of one machine say to each other is no network.
    let outward = |line: &&str| !line.contains("AF_UNIX") && !line.contains("socketpair(");
    let sockets = calls.lines().filter(outward).filter(|line| line.contains("socket(")).count();
    let connects = calls.lines().filter(outward).filter(|line| line.contains("connect(")).count();
    let lookups = calls.lines().filter(|line| line.contains("htons(53)") || line.contains("nscd")).count();
    println!("{sockets} sockets of a network, {connects} connects, {lookups} look-ups of names");
    let passed = status.success() && connects == 0 && lookups == 0;
    Some(if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn run(names: &[String]) -> ExitCode {
    let watch = Watch::start();
    let renderer = Renderer::new();
    renderer.warm().await.expect("a process that draws");
    let pages = [boxes::pages(), sheets::pages(), images::pages(), text::pages(), reach::pages()].concat();
    let wanted = |name: &str| names.is_empty() || names.iter().any(|n| name.contains(n.as_str()));
    let (mut count, mut drawn, mut failed) = (0, 0, 0);
    let mut slowest = (0.0, "");
    for (name, html) in pages.into_iter().filter(|(name, _)| wanted(name)) {
        watch.reset();
        let begin = Instant::now();
        let outcome = answered(&renderer, &html).await;
        let seconds = begin.elapsed().as_secs_f64();
        let memory = watch.peak();
        let failing = seconds > TIME || memory > MEMORY;
        let shown = outcome.as_ref().map_or_else(|error| format!("text: {error}"), |()| "drawn".into());
        println!("{}{seconds:6.2} s {memory:5.0} MiB  {name}: {shown}", if failing { "! " } else { "  " });
        count += 1;
        drawn += usize::from(outcome.is_ok());
        failed += usize::from(failing);
        if seconds > slowest.0 {
            slowest = (seconds, name);
        }
    }
    // Whatever they did, the next one is served.
    let after = answered(&renderer, "<p>Hello").await;
    println!(
        "{count} pages: {drawn} drawn, {} as text; slowest {:.2} s ({}), at most {:.0} MiB; {failed} past the limits",
        count - drawn,
        slowest.0,
        slowest.1,
        watch.highest()
    );
    if failed == 0 && after.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// What the reader does: the text, which is there whatever follows, and the picture.
async fn answered(renderer: &Renderer, html: &str) -> Result<(), String> {
    let raw = [b"Content-Type: text/html; charset=utf-8\r\nSubject: x\r\n\r\n", html.as_bytes()].concat();
    let read = raw.clone();
    let text = tokio::task::spawn_blocking(move || std::hint::black_box(mime::content(&read)));
    // The reader has both at once: text to fall back to is there by then.
    let drawn = drawn(renderer, raw).await;
    text.await.map_err(|e| e.to_string())?;
    drawn
}

async fn drawn(renderer: &Renderer, raw: Vec<u8>) -> Result<(), String> {
    let prepared = page::prepare_message(raw, false).await.map_err(|problem| problem.detail)?;
    let prepared = prepared.ok_or("no HTML")?;
    let document =
        renderer.open_after(prepared.page, View::default(), prepared.spent).await.map_err(|e| e.to_string())?;
    document.tile(0, 600).await.map_err(|e| e.to_string())?;
    Ok(())
}

/// Looks at the memory of this program's children.
struct Watch {
    /// KiB.
    peak: Arc<AtomicU64>,
    highest: Arc<AtomicU64>,
    ended: Arc<AtomicBool>,
}

impl Watch {
    fn start() -> Watch {
        let watch = Watch { peak: Arc::default(), highest: Arc::default(), ended: Arc::default() };
        let (peak, highest, ended) = (watch.peak.clone(), watch.highest.clone(), watch.ended.clone());
        std::thread::spawn(move || {
            while !ended.load(Ordering::Relaxed) {
                let now = children().into_iter().map(resident).max().unwrap_or_default();
                peak.fetch_max(now, Ordering::Relaxed);
                highest.fetch_max(now, Ordering::Relaxed);
                std::thread::sleep(Duration::from_millis(20));
            }
        });
        watch
    }

    fn reset(&self) {
        self.peak.store(0, Ordering::Relaxed);
    }

    fn peak(&self) -> f64 {
        self.peak.load(Ordering::Relaxed) as f64 / 1024.0
    }

    fn highest(&self) -> f64 {
        self.highest.load(Ordering::Relaxed) as f64 / 1024.0
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
    }
}

fn children() -> Vec<u32> {
    let tasks = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let of = |task: std::fs::DirEntry| std::fs::read_to_string(task.path().join("children")).unwrap_or_default();
    tasks
        .map(of)
        .flat_map(|text| text.split_whitespace().filter_map(|id| id.parse().ok()).collect::<Vec<u32>>())
        .collect()
}

/// KiB in memory now.
fn resident(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").trim().parse().unwrap_or_default()
}
