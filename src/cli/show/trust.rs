//! What is said of a message's sender, below its fields.

use crate::i18n::reading::trust;
use crate::service::model::{Transit, Trust, Verdict};

/// One line each. Where nobody checked and nothing is odd there is nothing to say.
pub fn remarks(found: &Trust) -> Vec<String> {
    let mut remarks: Vec<String> = Vec::new();
    if found.verdict != Verdict::NotChecked {
        let checks: Vec<String> = found.checks.iter().take(6).map(trust::check).collect();
        let checks = if checks.is_empty() { String::new() } else { format!(" {}", checks.join(", ")) };
        remarks.push(format!("{}{checks}", trust::verdict(found)));
    }
    remarks.extend(found.suspicions.iter().map(trust::suspicion));
    remarks.extend(found.notes.iter().map(trust::note));
    if found.transit == Transit::Clear {
        remarks.push(trust::transit(found.transit));
    }
    remarks
}
