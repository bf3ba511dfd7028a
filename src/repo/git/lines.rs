//! Which lines of a text are new.

use std::ops::Range;

/// The lines of `new`, counted from 1, that are not in `old` or are different there, as `git diff` sees it. Where lines
/// were only taken away there is nothing.
pub(crate) fn changed_lines(old: &[u8], new: &[u8]) -> Vec<Range<usize>> {
    let mut options = git2::DiffOptions::new();
    options.context_lines(0).force_text(true);
    let Ok(patch) = git2::Patch::from_buffers(old, None, new, None, Some(&mut options)) else {
        // What cannot be compared is new altogether.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_came_or_changed_are_known_and_those_that_went_are_not() {
        assert_eq!(changed_lines(b"a\nb\nc\nd\n", b"a\nB\nc\nd\ne\n"), [2..3, 5..6]);
        assert!(changed_lines(b"a\nb\nc\n", b"a\nc\n").is_empty());
        assert_eq!(changed_lines(b"", b"a\nb\n"), vec![1..3]);
        assert!(changed_lines(b"a\n", b"a\n").is_empty());
    }
}
