//! A thousand small submissions over one connection, and one large one, beside curl in the same run.
//!
//! `cargo bench --bench submit -- [MESSAGES [RUNS]]`, with curl installed; beside our own sink Postfix's is measured
//! where `smtp-sink` is installed.
//!
//! The two do not do the same. curl is one process with one configuration of all its transfers over one connection:
//! it reads the same file again and again, says MAIL, RCPT, DATA and the message one after the other, each after the
//! answer to the one before, forgets what was answered, and writes nothing. `postwren outbox send` opens a profile with
//! two databases, makes durable of each message that it is being sent before it goes and what the server said
//! afterwards, files a copy in Sent, durable and in the list, takes the message out of the Outbox, and writes the
//! transcript. What it has in return is that it need not wait for the answer to each command (RFC 2920).
//!
//! Printed beside the ratio is what neither can be faster than here: the sink with a client that does nothing but
//! pipeline, and how long this disk takes to make one page durable.

mod measure;
mod program;
mod sink;

use measure::{Cost, median, ratio, run};
use postwren::mail::account::{Account, Endpoint, Protocol, SecretSource, Security};
use postwren::service::command::Secret;
use postwren::service::{Command as Wish, Mode, Platform, SendTime, start};
use program::postwren;
use sink::Sink;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const ME: &str = "me@example.org";
const LARGE: usize = 25_000_000;

/// Where both clients send to.
struct Server {
    name: &'static str,
    port: u16,
    ca: Option<PathBuf>,
    /// Whether its answer to AUTH is one that curl takes for a yes. Postfix's sink says 250, not 235: curl goes
    /// without logging in there, which saves it one exchange in all.
    logs_in: bool,
}

fn main() {
    let numbers: Vec<usize> = std::env::args().filter_map(|a| a.parse().ok()).collect();
    let (count, runs) = (numbers.first().copied().unwrap_or(1_000), numbers.get(1).copied().unwrap_or(5));
    let directory = tempfile::tempdir().expect("a directory");
    let ca = directory.path().join("ca.pem");
    let (plain, encrypted) = (Sink::start(false), Sink::start(true));
    std::fs::write(&ca, encrypted.ca_pem.as_deref().unwrap_or_default()).expect("the authority");
    let mut servers = vec![
        Server { name: "plain", port: plain.port, ca: None, logs_in: true },
        Server { name: "over TLS", port: encrypted.port, ca: Some(ca), logs_in: true },
    ];
    let postfix = Postfix::start();
    if let Some(postfix) = &postfix {
        servers.push(Server { name: "plain, Postfix’s sink", port: postfix.port, ca: None, logs_in: false });
    }
    let (small, large) = (directory.path().join("small.eml"), directory.path().join("large.eml"));
    std::fs::write(&small, message(8_192)).expect("a message");
    std::fs::write(&large, message(LARGE)).expect("a message");
    for server in &servers {
        println!("== {count} messages of 8 KB, {}; medians of {runs} runs", server.name);
        compare(server, &small, count, runs);
        println!("== one message of 25 MB, {}", server.name);
        compare(server, &large, 1, runs);
    }
    for (sink, bare) in [(plain, count + 1), (encrypted, 0)] {
        let (messages, connections) = sink.taken();
        assert_eq!(messages, 2 * runs * (count + 1) + bare, "every message arrived once");
        println!("{messages} messages over {connections} connections");
    }
}

