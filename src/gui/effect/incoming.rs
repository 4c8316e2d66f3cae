//! What comes in from the desktop: the clipboard's files and images, the sizes of files, another program.

use crate::service::command::AttachSource;
use std::io::Cursor;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// How long the owner of the clipboard may take to answer.
const CLIPBOARD_LIMIT: Duration = Duration::from_secs(10);

/// Files on the clipboard, else an image as PNG, else nothing.
pub async fn clipboard() -> Vec<AttachSource> {
    let read = tokio::task::spawn_blocking(|| {
        let mut clipboard = arboard::Clipboard::new().ok()?;
        if let Ok(files) = clipboard.get().file_list()
            && !files.is_empty()
        {
            return Some(files.into_iter().map(AttachSource::File).collect());
        }
        let image = clipboard.get_image().ok()?;
        let bytes = png(image.width, image.height, image.bytes.into_owned())?;
        let media_type = "image/png".into();
        Some(vec![AttachSource::Bytes { file_name: crate::fl!("compose-pasted-image"), media_type, bytes }])
    });
    tokio::time::timeout(CLIPBOARD_LIMIT, read).await.ok().and_then(Result::ok).flatten().unwrap_or_default()
}

/// Puts a file on the clipboard. Whose it is must answer for it, so the clipboard is kept until the program ends.
pub async fn offer(file: PathBuf) -> Result<(), String> {
    static KEPT: Mutex<Option<arboard::Clipboard>> = Mutex::new(None);
    let set = tokio::task::spawn_blocking(move || {
        let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
        let clipboard = match kept.take() {
            Some(clipboard) => clipboard,
            None => arboard::Clipboard::new()?,
        };
        kept.insert(clipboard).set().file_list(&[file])
    });
    match tokio::time::timeout(CLIPBOARD_LIMIT, set).await {
        Ok(Ok(set)) => set.map_err(|error: arboard::Error| error.to_string()),
        Ok(Err(error)) => Err(error.to_string()),
        Err(elapsed) => Err(elapsed.to_string()),
    }
}

/// Pixels (RGBA, row by row) as a PNG.
fn png(width: usize, height: usize, pixels: Vec<u8>) -> Option<Vec<u8>> {
    let image = image::RgbaImage::from_raw(width.try_into().ok()?, height.try_into().ok()?, pixels)?;
    let mut out = Cursor::new(Vec::new());
    image.write_to(&mut out, image::ImageFormat::Png).ok()?;
    Some(out.into_inner())
}

/// Bytes of all files together; what cannot be looked at counts nothing.
pub async fn measure(files: Vec<PathBuf>) -> u64 {
    let mut sum = 0u64;
    for file in files {
        let size = tokio::fs::metadata(&file).await.map_or(0, |metadata| metadata.len());
        sum = sum.saturating_add(size);
    }
    sum
}

/// Starts this program once more, on the demo.
pub async fn demo() {
    let started =
        std::env::current_exe().and_then(|program| tokio::process::Command::new(program).arg("--demo").spawn());
    match started {
        Ok(mut child) => drop(child.wait().await),
        Err(error) => tracing::warn!(%error, "the demo cannot be started"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_becomes_a_png_that_reads_back() {
        let pixels: Vec<u8> = (0..4 * 6).collect();
        let bytes = png(3, 2, pixels.clone()).unwrap();
        let back = image::load_from_memory(&bytes).unwrap().into_rgba8();
        assert_eq!((back.width(), back.height()), (3, 2));
        assert_eq!(back.into_raw(), pixels);
        assert_eq!(png(4, 4, vec![0; 3]), None, "fewer pixels than said");
    }

    #[tokio::test]
    async fn files_are_measured_together() {
        let directory = tempfile::tempdir().unwrap();
        let (a, b) = (directory.path().join("a"), directory.path().join("b"));
        std::fs::write(&a, "123").unwrap();
        std::fs::write(&b, "45678").unwrap();
        assert_eq!(measure(vec![a, b, directory.path().join("none")]).await, 8);
    }
}
