//! Commands on whole conversations: the messages that they are about are looked up, and the command is theirs.

use crate::service::command::Command;
use crate::service::state::{Result, Shared};

/// The command about all messages of the conversations of its messages. What is not about messages stays as it is.
pub(super) async fn widened(shared: &Shared, mut command: Command) -> Result<Command> {
    while let Command::OnConversations(inner) = command {
        command = *inner;
    }
    if let Command::SetFlags { ids, .. }
    | Command::SetKeywords { ids, .. }
    | Command::Move { ids, .. }
    | Command::MoveToRole { ids, .. }
    | Command::Copy { ids, .. }
    | Command::Delete { ids } = &mut command
    {
        let newest = std::mem::take(ids);
        *ids = shared.db(move |store| store.whole_conversations(&newest)).await?;
    }
    Ok(command)
}
