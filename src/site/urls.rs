//! The paths of pages, and links to them. Links are relative, so that a site works in any folder of any server.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::text::is_id;

/// The form of links to the page of a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Links {
    /// `tickets/x/`: short, for Casebook's own server.
    Folders,
    /// `tickets/x/index.html`: also works without a server.
    Files,
}

impl Links {
    /// Returns the link, relative to the root, to the page in `folder` (`tickets/x/`; empty for the front page).
    pub fn page(self, folder: &str) -> String {
        match self {
            Self::Folders if folder.is_empty() => "./".to_owned(),
            Self::Folders => folder.to_owned(),
            Self::Files => format!("{folder}index.html"),
        }
    }
}

/// The name of a page's Markdown twin, which stands beside its `index.html`.
pub(super) const TWIN: &str = "index.md";

/// Returns the relative path from the page in file `path` to the root: `../../` for `tickets/x/index.html`.
pub(super) fn root_of(path: &str) -> String {
    match path.matches('/').count() {
        0 => "./".to_owned(),
        depth => "../".repeat(depth),
    }
}

/// The characters that are percent-encoded in a segment of a link.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'+')
    .remove(b'@')
    .remove(b',');

/// Percent-encodes a segment of a path for a link.
pub(super) fn encode(segment: &str) -> String {
    utf8_percent_encode(segment, ENCODED).to_string()
}

/// Percent-encodes a value in the query of a link, where a plus sign would mean a space.
pub(super) fn encode_value(value: &str) -> String {
    const VALUE: &AsciiSet = &ENCODED.add(b'+').add(b'@').add(b',');
    utf8_percent_encode(value, VALUE).to_string()
}

/// Percent-encodes every segment of a path for a link.
pub(super) fn encode_path(path: &str) -> String {
    path.split('/').map(encode).collect::<Vec<_>>().join("/")
}

/// Returns the folder name for `name`, which can be any text, such as a tag. A name that is safe in every file system
/// stays unchanged; other names get a part of their hash, so that no two names share a folder.
pub(super) fn folder_of(name: &str) -> String {
    if is_id(name) {
        return name.to_owned();
    }
    let plain: String = name
        .to_lowercase()
        .chars()
        .map(|c| if c.is_alphanumeric() || matches!(c, '-' | '_' | '+' | '.') { c } else { '-' })
        .take(40)
        .collect();
    let plain = plain.trim_matches(['-', '.']);
    let hash = &blake3::hash(name.as_bytes()).to_hex()[..6];
    if plain.is_empty() { hash.to_owned() } else { format!("{plain}-{hash}") }
}

/// Returns the name under which the attachment `name` is published. A file keeps its name if browsers only show or save
/// it. Other files could run code in the browser, so they are published as data with the ending `.bin`, and get their
/// original name back when they are saved.
pub(super) fn published_name(name: &str) -> String {
    const PASSIVE: &[&str] = &[
        "7z", "avif", "bmp", "bz2", "conf", "csv", "diff", "doc", "docx", "dump", "gif", "gz", "har", "ini",
        "jpeg", "jpg", "json", "jsonl", "log", "mp4", "odt", "patch", "pcap", "pdf", "png", "sql", "tar",
        "tgz", "toml", "tsv", "txt", "webm", "webp", "xls", "xlsx", "xz", "yaml", "yml", "zip", "zst",
    ];
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    match ending {
        Some(ending) if PASSIVE.binary_search(&ending.as_str()).is_ok() => name.to_owned(),
        _ => format!("{name}.bin"),
    }
}

/// Returns whether browsers show the file `name` as a picture and run no code in it.
pub(super) fn is_image(name: &str) -> bool {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    matches!(ending.as_deref(), Some("png" | "jpg" | "jpeg" | "gif" | "webp" | "avif" | "bmp"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_relative_and_percent_encoded() {
        assert_eq!(root_of("index.html") + &Links::Folders.page(""), "././");
        assert_eq!(root_of("tickets/x/index.html"), "../../");
        assert_eq!(Links::Files.page("tickets/x/"), "tickets/x/index.html");
        assert_eq!(encode_path("tickets/a b/发.log"), "tickets/a%20b/%E5%8F%91.log");
        assert_eq!(encode("a-b.c_d~e+f@g,h/i%j?k#l\n"), "a-b.c_d~e+f@g,h%2Fi%25j%3Fk%23l%0A");
    }

    #[test]
    fn no_two_tags_share_a_folder() {
        assert_eq!(folder_of("export"), "export");
        let names = ["Export", "export", "c++", "c", "../x", "..", "导出", "a/b", "a-b", ""].map(folder_of);
        let mut unique: Vec<_> = names.iter().map(|name| name.to_lowercase()).collect();
        unique.sort();
        unique.dedup();
        assert_eq!(unique.len(), names.len(), "{names:?}");
        assert!(names.iter().all(|name| !name.contains('/') && !name.starts_with('.') && !name.is_empty()));
    }

    #[test]
    fn a_file_that_a_browser_would_run_is_published_as_data() {
        for (name, published) in [
            ("trace.log", "trace.log"),
            ("Screen.PNG", "Screen.PNG"),
            ("evil.html", "evil.html.bin"),
            ("index.html", "index.html.bin"),
            ("x.svg", "x.svg.bin"),
            ("core", "core.bin"),
        ] {
            assert_eq!(published_name(name), published);
        }
    }
}
