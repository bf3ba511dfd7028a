//! All integration tests, one binary: what a user would say, said of the real program.

mod guards;
mod walls;
