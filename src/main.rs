//! The `casebook` binary. Everything is in the library; see [`casebook::run`].

use std::process::ExitCode;

/// Loading a repository allocates several hundred thousand small strings on several threads, which takes twice as long
/// with the system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    casebook::run(std::env::args_os())
}
