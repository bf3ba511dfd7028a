//! Messages for people: what a change means for whom, and what is due.
//!
//! Composing a message is pure. All text from tickets is untrusted: each channel writes it in a form that has no effect
//! there ([`mail_text`], [`chat_text`], [`comment_text`]). Sending is one small file per channel.

mod compose;
mod due;
mod entry;
mod escape;
mod forge;
mod mail;
mod message;
mod new_files;
mod notice;
mod render;
mod send_error;
mod webhook;

pub(crate) use compose::{compose, digest};
pub(crate) use due::{DoubtfulArticle, DueList, due_message, lateness, summary};
pub(crate) use entry::{OPEN, OpenEntry, key, open_path, sent_path};
pub(crate) use forge::ForgeApi;
pub(crate) use mail::{Letter, Mailer};
pub(crate) use message::{Link, Message, Part};
pub(crate) use new_files::{NewFile, new_files};
pub(crate) use notice::{Addressee, Channel, Notice, NoticeReason, address_of, notices, seen};
pub(crate) use render::{chat_text, comment_text, mail_text};
pub(crate) use send_error::SendError;
pub(crate) use webhook::post;
