//! The bytes of a message as they come from a server: in memory while it is small, in a file
//! once it is large, so that 50 MB of mail cost a few MB of memory.

use super::error::{Error, Result};
use std::io::Write;
use std::path::Path;
use tempfile::NamedTempFile;

/// A message beyond this, in bytes, is given up.
pub const MAX_MESSAGE: u64 = 1024 * 1024 * 1024;
/// A message beyond this, in bytes, goes into a file.
const IN_MEMORY: usize = 4 * 1024 * 1024;
/// Bytes that are gathered before they are written to that file.
const PIECE: usize = 1024 * 1024;

/// The bytes of a message.
#[derive(Debug)]
pub enum Body {
    Bytes(Vec<u8>),
    /// A large message, in a file of the spool directory that is removed when this is dropped;
    /// not yet synced.
    Spooled {
        file: NamedTempFile,
        size: u64,
    },
    /// The server has the message and gives no bytes of it.
    Missing,
    /// It is larger than 1 GiB.
    TooLarge,
}

/// Gathers a message that comes piece by piece.
#[derive(Debug)]
pub(super) struct BodyWriter<'a> {
    spool: &'a Path,
    /// What is not in the file, or all of it where there is none.
    pending: Vec<u8>,
    file: Option<NamedTempFile>,
    size: u64,
}

impl<'a> BodyWriter<'a> {
    /// Large messages will be written in this directory.
    pub fn new(spool: &'a Path) -> BodyWriter<'a> {
        BodyWriter { spool, pending: Vec::new(), file: None, size: 0 }
    }

    /// Where the next bytes are to be appended; [`BodyWriter::settle`] must follow.
    pub fn pending(&mut self) -> &mut Vec<u8> {
        &mut self.pending
    }

    /// Bytes so far.
    pub fn size(&self) -> u64 {
        self.size.saturating_add(self.pending.len() as u64)
    }

    /// Writes to the file what has become too much for memory.
    ///
    /// # Errors
    /// [`Error::Io`] when the spool directory does not take it.
    pub async fn settle(&mut self) -> Result<()> {
        let limit = if self.file.is_some() { PIECE } else { IN_MEMORY };
        if self.pending.len() > limit { self.write().await } else { Ok(()) }
    }

    /// The whole message.
    ///
    /// # Errors
    /// [`Error::Io`] when the spool directory does not take its last piece.
    pub async fn finish(mut self) -> Result<Body> {
        if self.file.is_some() && !self.pending.is_empty() {
            self.write().await?;
        }
        match self.file {
            Some(file) => Ok(Body::Spooled { file, size: self.size }),
            None => Ok(Body::Bytes(self.pending)),
        }
    }

    async fn write(&mut self) -> Result<()> {
        let file = match self.file.take() {
            Some(file) => file,
            None => NamedTempFile::new_in(self.spool).map_err(Error::Io)?,
        };
        let data = std::mem::take(&mut self.pending);
        self.size = self.size.saturating_add(data.len() as u64);
        append(&file, data).await?;
        self.file = Some(file);
        Ok(())
    }
}

/// Writes at the file's end without holding up other tasks.
pub(super) async fn append(file: &NamedTempFile, data: Vec<u8>) -> Result<()> {
    let mut handle = file.as_file().try_clone().map_err(Error::Io)?;
    let write = tokio::task::spawn_blocking(move || handle.write_all(&data));
    write.await.unwrap_or_else(|e| Err(std::io::Error::other(e))).map_err(Error::Io)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn gathered(pieces: &[usize], spool: &Path) -> Body {
        let mut writer = BodyWriter::new(spool);
        for (i, length) in pieces.iter().enumerate() {
            writer.pending().extend(std::iter::repeat_n(u8::try_from(i % 251).unwrap(), *length));
            writer.settle().await.unwrap();
        }
        assert_eq!(writer.size(), pieces.iter().sum::<usize>() as u64);
        writer.finish().await.unwrap()
    }

    #[tokio::test]
    async fn small_messages_stay_in_memory_and_large_ones_are_whole_in_a_file() {
        let spool = tempfile::tempdir().unwrap();
        for pieces in [vec![], vec![10], vec![IN_MEMORY], vec![1; 1000]] {
            let Body::Bytes(bytes) = gathered(&pieces, spool.path()).await else { panic!() };
            assert_eq!(bytes.len(), pieces.iter().sum::<usize>());
        }
        for pieces in [vec![IN_MEMORY + 1], vec![PIECE; 9], vec![IN_MEMORY, 1, 5], vec![70_000; 100]] {
            let Body::Spooled { file, size } = gathered(&pieces, spool.path()).await else { panic!() };
            let expected: Vec<u8> = pieces
                .iter()
                .enumerate()
                .flat_map(|(i, length)| std::iter::repeat_n(u8::try_from(i % 251).unwrap(), *length))
                .collect();
            assert_eq!(size, expected.len() as u64);
            assert!(std::fs::read(file.path()).unwrap() == expected);
        }
        assert_eq!(std::fs::read_dir(spool.path()).unwrap().count(), 0, "files go when they are dropped");
    }

    #[tokio::test]
    async fn a_spool_that_is_not_there_is_an_error() {
        let mut writer = BodyWriter::new(Path::new("/nowhere/at/all"));
        writer.pending().resize(IN_MEMORY + 1, 0);
        assert!(matches!(writer.settle().await, Err(Error::Io(_))));
    }
}
