//! The forms of a text in which a reader could find a name: as written, decoded, and as displayed on a page.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization as _;

/// The maximum number of decoding steps. For example, `%252D` decodes to `%2D`, which decodes to `-`.
const MOST_LAYERS: usize = 3;

/// The maximum length of a character reference, without `&` and `;`.
const LONGEST_REFERENCE: usize = 16;

/// The maximum length of a tag's name.
const LONGEST_TAG: usize = 32;

/// Named character references for characters that a ticket's name can contain. (Letters and digits have none.)
const REFERENCES: &[(&str, char)] = &[
    ("amp", '&'),
    ("AMP", '&'),
    ("bsol", '\\'),
    ("colon", ':'),
    ("dash", '-'),
    ("gt", '>'),
    ("horbar", '-'),
    ("hyphen", '-'),
    ("lowbar", '_'),
    ("lt", '<'),
    ("mdash", '-'),
    ("minus", '-'),
    ("nbsp", ' '),
    ("ndash", '-'),
    ("NoBreak", '\u{2060}'),
    ("num", '#'),
    ("percnt", '%'),
    ("period", '.'),
    ("quot", '"'),
    ("shy", '\u{ad}'),
    ("sol", '/'),
    ("UnderBar", '_'),
    ("ZeroWidthSpace", '\u{200b}'),
    ("zwj", '\u{200d}'),
    ("zwnj", '\u{200c}'),
];

/// One form of a text in lower case, with the original position of each byte.
pub(super) struct Reading {
    pub(super) text: String,
    /// The byte range of the original text for each byte of the form; `None` if all positions are equal.
    places: Option<Vec<(u32, u32)>>,
}

impl Reading {
    /// Returns the byte range of the original text for `found`, a range of the form.
    pub(super) fn place(&self, found: Range<usize>) -> Range<usize> {
        match &self.places {
            None => found,
            Some(places) => places[found.start].0 as usize..places[found.end - 1].1 as usize,
        }
    }

    fn of_units(units: &[Unit]) -> Self {
        let mut text = String::with_capacity(units.len());
        let mut places = Vec::with_capacity(units.len());
        for unit in units {
            text.push(unit.c);
            places.resize(text.len(), (unit.from, unit.to));
        }
        Self { text, places: Some(places) }
    }
}

/// A character and its byte range in the original text.
#[derive(Clone, Copy)]
struct Unit {
    c: char,
    from: u32,
    to: u32,
}

/// Returns the different forms of `text`, which must be smaller than 4 GiB.
pub(super) fn readings(text: &str) -> Vec<Reading> {
    let mut readings = vec![Reading { text: text.to_ascii_lowercase(), places: None }];
    let may_decode = text.bytes().any(|byte| matches!(byte, b'%' | b'&' | b'\\') || !byte.is_ascii());
    let has_markup = text.bytes().any(|byte| matches!(byte, b'*' | b'_' | b'~' | b'`' | b'<' | b'['));
    if !may_decode && !has_markup {
        return readings;
    }
    let mut units = units(text);
    if may_decode {
        for _ in 0..MOST_LAYERS {
            let (decoded, is_other) = decode(&units);
            if !is_other {
                break;
            }
            units = decoded;
            readings.push(Reading::of_units(&units));
        }
    }
    if has_markup {
        readings.push(Reading::of_units(&shown(&units, false)));
        // In the address of a link, marks and tags are plain characters. A reader who skips them could still find a
        // name, so the text without them is another form.
        readings.push(Reading::of_units(&shown(&units, true)));
    }
    readings
}

fn units(text: &str) -> Vec<Unit> {
    let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    let unit = |(at, c): (usize, char)| Unit {
        c: c.to_ascii_lowercase(),
        from: place(at),
        to: place(at + c.len_utf8()),
    };
    text.char_indices().map(unit).collect()
}

/// Decodes one layer of percent encoding, character references and escapes. Returns whether anything changed.
/// Characters that look alike (dashes, full-width letters) become equal, and invisible characters are removed.
fn decode(units: &[Unit]) -> (Vec<Unit>, bool) {
    let mut decoded = Vec::with_capacity(units.len());
    let mut is_other = false;
    let mut at = 0;
    while let Some(unit) = units.get(at) {
        let found = match unit.c {
            '%' => percent(&units[at..]),
            '&' => reference(&units[at..]),
            '\\' => escape(&units[at..]),
            _ => None,
        };
        if let Some((c, length)) = found {
            decoded.push(Unit { c: c.to_ascii_lowercase(), from: unit.from, to: units[at + length - 1].to });
            is_other = true;
            at += length;
            continue;
        }
        at += 1;
        if unit.c.is_ascii() || is_ideograph(unit.c) {
            decoded.push(*unit);
        } else if is_ignored(unit.c) {
            is_other = true;
        } else if is_dash(unit.c) {
            decoded.push(Unit { c: '-', ..*unit });
            is_other = true;
        } else {
            for c in unit.c.nfkc().flat_map(char::to_lowercase) {
                is_other |= c != unit.c;
                decoded.push(Unit { c, ..*unit });
            }
        }
    }
    (decoded, is_other)
}

