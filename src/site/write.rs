//! The one writer: only what changed is written, and what no longer belongs goes.

use std::collections::BTreeSet;
use std::io;

use super::{Site, SiteError};
use crate::repo::SiteFolder;

/// The file by which a build knows its own files again. Hidden, so that servers leave it alone.
const MANIFEST: &str = ".casebook-site";

/// Where a site is written. Paths are relative to its root, with `/` between the parts.
pub trait Output {
    /// The bytes of the file at `path`; `None` when there is none.
    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>>;
    /// Writes a file and the folders it needs: whole or not at all.
    fn write(&mut self, path: &str, bytes: &[u8]) -> io::Result<()>;
    /// Removes a file and the folders that it leaves empty. A file that is gone already is no error.
    fn remove(&mut self, path: &str) -> io::Result<()>;
}

impl Output for SiteFolder {
    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        Self::read(self, path)
    }

    fn write(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        Self::write(self, path, bytes)
    }

    fn remove(&mut self, path: &str) -> io::Result<()> {
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

/// Writes `site` to `output`. Files that no build made are never touched: one in the way is an error, before anything
/// is written.
///
/// The list of our own files is written first and names old and new ones, so that a build that was killed is taken up
/// by the next one wherever it stopped.
pub fn write(site: &Site, output: &mut dyn Output) -> Result<Written, SiteError> {
    let files = site.render_all()?;
    let known = read_manifest(output)?;
    let mut outcome = Written::default();
    let mut changed: Vec<(&str, &[u8])> = Vec::new();
    for (path, bytes) in &files {
        match output.read(path).map_err(|source| failed(path, source))? {
            Some(present) if present == *bytes => outcome.unchanged += 1,
            Some(_) if !known.contains(path) => return Err(SiteError::Foreign { path: path.clone() }),
            _ => changed.push((path, bytes)),
        }
    }
    let removed: Vec<&String> = known.iter().filter(|path| !files.contains_key(*path)).collect();
    let ours: BTreeSet<&String> = files.keys().collect();
    let all: BTreeSet<&String> = known.iter().chain(ours.iter().copied()).collect();
    if !changed.is_empty() || !removed.is_empty() || known.len() != files.len() {
        put_manifest(output, &all)?;
    }
    // Pages last, assets and data first, the front page at the very end: what a page needs is there before it is.
    changed.sort_by_key(|(path, _)| (path.ends_with(".html"), path.matches('/').count() == 0, *path));
    for (path, bytes) in changed {
        output.write(path, bytes).map_err(|source| failed(path, source))?;
        outcome.written.push(path.to_owned());
    }
    for path in removed {
        output.remove(path).map_err(|source| failed(path, source))?;
        outcome.removed.push(path.clone());
    }
    put_manifest(output, &ours)?;
    outcome.written.sort();
    Ok(outcome)
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

fn put_manifest(output: &mut dyn Output, paths: &BTreeSet<&String>) -> Result<(), SiteError> {
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
