//! `postwren show ID [--raw|--text|--html]`

use super::failure::{Failure, in_words};
use super::{message, output, plain};
use crate::fl;
use crate::i18n::{reading, units};
use crate::service::model::{Attachment, Defect, MessageId, MessageView};
use crate::service::{Command, Handle, Problem};
use jiff::Zoned;

mod cards;
mod trust;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The message, as `postwren list` names it
    #[arg(value_name = "ID")]
    id: MessageId,
    /// The message as it is stored, byte for byte
    #[arg(long, group = "form")]
    raw: bool,
    /// Its readable text alone
    #[arg(long, group = "form")]
    text: bool,
    /// Its HTML part alone
    #[arg(long, group = "form")]
    html: bool,
}

pub async fn run(args: Args, handle: &Handle) -> Result<(), Failure> {
    let missing = fetch(args.id, handle).await?;
    if args.raw {
        return output::print_bytes(&handle.raw(args.id).await?);
    }
    let view = handle.message(args.id).await?;
    if args.html {
        return match &view.content.html {
            Some(html) => output::print(&with_end(plain::text(html))),
            None => Err(Failure::Sentence(fl!("cli-show-no-html"))),
        };
    }
    if args.text {
        return output::print(&with_end(plain::text(&view.content.text)));
    }
    output::print(&render(&view, &Zoned::now()))?;
    if let Some(problem) = missing {
        output::remark(&fl!("cli-show-headers", reason = in_words(&problem)));
    }
    Ok(())
}

/// Fetches the message where only its headers are here; why that was not possible.
async fn fetch(id: MessageId, handle: &Handle) -> Result<Option<Problem>, Problem> {
    if !handle.message(id).await?.row.headers_only {
        return Ok(None);
    }
    Ok(handle.execute(Command::FetchWhole { ids: vec![id] }).await.err())
}

/// Ends the last line, so that the prompt stands on its own.
fn with_end(mut text: String) -> String {
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

/// The fields a reader looks at, the text, the attachments and what is wrong with it.
fn render(view: &MessageView, now: &Zoned) -> String {
    let envelope = &view.content.envelope;
    let mut out = String::new();
    for (name, value) in [
        (fl!("cli-field-from"), message::addresses(&envelope.from)),
        (fl!("cli-field-reply-to"), message::addresses(&envelope.reply_to)),
        (fl!("cli-field-to"), message::addresses(&envelope.to)),
        (fl!("cli-field-cc"), message::addresses(&envelope.cc)),
        (fl!("cli-field-bcc"), message::addresses(&envelope.bcc)),
        (fl!("cli-field-date"), units::full_date_with_zone(view.row.date, now)),
        (fl!("cli-field-subject"), envelope.subject.clone()),
    ] {
        if !value.is_empty() {
            out.push_str(&format!("{name}: {}\n", plain::line(&value)));
        }
    }
    let remarks = view.content.defects.iter().map(defect);
    let remote = (view.content.remote > 0).then(|| fl!("cli-show-remote", count = view.content.remote));
    let trust = trust::remarks(&view.trust);
    for remark in remarks.chain(remote).chain(view.content.seals.iter().map(reading::seal)).chain(trust) {
        out.push_str(&format!("! {}\n", plain::line(&remark)));
    }
    out.push('\n');
    for card in view.content.reports.iter().map(|report| cards::report(report, now)) {
        out.push_str(&format!("{card}\n"));
    }
    for card in view.content.invitations.iter().map(|invitation| cards::invitation(invitation, now)) {
        out.push_str(&format!("{card}\n"));
    }
    out.push_str(&with_end(plain::text(&view.content.text)));
    let listed: Vec<&Attachment> = view.content.attachments.iter().collect();
    if !listed.is_empty() {
        out.push_str(&format!("\n{}\n", fl!("cli-show-attachments")));
        for attachment in listed {
            let (name, kind) = (plain::line(&attachment.file_name), plain::line(&attachment.media_type));
            out.push_str(&format!("  {name}  {kind}  {}\n", units::size(attachment.size)));
            for danger in &attachment.dangers {
                out.push_str(&format!("    ! {}\n", reading::danger(*danger)));
            }
        }
    }
    out
}

/// What is wrong with a message, in words.
fn defect(defect: &Defect) -> String {
    match defect {
        Defect::NoHeaders => fl!("cli-defect-no-headers"),
        Defect::TooDeep => fl!("cli-defect-too-deep"),
        Defect::TooManyParts => fl!("cli-defect-too-many-parts"),
        Defect::Charset(name) => fl!("cli-defect-charset", name = name.as_str()),
        Defect::UnknownCharset(name) => fl!("cli-defect-unknown-charset", name = name.as_str()),
        Defect::Encoding => fl!("cli-defect-encoding"),
        Defect::Unterminated => fl!("cli-defect-unterminated"),
        Defect::Date => fl!("cli-defect-date"),
        Defect::From => fl!("cli-defect-from"),
        Defect::Disguise => fl!("cli-defect-disguise"),
        Defect::Shortened => fl!("cli-defect-shortened"),
        other => reading::defect(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::envelope::Envelope;
    use crate::service::model::{Address, Content, Flags, MailboxId, Row, TextOrigin, Trust};

    #[test]
    fn a_message_is_shown_with_its_defects_and_attachments() {
        let from = vec![Address { name: "Charles\u{1b}[31m Babbage".into(), addr: "charles@babbage.example".into() }];
        let to = vec![Address { name: String::new(), addr: "ada@lovelace.example".into() }];
        let subject = "The engine".to_string();
        let content = Content {
            envelope: Envelope { from: from.clone(), to, subject: subject.clone(), ..Envelope::default() },
            text: "Dear Ada,\u{1b}[2J\nit works.".into(),
            origin: TextOrigin::Plain,
            html: None,
            attachments: vec![Attachment {
                file_name: "mill.pdf".into(),
                media_type: "application/pdf".into(),
                size: 1_400_000,
                ..Attachment::default()
            }],
            defects: vec![Defect::Date],
            ..Content::default()
        };
        let row = Row {
            id: MessageId(1),
            mailbox: MailboxId(1),
            from,
            to: Vec::new(),
            subject,
            preview: String::new(),
            date: 1_795_423_320,
            flags: Flags::empty(),
            attachments: 1,
            size: 1,
            keywords: Vec::new(),
            headers_only: false,
        };
        let view = MessageView { row, account: "ada".into(), content, trust: Trust::default() };
        let now: Zoned = "2026-11-24T10:00:00+01:00[Europe/Berlin]".parse().expect("a moment");
        let expected = "From: Charles\u{fffd}[31m Babbage <charles@babbage.example>\n\
                        To: ada@lovelace.example\n\
                        Date: Mon 23 Nov 2026, 09:42 +01:00\n\
                        Subject: The engine\n\
                        ! It has no date that can be read; shown is when it arrived.\n\
                        \n\
                        Dear Ada,\u{fffd}[2J\n\
                        it works.\n\
                        \n\
                        Attachments:\n  mill.pdf  application/pdf  1.4\u{a0}MB\n";
        assert_eq!(render(&view, &now), expected);
    }
}
