//! HTML mail: here only turned into readable text.
