//! A password that a command of the person's choice prints: `pass show mail/ada` and its kin.

use super::problem::{Problem, ProblemKind};
use super::state::Result;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::process::Command;

/// Long enough for a person to type the passphrase of a key.
const LIMIT: Duration = Duration::from_secs(30);
const LONGEST: u64 = 64 * 1024;

/// The first line that the command prints, without its line end.
///
/// # Errors
/// [`ProblemKind::NoSecret`]: the command failed, printed nothing, or took too long. What it
/// printed is not repeated, for it may be the secret.
pub(super) async fn run(command: &str) -> Result<String> {
    let failed = |detail: String| Problem::new(ProblemKind::NoSecret, detail);
    let (shell, option) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
    let mut child = Command::new(shell)
        .args([option, command])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(|e| failed(format!("the password command did not start: {e}")))?;
    let output = child.stdout.take();
    let work = async {
        let mut line = Vec::new();
        if let Some(output) = output {
            let mut output = BufReader::new(output.take(LONGEST));
            output.read_until(b'\n', &mut line).await.map_err(|e| failed(e.to_string()))?;
            // Read to its end, so that the command does not fail on a closed pipe.
            tokio::io::copy(&mut output, &mut tokio::io::sink()).await.map_err(|e| failed(e.to_string()))?;
        }
        let status = child.wait().await.map_err(|e| failed(e.to_string()))?;
        if !status.success() {
            return Err(failed(format!("the password command ended with {status}")));
        }
        let line = String::from_utf8(line).map_err(|_| failed("the password command printed no text".into()))?;
        let line = line.trim_end_matches(['\r', '\n']).to_string();
        if line.is_empty() { Err(failed("the password command printed nothing".into())) } else { Ok(line) }
    };
    let late = || failed(format!("the password command took longer than {} seconds", LIMIT.as_secs()));
    tokio::time::timeout(LIMIT, work).await.unwrap_or_else(|_| Err(late()))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_first_line_is_the_secret_and_failures_do_not_repeat_it() {
        assert_eq!(run("printf 'hunter2\\nnotes\\n'").await.unwrap(), "hunter2");
        for bad in ["true", "echo hunter2; exit 3", "no-such-program-at-all"] {
            let problem = run(bad).await.unwrap_err();
            assert_eq!(problem.kind, ProblemKind::NoSecret);
            assert!(!problem.detail.contains("hunter2"), "{problem}");
        }
    }
}
