//! Reads numbers, texts and files from the bytes of an input, and creates the seeds that several targets share.

use casebook::fuzzing::{TextFile, cases_of_rules};

/// The bytes of an input that are not used yet.
pub struct Input<'a>(pub &'a [u8]);

impl Input<'_> {
    /// Returns the next byte; 0 at the end.
    pub fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    /// Returns the text up to the next zero byte. Invalid UTF-8 is replaced.
    pub fn text(&mut self) -> String {
        let end = self.0.iter().position(|byte| *byte == 0).unwrap_or(self.0.len());
        let text = String::from_utf8_lossy(&self.0[..end]).into_owned();
        self.0 = self.0.get(end + 1..).unwrap_or_default();
        text
    }

    /// Returns whether all bytes are used.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Damages `bytes` as the input says: changes some bytes, cuts off the end, or replaces all bytes with the rest of
    /// the input.
    pub fn damage(&mut self, bytes: &mut Vec<u8>) {
        let edits = self.byte() % 8;
        for _ in 0..edits {
            let at = usize::from(self.byte()) << 8 | usize::from(self.byte());
            let len = bytes.len().max(1);
            if let Some(byte) = bytes.get_mut(at % len) {
                *byte = self.byte();
            }
        }
        match edits {
            0 => *bytes = self.0.to_vec(),
            7 => bytes.truncate(usize::from(self.byte()) << 8 | usize::from(self.byte())),
            _ => {}
        }
    }

    /// Reads up to eight files, each as its path, a zero byte, its text and a zero byte. A later file replaces an
    /// earlier file with the same path.
    pub fn files(&mut self) -> Vec<TextFile> {
        let mut files: Vec<TextFile> = Vec::new();
        while !self.is_empty() && files.len() < 8 {
            let (path, text) = (self.text(), self.text());
            if is_path(&path) {
                files.retain(|(other, _)| *other != path);
                files.push((path, text));
            }
        }
        files
    }
}

/// Returns whether a listing of a repository can contain this path.
fn is_path(path: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
    path.len() < 80
        && path.chars().all(is_plain)
        && path.split('/').all(|part| !part.trim_matches('.').is_empty())
}

/// Encodes files in the format that [`Input::files`] reads.
pub fn seed_of_files(files: &[(&str, &str)]) -> Vec<u8> {
    files.iter().map(|(path, text)| format!("{path}\0{text}\0")).collect::<String>().into_bytes()
}

/// Returns seeds that damage the valid file `valid`.
pub fn seeds_of_damage(valid: &[u8]) -> Vec<Vec<u8>> {
    let whole = [&[0], valid].concat();
    vec![whole, vec![1, 0, 9, 255], vec![7, 0, 40], vec![3, 0, 1, 2, 0, 3, 4, 0, 5, 6]]
}

/// Returns the texts in the test cases of all rules.
pub fn texts_of_rules() -> Vec<Vec<u8>> {
    cases_of_rules().flatten().map(|(_, text)| text.as_bytes().to_vec()).collect()
}
