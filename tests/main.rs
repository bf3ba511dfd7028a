//! All integration tests, one binary: what a user would say, said of the real program.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod check;
mod guards;
mod lifecycle;
mod places;
mod sandbox;
mod walls;
