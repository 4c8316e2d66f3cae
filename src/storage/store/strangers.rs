//! Maildirs that another program made in an account's tree, and that are no mailbox yet. Only whole ones count, with
//! `cur`, `new` and `tmp`: a directory to which those are still to come is no mailbox, and neither is one that only
//! holds others.

use super::Store;
use super::mailboxes::NAMING;
use crate::mail::ids::MailboxId;
use crate::mail::keywords::Keywords;
use crate::mail::mailbox::MailboxPath;
use crate::storage::error::Result;
use crate::storage::index::mailboxes as rows;
use crate::storage::maildir::{Description, MailboxMeta, Maildir, directory};
use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};

/// An account's directories, apart from its mailboxes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    pub strangers: Vec<Stranger>,
    /// Directories in which a Maildir may still appear: they are none, or not yet.
    pub others: Vec<PathBuf>,
}

/// A Maildir that is no mailbox yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stranger {
    /// Below `mail/`.
    pub dir: PathBuf,
    /// What its name stands for; no mailbox of the account has it.
    pub path: MailboxPath,
}

impl Store {
    /// Where the mail of an account lies.
    pub fn account_dir(&self, account: &str) -> PathBuf {
        self.inner.profile.mail().join(account)
    }

    /// What lies in an account's tree and is no mailbox.
    ///
    /// # Errors
    /// What the disk says.
    pub fn tree(&self, account: &str) -> Result<Tree> {
        // Nothing of our own is half-made meanwhile.
        self.exclusive(&BTreeSet::from([NAMING]), || {
            let root = self.account_dir(account);
            if !root.is_dir() {
                return Ok(Tree::default());
            }
            let known = self.inner.index.read(|c| rows::list(c, Some(account)))?;
            let dirs: HashSet<&Path> = known.iter().map(|record| record.dir.as_path()).collect();
            let mut taken: HashSet<MailboxPath> = known.iter().map(|record| record.stored.meta.path.clone()).collect();
            let ids: HashSet<i64> = known.iter().map(|record| record.stored.id.0).collect();
            let mut tree = Tree::default();
            let mut whole = Vec::new();
            Maildir::each_below(&root, &mut |relative, maildir| {
                let dir = Path::new(account).join(relative);
                if dirs.contains(dir.as_path()) {
                } else if maildir.is_whole() {
                    whole.push((dir, maildir));
                } else {
                    tree.others.push(maildir.dir().into());
                }
            })?;
            whole.sort_by(|a, b| a.0.cmp(&b.0));
            for (dir, maildir) in whole {
                // Put back from a backup; a copy of a mailbox's directory says of itself what is true of another.
                let described = maildir.description()?.filter(|d| !ids.contains(&d.id)).map(|d| d.meta.path);
                let named = || dir.strip_prefix(account).ok().and_then(directory::path_of);
                let Some(path) = described.filter(|path| !taken.contains(path)).or_else(named) else { continue };
                let Some(path) = free(path, &taken) else { continue };
                taken.insert(path.clone());
                tree.strangers.push(Stranger { dir, path });
            }
            Ok(tree)
        })
    }

    /// Makes a mailbox of a Maildir that another program made, where it lies. None where it is gone, or one already.
    ///
    /// # Errors
    /// What disk or database say.
    pub fn adopt_stranger(&self, account: &str, stranger: &Stranger, meta: MailboxMeta) -> Result<Option<MailboxId>> {
        self.exclusive(&BTreeSet::from([NAMING]), || {
            let maildir = Maildir::at(self.inner.profile.mail().join(&stranger.dir));
            let is_taken = self.inner.index.read(|c| {
                Ok(rows::dir_is_taken(c, &stranger.dir)? || rows::find_path(c, account, &meta.path)?.is_some())
            })?;
            if is_taken || !maildir.is_whole() {
                return Ok(None);
            }
            let before = maildir.description()?;
            let description = Description {
                id: self.free_id(account, &meta.path, before.as_ref().map(|d| d.id), &HashSet::new())?,
                meta,
                // Whatever numbers the names have, the server gives others.
                uid_validity: None,
                keywords: before.map(|d| d.keywords).unwrap_or_else(Keywords::default),
            };
            maildir.create(&description)?;
            self.step();
            self.inner.index.write(|w| w.put_mailbox(account, &description, &stranger.dir))?;
            Ok(Some(description.mailbox()))
        })
    }
}

/// A path that no mailbox has.
fn free(path: MailboxPath, taken: &HashSet<MailboxPath>) -> Option<MailboxPath> {
    let others = (2..100u32).map(|n| MailboxPath(format!("{path} {n}")));
    std::iter::once(path.clone()).chain(others).find(|path| !taken.contains(path))
}
