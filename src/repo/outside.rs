//! Files and folders outside of any casebook repository: what the user names on the command line, and where they stand.

use std::{
    fs,
    io::{ErrorKind, Read},
    path::Path,
};

use super::{Environment, RepoError, atomic::write_file, git::Git};

/// The text of a file that the user named; `None` when there is no such file.
pub fn read_outside(path: &Path) -> Result<Option<String>, RepoError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(RepoError::io("read", path, error)),
    }
}

/// Opens a file that the user named, for reading it in parts.
pub fn open_outside(path: &Path) -> Result<impl Read + use<>, RepoError> {
    fs::File::open(path).map_err(|error| RepoError::io("read", path, error))
}

/// Writes a file that the user named, with the folder it needs; whole or not at all.
pub fn write_outside(path: &Path, contents: &[u8]) -> Result<(), RepoError> {
    write_file(path, contents)
}

/// Whether there is anything at `path`.
pub fn exists_outside(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

/// Whether `path` is missing or a folder without anything in it.
pub fn is_vacant(path: &Path) -> bool {
    fs::read_dir(path)
        .map_or_else(|error| error.kind() == ErrorKind::NotFound, |mut entries| entries.next().is_none())
}

/// `folder` as a path in the git repository that it belongs to, with `/` between its parts; empty at its root. `None`
/// outside of any.
pub fn path_in_git(folder: &Path) -> Option<String> {
    let folder = folder.canonicalize().ok()?;
    let git = git2::Repository::discover(&folder).ok()?;
    let root = git.workdir()?.canonicalize().ok()?;
    let parts: Option<Vec<&str>> = folder.strip_prefix(root).ok()?.iter().map(|part| part.to_str()).collect();
    Some(parts?.join("/"))
}

/// The last tag of the checkout that `folder` belongs to, with what came after it: `v2.14.0`, `v2.14.0-3-gabc1234`.
pub fn describe(folder: &Path) -> Option<String> {
    let git = git2::Repository::discover(folder).ok()?;
    let description = git.describe(git2::DescribeOptions::new().describe_tags()).ok()?;
    description.format(Some(&git2::DescribeFormatOptions::new())).ok()
}

/// Makes a git repository with a worktree in `folder`, its branch called main; one that is there already stays.
pub fn init_git(folder: &Path, environment: &Environment) -> Result<(), RepoError> {
    fs::create_dir_all(folder).map_err(|error| RepoError::io("make the folder", folder, error))?;
    if git2::Repository::discover(folder).is_ok_and(|git| !git.is_bare()) {
        return Ok(());
    }
    Git::in_folder(folder, environment).args(["init", "--quiet", "--initial-branch=main"]).success().map(drop)
}
