//! `--demo`: a profile in a temporary directory, on the mail server inside the process.

use crate::demo::Demo;
use crate::service::command::{Command, Secret};
use crate::service::{Handle, Problem, ProblemKind};
use std::path::Path;

/// The demo's server and its directory, which goes when this is dropped.
pub struct DemoProfile {
    // Declared first: the server ends before its directory goes.
    demo: Demo,
    directory: tempfile::TempDir,
}

impl std::fmt::Debug for DemoProfile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DemoProfile").field("directory", &self.directory.path()).finish_non_exhaustive()
    }
}

impl DemoProfile {
    /// Starts the server and makes the directory.
    ///
    /// # Errors
    /// No room for temporary files, or no port to be had on loopback.
    pub async fn start() -> Result<DemoProfile, Problem> {
        let temp = std::env::temp_dir().display().to_string();
        let disk = |error: std::io::Error| Problem::new(ProblemKind::Disk { path: temp.clone() }, error.to_string());
        let directory = tempfile::Builder::new().prefix("postwren-demo-").tempdir().map_err(disk)?;
        let unreachable = |error: std::io::Error| {
            Problem::new(ProblemKind::Unreachable { server: "localhost".into() }, error.to_string())
        };
        let demo = Demo::start(&jiff::Zoned::now()).await.map_err(unreachable)?;
        tokio::fs::write(directory.path().join(CA_FILE), demo.ca_pem()).await.map_err(disk)?;
        Ok(DemoProfile { demo, directory })
    }

    /// Where the profile lies.
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// Adds the demo's accounts to a service that was started on [`DemoProfile::directory`].
    ///
    /// # Errors
    /// The service's.
    pub async fn add_accounts(&self, handle: &Handle) -> Result<(), Problem> {
        for (account, password) in self.demo.accounts(&self.directory.path().join(CA_FILE)) {
            let command = Command::AddAccount { account: Box::new(account), secret: Some(Secret(password)) };
            handle.execute(command).await?;
        }
        Ok(())
    }
}

/// The file with the demo's certificate authority, in its directory.
const CA_FILE: &str = "demo-ca.pem";
