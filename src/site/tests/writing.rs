//! What a build does to the folder it writes.

use std::io;

use super::*;

/// A folder in memory that fails after a number of writes.
#[derive(Default)]
struct Folder {
    files: BTreeMap<String, Vec<u8>>,
    writes: usize,
    fails_after: Option<usize>,
}

impl Output for Folder {
    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        Ok(self.files.get(path).cloned())
    }
    fn write(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        if self.fails_after == Some(self.writes) {
            return Err(io::Error::other("killed"));
        }
        self.writes += 1;
        self.files.insert(path.to_owned(), bytes.to_vec());
        Ok(())
    }
    fn remove(&mut self, path: &str) -> io::Result<()> {
        self.files.remove(path);
        Ok(())
    }
}

#[test]
fn a_second_build_writes_only_what_changed_and_removes_what_went() {
    let mut folder = Folder::default();
    folder.files.insert("CNAME".to_owned(), b"oncall.acme.example".to_vec());
    write(&internal(), &mut folder).unwrap();
    let writes = folder.writes;
    assert_eq!(write(&internal(), &mut folder).unwrap().written, Vec::<String>::new());
    assert_eq!(folder.writes, writes, "a build without changes writes nothing");
    let outcome = write(&public(), &mut folder).unwrap();
    assert!(outcome.removed.contains(&"tickets/merger-plans-m2m3m4/index.html".to_owned()));
    let expected = public().render_all().unwrap();
    for path in folder.files.keys().filter(|path| *path != "CNAME" && *path != ".casebook-site") {
        assert!(expected.contains_key(path), "{path} was left behind");
    }
    assert!(folder.files.contains_key("CNAME"), "a foreign file stays");
}

#[test]
fn a_file_that_no_build_made_is_not_overwritten() {
    let mut folder = Folder::default();
    folder.files.insert("index.html".to_owned(), b"my own page".to_vec());
    let error = write(&public(), &mut folder).unwrap_err().to_string();
    assert!(error.contains("index.html is in the way"), "{error}");
    assert_eq!(folder.writes, 0);
}

#[test]
fn a_build_that_was_killed_anywhere_is_taken_up_by_the_next() {
    let mut whole = Folder::default();
    write(&public(), &mut whole).unwrap();
    for fails_after in 0..whole.writes {
        let mut folder = Folder { fails_after: Some(fails_after), ..Folder::default() };
        assert!(write(&public(), &mut folder).is_err());
        folder.fails_after = None;
        write(&public(), &mut folder).unwrap();
        assert!(folder.files == whole.files, "after {fails_after} writes");
    }
}
