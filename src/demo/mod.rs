//! A mail server on loopback, for `--demo` and for tests.
