//! The attachments on a ticket's page: pictures in their size, and the beginning of logs.

use std::io::Read as _;

use serde::Serialize;

use super::Site;
use super::inputs::{Input, note};
use super::markdown::{PictureSize, escape};
use super::model::TicketNo;
use super::rows::size;
use super::urls::is_image;
use crate::text::RepoPath;

/// The maximum number of bytes of a file that are read for its page.
const MAX_READ: u64 = 1 << 20;

/// The maximum number of bytes and lines of a log on the page. The file itself has the rest.
const MAX_SHOWN_BYTES: usize = 16_000;
const MAX_SHOWN_LINES: usize = 200;

/// The endings of files that are shown as text.
const TEXTS: &[&str] = &[
    "conf", "csv", "diff", "har", "ini", "json", "jsonl", "log", "patch", "sql", "toml", "tsv", "txt",
    "yaml", "yml",
];

/// An attachment on a page.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Figure {
    name: String,
    href: String,
    /// The formatted size of the file; empty if it is unknown.
    size: String,
    picture: Option<PictureSize>,
    text: Option<FileText>,
}

/// The text of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct FileText {
    /// The beginning of the text.
    start: String,
    /// The number of lines; missing for a very long file.
    lines: Option<usize>,
    /// Whether the file is longer than `start`.
    is_cut: bool,
}

impl Site {
    /// Lists the attachments of ticket `n` that the texts on its page, `html`, do not show as pictures.
    pub(super) fn figures(&self, n: TicketNo, root: &str, html: &[&str]) -> Vec<Figure> {
        let is_shown = |href: &str| {
            let source = format!("<img src=\"{root}{}\"", escape(href));
            html.iter().any(|text| text.contains(&source))
        };
        let figure = |file: &crate::store::Attachment| {
            let href = self.attachment_href(&file.path).filter(|href| !is_shown(href))?;
            let name = file.path.file_name().to_owned();
            Some(Figure {
                picture: self.picture_size(&file.path),
                text: self.file_text(&file.path),
                size: size(file.size),
                href,
                name,
            })
        };
        self.model.attachments_of(n).filter(|file| !file.symlink).filter_map(figure).collect()
    }

    /// Returns the size of the picture at `path`; `None` for other files and for pictures that cannot be read.
    pub(super) fn picture_size(&self, path: &RepoPath) -> Option<PictureSize> {
        let bytes = is_image(path.file_name()).then(|| self.start_of(path))??;
        let size = imagesize::blob_size(&bytes).ok()?;
        Some(PictureSize { width: size.width, height: size.height })
    }

    fn file_text(&self, path: &RepoPath) -> Option<FileText> {
        let (_, ending) = path.file_name().rsplit_once('.')?;
        let is_text = TEXTS.iter().any(|text| ending.eq_ignore_ascii_case(text));
        file_text(&is_text.then(|| self.start_of(path))??)
    }

    /// Reads the beginning of the file at `path`.
    fn start_of(&self, path: &RepoPath) -> Option<Vec<u8>> {
        note(|| Input::Copy(path.as_str().to_owned()));
        let mut bytes = Vec::new();
        let file = self.store().source().open(path).ok()?;
        file.take(MAX_READ).read_to_end(&mut bytes).ok()?;
        Some(bytes)
    }
}

/// Returns the text of a file with the beginning `bytes`; `None` if it is empty or not UTF-8.
fn file_text(bytes: &[u8]) -> Option<FileText> {
    let is_whole = (bytes.len() as u64) < MAX_READ;
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        // The last character may be incomplete.
        Err(error) if !is_whole && error.error_len().is_none() => {
            std::str::from_utf8(&bytes[..error.valid_up_to()]).ok()?
        }
        Err(_) => return None,
    };
    if text.trim().is_empty() || text.contains('\0') {
        return None;
    }
    let mut end = text.floor_char_boundary(MAX_SHOWN_BYTES);
    if let Some((line, _)) = text.match_indices('\n').nth(MAX_SHOWN_LINES - 1) {
        end = end.min(line + 1);
    }
    if end < text.len() {
        // A cut line would look as if it were whole.
        end = text[..end].rfind('\n').map_or(end, |line| line + 1);
    }
    Some(FileText {
        start: text[..end].trim_end_matches('\n').to_owned(),
        lines: is_whole.then(|| text.lines().count()),
        is_cut: end < text.len() || !is_whole,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_log_is_cut_after_a_whole_line() {
        let log: String = (0..1_000).map(|n| format!("line {n}\n")).collect();
        let text = file_text(log.as_bytes()).unwrap();
        assert!(text.start.starts_with("line 0\n") && text.start.ends_with("line 199"), "{}", text.start);
        assert_eq!((text.lines, text.is_cut), (Some(1_000), true));
        let wide = format!("{}\n{}", "a".repeat(9_000), "b".repeat(9_000));
        assert_eq!(file_text(wide.as_bytes()).unwrap().start, "a".repeat(9_000));
        let short = file_text(b"one\ntwo\n").unwrap();
        assert_eq!((short.start.as_str(), short.lines, short.is_cut), ("one\ntwo", Some(2), false));
    }

    #[test]
    fn a_file_that_is_not_text_is_not_shown() {
        assert_eq!(file_text(b"\xff\xfe\0x"), None);
        assert_eq!(file_text(b"a\0b"), None);
        assert_eq!(file_text(b" \n"), None);
        let mut cut = "é".repeat(1 << 19).into_bytes();
        cut.pop();
        cut.insert(0, b'x');
        let text = file_text(&cut).unwrap();
        assert!(text.is_cut && text.lines.is_none() && text.start.ends_with('é'));
    }
}