/// Decodes a percent-encoded character at the start of `units`. Returns it with its number of units.
fn percent(units: &[Unit]) -> Option<(char, usize)> {
    let byte = |at: usize| {
        let digit = |at: usize| units.get(at).and_then(|unit| unit.c.to_digit(16));
        let is_percent = units.get(at).is_some_and(|unit| unit.c == '%');
        u8::try_from(digit(at + 1)? * 16 + digit(at + 2)?).ok().filter(|_| is_percent)
    };
    let first = byte(0)?;
    let length = match first {
        0..0x80 => 1,
        0xc0..0xe0 => 2,
        0xe0..0xf0 => 3,
        0xf0.. => 4,
        _ => return None,
    };
    let bytes: Vec<u8> = (0..length).map(|place| byte(place * 3)).collect::<Option<_>>()?;
    let c = std::str::from_utf8(&bytes).ok()?.chars().next()?;
    Some((c, length * 3))
}

/// Decodes a character reference at the start of `units`. Returns it with its number of units. As in browsers, a
/// numeric reference needs no semicolon.
fn reference(units: &[Unit]) -> Option<(char, usize)> {
    let inside = units.get(1..)?.iter().take(LONGEST_REFERENCE);
    let name: String =
        inside.map(|unit| unit.c).take_while(|c| c.is_ascii_alphanumeric() || *c == '#').collect();
    let has_end = |length: usize| usize::from(units.get(1 + length).is_some_and(|unit| unit.c == ';'));
    if let Some(number) = name.strip_prefix('#') {
        let (digits, radix) = match number.strip_prefix('x') {
            Some(digits) => (digits, 16),
            None => (number, 10),
        };
        let length = digits.find(|c: char| !c.is_digit(radix)).unwrap_or(digits.len());
        let c = u32::from_str_radix(&digits[..length], radix).ok().and_then(char::from_u32)?;
        let length = name.len() - digits.len() + length;
        return Some((c, 1 + length + has_end(length)));
    }
    let (_, c) = REFERENCES.iter().find(|(known, _)| known.eq_ignore_ascii_case(&name))?;
    (has_end(name.len()) == 1).then_some((*c, name.len() + 2))
}

/// Decodes an escape of Markdown (`\-`) or of a string in code (`\n`, `\u002d`) at the start of `units`. Returns
/// it with its number of units.
fn escape(units: &[Unit]) -> Option<(char, usize)> {
    let hex = |from: usize, length: usize| {
        let digits: Option<Vec<u32>> =
            (from..from + length).map(|at| units.get(at)?.c.to_digit(16)).collect();
        char::from_u32(digits?.into_iter().fold(0, |number, digit| number * 16 + digit))
    };
    match units.get(1)?.c {
        'n' | 'r' | 't' => Some(('\n', 2)),
        'x' => hex(2, 2).map(|c| (c, 4)),
        'u' => hex(2, 4).map(|c| (c, 6)),
        c if c.is_ascii_punctuation() => Some((c, 2)),
        _ => None,
    }
}

/// Returns the units that a page displays: without tags and marks of emphasis or code, and without the URLs of
/// links unless `has_addresses` is true.
fn shown(units: &[Unit], has_addresses: bool) -> Vec<Unit> {
    let is = |at: usize, expected: &[char]| units.get(at).is_some_and(|unit| expected.contains(&unit.c));
    let mut ends = [Ends::of('>'), Ends::of(')'), Ends::of(']')];
    let mut shown = Vec::with_capacity(units.len());
    let mut at = 0;
    while let Some(unit) = units.get(at) {
        let end = match unit.c {
            c if is_mark(c) => Some(at),
            '<' if is_tag(&units[at..], has_addresses) => ends[0].after(units, at),
            '[' if !has_addresses => Some(at),
            '!' if !has_addresses && is(at + 1, &['[']) => Some(at),
            ']' if !has_addresses && is(at + 1, &['(']) => ends[1].after(units, at),
            ']' if !has_addresses && is(at + 1, &['[']) => ends[2].after(units, at + 1),
            _ => None,
        };
        match end {
            Some(end) => at = end + 1,
            None => {
                shown.push(*unit);
                at += 1;
            }
        }
    }
    shown
}

