//! The content of a multi-line answer (RFC 1939, section 3): lines end with CRLF, a line that
//! begins with a dot has lost none of its own but gained one, and CRLF `.` CRLF is the end.
//!
//! Only CRLF ends a line here. A line feed alone is a byte like any other, because a server that
//! passes one through has not looked for dots after it: were `LF . CRLF` an end, a message could
//! forge the answers that follow it (as in SMTP smuggling).

/// Undoes dot-stuffing on a stream that comes in pieces of any size.
#[derive(Debug, Default)]
pub(super) struct Unstuffer {
    at: At,
}

/// Where the next byte stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum At {
    /// After a CRLF, or at the very beginning.
    #[default]
    LineStart,
    /// After a dot that began the line.
    Dot,
    /// After a dot that began the line and a CR.
    DotCr,
    Within,
    /// After a CR within a line.
    Cr,
    End,
}

impl Unstuffer {
    /// Whether the end has come.
    pub fn is_done(&self) -> bool {
        self.at == At::End
    }

    /// Appends the content within `input`; how many bytes of it belong to this answer.
    pub fn push(&mut self, input: &[u8], out: &mut Vec<u8>) -> usize {
        let mut rest = input;
        while let Some((&byte, after)) = rest.split_first() {
            match self.at {
                At::End => break,
                At::LineStart if byte == b'.' => {
                    self.at = At::Dot;
                    rest = after;
                }
                At::Dot if byte == b'\r' => {
                    self.at = At::DotCr;
                    rest = after;
                }
                At::DotCr if byte == b'\n' => {
                    self.at = At::End;
                    rest = after;
                }
                At::DotCr => {
                    out.push(b'\r');
                    self.at = At::Cr;
                }
                At::LineStart | At::Dot | At::Within | At::Cr => {
                    let length = rest.iter().position(|b| *b == b'\n').map_or(rest.len(), |at| at.saturating_add(1));
                    let (piece, after) = rest.split_at(length);
                    out.extend_from_slice(piece);
                    self.at = match piece {
                        [.., b'\r', b'\n'] => At::LineStart,
                        [b'\n'] if self.at == At::Cr => At::LineStart,
                        [.., b'\r'] => At::Cr,
                        _ => At::Within,
                    };
                    rest = after;
                }
            }
        }
        input.len().saturating_sub(rest.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What a server makes of a message: dots doubled, the last line ended, the end.
    fn stuffed(message: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        let mut at_start = true;
        for (i, byte) in message.iter().enumerate() {
            if at_start && *byte == b'.' {
                out.push(b'.');
            }
            out.push(*byte);
            at_start = *byte == b'\n' && i > 0 && message[i - 1] == b'\r';
        }
        if !at_start {
            out.extend(b"\r\n");
        }
        out.extend(b".\r\n");
        out
    }

    /// As it stands after the way through a server, which ends the last line.
    fn ended(message: &[u8]) -> Vec<u8> {
        let end: &[u8] = if message.is_empty() || message.ends_with(b"\r\n") { b"" } else { b"\r\n" };
        [message, end].concat()
    }

    /// The content, and what was left, when it comes in pieces that end at these places.
    fn unstuffed(input: &[u8], cuts: &[usize]) -> (Vec<u8>, Vec<u8>, bool) {
        let mut unstuffer = Unstuffer::default();
        let (mut out, mut left) = (Vec::new(), Vec::new());
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut % (input.len() + 1)).collect();
        cuts.extend([0, input.len()]);
        cuts.sort_unstable();
        for pair in cuts.windows(2) {
            let piece = &input[pair[0]..pair[1]];
            let used = unstuffer.push(piece, &mut out);
            left.extend(&piece[used..]);
        }
        (out, left, unstuffer.is_done())
    }

    #[test]
    fn dots_are_undone_where_a_line_begins_and_nowhere_else() {
        for (wire, message) in [
            (".\r\n", ""),
            ("\r\n.\r\n", "\r\n"),
            ("..\r\n.\r\n", ".\r\n"),
            ("...\r\n.\r\n", "..\r\n"),
            ("....x\r\n.\r\n", "...x\r\n"),
            ("a.\r\n.\r\n", "a.\r\n"),
            ("a\r\n..\r\nb\r\n.\r\n", "a\r\n.\r\nb\r\n"),
            // Servers that do not stuff: the standard takes the dot all the same.
            (".x\r\n.\r\n", "x\r\n"),
            // Line feeds and carriage returns that stand alone.
            ("a\n.\r\n..b\r\n.\r\n", "a\n.\r\n.b\r\n"),
            ("a\r.\r\n.\r\n", "a\r.\r\n"),
            ("..\rx\r\n.\r\n", ".\rx\r\n"),
            (".\rx\r\n.\r\n", "\rx\r\n"),
            (".\r\r\n.\r\n", "\r\r\n"),
            ("\r\r\n.\r\n", "\r\r\n"),
            ("a\n\n.\n\r\n.\r\n", "a\n\n.\n\r\n"),
        ] {
            let whole = unstuffed(wire.as_bytes(), &[]);
            assert_eq!(whole, (message.as_bytes().to_vec(), vec![], true), "{wire:?}");
            let bytes: Vec<usize> = (0..wire.len()).collect();
            assert_eq!(unstuffed(wire.as_bytes(), &bytes), whole, "{wire:?} byte by byte");
            for end in 0..wire.len() {
                assert!(!unstuffed(&wire.as_bytes()[..end], &[]).2, "{wire:?} cut at {end} has no end");
            }
        }
    }

    #[test]
    fn what_follows_the_end_is_left_alone() {
        let (out, left, done) = unstuffed(b"a\r\n.\r\n+OK next\r\n", &[]);
        assert_eq!((out.as_slice(), left.as_slice(), done), (&b"a\r\n"[..], &b"+OK next\r\n"[..], true));
    }

    proptest! {
        #[test]
        fn any_message_in_any_pieces_comes_out_as_it_went_in(
            message in proptest::collection::vec(prop_oneof![
                3 => Just(b'.'), 3 => Just(b'\r'), 3 => Just(b'\n'), 2 => any::<u8>(),
            ], 0..200),
            cuts in proptest::collection::vec(any::<usize>(), 0..20),
            follows in proptest::collection::vec(any::<u8>(), 0..10),
        ) {
            let wire = [stuffed(&message), follows.clone()].concat();
            let (out, left, done) = unstuffed(&wire, &cuts);
            prop_assert_eq!(out, ended(&message));
            prop_assert_eq!(left, follows);
            prop_assert!(done);
        }

        #[test]
        fn what_was_cut_has_no_end(
            message in proptest::collection::vec(prop_oneof![Just(b'.'), Just(b'\r'), Just(b'\n'), Just(b'a')], 0..60),
            cut in any::<usize>(),
        ) {
            let wire = stuffed(&message);
            prop_assert!(!unstuffed(&wire[..cut % wire.len()], &[]).2);
        }
    }
}
