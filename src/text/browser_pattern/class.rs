//! Character classes of regular expressions, such as `[a-z0-9_]`.

use super::{Letters, Translator};

impl Translator<'_> {
    /// Translates a class after its opening bracket.
    pub(super) fn class(&mut self) -> Option<()> {
        if self.take_if(r"\s\S]") {
            self.part(false, false)?;
            self.out.push_str(r"[\s\S]");
            return Some(());
        }
        let ignores_case = self.group()?.ignores_case;
        let is_negated = self.take_if("^");
        let mut class = Class {
            source: String::from(if is_negated { "[^" } else { "[" }),
            is_alphanumeric: !is_negated,
            has_only_signs: !is_negated,
            last: None,
        };
        let mut is_first = true;
        loop {
            let c = self.take()?;
            let next = self.rest.chars().next();
            match c {
                ']' if !is_first => break,
                '&' | '~' if next == Some(c) => return None,
                '-' if next == Some('-') => return None,
                '-' if class.last.is_some() && next != Some(']') => {
                    let start = class.last.take()?;
                    let end = self.range_end()?;
                    class.has_only_signs = false;
                    class.source.push('-');
                    push_in_class(&mut class.source, end);
                    class.is_alphanumeric &= start.is_ascii_alphanumeric() && end.is_ascii_alphanumeric();
                    if ignores_case {
                        class.source.push_str(&other_case(start, end)?);
                    }
                }
                '\\' => self.class_escape(&mut class)?,
                '[' => self.posix_class(&mut class)?,
                _ => {
                    // The other case of a letter before a hyphen would become the beginning of the range.
                    if ignores_case && c.is_ascii_alphabetic() && next != Some('-') {
                        class.source.push(other(c));
                    }
                    class.add(c);
                }
            }
            is_first = false;
        }
        class.source.push(']');
        self.part(class.has_only_signs, class.is_alphanumeric)?;
        self.out.push_str(&class.source);
        Some(())
    }

    fn class_escape(&mut self, class: &mut Class) -> Option<()> {
        let unicode = self.letters == Letters::Unicode;
        class.last = None;
        let c = self.take()?;
        class.is_alphanumeric &= c == 'd';
        class.has_only_signs &= c.is_ascii_punctuation();
        match c {
            'd' if unicode => class.source.push_str(r"\p{Nd}"),
            'w' if unicode => class.source.push_str(r"\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}"),
            's' if unicode => class.source.push_str(r"\p{White_Space}"),
            's' => class.source.push_str(r"\t-\r "),
            'd' => class.source.push_str(r"\d"),
            'w' | 'W' | 'D' if !unicode => class.source.extend(['\\', c]),
            'n' | 'r' | 't' => class.source.extend(['\\', c]),
            // All bytes of letters that are not in ASCII.
            'x' if !unicode && self.take_if(r"80-\xff") => class.source.push_str(r"\u0080-\uffff"),
            'x' => {
                let c = self.ascii_code()?;
                class.add(c);
            }
            _ if c.is_ascii_punctuation() => class.add(c),
            _ => return None,
        }
        Some(())
    }

    fn posix_class(&mut self, class: &mut Class) -> Option<()> {
        const NAMES: [(&str, &str); 4] = [
            (":alnum:]", "A-Za-z0-9"),
            (":alpha:]", "A-Za-z"),
            (":digit:]", "0-9"),
            (":xdigit:]", "A-Fa-f0-9"),
        ];
        let (name, source) = NAMES.into_iter().find(|(name, _)| self.rest.starts_with(name))?;
        self.take_if(name);
        class.source.push_str(source);
        class.has_only_signs = false;
        class.last = None;
        Some(())
    }

    /// Reads the end of a range in a class.
    fn range_end(&mut self) -> Option<char> {
        match self.take()? {
            '\\' => match self.take()? {
                'x' => self.ascii_code(),
                c if c.is_ascii_punctuation() => Some(c),
                _ => None,
            },
            '[' => None,
            c => Some(c),
        }
    }
}

/// A class whose source is being written.
struct Class {
    source: String,
    is_alphanumeric: bool,
    /// Whether it has only signs of ASCII, listed one by one.
    has_only_signs: bool,
    /// The last character, with which a range can begin.
    last: Option<char>,
}

impl Class {
    fn add(&mut self, c: char) {
        self.is_alphanumeric &= c.is_ascii_alphanumeric();
        self.has_only_signs &= c.is_ascii_punctuation();
        push_in_class(&mut self.source, c);
        self.last = Some(c);
    }
}

/// Adds a literal character to the source of a class.
fn push_in_class(source: &mut String, c: char) {
    if matches!(c, '\\' | ']' | '[' | '^' | '-') {
        source.push('\\');
    }
    if c.is_ascii_control() {
        source.push_str(&format!(r"\x{:02x}", u32::from(c)));
    } else {
        source.push(c);
    }
}

/// Returns a letter of ASCII in its other case.
fn other(c: char) -> char {
    if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() }
}

/// Returns the source of a range in its other case, which is empty for a range without letters.
fn other_case(start: char, end: char) -> Option<String> {
    let is_of_one_case = start.is_ascii_lowercase() && end.is_ascii_lowercase()
        || start.is_ascii_uppercase() && end.is_ascii_uppercase();
    match (is_of_one_case, end < 'A' || start > 'z') {
        (true, _) => Some(format!("{}-{}", other(start), other(end))),
        (false, true) => Some(String::new()),
        (false, false) => None,
    }
}
