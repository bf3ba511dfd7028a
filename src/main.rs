//! The `casebook` binary. Everything is in the library; see [`casebook::run`].

use std::process::ExitCode;

fn main() -> ExitCode {
    casebook::run(std::env::args_os())
}
