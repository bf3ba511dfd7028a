//! A folder outside of the repository, such as the Markdown files that another tool keeps, and its history in git.

use std::collections::{BTreeMap, HashMap};
use std::fs::DirEntry;
use std::io::{Error, ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, Mode, OFlags};

use super::environment::Environment;
use super::program::Git;
use crate::repo::error::RepoError;
use crate::repo::scope::{IS_SPECIAL, IS_SYMLINK, NOT_UTF8, PathProblem, UNPRINTABLE, is_hidden};
use crate::text::{RepoPath, Time};

/// The maximum number of files in the folder and its subfolders.
const MAX_FILES: usize = 100_000;
/// The maximum size of a file that is read, in bytes.
const MAX_FILE: u64 = 16 << 20;
/// The maximum size of all files that are read together, in bytes.
const MAX_BYTES: u64 = 4 << 30;

/// The regular files of a folder. Hidden files and folders are left out.
pub(crate) struct OutsideFolder {
    root: PathBuf,
    /// Sorted by path. Paths are relative to the folder.
    pub files: Vec<OutsideFile>,
    /// Files and folders that are not read, with the reason, sorted.
    pub refused: Vec<(String, PathProblem)>,
}

/// A regular file of an [`OutsideFolder`].
pub(crate) struct OutsideFile {
    pub path: RepoPath,
    size: u64,
    /// When the file was changed last, according to the disk.
    pub modified: Time,
}

/// The person and the time of a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OutsideCommit {
    pub name: String,
    pub email: String,
    /// The author date.
    pub time: Time,
}

/// The first and the last commit of a file, also under former names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OutsideHistory {
    /// `None` if a shallow clone does not contain the commit that added the file.
    pub added: Option<OutsideCommit>,
    pub changed: Time,
}

impl OutsideFolder {
    /// Lists the files of the folder `root`. Symbolic links are not followed.
    ///
    /// # Errors
    /// The folder cannot be read, or has more than 100,000 files.
    pub(crate) fn list(root: &Path) -> Result<Self, RepoError> {
        let failed = |path: &Path, error| RepoError::io("read", path, error);
        let root = root.canonicalize().map_err(|error| failed(root, error))?;
        let mut folder = Self { root: root.clone(), files: Vec::new(), refused: Vec::new() };
        let mut folders = vec![(root.clone(), String::new())];
        let mut count = 0;
        while let Some((path, prefix)) = folders.pop() {
            for entry in std::fs::read_dir(&path).map_err(|error| failed(&path, error))? {
                let entry = entry.map_err(|error| failed(&path, error))?;
                count += 1;
                if count > MAX_FILES {
                    let message = format!("the folder has more than {MAX_FILES} files");
                    return Err(failed(&root, Error::new(ErrorKind::FileTooLarge, message)));
                }
                if let Some(inner) = folder.add(&entry, &prefix) {
                    folders.push((entry.path(), inner));
                }
            }
        }
        folder.files.sort_by(|a, b| a.path.cmp(&b.path));
        folder.refused.sort();
        Ok(folder)
    }

    /// Adds a file. Returns the path of a folder, with a slash at the end.
    fn add(&mut self, entry: &DirEntry, prefix: &str) -> Option<String> {
        let name = entry.file_name();
        if is_hidden(name.as_encoded_bytes()) {
            return None;
        }
        let path = format!("{prefix}{}", name.to_string_lossy());
        let problem = match (name.to_str(), entry.metadata()) {
            (None, _) => NOT_UTF8,
            (Some(name), _) if name.chars().any(char::is_control) => UNPRINTABLE,
            // The metadata of an entry is that of a link itself.
            (_, Ok(data)) if data.is_symlink() => IS_SYMLINK,
            (_, Ok(data)) if data.is_dir() => return Some(format!("{path}/")),
            (_, Ok(data)) if data.is_file() => {
                let modified = data.modified().ok().and_then(|time| jiff::Timestamp::try_from(time).ok());
                let modified = modified.map_or_else(|| Time::from(jiff::Timestamp::UNIX_EPOCH), Time::from);
                self.files.push(OutsideFile {
                    path: RepoPath::new(path),
                    size: data.len(),
                    modified: modified.whole_second(),
                });
                return None;
            }
            (_, Ok(_)) => IS_SPECIAL,
            (_, Err(error)) => PathProblem::from(format!("cannot be read: {error}")),
        };
        self.refused.push((path, problem));
        None
    }

