//! Structural similarity of two grey pictures (Wang and others, 2004), over windows of 7 by 7 pixels of equal weight.

use image::GrayImage;

const WINDOW: usize = 7;
/// The constants for values up to 255.
const C1: f64 = (0.01 * 255.0) * (0.01 * 255.0);
const C2: f64 = (0.03 * 255.0) * (0.03 * 255.0);

/// The mean over all windows: 1 where both are the same. They must be of one size.
pub fn mean(a: &GrayImage, b: &GrayImage) -> f64 {
    assert_eq!(a.dimensions(), b.dimensions());
    let (width, height) = (a.width() as usize, a.height() as usize);
    if width < WINDOW || height < WINDOW {
        return if a == b { 1.0 } else { 0.0 };
    }
    let value = |picture: &GrayImage, at: usize| f64::from(picture.as_raw()[at]);
    let sums = [
        Sums::of(width, height, |at| value(a, at)),
        Sums::of(width, height, |at| value(b, at)),
        Sums::of(width, height, |at| value(a, at) * value(a, at)),
        Sums::of(width, height, |at| value(b, at) * value(b, at)),
        Sums::of(width, height, |at| value(a, at) * value(b, at)),
    ];
    let mut total = 0.0;
    for y in 0..=height - WINDOW {
        for x in 0..=width - WINDOW {
            total += of_window(sums.each_ref().map(|sums| sums.window(x, y)));
        }
    }
    total / ((height - WINDOW + 1) * (width - WINDOW + 1)) as f64
}

fn of_window([a, b, aa, bb, ab]: [f64; 5]) -> f64 {
    let n = (WINDOW * WINDOW) as f64;
    let (a, b) = (a / n, b / n);
    // Of a sample, not of the whole.
    let sample = n / (n - 1.0);
    let (va, vb, cov) = (sample * (aa / n - a * a), sample * (bb / n - b * b), sample * (ab / n - a * b));
    ((2.0 * a * b + C1) * (2.0 * cov + C2)) / ((a * a + b * b + C1) * (va + vb + C2))
}

/// Sums of everything above and left.
struct Sums {
    width: usize,
    sums: Vec<f64>,
}

impl Sums {
    fn of(width: usize, height: usize, value: impl Fn(usize) -> f64) -> Sums {
        let stride = width + 1;
        let mut sums = vec![0.0; stride * (height + 1)];
        for y in 0..height {
            let mut row = 0.0;
            for x in 0..width {
                row += value(y * width + x);
                sums[(y + 1) * stride + x + 1] = sums[y * stride + x + 1] + row;
            }
        }
        Sums { width: stride, sums }
    }

    fn window(&self, x: usize, y: usize) -> f64 {
        let at = |x: usize, y: usize| self.sums[y * self.width + x];
        at(x + WINDOW, y + WINDOW) - at(x, y + WINDOW) - at(x + WINDOW, y) + at(x, y)
    }
}
