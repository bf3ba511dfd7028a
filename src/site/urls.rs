//! Where pages stand and how they are linked. Links are relative, so that a site works in any folder of any server.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::text::is_id;

/// How links name the page of a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Links {
    /// `tickets/x/`: short, for a server of ours.
    Folders,
    /// `tickets/x/index.html`: works from a disk, too, without any server.
    Files,
}

impl Links {
    /// The link, relative to the root, to the page in `folder` (`tickets/x/`, or nothing for the front page).
    pub fn page(self, folder: &str) -> String {
        match self {
            Self::Folders if folder.is_empty() => "./".to_owned(),
            Self::Folders => folder.to_owned(),
            Self::Files => format!("{folder}index.html"),
        }
    }
}

/// The way from the page in file `path` up to the root: `../../` from `tickets/x/index.html`.
pub(super) fn root_of(path: &str) -> String {
    match path.matches('/').count() {
        0 => "./".to_owned(),
        depth => "../".repeat(depth),
    }
}

/// The characters that a segment of a link has as `%XX`.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'+')
    .remove(b'@')
    .remove(b',');

/// Encodes `segment` of a path for a link.
pub(super) fn encode(segment: &str) -> String {
    utf8_percent_encode(segment, ENCODED).to_string()
}

/// A path of several segments as it stands in a link.
pub(super) fn encode_path(path: &str) -> String {
    path.split('/').map(encode).collect::<Vec<_>>().join("/")
}

/// The name of the folder that stands for `name`, a tag or a service, which may be any text. Names that no file system
/// changes stay as they are; others get a piece of their hash, so that no two share a folder.
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

/// The name under which the attachment `name` is published. Browsers run some files and guess at others: only what they
/// show or save without running keeps its name, and the rest is published as data. Its own name comes back on saving.
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

/// Whether a browser can show the file called `name` as a picture without running anything in it.
pub(super) fn is_image(name: &str) -> bool {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    matches!(ending.as_deref(), Some("png" | "jpg" | "jpeg" | "gif" | "webp" | "avif" | "bmp"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_up_and_down() {
        assert_eq!(root_of("index.html") + &Links::Folders.page(""), "././");
        assert_eq!(root_of("tickets/x/index.html"), "../../");
        assert_eq!(Links::Files.page("tickets/x/"), "tickets/x/index.html");
        assert_eq!(encode_path("tickets/a b/发.log"), "tickets/a%20b/%E5%8F%91.log");
        assert_eq!(encode("a-b.c_d~e+f@g,h/i%j?k#l\n"), "a-b.c_d~e+f@g,h%2Fi%25j%3Fk%23l%0A");
    }

    #[test]
    fn any_tag_has_a_folder_of_its_own() {
        assert_eq!(folder_of("export"), "export");
        let names = ["Export", "export", "c++", "c", "../x", "..", "导出", "a/b", "a-b", ""].map(folder_of);
        let mut unique: Vec<_> = names.iter().map(|name| name.to_lowercase()).collect();
        unique.sort();
        unique.dedup();
        assert_eq!(unique.len(), names.len(), "{names:?}");
        assert!(names.iter().all(|name| !name.contains('/') && !name.starts_with('.') && !name.is_empty()));
    }

    #[test]
    fn what_a_browser_would_run_is_published_as_data() {
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
