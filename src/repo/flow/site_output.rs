//! Opens the folder that a site is written to.

use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use crate::repo::error::RepoError;
use crate::repo::git::repo::Repo;
use crate::repo::scope;
use crate::repo::write::folder_handle::FolderHandle;
use crate::repo::write::site_folder::SiteFolder;

impl Repo {
    /// Opens the folder at `out` (an absolute path) for writing a site, and creates it if it does not exist. Waits
    /// while another process writes a site there.
    ///
    /// Symbolic links on the way to the folder are followed, as users of web servers expect. Links inside the worktree
    /// are not followed, since the authors of the repository could use them to overwrite files of the user.
    pub(crate) fn site_folder(&self, out: &Path) -> Result<SiteFolder, RepoError> {
        let worktree = self.root.ancestors().nth(Path::new(&self.prefix).components().count());
        let failed = |error| RepoError::io("open the folder", out, error);
        let (base, rest) = follow(worktree.filter(|_| !self.bare), out).map_err(failed)?;
        if rest.as_os_str().is_empty() && !base.is_dir() {
            fs::create_dir_all(&base).map_err(|error| RepoError::io("create the folder", &base, error))?;
        }
        let mut root = FolderHandle::open(&base).map_err(failed)?;
        for part in rest.components() {
            let Component::Normal(name) = part else {
                return Err(RepoError::path(out.display(), "leads outside the repository"));
            };
            let name = name.to_str().ok_or_else(|| RepoError::path(out.display(), scope::NOT_UTF8))?;
            root = root.folder_or_new(name, false).map_err(failed)?.0;
        }
        SiteFolder::new(root).map_err(failed)
    }
}

/// Follows the links on the way to `out` (absolute) up to the `worktree`, if the way leads into it. Returns the
/// resolved part and the rest of the path.
fn follow(worktree: Option<&Path>, out: &Path) -> io::Result<(PathBuf, PathBuf)> {
    /// The maximum number of links, about the same as in operating systems.
    const MAX_LINKS: usize = 40;
    let (mut place, mut rest, mut links) = (PathBuf::new(), out.to_owned(), 0);
    while let Some(part) = rest.components().next().map(|part| PathBuf::from(part.as_os_str())) {
        if worktree.is_some_and(|worktree| place.starts_with(worktree)) {
            break;
        }
        rest = rest.components().skip(1).collect();
        if part == Path::new("..") {
            place.pop();
        } else if let Ok(target) = place.join(&part).read_link() {
            links += 1;
            if links > MAX_LINKS {
                return Err(io::Error::other("too many symbolic links"));
            }
            rest = target.join(rest);
        } else {
            place.push(part);
        }
    }
    Ok((place, rest))
}

/// Returns the place that `path` (absolute) leads to, whether it exists or not.
pub(crate) fn real_place(path: &Path) -> PathBuf {
    follow(None, path).map_or_else(|_| path.to_owned(), |(place, _)| place)
}
