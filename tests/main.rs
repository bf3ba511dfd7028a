//! All integration tests, one binary: what a user would say, said of the real program.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]
#![allow(clippy::disallowed_methods, reason = "tests set scenes on the disk")]

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
