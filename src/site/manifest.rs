//! The manifest in the output folder, which lists the files of earlier builds. A build changes and removes only these.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use super::SiteError;
use super::index::{has_hashed_name, hashed_name, path_of_hashed};
use super::output::Output;
use crate::repo::Contents;

/// The manifest of a small site. That of a large one has parts, and this one has the files at the root. The names begin with
/// a dot, so that servers do not publish the files.
pub(super) const MANIFEST: &str = ".casebook-site";

/// The part of the manifest with the files of the search index, whose names change with each build. It has only their names, without
/// the folder and the ending.
pub(super) const INDEX_MANIFEST: &str = ".casebook-site-index";

/// The number of files from which a manifest is divided, so that a new page does not write the names of all pages.
const LARGE: usize = 4_096;

/// The number of parts of a large manifest.
const PARTS: u8 = 32;

/// Returns the files of earlier builds, or an empty set for an empty folder. Ignores lines that lead out of the folder
/// or to a hidden file, because Casebook does not write such lines.
pub(super) fn read_manifest(output: &dyn Output) -> Result<BTreeSet<String>, SiteError> {
    let names = output.names().map_err(|source| SiteError::Output { path: ".".to_owned(), source })?;
    if !names.iter().any(|name| name == MANIFEST) {
        return match names.into_iter().find(|name| !name.starts_with('.')) {
            Some(name) => Err(SiteError::NoSite { name }),
            None => Ok(BTreeSet::new()),
        };
    }
    let is_ours = |line: &&str| !line.split('/').any(|part| part.is_empty() || part.starts_with('.'));
    let mut known = BTreeSet::new();
    for path in names.iter().filter(|name| name.starts_with(MANIFEST)) {
        let bytes = output.read(path).map_err(failed(path))?.unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes);
        let lines = text.lines().filter(is_ours);
        // Earlier versions wrote whole paths to this part.
        let whole = |line: &str| match path == INDEX_MANIFEST && !line.contains('/') {
            true => path_of_hashed(line),
            false => line.to_owned(),
        };
        known.extend(lines.map(whole));
    }
    Ok(known)
}

/// Writes the parts of `manifest` that differ from those of `former`.
pub(super) fn write_manifest(
    output: &dyn Output,
    manifest: &BTreeSet<String>,
    former: &BTreeSet<String>,
) -> Result<(), SiteError> {
    for (name, paths) in changed_parts(manifest, former) {
        if paths.is_empty() {
            output.remove(&name).map_err(failed(&name))?;
        } else {
            let short = |path| hashed_name(path).unwrap_or(path);
            let text: String = paths.iter().flat_map(|path| [short(path), "\n"]).collect();
            output.write(&name, Contents::Bytes(text.as_bytes())).map_err(failed(&name))?;
        }
    }
    Ok(())
}

/// Returns the parts of `manifest` that differ from those of `former`, by the names of their files.
fn changed_parts<'a>(
    manifest: &'a BTreeSet<String>,
    former: &BTreeSet<String>,
) -> BTreeMap<String, Vec<&'a str>> {
    let (is_large, was_large) = (manifest.len() >= LARGE, former.len() >= LARGE);
    let mut parts: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    if is_large == was_large {
        let changed = manifest.symmetric_difference(former);
        parts.extend(changed.map(|path| (part_of(path, is_large), Vec::new())));
    } else {
        parts.extend(former.iter().map(|path| (part_of(path, was_large), Vec::new())));
        parts.extend(manifest.iter().map(|path| (part_of(path, is_large), Vec::new())));
    }
    // Most builds change only the index, and need not hash the names of all pages.
    let only_index = parts.keys().all(|name| name == INDEX_MANIFEST);
    for path in manifest.iter().filter(|path| !only_index || has_hashed_name(path)) {
        if let Some(part) = parts.get_mut(&part_of(path, is_large)) {
            part.push(path);
        }
    }
    parts
}

/// Returns the name of the part of a manifest that has `path`.
fn part_of(path: &str, is_large: bool) -> String {
    match path.rsplit_once('/') {
        _ if has_hashed_name(path) => INDEX_MANIFEST.to_owned(),
        Some((folder, _)) if is_large => {
            // The files of a ticket are in one part.
            format!("{MANIFEST}-{:02}", blake3::hash(folder.as_bytes()).as_bytes()[0] % PARTS)
        }
        _ => MANIFEST.to_owned(),
    }
}

fn failed(path: &str) -> impl Fn(io::Error) -> SiteError {
    move |source| SiteError::Output { path: path.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_ticket_on_a_large_site_changes_one_part_of_the_manifest() {
        let ticket = |n: usize| [format!("tickets/t-{n}/index.html"), format!("tickets/t-{n}/index.md")];
        let assets = ["index.html", "assets/site.css", "search/i/abcdefghij.bin"].map(str::to_owned);
        let pages = |count: usize| -> BTreeSet<String> {
            (0..count).flat_map(ticket).chain(assets.clone()).collect()
        };
        let changed = |from: BTreeSet<String>, to: BTreeSet<String>| -> Vec<(String, usize)> {
            let parts = changed_parts(&to, &from);
            parts.into_iter().map(|(name, paths)| (name, paths.len())).collect()
        };
        let names = |parts: Vec<(String, usize)>| parts.into_iter().map(|(name, _)| name).collect::<Vec<_>>();
        assert_eq!(changed(pages(3_000), pages(3_001)).len(), 1);
        let large = changed(BTreeSet::new(), pages(3_000));
        assert_eq!(large.len(), 2 + usize::from(PARTS));
        assert_eq!(large.iter().map(|(_, paths)| paths).sum::<usize>(), 6_003);
        assert_eq!(names(changed(BTreeSet::new(), pages(30))), [MANIFEST, INDEX_MANIFEST]);
        let with_new_index: BTreeSet<String> =
            pages(3_000).into_iter().filter(|path| !has_hashed_name(path)).collect();
        assert_eq!(changed(pages(3_000), with_new_index), [(INDEX_MANIFEST.to_owned(), 0)]);
        assert_eq!(changed(pages(30), pages(3_000)).len(), 2 + usize::from(PARTS));
        let smaller = changed(pages(3_000), pages(30));
        let left: Vec<_> = smaller.into_iter().filter(|(_, paths)| *paths > 0).collect();
        assert_eq!(left, [(MANIFEST.to_owned(), 62), (INDEX_MANIFEST.to_owned(), 1)]);
    }
}
