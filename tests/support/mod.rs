//! What the integration tests share.

// Every test program uses a part of it.
#![allow(dead_code)]

pub mod desktop;
pub mod lab;
pub mod program;
pub mod raw;
