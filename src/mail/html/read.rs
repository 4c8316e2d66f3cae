//! The token stream of an HTML document, bounded.

use html5ever::TokenizerResult;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};
use std::borrow::Cow;
use std::cell::{Cell, RefCell};

/// What a reader of tokens wants to know.
pub trait Visitor {
    fn start(&mut self, tag: &Tag);
    fn end(&mut self, name: &str);
    /// Text with its entities resolved; the content of `style`, too, for those who asked for its start tag.
    fn text(&mut self, text: &str);
    /// True once it has all it needs.
    fn done(&self) -> bool {
        false
    }
}

/// The tokenizer compares every attribute of a tag with all before it. This many comparisons are granted to one
/// document; honest mail needs a few thousand.
const ATTRIBUTE_BUDGET: usize = 30_000_000;

/// Bytes handed to the tokenizer at once.
const PIECE: usize = 4 << 10;

/// Walks through a document. Returns false where it gave up on hostile markup.
pub fn walk(html: &str, visitor: &mut dyn Visitor) -> bool {
    walk_whole(&without_data(html), visitor)
}

/// The same with the content of `data:` URLs.
pub fn walk_whole(html: &str, visitor: &mut dyn Visitor) -> bool {
    let sink = Sink { visitor: RefCell::new(visitor), emitted: Cell::new(0) };
    let tokenizer = Tokenizer::new(sink, TokenizerOpts::default());
    let queue = BufferQueue::default();
    let mut stall = Stall::default();
    for piece in pieces(html) {
        let before = tokenizer.sink.emitted.get();
        queue.push_back(StrTendril::from(piece));
        while !matches!(tokenizer.feed(&queue), TokenizerResult::Done) {}
        if tokenizer.sink.visitor.borrow().done() {
            return true;
        }
        if !stall.allows(piece, tokenizer.sink.emitted.get() != before) {
            return false;
        }
    }
    tokenizer.end();
    true
}

/// Counts what could be attributes while the tokenizer stays inside one tag, that is, emits nothing.
#[derive(Default)]
struct Stall {
    separators: usize,
    in_comment: bool,
    stalled: bool,
    spent: usize,
}

impl Stall {
    fn allows(&mut self, piece: &str, emitted: bool) -> bool {
        if emitted {
            self.stalled = false;
            self.separators = 0;
            return true;
        }
        if !self.stalled {
            self.stalled = true;
            self.in_comment = piece.starts_with("<!") || piece.starts_with("<?");
        }
        if self.in_comment {
            return true;
        }
        let separator = |b: &u8| b.is_ascii_whitespace() || matches!(b, b'/' | b'"' | b'\'');
        let more = piece.bytes().filter(separator).count();
        self.spent = self.spent.saturating_add(more.saturating_mul(self.separators.saturating_add(more)));
        self.separators = self.separators.saturating_add(more);
        self.spent <= ATTRIBUTE_BUDGET
    }
}

/// Pieces of bounded size, each tag at the beginning of one.
fn pieces(html: &str) -> impl Iterator<Item = &str> {
    let mut rest = html;
    std::iter::from_fn(move || {
        let mut end = rest.len().min(PIECE);
        while !rest.is_char_boundary(end) {
            end = end.saturating_sub(1);
        }
        let window = rest.as_bytes().get(1..end).unwrap_or_default();
        if let Some(at) = memchr::memchr(b'<', window) {
            end = at.saturating_add(1);
        }
        let (piece, after) = rest.split_at_checked(end.max(1).min(rest.len()))?;
        rest = after;
        (!piece.is_empty()).then_some(piece)
    })
}

/// Takes out the content of `data:` URLs, which can be most of a mail and says nothing here.
fn without_data(html: &str) -> Cow<'_, str> {
    const MARK: &str = "base64,";
    if !html.contains(MARK) {
        return Cow::Borrowed(html);
    }
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, after)) = rest.split_once(MARK) {
        out.push_str(before);
        out.push_str(MARK);
        rest = after.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '='));
    }
    out.push_str(rest);
    Cow::Owned(out)
}

struct Sink<'v> {
    visitor: RefCell<&'v mut dyn Visitor>,
    emitted: Cell<u64>,
}

impl TokenSink for Sink<'_> {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut visitor = self.visitor.borrow_mut();
        let progress = !matches!(token, Token::ParseError(_));
        self.emitted.set(self.emitted.get().wrapping_add(u64::from(progress)));
        match token {
            Token::CharacterTokens(text) => visitor.text(&text),
            Token::TagToken(tag) if tag.kind == TagKind::EndTag => visitor.end(&tag.name),
            Token::TagToken(tag) => {
                visitor.start(&tag);
                // What the tree builder of a browser without scripts would tell the tokenizer.
                return match &*tag.name {
                    "title" | "textarea" => TokenSinkResult::RawData(RawKind::Rcdata),
                    "style" | "xmp" | "iframe" | "noembed" | "noframes" => TokenSinkResult::RawData(RawKind::Rawtext),
                    "script" => TokenSinkResult::RawData(RawKind::ScriptData),
                    _ => TokenSinkResult::Continue,
                };
            }
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

/// An attribute's value.
pub fn attribute<'t>(tag: &'t Tag, name: &str) -> Option<&'t str> {
    tag.attrs.iter().find(|a| &*a.name.local == name).map(|a| &*a.value)
}
