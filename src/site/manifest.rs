//! The manifest in the output folder, which lists the files of earlier builds. A build changes and removes only these.

use std::collections::BTreeSet;
use std::io;

use super::SiteError;
use super::index::has_hashed_name;
use super::output::Output;
use crate::repo::Contents;

/// The manifest. Its name begins with a dot, so that servers do not publish it.
pub(super) const MANIFEST: &str = ".casebook-site";

/// The part of the manifest with the files of the search index. Their names change with each build, while the other part is
/// large and rarely changes.
pub(super) const INDEX_MANIFEST: &str = ".casebook-site-index";

/// Returns the files of earlier builds, or an empty set for an empty folder. Ignores lines that lead out of the folder
/// or to a hidden file, because Casebook does not write such lines.
pub(super) fn read_manifest(output: &dyn Output) -> Result<BTreeSet<String>, SiteError> {
    let names = output.names().map_err(|source| SiteError::Output { path: ".", source })?;
    if !names.iter().any(|name| name == MANIFEST) {
        return match names.into_iter().find(|name| !name.starts_with('.')) {
            Some(name) => Err(SiteError::NoSite { name }),
            None => Ok(BTreeSet::new()),
        };
    }
    let is_ours = |line: &&str| !line.split('/').any(|part| part.is_empty() || part.starts_with('.'));
    let mut known = BTreeSet::new();
    for path in [MANIFEST, INDEX_MANIFEST] {
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
    for (path, is_index) in [(MANIFEST, false), (INDEX_MANIFEST, true)] {
        if !part_of(manifest, is_index).eq(part_of(former, is_index)) {
            let text: String = part_of(manifest, is_index).flat_map(|line| [line, "\n"]).collect();
            output.write(path, Contents::Bytes(text.as_bytes())).map_err(failed(path))?;
        }
    }
    Ok(())
}

/// Returns the paths in a part of the manifest.
fn part_of(manifest: &BTreeSet<String>, is_index: bool) -> impl Iterator<Item = &str> {
    manifest.iter().map(String::as_str).filter(move |path| has_hashed_name(path) == is_index)
}

fn failed(path: &'static str) -> impl Fn(io::Error) -> SiteError {
    move |source| SiteError::Output { path, source }
}
