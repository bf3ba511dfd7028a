//! Takes numbers and texts from the bytes of an input, and the seeds that several targets start from.

use casebook::check::RULES;

/// The bytes of an input that are not used yet.
pub struct Input<'a>(pub &'a [u8]);

impl Input<'_> {
    /// The next byte; 0 at the end.
    pub fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    /// Everything up to the next zero byte, as text with replacement characters.
    pub fn text(&mut self) -> String {
        let end = self.0.iter().position(|byte| *byte == 0).unwrap_or(self.0.len());
        let text = String::from_utf8_lossy(&self.0[..end]).into_owned();
        self.0 = self.0.get(end + 1..).unwrap_or_default();
        text
    }

    /// Whether all bytes are used.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Path and text of each file in the cases of all rules: tickets, replies, templates and settings, right and wrong.
pub fn files_of_rules() -> impl Iterator<Item = (&'static str, &'static str)> {
    RULES.iter().flat_map(|rule| rule.cases).flat_map(|case| case.files.iter().copied())
}

/// The texts of those files.
pub fn texts_of_rules() -> Vec<Vec<u8>> {
    files_of_rules().map(|(_, text)| text.as_bytes().to_vec()).collect()
}
