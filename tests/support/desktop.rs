//! A display of our own (Xvfb) with the real program in a real window, driven by xdotool.

use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// Whether this machine can show a window to a test.
pub fn is_available() -> bool {
    ["Xvfb", "xdotool", "import", "openbox"].iter().all(|tool| {
        Command::new("sh")
            .args(["-c", &format!("command -v {tool}")])
            .stdout(Stdio::null())
            .status()
            .is_ok_and(|s| s.success())
    })
}

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
        let manager = desktop.command("openbox").stderr(Stdio::null()).spawn().expect("openbox starts");
        desktop.children.push(manager);
        desktop
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
        panic!("no window called “{title}”");
    }

    /// Whether a window with this in its title is shown.
    pub fn has_window(&self, title: &str) -> bool {
        !self.xdotool(&["search", "--onlyvisible", "--name", title]).stdout.is_empty()
    }

    /// Presses a key or chord such as `ctrl+Return`.
    pub fn key(&self, chord: &str) {
        assert!(self.xdotool(&["key", "--clearmodifiers", chord]).status.success(), "key {chord}");
        settle();
    }

    /// Types text as a person would.
    pub fn write(&self, text: &str) {
        assert!(self.xdotool(&["type", "--delay", "12", text]).status.success(), "type {text}");
        settle();
    }

    /// Clicks at a place within a window.
    pub fn click(&self, window: &str, x: i32, y: i32) {
        let (x, y) = (x.to_string(), y.to_string());
        let moved = self.xdotool(&["mousemove", "--window", window, &x, &y, "click", "1"]);
        assert!(moved.status.success(), "click at {x}, {y}");
        settle();
    }

    /// Drags files onto a window from outside.
    pub fn drop_files(&self, window: &str, files: &[&Path]) {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/window/drag.py");
        let mut command = self.command("python3");
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
