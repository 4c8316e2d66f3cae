//! What the Debian package installs is there, and a desktop would find it.

use std::path::Path;

fn read(path: &str) -> String {
    let full = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&full).unwrap_or_else(|error| panic!("{}: {error}", full.display()))
}

#[test]
fn every_packaged_file_is_there() {
    let manifest: toml::Value = toml::from_str(&read("Cargo.toml")).expect("TOML");
    let assets = manifest["package"]["metadata"]["deb"]["assets"].as_array().expect("assets");
    assert!(assets.len() > 10);
    for asset in assets {
        let source = asset[0].as_str().expect("a path");
        let built = source.starts_with("target/release/");
        assert!(built || Path::new(env!("CARGO_MANIFEST_DIR")).join(source).is_file(), "{source} is missing");
    }
}

#[test]
fn icons_have_the_size_that_their_place_says() {
    for size in [16_u32, 24, 32, 48, 64, 128, 256, 512] {
        let path = format!("assets/icon/postwren-{size}.png");
        let bytes = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(&path)).expect("an icon");
        assert_eq!(bytes.get(..8), Some(&b"\x89PNG\r\n\x1a\n"[..]), "{path}");
        let number = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().expect("four bytes"));
        assert_eq!((number(16), number(20)), (size, size), "{path}");
    }
}

#[test]
fn the_desktop_entry_starts_the_program_with_its_icon() {
    let entry = read("assets/postwren.desktop");
    for line in ["[Desktop Entry]", "Type=Application", "Exec=postwren", "Icon=postwren", "StartupWMClass=postwren"] {
        assert!(entry.lines().any(|l| l == line), "{line} is missing");
    }
}

#[test]
fn the_readme_names_what_is_there() {
    let readme = read("README.md");
    for path in ["tests/run", ".ci/run", "LICENSE-MIT", "LICENSE-APACHE"] {
        assert!(readme.contains(path), "{path} is not named");
        assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join(path).is_file(), "{path} is not there");
    }
}
