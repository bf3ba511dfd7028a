//! Decides which paths belong to a casebook.

use std::borrow::Cow;
use std::fmt;

use crate::text::RepoPath;

/// The largest file that Casebook reads, in bytes.
pub(crate) const MAX_FILE_SIZE: u64 = 64 << 20;

/// The settings file at the root.
pub(in crate::repo) const SETTINGS: &str = "casebook.yml";

/// The folders at the root whose contents belong to the casebook.
pub(in crate::repo) const FOLDERS: [&str; 5] =
    ["imports", "knowledge", "site", "ticket-templates", "tickets"];

pub(in crate::repo) const IS_SYMLINK: PathProblem =
    PathProblem::new("is a symbolic link, which Casebook does not follow", "put the file itself there");
pub(in crate::repo) const IS_MISSING: PathProblem = PathProblem::without_hint("does not exist");
pub(in crate::repo) const IS_SUBMODULE: PathProblem =
    PathProblem::new("is a submodule, which Casebook does not read", "put its files there");
pub(in crate::repo) const IS_FOLDER: PathProblem = PathProblem::without_hint("is a folder");
pub(in crate::repo) const IS_SPECIAL: PathProblem =
    PathProblem::new("is neither a file nor a folder", "remove it");
pub(in crate::repo) const NOT_UTF8: PathProblem =
    PathProblem::new("has a name that is not UTF-8", "rename it");
pub(in crate::repo) const UNPRINTABLE: PathProblem =
    PathProblem::new("has a name with control characters", "rename it");
pub(in crate::repo) const IS_UNMERGED: PathProblem =
    PathProblem::new("is unmerged", "resolve the conflict and `git add` it");

/// The reason why Casebook cannot use a path, and how to solve it. Its `Display` is the reason only.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PathProblem {
    /// A verb and its object, such as `is a folder`.
    what: Cow<'static, str>,
    hint: Option<&'static str>,
}

impl PathProblem {
    pub(in crate::repo) const fn new(what: &'static str, hint: &'static str) -> Self {
        Self { what: Cow::Borrowed(what), hint: Some(hint) }
    }

    pub(in crate::repo) fn of(what: String, hint: &'static str) -> Self {
        Self { what: Cow::Owned(what), hint: Some(hint) }
    }

    const fn without_hint(what: &'static str) -> Self {
        Self { what: Cow::Borrowed(what), hint: None }
    }

    /// Returns the next step, if there is one.
    pub fn hint(&self) -> Option<&'static str> {
        self.hint
    }
}

impl<T: Into<Cow<'static, str>>> From<T> for PathProblem {
    fn from(what: T) -> Self {
        Self { what: what.into(), hint: None }
    }
}

impl fmt::Display for PathProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

/// How a path relates to a casebook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::repo) enum CasebookPlace {
    /// A file that belongs to the casebook.
    File,
    /// One of the [`FOLDERS`] itself.
    Folder,
    /// A hidden file in one of the folders. It does not belong to the casebook, but its secrets are checked.
    Hidden,
    /// A path that does not belong to the casebook.
    Outside,
}

/// Returns whether a file or folder is hidden. Hidden files do not belong to the casebook; only their secrets are checked.
pub(in crate::repo) fn is_hidden(name: &[u8]) -> bool {
    name.first() == Some(&b'.')
}

/// Returns whether a path leads through a hidden folder or to a hidden file.
pub(in crate::repo) fn is_hidden_path(path: &str) -> bool {
    path.starts_with('.') || path.contains("/.")
}

/// Returns whether a hidden file or folder is skipped: git's own folder, and files that Casebook is writing.
pub(in crate::repo) fn is_skipped(name: &[u8]) -> bool {
    name.eq_ignore_ascii_case(b".git") || name.starts_with(UNFINISHED_PREFIX.as_bytes())
}

/// The prefix of unfinished writes; hidden, because some of them are in the worktree.
pub(in crate::repo) const UNFINISHED_PREFIX: &str = ".casebook-write-";

