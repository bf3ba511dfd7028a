//! Operations that change a repository under its lock: files, commits, branches, pushes and hooks; and repairs after a
//! killed process.

pub(super) mod branch;
pub(super) mod caches;
pub(super) mod clone_hook;
pub(super) mod commit;
pub(super) mod hook;
pub(super) mod ledger;
pub(super) mod lock;
pub(super) mod move_branch;
pub(super) mod post_receive;
pub(super) mod push;
pub(super) mod push_error;
pub(super) mod push_status;
pub(super) mod rebase;
pub(super) mod remote;
pub(super) mod site_output;
pub(super) mod stale;
pub(super) mod ticket_branches;
pub(super) mod writes;
