//! Tickets, replies and articles: types, parsing, and the state that follows from the replies.

mod answer;
mod article;
mod document;
mod edit;
mod faults;
mod fold;
mod front;
mod json;
mod keys;
mod limits;
mod person;
mod read;
mod record;
mod reply;
mod section;
mod status;
mod thread;
#[allow(clippy::module_inception, reason = "the module is named after its main type")]
mod ticket;
mod value;
mod yaml;
mod yaml_pieces;

pub(crate) use answer::{Answer, answer_of, parts_of_article};
pub use article::ARTICLE_KEYS;
pub(crate) use article::{Article, parse_article};
pub(crate) use document::{Document, FrontMatter, MAX_TEXT, OTHER_TOOL, body_of, text_of_bytes};
pub(crate) use edit::{compose_front, yaml_scalar, yaml_value};
pub(crate) use fold::fold;
pub(crate) use front::{with_key, with_list_item};
pub(crate) use json::FieldMap;
pub use keys::{CORE_KEYS, REPLY_KEYS};
pub(crate) use keys::{UNSETTABLE_KEYS, is_reserved_field};
pub(crate) use limits::{MAX_NAME, MAX_TAG, MAX_TITLE, MAX_VALUES, cut, tags_with_page};
pub(crate) use person::id_from_email;
pub(crate) use read::{YamlReader, unknown_key};
pub use record::TicketRecord;
pub(crate) use record::{ReplyRecord, escape_field, unescape_field};
pub(crate) use reply::{FieldChange, Reply, TagChange, parse_reply};
pub(crate) use section::{Section, sections};
pub(crate) use status::{Priority, Resolution, Status, Visibility};
pub(crate) use thread::{Thread, TicketState};
pub(crate) use ticket::{Ticket, parse_ticket};
pub(crate) use value::YamlValue;
pub(crate) use yaml::{YamlEntry, YamlNode, YamlNodeKind, YamlProblem, YamlStyle};
pub(crate) use yaml_pieces::parse_yaml;
