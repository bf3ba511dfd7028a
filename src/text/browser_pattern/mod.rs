//! Translates regular expressions to JavaScript, for the forms of the static site.
//!
//! A browser must accept a value exactly if `casebook check` does. Expressions that the two engines could read
//! differently are therefore not translated, and neither are those that a backtracking engine could need very long for.

mod class;

/// The letters that `\w` and `\d` match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Letters {
    /// Those of Unicode; the expression needs the flag `u`.
    Unicode,
    /// Those of ASCII, as in `regex::bytes` without Unicode; the expression has no flag.
    Ascii,
}

/// Returns `pattern`, an expression of the `regex` crate, as the source of a JavaScript expression that matches the same
/// texts. Returns `None` if its syntax is not known to mean the same.
pub(crate) fn browser_pattern(pattern: &str, letters: Letters) -> Option<String> {
    let mut translator = Translator {
        rest: pattern,
        out: String::with_capacity(pattern.len() + 16),
        letters,
        groups: vec![Group::default()],
    };
    while !translator.rest.is_empty() {
        translator.next()?;
    }
    (translator.groups.len() == 1).then_some(translator.out)
}

/// A group that is not closed yet, or the whole expression.
#[derive(Default)]
struct Group {
    /// Whether letter case is ignored.
    ignores_case: bool,
    /// Whether `^` and `$` match at each line.
    is_of_lines: bool,
    /// Whether `.` matches line ends.
    dot_is_all: bool,
    /// Whether something in it is repeated without a limit.
    repeats: bool,
    /// Whether every match of the first alternative begins with a sign, and not with a letter or digit.
    begins_with_sign: bool,
    /// Whether a part is repeated that could match signs.
    repeats_signs: bool,
    is_begun: bool,
    has_alternatives: bool,
    /// Whether the last part matches only letters and digits.
    last_is_alphanumeric: bool,
    /// Whether the last part is a group that could match a text in very many ways if it were repeated.
    last_is_risky: bool,
}

struct Translator<'a> {
    rest: &'a str,
    out: String,
    letters: Letters,
    groups: Vec<Group>,
}

