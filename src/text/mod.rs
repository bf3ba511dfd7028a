//! Text: paths, positions, times, slugs, near names. Knows nothing of tickets.

mod count;
mod line;
pub mod markdown;
mod nearest;
mod path;
mod position;
mod slug;
mod time;

pub use count::{Plural, count_words};
pub use line::{harmless, one_line, shell_word};
pub use markdown::quoted;
pub use nearest::nearest;
pub use path::{RepoPath, resolve_link};
pub use position::{LineColumn, Lines};
pub use slug::{is_id, random_letters, slugify, slugify_at_most};
pub use time::{Time, parse_duration};

/// A range of bytes in a text.
pub type Span = std::ops::Range<usize>;
