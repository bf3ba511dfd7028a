//! A folder of Markdown files, as a team or another tool keeps it.
//!
//! The folder is read ([`collection`], [`front`]), a mapping from its keys and words to those of Casebook is read or
//! proposed ([`mapping`], [`propose`]), and each file becomes a ticket ([`records`]).

mod collection;
mod fields;
mod front;
mod mapping;
mod names;
mod propose;
mod records;
mod sources;
mod usual_names;
mod words;

pub(crate) use collection::Collection;
pub(crate) use mapping::Mapping;
pub(crate) use records::{MarkdownRecords, records_of};
