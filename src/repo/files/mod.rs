//! Reading files: from a worktree, from memory, or from one source laid over another.

pub(super) mod file_state;
pub(super) mod last_listing;
pub(super) mod lister;
pub(super) mod memory;
pub(super) mod overlay;
pub(super) mod partial_listing;
pub(super) mod read_once;
pub(super) mod real_folders;
pub(super) mod source;
pub(super) mod worktree;
