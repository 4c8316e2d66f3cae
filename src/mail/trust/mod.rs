//! Who really sent a message, as far as anything proves it.
//!
//! Three kinds of evidence, none of which is fetched when a message is opened (that would tell its sender):
//! - what the person's own mail server found and wrote above or beside its own Received ([`results`]); such fields
//!   written by anybody else are ignored and their forging is told;
//! - what Postwren itself found when the message arrived, where the person wanted that and the server says nothing
//!   ([`Arrival`], stored by the storage floor);
//! - what the header alone shows: names that contain another address, hidden characters, mixed scripts
//!   ([`sender`]), and which hops were encrypted ([`received`]), of which only those of the own server are certain.

mod received;
mod results;
mod script;
mod sender;
#[cfg(test)]
mod tests;
mod verdict;

use serde::{Deserialize, Serialize};

pub use received::{Origin, origin};
pub use results::{Authority, aligned, has_results};
pub use verdict::assess;

/// All that is known of a message's sender.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Trust {
    pub verdict: Verdict,
    /// Where the checks come from.
    pub evidence: Evidence,
    /// Single results, the weightiest first (DMARC, DKIM, SPF).
    pub checks: Vec<Check>,
    /// The domain that was proved, where [`Verdict::Verified`].
    pub domain: Option<String>,
    /// Reasons for [`Verdict::Suspicious`].
    pub suspicions: Vec<Suspicion>,
    /// Worth knowing, but usual: lists, newsletters and offices do so.
    pub notes: Vec<Note>,
    /// The way here, the last hop first.
    pub hops: Vec<Hop>,
    pub transit: Transit,
}

/// The one word about a message's sender.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The domain of the sender's address is proved. That says nothing about who owns it.
    Verified,
    /// The checks say that the message does not come from that domain.
    Failed,
    /// There are results, and they prove nothing.
    Unknown,
    /// Nobody whom we believe checked it.
    #[default]
    NotChecked,
    /// It pretends something: see [`Trust::suspicions`].
    Suspicious,
}

/// Who found the results.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "by")]
pub enum Evidence {
    #[default]
    None,
    /// The person's own server, by its authserv-id.
    Server { name: String },
    /// Postwren, when the message arrived, Unix seconds.
    Arrival { at: i64 },
}

/// One check and what it found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    pub method: CheckMethod,
    pub outcome: Outcome,
    /// The domain that it is about: signer, envelope sender, or From.
    pub domain: Option<String>,
    /// That domain belongs to the address in From.
    pub aligned: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckMethod {
    /// RFC 7489, RFC 9989.
    Dmarc,
    /// RFC 6376.
    Dkim,
    /// RFC 7208.
    Spf,
    /// RFC 8617.
    Arc,
}

/// What a check can end with (RFC 8601, 2.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Pass,
    Fail,
    SoftFail,
    Neutral,
    /// There is nothing to check.
    None,
    /// It could not be looked up this time.
    TempError,
    /// What is published there is wrong.
    PermError,
    /// It passed, but not as the server wants it.
    Policy,
}

/// What Postwren found when a message arrived.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrival {
    /// Unix seconds.
    pub at: i64,
    pub checks: Vec<Check>,
}

/// A pretence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "suspicion")]
pub enum Suspicion {
    /// The sender's name contains an address that is not theirs.
    NameIsAddress { shown: String, real: String },
    /// Control, direction or invisible characters in the sender's name or address.
    Hidden,
    /// A domain of letters from scripts that no language mixes; `ascii` is how it is registered.
    MixedScripts { domain: String, ascii: String },
    /// A domain that looks like a well-known script's letters but is all of another, such as Cyrillic for Latin.
    LookAlike { domain: String, ascii: String },
    /// Several From fields, or several authors without a Sender (RFC 5322, 3.6.2): programs show different ones.
    SeveralAuthors,
    /// Results in the name of the own server that it did not write.
    ForgedResults,
}

/// Something usual that is good to know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "note")]
pub enum Note {
    /// Another address sent it on the author's behalf.
    SenderDiffers { address: String },
    /// Answers go elsewhere.
    ReplyToDiffers { address: String },
    /// Failures go elsewhere.
    ReturnPathDiffers { address: String },
    /// The domain has letters beyond ASCII; `ascii` is how it is registered.
    International { domain: String, ascii: String },
}

/// One step of the way, as a Received field tells it (RFC 5321, 4.4).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Hop {
    pub from: Option<String>,
    pub by: Option<String>,
    /// The word after `with` (RFC 3848), such as `ESMTPS`.
    pub protocol: Option<String>,
    pub security: HopSecurity,
    /// Unix seconds.
    pub at: Option<i64>,
    /// Written by the person's own server, so nobody else could forge it.
    pub certain: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "security")]
pub enum HopSecurity {
    /// TLS; its version as told, such as `TLS1.3`.
    Encrypted {
        version: Option<String>,
    },
    /// Within one machine.
    Local,
    Clear,
    /// Nothing is said.
    #[default]
    Unknown,
}

/// Whether it was encrypted on its way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Transit {
    /// Every hop that left a machine says so.
    Encrypted,
    /// Some hops were in the clear.
    Clear,
    /// No hop says that it was in the clear, and some say nothing.
    #[default]
    Unknown,
}
