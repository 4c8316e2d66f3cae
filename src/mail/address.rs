//! Addresses of people (RFC 5322, 3.4), read generously and written strictly.

use serde::{Deserialize, Serialize};

/// One address: an addr-spec with, perhaps, a display name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Address {
    /// Display name, decoded; empty where there is none.
    pub name: String,
    /// `local-part@domain` as received. May be malformed in mail from outside.
    pub addr: String,
}
