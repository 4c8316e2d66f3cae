//! What other programs do to an account's Maildirs is carried to its server like what the person does here: by
//! queued operations. Flags and moves and new messages at once; removals only by the person's word.
//!
//! All mailboxes that changed are looked at before anything is concluded, and again while messages turn out to be gone:
//! where a message was moved to is there before it is gone. So one that left a mailbox and came to another under a new
//! name was moved and not removed ([`moves`]). A removal is queued as a move to the Trash.
//! Without the person's word it waits as such a move that is not due ([`HELD`]): the message stays on the server,
//! and is not fetched again before the answer.

mod folders;
mod moves;
mod newcomers;
mod watch;

pub(super) use newcomers::Newcomers;
pub(super) use watch::watch;

use super::account::worker::Worker;
use super::event::Event;
use super::model::{Protocol, Question};
use super::problem::{Problem, ProblemKind};
use super::problem_from::of_storage;
use super::reason;
use super::state::{AccountState, Result, locked};
use super::submission::role_mailbox;
use crate::mail::account::Account;
use crate::mail::ids::{MailboxId, MessageId};
use crate::mail::mailbox::{MailboxPath, Role};
use crate::storage::{
    self, Added, Error, Gone, NewOperation, Noticed, OpId, OpKind, OpState, Reconciled, Store, StoredMailbox, Survey,
};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Mutex;

/// The time from which a removal is due that waits for the person's word: the end of the year 9999.
pub(super) const HELD: i64 = 253_402_300_799;
/// Passes of one look while more and more messages are gone: somebody is at work there, and goes on.
const PASSES: usize = 4;
/// More removals at once than this, and than a tenth of the mailbox, are asked about every time.
const FEW: usize = 20;

/// Looks at every mailbox of the account that changed, and for new ones. What stays open is seen by the next look.
pub(super) async fn look(worker: &Worker) -> Result<()> {
    folders::look(worker).await?;
    let account = worker.account().to_string();
    let all = worker.shared.db(move |store| store.mailboxes(Some(&account))).await?;
    look_at(worker, all.into_iter().map(|mailbox| mailbox.id).collect()).await?;
    remind(worker).await
}

/// What waits for the person's word is told again once the service runs anew: nothing is forgotten by a restart.
async fn remind(worker: &Worker) -> Result<()> {
    if std::mem::replace(&mut worker.state.memory().removals_told, true) {
        return Ok(());
    }
    let account = worker.account().to_string();
    let waiting = worker.shared.db(unanswered).await?;
    let own = waiting.into_iter().filter(|(of, _)| *of == account);
    own.for_each(|(of, question)| worker.failed(question.problem.of(&of)));
    Ok(())
}

/// Removals that wait for the person's word, by account: a question for each mailbox.
pub(super) fn unanswered(store: &Store) -> storage::Result<Vec<(String, Question)>> {
    let mut counts: BTreeMap<(String, MailboxPath), u64> = BTreeMap::new();
    for operation in store.operations().due_at(HELD)? {
        if let Some(path) = operation.kind.paths().next().cloned() {
            let count = counts.entry((operation.account, path)).or_default();
            *count = count.saturating_add(1);
        }
    }
    let mut questions = Vec::new();
    for ((account, path), removals) in counts {
        let mailbox = store.find_mailbox(&account, &path)?.map(|mailbox| mailbox.id);
        let problem = removed_here(&account, &path, removals);
        questions.push((account, Question { mailbox, problem }));
    }
    Ok(questions)
}

fn removed_here(account: &str, path: &MailboxPath, removals: u64) -> Problem {
    let kind = ProblemKind::RemovedHere { mailbox: path.to_string(), removals };
    Problem::new(kind, "").of(account)
}

