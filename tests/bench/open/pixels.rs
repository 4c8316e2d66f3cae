//! A window's pixels, read over and over from the press of a key until they rest.

use crate::desktop::Desktop;
use std::io::IoSlice;
use std::time::{Duration, Instant};
use x11rb::connection::{Connection, RequestConnection};
use x11rb::protocol::xproto::{ConnectionExt, ImageFormat, KEY_PRESS_EVENT, KEY_RELEASE_EVENT};
use x11rb::rust_connection::RustConnection;

/// Nothing changed for so long: it rests.
const REST: Duration = Duration::from_millis(600);
/// Nothing changed at all within this time: nothing will.
const NOTHING: Duration = Duration::from_millis(2500);
/// Between two readings, so that the display has time for the program.
const PAUSE: Duration = Duration::from_millis(1);

/// A part of a window that is read as a whole, and the row of it where its lower part begins.
#[derive(Clone, Copy)]
pub struct Part {
    pub left: i16,
    pub top: i16,
    pub width: u16,
    pub height: u16,
    pub split: usize,
}

/// When pixels were first seen changed, and last, after the press. None where they stayed.
pub type Change = Option<(Duration, Duration)>;

/// What a key did.
pub struct Seen {
    pub upper: Change,
    pub lower: Change,
    /// How long each reading took, the pause included.
    pub readings: Vec<Duration>,
}

/// Eyes on a window, and a finger.
pub struct Eyes {
    display: RustConnection,
    window: u32,
    part: Part,
    /// The major opcode of XTEST, whose one request is written here by hand.
    xtest: u8,
}

impl Eyes {
    /// On a window of a desktop, by its number.
    pub fn new(desktop: &Desktop, window: &str, part: Part) -> Eyes {
        let (display, _) = RustConnection::connect(Some(desktop.display())).expect("the display");
        let xtest = display.extension_information("XTEST").expect("the display").expect("XTEST").major_opcode;
        Eyes { display, window: window.parse().expect("a window"), part, xtest }
    }

    /// Width and height of the window.
    pub fn size(&self) -> (u16, u16) {
        let geometry = self.display.get_geometry(self.window).expect("the display").reply().expect("the window");
        (geometry.width, geometry.height)
    }

    /// Presses the key that writes a letter, lets it go at once, and watches until the pixels rest.
    pub fn press(&self, letter: char) -> Seen {
        let key = self.key_of(letter);
        let mut before = self.read();
        let begin = Instant::now();
        for event in [KEY_PRESS_EVENT, KEY_RELEASE_EVENT] {
            self.fake(event, key);
        }
        self.display.flush().expect("the display");
        let mut seen = Seen { upper: None, lower: None, readings: Vec::new() };
        let mut last = begin;
        loop {
            let now = self.read();
            let at = Instant::now();
            seen.readings.push(at - last);
            last = at;
            let middle = self.part.split * usize::from(self.part.width) * 4;
            let note = |change: &mut Change, differs: bool| {
                if differs {
                    let first = change.map_or(at - begin, |(first, _)| first);
                    *change = Some((first, at - begin));
                }
            };
            note(&mut seen.upper, now[..middle] != before[..middle]);
            note(&mut seen.lower, now[middle..] != before[middle..]);
            before = now;
            let ends = [seen.upper, seen.lower].into_iter().flatten().map(|(_, last)| last + REST).max();
            if begin.elapsed() > ends.unwrap_or(NOTHING) {
                return seen;
            }
            std::thread::sleep(PAUSE);
        }
    }

    fn read(&self) -> Vec<u8> {
        let Part { left, top, width, height, .. } = self.part;
        let image = self.display.get_image(ImageFormat::Z_PIXMAP, self.window, left, top, width, height, !0);
        let data = image.expect("the display").reply().expect("pixels").data;
        assert_eq!(data.len(), usize::from(width) * usize::from(height) * 4, "four bytes for each pixel");
        data
    }

    fn key_of(&self, letter: char) -> u8 {
        let setup = self.display.setup();
        let (first, last) = (setup.min_keycode, setup.max_keycode);
        let map = self.display.get_keyboard_mapping(first, last - first + 1).expect("the display");
        let map = map.reply().expect("its keys");
        let per_key = usize::from(map.keysyms_per_keycode);
        let at = map.keysyms.chunks(per_key).position(|syms| syms.first() == Some(&u32::from(letter)));
        first + u8::try_from(at.expect("a key of that letter")).expect("a keycode")
    }

    /// XTestFakeInput of the XTEST protocol.
    fn fake(&self, event: u8, key: u8) {
        let mut request = [0_u8; 36];
        (request[0], request[1]) = (self.xtest, 2);
        request[2..4].copy_from_slice(&9_u16.to_ne_bytes());
        (request[4], request[5]) = (event, key);
        let sent = self.display.send_request_without_reply(&[IoSlice::new(&request)], Vec::new());
        sent.expect("the display").ignore_error();
    }
}
