//! A display of our own (Xvfb) with the real program in a real window, driven by xdotool.

use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// Whether this machine can show a window to a test; says what it lacks.
pub fn is_available() -> bool {
    let works = |command: &str| {
        let mut shell = Command::new("sh");
        shell.args(["-c", command]).stdout(Stdio::null()).stderr(Stdio::null());
        shell.status().is_ok_and(|status| status.success())
    };
    let missing: Vec<_> = ["Xvfb", "xdotool", "import", "openbox", PYTHON]
        .into_iter()
        .filter(|tool| !works(&format!("command -v {tool}")))
        .chain((!works(&format!("{PYTHON} -c 'import Xlib'"))).then_some("python3-xlib"))
        .collect();
    if !missing.is_empty() {
        eprintln!("skipped: it needs a display of its own, for which is missing: {}", missing.join(", "));
    }
    missing.is_empty()
}

/// Debian's own, which has Debian's modules, whatever else is first in the path.
const PYTHON: &str = "/usr/bin/python3";

/// An X server with a window manager, and what runs on it. All of it ends when dropped.
pub struct Desktop {
    display: String,
    children: Vec<Child>,
}

impl Desktop {
    /// Starts on the first free display.
    pub fn start() -> Desktop {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        // Xvfb picks a free number and tells it on its standard output.
        let server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "1600x1000x24", "-nolisten", "tcp"])
            .stdout(writer)
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb starts");
        let mut number = String::new();
        std::io::BufRead::read_line(&mut std::io::BufReader::new(reader), &mut number).expect("a display");
        let mut desktop = Desktop { display: format!(":{}", number.trim()), children: vec![server] };
        let start = || desktop.command("openbox").stderr(Stdio::null()).spawn().expect("openbox starts");
        let mut manager = start();
        // A window that comes while the manager is just starting may stay hidden.
        eventually(30, "the window manager works", || {
            // It ends at once where the display is told and does not answer yet.
            if manager.try_wait().expect("openbox is ours").is_some() {
                manager = start();
            }
            desktop.xdotool(&["get_num_desktops"]).status.success()
        });
        desktop.children.push(manager);
        desktop
    }

    /// Its name, for a connection of one's own.
    pub fn display(&self) -> &str {
        &self.display
    }

    /// A program on this display, with software drawing, in English, at scale 1.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        self.put(&mut command);
        command
    }

    /// Puts a command on this display.
    pub fn put(&self, command: &mut Command) {
        command.env("DISPLAY", &self.display).env_remove("WAYLAND_DISPLAY").env("ICED_BACKEND", "tiny-skia");
        command.env("WINIT_X11_SCALE_FACTOR", "1").env("LANG", "en_GB.UTF-8").env("LC_ALL", "C.UTF-8");
    }

    /// Keeps a child until the end of the desktop.
    pub fn keep(&mut self, child: Child) {
        self.children.push(child);
    }

    /// Waits until the newest child ends by itself; whether it ended well.
    pub fn await_newest(&mut self, seconds: u64) -> bool {
        let mut child = self.children.pop().expect("a child");
        let end = Instant::now() + Duration::from_secs(seconds);
        loop {
            if let Some(status) = child.try_wait().expect("its state") {
                return status.success();
            }
            if Instant::now() > end {
                self.children.push(child);
                return false;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Ends the newest child by SIGKILL.
    pub fn kill_newest(&mut self) {
        if let Some(mut child) = self.children.pop() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    pub fn xdotool(&self, arguments: &[&str]) -> Output {
        self.command("xdotool").args(arguments).output().expect("xdotool runs")
    }

    /// The window whose title contains this, as soon as it is there.
    pub fn window(&self, title: &str) -> String {
        let end = Instant::now() + Duration::from_secs(30);
        while Instant::now() < end {
            let found = self.xdotool(&["search", "--onlyvisible", "--name", title]);
            let text = String::from_utf8_lossy(&found.stdout);
            if let Some(id) = text.lines().last().filter(|id| !id.is_empty()) {
                return id.to_string();
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        let there = self.xdotool(&["search", "--name", ".", "getwindowname", "%@"]);
        panic!("no window called “{title}” on {}: {}", self.display, String::from_utf8_lossy(&there.stdout));
    }

    /// Whether a window with this in its title is shown.
    pub fn has_window(&self, title: &str) -> bool {
        !self.xdotool(&["search", "--onlyvisible", "--name", title]).stdout.is_empty()
    }

    /// Brings a window to the front and gives it the keyboard.
    pub fn activate(&self, window: &str) {
        assert!(self.xdotool(&["windowactivate", "--sync", window]).status.success(), "activate {window}");
        settle();
    }

    /// The pixels of a part of a window: width, height, left, top.
    pub fn pixels(&self, window: &str, part: [u32; 4]) -> Vec<u8> {
        let crop = format!("{}x{}+{}+{}", part[0], part[1], part[2], part[3]);
        let arguments = ["-window", window, "-crop", &crop, "-depth", "8", "rgb:-"];
        let output = self.command("import").args(arguments).output().expect("import runs");
        assert!(output.status.success() && !output.stdout.is_empty(), "no picture of {window}");
        output.stdout
    }

    /// Presses a key or chord such as `ctrl+Return`.
    pub fn key(&self, chord: &str) {
        assert!(self.xdotool(&["key", "--clearmodifiers", chord]).status.success(), "key {chord}");
        settle();
    }

    /// Types text as a person would.
    pub fn write(&self, text: &str) {
        for (at, line) in text.split('\n').enumerate() {
            // xdotool would type a line feed, which no keyboard has.
            if at > 0 {
                self.key("Return");
            }
            assert!(self.xdotool(&["type", "--delay", "12", line]).status.success(), "type {line}");
        }
        settle();
    }

    /// Clicks at a place within a window.
    pub fn click(&self, window: &str, x: i32, y: i32) {
        let (x, y) = (x.to_string(), y.to_string());
        let moved = self.xdotool(&["mousemove", "--window", window, &x, &y, "click", "1"]);
        assert!(moved.status.success(), "click at {x}, {y}");
        settle();
    }

    /// Holds a key while something is done.
    pub fn holding(&self, key: &str, deed: impl FnOnce()) {
        assert!(self.xdotool(&["keydown", key]).status.success(), "hold {key}");
        settle();
        deed();
        assert!(self.xdotool(&["keyup", key]).status.success(), "let {key} go");
        settle();
    }

    /// Drags what is at a place within a window to another place; before it is dropped `there` is done.
    pub fn drag(&self, window: &str, from: (i32, i32), to: (i32, i32), there: impl FnOnce()) {
        let at = |part: i32| {
            let along = |from: i32, to: i32| (from + (to - from) * part / 10).to_string();
            let (x, y) = (along(from.0, to.0), along(from.1, to.1));
            let moved = self.xdotool(&["mousemove", "--window", window, &x, &y]);
            assert!(moved.status.success(), "move to {x}, {y}");
            std::thread::sleep(Duration::from_millis(40));
        };
        at(0);
        assert!(self.xdotool(&["mousedown", "1"]).status.success(), "mouse down");
        settle();
        (1..=10).for_each(at);
        settle();
        there();
        assert!(self.xdotool(&["mouseup", "1"]).status.success(), "mouse up");
        settle();
    }

    /// Drags files onto a window from outside.
    pub fn drop_files(&self, window: &str, files: &[&Path]) {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/window/drag.py");
        let mut command = self.command(PYTHON);
        let dragged = command.arg(script).args([window, "640", "500"]).args(files).output().expect("python3 runs");
        assert!(dragged.status.success(), "drag: {}", String::from_utf8_lossy(&dragged.stderr));
        settle();
    }

    /// A picture of a window, where `POSTWREN_SCREENSHOTS` names a directory.
    pub fn picture(&self, window: &str, name: &str) {
        let Ok(directory) = std::env::var("POSTWREN_SCREENSHOTS") else { return };
        let file = Path::new(&directory).join(format!("{name}.png"));
        let taken = self.command("import").args(["-window", window]).arg(file).status();
        assert!(taken.is_ok_and(|status| status.success()), "picture {name}");
    }
}

/// Gives the window time to draw.
fn settle() {
    std::thread::sleep(Duration::from_millis(150));
}

/// Waits until something is true, at most so many seconds.
pub fn eventually(seconds: u64, what: &str, mut is_true: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(seconds);
    while !is_true() {
        assert!(Instant::now() < end, "not within {seconds} s: {what}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        for mut child in self.children.drain(..).rev() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