/// Looks at these mailboxes, as far as they changed, and where a message is gone from one of them, at all others of the
/// account. The value are those in which something stays open: they want another look soon.
pub(super) async fn look_at(worker: &Worker, ids: Vec<MailboxId>) -> Result<Vec<MailboxId>> {
    let changed = worker.shared.db(move |store| Ok(changed(store, ids))).await?;
    if changed.is_empty() {
        return Ok(Vec::new());
    }
    let state = worker.state.clone();
    let seen = worker
        .shared
        .change(move |store| {
            let mut look = Look::new(store, &state.account, &state.in_flight, &state.newcomers);
            let open = look.run(changed);
            look.end(!matches!(&open, Ok(open) if open.is_empty()));
            let open = open?;
            let Look { touched, problems, queued, missing, .. } = look;
            Ok((touched, problems, queued, missing, open))
        })
        .await?;
    let (touched, problems, queued, missing, open) = seen;
    touched.into_iter().for_each(|id| worker.changed(id));
    missing.into_iter().for_each(|(id, problem)| worker.tell(id, problem));
    if !problems.is_empty() {
        worker.state.memory().removals_told = true;
        worker.shared.emit(Event::Accounts);
    }
    problems.into_iter().for_each(|problem| worker.failed(problem));
    if queued {
        worker.shared.emit(Event::Queue { account: worker.account().to_string() });
        worker.state.work.notify_one();
    }
    Ok(open)
}

/// Takes in what was done to mailboxes of the account while the program did not run, and queues it. Of what is gone
/// nothing is concluded yet: a look does that.
pub(super) fn catch_up(store: &Store, account: &Account, ids: &[MailboxId]) -> storage::Result<()> {
    Look::new(store, account, &Mutex::default(), &Mutex::default()).take_in(ids).map(drop)
}

/// Compares a mailbox with its directory for the check-up, whatever its times say; what differs is queued like what a
/// look finds.
pub(super) fn compare(store: &Store, state: &AccountState, id: MailboxId) -> storage::Result<Reconciled> {
    let Some(mailbox) = store.mailbox(id)? else { return Ok(Reconciled::default()) };
    let mut look = Look::new(store, &state.account, &state.in_flight, &state.newcomers);
    let survey = store.survey(id, &mut |piece| look.queue_changes(&mailbox, piece))?;
    let removed = survey.done.removed.saturating_add(survey.gone.len() as u64);
    Ok(Reconciled { removed, ..survey.done })
}

/// Those that other programs may have changed. One that is gone meanwhile is nobody's concern.
fn changed(store: &Store, ids: impl IntoIterator<Item = MailboxId>) -> Vec<MailboxId> {
    ids.into_iter().filter(|id| !store.is_untouched(*id).unwrap_or(true)).collect()
}

/// One look at an account.
struct Look<'a> {
    store: &'a Store,
    in_flight: &'a Mutex<HashSet<OpId>>,
    newcomers: &'a Mutex<Newcomers>,
    account: &'a str,
    is_imap: bool,
    carry: Option<bool>,
    /// Messages that are to be brought to the server, in case they were moved here.
    appends: Vec<(Added, MailboxId)>,
    /// Those of which it is known that they were.
    followed: HashSet<MessageId>,
    touched: BTreeSet<MailboxId>,
    problems: Vec<Problem>,
    /// Mailboxes whose directory is gone.
    missing: BTreeMap<MailboxId, Problem>,
    queued: bool,
}

