//! A server that knows no protocol: it says and expects what a test wrote down.
//!
//! ```no_run
//! # async fn example() -> std::io::Result<()> {
//! use postwren::demo::scripted::Scripted;
//! let server = Scripted::plain().send("* OK hi\r\n").expect("LOGIN").send("{tag} OK in\r\n").start().await?;
//! # Ok(()) }
//! ```
//!
//! Each connection runs the whole script from its beginning and is closed at its end.

use super::certificate::{Certificate, identity};
use super::wire::tagged;
use rustls::ServerConfig;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, JoinSet};
use tokio_rustls::TlsAcceptor;

const LONGEST_LINE: usize = 1 << 20;
const MOST_LINES: usize = 100_000;

#[derive(Clone)]
enum Step {
    Send(Vec<u8>),
    /// `count` times the same bytes.
    Flood(Vec<u8>, usize),
    Expect(String),
    Read(usize),
    Wait(Duration),
    StartTls,
    Stall,
    Reset,
}

/// A script in the making.
pub struct Script {
    steps: Vec<Step>,
    tls: bool,
}

/// A running scripted server; ends when dropped.
pub struct Scripted {
    port: u16,
    ca_pem: String,
    lines: Arc<Mutex<Vec<String>>>,
    task: AbortHandle,
}

impl Scripted {
    /// A script without TLS, or until [`Script::start_tls`].
    pub fn plain() -> Script {
        Script { steps: Vec::new(), tls: false }
    }

    /// A script that begins after a TLS handshake.
    pub fn tls() -> Script {
        Script { steps: Vec::new(), tls: true }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    /// Every line that was expected and came, and the first that was not what was expected, marked with `!`.
    pub fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Script {
    /// Says these bytes. `{tag}` becomes the first word of the line that came last.
    pub fn send(self, bytes: impl AsRef<[u8]>) -> Script {
        self.step(Step::Send(bytes.as_ref().to_vec()))
    }
    /// Says the same bytes many times, as far as the client takes them.
    pub fn flood(self, bytes: impl AsRef<[u8]>, times: usize) -> Script {
        self.step(Step::Flood(bytes.as_ref().to_vec(), times))
    }
    /// Waits for a line that contains this text, in any case; on any other line the connection ends.
    pub fn expect(self, text: &str) -> Script {
        self.step(Step::Expect(text.to_ascii_lowercase()))
    }
    /// Waits for any line.
    pub fn line(self) -> Script {
        self.expect("")
    }
    /// Waits for so many bytes, a literal for instance.
    pub fn read(self, bytes: usize) -> Script {
        self.step(Step::Read(bytes))
    }
    pub fn wait(self, time: Duration) -> Script {
        self.step(Step::Wait(time))
    }
    /// Makes the connection TLS, here, as the server.
    pub fn start_tls(self) -> Script {
        self.step(Step::StartTls)
    }
    /// Nothing more, until the client leaves.
    pub fn stall(self) -> Script {
        self.step(Step::Stall)
    }
    /// Ends with RST.
    pub fn reset(self) -> Script {
        self.step(Step::Reset)
    }

    fn step(mut self, step: Step) -> Script {
        self.steps.push(step);
        self
    }

    /// Opens a port on 127.0.0.1.
    ///
    /// # Errors
    /// When no port can be opened or no certificate made.
    pub async fn start(self) -> std::io::Result<Scripted> {
        let identity = identity(Certificate::Good)?;
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let port = listener.local_addr()?.port();
        let lines = Arc::<Mutex<Vec<String>>>::default();
        let mut steps = self.steps;
        if self.tls {
            steps.insert(0, Step::StartTls);
        }
        let seen = lines.clone();
        let task = tokio::spawn(async move {
            let mut running = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                running.spawn(play(stream, steps.clone(), identity.config.clone(), seen.clone()));
            }
        });
        Ok(Scripted { port, ca_pem: identity.ca_pem, lines, task: task.abort_handle() })
    }
}

impl Drop for Scripted {
    fn drop(&mut self) {
        self.task.abort();
    }
}

trait Line: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Line for T {}

async fn play(
    stream: TcpStream,
    steps: Vec<Step>,
    config: Arc<ServerConfig>,
    seen: Arc<Mutex<Vec<String>>>,
) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    if steps.iter().any(|s| matches!(s, Step::Reset)) {
        // Takes effect when the connection is dropped.
        stream.set_zero_linger()?;
    }
    let mut line: Box<dyn Line> = Box::new(stream);
    let mut tag = String::new();
    for step in steps {
        match step {
            Step::Send(bytes) => line.write_all(&tagged(&bytes, &tag)).await?,
            Step::Flood(bytes, times) => {
                for _ in 0..times {
                    line.write_all(&bytes).await?;
                }
            }
            Step::Expect(text) => {
                let heard = read_line(&mut line).await?;
                let fits = heard.to_ascii_lowercase().contains(&text);
                tag = heard.split(' ').next().unwrap_or_default().to_string();
                let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
                if seen.len() < MOST_LINES {
                    seen.push(if fits { heard } else { format!("!{heard}") });
                }
                if !fits {
                    return Ok(());
                }
            }
            Step::Read(count) => {
                let mut sink = tokio::io::sink();
                tokio::io::copy(&mut (&mut line).take(count as u64), &mut sink).await?;
            }
            Step::Wait(time) => tokio::time::sleep(time).await,
            Step::StartTls => line = Box::new(TlsAcceptor::from(config.clone()).accept(line).await?),
            Step::Stall => {
                let mut sink = tokio::io::sink();
                tokio::io::copy(&mut line, &mut sink).await?;
            }
            Step::Reset => return Ok(()),
        }
        line.flush().await?;
    }
    line.shutdown().await
}

/// A line without its end, read byte by byte so that nothing after it is taken.
async fn read_line(line: &mut Box<dyn Line>) -> std::io::Result<String> {
    let mut bytes = Vec::new();
    loop {
        match line.read_u8().await? {
            b'\n' => break,
            byte if bytes.len() < LONGEST_LINE => bytes.push(byte),
            _ => return Err(std::io::ErrorKind::InvalidData.into()),
        }
    }
    Ok(String::from_utf8_lossy(&bytes).trim_end_matches('\r').to_string())
}
