//! Reading git: repositories, revisions, trees, the index and history. Also the only place that runs the `git` program.

pub(super) mod changes;
pub(super) mod commit_source;
pub(super) mod config;
pub(super) mod environment;
pub(super) mod history;
pub(super) mod ids;
pub(super) mod index_edit;
pub(super) mod index_file;
pub(super) mod index_source;
pub(super) mod index_trees;
pub(super) mod lines;
pub(super) mod open;
pub(super) mod outside;
pub(super) mod outside_folder;
pub(super) mod program;
pub(super) mod received;
pub(super) mod repo;
pub(super) mod revisions;
pub(super) mod sources;
pub(super) mod trees;
