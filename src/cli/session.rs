//! A service to talk to: on the person's profile, or on a demo that is gone at the end.

use super::demo::DemoProfile;
use super::interrupt;
use crate::i18n::compose::FluentWords;
use crate::service::{self, Handle, Mode, Platform, Problem};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// How long a service may take to finish when the system wants the process to end.
const PATIENCE: Duration = Duration::from_secs(5);

/// A started service and what must outlive it.
#[derive(Debug)]
pub struct Session {
    handle: Handle,
    demo: Option<DemoProfile>,
}

impl Session {
    /// Opens the profile (`None`: where the desktop's rules put it), or a demo.
    ///
    /// # Errors
    /// Whatever keeps the service from starting.
    pub async fn open(profile: Option<PathBuf>, demo: bool, mode: Mode) -> Result<Session, Problem> {
        Session::open_for(profile, demo, mode, Vec::new()).await
    }

    /// The same, where these accounts alone are connected; all where none is named.
    ///
    /// # Errors
    /// Whatever keeps the service from starting.
    pub async fn open_for(
        profile: Option<PathBuf>,
        demo: bool,
        mode: Mode,
        only: Vec<String>,
    ) -> Result<Session, Problem> {
        let demo = if demo { Some(DemoProfile::start().await?) } else { None };
        let profile = demo.as_ref().map(|demo| demo.directory().to_path_buf()).or(profile);
        let profile = profile.map(|path| std::path::absolute(&path).unwrap_or(path));
        let platform = Platform { words: Arc::new(FluentWords), only, ..Platform::system(profile) };
        let handle = service::start(platform, mode).await?;
        if let Some(demo) = &demo {
            demo.add_accounts(&handle).await?;
        }
        Ok(Session { handle, demo })
    }

    pub fn handle(&self) -> &Handle {
        &self.handle
    }

    pub fn is_demo(&self) -> bool {
        self.demo.is_some()
    }

    /// Receives everything once.
    ///
    /// # Errors
    /// The first account's that failed.
    pub async fn fill(&self) -> Result<(), Problem> {
        for (_, outcome) in self.handle.synchronise(None).await {
            outcome?;
        }
        Ok(())
    }

    /// For the window, which owns the main thread: lets a request to end from the system (a logout, `kill`, Ctrl-C
    /// in its terminal) finish what is under way, clear a demo away and end the process. The drafts are on disk.
    pub fn end_when_asked(&self, runtime: &tokio::runtime::Runtime) {
        let (handle, demo) = (self.handle.clone(), self.demo.as_ref().map(|demo| demo.directory().to_path_buf()));
        let _within = runtime.enter();
        let asked = interrupt::asked();
        runtime.spawn(async move {
            asked.await;
            let _ = tokio::time::timeout(PATIENCE, handle.stop()).await;
            if let Some(directory) = demo {
                clear(&directory).await;
            }
            std::process::exit(0);
        });
    }

    /// Lets the service finish what is under way (a second Ctrl-C does not wait for it), ends the runtime, and only
    /// then, when nobody can write there any more, clears a demo away.
    pub fn close(self, runtime: tokio::runtime::Runtime) {
        let Session { handle, demo } = self;
        runtime.block_on(async {
            let asked = interrupt::asked();
            tokio::select! {
                () = handle.stop() => {}
                () = asked => {}
            }
        });
        drop(handle);
        runtime.shutdown_timeout(PATIENCE);
        drop(demo);
    }
}

/// Removes a directory in which a last write may still be under way.
async fn clear(directory: &Path) {
    for _ in 0..20 {
        if tokio::fs::remove_dir_all(directory).await.is_ok() || !directory.exists() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
