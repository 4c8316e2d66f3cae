//! MAPI properties (MS-OXTNEF, 2.1.3.4): a count, then each with its type, its id and its values.

use super::stream::{Bytes, eight_bit};

pub const BODY: u16 = 0x1000;
pub const BODY_HTML: u16 = 0x1013;
pub const INTERNET_CODE_PAGE: u16 = 0x3FDE;
pub const DISPLAY_NAME: u16 = 0x3001;
pub const ATTACH_DATA: u16 = 0x3701;
pub const ATTACH_LONG_NAME: u16 = 0x3707;
pub const ATTACH_MIME_TYPE: u16 = 0x370E;
pub const ATTACH_CONTENT_ID: u16 = 0x3712;

const OBJECT: u16 = 0x000D;
const STRING: u16 = 0x001E;
const UNICODE: u16 = 0x001F;
const BINARY: u16 = 0x0102;
const LONG: u16 = 0x0003;
const MANY: u16 = 0x1000;

/// Properties of one list; a real one has a few hundred.
const MAX_PROPERTIES: u32 = 10_000;

/// The first values of the properties that were read.
#[derive(Debug, Default)]
pub(super) struct Properties<'a> {
    found: Vec<(u16, u16, &'a [u8])>,
    /// The list was read to its end.
    pub whole: bool,
}

impl<'a> Properties<'a> {
    fn find(&self, id: u16) -> Option<(u16, &'a [u8])> {
        self.found.iter().find(|(found, ..)| *found == id).map(|(_, kind, data)| (*kind, *data))
    }

    pub fn text(&self, id: u16, code_page: u32) -> Option<String> {
        match self.find(id)? {
            (UNICODE, data) => {
                let units = data.chunks_exact(2).filter_map(|pair| pair.try_into().ok()).map(u16::from_le_bytes);
                Some(char::decode_utf16(units.take_while(|unit| *unit != 0)).map(|c| c.unwrap_or('\u{FFFD}')).collect())
            }
            (STRING | BINARY, data) => Some(eight_bit(data, code_page)),
            _ => None,
        }
    }

    pub fn bytes(&self, id: u16) -> Option<&'a [u8]> {
        self.find(id).filter(|(kind, _)| matches!(*kind, BINARY | OBJECT)).map(|(_, data)| data)
    }

    pub fn object(&self, id: u16) -> Option<&'a [u8]> {
        self.find(id).filter(|(kind, _)| *kind == OBJECT).map(|(_, data)| data)
    }

    pub fn number(&self, id: u16) -> Option<u32> {
        self.find(id).filter(|(kind, _)| *kind == LONG).and_then(|(_, data)| Bytes(data).u32())
    }
}

pub(super) fn read(data: &[u8]) -> Properties<'_> {
    let mut rest = Bytes(data);
    let mut properties = Properties::default();
    let Some(count) = rest.u32() else { return properties };
    for _ in 0..count.min(MAX_PROPERTIES) {
        match property(&mut rest) {
            Some(found) => properties.found.extend(found),
            None => return properties,
        }
    }
    properties.whole = count <= MAX_PROPERTIES;
    properties
}

/// One property, passed over where it has no value; `None` where it cannot be read.
fn property<'a>(rest: &mut Bytes<'a>) -> Option<Option<(u16, u16, &'a [u8])>> {
    let (kind, id) = (rest.u16()?, rest.u16()?);
    if id >= 0x8000 {
        pass_name(rest)?;
    }
    let (single, many) = (kind & !MANY, kind & MANY != 0);
    let variable = matches!(single, OBJECT | STRING | UNICODE | BINARY);
    let count = if many || variable { rest.u32()? } else { 1 };
    let mut first = None;
    for _ in 0..count {
        let length = match single {
            OBJECT | STRING | UNICODE | BINARY => rest.length()?,
            0x0001 if !many => 0,
            0x0002 | LONG | 0x0004 | 0x000A | 0x000B => 4,
            0x0005 | 0x0006 | 0x0007 | 0x0014 | 0x0040 => 8,
            0x0048 => 16,
            _ => return None,
        };
        let data = rest.take(length)?;
        rest.take(length.wrapping_neg() & 3)?;
        first.get_or_insert(data);
    }
    Some(first.map(|data| (id, single, data)))
}

/// The name of a named property: a class, then a number or a text.
fn pass_name(rest: &mut Bytes<'_>) -> Option<()> {
    rest.take(16)?;
    match rest.u32()? {
        0 => drop(rest.take(4)?),
        _ => {
            let length = rest.length()?;
            rest.take(length)?;
            rest.take(length.wrapping_neg() & 3)?;
        }
    }
    Some(())
}
