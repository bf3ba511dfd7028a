//! Atomic writes: caches, a built site, a new folder. This module does not use repositories.

pub(super) mod cache_slot;
pub(super) mod folder_handle;
pub(super) mod put;
pub(super) mod scaffold;
pub(super) mod site_folder;
