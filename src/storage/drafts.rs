//! Drafts being written: `drafts/<id>/draft.json` with private copies of the attachments beside it.

use super::error::{At, Error, Result};
use super::files;
use super::profile::Profile;
use crate::mail::compose::draft::{Draft, DraftAttachment};
use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

const JSON: &str = "draft.json";

/// The drafts of a profile. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Drafts {
    dir: PathBuf,
}

impl Drafts {
    pub fn new(profile: &Profile) -> Drafts {
        Drafts { dir: profile.drafts() }
    }

    /// A name for a new draft.
    pub fn new_id() -> String {
        format!("{}-{:08x}", files::now(), fastrand::u32(..))
    }

    /// Saves the draft durably, replacing what was saved before.
    ///
    /// # Errors
    /// [`Error::Invalid`] where the id is no file name.
    pub fn save(&self, draft: &Draft) -> Result<()> {
        let dir = self.make(&draft.id)?;
        let json = serde_json::to_vec_pretty(draft).map_err(|e| Error::Invalid(e.to_string()))?;
        files::replace(&dir.join(JSON), &json)
    }

    /// Every readable draft, the last saved first. One that cannot be read stays on disk and is told in the log.
    ///
    /// # Errors
    /// What the disk says.
    pub fn list(&self) -> Result<Vec<Draft>> {
        let entries = match std::fs::read_dir(&self.dir) {
            Ok(entries) => entries,
            Err(e) if e.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(e) => return Err(Error::io(&self.dir, e)),
        };
        let mut found: Vec<(SystemTime, Draft)> = Vec::new();
        for entry in entries {
            let dir = entry.at(&self.dir)?.path();
            files::sweep(&dir).unwrap_or_else(|error| tracing::warn!(%error, "a draft is not swept"));
            let path = dir.join(JSON);
            let Ok(saved) = path.metadata().and_then(|m| m.modified()) else { continue };
            match read(&path) {
                Ok(draft) => found.push((saved, draft)),
                Err(error) => tracing::warn!(%error, path = %path.display(), "a draft cannot be read"),
            }
        }
        found.sort_by_key(|(saved, _)| std::cmp::Reverse(*saved));
        Ok(found.into_iter().map(|(_, draft)| draft).collect())
    }

    /// One draft.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub fn load(&self, id: &str) -> Result<Draft> {
        read(&self.dir_of(id)?.join(JSON))
    }

    /// Removes the draft with its attachments; one that is gone is fine.
    ///
    /// # Errors
    /// What the disk says.
    pub fn remove(&self, id: &str) -> Result<()> {
        let dir = self.dir_of(id)?;
        // Without its description it is no draft any more, whatever of the rest a crash leaves.
        files::remove(&dir.join(JSON))?;
        files::absent_is_fine(std::fs::remove_dir_all(&dir)).at(&dir)
    }

    /// Keeps bytes as an attachment of the draft, durably. The draft is not changed: the caller adds what is returned.
    ///
    /// # Errors
    /// What the disk says.
    pub fn attach_bytes(&self, id: &str, file_name: &str, media_type: &str, bytes: &[u8]) -> Result<DraftAttachment> {
        self.attach(id, file_name, media_type, &mut &*bytes)
    }

    /// Copies a file as an attachment of the draft, durably.
    ///
    /// # Errors
    /// What the disk says; [`Error::Invalid`] for what is no regular file.
    pub fn attach_file(&self, id: &str, file_name: &str, media_type: &str, path: &Path) -> Result<DraftAttachment> {
        // Looked at before it is opened: opening a named pipe would wait for its writer.
        if !path.metadata().at(path)?.is_file() {
            return Err(Error::Invalid(format!("{} is not a file", path.display())));
        }
        self.attach(id, file_name, media_type, &mut File::open(path).at(path)?)
    }

    fn attach(&self, id: &str, file_name: &str, media_type: &str, from: &mut dyn Read) -> Result<DraftAttachment> {
        let dir = self.make(id)?;
        let mut file = tempfile::Builder::new().prefix(files::TMP_PREFIX).tempfile_in(&dir).at(&dir)?;
        let size = copy(from, file.as_file_mut()).at(file.path())?;
        file.as_file().sync_all().at(file.path())?;
        // The name that people see is in the draft; on disk it is one that cannot hurt.
        let path = dir.join(format!("{:016x}", fastrand::u64(..)));
        file.persist_noclobber(&path).map_err(|e| Error::io(&path, e.error))?;
        files::sync_dir(&dir)?;
        Ok(DraftAttachment { file_name: file_name.into(), media_type: media_type.into(), size, path })
    }

    /// Removes the copy of an attachment that the person took off again.
    ///
    /// # Errors
    /// [`Error::Invalid`] where the path is not within this draft.
    pub fn detach(&self, id: &str, attachment: &DraftAttachment) -> Result<()> {
        let own = attachment.path.parent() == Some(self.dir_of(id)?.as_path())
            && attachment.path.file_name().is_some_and(|name| name != JSON);
        if !own {
            return Err(Error::Invalid(format!("{} is not of this draft", attachment.path.display())));
        }
        files::remove(&attachment.path)
    }

    fn make(&self, id: &str) -> Result<PathBuf> {
        let dir = self.dir_of(id)?;
        if !dir.is_dir() {
            files::create_dir_all(&dir)?;
            files::sync_dir(&self.dir)?;
        }
        Ok(dir)
    }

    fn dir_of(&self, id: &str) -> Result<PathBuf> {
        let safe =
            (1..=100).contains(&id.len()) && id.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
        if safe { Ok(self.dir.join(id)) } else { Err(Error::Invalid(format!("“{id}” is no name of a draft"))) }
    }
}

