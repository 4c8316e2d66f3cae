//! Parses arguments, starts the service, hands its handle to the window or the command line.

fn main() {}
