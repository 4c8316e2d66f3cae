//! What commands print: results to standard output, remarks to standard error.

use super::failure::Failure;
use super::plain;
use serde::Serialize;
use std::io::{IsTerminal, Write};

/// Results, as they are. A reader that went away ends the command without a complaint.
pub fn print(text: &str) -> Result<(), Failure> {
    print_bytes(text.as_bytes())
}

/// One line, made harmless.
pub fn line(text: &str) -> Result<(), Failure> {
    print(&format!("{}\n", plain::line(text)))
}

/// Bytes as they are stored.
pub fn print_bytes(bytes: &[u8]) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    out.write_all(bytes).and_then(|()| out.flush()).map_err(|error| Failure::output(&error))
}

/// A value as JSON, indented, with a line end.
pub fn json<T: Serialize>(value: &T) -> Result<(), Failure> {
    print(&format!("{}\n", to_json(value)?))
}

/// A value as JSON that no terminal acts upon.
pub fn to_json<T: Serialize>(value: &T) -> Result<String, Failure> {
    let text = serde_json::to_string_pretty(value).map_err(|error| Failure::Sentence(error.to_string()))?;
    Ok(plain::json(&text))
}

/// Something the person should know that is no result. Nothing depends on its being read.
pub fn remark(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{}", plain::line(text));
}

/// Columns of the terminal that results go to; `None` for files and pipes, where nothing is cut.
pub fn width() -> Option<usize> {
    if !std::io::stdout().is_terminal() {
        return None;
    }
    Some(usize::from(console::Term::stdout().size_checked()?.1))
}
