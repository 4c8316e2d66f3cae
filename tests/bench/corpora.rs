//! Messages and pages that nobody here wrote, one by one through everything that a message passes: stored (import),
//! indexed, shown (fields, text, trust, headers, attachments, embedded messages), drawn (every tile, all text selected).
//!
//! `cargo bench --bench corpora -- PATH…`: every file below the paths is a message, but `.html` is a page, which is only
//! drawn, and `.mbox` is as many messages as it holds. Printed are panics (also those that were caught), what hung
//! and what the drawing process gave up, by name, and for each stage its sum and the slowest; then the largest
//! conversations, for a person to judge whether strangers were joined.

#[path = "corpora/files.rs"]
mod files;
#[path = "corpora/tally.rs"]
mod tally;

use files::File;
use postwren::mail::mime;
use postwren::mail::prose::Prose;
use postwren::service::model::{Attachment, Import, LOCAL, MailboxId, MailboxPath, MessageId, Query, Quoting};
use postwren::service::page::{self, Document, RenderError, Renderer, View};
use postwren::service::{Handle, Mode, Platform, Problem};
use std::collections::HashMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;
use tally::{Stage, Tally};

/// What has not ended by then hangs.
const HANG: Duration = Duration::from_secs(30);
/// Rows of a tile, as the window cuts them.
const TILE: u32 = 600;
/// Conversations that are printed.
const LARGEST: usize = 20;
/// Messages within each other that are opened.
const DEEPEST: usize = 4;

fn main() -> ExitCode {
    // The process that draws is this very program.
    if std::env::args().nth(1).is_some_and(|argument| argument == postwren::render::WORKER) {
        return page::run_worker();
    }
    let paths: Vec<PathBuf> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).map(PathBuf::from).collect();
    if paths.is_empty() {
        println!("corpora: give it directories of messages and pages");
        return ExitCode::SUCCESS;
    }
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let passed = runtime.block_on(run(&paths));
    // What hangs is not waited for.
    runtime.shutdown_background();
    if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

async fn run(paths: &[PathBuf]) -> bool {
    let files = files::below(paths);
    let directory = tempfile::tempdir().expect("a directory");
    let platform = Platform::system(Some(directory.path().join("profile")));
    let handle = postwren::service::start(platform, Mode::Batch).await.expect("a service");
    let mut bench =
        Bench { handle, directory: directory.path().to_path_buf(), tally: Tally::start(), known: 0, other: 0 };
    let mut names = HashMap::new();
    for file in files.iter().filter(|file| !file.is_page()) {
        bench.take(file, &mut names).await;
    }
    bench.show(&names).await;
    let renderer = Renderer::new();
    for file in files.iter().filter(|file| file.is_page()) {
        bench.page(&renderer, file).await;
    }
    bench.conversations(&names).await;
    println!(
        "{} files; {} hold messages that others hold, {} are taken for no mail",
        files.len(),
        bench.known,
        bench.other
    );
    let passed = bench.tally.print();
    bench.handle.stop().await;
    passed
}

struct Bench {
    handle: Handle,
    directory: PathBuf,
    tally: Tally,
    /// Files whose messages were here already.
    known: u64,
    /// Files that are taken for no mail.
    other: u64,
}

/// A message's bytes and the file that it was in.
type Names = HashMap<Vec<u8>, String>;

impl Bench {
    /// Stores and indexes a file.
    async fn take(&mut self, file: &File, names: &mut Names) {
        let bytes = file.message();
        let path = self.directory.join(if file.is_mbox() { "one.mbox" } else { "one.eml" });
        std::fs::write(&path, &bytes).expect("room for a message");
        names.insert(bytes, file.name.clone());
        let import = Import {
            paths: vec![path],
            account: LOCAL.into(),
            mailbox: MailboxPath("Corpora".into()),
            quoting: Quoting::Mboxrd,
        };
        match self.tally.time(Stage::Store, &file.name, HANG, self.handle.import(import)).await {
            Some(Ok(done)) => {
                self.known += done.known;
                if done.failed > 0 || done.passed_over > 0 {
                    self.other += 1;
                    self.unstored(file).await;
                }
            }
            Some(Err(problem)) => self.tally.refused(Stage::Store, &file.name, &problem.detail),
            None => {}
        }
        if let Some(Err(problem)) = self.tally.time(Stage::Index, &file.name, HANG, self.handle.read_words()).await {
            self.tally.refused(Stage::Index, &file.name, &problem.detail);
        }
    }

    /// What is no mail to an import may come from a server all the same.
    async fn unstored(&mut self, file: &File) {
        let raw = file.message();
        let read = tokio::task::spawn_blocking(move || {
            std::hint::black_box((mime::summary(&raw), mime::searchable(&raw), Prose::of(&mime::content(&raw).text)));
        });
        if let Some(Err(error)) = self.tally.time(Stage::Show, &file.name, HANG, read).await {
            self.tally.refused(Stage::Show, &file.name, &error.to_string());
        }
    }

