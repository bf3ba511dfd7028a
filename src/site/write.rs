//! The one writer: only what changed is written, and what no longer belongs goes.

use std::collections::BTreeSet;
use std::io;

use rayon::prelude::*;

use super::{Site, SiteError};
use crate::repo::SiteFolder;

/// The file by which a build knows its own files again. Hidden, so that servers leave it alone.
const MANIFEST: &str = ".casebook-site";

/// Where a site is written. Paths are relative to its root, with `/` between the parts. Files are read and written by
/// several threads at once.
pub trait Output: Sync {
    /// The bytes of the file at `path`; `None` when there is none.
    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>>;
    /// Writes a file and the folders it needs: whole or not at all.
    fn write(&self, path: &str, bytes: &[u8]) -> io::Result<()>;
    /// Removes a file and the folders that it leaves empty. A file that is gone already is no error.
    fn remove(&self, path: &str) -> io::Result<()>;
}

impl Output for SiteFolder {
    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        Self::read(self, path)
    }

    fn write(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        Self::write(self, path, bytes)
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        Self::remove(self, path)
    }
}

/// What a build did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Files that are new or differ.
    pub written: Vec<String>,
    /// Files of an earlier build that no longer belong.
    pub removed: Vec<String>,
    /// How many files were right already.
    pub unchanged: usize,
}

/// Writes `site` to `output`, page by page, so that no more than a few are in memory. Files that no build made are never
/// touched: one in the way is an error, before anything is written.
///
/// The list of our own files is written first and names old and new ones, so that a build that was killed is taken up
/// by the next one wherever it stopped.
pub fn write(site: &Site, output: &dyn Output) -> Result<Written, SiteError> {
    site.prepare();
    let paths = site.paths();
    let known = read_manifest(output)?;
    let added: Vec<&str> = paths.iter().copied().filter(|path| !known.contains(*path)).collect();
    added.par_iter().try_for_each(|path| refuse_foreign(site, output, path))?;
    let removed: Vec<&str> = known.iter().map(String::as_str).filter(|path| !paths.contains(path)).collect();
    if !added.is_empty() || !removed.is_empty() {
        put_manifest(output, &known.iter().map(String::as_str).chain(added).collect())?;
    }
    // What a page needs is there before the page is, and the front page comes last.
    let mut outcome = Written::default();
    for stage in 0..3 {
        let stage: Vec<&str> = paths.iter().copied().filter(|path| stage_of(path) == stage).collect();
        let done: Vec<Option<&str>> =
            stage.par_iter().map(|path| put(site, output, path)).collect::<Result<_, SiteError>>()?;
        outcome.unchanged += done.iter().filter(|path| path.is_none()).count();
        outcome.written.extend(done.into_iter().flatten().map(str::to_owned));
    }
    for path in removed {
        output.remove(path).map_err(|source| failed(path, source))?;
        outcome.removed.push(path.to_owned());
    }
    put_manifest(output, &paths)?;
    outcome.written.sort();
    Ok(outcome)
}

/// Assets and data, then pages, then those at the root.
fn stage_of(path: &str) -> usize {
    match (path.ends_with(".html"), path.contains('/')) {
        (false, _) => 0,
        (true, true) => 1,
        (true, false) => 2,
    }
}

/// A file at `path` that no build made is an error, unless it is what would be written there.
fn refuse_foreign(site: &Site, output: &dyn Output, path: &str) -> Result<(), SiteError> {
    match output.read(path).map_err(|source| failed(path, source))? {
        Some(present) if present != site.render(path)? => Err(SiteError::Foreign { path: path.to_owned() }),
        _ => Ok(()),
    }
}

/// Writes the file at `path` if it is not right already; `None` if it is.
fn put<'a>(site: &Site, output: &dyn Output, path: &'a str) -> Result<Option<&'a str>, SiteError> {
    let bytes = site.render(path)?;
    if output.read(path).map_err(|source| failed(path, source))?.is_some_and(|present| present == bytes) {
        return Ok(None);
    }
    output.write(path, &bytes).map_err(|source| failed(path, source))?;
    Ok(Some(path))
}

fn failed(path: &str, source: io::Error) -> SiteError {
    SiteError::Write { path: path.to_owned(), source }
}

/// The files of earlier builds. A line that could lead out of the folder is not ours.
fn read_manifest(output: &dyn Output) -> Result<BTreeSet<String>, SiteError> {
    let bytes = output.read(MANIFEST).map_err(|source| failed(MANIFEST, source))?.unwrap_or_default();
    let inside = |line: &&str| {
        !line.is_empty()
            && !line.starts_with('/')
            && !line.split('/').any(|part| part == ".." || part.is_empty())
    };
    Ok(String::from_utf8_lossy(&bytes).lines().filter(inside).map(str::to_owned).collect())
}

fn put_manifest(output: &dyn Output, paths: &BTreeSet<&str>) -> Result<(), SiteError> {
    let mut text = String::new();
    for path in paths {
        text.push_str(path);
        text.push('\n');
    }
    let present = output.read(MANIFEST).map_err(|source| failed(MANIFEST, source))?;
    if present.as_deref() == Some(text.as_bytes()) {
        return Ok(());
    }
    output.write(MANIFEST, text.as_bytes()).map_err(|source| failed(MANIFEST, source))
}
