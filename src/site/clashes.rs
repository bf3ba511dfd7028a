//! Name clashes: files of a site that a file system cannot hold at the same time.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use unicode_normalization::UnicodeNormalization as _;

/// Finds the files that cannot be written because their name clashes with the name of another file. Returns each with
/// the reason and the next step. `is_copy` is true for attachments. A page has priority over an attachment; otherwise
/// the first file by name has priority.
///
/// Many file systems ignore case in names. Names that differ only in case clash on every system, so that a repository
/// has the same site everywhere.
pub(super) fn clashes<'a>(
    paths: &BTreeSet<&'a str>,
    is_copy: impl Fn(&str) -> bool,
) -> BTreeMap<&'a str, (String, &'static str)> {
    let (copies, pages): (Vec<&str>, Vec<&str>) = paths.iter().copied().partition(|path| is_copy(path));
    let mut by_name: HashMap<Cow<'_, str>, &str> = HashMap::with_capacity(paths.len());
    let mut clashes = BTreeMap::new();
    for path in pages.iter().chain(&copies).copied() {
        match by_name.get(&same_name(path)) {
            Some(other) => {
                let reason = format!("the name differs from `{other}` only in case or accents");
                clashes.insert(path, (reason, "rename the file"));
            }
            None => _ = by_name.insert(same_name(path), path),
        }
    }
    for path in paths {
        let name = same_name(path);
        let above = folders_above(&name).find_map(|folder| by_name.get(folder));
        if let Some(file) = above {
            let reason = format!("`{file}` is a file and cannot also be a folder");
            clashes.insert(path, (reason, "rename the folder"));
        }
    }
    clashes
}

/// Returns the folders above `path`, the outermost first.
pub(super) fn folders_above(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').map(|(at, _)| &path[..at])
}

/// Returns a key that is equal for two paths if a file system can treat them as the same path.
pub(super) fn same_name(path: &str) -> Cow<'_, str> {
    match path.is_ascii() {
        true if path.bytes().any(|byte| byte.is_ascii_uppercase()) => Cow::Owned(path.to_ascii_lowercase()),
        true => Cow::Borrowed(path),
        false => Cow::Owned(path.nfc().collect::<String>().to_lowercase().nfc().collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clashing_names_are_found_and_pages_have_priority() {
        let paths = BTreeSet::from([
            "t/a/INDEX.html",
            "t/a/Log.txt",
            "t/a/index.html",
            "t/a/index.html/x.log",
            "t/a/log.txt",
            "t/a/caf\u{e9}.log",
            "t/a/cafe\u{301}.log",
            "t/a/log.txt.gz",
        ]);
        let found = clashes(&paths, |path| !path.ends_with("index.html"));
        let found: Vec<&str> = found.keys().copied().collect();
        assert_eq!(found, ["t/a/INDEX.html", "t/a/caf\u{e9}.log", "t/a/index.html/x.log", "t/a/log.txt"]);
    }
}