    /// Reads a file. A file over 16 MiB is refused.
    pub(crate) fn read(&self, file: &OutsideFile) -> Result<Vec<u8>, PathProblem> {
        let failed = |error: Error| PathProblem::from(format!("cannot be read: {error}"));
        // The file may have been replaced by a link or a pipe since it was listed.
        let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK;
        let opened = rustix::fs::openat(CWD, self.root.join(file.path.as_str()), flags, Mode::empty());
        let opened = std::fs::File::from(opened.map_err(|error| failed(error.into()))?);
        if !opened.metadata().map_err(failed)?.is_file() {
            return Err(IS_SPECIAL);
        }
        let mut bytes = Vec::new();
        opened.take(MAX_FILE + 1).read_to_end(&mut bytes).map_err(failed)?;
        match bytes.len() as u64 > MAX_FILE {
            true => Err(PathProblem::from(format!("is larger than {} MiB", MAX_FILE >> 20))),
            false => Ok(bytes),
        }
    }

    /// Checks the total size of `files`.
    ///
    /// # Errors
    /// The files have more than 4 GiB.
    pub(crate) fn check_size<'a>(
        &self,
        files: impl Iterator<Item = &'a OutsideFile>,
    ) -> Result<(), RepoError> {
        if files.map(|file| file.size.min(MAX_FILE)).sum::<u64>() > MAX_BYTES {
            let message = format!("the files have more than {} GiB", MAX_BYTES >> 30);
            return Err(RepoError::io("read", &self.root, Error::new(ErrorKind::FileTooLarge, message)));
        }
        Ok(())
    }

    /// Returns the path of the folder on the disk, without links.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Returns whether the folder is `path` or inside it.
    pub(crate) fn is_inside(&self, path: &Path) -> bool {
        path.canonicalize().is_ok_and(|path| self.root.starts_with(path))
    }

    /// Returns whether `path` is the folder or inside it.
    pub(crate) fn contains(&self, path: &Path) -> bool {
        path.canonicalize().is_ok_and(|path| path.starts_with(&self.root))
    }

    /// Returns the first and the last commit of each file. Empty if the folder is not in a git repository.
    pub(crate) fn history(&self, environment: &Environment) -> BTreeMap<RepoPath, OutsideHistory> {
        // A clone without some of its contents cannot find renames.
        ["--find-renames", "--no-renames"]
            .into_iter()
            .find_map(|renames| {
                let git = Git::in_folder(&self.root, environment).args(["log", "--no-show-signature"]);
                let git = git.args(["--no-ext-diff", "--relative", "--name-status", "-z", renames]);
                let output = git.arg(format!("--format={FORMAT}")).args(["--", "."]).run().ok()?;
                output.ok().then(|| parse_history(&output.stdout_text()))
            })
            .unwrap_or_default()
    }
}

/// Of each commit: a mark, then name, e-mail, author date and decoration.
const FORMAT: &str = "%x01%an%x1f%ae%x1f%at%x1f%D";

/// Parses the output of `git log`, newest commits first.
fn parse_history(text: &str) -> BTreeMap<RepoPath, OutsideHistory> {
    let mut files: BTreeMap<RepoPath, OutsideHistory> = BTreeMap::new();
    // The current name of each file that had another name before.
    let mut current: HashMap<String, String> = HashMap::new();
    let mut commit: Option<(OutsideCommit, bool)> = None;
    let mut tokens = text.split('\0');
    while let Some(token) = tokens.next() {
        let token = token.trim_start_matches('\n');
        if let Some(header) = token.strip_prefix('\u{1}') {
            commit = parse_commit(header);
            continue;
        }
        let Some((commit, is_boundary)) = &commit else { continue };
        let (Some(status), Some(path)) = (token.chars().next(), tokens.next()) else { continue };
        let path = if matches!(status, 'R' | 'C') {
            let Some(new) = tokens.next() else { continue };
            if status == 'R' {
                let now = current.get(new).cloned().unwrap_or_else(|| new.to_owned());
                current.insert(path.to_owned(), now);
            }
            new
        } else {
            path
        };
        let now = current.get(path).map_or(path, String::as_str);
        let history = files
            .entry(RepoPath::new(now))
            .or_insert_with(|| OutsideHistory { added: None, changed: commit.time });
        // A shallow clone seems to add all files in its oldest commit.
        if matches!(status, 'A' | 'C') && history.added.is_none() && !is_boundary {
            history.added = Some(commit.clone());
            current.remove(path);
        }
    }
    files
}

