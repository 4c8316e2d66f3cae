//! Who a draft goes to.

use super::BuildError;
use super::draft::Draft;
use crate::mail::address::{self, Address, BadAddress};

/// The recipients of a draft, what was typed and not yet made an address included.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recipients {
    pub to: Vec<Address>,
    pub cc: Vec<Address>,
    pub bcc: Vec<Address>,
}

impl Recipients {
    pub fn all(&self) -> impl Iterator<Item = &Address> {
        self.to.iter().chain(&self.cc).chain(&self.bcc)
    }
}

/// Everyone a draft is for, each field read together with the text still unfinished in it.
///
/// # Errors
/// The first text that is no address: nothing a person typed is dropped silently.
pub fn recipients(draft: &Draft) -> Result<Recipients, BadAddress> {
    let [to, cc, bcc] = &draft.unfinished;
    let field = |chips: &[Address], typed: &str| -> Result<Vec<Address>, BadAddress> {
        let mut all = Vec::new();
        for chip in chips {
            match chip.is_valid() {
                true => all.push(chip.clone()),
                false => all.push(single(chip)?),
            }
        }
        for typed in address::parse_list(typed) {
            all.push(typed?);
        }
        Ok(all)
    };
    Ok(Recipients { to: field(&draft.to, to)?, cc: field(&draft.cc, cc)?, bcc: field(&draft.bcc, bcc)? })
}

/// A chip whose address is not valid as it stands, read once more, as typed.
fn single(chip: &Address) -> Result<Address, BadAddress> {
    let text = if chip.name.is_empty() { chip.addr.clone() } else { chip.to_string() };
    let bad = BadAddress { text: text.clone(), reason: address::BadAddressReason::NoAt };
    address::parse_list(&text).into_iter().next().unwrap_or(Err(bad))
}

/// The SMTP envelope of a draft: reverse-path and forward-paths, domains as A-labels, each recipient once, in the
/// order of To, Cc, Bcc.
///
/// # Errors
/// As [`recipients`]; no recipient at all; a From that no mail can come from.
pub fn envelope(draft: &Draft, from: &Address) -> Result<(String, Vec<String>), BuildError> {
    let reverse_path = address::to_wire(&from.addr).ok_or_else(|| BuildError::From(from.addr.clone()))?;
    let recipients = recipients(draft)?;
    let paths = unique(recipients.all());
    if paths.is_empty() {
        return Err(BuildError::NoRecipients);
    }
    Ok((reverse_path, paths))
}

/// Forward-paths without duplicates; what is no address is passed over.
pub fn unique<'a>(all: impl Iterator<Item = &'a Address>) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    all.filter_map(|a| address::to_wire(&a.addr)).filter(|path| seen.insert(path.clone())).collect()
}
