//! The `casebook` binary. Everything is in the library; see [`casebook::run`].

use std::process::ExitCode;

/// Loading a repository is some hundred thousand small strings on several threads, which the system's allocator takes
/// twice the time for.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    casebook::run(std::env::args_os())
}
