//! Files that are written whole or not at all: caches, a built site, a new folder. Knows no repository.

pub(super) mod cache_slot;
pub(super) mod folder_handle;
pub(super) mod put;
pub(super) mod scaffold;
pub(super) mod site_folder;
