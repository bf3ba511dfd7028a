//! Paths inside a casebook repository: UTF-8, `/` between the parts, no leading slash.

use std::{borrow::Cow, fmt, sync::Arc};

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

/// A path relative to the root of the casebook repository, such as `tickets/2026/11/a-b-k7f3qa.md`. Copies share the
/// text, since a large repository has each of its paths in many places.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RepoPath(Arc<str>);

impl RepoPath {
    /// Creates a path from text with `/` between its parts.
    pub fn new(path: impl Into<Arc<str>>) -> Self {
        Self(path.into())
    }

    /// Returns the whole path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the last part of the path: `a.md` for `tickets/a.md`.
    pub fn file_name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }

    /// Returns the file name without its last extension: `a` for `tickets/a.md`.
    pub fn stem(&self) -> &str {
        let name = self.file_name();
        match name.rfind('.') {
            Some(dot) if dot > 0 => &name[..dot],
            _ => name,
        }
    }

    /// Returns the folder of the file, without a slash at the end; empty at the root.
    pub fn folder(&self) -> &str {
        self.0.rfind('/').map_or("", |slash| &self.0[..slash])
    }

    /// Returns the path without its last extension: `tickets/a` for `tickets/a.md`. A ticket's replies are in this
    /// folder.
    pub fn without_extension(&self) -> &str {
        let name_start = self.0.len() - self.file_name().len();
        &self.0[..name_start + self.stem().len()]
    }

    /// Returns whether the name ends in `.md` (any case).
    pub fn is_markdown(&self) -> bool {
        let bytes = self.0.as_bytes();
        bytes.len() > 3 && bytes[bytes.len() - 3..].eq_ignore_ascii_case(b".md")
    }

    /// Returns whether the file describes its folder: a README or an `_index`, in Markdown and any case, also in a
    /// language (`README.zh.md`).
    pub fn is_folder_page(&self) -> bool {
        let stem = self.stem().split('.').next().unwrap_or_default();
        self.is_markdown() && ["readme", "_index"].iter().any(|name| stem.eq_ignore_ascii_case(name))
    }

    /// Returns whether the path is below `folder` (`tickets`, no slash at the end).
    pub fn is_below(&self, folder: &str) -> bool {
        self.0.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
    }

    /// Appends a slash and `name`.
    pub fn join(&self, name: &str) -> Self {
        if self.0.is_empty() { Self::new(name) } else { Self::new(format!("{}/{name}", self.0)) }
    }
}

/// Returns `path` in Unicode normal form C. macOS stores names in form D, and people type form C, so that two equal
/// names can differ in their bytes.
pub(crate) fn normal_form(path: &str) -> Cow<'_, str> {
    if path.is_ascii() { Cow::Borrowed(path) } else { Cow::Owned(path.nfc().collect()) }
}

/// Resolves the relative `link` of a file in `folder`, including `..` and `.`; returns `None` when it leads outside of
/// the repository.
pub(crate) fn resolve_link(folder: &str, link: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in link.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

impl fmt::Display for RepoPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for RepoPath {
    fn from(path: &str) -> Self {
        Self::new(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_a_name_a_stem_and_a_folder() {
        let path = RepoPath::new("tickets/2026/11/a.b.md");
        assert_eq!(path.file_name(), "a.b.md");
        assert_eq!(path.stem(), "a.b");
        assert_eq!(path.folder(), "tickets/2026/11");
        assert_eq!(path.without_extension(), "tickets/2026/11/a.b");
        assert!(path.is_markdown() && path.is_below("tickets") && !path.is_below("ticket"));
    }

    #[test]
    fn a_readme_describes_its_folder() {
        let is_page = |path: &str| RepoPath::new(path).is_folder_page();
        assert!(
            ["tickets/README.md", "a/readme.md", "_index.md", "a/README.zh.MD", "_index.de.md"]
                .map(is_page)
                .iter()
                .all(|is| *is)
        );
        assert!(
            !["readme-1.md", "README.txt", "README", "index.md", "a/readme/b.md"]
                .map(is_page)
                .iter()
                .any(|is| *is)
        );
    }

    #[test]
    fn a_link_leads_up_and_down_and_never_outside() {
        assert_eq!(resolve_link("tickets/2026", "../x/./a.md"), Some("tickets/x/a.md".to_owned()));
        assert_eq!(resolve_link("tickets", "../../etc/passwd"), None);
    }
}
