//! Chromium without a window, spoken to over its debugging pipe (messages of JSON, each ended by a NUL).

use image::RgbaImage;
use serde_json::{Value, json};
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

pub struct Chromium {
    child: Child,
    requests: File,
    answers: BufReader<File>,
    directory: tempfile::TempDir,
    session: Option<String>,
    number: u64,
    is_loaded: bool,
    width: u32,
    height: u32,
}

/// It fetches nothing and looks nothing up; text is smoothed in grey.
const SWITCHES: &str = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run \
                        --disable-background-networking --disable-component-update --disable-sync --hide-scrollbars \
                        --force-device-scale-factor=1 --disable-lcd-text --remote-debugging-pipe";

impl Chromium {
    /// Starts it with a view of this size. None where it is not installed.
    pub fn start(width: u32, height: u32) -> Option<Chromium> {
        let is_there = Command::new("chromium").arg("--version").stdout(Stdio::null()).status().ok()?;
        if !is_there.success() {
            return None;
        }
        let directory = tempfile::tempdir().expect("a directory");
        let (requests, answers) = (directory.path().join("requests"), directory.path().join("answers"));
        let made = Command::new("mkfifo").args([&requests, &answers]).status().expect("mkfifo");
        assert!(made.success());
        // It reads from descriptor 3 and writes to 4.
        let child = Command::new("sh")
            .args(["-c", &format!("exec chromium {SWITCHES} \"$@\" 3<\"$0/requests\" 4>\"$0/answers\"")])
            .arg(directory.path())
            .args(["--host-resolver-rules=MAP * ~NOTFOUND", "about:blank"])
            .arg(format!("--user-data-dir={}", directory.path().join("profile").display()))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let requests = File::options().write(true).open(requests).expect("a pipe");
        let answers = BufReader::new(File::open(answers).expect("a pipe"));
        let (session, number, is_loaded) = (None, 0, false);
        let mut chromium = Chromium { child, requests, answers, directory, session, number, is_loaded, width, height };
        chromium.attach();
        Some(chromium)
    }

    fn attach(&mut self) {
        let made = self.ask("Target.createTarget", json!({ "url": "about:blank" }));
        let target = made["targetId"].clone();
        let attached = self.ask("Target.attachToTarget", json!({ "targetId": target, "flatten": true }));
        self.session = attached["sessionId"].as_str().map(String::from);
        self.ask("Page.enable", json!({}));
        self.ask("Network.enable", json!({}));
        self.ask("Emulation.setScriptExecutionDisabled", json!({ "value": true }));
        self.ask("Network.setBlockedURLs", json!({ "urls": ["http://*", "https://*", "ftp://*"] }));
    }

    /// The page as it draws it, at most `rows` of it.
    pub fn picture(&mut self, markup: &str, rows: u32) -> RgbaImage {
        let file = self.directory.path().join("page.html");
        // The mark at the beginning is stronger than what the page says of its charset.
        std::fs::write(&file, format!("\u{FEFF}{markup}")).expect("room for a page");
        let metrics = json!({ "width": self.width, "height": self.height, "deviceScaleFactor": 1, "mobile": false });
        self.ask("Emulation.setDeviceMetricsOverride", metrics);
        self.is_loaded = false;
        self.ask("Page.navigate", json!({ "url": format!("file://{}", file.display()) }));
        while !self.is_loaded {
            self.next();
        }
        // Fonts and pictures come after.
        std::thread::sleep(Duration::from_millis(150));
        let size = self.ask("Page.getLayoutMetrics", json!({}));
        let height = size["cssContentSize"]["height"].as_f64().unwrap_or(1.0).min(f64::from(rows)).max(1.0);
        let clip = json!({ "x": 0, "y": 0, "width": self.width, "height": height.floor(), "scale": 1 });
        let options = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
        let shot = self.ask("Page.captureScreenshot", options);
        use base64::Engine;
        let png = base64::engine::general_purpose::STANDARD.decode(shot["data"].as_str().unwrap_or_default());
        image::load_from_memory(&png.expect("base64")).expect("a picture").into_rgba8()
    }

    fn ask(&mut self, method: &str, parameters: Value) -> Value {
        self.number += 1;
        let mut request = json!({ "id": self.number, "method": method, "params": parameters });
        if let Some(session) = &self.session {
            request["sessionId"] = json!(session);
        }
        let text = format!("{request}\0");
        self.requests.write_all(text.as_bytes()).expect("it listens");
        loop {
            let answer = self.next();
            if answer["id"] == self.number {
                assert!(answer.get("error").is_none(), "{method}: {answer}");
                return answer["result"].clone();
            }
        }
    }

    fn next(&mut self) -> Value {
        let mut bytes = Vec::new();
        self.answers.read_until(0, &mut bytes).expect("it answers");
        assert_eq!(bytes.pop(), Some(0), "Chromium ended");
        let message: Value = serde_json::from_slice(&bytes).expect("JSON");
        self.is_loaded |= message["method"] == "Page.loadEventFired";
        message
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        let _ = self.requests.write_all(b"{\"id\":0,\"method\":\"Browser.close\"}\0");
        std::thread::sleep(Duration::from_millis(500));
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