/// Returns a name as text, or the reason why Casebook rejects it. Names are shown in lists, logs and URLs, one per
/// line, so they must not control a terminal or make one name look like another.
pub(in crate::repo) fn name_of(name: &[u8]) -> Result<&str, PathProblem> {
    let turning = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    match std::str::from_utf8(name) {
        Ok(text) if text.contains(|c: char| c.is_control() || turning(c)) => Err(UNPRINTABLE),
        Ok(text) => Ok(text),
        Err(_) => Err(NOT_UTF8),
    }
}

/// Classifies a name at the root.
pub(in crate::repo) fn place_at_root(name: &[u8]) -> CasebookPlace {
    if name == SETTINGS.as_bytes() {
        CasebookPlace::File
    } else if FOLDERS.iter().any(|folder| folder.as_bytes() == name) {
        CasebookPlace::Folder
    } else {
        CasebookPlace::Outside
    }
}

/// Classifies the path of a file.
pub(in crate::repo) fn place_of(path: &str) -> CasebookPlace {
    place_of_bytes(path.as_bytes())
}

/// Classifies the path of a file, which need not be UTF-8.
pub(in crate::repo) fn place_of_bytes(path: &[u8]) -> CasebookPlace {
    let mut parts = path.split(|byte| *byte == b'/');
    let place = place_at_root(parts.next().unwrap_or_default());
    let below = path.contains(&b'/');
    match place {
        CasebookPlace::Folder if below => {
            let mut place = CasebookPlace::File;
            for part in parts {
                match part {
                    b"" => return CasebookPlace::Outside,
                    part if is_skipped(part) => return CasebookPlace::Outside,
                    part if is_hidden(part) => place = CasebookPlace::Hidden,
                    _ => {}
                }
            }
            place
        }
        CasebookPlace::Folder | CasebookPlace::File if !below => place,
        _ => CasebookPlace::Outside,
    }
}

/// Returns why `path` cannot be a file in the repository; `None` when it can.
pub(in crate::repo) fn problem_of(path: &RepoPath) -> Option<PathProblem> {
    let text = path.as_str();
    if text.is_empty() {
        return Some("is empty".into());
    }
    if text.starts_with('/') {
        return Some(PathProblem::new("is absolute", "give a path relative to the casebook repository"));
    }
    if text.contains('\0') {
        return Some("contains a zero byte, which file names cannot have".into());
    }
    text.split('/').find_map(|part| match part {
        "" | "." | ".." => {
            Some("leads outside the casebook repository or is not in its shortest form".into())
        }
        // Case-insensitive file systems and NTFS short names also reach git's own files under these names.
        _ if part.eq_ignore_ascii_case(".git") || part.eq_ignore_ascii_case("git~1") => {
            Some("leads into git's own files".into())
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_leaves_the_repository_is_refused() {
        for path in
            ["../a", "a/../b", "/etc/passwd", "a//b", "", "a/.git/hooks/x", ".GIT/config", "a\0b", "./a"]
        {
            assert!(problem_of(&RepoPath::new(path)).is_some(), "{path:?} was allowed");
        }
        for path in [".gitattributes", ".github/workflows/casebook.yml", "tickets/2026/..a.md", "a b/ä.md"] {
            assert_eq!(problem_of(&RepoPath::new(path)), None, "{path:?} was refused");
        }
    }

    #[test]
    fn only_the_five_folders_and_the_settings_belong_to_the_casebook() {
        assert_eq!(place_of("casebook.yml"), CasebookPlace::File);
        assert_eq!(place_of("tickets"), CasebookPlace::Folder);
        assert_eq!(place_of("tickets/2026/a.md"), CasebookPlace::File);
        assert_eq!(place_of("imports/jira.lock"), CasebookPlace::File);
        for path in ["README.md", "tickets/.git/b", "casebook.yml/x", "Tickets/a.md", ".tickets/a.md"] {
            assert_eq!(place_of(path), CasebookPlace::Outside, "{path}");
        }
        for path in ["tickets/.a", "tickets/.a/b.md", "tickets/a/.env"] {
            assert_eq!(place_of(path), CasebookPlace::Hidden, "{path}");
        }
    }
}
