//! Progress on standard error, where that is a terminal.

use super::plain;
use crate::i18n::units;
use crate::service::event::Progress;
use crate::service::{Event, Handle};
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::collections::HashMap;
use std::io::IsTerminal;
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use tokio::task::JoinHandle;

/// A sign of life while one answer is waited for.
#[derive(Debug)]
pub struct Wait(Option<ProgressBar>);

impl Wait {
    pub fn start(message: String) -> Wait {
        if !std::io::stderr().is_terminal() {
            return Wait(None);
        }
        let bar = ProgressBar::new_spinner().with_message(message);
        bar.enable_steady_tick(Duration::from_millis(100));
        Wait(Some(bar))
    }

    /// Takes it off the terminal.
    pub fn end(self) {
        if let Some(bar) = self.0 {
            bar.finish_and_clear();
        }
    }
}

/// A bar for every transfer that the service reports.
#[derive(Debug)]
pub struct Bars(Option<JoinHandle<()>>);

impl Bars {
    /// Follows the service until [`Bars::end`]. Without a terminal nothing is shown.
    pub fn follow(handle: &Handle) -> Bars {
        if !std::io::stderr().is_terminal() {
            return Bars(None);
        }
        let mut events = handle.subscribe();
        Bars(Some(tokio::spawn(async move {
            let mut shown = Shown::default();
            loop {
                match events.recv().await {
                    Ok(Event::Progress(progress)) => shown.update(&progress),
                    Ok(_) | Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => break,
                }
            }
        })))
    }

    /// Takes the bars off the terminal.
    pub async fn end(self) {
        if let Some(task) = self.0 {
            task.abort();
            // Dropped with the task, the bars clear themselves; wait until they have.
            let _ = task.await;
        }
    }
}

#[derive(Default)]
struct Shown {
    all: MultiProgress,
    bars: HashMap<(String, String), ProgressBar>,
}

impl Shown {
    fn update(&mut self, progress: &Progress) {
        let key = (progress.account.clone(), progress.mailbox.0.clone());
        if progress.finished {
            if let Some(bar) = self.bars.remove(&key) {
                bar.finish_and_clear();
            }
            return;
        }
        let all = &self.all;
        let bar = self.bars.entry(key).or_insert_with(|| {
            let bar = all.add(ProgressBar::new(progress.total).with_style(style()));
            bar.set_prefix(plain::line(&format!("{}/{}", progress.account, progress.mailbox)));
            bar
        });
        bar.set_length(progress.total);
        bar.set_position(progress.done);
        let (done, total) = (units::count(progress.done), units::count(progress.total));
        bar.set_message(format!("{done} / {total} · {}", units::rate(progress.rate)));
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        self.bars.drain().for_each(|(_, bar)| bar.finish_and_clear());
        self.all.set_draw_target(ProgressDrawTarget::hidden());
    }
}

fn style() -> ProgressStyle {
    ProgressStyle::with_template("{prefix:30!} {bar:24} {msg}").unwrap_or_else(|_| ProgressStyle::default_bar())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::mailbox::MailboxPath;

    #[test]
    fn a_finished_transfer_leaves_no_bar() {
        let mut shown = Shown::default();
        shown.all.set_draw_target(ProgressDrawTarget::hidden());
        let mut progress = Progress {
            account: "ada".into(),
            mailbox: MailboxPath("INBOX".into()),
            done: 10,
            total: 100,
            rate: 5,
            finished: false,
        };
        shown.update(&progress);
        progress.total = 200;
        shown.update(&progress);
        assert_eq!(
            shown.bars.values().map(|bar| (bar.position(), bar.length())).collect::<Vec<_>>(),
            [(10, Some(200))]
        );
        progress.finished = true;
        shown.update(&progress);
        assert!(shown.bars.is_empty());
    }

    #[test]
    fn the_style_is_understood() {
        assert!(ProgressStyle::with_template("{prefix:30!} {bar:24} {msg}").is_ok());
    }
}