/// A search for the next position of a character. All searches together visit each unit once.
struct Ends {
    c: char,
    known: Option<usize>,
    is_over: bool,
}

impl Ends {
    fn of(c: char) -> Self {
        Self { c, known: None, is_over: false }
    }

    /// Returns the next position after `at`. Positions must not decrease from call to call.
    fn after(&mut self, units: &[Unit], at: usize) -> Option<usize> {
        if self.known.is_none_or(|known| known <= at) && !self.is_over {
            let from = at + 1;
            let next = units[from..].iter().position(|unit| unit.c == self.c);
            self.known = next.map(|next| from + next);
            self.is_over = next.is_none();
        }
        self.known.filter(|known| *known > at)
    }
}

/// Returns true if `units` begin with a tag or a comment, not with a URL in angle brackets. With `has_addresses`,
/// only the name of a tag is part of the tag.
fn is_tag(units: &[Unit], has_addresses: bool) -> bool {
    let inside = units.get(1..).unwrap_or_default();
    let is_end = inside.first().is_some_and(|unit| unit.c == '/');
    let name = &inside[usize::from(is_end)..];
    let length = name
        .iter()
        .take(LONGEST_TAG)
        .take_while(|unit| unit.c.is_ascii_alphanumeric() || unit.c == '-')
        .count();
    let ends = name
        .get(length)
        .is_some_and(|unit| matches!(unit.c, '>' | '/') || (unit.c.is_whitespace() && !has_addresses));
    inside.first().is_some_and(|unit| unit.c == '!') || (length > 0 && ends)
}

/// Returns true if the character marks emphasis or code.
fn is_mark(c: char) -> bool {
    matches!(c, '*' | '_' | '~' | '`')
}

fn is_dash(c: char) -> bool {
    matches!(c, '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{2043}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}')
}

/// Returns true for a Chinese, Japanese or Korean letter, which has only one form.
fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}')
}

/// Returns true for characters that are invisible between letters, and for combining marks.
fn is_ignored(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{300}'..='\u{36f}' | '\u{61c}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        readings(text).into_iter().map(|reading| reading.text).collect()
    }

    #[test]
    fn a_text_is_read_as_a_browser_would_decode_it() {
        for written in [
            "fluid-115",
            "FLUID-115",
            "%66luid%2D115",
            "fluid%252d115",
            "fluid&#45;115",
            "fluid&#x2D;115",
            "flu&#105d-115",
            "fluid&hyphen;115",
            "fluid&amp;#45;115",
            "fluid\\-115",
            "fluid\\u002d115",
            "flu\u{ad}id\u{2011}1\u{200b}15",
            "\u{ff26}luid\u{ff0d}115",
            "fl**uid**-115",
            "`fluid`-115",
            "fluid<wbr>-115",
            "flu<!-- x -->id-115",
            "[fluid](https://acme.example)-115",
            "[fluid][1]-115",
            "[x](https://acme.example/fl**uid**-115)",
            "<https://acme.example/fl**uid**-115>",
            "[x](https://acme.example/fl<b>uid</b>-115)",
            "<a title=\"fl<b>uid</b>-115\">x</a>",
        ] {
            assert!(texts(written).iter().any(|text| text.contains("fluid-115")), "{written}");
        }
    }

    #[test]
    fn positions_refer_to_the_original_text() {
        let text = "s. %66luid%2D115, **x**";
        let readings = readings(text);
        assert!(readings.len() > 1);
        for reading in &readings[1..] {
            let at = reading.text.find("fluid-115").unwrap();
            assert_eq!(&text[reading.place(at..at + 9)], "%66luid%2D115");
        }
    }

    proptest::proptest! {
        #![proptest_config(crate::trials::trials(256))]

        #[test]
        fn any_text_can_be_read(text in "[a-c%&#;\\\\*<>\\[\\]()0-9é发\u{ad}-]{0,80}") {
            for reading in readings(&text) {
                for (at, c) in reading.text.char_indices() {
                    let place = reading.place(at..at + c.len_utf8());
                    proptest::prop_assert!(text.get(place).is_some());
                }
            }
        }
    }
}
