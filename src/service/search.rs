//! Searching: questions answered from the search database, and the task that fills it while the program runs.
//!
//! Words are read after their message is in the list, in steps of some hundred messages, and while an account
//! synchronises only in half of the time, so that mail comes first.

use super::event;
use super::model::{Connection, SearchOrder, SearchPage};
use super::state::{Result, Shared};
use super::view;
use crate::mail::search;
use crate::storage::{Indexed, Order};
use jiff::Zoned;
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// News comes in bursts: words are read when it was quiet for so long.
const QUIET: Duration = Duration::from_millis(500);
/// After trouble, such as a full disk.
const TROUBLE: Duration = Duration::from_secs(60);

/// Answers a typed line.
pub(super) async fn find(
    shared: &Shared,
    line: &str,
    typing: bool,
    order: SearchOrder,
    range: Range<u64>,
) -> Result<SearchPage> {
    let expression = search::parse(line, &Zoned::now(), typing);
    let order = match order {
        SearchOrder::Date => Order::Date,
        SearchOrder::Relevance => Order::Relevance,
    };
    let start = range.start;
    let found = shared.db(move |store| store.search(&expression, order, range)).await?;
    Ok(SearchPage {
        start,
        rows: found.rows.into_iter().map(view::row).collect(),
        searched: found.searched,
        waiting: found.waiting,
    })
}

/// Reads the words of every message that came; how many were read. `step` is told what is left.
pub(super) async fn catch_up(shared: &Shared, mut step: impl FnMut(Indexed)) -> Result<u64> {
    let mut read = 0_u64;
    loop {
        let done = shared.db(|store| store.index_words()).await?;
        read = read.saturating_add(done.read);
        step(done);
        if done.left == 0 {
            return Ok(read);
        }
    }
}

/// Keeps the search database filled until the service ends.
pub(super) async fn watch(shared: Arc<Shared>) {
    let mut stop = shared.stop.subscribe();
    tokio::select! {
        () = follow(&shared) => {}
        _ = stop.wait_for(|stop| *stop) => {}
    }
}

async fn follow(shared: &Arc<Shared>) {
    let mut events = shared.events.subscribe();
    loop {
        if let Err(problem) = fill(shared).await {
            tracing::warn!(%problem, "words were not read");
            sleep(TROUBLE).await;
        }
        if !event::mail_moved(&mut events).await {
            return;
        }
        sleep(QUIET).await;
        events = events.resubscribe();
    }
}

async fn fill(shared: &Arc<Shared>) -> Result<()> {
    loop {
        let begin = Instant::now();
        if shared.db(|store| store.index_words()).await?.left == 0 {
            return Ok(());
        }
        let synchronising = |connection| matches!(connection, Connection::Synchronising);
        if shared.accounts().iter().any(|state| synchronising(state.connection())) {
            sleep(begin.elapsed()).await;
        }
    }
}
