//! Writing mail: the draft, how a reply or a forward begins, and the RFC 5322 message built of it.

pub mod draft;
