//! Light and dark exchanged, for mail without a dark style of its own.

use super::model::Rect;

/// The darkest that white becomes: a page, not a hole.
const PAGE: u16 = 0x1c;

/// The colour behind a document that is dark by its own style.
pub const DARK_PAGE: (u8, u8, u8) = (0x1c, 0x1c, 0x1c);

/// Exchanges light and dark in a tile but not in `kept` (pictures), in pixels of the tile. Hue and colourfulness stay:
/// only the lightness (half of the sum of the greatest and the least of red, green and blue) is turned round.
pub fn exchange(rgba: &mut [u8], width: u32, kept: &[Rect]) {
    let width = usize::try_from(width).unwrap_or(usize::MAX).max(1);
    for (y, row) in rgba.chunks_exact_mut(width.saturating_mul(4)).enumerate() {
        let y = y as f32 + 0.5;
        let here: Vec<&Rect> = kept.iter().filter(|r| y >= r.y && y < r.y + r.height).collect();
        for (x, pixel) in row.chunks_exact_mut(4).enumerate() {
            let x = x as f32 + 0.5;
            if here.iter().any(|r| x >= r.x && x < r.x + r.width) {
                continue;
            }
            if let [r, g, b, _] = pixel {
                (*r, *g, *b) = turned(*r, *g, *b);
            }
        }
    }
}

fn turned(r: u8, g: u8, b: u8) -> (u8, u8, u8) {
    let sum = u16::from(r.max(g).max(b)).saturating_add(u16::from(r.min(g).min(b)));
    let turn = |c: u8| {
        // Between 0 and 255: the greatest becomes 255 minus the least.
        let c = u16::from(c).saturating_add(255).saturating_sub(sum);
        let lifted = PAGE.saturating_add(c.saturating_mul(255_u16.saturating_sub(PAGE)) / 255);
        u8::try_from(lifted).unwrap_or(u8::MAX)
    };
    (turn(r), turn(g), turn(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_becomes_the_page_and_black_becomes_white() {
        assert_eq!(turned(255, 255, 255), DARK_PAGE);
        assert_eq!(turned(0, 0, 0), (255, 255, 255));
    }

    #[test]
    fn a_dark_blue_link_becomes_a_light_blue_one() {
        let (r, g, b) = turned(0, 0, 160);
        assert!(b > 200 && r == g && r < b, "{r} {g} {b}");
    }

    #[test]
    fn pictures_keep_their_colours() {
        let mut tile = [255_u8; 16];
        exchange(&mut tile, 2, &[Rect { x: 0.0, y: 1.0, width: 2.0, height: 1.0 }]);
        assert_eq!(tile[..3], [0x1c; 3]);
        assert_eq!(tile[8..], [255; 8]);
    }
}
