//! The patch that makes a template ask for a field.

use thiserror::Error;

use crate::{
    repo::{RepoError, unified_diff},
    store::Store,
    template::{RequireError, require, template_path},
    text::Time,
};

/// An error that prevents a patch of a template.
#[derive(Debug, Error)]
pub(crate) enum PatchError {
    /// The repository has no file of the template.
    #[error("the repository has no file {0}")]
    NoTemplate(String),
    #[error("the template {template} requires `{field}` already")]
    Already { template: String, field: String },
    #[error("`{0}` is a key of every ticket and cannot be a field of a template")]
    Reserved(String),
    #[error("cannot edit {0}: its front matter has an unusual form")]
    Unreadable(String),
    #[error(transparent)]
    Repo(#[from] RepoError),
}

/// Returns the patch, for `git apply`, that makes `template` require the field or section `field` when a ticket is opened.
/// Tickets that were opened up to `clock` are exempt.
pub(crate) fn template_patch(
    store: &Store,
    template: &str,
    field: &str,
    clock: Option<Time>,
) -> Result<String, PatchError> {
    let path = template_path(template);
    if store.layout.entry(&path).is_none() {
        return Err(PatchError::NoTemplate(path.as_str().to_owned()));
    }
    let file = store.document(&path)?;
    let since = clock.map(|clock| clock.plus_seconds(1));
    let changed = require(&file, field, since).map_err(|error| match error {
        RequireError::Already => {
            PatchError::Already { template: template.to_owned(), field: field.to_owned() }
        }
        RequireError::Reserved => PatchError::Reserved(field.to_owned()),
        RequireError::Unreadable => PatchError::Unreadable(path.as_str().to_owned()),
    })?;
    unified_diff(&path, &file.text, &changed).ok_or_else(|| PatchError::Unreadable(path.as_str().to_owned()))
}
