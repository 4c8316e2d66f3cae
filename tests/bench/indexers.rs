//! notmuch and mu over a Maildir, each with a database of its own.

use crate::measure::{Cost, run};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A program that indexes mail and finds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    Notmuch,
    Mu,
}

/// One of them with its database.
pub struct Indexer {
    pub program: Program,
    home: PathBuf,
}

impl Program {
    pub fn name(self) -> &'static str {
        match self {
            Program::Notmuch => "notmuch",
            Program::Mu => "mu",
        }
    }

    fn is_here(self) -> bool {
        let mut version = Command::new(self.name());
        version.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
        version.status().is_ok_and(|status| status.success())
    }
}

/// Those that are installed, with databases below `home`; says which are not.
pub fn installed(home: &Path, maildir: &Path) -> Vec<Indexer> {
    let (here, missing): (Vec<_>, Vec<_>) = [Program::Notmuch, Program::Mu].into_iter().partition(|p| p.is_here());
    for program in missing {
        println!("{} is not installed: left out", program.name());
    }
    here.into_iter().map(|program| Indexer::new(program, home, maildir)).collect()
}

impl Indexer {
    fn new(program: Program, home: &Path, maildir: &Path) -> Indexer {
        let indexer = Indexer { program, home: home.join(program.name()) };
        let made = indexer.is_made();
        std::fs::create_dir_all(&indexer.home).expect("a directory");
        match program {
            Program::Notmuch => {
                let config = format!(
                    "[database]\npath={}\nmail_root={}\n[user]\nname=Me\nprimary_email=me@example.org\n\
                     [new]\ntags=\nignore=\n[maildir]\nsynchronize_flags=false\n",
                    indexer.home.display(),
                    maildir.display()
                );
                std::fs::write(indexer.home.join("config"), config).expect("a configuration");
            }
            Program::Mu if !made => {
                let (home, maildir) = (indexer.home.display(), maildir.display());
                let mut init = indexer.command();
                init.args(["init", "-q", "--my-address=me@example.org"]);
                run(init.arg(format!("--muhome={home}")).arg(format!("--maildir={maildir}")));
            }
            Program::Mu => {}
        }
        indexer
    }

    /// Whether an earlier run has left its database here.
    pub fn is_made(&self) -> bool {
        self.home.join("made").exists()
    }

    /// Reads all mail.
    pub fn index(&self) -> Cost {
        let mut command = self.command();
        match self.program {
            Program::Notmuch => command.args(["new", "--quiet"]),
            Program::Mu => command.args(["index", "--quiet"]).arg(format!("--muhome={}", self.home.display())),
        };
        let cost = run(&mut command);
        std::fs::write(self.home.join("made"), "").expect("a mark");
        cost
    }

    /// The newest fifty.
    pub fn search(&self, question: &str) -> Command {
        let mut command = self.command();
        match self.program {
            Program::Notmuch => {
                command.args(["search", "--output=summary", "--sort=newest-first", "--limit=50", question]);
            }
            Program::Mu => {
                command.arg("find").arg(format!("--muhome={}", self.home.display()));
                command.args(["--sortfield=date", "--reverse", "--maxnum=50", question]);
            }
        }
        command
    }

    /// How many messages it finds in all.
    pub fn count(&self, question: &str) -> usize {
        let mut command = self.command();
        match self.program {
            Program::Notmuch => command.args(["search", "--output=messages", question]),
            Program::Mu => {
                command.arg("find").arg(format!("--muhome={}", self.home.display()));
                command.args(["--skip-dups", "--fields=i", question])
            }
        };
        let output = command.stdout(Stdio::piped()).output().expect("it answers");
        output.stdout.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).count()
    }

    fn command(&self) -> Command {
        let mut command = Command::new(self.program.name());
        command.env("NOTMUCH_CONFIG", self.home.join("config"));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }
}
