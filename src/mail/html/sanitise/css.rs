//! Style sheets and style attributes without what they would load, written anew token by token.

use super::url::{self, Reference};
use super::{MAX_LISTED, Writer};
use cssparser::{BasicParseError, ParseError, Parser, ToCss, Token};

/// Blocks within each other.
const MAX_DEPTH: usize = 32;

impl Writer {
    /// Clean CSS: a sheet, or the declarations of an element's `style`.
    pub fn css(&mut self, css: &str, element: Option<&str>) -> String {
        let mut parser = Parser::new(css);
        let is_table = element.is_some_and(|e| matches!(e, "table" | "tr" | "td" | "th" | "tbody" | "thead" | "tfoot"));
        let mut cleaner = Cleaner { writer: self, out: String::with_capacity(css.len()), is_table };
        cleaner.block(&mut parser, 0);
        // In a sheet this would end the element that it stands in.
        cleaner.out.replace("</", "<\\/")
    }

    /// What a reference to an image is written as. None where it is not shown.
    pub fn reference(&mut self, reference: Reference) -> Option<String> {
        match reference {
            Reference::Attached(id) => {
                if !self.facts.cids.contains(&id) && self.facts.cids.len() < MAX_LISTED {
                    self.facts.cids.push(id.clone());
                }
                Some(url::cid(&id))
            }
            Reference::Inline(url) => Some(url),
            Reference::Remote(url) => {
                self.facts.remote_images = self.facts.remote_images.saturating_add(1);
                if !self.policy.remote_images {
                    return None;
                }
                if !self.facts.remote.contains(&url) && self.facts.remote.len() < MAX_LISTED {
                    self.facts.remote.push(url.clone());
                }
                Some(url)
            }
            Reference::None => None,
        }
    }
}

struct Cleaner<'w> {
    writer: &'w mut Writer,
    out: String,
    is_table: bool,
}

/// What came before in a declaration.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    /// A declaration may begin.
    Start,
    /// The name `position`, then its colon.
    Position,
    PositionColon,
    /// The name `border-collapse`, then its colon.
    Collapse,
    CollapseColon,
    Other,
}

impl Cleaner<'_> {
    fn block(&mut self, parser: &mut Parser<'_>, depth: usize) {
        let mut before = Before::Start;
        loop {
            let start = parser.position();
            let Ok(token) = parser.next_including_whitespace_and_comments() else { return };
            let token = token.clone();
            let after = match &token {
                Token::WhiteSpace(_) | Token::Comment(_) => {
                    self.space();
                    continue;
                }
                Token::Ident(name) if before == Before::Start && name.eq_ignore_ascii_case("position") => {
                    Before::Position
                }
                Token::Ident(name) if before == Before::Start && name.eq_ignore_ascii_case("border-collapse") => {
                    Before::Collapse
                }
                Token::Colon if before == Before::Position => Before::PositionColon,
                Token::Colon if before == Before::Collapse => Before::CollapseColon,
                Token::Semicolon | Token::CurlyBracketBlock => Before::Start,
                _ => Before::Other,
            };
            match &token {
                Token::Ident(name) => self.ident(name, before, &token, parser.slice_from(start)),
                Token::UnquotedUrl(url) => self.url(url),
                Token::Function(name) => {
                    let name = name.to_ascii_lowercase();
                    self.function(&name, &token, parser, depth);
                }
                Token::ParenthesisBlock => self.nested(parser, "(", ")", depth),
                Token::SquareBracketBlock => self.nested(parser, "[", "]", depth),
                Token::CurlyBracketBlock => self.nested(parser, "{", "}", depth),
                Token::AtKeyword(name) if matches!(&*name.to_ascii_lowercase(), "media" | "supports") => {
                    self.plain(&token)
                }
                Token::AtKeyword(_) => {
                    self.skip_rule(parser);
                    before = Before::Start;
                    continue;
                }
                Token::BadUrl(_) | Token::BadString(_) | Token::CDO | Token::CDC => self.space(),
                Token::CloseParenthesis | Token::CloseSquareBracket | Token::CloseCurlyBracket => self.space(),
                Token::QuotedString(_) => self.plain(&token),
                // Together they would be the end of a comment of HTML, which is a token of its own.
                Token::Delim('>') if self.out.ends_with("--") => {
                    self.space();
                    self.plain(&token);
                }
                _ => self.verbatim(&token, parser.slice_from(start)),
            }
            before = after;
        }
    }

    fn ident(&mut self, name: &str, before: Before, token: &Token<'_>, source: &str) {
        let lower = name.to_ascii_lowercase();
        match (before, lower.as_str()) {
            // A picture of a page has no window to stay fixed to.
            (Before::PositionColon, "fixed") => self.out.push_str("absolute"),
            (Before::PositionColon, "sticky" | "-webkit-sticky") => self.out.push_str("relative"),
            // The engine draws collapsed borders as those of the first cell alone; apart and without space between they
            // are all there.
            (Before::CollapseColon, "collapse") => self.out.push_str("separate;border-spacing:0"),
            // The engine reads it as the most, where it is the least.
            (Before::Start, "height") if self.is_table => self.out.push_str("min-height"),
            _ => self.verbatim(token, source),
        }
    }

    fn function(&mut self, name: &str, token: &Token<'_>, parser: &mut Parser<'_>, depth: usize) {
        match name {
            "url" | "src" => {
                let url = parser.parse_nested_block(|inner| {
                    inner.expect_string().map(|url| url.to_string()).map_err(ParseError::<()>::from)
                });
                match url {
                    Ok(url) => self.url(&url),
                    Err(_) => self.out.push_str("none"),
                }
            }
            "image-set" | "-webkit-image-set" | "image" | "cross-fade" | "-webkit-cross-fade" | "element" | "paint" => {
                self.out.push_str("none");
            }
            "expression" => self.space(),
            _ => {
                self.plain(token);
                self.nested(parser, "", ")", depth);
            }
        }
    }

    fn nested(&mut self, parser: &mut Parser<'_>, open: &str, close: &str, depth: usize) {
        self.out.push_str(open);
        if depth < MAX_DEPTH {
            // What is not read is skipped by the parser.
            let _: Result<(), ParseError<()>> = parser.parse_nested_block(|inner| {
                self.block(inner, depth.saturating_add(1));
                Ok(())
            });
        } else {
            self.writer.facts.shortened = true;
        }
        self.out.push_str(close);
    }

    fn url(&mut self, url: &str) {
        match self.writer.reference(Reference::of(url)) {
            Some(url) => {
                self.out.push_str("url(");
                self.plain(&Token::QuotedString(url.as_str().into()));
                self.out.push(')');
            }
            None => self.out.push_str("none"),
        }
    }

    /// An at-rule that is left out, to its end.
    fn skip_rule(&mut self, parser: &mut Parser<'_>) {
        self.space();
        loop {
            match parser.next() {
                Ok(Token::Semicolon | Token::CurlyBracketBlock) | Err(BasicParseError { .. }) => return,
                Ok(_) => {}
            }
        }
    }

    /// As the author wrote it, where that is beyond doubt.
    fn verbatim(&mut self, token: &Token<'_>, source: &str) {
        if source.contains(['\\', '\0']) {
            self.plain(token);
        } else {
            self.out.push_str(source);
        }
    }

    fn plain(&mut self, token: &Token<'_>) {
        // Writing to a string does not fail.
        let _ = token.to_css(&mut self.out);
    }

    fn space(&mut self) {
        if !self.out.ends_with(' ') {
            self.out.push(' ');
        }
    }
}
