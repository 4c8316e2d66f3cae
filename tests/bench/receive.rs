//! A first download from Dovecot over TLS, beside mbsync in the same run: ours is durable and indexed. The same
//! until every word is searchable, beside mbsync and then `mu index`.
//!
//! `cargo bench --bench receive -- [MESSAGES [RUNS]]`, as root, with dovecot-imapd, isync, maildir-utils and openssl.
//! `POSTWREN_CORPUS=DIRECTORY` takes the files of a directory in the place of made-up messages.

mod clients;
mod corpus;
mod dovecot;
mod measure;
mod program;

use clients::{Mbsync, Postwren};
use dovecot::Dovecot;
use measure::{Cost, median, ratio};

fn main() {
    let numbers: Vec<usize> = std::env::args().filter_map(|a| a.parse().ok()).collect();
    let (count, runs) = (numbers.first().copied().unwrap_or(10_000), numbers.get(1).copied().unwrap_or(3));
    let server = Dovecot::start();
    let bytes = corpus::fill(&server, count);
    println!("{count} messages, {:.1} MB, Dovecot over TLS on loopback; medians of {runs} runs", bytes as f64 / 1e6);
    let mut costs: [Vec<Cost>; 6] = Default::default();
    // Once for the server's own caches.
    Mbsync::new(&server, false).sync();
    for _ in 0..runs {
        let [ours, again, synced, unsynced, searchable, indexed] = &mut costs;
        let postwren = Postwren::new(&server);
        ours.push(postwren.sync());
        assert_eq!(postwren.inbox().len(), count, "messages on disk");
        again.push(postwren.sync());
        searchable.push(Postwren::new(&server).sync_searchable());
        let mbsync = Mbsync::new(&server, true);
        synced.push(mbsync.sync());
        indexed.push(mbsync.index());
        unsynced.push(Mbsync::new(&server, false).sync());
    }
    let [ours, again, synced, unsynced, searchable, indexed] = costs.map(median);
    println!("postwren sync, durable and indexed   {ours}");
    println!("postwren sync, nothing new           {again}");
    println!("mbsync, FSync yes (its default)      {synced}");
    println!("mbsync, FSync no                     {unsynced}");
    println!("postwren sync --searchable           {searchable}");
    println!("mu index after mbsync                {indexed}");
    ratio("mbsync FSync yes", ours, synced);
    ratio("mbsync FSync no", ours, unsynced);
    ratio("mbsync FSync yes and mu index, searchable", searchable, synced + indexed);
}