    /// Shows and draws every message that is stored.
    async fn show(&mut self, names: &Names) {
        let Some(mailbox) = self.mailbox().await else { return };
        let ids = self.ids(mailbox).await;
        for id in ids {
            let raw = self.handle.raw(id).await.unwrap_or_default();
            let name = names.get(&raw).cloned().unwrap_or_else(|| format!("message {id} of an mbox"));
            let shown = self.tally.time(Stage::Show, &name, HANG, shown(&self.handle, id)).await;
            if let Some(Err(problem)) = shown {
                self.tally.refused(Stage::Show, &name, &problem.detail);
            }
            let drawn = self.tally.time(Stage::Draw, &name, HANG, drawn(&self.handle, id)).await;
            match drawn {
                Some(Ok(true)) => self.tally.drawn += 1,
                Some(Ok(false)) => self.tally.without_html(),
                Some(Err(reason)) => self.tally.refused(Stage::Draw, &name, &reason),
                None => {}
            }
        }
    }

    async fn page(&mut self, renderer: &Renderer, file: &File) {
        let markup = String::from_utf8_lossy(&file.bytes()).into_owned();
        let work = async {
            let prepared = page::prepare_html(markup, false).await.map_err(|problem| problem.detail)?;
            let document = renderer.open(prepared.page, View::default()).await.map_err(|e| e.to_string())?;
            painted(&document).await.map_err(|e| e.to_string())
        };
        match self.tally.time(Stage::Draw, &file.name, HANG, work).await {
            Some(Ok(())) => self.tally.drawn += 1,
            Some(Err(reason)) => self.tally.refused(Stage::Draw, &file.name, &reason),
            None => {}
        }
    }

    async fn mailbox(&self) -> Option<MailboxId> {
        let all = self.handle.mailboxes(Some(LOCAL)).await.ok()?;
        all.into_iter().find(|mailbox| mailbox.path.0 == "Corpora").map(|mailbox| mailbox.id)
    }

    async fn ids(&self, mailbox: MailboxId) -> Vec<MessageId> {
        let query = postwren::service::model::ListQuery::flat(Query::Mailbox(mailbox));
        self.handle.list_ids(&query, 0..u64::MAX).await.expect("a list")
    }

    /// Prints the largest conversations: how many messages, from how many people, under which subjects.
    async fn conversations(&self, names: &Names) {
        let Some(mailbox) = self.mailbox().await else { return };
        let query = postwren::service::model::ListQuery::threaded(Query::Mailbox(mailbox));
        let mut rows = self.handle.list(&query, 0..1_000_000).await.expect("conversations").rows;
        println!("{} conversations; the largest:", rows.len());
        rows.sort_by_key(|row| std::cmp::Reverse(row.conversation.as_ref().map_or(1, |c| c.count)));
        for row in rows.iter().take(LARGEST) {
            let whole = self.handle.conversation(row.row.id, 0..10_000).await.expect("a conversation");
            let mut subjects: Vec<&str> = whole.messages.iter().map(|m| m.row.subject.as_str()).collect();
            subjects.sort_unstable();
            subjects.dedup();
            let mut people: Vec<&str> =
                whole.messages.iter().flat_map(|m| &m.row.from).map(|from| from.addr.as_str()).collect();
            people.sort_unstable();
            people.dedup();
            let raw = self.handle.raw(row.row.id).await.unwrap_or_default();
            let name = names.get(&raw).map(String::as_str).unwrap_or_default();
            println!("{:5} messages, {:4} people, from {name}: {subjects:?}", whole.total, people.len());
        }
        let joined = rows.iter().filter(|row| row.conversation.as_ref().is_some_and(|c| c.count > 1)).count();
        println!("{joined} of more than one message");
    }
}

/// All that a reader asks of a message.
async fn shown(handle: &Handle, id: MessageId) -> Result<(), Problem> {
    let view = handle.message(id).await?;
    std::hint::black_box(Prose::of(&view.content.text));
    handle.headers(id).await?;
    handle.source(id, 0, 1 << 20).await?;
    let mut waiting: Vec<(Vec<usize>, Vec<Attachment>)> = vec![(Vec::new(), view.content.attachments)];
    while let Some((path, attachments)) = waiting.pop() {
        for attachment in attachments {
            handle.attachment_within(id, path.clone(), attachment.index).await?;
            if attachment.media_type.eq_ignore_ascii_case("message/rfc822") && path.len() < DEEPEST {
                let mut inner = path.clone();
                inner.push(attachment.index);
                let content = handle.message_within(id, inner.clone()).await?;
                waiting.push((inner, content.attachments));
            }
        }
    }
    Ok(())
}

/// Whether a message has HTML, which is then drawn whole.
async fn drawn(handle: &Handle, id: MessageId) -> Result<bool, String> {
    let page = handle.page(id, View::default(), false).await.map_err(|problem| problem.detail)?;
    let Some(page) = page else { return Ok(false) };
    let document = page.document.map_err(|error| error.to_string())?;
    painted(&document).await.map_err(|error| error.to_string())?;
    Ok(true)
}

async fn painted(document: &Document) -> Result<(), RenderError> {
    let (_, height) = document.layout().pixels;
    let mut top = 0;
    while top < height {
        document.tile(top, TILE).await?;
        top = top.saturating_add(TILE);
    }
    document.select_all().await?;
    document.find("e").await?;
    Ok(())
}
