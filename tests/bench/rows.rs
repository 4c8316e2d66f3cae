//! Made-up rows of a list, for sizes whose files would take an hour to write.

use postwren::mail::address::Address;
use postwren::mail::envelope::Envelope;
use postwren::mail::flags::Flags;
use postwren::storage::RowAlone;

/// A message as mailboxes have them: two in five answer one of the last hundred before, the rest are by themselves.
pub fn row(n: u32) -> RowAlone {
    let random = fastrand::Rng::with_seed(u64::from(n) + 1).u32(..);
    let date = 1_500_000_000 + i64::from(n) * 97;
    let id = |n: u32| format!("{:x}.{:08x}{n:x}@mail{}.example.org", n.wrapping_mul(2_654_435_761), n ^ 0x5bd1, n % 97);
    let person = |n: u32| Address {
        name: format!("{} {}", NAMES[(n % 16) as usize], NAMES[(n / 16 % 16) as usize]),
        addr: format!("person{}@host{}.example.org", n % 4096, n % 41),
    };
    let (root, is_reply) = root_of(n);
    let mut references = Vec::new();
    if is_reply {
        references.push(id(root));
        // The parent is often the root itself.
        let parent = n.saturating_sub(1 + random % 50);
        if root_of(parent).0 == root && parent != root {
            references.push(id(parent));
        }
    }
    let subject = format!(
        "{}{} {} of {root}",
        if is_reply { "Re: " } else { "" },
        NAMES[(root % 16) as usize],
        NAMES[(root / 7 % 16) as usize]
    );
    RowAlone {
        uid: n + 1,
        flags: Flags(random & 0b101),
        arrival: date,
        size: u64::from(random % 90_000) + 700,
        envelope: Envelope {
            message_id: Some(id(n)),
            in_reply_to: references.last().cloned().into_iter().collect(),
            references,
            from: vec![person(random)],
            to: vec![person(1)],
            subject,
            date: Some(date),
            ..Envelope::default()
        },
        preview: "The first words of the text, about as long as they are in everyday mail, and then some.".into(),
        attachments: u32::from(random.is_multiple_of(6)),
    }
}

const NAMES: [&str; 16] = [
    "Ada", "Charles", "Engine", "Mill", "Brunel", "Grace", "Alan", "Report", "Invoice", "Meeting", "Minutes", "Draft",
    "Question", "Holiday", "Order", "Zuse",
];

/// The first message of a message's conversation, and whether it answers it.
fn root_of(n: u32) -> (u32, bool) {
    let random = fastrand::Rng::with_seed(u64::from(n) + 77).u32(..);
    if random % 5 < 2 && n > 100 {
        // One in ten of the last hundred is what others answer.
        let base = n.saturating_sub(1 + random / 5 % 100) / 10 * 10;
        return if base == n || root_of(base).1 { (n, false) } else { (base, true) };
    }
    (n, false)
}
