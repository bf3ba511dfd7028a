//! Reads files and folders outside of a casebook repository, such as the current folder and files of the user.

use std::io::{ErrorKind, Read as _};
use std::path::Path;

use super::environment::Environment;
use super::program::{Git, GitOutput};
use super::repo::Repo;
use crate::repo::error::RepoError;
use crate::repo::scope::MAX_FILE_SIZE;
use crate::text::RepoPath;

/// Reads a text file; returns `None` when it does not exist. Invalid UTF-8 is replaced.
pub(crate) fn read_outside(path: &Path) -> Result<Option<String>, RepoError> {
    Ok(read_bytes_outside(path)?.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
}

/// Reads a file or a pipe; returns `None` when it does not exist.
pub(crate) fn read_bytes_outside(path: &Path) -> Result<Option<Vec<u8>>, RepoError> {
    let failed = |error| RepoError::io("read", path, error);
    let file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    read_bytes(file).map(Some).map_err(failed)
}

/// Reads all text from `input`. Invalid UTF-8 is replaced.
///
/// # Errors
/// The input cannot be read, or is larger than the limit.
pub(crate) fn read_text(input: impl std::io::Read) -> std::io::Result<String> {
    Ok(String::from_utf8_lossy(&read_bytes(input)?).into_owned())
}

fn read_bytes(input: impl std::io::Read) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    input.take(MAX_FILE_SIZE + 1).read_to_end(&mut bytes)?;
    match bytes.len() as u64 > MAX_FILE_SIZE {
        true => {
            let message = format!("the input is larger than {} MiB", MAX_FILE_SIZE >> 20);
            Err(std::io::Error::new(ErrorKind::FileTooLarge, message))
        }
        false => Ok(bytes),
    }
}

impl Repo {
    /// Returns the path of a file relative to the repository; `None` when it is outside or does not exist. Links and
    /// `..` on the way are resolved.
    pub(crate) fn path_inside(&self, path: &Path) -> Option<RepoPath> {
        let (path, root) = (path.canonicalize().ok()?, self.root.canonicalize().ok()?);
        let inside = path.strip_prefix(root).ok()?;
        let parts: Option<Vec<&str>> = inside.iter().map(std::ffi::OsStr::to_str).collect();
        parts.map(|parts| RepoPath::new(parts.join("/")))
    }
}

/// Opens a file for reading in parts.
pub(crate) fn open_outside(path: &Path) -> Result<impl std::io::Read + use<>, RepoError> {
    std::fs::File::open(path).map_err(|error| RepoError::io("read", path, error))
}