/// Returns a commit, and whether a shallow clone ends at it.
fn parse_commit(header: &str) -> Option<(OutsideCommit, bool)> {
    let mut parts = header.split('\u{1f}');
    let (name, email, seconds) = (parts.next()?, parts.next()?, parts.next()?.parse().ok()?);
    let is_boundary = parts.next().is_some_and(|names| names.split(", ").any(|name| name == "grafted"));
    let (name, email) = (name.to_owned(), email.to_owned());
    Some((OutsideCommit { name, email, time: Time::from_seconds(seconds)? }, is_boundary))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::testing::Sandbox;

    #[test]
    fn the_commit_that_added_a_file_is_found_under_its_former_name() {
        let sandbox = Sandbox::new();
        let text = "# A long enough text\n\nso that git recognises the file again.\n";
        sandbox.casebook("code").file("code/docs/tasks/a b.md", text);
        sandbox.git("code", "add -A").git("code", "commit -qm one");
        sandbox.git("code", "mv docs/tasks docs/done").git("code", "commit -qm two");
        sandbox.file("code/docs/done/new.md", "x\n").git("code", "add -A").git("code", "commit -qm three");
        let folder = OutsideFolder::list(&sandbox.path("code/docs")).unwrap();
        let paths: Vec<&str> = folder.files.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(paths, ["done/a b.md", "done/new.md"]);
        let history = folder.history(&sandbox.env());
        let [old, new] = ["done/a b.md", "done/new.md"].map(|path| history[&RepoPath::new(path)].clone());
        let (first, second) = (old.added.unwrap(), new.added.unwrap());
        assert!(first.time <= old.changed && old.changed <= second.time, "{first:?} {second:?}");
        assert_eq!(second.time, new.changed);
    }

    #[test]
    fn links_and_pipes_are_refused_by_name() {
        let sandbox = Sandbox::new();
        sandbox.file("docs/a.md", "x").file("secret.md", "y").file("docs/.hidden/b.md", "z");
        std::os::unix::fs::symlink(sandbox.path("secret.md"), sandbox.path("docs/link.md")).unwrap();
        std::os::unix::fs::symlink(sandbox.path("docs"), sandbox.path("docs/loop")).unwrap();
        rustix::fs::mkfifoat(CWD, sandbox.path("docs/pipe.md"), Mode::RUSR).unwrap();
        let folder = OutsideFolder::list(&sandbox.path("docs")).unwrap();
        assert_eq!(folder.files.len(), 1);
        let refused: Vec<&str> = folder.refused.iter().map(|(path, _)| path.as_str()).collect();
        assert_eq!(refused, ["link.md", "loop", "pipe.md"]);
        assert!(folder.history(&sandbox.env()).is_empty());
        assert!(folder.is_inside(&sandbox.path(".")) && !folder.is_inside(&sandbox.path("docs/.hidden")));
    }

    #[test]
    fn a_file_that_became_a_link_or_is_too_large_is_not_read() {
        let sandbox = Sandbox::new();
        sandbox.file("docs/a.md", "x").file("docs/large.md", "a".repeat((MAX_FILE + 1) as usize));
        let folder = OutsideFolder::list(&sandbox.path("docs")).unwrap();
        std::fs::remove_file(sandbox.path("docs/a.md")).unwrap();
        std::os::unix::fs::symlink("/etc/passwd", sandbox.path("docs/a.md")).unwrap();
        assert!(folder.read(&folder.files[0]).is_err());
        assert_eq!(folder.read(&folder.files[1]).unwrap_err().to_string(), "is larger than 16 MiB");
    }
}
