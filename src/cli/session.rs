//! A service to talk to: on the person's profile, or on a demo that is gone at the end.

use super::demo::DemoProfile;
use super::interrupt;
use crate::service::{self, Handle, Mode, Platform, Problem};
use std::path::PathBuf;

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
        let demo = if demo { Some(DemoProfile::start().await?) } else { None };
        let profile = demo.as_ref().map(|demo| demo.directory().to_path_buf()).or(profile);
        let profile = profile.map(|path| std::path::absolute(&path).unwrap_or(path));
        let handle = service::start(Platform::system(profile), mode).await?;
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

    /// Lets the service finish what is under way. A second Ctrl-C does not wait for it.
    pub async fn close(self) {
        tokio::select! {
            () = self.handle.stop() => {}
            () = interrupt::asked() => {}
        }
    }
}
