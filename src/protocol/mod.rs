//! Conversations with servers. Each is bounded in time and size, and recorded in a transcript.
