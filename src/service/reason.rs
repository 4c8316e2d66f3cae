//! Why an operation or a message of the Outbox waits, as `queue.db` keeps it: the [`Problem`] as JSON, so that each
//! face words it in the person's language on the day it is read. Earlier versions kept words; they are told as they
//! are.

use super::problem::{Problem, ProblemKind};

/// How it is kept. Whose account it is stands in the row.
pub(super) fn written(problem: &Problem) -> String {
    let problem = Problem { account: None, ..problem.clone() };
    serde_json::to_string(&problem).unwrap_or(problem.detail)
}

/// What [`written`] wrote, now or in an earlier version.
pub(super) fn read(text: &str) -> Problem {
    problem(text).unwrap_or_else(|| Problem::new(ProblemKind::Said { words: text.into() }, ""))
}

/// The problem, where the text is one and no server's reply, which never begins so: it has its code first.
pub(super) fn problem(text: &str) -> Option<Problem> {
    text.starts_with('{').then(|| serde_json::from_str(text).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_comes_back_and_old_words_stay() {
        let offline = Problem::new(ProblemKind::Offline, "no route").of("ada");
        assert_eq!(read(&written(&offline)), Problem { account: None, ..offline });
        for old in ["451 4.7.1 greylisted", "removed here by another program", "{odd", "", "{}"] {
            assert_eq!(read(old).kind, ProblemKind::Said { words: old.into() }, "{old}");
        }
        assert_eq!(problem("550 5.1.1 no such user"), None);
    }
}
