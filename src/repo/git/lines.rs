//! Compares two texts line by line.

use std::ops::Range;

use crate::text::RepoPath;

/// Returns the lines of `new`, counted from 1, that are missing or different in `old`, as in `git diff`. Removed lines
/// have no range.
pub(crate) fn changed_lines(old: &[u8], new: &[u8]) -> Vec<Range<usize>> {
    let mut options = git2::DiffOptions::new();
    options.context_lines(0).force_text(true);
    let Ok(patch) = git2::Patch::from_buffers(old, None, new, None, Some(&mut options)) else {
        // A text that cannot be compared counts as entirely new.
        return std::iter::once(1..usize::MAX).collect();
    };
    (0..patch.num_hunks())
        .filter_map(|hunk| patch.hunk(hunk).ok())
        .map(|(hunk, _)| {
            let start = hunk.new_start() as usize;
            start..start + hunk.new_lines() as usize
        })
        .filter(|lines| !lines.is_empty())
        .collect()
}

/// Returns the difference between two texts of the file `path` as a patch for `git apply`. Returns `None` if git cannot
/// compare them.
pub(crate) fn unified_diff(path: &RepoPath, old: &str, new: &str) -> Option<String> {
    let file = Some(std::path::Path::new(path.as_str()));
    let mut options = git2::DiffOptions::new();
    options.force_text(true);
    let patch = git2::Patch::from_buffers(old.as_bytes(), file, new.as_bytes(), file, Some(&mut options));
    let text = patch.ok()?.to_buf().ok()?;
    Some(String::from_utf8_lossy(&text).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn added_and_changed_lines_are_returned_and_removed_lines_are_not() {
        assert_eq!(changed_lines(b"a\nb\nc\nd\n", b"a\nB\nc\nd\ne\n"), [2..3, 5..6]);
        assert!(changed_lines(b"a\nb\nc\n", b"a\nc\n").is_empty());
        assert_eq!(changed_lines(b"", b"a\nb\n"), vec![1..3]);
        assert!(changed_lines(b"a\n", b"a\n").is_empty());
    }
}
