//! Which text the glyphs of a document stand for, and which variation of a font they are of.
//!
//! Drawing commands name glyphs only. A PDF that is searched and copied from needs their characters: they are taken
//! from the layouts that the commands were made of.

use super::super::text::Blocks;
use anyrender::NormalizedCoord;
use blitz_dom::BaseDocument;
use parley::{Layout, PositionedLayoutItem};
use peniko::FontData;
use std::collections::HashMap;

/// A font: its data's number and its place in a collection.
type FontKey = (u64, u32);

/// The variation of a font: tags with their values.
pub type Variation = Vec<([u8; 4], f32)>;

/// What is known of the glyphs of some documents.
#[derive(Debug, Default)]
pub struct Letters {
    texts: HashMap<(FontKey, u32), String>,
    variations: HashMap<(FontKey, Vec<NormalizedCoord>), Variation>,
}

pub fn key(font: &FontData) -> FontKey {
    (font.data.id(), font.index)
}

impl Letters {
    /// Learns from every text of a document.
    pub fn learn(&mut self, document: &BaseDocument) {
        let blocks = Blocks::of(document);
        // Twice: clusters of several glyphs are understood by those of one.
        for alone in [true, false] {
            for text in blocks.texts(document) {
                self.learn_layout(&text.layout, &text.text, alone);
            }
        }
    }

    /// The same of one text.
    pub fn learn_text<B: parley::Brush>(&mut self, layout: &Layout<B>, text: &str) {
        self.learn_layout(layout, text, true);
        self.learn_layout(layout, text, false);
    }

    /// What a glyph stands for; nothing where it is part of another's text.
    pub fn text(&self, font: &FontData, glyph: u32) -> &str {
        self.texts.get(&(key(font), glyph)).map_or("", String::as_str)
    }

    pub fn variation(&self, font: &FontData, coords: &[NormalizedCoord]) -> Variation {
        if coords.is_empty() {
            return Variation::new();
        }
        self.variations.get(&(key(font), coords.to_vec())).cloned().unwrap_or_default()
    }

    fn learn_layout<B: parley::Brush>(&mut self, layout: &Layout<B>, text: &str, alone: bool) {
        for item in layout.lines().flat_map(|line| line.items()) {
            let PositionedLayoutItem::GlyphRun(glyphs) = item else { continue };
            let run = glyphs.run();
            let font = key(run.font());
            if alone && !run.normalized_coords().is_empty() {
                let settings = run.synthesis();
                let settings = settings.variation_settings().iter();
                let settings = settings.map(|(tag, value)| (tag.to_be_bytes(), *value)).collect();
                let coords: Vec<NormalizedCoord> = run.normalized_coords().iter().map(|c| c.to_bits()).collect();
                self.variations.entry((font, coords)).or_insert(settings);
            }
            let mut clusters = run.clusters().peekable();
            while let Some(cluster) = clusters.next() {
                let mut range = cluster.text_range();
                // A ligature's other characters have no glyphs of their own.
                while let Some(next) = clusters.next_if(|next| next.is_ligature_continuation()) {
                    range = range.start.min(next.text_range().start)..range.end.max(next.text_range().end);
                }
                let glyphs: Vec<u32> = cluster.glyphs().map(|glyph| glyph.id).collect();
                let Some(words) = text.get(range) else { continue };
                match (glyphs.as_slice(), alone) {
                    ([one], true) => {
                        // A glyph of white space is a space, whichever it was.
                        let words = if words.chars().all(char::is_whitespace) { " " } else { words };
                        self.texts.entry((font, *one)).or_insert_with(|| words.to_string());
                    }
                    ([_, _, ..], false) => self.learn_cluster(font, &glyphs, words),
                    _ => {}
                }
            }
        }
    }

    /// Several glyphs for one piece of text: what is not said of them yet goes to the first that says nothing.
    fn learn_cluster(&mut self, font: FontKey, glyphs: &[u32], words: &str) {
        let mut rest = words.to_string();
        let mut silent = Vec::new();
        for glyph in glyphs {
            match self.texts.get(&(font, *glyph)) {
                Some(said) if !said.is_empty() && rest.contains(said.as_str()) => rest = rest.replacen(said, "", 1),
                Some(_) => {}
                None => silent.push(*glyph),
            }
        }
        for glyph in silent {
            self.texts.insert((font, glyph), std::mem::take(&mut rest));
        }
    }
}
