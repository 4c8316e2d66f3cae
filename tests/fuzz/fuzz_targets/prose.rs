#![no_main]
//! Any text taken apart: links lie within it, in order, and no letter is lost.

use libfuzzer_sys::fuzz_target;
use postwren::mail::prose::Prose;

fuzz_target!(|text: &str| {
    let prose = Prose::of(text);
    let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).count();
    assert_eq!(prose.blocks.iter().map(|block| letters(&block.text)).sum::<usize>(), letters(text));
    for block in &prose.blocks {
        let mut last = 0;
        for link in &block.links {
            assert!(link.range.start >= last && block.text.get(link.range.clone()).is_some());
            last = link.range.end;
        }
    }
});
