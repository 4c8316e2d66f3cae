//! What a server offers: the answer to EHLO (RFC 5321, 4.1.1.1).

use super::reply::Raw;

/// What a server can do and how much it takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Largest message in bytes (RFC 1870), where the server says so.
    pub size: Option<u64>,
    /// Bytes beyond ASCII in the body (RFC 6152).
    pub eight_bit_mime: bool,
    /// Characters beyond ASCII in addresses and header (RFC 6531).
    pub smtputf8: bool,
    /// Several commands at once (RFC 2920).
    pub pipelining: bool,
    /// Delivery notices as asked for (RFC 3461).
    pub dsn: bool,
    /// Enhanced status codes (RFC 2034).
    pub enhanced_status_codes: bool,
}

/// All that matters of the answer to EHLO.
#[derive(Clone, Debug, Default)]
pub(super) struct Offer {
    pub limits: Limits,
    pub starttls: bool,
    mechanisms: Vec<String>,
}

impl Offer {
    /// Reads the answer; its first line is the server's name.
    pub fn parse(answer: &Raw) -> Offer {
        let mut offer = Offer::default();
        for line in answer.lines.iter().skip(1) {
            // Old servers write `AUTH=LOGIN PLAIN`, for clients of before RFC 2554.
            let line = line.to_ascii_uppercase().replacen("AUTH=", "AUTH ", 1);
            let mut words = line.split_ascii_whitespace();
            match words.next() {
                Some("SIZE") => {
                    let size = words.next().and_then(|n| n.parse().ok());
                    // 0 is no limit.
                    offer.limits.size = size.filter(|size| *size > 0);
                }
                Some("8BITMIME") => offer.limits.eight_bit_mime = true,
                Some("SMTPUTF8") => offer.limits.smtputf8 = true,
                Some("PIPELINING") => offer.limits.pipelining = true,
                Some("DSN") => offer.limits.dsn = true,
                Some("ENHANCEDSTATUSCODES") => offer.limits.enhanced_status_codes = true,
                Some("STARTTLS") => offer.starttls = true,
                Some("AUTH") => offer.mechanisms.extend(words.map(String::from)),
                _ => {}
            }
        }
        offer
    }

    /// Whether this SASL mechanism is offered.
    pub fn has_mechanism(&self, name: &str) -> bool {
        self.mechanisms.iter().any(|mechanism| mechanism == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offer(lines: &[&str]) -> Offer {
        Offer::parse(&Raw { code: 250, lines: lines.iter().map(ToString::to_string).collect() })
    }

    #[test]
    fn keywords_are_read_in_any_case_and_the_name_is_none() {
        let offer = offer(&["SIZE", "size 1000", "Pipelining", "AUTH=LOGIN", "AUTH plain XOAUTH2", "DSN x", "", "X-9"]);
        assert_eq!(offer.limits.size, Some(1000));
        assert!(offer.limits.pipelining && offer.limits.dsn && !offer.limits.smtputf8 && !offer.starttls);
        assert!(["LOGIN", "PLAIN", "XOAUTH2"].iter().all(|m| offer.has_mechanism(m)));
        assert!(!offer.has_mechanism("CRAM-MD5"));
    }

    #[test]
    fn a_size_that_says_nothing_is_no_limit() {
        for line in ["SIZE", "SIZE 0", "SIZE many", "SIZE -1", "SIZE 99999999999999999999"] {
            assert_eq!(offer(&["h", line]).limits.size, None, "{line}");
        }
    }
}