fn copy(from: &mut dyn Read, to: &mut File) -> std::io::Result<u64> {
    let size = std::io::copy(from, to)?;
    to.flush()?;
    Ok(size)
}

fn read(path: &Path) -> Result<Draft> {
    let json = match std::fs::read(path) {
        Err(e) if e.kind() == ErrorKind::NotFound => {
            return Err(Error::NotFound(format!("draft {}", path.display())));
        }
        other => other.at(path)?,
    };
    serde_json::from_slice(&json).map_err(|e| Error::Invalid(format!("{}: {e}", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::compose::draft::DraftOrigin;

    fn drafts() -> (tempfile::TempDir, Drafts) {
        let dir = tempfile::tempdir().unwrap();
        let profile = Profile::open(dir.path()).unwrap();
        (dir, Drafts::new(&profile))
    }

    fn draft(id: &str) -> Draft {
        Draft {
            id: id.into(),
            account: "work".into(),
            to: Vec::new(),
            cc: Vec::new(),
            bcc: Vec::new(),
            subject: "Grüße".into(),
            body: "Hello\n".into(),
            attachments: Vec::new(),
            in_reply_to: Vec::new(),
            references: vec!["a@b".into()],
            origin: DraftOrigin::Reply(7),
            unfinished: ["ada@".into(), String::new(), String::new()],
            report: false,
        }
    }

    #[test]
    fn what_was_saved_comes_back_with_its_attachments() {
        let (_dir, drafts) = drafts();
        assert_eq!(drafts.list().unwrap(), Vec::new());
        let mut one = draft(&Drafts::new_id());
        let kept = drafts.attach_bytes(&one.id, "../../evil.txt", "text/plain", b"abc").unwrap();
        assert_eq!((kept.size, std::fs::read(&kept.path).unwrap()), (3, b"abc".to_vec()));
        assert!(kept.path.starts_with(&drafts.dir));
        one.attachments.push(kept.clone());
        drafts.save(&one).unwrap();
        assert_eq!(drafts.load(&one.id).unwrap(), one);
        assert_eq!(drafts.list().unwrap(), vec![one.clone()]);
        drafts.detach(&one.id, &kept).unwrap();
        assert!(!kept.path.exists());
        drafts.remove(&one.id).unwrap();
        drafts.remove(&one.id).unwrap();
        assert_eq!(drafts.list().unwrap(), Vec::new());
    }

    #[test]
    fn a_file_is_copied_and_may_change_afterwards() {
        let (dir, drafts) = drafts();
        let source = dir.path().join("source.bin");
        std::fs::write(&source, b"before").unwrap();
        let kept = drafts.attach_file("d1", "source.bin", "application/octet-stream", &source).unwrap();
        std::fs::write(&source, b"after!").unwrap();
        assert_eq!(std::fs::read(&kept.path).unwrap(), b"before");
        assert!(matches!(drafts.attach_file("d1", "x", "y/z", dir.path()), Err(Error::Invalid(_))));
    }

    #[test]
    fn names_that_leave_the_directory_are_refused() {
        let (dir, drafts) = drafts();
        for bad in ["", "..", "a/b", "/etc", ".hidden", "a\0"] {
            assert!(matches!(drafts.save(&draft(bad)), Err(Error::Invalid(_))), "{bad:?}");
            assert!(matches!(drafts.remove(bad), Err(Error::Invalid(_))), "{bad:?}");
        }
        let outside = DraftAttachment {
            file_name: "x".into(),
            media_type: "y".into(),
            size: 0,
            path: dir.path().join("settings.toml"),
        };
        assert!(matches!(drafts.detach("d1", &outside), Err(Error::Invalid(_))));
    }

    #[test]
    fn a_damaged_draft_hides_no_other() {
        let (_dir, drafts) = drafts();
        drafts.save(&draft("good")).unwrap();
        drafts.save(&draft("bad")).unwrap();
        std::fs::write(drafts.dir.join("bad").join(JSON), b"{").unwrap();
        assert_eq!(drafts.list().unwrap(), vec![draft("good")]);
        assert!(drafts.dir.join("bad").exists());
        assert!(matches!(drafts.load("none"), Err(Error::NotFound(_))));
    }
}
