//! A PDF into the desktop's hands: its printing dialog, by the portal's Print interface, or else its viewer.

use super::{Context, DIALOG_LIMIT, free_name, private_directory};
use crate::gui::action::Answer;
use crate::gui::action::printing::{Handed, Order, Pdf};
use crate::service::Handle;
use crate::service::problem::{Problem, ProblemKind};
use std::path::Path;
use std::sync::Arc;

/// Makes the PDF; none where it was given up.
pub async fn make(handle: &Handle, order: Order) -> Answer {
    let Order { id, form, heading, paper, stop } = order;
    let made = tokio::select! {
        biased;
        () = stop.stopped() => return Answer::Printed(Ok(None)),
        made = handle.print(id, form, heading, paper) => made,
    };
    Answer::Printed(made.map(|made| Some(Pdf { bytes: Arc::new(made.pdf), pages: made.pages, cut: made.cut })))
}

/// Hands it over. None where the person left the dialog.
pub async fn hand_over(context: &Context, pdf: Pdf, file_name: &str) -> Result<Option<Handed>, Problem> {
    // In a directory that nobody else looks into, and that goes with the program.
    let to = free_name(private_directory(context)?, file_name).await;
    let (bytes, written) = (pdf.bytes, to.clone());
    let failed = |error: std::io::Error| {
        Problem::new(ProblemKind::Disk { path: std::env::temp_dir().display().to_string() }, error.to_string())
    };
    let internal = |error: String| Problem::new(ProblemKind::Internal, error);
    let write = tokio::task::spawn_blocking(move || std::fs::write(&written, bytes.as_slice()));
    write.await.map_err(|error| internal(error.to_string()))?.map_err(failed)?;
    match tokio::time::timeout(DIALOG_LIMIT, portal(file_name, &to)).await {
        Ok(Some(true)) => return Ok(Some(Handed::Dialog)),
        Ok(Some(false)) => return Ok(None),
        Ok(None) | Err(_) => {}
    }
    let opened = tokio::task::spawn_blocking(move || open::that_detached(&to)).await;
    opened.map_err(|error| internal(error.to_string()))?.map_err(|error| internal(error.to_string()))?;
    Ok(Some(Handed::Viewer))
}

/// Whether the portal printed it, or the person left its dialog; none where there is no such portal.
#[cfg(target_os = "linux")]
async fn portal(title: &str, file: &Path) -> Option<bool> {
    match by_portal(title, file).await {
        Ok(printed) => printed,
        Err(error) => {
            tracing::info!(%error, "no portal prints");
            None
        }
    }
}

#[cfg(not(target_os = "linux"))]
async fn portal(_title: &str, _file: &Path) -> Option<bool> {
    None
}

/// `org.freedesktop.portal.Print`: without a token of a dialog before, `Print` shows one of its own.
#[cfg(target_os = "linux")]
async fn by_portal(title: &str, file: &Path) -> zbus::Result<Option<bool>> {
    use futures::StreamExt;
    use std::collections::HashMap;
    use zbus::zvariant::{Fd, OwnedValue, Value};
    const DESKTOP: &str = "org.freedesktop.portal.Desktop";
    const PLACE: &str = "/org/freedesktop/portal/desktop";
    const PRINT: &str = "org.freedesktop.portal.Print";
    let bus = zbus::Connection::session().await?;
    let version = (PRINT, "version");
    bus.call_method(Some(DESKTOP), PLACE, Some("org.freedesktop.DBus.Properties"), "Get", &version).await?;
    let token = format!("postwren{:x}", fastrand::u64(..));
    let own = bus.unique_name().map(|name| name.trim_start_matches(':').replace('.', "_")).unwrap_or_default();
    let request = format!("{PLACE}/request/{own}/{token}");
    // Listened for before it is asked: an answer may come at once.
    let rule = zbus::MatchRule::builder()
        .msg_type(zbus::message::Type::Signal)
        .interface("org.freedesktop.portal.Request")?
        .member("Response")?
        .path(request)?
        .build();
    let mut answers = zbus::MessageStream::for_match_rule(rule, &bus, Some(4)).await?;
    let opened = std::fs::File::open(file)?;
    let options = HashMap::from([("handle_token", Value::from(token.as_str())), ("modal", Value::from(true))]);
    let arguments = ("", title, Fd::from(std::os::fd::OwnedFd::from(opened)), options);
    bus.call_method(Some(DESKTOP), PLACE, Some(PRINT), "Print", &arguments).await?;
    let Some(answer) = answers.next().await else { return Ok(None) };
    let answer = answer?;
    let (code, _): (u32, HashMap<String, OwnedValue>) = answer.body().deserialize()?;
    // 0 done, 1 left by the person, 2 ended otherwise.
    Ok(match code {
        0 => Some(true),
        1 => Some(false),
        _ => None,
    })
}
