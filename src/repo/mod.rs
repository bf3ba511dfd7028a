//! temporary
mod error;
mod scope;
mod source;
pub use error::RepoError;
pub use source::*;
