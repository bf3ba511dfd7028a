//! Text utilities: paths, positions, times, slugs, similar names. This module does not use tickets.

pub(crate) mod age;
mod browser_pattern;
mod count;
#[cfg(test)]
pub(crate) mod growth;
mod line;
pub(crate) mod markdown;
mod nearest;
mod path;
mod portable;
mod position;
mod slug;
mod time;
mod usual_date;

pub(crate) use browser_pattern::{Letters, browser_pattern};
pub(crate) use count::{Plural, count_words, is_spaceless};
pub(crate) use line::{harmless, harmless_lines, harmless_styled, one_line, shell_word};
pub use markdown::quoted;
pub(crate) use nearest::nearest;
pub use path::RepoPath;
pub(crate) use path::{normal_form, resolve_link};
pub(crate) use portable::{is_reserved_name, name_problem, portable_name};
pub(crate) use position::{LineColumn, Lines};
pub(crate) use slug::{is_id, latin_slugs, random_letters, slugify, slugify_at_most};
pub use time::Time;
pub(crate) use time::parse_duration;
pub(crate) use usual_date::usual_date;

/// A range of bytes in a text.
pub(crate) type Span = std::ops::Range<usize>;
