//! Builds a folder next to its final place and moves it there when it is complete.

use std::fs;
use std::path::Path;

use crate::repo::error::RepoError;

/// A folder under construction, which is removed on drop unless [`Scaffold::move_to`] was called.
pub(crate) struct Scaffold(tempfile::TempDir);

/// Creates a temporary folder next to `place`.
pub(crate) fn scaffold(place: &Path) -> Result<Scaffold, RepoError> {
    let folder = place.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(|error| RepoError::io("create the folder", folder, error))?;
    let scaffold = tempfile::Builder::new().prefix(".casebook-new-").tempdir_in(folder);
    scaffold.map(Scaffold).map_err(|error| RepoError::io("create a folder in", folder, error))
}

impl Scaffold {
    /// Returns the temporary path.
    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// Moves the folder to its final place, which must not exist or be an empty folder.
    pub(crate) fn move_to(self, place: &Path) -> Result<(), RepoError> {
        let failed = |error| RepoError::io("create the folder", place, error);
        match fs::remove_dir(place) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
        let folder = self.0.keep();
        fs::set_permissions(&folder, std::os::unix::fs::PermissionsExt::from_mode(0o755)).map_err(failed)?;
        fs::rename(&folder, place).map_err(failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_appears_only_when_it_is_complete() {
        let outside = tempfile::tempdir().unwrap();
        let place = outside.path().join("demo");
        let unfinished = scaffold(&place).unwrap();
        fs::write(unfinished.path().join("a"), "x").unwrap();
        assert!(!place.exists());
        drop(unfinished);
        assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0);
        let whole = scaffold(&place).unwrap();
        fs::write(whole.path().join("a"), "x").unwrap();
        whole.move_to(&place).unwrap();
        assert_eq!(fs::read_to_string(place.join("a")).unwrap(), "x");
    }
}
