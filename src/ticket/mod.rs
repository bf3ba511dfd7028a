//! The nouns: ticket, reply, article, status; parsing them; folding replies into a state.

mod answer;
mod article;
mod document;
mod edit;
mod fold;
mod keys;
mod person;
mod read;
mod record;
mod reply;
mod section;
mod status;
mod thread;
#[allow(clippy::module_inception, reason = "the ticket is the noun that the room is named for")]
mod ticket;
mod value;
mod yaml;
mod yaml_pieces;

pub use answer::{Answer, answer_of};
pub use article::{ARTICLE_KEYS, Article, parse_article};
pub use document::{Document, Front, MAX_TEXT, body_of, text_of_bytes};
pub use edit::{compose_front, yaml_scalar, yaml_value};
pub use fold::fold;
pub use keys::{CORE_KEYS, QUERY_KEYS, REPLY_KEYS, UNSETTABLE_KEYS, is_taken};
pub use person::id_of_stranger;
pub use read::{Reader, unknown_key};
pub use record::{Record, ReplyRecord, escape_field, unescape_field};
pub use reply::{Reply, Set, TagChange, parse_reply};
pub use section::{Section, sections};
pub use status::{Priority, Resolution, Status, Visibility};
pub use thread::{State, Thread};
pub use ticket::{Ticket, parse_ticket};
pub use value::Value;
pub use yaml::{Entry, Node, NodeKind, Style, YamlProblem, parse_yaml};
