//! Fuzz targets, one file each. To add one: a file with its `run` and `seeds`, and a line in [`targets!`].
//!
//! One program has all of them, so that it is linked once; `CASEBOOK_FUZZ_TARGET` says which one runs. `run` beside this
//! folder builds and starts it.

#![no_main]

mod input;
mod targets;

use std::{path::PathBuf, sync::OnceLock};

use libfuzzer_sys::fuzz_target;

/// A reader or writer under test.
struct Target {
    name: &'static str,
    /// Panics if a promise is broken.
    run: fn(&[u8]),
    /// Inputs to start from.
    seeds: fn() -> Vec<Vec<u8>>,
}

static CHOSEN: OnceLock<&'static Target> = OnceLock::new();

fuzz_target!(init: choose(), |data: &[u8]| {
    if let Some(target) = CHOSEN.get() {
        (target.run)(data);
    }
});

/// Takes the target that the environment names, and writes its seeds where the environment says.
fn choose() {
    let name = std::env::var("CASEBOOK_FUZZ_TARGET").unwrap_or_default();
    let Some(target) = targets::TARGETS.iter().find(|target| target.name == name) else {
        let names: Vec<&str> = targets::TARGETS.iter().map(|target| target.name).collect();
        println!("{}", names.join("\n"));
        std::process::exit(i32::from(!name.is_empty()) * 2);
    };
    let target = CHOSEN.get_or_init(|| target);
    // This thread is the whole pool: to hand a few microseconds of work to another one would take longer than the work.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread();
    pool.build_global().unwrap_or_else(|error| panic!("{error}"));
    let Some(folder) = std::env::var_os("CASEBOOK_FUZZ_SEEDS").map(PathBuf::from) else { return };
    for (number, seed) in (target.seeds)().into_iter().enumerate() {
        let path = folder.join(format!("seed-{number:04}"));
        std::fs::write(&path, seed).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }
}
