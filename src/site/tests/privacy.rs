//! The public site never names an internal ticket, even if public tickets refer to it in every possible place.

#[path = "../../../tests/leaks.rs"]
mod leaks;
#[path = "../../../tests/secrets.rs"]
mod secrets;

use super::*;

/// The number of generated repositories.
const TRIALS: u64 = 8;

#[test]
fn the_public_site_never_names_an_internal_ticket() {
    let first = crate::trials::seed();
    for seed in first..first + TRIALS {
        let mut source = MemorySource::new();
        for (path, text) in secrets::repository(seed) {
            source.insert(path.as_str().into(), text);
        }
        let site = site_of(source, Audience::Public);
        let files = site.render_all().unwrap();
        let index = crate::search::published::reading::everything(&files, "search/").join("\n");
        let tickets =
            files.keys().filter(|path| path.starts_with("tickets/") && path.ends_with("index.html"));
        assert!(tickets.count() >= 5 && index.len() > 1_000, "CASEBOOK_SEED={seed}");
        let mut leaks: Vec<String> = Vec::new();
        let files =
            files.into_iter().map(|(path, bytes)| (path, String::from_utf8_lossy(&bytes).into_owned()));
        for (path, text) in files.chain([("the index".to_owned(), index)]) {
            let found = leaks::leaks(&text).into_iter().chain(leaks::leaks(&path));
            leaks.extend(found.map(|leak| format!("{path}: {leak}")));
        }
        assert!(leaks.is_empty(), "CASEBOOK_SEED={seed}: {} leaks:\n{}", leaks.len(), leaks.join("\n"));
    }
}
