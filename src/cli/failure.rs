//! Why a command did not do what it was told, and the exit status that says so.

use super::plain;
use crate::fl;
use crate::i18n::problem;
use crate::service::Problem;
use std::path::Path;

/// A command's failure.
#[derive(Clone, Debug, PartialEq)]
pub enum Failure {
    /// The service's.
    Problem(Problem),
    /// The arguments do not fit together; exit status 2.
    Usage(String),
    /// A sentence of the command's own.
    Sentence(String),
    /// All has been said already.
    Told,
    /// Whoever read our output has heard enough (`list | head`): nothing failed.
    Unread,
    /// Ctrl-C.
    Interrupted,
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Failure {
        Failure::Problem(problem)
    }
}

impl Failure {
    /// From writing to standard output.
    pub fn output(error: &std::io::Error) -> Failure {
        if error.kind() == std::io::ErrorKind::BrokenPipe {
            return Failure::Unread;
        }
        Failure::Sentence(fl!("cli-output-failed", reason = error.to_string()))
    }

    /// From reading a file that the person named.
    pub fn file(path: &Path, error: &std::io::Error) -> Failure {
        Failure::Sentence(fl!("cli-file-failed", path = path.display().to_string(), reason = error.to_string()))
    }

    /// 0 done, 1 failed, 2 used wrongly.
    pub fn code(&self) -> u8 {
        match self {
            Failure::Unread => 0,
            Failure::Usage(_) => 2,
            _ => 1,
        }
    }

    /// What standard error says, if anything is left to say.
    pub fn sentence(&self) -> Option<String> {
        match self {
            Failure::Problem(problem) => Some(in_words(problem)),
            Failure::Usage(sentence) | Failure::Sentence(sentence) => Some(plain::line(sentence)),
            Failure::Interrupted => Some(fl!("cli-interrupted")),
            Failure::Told | Failure::Unread => None,
        }
    }
}

/// A problem for standard error: the sentences on one line, the system's own words below.
pub fn in_words(problem: &Problem) -> String {
    let words = problem::words(problem);
    let said = plain::line(&words.to_string());
    match words.details {
        Some(details) => format!("{said}\n  {}", plain::line(&details)),
        None => said,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::ProblemKind;

    #[test]
    fn the_exit_status_tells_failure_from_misuse() {
        let broken = std::io::Error::from(std::io::ErrorKind::BrokenPipe);
        let full = std::io::Error::from(std::io::ErrorKind::StorageFull);
        assert_eq!(Failure::output(&broken), Failure::Unread);
        let codes = [
            Failure::Problem(Problem::not_found("x")),
            Failure::output(&full),
            Failure::Told,
            Failure::Interrupted,
            Failure::Usage("x".into()),
            Failure::Unread,
        ];
        assert_eq!(codes.map(|failure| failure.code()), [1, 1, 1, 1, 2, 0]);
    }

    #[test]
    fn a_servers_reply_cannot_play_with_the_terminal() {
        let reply = "no\u{1b}[2J\nReally".to_string();
        let kind = ProblemKind::Refused { server: "h:25".into(), reply };
        let said = Failure::Problem(Problem::new(kind, "550 \u{7}")).sentence().expect("a sentence");
        assert!(!said.chars().any(|c| c.is_control() && c != '\n'), "{said:?}");
        assert_eq!(said.lines().count(), 2, "{said:?}");
    }
}
