//! What is said after a change that the server does not know yet.

use super::failure::Failure;
use super::output;
use crate::fl;
use crate::i18n::units;
use crate::service::Receipt;

/// “3 messages changed here; `postwren sync` carries it out on the server.”
pub fn tell(receipt: &Receipt) -> Result<(), Failure> {
    output::line(&fl!("cli-changed", messages = units::messages(receipt.count as u64)))
}
