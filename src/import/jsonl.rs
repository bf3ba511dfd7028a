//! Casebook's own import format: one ticket per line.

use std::io::{self, BufRead, Read as _};

use crate::{
    intake::{ImportError, Importer, TakeTicket, too_large},
    ticket::TicketRecord,
};

/// The maximum length of a line, in bytes.
const MAX_LINE: u64 = 64 << 20;
/// The maximum number of lines, including empty ones.
const MAX_LINES: usize = 1_000_000;

/// The format of one JSON ticket per line.
pub(super) struct Jsonl;

impl Importer for Jsonl {
    fn name(&self) -> &'static str {
        "jsonl"
    }

    fn about(&self) -> &'static str {
        "One ticket per line as JSON, plain or gzip, as `casebook export jsonl` writes it"
    }

    fn read(&self, input: &mut dyn BufRead, take: &mut TakeTicket<'_>) -> io::Result<()> {
        let mut bytes = Vec::new();
        for line in 1..=MAX_LINES {
            bytes.clear();
            if (&mut *input).take(MAX_LINE + 1).read_until(b'\n', &mut bytes)? == 0 {
                return Ok(());
            }
            if bytes.len() as u64 > MAX_LINE {
                return Err(too_large(format!("line {line} is longer than {} MiB", MAX_LINE >> 20)));
            }
            let start = if line == 1 && bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
            let text = bytes[start..].trim_ascii();
            if !text.is_empty() {
                take(record_of(text, line))?;
            }
        }
        match input.fill_buf()?.is_empty() {
            true => Ok(()),
            false => Err(too_large(format!("the input has more than {MAX_LINES} lines"))),
        }
    }
}

fn record_of(text: &[u8], line: usize) -> Result<TicketRecord, ImportError> {
    let broken = |message| ImportError { line, message };
    let record: TicketRecord = serde_json::from_slice(text).map_err(|error| broken(in_the_line(&error)))?;
    match record.id.trim().is_empty() {
        true => Err(broken("missing `id`".to_owned())),
        false => Ok(record),
    }
}

/// Returns the parser's message without its line number, which counts within this one line.
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
    use crate::intake::read_tickets;

    fn read(input: impl std::io::Read) -> io::Result<(Vec<String>, Vec<String>)> {
        let (records, broken) = read_tickets(&Jsonl, input)?;
        let ids = records.into_iter().map(|record| record.id).collect();
        Ok((ids, broken.iter().map(ToString::to_string).collect()))
    }

    fn packed(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn a_broken_line_does_not_hide_the_others() {
        let text =
            "{\"id\":\"A-1\"}\n\n{\"id\":7,\"replies\":[{\"body\":\"x\"}]}\n{\"id\":\n{\"title\":\"none\"}\n";
        let (ids, errors) = read(text.as_bytes()).unwrap();
        assert_eq!(ids, ["A-1", "7"]);
        assert_eq!(errors.len(), 2);
        assert!(errors[0].starts_with("line 4: ") && errors[1].contains("missing `id`"), "{errors:?}");
    }

    #[test]
    fn gzip_is_recognised_by_its_first_bytes() {
        assert_eq!(read(&*packed(b"{\"id\":\"A-1\"}\n")).unwrap().0, ["A-1"]);
    }

    #[test]
    fn endless_input_is_refused_with_its_line() {
        let no_line_end = read(io::repeat(0)).unwrap_err().to_string();
        assert_eq!(no_line_end, "line 1 is longer than 64 MiB");
        let packed_zeros = read(&*packed(&vec![0; (MAX_LINE + 1) as usize])).unwrap_err().to_string();
        assert_eq!(packed_zeros, "line 1 is longer than 64 MiB");
        let only_lines = read(io::repeat(b'\n')).unwrap_err().to_string();
        assert_eq!(only_lines, "the input has more than 1000000 lines");
        let only_lines = read(&*packed(&vec![b'\n'; MAX_LINES + 1])).unwrap_err().to_string();
        assert_eq!(only_lines, "the input has more than 1000000 lines");
    }
}
