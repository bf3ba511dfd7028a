//! Tests of the output folder of a build.

use std::io::{self, ErrorKind, Read as _};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use super::*;
use crate::diagnostic::Hinted as _;
use crate::repo::{Contents, SiteFileState};
use crate::site::manifest::{INDEX_MANIFEST, MANIFEST};
use crate::site::output::Output;
use crate::site::write::blocking_files;

/// A watch without a clock.
const WATCH: BuildWatch<'static> =
    BuildWatch { stopwatch: &|| Duration::ZERO, phase: &|_, _| (), step: &|| () };

/// A folder in memory in which writing can be made to fail.
struct Folder {
    files: Mutex<BTreeMap<String, Vec<u8>>>,
    writes: AtomicUsize,
    fails_after: Option<usize>,
    /// The size limit in bytes; larger files do not fit.
    room: usize,
    /// Files that do not fit, regardless of their size.
    refuses: Vec<&'static str>,
}

impl Default for Folder {
    fn default() -> Self {
        Self {
            files: Mutex::default(),
            writes: AtomicUsize::new(0),
            fails_after: None,
            room: usize::MAX,
            refuses: Vec::new(),
        }
    }
}

impl Folder {
    fn with(path: &str, text: &str) -> Self {
        let folder = Self::default();
        folder.put(path, text);
        folder
    }

    fn put(&self, path: &str, text: &str) {
        self.files.lock().unwrap().insert(path.to_owned(), text.as_bytes().to_vec());
    }

    fn files(&self) -> BTreeMap<String, Vec<u8>> {
        self.files.lock().unwrap().clone()
    }

    fn writes(&self) -> usize {
        self.writes.load(Ordering::SeqCst)
    }
}

impl Output for Folder {
    fn state(&self, _: &str) -> io::Result<Option<SiteFileState>> {
        Ok(None)
    }

    fn states(&self, paths: &[&str]) -> Vec<Option<SiteFileState>> {
        vec![None; paths.len()]
    }

    fn names(&self) -> io::Result<Vec<String>> {
        let files = self.files.lock().unwrap();
        Ok(files.keys().map(|path| path.split('/').next().unwrap().to_owned()).collect())
    }

    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        Ok(self.files.lock().unwrap().get(path).cloned())
    }

    fn exists(&self, path: &str) -> io::Result<bool> {
        Ok(self.files.lock().unwrap().contains_key(path))
    }

    fn holds(&self, path: &str, contents: Contents<'_>) -> io::Result<bool> {
        Ok(self.files.lock().unwrap().get(path) == Some(&bytes_of(contents)))
    }

    fn write(&self, path: &str, contents: Contents<'_>) -> io::Result<()> {
        let bytes = bytes_of(contents);
        let before = self.writes.fetch_add(1, Ordering::SeqCst);
        if self.fails_after.is_some_and(|limit| before >= limit) {
            return Err(io::Error::other("killed"));
        }
        if bytes.len() > self.room || self.refuses.contains(&path) {
            return Err(ErrorKind::StorageFull.into());
        }
        self.files.lock().unwrap().insert(path.to_owned(), bytes);
        Ok(())
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        self.files.lock().unwrap().remove(path);
        Ok(())
    }
}

fn bytes_of(contents: Contents<'_>) -> Vec<u8> {
    match contents {
        Contents::Bytes(bytes) => bytes.to_vec(),
        Contents::Stream(mut stream) => {
            let mut bytes = Vec::new();
            stream.read_to_end(&mut bytes).unwrap();
            bytes
        }
    }
}

/// Builds the whole site and returns the report.
fn build(site: &Site, folder: &Folder) -> BuildReport {
    let outcome = write(site, folder, None, &WATCH).unwrap();
    assert_eq!(outcome.problems, []);
    outcome
}

