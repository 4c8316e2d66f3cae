//! What happened to whom, and what it cost.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Store,
    Index,
    Show,
    Draw,
}

const STAGES: [Stage; 4] = [Stage::Store, Stage::Index, Stage::Show, Stage::Draw];
/// The slowest of a stage that are named.
const NAMED: usize = 5;

pub struct Tally {
    /// Stage, name, seconds.
    times: Vec<(Stage, String, f64)>,
    hangs: Vec<String>,
    refused: Vec<String>,
    panics: Arc<Mutex<Vec<String>>>,
    now: Arc<Mutex<String>>,
    pub drawn: usize,
}

impl Tally {
    /// From now on panics are counted, in whatever thread, caught or not.
    pub fn start() -> Tally {
        let panics = Arc::new(Mutex::new(Vec::new()));
        let now = Arc::new(Mutex::new(String::new()));
        let (told, at) = (panics.clone(), now.clone());
        std::panic::set_hook(Box::new(move |info| {
            let at = at.lock().unwrap_or_else(PoisonError::into_inner).clone();
            told.lock().unwrap_or_else(PoisonError::into_inner).push(format!("{at}: {info}"));
        }));
        Tally { times: Vec::new(), hangs: Vec::new(), refused: Vec::new(), panics, now, drawn: 0 }
    }

    /// Does something under a name; none where it hangs.
    pub async fn time<T>(
        &mut self,
        stage: Stage,
        name: &str,
        hang: Duration,
        work: impl Future<Output = T>,
    ) -> Option<T> {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner) = format!("{stage:?} {name}");
        let begin = Instant::now();
        let done = tokio::time::timeout(hang, work).await.ok();
        self.times.push((stage, name.to_string(), begin.elapsed().as_secs_f64()));
        if done.is_none() {
            self.hangs.push(format!("{stage:?} {name}"));
        }
        done
    }

    /// What was timed last had nothing to draw.
    pub fn without_html(&mut self) {
        self.times.pop();
    }

    pub fn refused(&mut self, stage: Stage, name: &str, reason: &str) {
        self.refused.push(format!("{stage:?} {name}: {reason}"));
    }

    /// Prints all; whether nothing panicked and nothing hung.
    pub fn print(&self) -> bool {
        let panics = self.panics.lock().unwrap_or_else(PoisonError::into_inner);
        for stage in STAGES {
            let mut of: Vec<(&str, f64)> =
                self.times.iter().filter(|(s, ..)| *s == stage).map(|(_, name, time)| (name.as_str(), *time)).collect();
            of.sort_by(|a, b| b.1.total_cmp(&a.1));
            let sum: f64 = of.iter().map(|(_, time)| time).sum();
            let median = of.get(of.len() / 2).map_or(0.0, |(_, time)| *time);
            println!("{stage:?}: {} in {sum:.1} s, median {:.1} ms; the slowest:", of.len(), median * 1e3);
            for (name, time) in of.iter().take(NAMED) {
                println!("  {:8.1} ms  {name}", time * 1e3);
            }
        }
        for (what, all) in [("panic", &*panics), ("hang", &self.hangs), ("given up", &self.refused)] {
            all.iter().for_each(|one| println!("{what}: {one}"));
        }
        let (panics, hangs, refused) = (panics.len(), self.hangs.len(), self.refused.len());
        println!("{} drawn; {panics} panics, {hangs} hangs, {refused} given up", self.drawn);
        panics == 0 && hangs == 0
    }
}
