//! Ctrl-C, and the request to end that a session manager or `kill` makes.

/// Returns when the person or the system asks the program to end.
pub async fn asked() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut terminated) = signal(SignalKind::terminate()) else {
            return wait(interrupted).await;
        };
        tokio::select! {
            () = wait(interrupted) => {}
            _ = terminated.recv() => {}
        }
    }
    #[cfg(not(unix))]
    wait(interrupted).await;
}

/// Where signals cannot be listened for, their default action ends the program.
async fn wait(interrupted: impl Future<Output = std::io::Result<()>>) {
    if interrupted.await.is_err() {
        std::future::pending::<()>().await;
    }
}