#[test]
fn a_second_build_writes_changed_files_and_removes_stale_ones() {
    let folder = Folder::default();
    build(&internal(), &folder);
    folder.put("CNAME", "oncall.acme.example");
    let writes = folder.writes();
    assert_eq!(build(&internal(), &folder).written, Vec::<String>::new());
    assert_eq!(folder.writes(), writes, "a build without changes writes nothing");
    let outcome = build(&public(), &folder);
    assert!(outcome.removed.contains(&"tickets/merger-plans-m2m3m4/index.html".to_owned()));
    let mut left = folder.files();
    assert!(left.remove("CNAME").is_some(), "a foreign file stays");
    assert!(left.remove(MANIFEST).is_some() && left.remove(INDEX_MANIFEST).is_some());
    assert!(left == public().render_all().unwrap());
}

#[test]
fn an_edited_or_deleted_file_is_written_again() {
    let folder = Folder::default();
    build(&public(), &folder);
    let whole = folder.files();
    folder.put("index.html", "edited");
    folder.files.lock().unwrap().remove("robots.txt");
    assert_eq!(build(&public(), &folder).written, ["index.html", "robots.txt"]);
    assert!(folder.files() == whole);
}

#[test]
fn a_folder_with_other_files_is_not_changed() {
    let folder = Folder::with("notes.txt", "mine");
    folder.put(".git/HEAD", "hidden files are no obstacle");
    let error = write(&public(), &folder, None, &WATCH).unwrap_err().with_hint();
    assert!(error.contains("`notes.txt`") && error.contains("--out"), "{error}");
    assert_eq!(folder.writes(), 0);
    folder.files.lock().unwrap().remove("notes.txt");
    build(&public(), &folder);
}

#[test]
fn a_foreign_file_is_not_overwritten_and_the_rest_is_built() {
    let folder = Folder::with(MANIFEST, "");
    folder.put("index.html", "my own page");
    for _ in 0..2 {
        let problems = write(&public(), &folder, None, &WATCH).unwrap().problems;
        let [problem] = problems.as_slice() else { panic!("{problems:?}") };
        assert_eq!(problem.path, "index.html");
        assert!(problem.reason.contains("no earlier build made"), "{problem:?}");
    }
    let mut files = folder.files();
    assert_eq!(files.insert("index.html".to_owned(), Vec::new()).unwrap(), b"my own page");
    assert_eq!(files.len(), public().paths().len() + 2);
}

#[test]
fn both_parts_of_the_manifest_name_files_of_earlier_builds() {
    let folder = Folder::default();
    build(&public(), &folder);
    let text = |name: &str| String::from_utf8(folder.files()[name].clone()).unwrap();
    let (pages, index) = (text(MANIFEST), text(INDEX_MANIFEST));
    assert!(pages.contains("index.html\n") && !pages.contains("search/i/"), "{pages}");
    let has_index_file = |name: &str| folder.files().contains_key(&format!("search/i/{name}.bin"));
    assert!(index.lines().all(has_index_file) && !index.is_empty(), "{index}");
    for (manifest, line, path) in [
        (MANIFEST, "tags/old/index.html", "tags/old/index.html"),
        (INDEX_MANIFEST, "old", "search/i/old.bin"),
        (INDEX_MANIFEST, "search/i/older.bin", "search/i/older.bin"),
    ] {
        folder.put(path, "old");
        folder.put(manifest, &(text(manifest) + line + "\n"));
        assert_eq!(build(&public(), &folder).removed, [path]);
    }
}

#[test]
fn a_forged_manifest_cannot_remove_hidden_or_outside_files() {
    let folder = Folder::with(MANIFEST, ".git/HEAD\n../x\n/etc/x\na/../../y\nold.html\n");
    for path in [".git/HEAD", "../x", "/etc/x", "a/../../y", "old.html"] {
        folder.put(path, "x");
    }
    assert_eq!(build(&public(), &folder).removed, ["old.html"]);
}