impl<'a> Look<'a> {
    fn new(
        store: &'a Store,
        account: &'a Account,
        in_flight: &'a Mutex<HashSet<OpId>>,
        newcomers: &'a Mutex<Newcomers>,
    ) -> Look<'a> {
        locked(newcomers).begin();
        let is_imap = account.incoming.protocol == Protocol::Imap;
        let (appends, followed, touched, problems, missing) = Default::default();
        let (carry, queued, account) = (account.carry_removals, false, account.name.as_str());
        Look {
            store,
            in_flight,
            newcomers,
            account,
            is_imap,
            carry,
            appends,
            followed,
            touched,
            problems,
            missing,
            queued,
        }
    }

    /// Whether something stays open: then the next look goes on with this one.
    fn end(&self, is_open: bool) {
        locked(self.newcomers).end(is_open);
    }

    /// The value are mailboxes in which something stays open.
    fn run(&mut self, ids: Vec<MailboxId>) -> storage::Result<Vec<MailboxId>> {
        let (mut ids, mut known) = (ids, BTreeSet::new());
        for pass in 1..=PASSES {
            let lost = self.take_in(&ids)?;
            let gone: BTreeSet<MessageId> =
                lost.iter().flat_map(|(_, survey)| &survey.gone).map(|one| one.id).collect();
            // Whither these went shows now, if it did not before.
            if gone.is_subset(&known) || pass == PASSES {
                return self.judge(lost, &known);
            }
            known.extend(gone);
            let all = self.store.mailboxes(Some(self.account))?;
            ids = changed(self.store, all.into_iter().map(|mailbox| mailbox.id));
        }
        Ok(Vec::new())
    }

    /// What other programs did in these mailboxes; those from which messages are gone.
    fn take_in(&mut self, ids: &[MailboxId]) -> storage::Result<Vec<(StoredMailbox, Survey)>> {
        let mut lost = Vec::new();
        for id in ids {
            let Some(mailbox) = self.store.mailbox(*id)? else { continue };
            // As the server has it: what is noticed is told to it.
            let store = self.store;
            let survey = store.survey(*id, &mut |piece| self.queue_changes(&mailbox, piece));
            match survey {
                Ok(survey) => {
                    if survey.done != Reconciled::default() {
                        self.touched.insert(*id);
                    }
                    if !survey.gone.is_empty() {
                        lost.push((mailbox, survey));
                    }
                }
                // Nothing is concluded; its synchronisation stops.
                Err(error @ Error::Missing { .. }) => {
                    self.missing.insert(*id, of_storage(error).of(self.account));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(lost)
    }

    /// Concludes what became of the messages that are gone, as far as they are `known` from an earlier pass.
    fn judge(
        &mut self,
        lost: Vec<(StoredMailbox, Survey)>,
        known: &BTreeSet<MessageId>,
    ) -> storage::Result<Vec<MailboxId>> {
        let mut open = Vec::new();
        for (mailbox, survey) in lost {
            self.touched.insert(mailbox.id);
            let count = survey.gone.len();
            let gone: Vec<Gone> = survey.gone.into_iter().filter(|one| known.contains(&one.id)).collect();
            let is_late = gone.len() < count;
            let is_open = if self.is_imap {
                self.conclude(&mailbox, gone, survey.total)?
            } else {
                self.store.let_go(mailbox.id, &gone.iter().map(|one| one.id).collect::<Vec<_>>())?;
                false
            };
            if is_open || is_late {
                open.push(mailbox.id);
            }
        }
        if self.is_imap {
            self.follow_held()?;
        }
        Ok(open)
    }

    fn enqueue(&mut self, kinds: Vec<OpKind>, not_before: i64) -> storage::Result<Vec<OpId>> {
        if kinds.is_empty() {
            return Ok(Vec::new());
        }
        self.queued = true;
        let (queue, account) = (self.store.operations(), self.account.to_string());
        let group = queue.new_group()?;
        let new: Vec<NewOperation> =
            kinds.into_iter().map(|kind| NewOperation { account: account.clone(), kind, not_before, group }).collect();
        queue.enqueue(&new)
    }

    /// Queues what other programs changed, before the index has it.
    fn queue_changes(&mut self, mailbox: &StoredMailbox, noticed: &Noticed) -> storage::Result<()> {
        if !self.is_imap {
            return Ok(());
        }
        // Letters may have got names meanwhile.
        let table = self.store.learn_keywords(mailbox.id, &[])?;
        let (path, validity) = (&mailbox.meta.path, mailbox.state.uid_validity);
        let mut kinds = Vec::new();
        for arrived in &noticed.arrived {
            let Some(from) = self.store.mailbox(arrived.from)? else { continue };
            let message = arrived.id;
            let waiting = self.store.operations().concerning(&[message])?;
            if waiting.last().is_some_and(|op| leads_to(&op.kind, path)) {
                // A crash of ours came before it was shown here.
                continue;
            }
            kinds.push(match (arrived.uid, from.state.uid_validity) {
                (None, _) if waiting.is_empty() => {
                    OpKind::Append { message, mailbox: path.clone(), flags: arrived.flags.system() }
                }
                (uid, validity) => OpKind::Move {
                    message,
                    message_id: arrived.message_id.clone(),
                    size: arrived.size,
                    from: from.meta.path,
                    uid: validity.zip(uid),
                    to: path.clone(),
                },
            });
            self.touched.extend([arrived.from, mailbox.id]);
        }
        for one in &noticed.flags {
            let (add, remove) = (one.after.without(one.before), one.before.without(one.after));
            let known = crate::mail::flags::Flags::SYSTEM.union(table.named());
            if !crate::mail::flags::Flags((add.0 | remove.0) & known.0).is_empty() {
                kinds.push(OpKind::change_flags((path.clone(), &table), one.id, validity.zip(one.uid), add, remove));
            }
        }
        self.enqueue(kinds, 0)?;
        for added in &noticed.added {
            // One of ours that a rebuild of the index brings back waits already.
            if !added.is_numbered && self.store.operations().concerning(&[added.id])?.is_empty() {
                let append = OpKind::Append { message: added.id, mailbox: path.clone(), flags: added.flags.system() };
                self.enqueue(vec![append], 0)?;
                locked(self.newcomers).note(added.id);
                self.appends.push((added.clone(), mailbox.id));
            }
        }
        Ok(())
    }

    fn removed(&mut self, mailbox: &StoredMailbox, gone: Vec<Gone>, total: u64) -> storage::Result<()> {
        let ids: Vec<MessageId> = gone.iter().map(|one| one.id).collect();
        let known: Vec<&Gone> = gone.iter().filter(|one| one.uid.is_some()).collect();
        if self.is_imap && !known.is_empty() {
            let many = known.len() > FEW.max(usize::try_from(total / 10).unwrap_or(usize::MAX));
            let emptied = total > 1 && gone.len() as u64 >= total;
            match self.carry {
                // They come again.
                Some(false) => self.store.expect_all(mailbox.id)?,
                Some(true) if !many && !emptied => drop(self.queue_removals(mailbox, &known, 0)?),
                _ => {
                    let held = self.queue_removals(mailbox, &known, HELD)?;
                    let problem = removed_here(self.account, &mailbox.meta.path, known.len() as u64);
                    let state = OpState { attempts: 0, not_before: HELD, reason: Some(reason::written(&problem)) };
                    let held: Vec<_> = held.into_iter().map(|id| (id, state.clone())).collect();
                    self.store.operations().update_all(&held)?;
                    self.problems.push(problem);
                }
            }
        }
        self.store.let_go(mailbox.id, &ids)
    }

    fn queue_removals(&mut self, mailbox: &StoredMailbox, gone: &[&Gone], due: i64) -> storage::Result<Vec<OpId>> {
        let (trash, kinds) = role_mailbox(self.store, self.account, Role::Trash, true)?;
        self.enqueue(kinds, 0)?;
        let from = &mailbox.meta.path;
        let kind = |one: &&Gone| {
            let (message, uid, message_id) = (one.id, one.uid, one.message_id.clone());
            if from.is_within(&trash.meta.path) {
                OpKind::Expunge { message, mailbox: from.clone(), uid, message_id }
            } else {
                OpKind::Move {
                    message,
                    message_id,
                    size: one.size,
                    from: from.clone(),
                    uid,
                    to: trash.meta.path.clone(),
                }
            }
        };
        self.enqueue(gone.iter().map(kind).collect(), due)
    }
}

/// Whether an operation brings its message to this mailbox.
fn leads_to(kind: &OpKind, path: &MailboxPath) -> bool {
    matches!(kind, OpKind::Move { to, .. } | OpKind::Copy { to, .. } | OpKind::Append { mailbox: to, .. } if to == path)
}

/// The person's answer about removals that wait: they are carried out, or the messages come again.
pub(super) fn answer(store: &Store, account: &str, carry: bool) -> storage::Result<usize> {
    let queue = store.operations();
    let held: Vec<_> = queue.pending(Some(account))?.into_iter().filter(|op| op.not_before == HELD).collect();
    if carry {
        queue.update_all(&held.iter().map(|op| (op.id, OpState::default())).collect::<Vec<_>>())?;
        return Ok(held.len());
    }
    // First the mailboxes: after a crash in between they are looked at in vain.
    let paths: BTreeSet<_> = held.iter().flat_map(|op| op.kind.paths()).collect();
    for path in paths {
        if let Some(mailbox) = store.find_mailbox(account, path)? {
            store.expect_all(mailbox.id)?;
        }
    }
    queue.cancel_all(&held.iter().map(|op| op.id).collect::<Vec<OpId>>())
}
