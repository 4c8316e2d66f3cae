//! The attributes of a stream (MS-OXTNEF, 2.1.3).

use super::properties::{self, Properties};
use super::{MAX_DEPTH, MAX_FILES, Tnef, TnefFile};
use crate::mail::mime::decode_charset;

const SIGNATURE: u32 = 0x223E_9F78;

/// Attributes of one stream; a real one has a few for each file.
const MAX_ATTRIBUTES: usize = 20_000;

const ATTACH_RENDERING: u32 = 0x0006_9002;
const ATTACH_TITLE: u32 = 0x0001_8010;
const ATTACH_DATA: u32 = 0x0006_800F;
const ATTACH_PROPERTIES: u32 = 0x0006_9005;
const MESSAGE_PROPERTIES: u32 = 0x0006_9003;
const BODY: u32 = 0x0002_800C;
const CODE_PAGE: u32 = 0x0006_9007;

/// Reads little-endian numbers and stretches off the front of some bytes.
pub(super) struct Bytes<'a>(pub &'a [u8]);

impl<'a> Bytes<'a> {
    pub fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (head, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(head)
    }

    pub fn u16(&mut self) -> Option<u16> {
        self.take(2)?.try_into().ok().map(u16::from_le_bytes)
    }

    pub fn u32(&mut self) -> Option<u32> {
        self.take(4)?.try_into().ok().map(u32::from_le_bytes)
    }

    pub fn length(&mut self) -> Option<usize> {
        usize::try_from(self.u32()?).ok()
    }
}

pub(super) fn open(bytes: &[u8], depth: u8) -> Option<Tnef> {
    let mut rest = Bytes(bytes);
    if rest.u32()? != SIGNATURE {
        return None;
    }
    rest.u16()?;
    let mut reader = Reader { tnef: Tnef { whole: true, ..Tnef::default() }, file: None, code_page: 1252, depth };
    for _ in 0..MAX_ATTRIBUTES {
        if rest.0.is_empty() {
            return Some(reader.finish());
        }
        let Some((id, data)) = attribute(&mut rest) else { break };
        reader.add(id, data);
    }
    reader.tnef.whole = false;
    Some(reader.finish())
}

/// Level, name, length, data, checksum. The checksum says nothing that a cut would not.
fn attribute<'a>(rest: &mut Bytes<'a>) -> Option<(u32, &'a [u8])> {
    rest.take(1)?;
    let id = rest.u32()?;
    let length = rest.length()?;
    let data = rest.take(length)?;
    rest.u16()?;
    Some((id, data))
}

struct Reader {
    tnef: Tnef,
    file: Option<TnefFile>,
    code_page: u32,
    depth: u8,
}

impl Reader {
    fn add(&mut self, id: u32, data: &[u8]) {
        match id {
            CODE_PAGE => self.code_page = Bytes(data).u32().unwrap_or(1252),
            BODY => {
                let text = self.text(data);
                self.tnef.text.get_or_insert(text);
            }
            MESSAGE_PROPERTIES => {
                let properties = self.properties(data);
                self.body(properties);
            }
            ATTACH_RENDERING => {
                self.close();
                self.file = Some(TnefFile::default());
            }
            ATTACH_TITLE => {
                let name = self.text(data);
                self.open_file().name = name;
            }
            ATTACH_DATA => self.open_file().bytes = data.to_vec(),
            ATTACH_PROPERTIES => {
                let properties = self.properties(data);
                self.file_properties(properties);
            }
            _ => {}
        }
    }

    fn properties<'a>(&mut self, data: &'a [u8]) -> Properties<'a> {
        let properties = properties::read(data);
        self.tnef.whole &= properties.whole;
        properties
    }

    fn open_file(&mut self) -> &mut TnefFile {
        self.file.get_or_insert_default()
    }

    fn body(&mut self, properties: Properties<'_>) {
        if let Some(page) = properties.number(properties::INTERNET_CODE_PAGE) {
            self.code_page = page;
        }
        let code_page = self.code_page;
        if let Some(text) = properties.text(properties::BODY, code_page) {
            self.tnef.text = Some(text);
        }
        if let Some(markup) = properties.text(properties::BODY_HTML, code_page) {
            self.tnef.html = Some(markup);
        }
    }

    fn file_properties(&mut self, properties: Properties<'_>) {
        let code_page = self.code_page;
        let text = |id| properties.text(id, code_page).filter(|text| !text.trim().is_empty());
        let name = text(properties::ATTACH_LONG_NAME).or_else(|| text(properties::DISPLAY_NAME));
        let (media_type, content_id) = (text(properties::ATTACH_MIME_TYPE), text(properties::ATTACH_CONTENT_ID));
        // A message in a message: its class, then a stream of its own.
        if let Some(object) = properties.object(properties::ATTACH_DATA)
            && let Some(inner) = object.get(16..).filter(|_| self.depth < MAX_DEPTH)
            && let Some(inner) = open(inner, self.depth.saturating_add(1))
        {
            self.embedded(inner, name.unwrap_or_default());
            return;
        }
        let data = properties.bytes(properties::ATTACH_DATA).map(<[u8]>::to_vec);
        let file = self.open_file();
        if let Some(name) = name {
            file.name = name;
        }
        if let Some(bytes) = data.filter(|_| file.bytes.is_empty()) {
            file.bytes = bytes;
        }
        file.media_type = media_type.or(file.media_type.take());
        file.content_id = content_id.map(|id| id.trim_matches(['<', '>']).to_string()).or(file.content_id.take());
    }

    /// The text of an enclosed message becomes a file, its files stand beside it.
    fn embedded(&mut self, inner: Tnef, name: String) {
        self.file = None;
        self.tnef.whole &= inner.whole;
        let name = if name.is_empty() { "message".to_string() } else { name };
        let text = inner.html.map(|markup| (markup, "html", "text/html"));
        let text = text.or(inner.text.map(|text| (text, "txt", "text/plain")));
        let body = text.map(|(text, extension, media_type)| TnefFile {
            name: format!("{name}.{extension}"),
            media_type: Some(format!("{media_type}; charset=utf-8")),
            content_id: None,
            bytes: text.into_bytes(),
        });
        for file in body.into_iter().chain(inner.files) {
            self.keep(file);
        }
    }

    fn keep(&mut self, file: TnefFile) {
        if self.tnef.files.len() >= MAX_FILES {
            self.tnef.whole = false;
        } else {
            self.tnef.files.push(file);
        }
    }

    fn close(&mut self) {
        if let Some(file) = self.file.take().filter(|file| !file.bytes.is_empty() || !file.name.is_empty()) {
            self.keep(file);
        }
    }

    fn finish(mut self) -> Tnef {
        self.close();
        self.tnef
    }

    fn text(&self, data: &[u8]) -> String {
        eight_bit(data, self.code_page)
    }
}

/// Text of a Windows code page, up to its first NUL.
pub(super) fn eight_bit(data: &[u8], code_page: u32) -> String {
    let end = memchr::memchr(0, data).unwrap_or(data.len());
    let charset = match code_page {
        65001 | 20127 => "utf-8".to_string(),
        932 => "shift_jis".to_string(),
        936 | 54936 => "gb18030".to_string(),
        949 => "euc-kr".to_string(),
        950 => "big5".to_string(),
        page @ 28591..=28606 => format!("iso-8859-{}", page.saturating_sub(28590)),
        20866 => "koi8-r".to_string(),
        50220..=50222 => "iso-2022-jp".to_string(),
        51932 => "euc-jp".to_string(),
        page => format!("windows-{page}"),
    };
    decode_charset(data.get(..end).unwrap_or(data), &charset)
}