#[test]
fn a_file_that_does_not_fit_does_not_stop_the_build() {
    let path = "feed.xml";
    let folder = Folder { refuses: vec![path], ..Folder::default() };
    let outcome = write(&public(), &folder, None, &WATCH).unwrap();
    let [problem] = outcome.problems.as_slice() else { panic!("{:?}", outcome.problems) };
    assert_eq!(problem.path, path);
    assert!(problem.reason.contains("the disk is full"), "{problem:?}");
    assert_eq!(outcome.written.len(), public().paths().len() - 1);
    let repaired = Folder { files: Mutex::new(folder.files()), ..Folder::default() };
    assert_eq!(build(&public(), &repaired).written, [path]);
}

#[test]
fn a_full_disk_stops_the_build() {
    let folder = Folder { room: 0, ..Folder::default() };
    let error = write(&public(), &folder, None, &WATCH).unwrap_err().to_string();
    assert!(error.contains("the disk is full"), "{error}");
    // The disk can also be full before the first page, when the manifest of an earlier build is already there.
    let folder = Folder { room: 0, ..Folder::default() };
    let manifest: String = public().paths().iter().flat_map(|path| [path, "\n"]).collect();
    folder.put(MANIFEST, &manifest);
    assert!(write(&public(), &folder, None, &WATCH).is_err());
    assert_eq!(folder.files().len(), 1);
}

#[test]
fn a_stale_file_is_removed_for_a_folder_or_for_a_name_in_another_case() {
    let folder = Folder::default();
    let site = public();
    let page = site.paths().into_iter().find(|path| path.starts_with("tickets/")).unwrap();
    let folder_of_ticket = page.strip_suffix("/index.html").unwrap();
    folder.put(MANIFEST, &format!("{folder_of_ticket}\nINDEX.html\nfeed.xml/x\n"));
    let outcome = build(&public(), &folder);
    assert_eq!(outcome.removed, ["INDEX.html", "feed.xml/x", folder_of_ticket]);
    let stale = BTreeSet::from(["a/b", "A.html", "c/d/e", "f"]);
    let paths = BTreeSet::from(["a/b/c.html", "a.html", "c/d", "g"]);
    assert_eq!(blocking_files(&stale, &paths), ["A.html", "a/b", "c/d/e"]);
}

#[test]
fn a_build_completes_after_an_earlier_build_was_killed() {
    let whole = Folder::default();
    let site = public();
    build(&site, &whole);
    for fails_after in 0..whole.writes() {
        let mut folder = Folder { fails_after: Some(fails_after), ..Folder::default() };
        assert!(write(&site, &folder, None, &WATCH).map_or(true, |outcome| !outcome.problems.is_empty()));
        folder.fails_after = None;
        build(&site, &folder);
        assert!(folder.files() == whole.files(), "after {fails_after} writes");
    }
}

#[test]
fn the_slowest_page_is_named_if_it_takes_over_a_second() {
    let slowest = |milliseconds: u64| {
        let clock = AtomicU64::new(0);
        let stopwatch = || Duration::from_millis(clock.fetch_add(milliseconds, Ordering::Relaxed));
        let watch = BuildWatch { stopwatch: &stopwatch, ..WATCH };
        write(&public(), &Folder::default(), None, &watch).unwrap().slowest
    };
    assert_eq!(slowest(0), None);
    assert!(
        slowest(2_000).is_some_and(|page| page.took >= Duration::from_secs(2) && page.path.contains('.'))
    );
}

#[test]
fn a_build_announces_its_phases_and_counts_each_file() {
    let phases = Mutex::new(Vec::new());
    let steps = AtomicUsize::new(0);
    let watch = BuildWatch {
        phase: &|name, size| phases.lock().unwrap().push((name, size)),
        step: &|| _ = steps.fetch_add(1, Ordering::Relaxed),
        ..WATCH
    };
    let site = public();
    let report = write(&site, &Folder::default(), None, &watch).unwrap();
    let tickets = site.store().threads.len();
    let files = report.written.len();
    assert_eq!(*phases.lock().unwrap(), [("indexing", tickets), ("comparing", tickets), ("writing", files)]);
    assert_eq!(steps.into_inner(), files);
}
