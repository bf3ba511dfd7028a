//! The JSON of what `build` and `import` did.

use serde::Serialize;
use utoipa::ToSchema;

/// The outcome of a build
#[derive(Serialize, ToSchema)]
pub struct BuildReport {
    /// The folder of the site
    pub out: String,
    /// The files that were written
    pub written: Vec<String>,
    /// The files that were removed
    pub removed: Vec<String>,
    /// The number of files that did not change
    pub unchanged: usize,
}

/// The outcome of an import
#[derive(Serialize, ToSchema)]
pub struct ImportReport {
    /// The number of tickets that were read
    pub tickets: usize,
    /// The number of replies that were read
    pub replies: usize,
    /// The number of files that were written
    pub written: usize,
    /// The number of files that did not change
    pub unchanged: usize,
    /// The services that were added to the catalogue
    pub services: Vec<String>,
    /// What could not be imported as it was
    pub notes: Vec<String>,
}