impl Translator<'_> {
    fn next(&mut self) -> Option<()> {
        let c = self.take()?;
        match c {
            '\\' => self.escape(),
            '[' => self.class(),
            '(' => self.open(),
            ')' => self.close(),
            '{' | '*' | '+' | '?' => self.quantifier(c),
            '|' => {
                self.group()?.has_alternatives = true;
                self.out.push('|');
                Some(())
            }
            '^' | '$' => {
                let text = match (c, self.group()?.is_of_lines) {
                    ('^', true) => r"(?<![^\n])",
                    ('$', true) => r"(?![^\n])",
                    ('^', false) => "^",
                    _ => "$",
                };
                self.out.push_str(text);
                Some(())
            }
            '.' => {
                self.part(false, false)?;
                let text = if self.group()?.dot_is_all { r"[\s\S]" } else { r"[^\n]" };
                self.out.push_str(text);
                Some(())
            }
            _ => self.literal(c),
        }
    }

    fn take(&mut self) -> Option<char> {
        let c = self.rest.chars().next()?;
        self.rest = &self.rest[c.len_utf8()..];
        Some(c)
    }

    fn take_if(&mut self, start: &str) -> bool {
        let rest = self.rest.strip_prefix(start);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn group(&mut self) -> Option<&mut Group> {
        self.groups.last_mut()
    }

    /// Notes the next part of the current group.
    fn part(&mut self, is_sign: bool, is_alphanumeric: bool) -> Option<()> {
        let group = self.group()?;
        if !group.is_begun {
            group.is_begun = true;
            group.begins_with_sign = is_sign;
        }
        group.last_is_alphanumeric = is_alphanumeric;
        group.last_is_risky = false;
        Some(())
    }

    fn literal(&mut self, c: char) -> Option<()> {
        self.part(c.is_ascii_punctuation(), c.is_ascii_alphanumeric())?;
        if c.is_ascii_alphabetic() && self.group()?.ignores_case {
            self.out.extend(['[', c.to_ascii_lowercase(), c.to_ascii_uppercase(), ']']);
        } else {
            self.push_literal(c);
        }
        Some(())
    }

    fn push_literal(&mut self, c: char) {
        if matches!(c, '^' | '$' | '\\' | '.' | '*' | '+' | '?' | '(' | ')' | '[' | ']' | '{' | '}' | '|') {
            self.out.push('\\');
        }
        self.out.push(c);
    }

    fn escape(&mut self) -> Option<()> {
        let unicode = self.letters == Letters::Unicode;
        let c = self.take()?;
        let text = match c {
            'd' if unicode => r"\p{Nd}",
            'D' if unicode => r"\P{Nd}",
            'w' if unicode => r"[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]",
            'W' if unicode => r"[^\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]",
            's' if unicode => r"\p{White_Space}",
            'S' if unicode => r"\P{White_Space}",
            'd' => r"\d",
            'D' => r"\D",
            'w' => r"\w",
            'W' => r"\W",
            's' => r"[\t-\r ]",
            'S' => r"[^\t-\r ]",
            'b' | 'B' if !unicode => {
                self.out.extend(['\\', c]);
                return Some(());
            }
            'A' | 'z' => {
                self.out.push(if c == 'A' { '^' } else { '$' });
                return Some(());
            }
            'n' => r"\n",
            'r' => r"\r",
            't' => r"\t",
            'x' => {
                let hex = self.ascii_code()?;
                return self.literal(hex);
            }
            _ if c.is_ascii_punctuation() => return self.literal(c),
            _ => return None,
        };
        self.part(false, c == 'd')?;
        self.out.push_str(text);
        Some(())
    }

    /// Reads the two hexadecimal digits of a character of ASCII.
    fn ascii_code(&mut self) -> Option<char> {
        let digits = self.rest.get(..2).filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))?;
        let code = u8::from_str_radix(digits, 16).ok().filter(u8::is_ascii)?;
        self.rest = &self.rest[2..];
        Some(char::from(code))
    }

    fn open(&mut self) -> Option<()> {
        let outer = self.group()?;
        let mut group = Group {
            ignores_case: outer.ignores_case,
            is_of_lines: outer.is_of_lines,
            dot_is_all: outer.dot_is_all,
            ..Group::default()
        };
        // Letters other than those of ASCII can have several other cases.
        let is_ascii = self.letters == Letters::Ascii;
        if is_ascii && self.take_if("?i)") {
            self.group()?.ignores_case = true;
            return Some(());
        }
        if self.take_if("?:") {
            self.out.push_str("(?:");
        } else if is_ascii && self.take_if("?i:") {
            group.ignores_case = true;
            self.out.push_str("(?:");
        } else if is_ascii && self.take_if("?-i:") {
            group.ignores_case = false;
            self.out.push_str("(?:");
        } else if self.take_if("?m:") {
            group.is_of_lines = true;
            self.out.push_str("(?:");
        } else if self.take_if("?s:") {
            group.dot_is_all = true;
            self.out.push_str("(?:");
        } else if self.take_if("?P<") || self.take_if("?<") {
            let (name, rest) = self.rest.split_once('>')?;
            self.rest = rest;
            if !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
                return None;
            }
            self.out.push_str(&format!("(?<{name}>"));
        } else if self.rest.starts_with('?') {
            return None;
        } else {
            self.out.push('(');
        }
        self.groups.push(group);
        Some(())
    }

    fn close(&mut self) -> Option<()> {
        let inner = self.groups.pop()?;
        let begins_with_sign = inner.begins_with_sign && !inner.has_alternatives;
        let is_risky = inner.repeats && (!begins_with_sign || inner.repeats_signs);
        self.part(begins_with_sign, false)?;
        let outer = self.group()?;
        outer.last_is_risky = is_risky;
        outer.repeats |= inner.repeats;
        outer.repeats_signs |= inner.repeats_signs;
        self.out.push(')');
        Some(())
    }

    fn quantifier(&mut self, c: char) -> Option<()> {
        let is_unlimited = match c {
            '{' => {
                let (range, rest) = self.rest.split_once('}')?;
                if !range.bytes().all(|b| b.is_ascii_digit() || b == b',') || range.starts_with(',') {
                    return None;
                }
                self.rest = rest;
                self.out.push_str(&format!("{{{range}}}"));
                range.ends_with(',')
            }
            _ => {
                self.out.push(c);
                c != '?'
            }
        };
        if self.take_if("?") {
            self.out.push('?');
        }
        // The rules for secrets read little text at a time, and a test measures them.
        let is_risky_here = self.letters == Letters::Unicode;
        let group = self.group()?;
        if is_unlimited {
            if is_risky_here && group.last_is_risky {
                return None;
            }
            group.repeats = true;
            group.repeats_signs |= !group.last_is_alphanumeric;
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expression_that_means_the_same_in_a_browser_is_translated() {
        for (pattern, source) in [
            (r"^\d+(\.\d+)+$", r"^\p{Nd}+(\.\p{Nd}+)+$"),
            (r"^[\w.+-]{2,5}@x$", r"^[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}.+\-]{2,5}@x$"),
            ("^(?:OPS|DEV)-[0-9]{3,}?$", "^(?:OPS|DEV)-[0-9]{3,}?$"),
            (r"\Aa.b\z", r"^a[^\n]b$"),
            (r"^[]a^-]$", r"^[\]a\^\-]$"),
            ("a/b]", r"a/b\]"),
            (r"^[a-z]+(?:[_.-][a-z]+)*$", r"^[a-z]+(?:[_.\-][a-z]+)*$"),
        ] {
            assert_eq!(browser_pattern(pattern, Letters::Unicode).as_deref(), Some(source), "{pattern}");
        }
        for (pattern, source) in [
            (r"(?i)ab-(?-i:cd)", "[aA][bB]-(?:cd)"),
            (r"(?m:^a$)(?s:.)[\s\S]", r"(?:(?<![^\n])a(?![^\n]))(?:[\s\S])[\s\S]"),
            (r"(?i:[a-f0-9x])\b", r"(?:[a-fA-F0-9Xx])\b"),
            (r"(?P<secret>[^\s\x80-\xff]+)", r"(?<secret>[^\t-\r \u0080-\uffff]+)"),
        ] {
            assert_eq!(browser_pattern(pattern, Letters::Ascii).as_deref(), Some(source), "{pattern}");
        }
    }

    #[test]
    fn an_expression_that_could_mean_something_else_is_not_translated() {
        for pattern in [
            "(?i)a",
            r"\bword\b",
            r"\pL+",
            "[a-z&&[^b]]",
            "[a--b]",
            "(?x) a",
            "[[:foo:]]",
            r"\x{41}",
            "[\\D]",
            "a)",
            "(a",
            "[a",
        ] {
            assert_eq!(browser_pattern(pattern, Letters::Unicode), None, "{pattern}");
        }
    }

    #[test]
    fn an_expression_that_a_browser_could_need_very_long_for_is_not_translated() {
        for pattern in ["(a+)+$", r"(\w+\s?)*$", "(a|b+)*", "((a+)b?)+", "(-[^a]+)+", "(?:-a+|b)*"] {
            assert_eq!(browser_pattern(pattern, Letters::Unicode), None, "{pattern}");
        }
    }
}
