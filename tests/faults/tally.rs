//! What the points of a class of faults came to.

use std::io::Write;

/// At every how many-th point to try. `POSTWREN_FAULTS` is `all`, or such a number; without it, the quick selection's.
pub fn every(quick: usize) -> usize {
    match std::env::var("POSTWREN_FAULTS").ok().as_deref() {
        None => quick,
        Some("all") => 1,
        Some(number) => number.parse().expect("POSTWREN_FAULTS is a number, or all"),
    }
}

#[derive(Debug, Default)]
pub struct Tally {
    pub points: usize,
    /// Of the points those where the fault did strike.
    pub struck: usize,
    pub unknown: usize,
    wrong: Vec<String>,
}

impl Tally {
    pub fn well(&mut self, struck: bool, unknown: bool) {
        self.points += 1;
        self.struck += usize::from(struck);
        self.unknown += usize::from(unknown);
    }

    /// A point at which an invariant broke. Words that begin with “lost” or “doubled” count as such.
    pub fn wrong(&mut self, struck: bool, what: String) {
        self.well(struck, false);
        self.wrong.push(what);
    }

    pub fn and(mut self, other: Tally) -> Tally {
        self.points += other.points;
        self.struck += other.struck;
        self.unknown += other.unknown;
        self.wrong.extend(other.wrong);
        self
    }

    /// Prints the line of this class, also into the file that `POSTWREN_FAULTS_REPORT` names, and fails where
    /// anything was wrong.
    #[track_caller]
    pub fn report(&self, class: &str) {
        let of = |word: &str| self.wrong.iter().filter(|what| what.contains(word)).count();
        let line = format!(
            "{class}: {} points tried, {} struck, {} lost, {} doubled, {} unknown, {} otherwise wrong",
            self.points,
            self.struck,
            of("lost"),
            of("doubled"),
            self.unknown,
            self.wrong.len() - of("lost") - of("doubled"),
        );
        println!("{line}");
        if let Some(path) = std::env::var_os("POSTWREN_FAULTS_REPORT") {
            let file = std::fs::OpenOptions::new().create(true).append(true).open(path);
            writeln!(file.expect("the report"), "{line}").expect("the report");
        }
        let shown: Vec<&String> = self.wrong.iter().take(20).collect();
        assert!(self.wrong.is_empty(), "{} wrong, among them {shown:#?}", self.wrong.len());
        assert!(self.points > 0, "{class}: nothing was tried");
    }
}
