//! The only room that touches the disk and git: reading files from a worktree, a commit or the index; history and
//! changes; atomic writes; commits; push and fetch; the lock.
//!
//! Four folders, each of which knows only those before it: `write` (files that are written whole or not at all), `files`
//! (files that are read), `git` (git as it is read), `flow` (what changes a repository, under its lock).
//!
//! All reading goes through libgit2. Commits, fetch and push go through the `git` program, so that hooks, signing,
//! credentials and proxies are the user's own.

#![allow(clippy::disallowed_methods, reason = "this is the room that touches the disk")]

mod error;
mod files;
mod flow;
mod git;
mod scope;
#[cfg(test)]
pub(crate) mod testing;
mod write;

pub use error::RepoError;
pub use files::overlay::OverlaySource;
pub use files::read_once::ReadOnce;
pub use files::source::{Entry, EntryKind, Listing, MemorySource, Source, Stamp};
pub use files::worktree::WorktreeSource;
pub use flow::branch::NewCommit;
pub use flow::hook::install_pre_receive;
pub use flow::lock::Lock;
pub use flow::push::Pushed;
pub use flow::push_error::PushError;
pub use flow::remote::RemoteBranch;
pub use flow::site_output::real_place;
pub use git::changes::{Change, Side};
pub use git::commit_source::CommitSource;
pub use git::config::{Identity, identity_at};
pub use git::environment::Environment;
pub use git::history::{ChangeKind, Commit, History, Touch};
pub use git::ids::{BlobId, CommitId};
pub use git::index_source::IndexSource;
pub use git::lines::changed_lines;
pub use git::outside::{
    describe, editor, exists_outside, forge_address, git_root_of, init_git, is_vacant, new_git, open_outside,
    path_in_git, read_bytes_outside, read_outside, read_text,
};
pub use git::repo::Repo;
pub use scope::MAX_FILE_SIZE;
pub use write::cache_slot::{CacheReader, CacheSlot, checksum, sealed, unsealed};
pub use write::put::{Write, write_outside};
pub use write::scaffold::{Scaffold, scaffold};
pub use write::site_folder::{Contents, SiteFolder};