/// A message of this size in lines of text.
fn message(size: usize) -> Vec<u8> {
    let mut message = format!(
        "From: <{ME}>\r\nTo: <you@example.org>\r\nSubject: bench\r\nMIME-Version: 1.0\r\n\
         Content-Type: application/octet-stream; name=a.bin\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    )
    .into_bytes();
    while message.len() < size {
        let line: String = (0..76).map(|_| fastrand::alphanumeric()).collect();
        message.extend_from_slice(line.as_bytes());
        message.extend_from_slice(b"\r\n");
    }
    message
}

fn compare(server: &Server, file: &Path, count: usize, runs: usize) {
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    let mut idle = 0.0_f64;
    for _ in 0..runs {
        let profile = tempfile::tempdir().expect("a directory");
        let profile = profile.path().join("profile");
        queue(server, &profile, file, count);
        // What the program needs without anything to do.
        idle = idle.max(run(postwren(&profile).args(["outbox", "send", "nobody"])).peak);
        ours.push(run(postwren(&profile).args(["outbox", "send", "me"])));
        let sent = std::fs::read_dir(profile.join("mail/me/Sent/cur")).expect("Sent").count();
        assert_eq!(sent, count, "messages in Sent");
        theirs.push(curl(server, file, count));
    }
    let (ours, theirs) = (median(ours), median(theirs));
    println!("postwren outbox send, durable and filed   {ours}  ({:+.1} MiB above idle)", ours.peak - idle);
    println!("curl                                      {theirs}");
    if server.ca.is_none() && server.logs_in {
        println!(
            "the sink alone, a bare client              {:7.2} s wall",
            bare(server.port, file, count).as_secs_f64()
        );
        println!("one page made durable                      {:7.4} s", page().as_secs_f64());
    }
    ratio("curl", ours, theirs);
}

/// The same messages from a client that only pipelines: every message together with MAIL, RCPT and DATA of the next.
fn bare(port: u16, file: &Path, count: usize) -> Duration {
    let begun = Instant::now();
    let mut message = std::fs::read(file).expect("the message");
    message.extend_from_slice(b".\r\n");
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("the sink");
    stream.set_nodelay(true).expect("an option");
    let mut replies = BufReader::new(stream.try_clone().expect("a handle")).lines();
    let next = format!("MAIL FROM:<{ME}>\r\nRCPT TO:<you@example.org>\r\nDATA\r\n");
    let mut out = next.clone().into_bytes();
    for left in (0..count).rev() {
        stream.write_all(&out).expect("commands");
        while !replies.next().expect("a reply").expect("a line").starts_with("354") {}
        out.clear();
        out.extend_from_slice(&message);
        out.extend_from_slice(if left > 0 { next.as_bytes() } else { b"QUIT\r\n" });
    }
    stream.write_all(&out).expect("the last message");
    while !replies.next().expect("a reply").expect("a line").starts_with("221") {}
    begun.elapsed()
}

/// What this disk takes for one page of a file to be durable, as a database's journal needs it: the median of some.
fn page() -> Duration {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    let mut times: Vec<Duration> = (0..50)
        .map(|_| {
            let begun = Instant::now();
            file.write_all(&[1; 4096]).and_then(|()| file.as_file().sync_data()).expect("a page");
            begun.elapsed()
        })
        .collect();
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// Puts messages into a new profile's Outbox, and beside them an account that has nothing to do.
fn queue(server: &Server, profile: &Path, file: &Path, count: usize) {
    let raw = std::fs::read(file).expect("the message");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let handle = start(Platform::system(Some(profile.into())), Mode::Batch).await.expect("the service");
        let security = if server.ca.is_some() { Security::Tls } else { Security::None };
        let endpoint =
            |protocol, security| Endpoint { protocol, host: "localhost".into(), port: server.port, security };
        for name in ["me", "nobody"] {
            let account = Account {
                name: name.into(),
                email: ME.into(),
                user: ME.into(),
                incoming: endpoint(Protocol::Pop3, Security::Tls),
                outgoing: endpoint(Protocol::Smtp, security),
                secret: SecretSource::File,
                ca_file: server.ca.clone(),
                ..Account::default()
            };
            let secret = Some(Secret("secret".into()));
            handle.execute(Wish::AddAccount { account: Box::new(account), secret }).await.expect("an account");
        }
        for _ in 0..count {
            let (account, raw) = (Some("me".to_string()), raw.clone());
            let wish = Wish::SubmitRaw { account, raw, when: SendTime::After(0), report: false };
            handle.execute(wish).await.expect("an entry");
        }
        handle.stop().await;
    });
}

fn curl(server: &Server, file: &Path, count: usize) -> Cost {
    let directory = tempfile::tempdir().expect("a directory");
    let scheme = if server.ca.is_some() { "smtps" } else { "smtp" };
    let one = format!("url = \"{scheme}://localhost:{}\"\nupload-file = \"{}\"\n", server.port, file.display());
    let mut config = format!("silent\nshow-error\nipv4\nmail-from = \"{ME}\"\nmail-rcpt = \"you@example.org\"\n");
    if server.logs_in {
        config += &format!("sasl-ir\nuser = \"{ME}:secret\"\n");
    }
    if let Some(ca) = &server.ca {
        config += &format!("cacert = \"{}\"\n", ca.display());
    }
    config += &one.repeat(count);
    let path = directory.path().join("curlrc");
    std::fs::write(&path, config).expect("configuration");
    run(Command::new("curl").arg("-q").arg("-K").arg(&path).stdin(Stdio::null()).stdout(Stdio::null()))
}

/// Postfix's sink, where it is installed.
struct Postfix {
    process: Child,
    port: u16,
}

impl Postfix {
    fn start() -> Option<Postfix> {
        let program = ["/usr/sbin/smtp-sink", "/usr/bin/smtp-sink"].into_iter().find(|p| Path::new(p).exists())?;
        let port = std::net::TcpListener::bind("127.0.0.1:0").ok()?.local_addr().ok()?.port();
        let mut command = Command::new(program);
        command
            .args(["-u", "nobody"])
            .arg(format!("127.0.0.1:{port}"))
            .arg("10")
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let process = command.spawn().ok()?;
        let postfix = Postfix { process, port };
        let answers = || std::net::TcpStream::connect(("127.0.0.1", port)).is_ok();
        for _ in 0..50 {
            if answers() {
                return Some(postfix);
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        None
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
