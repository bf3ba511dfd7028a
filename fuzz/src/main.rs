//! Fuzz targets, one file each. To add a target, add a file with the functions `run` and `seeds`, and a line in
//! [`targets!`].
//!
//! All targets are in one program, so that only one program is linked. `CASEBOOK_FUZZ_TARGET` selects the target. The
//! script `fuzz/run` builds and starts the program.

#![no_main]

mod input;
mod targets;

use std::{path::PathBuf, sync::OnceLock};

use libfuzzer_sys::fuzz_target;

/// A reader or writer under test.
struct Target {
    name: &'static str,
    /// Runs the target on one input; panics if the result is wrong.
    run: fn(&[u8]),
    /// Returns the inputs to start from.
    seeds: fn() -> Vec<Vec<u8>>,
}

static CHOSEN: OnceLock<&'static Target> = OnceLock::new();

fuzz_target!(init: choose(), |data: &[u8]| {
    if let Some(target) = CHOSEN.get() {
        (target.run)(data);
    }
});

/// Selects the target that `CASEBOOK_FUZZ_TARGET` names, and writes its seeds to the folder `CASEBOOK_FUZZ_SEEDS`. If
/// there is no such target, prints the names of all targets and exits.
fn choose() {
    let name = std::env::var("CASEBOOK_FUZZ_TARGET").unwrap_or_default();
    let Some(target) = targets::TARGETS.iter().find(|target| target.name == name) else {
        let names: Vec<&str> = targets::TARGETS.iter().map(|target| target.name).collect();
        println!("{}", names.join("\n"));
        std::process::exit(i32::from(!name.is_empty()) * 2);
    };
    let target = CHOSEN.get_or_init(|| target);
    // The pool has only this thread, since passing a few microseconds of work to another thread takes longer than the
    // work itself.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread();
    pool.build_global().unwrap_or_else(|error| panic!("{error}"));
    let Some(folder) = std::env::var_os("CASEBOOK_FUZZ_SEEDS").map(PathBuf::from) else { return };
    for (number, seed) in (target.seeds)().into_iter().enumerate() {
        let path = folder.join(format!("seed-{number:04}"));
        std::fs::write(&path, seed).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }
}
