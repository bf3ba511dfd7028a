//! What a build does to the folder it writes.

use std::io;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

/// A folder in memory that fails after a number of writes.
#[derive(Default)]
struct Folder {
    files: Mutex<BTreeMap<String, Vec<u8>>>,
    writes: AtomicUsize,
    fails_after: Option<usize>,
}

impl Folder {
    fn with(path: &str, text: &str) -> Self {
        let folder = Self::default();
        folder.files.lock().unwrap().insert(path.to_owned(), text.as_bytes().to_vec());
        folder
    }

    fn files(&self) -> BTreeMap<String, Vec<u8>> {
        self.files.lock().unwrap().clone()
    }

    fn writes(&self) -> usize {
        self.writes.load(Ordering::SeqCst)
    }
}

impl Output for Folder {
    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        Ok(self.files.lock().unwrap().get(path).cloned())
    }

    fn write(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let before = self.writes.fetch_add(1, Ordering::SeqCst);
        if self.fails_after.is_some_and(|limit| before >= limit) {
            return Err(io::Error::other("killed"));
        }
        self.files.lock().unwrap().insert(path.to_owned(), bytes.to_vec());
        Ok(())
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        self.files.lock().unwrap().remove(path);
        Ok(())
    }
}

#[test]
fn a_second_build_writes_only_what_changed_and_removes_what_went() {
    let folder = Folder::with("CNAME", "oncall.acme.example");
    write(&internal(), &folder).unwrap();
    let writes = folder.writes();
    assert_eq!(write(&internal(), &folder).unwrap().written, Vec::<String>::new());
    assert_eq!(folder.writes(), writes, "a build without changes writes nothing");
    let outcome = write(&public(), &folder).unwrap();
    assert!(outcome.removed.contains(&"tickets/merger-plans-m2m3m4/index.html".to_owned()));
    let mut left = folder.files();
    assert!(left.remove("CNAME").is_some(), "a foreign file stays");
    assert!(left.remove(".casebook-site").is_some());
    assert!(left == public().render_all().unwrap());
}

#[test]
fn a_file_that_no_build_made_is_not_overwritten() {
    let folder = Folder::with("index.html", "my own page");
    let error = write(&public(), &folder).unwrap_err().to_string();
    assert!(error.contains("index.html is in the way"), "{error}");
    assert_eq!(folder.writes(), 0);
}

#[test]
fn a_build_that_was_killed_anywhere_is_taken_up_by_the_next() {
    let whole = Folder::default();
    let site = public();
    write(&site, &whole).unwrap();
    for fails_after in 0..whole.writes() {
        let mut folder = Folder { fails_after: Some(fails_after), ..Folder::default() };
        assert!(write(&site, &folder).is_err());
        folder.fails_after = None;
        write(&site, &folder).unwrap();
        assert!(folder.files() == whole.files(), "after {fails_after} writes");
    }
}
