//! The manifest in the output folder, which lists the files of earlier builds. A build changes and removes only these.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use super::SiteError;
use super::index::has_hashed_name;
use super::output::Output;
use crate::repo::Contents;

/// The manifest of a small site. That of a large one has parts, and this one has the files at the root. The names begin with
/// a dot, so that servers do not publish the files.
pub(super) const MANIFEST: &str = ".casebook-site";

/// The part of the manifest with the files of the search index, whose names change with each build.
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
        known.extend(String::from_utf8_lossy(&bytes).lines().filter(is_ours).map(str::to_owned));
    }
    Ok(known)
}

/// Writes the parts of `manifest` that differ from those of `former`.
pub(super) fn write_manifest(
    output: &dyn Output,
    manifest: &BTreeSet<String>,
    former: &BTreeSet<String>,
) -> Result<(), SiteError> {
    let (parts, former) = (parts_of(manifest), parts_of(former));
    for (name, paths) in &parts {
        if former.get(name) != Some(paths) {
            let text: String = paths.iter().flat_map(|path| [*path, "\n"]).collect();
            output.write(name, Contents::Bytes(text.as_bytes())).map_err(failed(name))?;
        }
    }
    for name in former.keys().filter(|name| !parts.contains_key(*name)) {
        output.remove(name).map_err(failed(name))?;
    }
    Ok(())
}

/// Returns the parts of a manifest by the names of their files.
fn parts_of(manifest: &BTreeSet<String>) -> BTreeMap<String, Vec<&str>> {
    let mut parts: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for path in manifest {
        let part = match path.rsplit_once('/') {
            _ if has_hashed_name(path) => INDEX_MANIFEST.to_owned(),
            Some((folder, _)) if manifest.len() >= LARGE => {
                // The files of a ticket are in one part.
                format!("{MANIFEST}-{:02}", blake3::hash(folder.as_bytes()).as_bytes()[0] % PARTS)
            }
            _ => MANIFEST.to_owned(),
        };
        parts.entry(part).or_default().push(path);
    }
    parts
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
        let changed = |from: usize, to: usize| {
            let (from, to) = (pages(from), pages(to));
            let (from, to) = (parts_of(&from), parts_of(&to));
            to.iter().filter(|(name, paths)| from.get(*name) != Some(paths)).count()
        };
        assert_eq!(changed(3_000, 3_001), 1);
        assert_eq!(parts_of(&pages(3_000)).len(), 2 + usize::from(PARTS));
        assert_eq!(parts_of(&pages(30)).into_keys().collect::<Vec<_>>(), [MANIFEST, INDEX_MANIFEST]);
        assert_eq!(parts_of(&pages(3_000)).into_values().map(|paths| paths.len()).sum::<usize>(), 6_003);
    }
}
