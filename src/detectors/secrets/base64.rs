//! Decodes the Base64 in a text once, because a secret in a Kubernetes manifest or a header is often written that way.

use base64::{
    Engine as _,
    alphabet::{STANDARD, URL_SAFE},
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

use crate::text::Span;

/// The minimum length of Base64 that is decoded; the shortest secret with a form of its own has 16 characters.
const MIN_LENGTH: usize = 24;
/// The maximum length of Base64 that is decoded. Longer texts are files.
const MAX_LENGTH: usize = 64 * 1024;
/// The number of characters that are decoded first, to see whether they are text.
const HEAD: usize = 64;
/// The length from which a line of Base64 continues on the next line.
const FULL_LINE: usize = 60;

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_allow_trailing_bits(true)
    .with_decode_padding_mode(DecodePaddingMode::Indifferent);
const CODE: GeneralPurpose = GeneralPurpose::new(&STANDARD, LENIENT);
const URL_CODE: GeneralPurpose = GeneralPurpose::new(&URL_SAFE, LENIENT);

/// Decodes standard or URL-safe Base64, with or without padding.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    let code = if text.contains(['-', '_']) { URL_CODE } else { CODE };
    code.decode(text).ok()
}

/// Calls `found` with each byte range of `text` that is the Base64 of a text, and with that text.
pub(super) fn each_text(text: &str, mut found: impl FnMut(Span, &str)) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at + MIN_LENGTH <= bytes.len() {
        // Of a run that is long enough, all of the next bytes are code. Most words end before.
        let next = &bytes[at..at + MIN_LENGTH];
        if let Some(other) = next.iter().rposition(|byte| !IS_CODE[usize::from(*byte)]) {
            at += other + 1;
            continue;
        }
        let end = end_of(bytes, at);
        if end - at <= MAX_LENGTH
            && let Some(decoded) = decode_text(&text[at..end])
        {
            found(at..end, &decoded);
        }
        at = end;
    }
}

const fn is_code(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_')
}

/// Whether each byte is code. The search for code looks up most bytes of a text, and a table is the quickest way.
static IS_CODE: [bool; 256] = code_table();

const fn code_table() -> [bool; 256] {
    let mut table = [false; 256];
    let mut byte = 0_u8;
    loop {
        table[byte as usize] = is_code(byte);
        if byte == u8::MAX {
            return table;
        }
        byte += 1;
    }
}

/// Returns the end of the Base64 that begins at `start`, on this and the next lines.
fn end_of(bytes: &[u8], start: usize) -> usize {
    let (mut line, mut end) = (start, start);
    loop {
        end += bytes[end..].iter().take_while(|b| is_code(**b)).count();
        let padding = bytes[end..].iter().take(2).take_while(|b| **b == b'=').count();
        let is_full = end - line >= FULL_LINE && padding == 0;
        let space = bytes[end..].iter().take(80).take_while(|b| b.is_ascii_whitespace()).count();
        let next = end + space;
        let continues = bytes[end..next].contains(&b'\n') && bytes.get(next).is_some_and(|b| is_code(*b));
        if !is_full || !continues || next - start > MAX_LENGTH {
            return end + padding;
        }
        (line, end) = (next, next);
    }
}

/// Returns the decoded text; `None` if the bytes are not text, such as those of a picture or a certificate.
fn decode_text(code: &str) -> Option<String> {
    let head = &code[..code.len().min(HEAD)];
    let is_text = |bytes: &[u8]| {
        bytes.iter().all(|b| (b' '..=b'~').contains(b) || b.is_ascii_whitespace() || *b >= 0x80)
    };
    if !code.as_bytes()[..head.len()].contains(&b'\n') && !decode(head).is_some_and(|bytes| is_text(&bytes)) {
        return None;
    }
    let code: String = code.split_ascii_whitespace().collect();
    decode(&code).filter(|bytes| is_text(bytes)).and_then(|bytes| String::from_utf8(bytes).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<(String, String)> {
        let mut all = Vec::new();
        each_text(text, |span, decoded| all.push((text[span].to_owned(), decoded.to_owned())));
        all
    }

    #[test]
    fn base64_of_text_is_decoded_wherever_it_stands() {
        let plain = "the name of the machine is billing-7";
        for (code, engine) in [(CODE.encode(plain), "standard"), (URL_CODE.encode(plain), "url")] {
            for text in [code.clone(), format!("data: {code}\n"), format!("x \"{code}\", and more text")] {
                assert_eq!(texts(&text), [(code.clone(), plain.to_owned())], "{engine}: {text}");
            }
        }
    }

    #[test]
    fn base64_on_several_lines_is_one_text() {
        let plain = "0123456789 one line after another ".repeat(8);
        let code = CODE.encode(&plain);
        let lines: Vec<&str> =
            (0..code.len()).step_by(76).map(|at| &code[at..code.len().min(at + 76)]).collect();
        for indent in ["", "    "] {
            let text = format!("key: |\n{indent}{}\nnext: 1\n", lines.join(&format!("\n{indent}")));
            let found = texts(&text);
            assert_eq!(found.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>(), [&*plain]);
        }
    }

    #[test]
    fn pictures_words_and_hashes_are_not_decoded() {
        for text in [
            "iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4",
            "2bbf5c4a965e648cb64eee382e9f97322bbf5c4a965e648cb64eee382e9f9732",
            "src/detectors/secrets/base64/and/more/folders",
            "short",
            "",
        ] {
            assert_eq!(texts(text), [], "{text}");
        }
    }
}
