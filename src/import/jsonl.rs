//! The import format: one ticket a line, plain or gzip.

use std::io::{BufRead, BufReader, Read};

use flate2::read::MultiGzDecoder;
use thiserror::Error;

use crate::ticket::Record;

/// The longest line that is read, in bytes.
const MAX_LINE: u64 = 64 << 20;

/// What is wrong with a line; the others are still imported.
#[derive(Debug, Error)]
#[error("line {line}: {message}")]
pub struct ImportError {
    /// From 1.
    pub line: usize,
    /// What is wrong, and where in the line.
    pub message: String,
}

/// Reads `input`, plain or gzip, and gives each line's ticket or what is wrong with the line to `take`.
///
/// # Errors
/// When the input itself cannot be read (a broken gzip stream included); what was read so far was given to `take`.
pub fn read_jsonl(
    input: impl Read,
    mut take: impl FnMut(usize, Result<Record, ImportError>),
) -> std::io::Result<()> {
    let mut input = BufReader::new(input);
    let gzip = input.fill_buf()?.starts_with(&[0x1f, 0x8b]);
    let mut lines: Box<dyn BufRead> =
        if gzip { Box::new(BufReader::new(MultiGzDecoder::new(input))) } else { Box::new(input) };
    let mut bytes = Vec::new();
    for line in 1.. {
        bytes.clear();
        if (&mut lines).take(MAX_LINE).read_until(b'\n', &mut bytes)? == 0 {
            return Ok(());
        }
        let start = if line == 1 && bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        if bytes[start..].iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let record = serde_json::from_slice::<Record>(bytes[start..].trim_ascii_end())
            .map_err(|error| ImportError { line, message: in_the_line(&error) })
            .and_then(|record| match record.id.trim().is_empty() {
                true => Err(ImportError { line, message: "there is no `id`".into() }),
                false => Ok(record),
            });
        take(line, record);
    }
    Ok(())
}

/// What is wrong, without the parser's own count of lines, which knows this one only.
fn in_the_line(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    match text.strip_suffix(&place) {
        Some(text) if error.column() > 0 => format!("{text}, at column {}", error.column()),
        Some(text) => text.to_owned(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};

    use super::*;

    fn read(bytes: &[u8]) -> (Vec<String>, Vec<String>) {
        let (mut ids, mut errors) = (Vec::new(), Vec::new());
        read_jsonl(bytes, |_, record| match record {
            Ok(record) => ids.push(record.id),
            Err(error) => errors.push(error.to_string()),
        })
        .unwrap();
        (ids, errors)
    }

    #[test]
    fn a_broken_line_does_not_hide_the_others() {
        let text =
            "{\"id\":\"A-1\"}\n\n{\"id\":7,\"replies\":[{\"body\":\"x\"}]}\n{\"id\":\n{\"title\":\"none\"}\n";
        let (ids, errors) = read(text.as_bytes());
        assert_eq!(ids, ["A-1", "7"]);
        assert_eq!(errors.len(), 2);
        assert!(errors[0].starts_with("line 4: ") && errors[1].contains("no `id`"), "{errors:?}");
    }

    #[test]
    fn gzip_is_known_by_its_first_bytes() {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(b"{\"id\":\"A-1\"}\n").unwrap();
        assert_eq!(read(&encoder.finish().unwrap()).0, ["A-1"]);
    }
}
