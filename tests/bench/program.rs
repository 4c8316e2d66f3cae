//! The program as the benches start it.

use std::path::Path;
use std::process::{Command, Stdio};

/// The program on this profile: the build of this run, or the one that `POSTWREN_BIN` names.
pub fn postwren(profile: &Path) -> Command {
    let built = || env!("CARGO_BIN_EXE_postwren").into();
    let mut command = Command::new(std::env::var_os("POSTWREN_BIN").unwrap_or_else(built));
    command.arg("--profile").arg(profile).env_remove("DBUS_SESSION_BUS_ADDRESS");
    command.stdin(Stdio::null()).stdout(Stdio::null());
    command
}
