//! What commands do. Each is recorded durably, then shown here; the servers hear of it by the
//! operations that it queued. One file per family.

mod accounts;
mod conversations;
mod drafts;
mod flags;
mod mailboxes;
mod places;
mod queue;
mod ready;
mod saved;
mod transfer;

pub(super) use accounts::follow_watched;
pub(super) use mailboxes::check_name;
pub(super) use places::{Change, Effects, change};
pub(super) use queue::give_up;

use super::command::{Command, Receipt};
use super::state::{Result, Shared};
use super::{account, export, missing, submission, undo};
use std::sync::Arc;

/// Carries out a command.
pub(super) async fn execute(shared: &Arc<Shared>, command: Command) -> Result<Receipt> {
    match command {
        Command::OnConversations(command) => {
            let command = conversations::widened(shared, *command).await?;
            // It is one of those that need no more widening: this goes one step deep.
            Box::pin(execute(shared, command)).await
        }
        Command::AddAccount { account, secret } => accounts::add(shared, *account, secret).await,
        Command::RemoveAccount { name } => accounts::remove(shared, &name).await,
        Command::SetProxyPassword { account, password } => {
            accounts::set_proxy_password(shared, &account, password).await
        }
        Command::Refresh { account } => accounts::refresh(shared, account.as_deref()),
        Command::AcceptRemovals { account } => accounts::accept_removals(shared, &account),
        Command::SaveSearch { name, line } => saved::save(shared, name, line).await,
        Command::RenameSearch { id, name } => saved::rename(shared, id, name).await,
        Command::DeleteSearch { id } => saved::delete(shared, id).await,
        Command::SetPreferences { preferences } => accounts::set_preferences(shared, *preferences).await,
        Command::SetFlags { ids, add, remove } => flags::set(shared, ids, add, remove).await,
        Command::MarkAllRead { mailbox } => flags::mark_all_read(shared, mailbox).await,
        Command::Move { ids, to } => transfer::to_mailbox(shared, ids, to).await,
        Command::MoveToRole { ids, role } => transfer::to_role(shared, ids, role).await,
        Command::Copy { ids, to } => transfer::copy(shared, ids, to).await,
        Command::Delete { ids } => transfer::delete(shared, ids).await,
        Command::SetKeywords { ids, add, remove } => flags::set_keywords(shared, ids, add, remove).await,
        Command::CreateMailbox { account, path } => mailboxes::create(shared, &account, path).await,
        Command::RenameMailbox { mailbox, to } => renaming(shared, mailboxes::rename(shared, mailbox, to)).await,
        Command::DeleteMailbox { mailbox } => mailboxes::delete(shared, mailbox).await,
        Command::SetSubscribed { mailbox, subscribed } => mailboxes::subscribe(shared, mailbox, subscribed).await,
        Command::EmptyMailbox { mailbox } => transfer::empty(shared, mailbox).await,
        Command::Export { mailbox, format, to } => export::run(shared, mailbox, format, to).await,
        Command::StopExport { mailbox } => Ok(export::stop(shared, mailbox)),
        Command::RetryOperation { id } => queue::retry(shared, id).await,
        Command::CancelOperation { id } => renaming(shared, queue::cancel(shared, id)).await,
        Command::UndoLast => renaming(shared, undo::undo_last(shared)).await,
        Command::Undo { token } => renaming(shared, undo::undo(shared, token.0)).await,
        Command::SaveDraft { draft } => drafts::save(shared, *draft).await,
        Command::Attach { draft, source } => drafts::attach(shared, draft, source).await,
        Command::DiscardDraft { id } => drafts::discard(shared, id).await,
        Command::KeepDraft { draft } => drafts::keep(shared, *draft).await,
        Command::Submit { draft, when, report } => drafts::submit(shared, *draft, when, report).await,
        Command::SubmitRaw { account, raw, when, report } => {
            ready::submit(shared, account, ready::Source::Bytes(raw), when, report).await
        }
        Command::SubmitFile { account, path, when, report } => {
            ready::submit(shared, account, ready::Source::File(path), when, report).await
        }
        Command::CancelSubmission { id } => submission::cancel(shared, id).await,
        Command::Look { mailbox } => account::look(shared, mailbox).await.map(|()| Receipt::default()),
        Command::FetchWhole { ids } => {
            let count = account::fetch_whole(shared, ids).await?;
            Ok(Receipt { count, ..Receipt::default() })
        }
        Command::FetchAgain { mailbox } => missing::fetch_again(shared, mailbox).await,
        Command::CarryRemovals { account, carry } => accounts::carry_removals(shared, &account, carry).await,
        Command::Watch { mailbox, watch } => accounts::watch(shared, mailbox, watch).await,
        Command::Reschedule { id, when } => submission::reschedule(shared, id, when).await,
        Command::MarkSent { id } => submission::mark_sent(shared, id).await,
        Command::RetrySubmission { id, corrected } => submission::retry(shared, id, corrected).await,
    }
}

/// Carries out what may give mailboxes other paths: the settings name those that are watched by them.
async fn renaming(shared: &Arc<Shared>, work: impl Future<Output = Result<Receipt>>) -> Result<Receipt> {
    let before = accounts::watched(shared).await?;
    let receipt = work.await?;
    accounts::follow_watched(shared, before).await?;
    Ok(receipt)
}
