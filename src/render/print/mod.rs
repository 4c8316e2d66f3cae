//! A document on paper: the worker lays it out to the width of a page, cuts it where nothing is cut through, and
//! writes it as PDF.
//!
//! ```text
//!   Job ── press ── Open (heading), Open (body)      laid out light, at the paper's width
//!                     │ flow      where pages end: between lines, beside pictures
//!                     │ letters   which text the glyphs stand for, so that a PDF is searched and copied from
//!                     └ ink       drawing commands as PDF: text as text, lines as lines, links as links
//! ```
//!
//! A document that is wider than the paper is made smaller as a whole. A job has a worker of its own, so that
//! reading goes on beside it, and giving it up ends that worker.

mod flow;
mod ink;
mod letters;
pub(super) mod press;

use super::model::Page;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Pages of one job; what follows is left out, and [`Printed::cut`] says so.
pub const MAX_PAGES: usize = 500;

/// A worker that has not printed by then is ended.
pub const DEADLINE: Duration = Duration::from_secs(30);

/// Points of a CSS pixel: 96 pixels and 72 points are an inch.
const POINTS: f64 = 0.75;
/// Points of a millimetre.
const MILLIMETRE: f64 = 72.0 / 25.4;

/// The paper.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Paper {
    /// 210 by 297 millimetres (ISO 216).
    #[default]
    A4,
    /// 8.5 by 11 inches.
    Letter,
}

impl Paper {
    /// What is usual where this locale (`de_DE.UTF-8`, `en-US`) is spoken: Letter in North America and in those
    /// countries that follow it, A4 everywhere else.
    pub fn of_locale(locale: &str) -> Paper {
        const LETTER: &[&str] =
            &["US", "CA", "MX", "PH", "CL", "CO", "CR", "GT", "NI", "PA", "PR", "SV", "VE", "BO", "DO"];
        let plain = locale.split(['.', '@']).next().unwrap_or_default();
        let region = plain.split(['_', '-']).skip(1).find(|part| part.len() == 2);
        let letter = region.is_some_and(|region| LETTER.iter().any(|country| region.eq_ignore_ascii_case(country)));
        if letter { Paper::Letter } else { Paper::A4 }
    }

    /// Width and height in points.
    pub fn size(self) -> (f64, f64) {
        match self {
            Paper::A4 => (210.0 * MILLIMETRE, 297.0 * MILLIMETRE),
            Paper::Letter => (612.0, 792.0),
        }
    }
}

/// What is printed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Job {
    /// Of the PDF, as its readers show it.
    pub title: String,
    /// The language of the heading, as in `de`.
    pub language: String,
    pub paper: Paper,
    /// What stands before the document, laid out by itself.
    pub heading: Page,
    pub body: Page,
}

/// What came of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Printed {
    pub pdf: Vec<u8>,
    pub pages: usize,
    /// Whether it goes on after the last page.
    pub cut: bool,
}

impl std::fmt::Debug for Printed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Printed({} pages)", self.pages)
    }
}

/// The paper's print area, in points.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Area {
    left: f64,
    top: f64,
    width: f64,
    height: f64,
}

fn area(paper: Paper) -> Area {
    let (width, height) = paper.size();
    let (side, top, foot) = (15.0 * MILLIMETRE, 15.0 * MILLIMETRE, 20.0 * MILLIMETRE);
    Area { left: side, top, width: width - 2.0 * side, height: height - top - foot }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_paper_is_what_the_country_uses() {
        for (locale, paper) in [
            ("de_DE.UTF-8", Paper::A4),
            ("en_US.UTF-8", Paper::Letter),
            ("en-US", Paper::Letter),
            ("es_MX@euro", Paper::Letter),
            ("zh-Hans-CN", Paper::A4),
            ("en_GB", Paper::A4),
            ("us", Paper::A4),
            ("C", Paper::A4),
            ("", Paper::A4),
        ] {
            assert_eq!(Paper::of_locale(locale), paper, "{locale}");
        }
    }

    #[test]
    fn the_print_area_lies_on_the_paper() {
        for paper in [Paper::A4, Paper::Letter] {
            let (width, height) = paper.size();
            let area = area(paper);
            assert!(area.left + area.width < width && area.top + area.height < height && area.height > 600.0);
        }
    }
}
