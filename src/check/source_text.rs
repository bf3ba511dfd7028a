//! Reads the texts to which the byte ranges of findings refer.

use crate::{repo::Source, settings::SETTINGS_PATH, text::RepoPath, ticket::text_of_bytes};

/// The size limit, in bytes, for attachments and other files whose text is checked. Larger files are findings of
/// `large-attachment`.
pub(super) const MAX_PLAIN_TEXT: u64 = 10 * 1024 * 1024;

/// Returns the text to which the byte ranges of a file's findings refer; `None` if the file cannot be read or is
/// not text.
pub(crate) fn text_of(source: &dyn Source, path: &RepoPath) -> Option<String> {
    let bytes = source.read(path).ok()?;
    if path.is_markdown() || path.as_str() == SETTINGS_PATH {
        return Some(text_of_bytes(&bytes).into_owned());
    }
    plain_text(&bytes)
}

/// Returns the text of a file that is not Markdown, such as a log, also if it is UTF-16 or has zero bytes; `None` for
/// binary files.
pub(super) fn plain_text(bytes: &[u8]) -> Option<String> {
    if let Some(text) = utf_16(bytes) {
        return Some(text);
    }
    (!bytes.contains(&0) || is_text_with_zeros(bytes)).then(|| strings(bytes))
}

/// Returns the text in a binary file; other bytes are replaced.
pub(super) fn strings(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Decodes UTF-16 with a byte order mark or, if it is mostly ASCII, without one.
fn utf_16(bytes: &[u8]) -> Option<String> {
    let head = &bytes[..bytes.len().min(1024)];
    let zeros = |odd: usize| head.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
    let most = head.len() * 2 / 5;
    let decode: fn([u8; 2]) -> u16 = match bytes {
        [0xff, 0xfe, ..] => u16::from_le_bytes,
        [0xfe, 0xff, ..] => u16::from_be_bytes,
        _ if head.len() > 8 && zeros(1) > most && zeros(0) == 0 => u16::from_le_bytes,
        _ if head.len() > 8 && zeros(0) > most && zeros(1) == 0 => u16::from_be_bytes,
        _ => return None,
    };
    let units = bytes.chunks_exact(2).map(|unit| decode([unit[0], unit[1]]));
    let text = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER));
    Some(text.collect::<String>().trim_start_matches('\u{feff}').to_owned())
}

/// Returns true for text that a program padded with zero bytes: at most one of twenty other bytes is not text.
fn is_text_with_zeros(bytes: &[u8]) -> bool {
    let (mut all, mut other) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        let valid = chunk.valid().bytes().filter(|byte| *byte != 0);
        let controls = |byte: &u8| byte.is_ascii_control() && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x1b);
        all += valid.clone().count() + chunk.invalid().len();
        other += valid.filter(controls).count() + chunk.invalid().len();
    }
    all > 0 && other * 20 <= all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_read_in_utf_16_and_with_zero_bytes_and_binary_files_are_not_text() {
        let text = "2026-11-22 export of 结算 stopped\n";
        let le: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let be: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(plain_text(&[&[0xff, 0xfe], &*le].concat()).as_deref(), Some(text));
        assert_eq!(plain_text(&[&[0xfe, 0xff], &*be].concat()).as_deref(), Some(text));
        assert_eq!(plain_text(&le).as_deref(), Some(text));
        assert_eq!(plain_text(&be).as_deref(), Some(text));
        let padded = [&[0; 9000], text.as_bytes()].concat();
        assert!(plain_text(&padded).is_some_and(|found| found.ends_with(text)));
        assert_eq!(
            plain_text(b"Gr\xf6\xdfe der Exporte").as_deref(),
            Some("Gr\u{fffd}\u{fffd}e der Exporte")
        );
        let binary: Vec<u8> = (0..4000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        assert_eq!(plain_text(&binary), None);
        assert_eq!(plain_text(&[0; 100]), None);
    }
}