/// Returns whether anything exists at `path`, including a dangling link.
pub(crate) fn exists_outside(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

/// Returns whether `path` is missing or an empty folder.
pub(crate) fn is_vacant(path: &Path) -> bool {
    std::fs::read_dir(path).map_or_else(
        |error| error.kind() == std::io::ErrorKind::NotFound,
        |mut entries| entries.next().is_none(),
    )
}

/// Returns the path of `folder` inside its git worktree, with `/` between the parts, such as `services/billing`. `None`
/// outside of a worktree and at its root.
pub(crate) fn path_in_git(folder: &Path) -> Option<String> {
    let path =
        Git::in_folder(folder, &Environment::of_process()).args(["rev-parse", "--show-prefix"]).run().ok()?;
    let text = path.stdout_text();
    let text = text.trim_end_matches(['\r', '\n']).trim_end_matches('/');
    (path.ok() && !text.is_empty()).then(|| text.to_owned())
}

/// Returns the newest tag reachable from the commit checked out at `folder`; `None` when there is none.
pub(crate) fn describe(folder: &Path) -> Option<String> {
    let args = ["describe", "--tags", "--abbrev=0"];
    let tag = Git::in_folder(folder, &Environment::of_process()).args(args).run().ok()?;
    tag.ok().then(|| tag.stdout_text().trim_end_matches(['\r', '\n']).to_owned())
}

/// Returns the editor that git would open in `folder`: a program, possibly with arguments.
pub(crate) fn editor(folder: &Path, environment: &Environment) -> String {
    if let Some(editor) = environment.text("GIT_EDITOR") {
        return editor;
    }
    let output =
        Git::in_folder(folder, environment).without_env("GIT_EDITOR").args(["var", "GIT_EDITOR"]).run();
    let editor = output.ok().filter(GitOutput::ok).map(|output| output.stdout_text().trim().to_owned());
    // Git returns no editor for a terminal with few features, such as `TERM=dumb`.
    let usual = || environment.text("VISUAL").or_else(|| environment.text("EDITOR"));
    editor.filter(|editor| !editor.is_empty()).or_else(usual).unwrap_or_else(|| "editor".to_owned())
}

/// Returns the URL of the web page of the remote `origin` at its forge; `None` without a remote, or when the remote is
/// a folder.
pub(crate) fn forge_address(folder: &Path, environment: &Environment) -> Result<Option<String>, RepoError> {
    let output = Git::in_folder(folder, environment).args(["remote", "get-url", "origin"]).run()?;
    Ok(if output.ok() { web_page(output.stdout_text().trim()) } else { None })
}

/// Converts `git@host:team/tickets.git`, `ssh://git@host/…` and `https://name@host/…` to `https://host/team/tickets`.
fn web_page(remote: &str) -> Option<String> {
    let plain = remote.trim_end_matches('/').trim_end_matches(".git");
    let rest = match plain.split_once("://") {
        Some(("https" | "http" | "ssh", rest)) => rest.to_owned(),
        Some(_) => return None,
        None => plain
            .split_once(':')
            .filter(|(host, _)| host.contains('@'))
            .map(|(host, path)| format!("{host}/{path}"))?,
    };
    let (authority, path) = rest.split_once('/')?;
    let host = authority.rsplit('@').next().unwrap_or(authority);
    let host = if plain.starts_with("ssh://") { host.split(':').next().unwrap_or(host) } else { host };
    Some(format!("https://{host}/{path}"))
}

/// Makes `folder` a git repository unless it is already inside one. Returns whether a repository was created.
pub(crate) fn init_git(folder: &Path, environment: &Environment) -> Result<bool, RepoError> {
    std::fs::create_dir_all(folder).map_err(|error| RepoError::io("create the folder", folder, error))?;
    let inside = Git::in_folder(folder, environment).args(["rev-parse", "--is-inside-work-tree"]).run()?;
    if inside.ok() && inside.stdout_text().trim() == "true" {
        return Ok(false);
    }
    make_git(folder, environment, &[])?;
    Ok(true)
}

/// Makes `folder` a git repository, even inside another one, with `branch` as the initial branch.
pub(crate) fn new_git(folder: &Path, branch: &str, environment: &Environment) -> Result<(), RepoError> {
    make_git(folder, environment, &["--initial-branch", branch])
}

fn make_git(folder: &Path, environment: &Environment, options: &[&str]) -> Result<(), RepoError> {
    // The formats are given explicitly, since the user's settings may choose one that libgit2 cannot read. Older
    // versions of git have no option for the second format.
    let git = Git::in_folder(folder, environment).env("GIT_DEFAULT_REF_FORMAT", "files");
    git.args(["init", "--quiet", "--object-format=sha1"]).args(options).success().map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::testing::Sandbox;
    use crate::repo::write_outside;

    #[test]
    fn the_web_page_of_a_remote_is_found() {
        let page = Some("https://forge.example/team/tickets".to_owned());
        for remote in [
            "git@forge.example:team/tickets.git",
            "https://lena:pw@forge.example/team/tickets.git/",
            "ssh://git@forge.example:2222/team/tickets",
        ] {
            assert_eq!(web_page(remote), page, "{remote}");
        }
        assert_eq!((web_page("/srv/tickets.git"), web_page("file:///srv/tickets")), (None, None));
    }

    #[test]
    fn the_path_and_the_version_of_the_current_folder_are_found() {
        let sandbox = Sandbox::new();
        sandbox.casebook("code").file("code/services/billing/x.rs", "").git("code", "tag v2.14.0");
        let folder = sandbox.path("code/services/billing");
        assert_eq!(path_in_git(&folder).as_deref(), Some("services/billing"));
        assert_eq!(describe(&folder).as_deref(), Some("v2.14.0"));
        assert_eq!(path_in_git(&sandbox.path("code")), None);
        std::fs::create_dir(sandbox.path("plain")).unwrap();
        assert_eq!((path_in_git(&sandbox.path("plain")), describe(&sandbox.path("plain"))), (None, None));
    }

    #[test]
    fn a_repository_is_created_only_outside_of_repositories() {
        let sandbox = Sandbox::new();
        let modern =
            sandbox.env().with("GIT_DEFAULT_HASH", "sha256").with("GIT_DEFAULT_REF_FORMAT", "reftable");
        assert!(init_git(&sandbox.path("new/a"), &modern).unwrap());
        assert!(!init_git(&sandbox.path("new/a"), &modern).unwrap());
        assert!(
            !init_git(&sandbox.path("new/a/b"), &modern).unwrap(),
            "a folder inside a repository gets no new repository"
        );
        sandbox.file("new/a/casebook.yml", "");
        sandbox.open("new/a");
    }

    #[test]
    fn files_outside_of_the_repository_are_read_and_written() {
        let sandbox = Sandbox::new();
        let path = sandbox.path("x/y.txt");
        assert_eq!(read_outside(&path).unwrap(), None);
        write_outside(&path, b"text").unwrap();
        assert_eq!(read_outside(&path).unwrap().as_deref(), Some("text"));
        assert_eq!(std::fs::read_dir(sandbox.path("x")).unwrap().count(), 1);
    }
}
