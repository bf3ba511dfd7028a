//! The only module that accesses the disk and git: it reads files from a worktree, a commit or the index, reads history
//! and changes, writes files atomically, commits, pushes, fetches, and locks.
//!
//! It has four folders, and each uses only the folders before it: `write` (atomic writes), `files` (reading files),
//! `git` (reading git), `flow` (operations that change a repository, under its lock).
//!
//! All reading goes through libgit2. Commits, fetch and push go through the `git` program, so that the user's hooks,
//! signing, credentials and proxies apply.

#![allow(clippy::disallowed_methods, reason = "this module accesses the disk")]

mod error;
mod files;
mod flow;
mod git;
mod scope;
#[cfg(test)]
pub(crate) mod testing;
mod write;

pub(crate) use error::RepoError;
pub use files::memory::MemorySource;
pub(crate) use files::overlay::OverlaySource;
pub(crate) use files::read_once::ReadOnce;
pub(crate) use files::source::{DiskFile, FileEntry, FileType, Listing, Source, Stamp};
pub(crate) use flow::branch::NewCommit;
pub(crate) use flow::hook::CommitHooks;
pub use flow::hook::install_pre_receive;
pub(crate) use flow::ledger::{Ledger, LedgerChange, LedgerUpdate, NOTIFIED};
pub(crate) use flow::lock::LockedRepo;
pub(crate) use flow::post_receive::install_post_receive;
pub(crate) use flow::push::PushOutcome;
pub(crate) use flow::push_error::PushError;
pub(crate) use flow::site_output::real_place;
pub(crate) use flow::ticket_branches::{BranchFile, TICKET_BRANCHES};
pub(crate) use git::changes::{DiffSide, FileChange};
pub(crate) use git::commit_source::CommitSource;
pub(crate) use git::config::{Identity, identity_at};
pub use git::environment::Environment;
pub(crate) use git::history::{Commit, History};
pub(crate) use git::ids::{BlobId, CommitId};
pub(crate) use git::lines::{changed_lines, unified_diff};
pub(crate) use git::outside::{
    describe, editor, exists_outside, forge_address, init_git, is_vacant, new_git, open_outside, path_in_git,
    read_outside, read_text,
};
pub(crate) use git::outside_folder::{OutsideFile, OutsideFolder, OutsideHistory};
pub(crate) use git::received::{Carrier, Received, TextPart};
pub(crate) use git::repo::Repo;
pub(crate) use scope::PathProblem;
pub use write::cache_slot::CacheSlot;
pub(crate) use write::cache_slot::{CacheReader, checksum, sealed, sealed_value, unsealed};
pub(crate) use write::folder_handle::ForeignSiteFile;
pub(crate) use write::folder_handle::SiteFileState;
pub(crate) use write::put::{WriteMode, write_outside};
pub(crate) use write::scaffold::scaffold;
pub(crate) use write::site_folder::{Contents, SiteFolder};
