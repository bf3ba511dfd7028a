//! All integration tests in one binary. Each test checks the real program from a user's point of view.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic fails the test")]
#![allow(clippy::disallowed_methods, reason = "tests prepare files on the disk")]

mod actions;
mod adding;
mod alike;
mod answerable;
mod asking;
mod browser;
mod change;
mod check;
mod checked;
mod editing;
mod forge;
mod github;
mod gitlab;
mod guards;
mod hooks;
mod import_secrets;
mod importing;
mod imports;
mod killed_steps;
mod killing;
mod lifecycle;
mod merging;
mod openapi;
mod opening;
mod outputs;
mod places;
mod printing;
mod privacy;
mod racing;
mod reference;
mod reimporting;
mod reviewing;
mod sandbox;
mod search_page;
mod searched;
mod searching;
mod secrets;
mod served;
mod server;
mod site;
mod site_output;
mod static_language;
mod static_search;
mod suggesting;
mod terminal;
mod trials;
mod usage;
mod waiting;
mod walls;
mod ways_out;
mod writing;
