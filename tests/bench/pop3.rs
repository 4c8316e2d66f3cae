//! A first download from Dovecot by POP3 over TLS, beside mpop in the same run: ours is durable and indexed, mpop's is
//! durable too. Mail stays on the server.
//!
//! `cargo bench --bench pop3 -- [MESSAGES [RUNS]]`, as root, with dovecot-pop3d, mpop and openssl installed.
//! `POSTWREN_CORPUS=DIRECTORY` takes the files of a directory in the place of made-up messages.

mod clients;
mod corpus;
mod dovecot;
mod measure;
mod program;

use clients::{Mpop, Postwren};
use dovecot::Dovecot;
use measure::{Cost, median, ratio};

fn main() {
    let numbers: Vec<usize> = std::env::args().filter_map(|a| a.parse().ok()).collect();
    let (count, runs) = (numbers.first().copied().unwrap_or(10_000), numbers.get(1).copied().unwrap_or(3));
    let server = Dovecot::start();
    let bytes = corpus::fill(&server, count);
    println!(
        "{count} messages, {:.1} MB, Dovecot's POP3 over TLS on loopback; medians of {runs} runs",
        bytes as f64 / 1e6
    );
    let mut costs: [Vec<Cost>; 4] = Default::default();
    // Once for the server's own caches.
    Mpop::new(&server).fetch();
    for _ in 0..runs {
        let [ours, again, theirs, theirs_again] = &mut costs;
        let postwren = Postwren::by_pop3(&server);
        ours.push(postwren.sync());
        assert_eq!(postwren.inbox().len(), count, "messages on disk");
        again.push(postwren.sync());
        let mpop = Mpop::new(&server);
        theirs.push(mpop.fetch());
        assert_eq!(mpop.inbox().len(), count, "messages on disk");
        theirs_again.push(mpop.fetch());
    }
    let [ours, again, theirs, theirs_again] = costs.map(median);
    println!("postwren sync, durable and indexed   {ours}");
    println!("postwren sync, nothing new           {again}");
    println!("mpop, durable                        {theirs}");
    println!("mpop, nothing new                    {theirs_again}");
    ratio("mpop", ours, theirs);
    ratio("mpop, nothing new", again, theirs_again);
}
