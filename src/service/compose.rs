//! How drafts begin: answers, forwarded messages, and messages of the Drafts mailbox taken up again.

use super::account;
use super::model::{Account, Address, Draft, DraftOrigin};
use super::state::{Result, Shared};
use crate::mail::compose::{self, ForwardWords};
use crate::mail::ids::MessageId;
use crate::mail::mime::{self, Content};
use crate::storage::{self, Drafts, Store};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::sync::Arc;

/// The words that answers and forwarded messages begin with, in the person's language. The faces know it.
pub trait ComposeWords: Send + Sync {
    /// The line above a quote: `On 3 May 2026, 14:02, Ada wrote:`. The time in Unix seconds.
    fn attribution(&self, from: &str, at: Option<i64>) -> String;
    /// The labels of a forwarded message's header block, and its time.
    fn forward(&self, at: Option<i64>) -> ForwardWords;
}

/// The words in English.
#[derive(Clone, Copy, Debug, Default)]
pub struct EnglishWords;

impl ComposeWords for EnglishWords {
    fn attribution(&self, from: &str, at: Option<i64>) -> String {
        match date(at) {
            date if date.is_empty() => format!("{from} wrote:"),
            date => format!("On {date}, {from} wrote:"),
        }
    }

    fn forward(&self, at: Option<i64>) -> ForwardWords {
        ForwardWords {
            title: "---------- Forwarded message ----------".into(),
            from: "From".into(),
            date: "Date".into(),
            subject: "Subject".into(),
            to: "To".into(),
            cc: "Cc".into(),
            sent: date(at),
        }
    }
}

/// `3 May 2026, 14:02` where the person is; empty where it is unknown.
fn date(at: Option<i64>) -> String {
    let time = at.and_then(|at| Timestamp::from_second(at).ok());
    time.map(|t| t.to_zoned(TimeZone::system()).strftime("%-d %B %Y, %H:%M").to_string()).unwrap_or_default()
}

/// A draft to start with, saved already.
pub(super) async fn begin(shared: &Arc<Shared>, origin: DraftOrigin, reply_all: bool) -> Result<Draft> {
    if let DraftOrigin::Reply(id) | DraftOrigin::Forward(id) | DraftOrigin::Draft(id) = origin {
        account::fetch_whole(shared, vec![MessageId(id)]).await?;
    }
    let accounts: Vec<Account> = shared.accounts_in_order().iter().map(|state| state.account.clone()).collect();
    let words = shared.platform.words.clone();
    shared.db(move |store| begin_stored(store, &accounts, &*words, origin, reply_all)).await
}

fn begin_stored(
    store: &Store,
    accounts: &[Account],
    words: &dyn ComposeWords,
    origin: DraftOrigin,
    reply_all: bool,
) -> storage::Result<Draft> {
    let id = match origin {
        DraftOrigin::New => {
            let account = accounts.first().map(|a| a.name.clone()).unwrap_or_default();
            let draft = compose::DraftParts::default().into_draft(Drafts::new_id(), account, origin);
            store.drafts().save(&draft)?;
            return Ok(draft);
        }
        DraftOrigin::Reply(id) | DraftOrigin::Forward(id) | DraftOrigin::Draft(id) => MessageId(id),
    };
    let located = store.locate(id)?.ok_or_else(|| storage::Error::NotFound(format!("message {id}")))?;
    let raw = store.raw(id)?;
    let content = mime::content(&raw);
    let at = content.envelope.date.or(store.row(id)?.map(|row| row.date));
    let parts = match origin {
        DraftOrigin::Forward(_) => compose::forward(&content, &words.forward(at)),
        DraftOrigin::Draft(_) => compose::from_message(&content),
        DraftOrigin::Reply(_) | DraftOrigin::New => {
            let me: Vec<Address> = accounts.iter().map(of_account).collect();
            compose::reply(&content, &me, reply_all, &words.attribution(&author(&content), at))
        }
    };
    let (draft_id, attachments) = (Drafts::new_id(), parts.attachments.clone());
    let mut draft = parts.into_draft(draft_id.clone(), located.account, origin);
    for index in attachments {
        if let Some((attachment, bytes)) = mime::attachment(&raw, index) {
            let (name, media_type) = (&attachment.file_name, &attachment.media_type);
            draft.attachments.push(store.drafts().attach_bytes(&draft_id, name, media_type, &bytes)?);
        }
    }
    store.drafts().save(&draft)?;
    Ok(draft)
}

fn author(content: &Content) -> String {
    match content.envelope.from.first() {
        Some(from) if !from.name.is_empty() => from.name.clone(),
        Some(from) => from.addr.clone(),
        None => String::new(),
    }
}

/// The From of an account.
pub(super) fn of_account(account: &Account) -> Address {
    Address { name: account.person.clone(), addr: account.email.clone() }
}
