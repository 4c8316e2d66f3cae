//! Made-up values for the tests of the main screen.

use crate::gui::action::Part;
use crate::service::model::*;

pub fn account(name: &str) -> AccountView {
    let endpoint = |protocol, port| Endpoint { protocol, host: "mail.example".into(), port, security: Security::Tls };
    AccountView {
        account: Account {
            name: name.into(),
            person: "Ada Lovelace".into(),
            email: format!("{name}@mail.example"),
            user: name.into(),
            incoming: endpoint(Protocol::Imap, 993),
            outgoing: endpoint(Protocol::Smtp, 465),
            auth: AuthMethod::Password,
            secret: SecretSource::Keyring,
            ca_file: None,
            pop3_keep: Pop3Keep::Always,
            ..Account::default()
        },
        connection: Connection::Idle,
        questions: Vec::new(),
    }
}

pub fn mailbox(id: i64, account: &str, path: &str, role: Option<Role>) -> MailboxView {
    MailboxView {
        id: MailboxId(id),
        account: account.into(),
        path: MailboxPath(path.into()),
        role,
        selectable: true,
        unread: 0,
        total: 0,
        subscribed: true,
    }
}

pub fn row(id: u64) -> Row {
    Row {
        id: MessageId(id),
        mailbox: MailboxId(1),
        from: vec![Address { name: format!("Person {id}"), addr: format!("p{id}@mail.example") }],
        to: Vec::new(),
        subject: format!("Subject {id}"),
        preview: format!("Preview {id}"),
        date: 1_764_000_000,
        flags: Flags::empty(),
        attachments: 0,
        size: 1000,
        keywords: Vec::new(),
        headers_only: false,
    }
}

/// A message with this text.
pub fn opened(id: u64, text: &str) -> MessageView {
    let content = Content { text: text.into(), ..Content::default() };
    MessageView { row: row(id), account: "ada".into(), content, trust: Trust::default() }
}

/// A conversation of these messages, all in the same mailbox.
pub fn conversation(ids: std::ops::RangeInclusive<u64>) -> ConversationView {
    let place = |id| ConversationPlace { id: MessageId(id), mailbox: MailboxId(1), account: "ada".into() };
    let message = |id| ConversationMessage { row: row(id), places: vec![place(id)] };
    let messages: Vec<ConversationMessage> = ids.map(message).collect();
    ConversationView { id: ConversationId(1), start: 0, total: messages.len() as u64, messages }
}

/// A part of a mailbox whose ids count down: the row at position p has the id total − p.
pub fn page(range: std::ops::Range<u64>, total: u64) -> Part {
    let end = range.end.min(total);
    let rows = (range.start..end).map(|position| ListRow { row: row(total - position), conversation: None }).collect();
    Part { start: range.start, rows, total, unread: total, ..Part::default() }
}
