//! After any edits, a build that renders only stale pages leaves the same files as a build into an empty folder.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use crate::sandbox::Sandbox;

/// The number of edits in a sequence.
const EDITS: usize = 12;

#[test]
fn builds_after_edits_equal_clean_builds() {
    edit_and_build(1, "internal");
}

#[test]
fn public_builds_after_edits_equal_clean_builds() {
    edit_and_build(2, "public");
}

#[test]
fn builds_after_other_edits_equal_clean_builds() {
    edit_and_build(3, "internal");
}

fn edit_and_build(seed: u64, audience: &str) {
    let sandbox = Sandbox::in_memory();
    sandbox.casebook(".", "demo demo --no-serve").ok();
    let build = |out: &str| {
        sandbox.casebook("demo", &format!("build --audience {audience} --out ../{out} --explain")).ok().err
    };
    build("site");
    let mut editor = Editor { root: sandbox.path("demo"), random: seed, step: 0 };
    let mut done = Vec::new();
    for step in 0..EDITS {
        done.push(editor.edit());
        let clean = format!("clean-{step}");
        build(&clean);
        // Now the changed file has been there for a while, so that its pages are recorded.
        let said = build("site");
        let (site, clean) = (files(&sandbox.path("site")), files(&sandbox.path(&clean)));
        let differs = |path: &&String| site.get(*path) != clean.get(*path);
        let all: Vec<&String> = site.keys().chain(clean.keys()).filter(differs).collect();
        assert!(all.is_empty(), "after {done:#?}, these files differ: {all:?}\n{said}");
        let again = build("site");
        assert!(again.contains("rendered 0 of "), "after {done:#?}: {again}");
    }
}

/// Returns the contents of the files in `folder`, without the manifest.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut all = BTreeMap::new();
    for entry in walkdir::WalkDir::new(folder) {
        let entry = entry.unwrap();
        let path = entry.path().strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
        if entry.file_type().is_file() && !path.starts_with('.') {
            all.insert(path, fs::read(entry.path()).unwrap());
        }
    }
    all
}

/// Edits the files of a repository at random.
struct Editor {
    root: PathBuf,
    random: u64,
    step: usize,
}

impl Editor {
    /// Returns a pseudo-random number below `end`.
    fn below(&mut self, end: usize) -> usize {
        self.random =
            self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.random >> 33).unwrap() % end
    }

    /// Makes one edit and returns what was edited.
    fn edit(&mut self) -> String {
        self.step += 1;
        let (ticket, other) = (self.ticket(), self.ticket());
        let other_id = other.file_stem().unwrap().to_str().unwrap().to_owned();
        let step = self.step;
        let note = format!("tickets/2027-01-{step:02}-edited-{step}aaaa.md");
        match self.below(16) {
            0 => self.reply(&ticket, "status: resolved\nresolution: fixed\n", "## Answer\nRestart it.\n"),
            1 => self.reply(&ticket, "tags: [edited]\nassignee: mei\n", &format!("See {other_id}.\n")),
            2 => self.reply(
                &ticket,
                &format!("status: resolved\nresolution: duplicate\nduplicate_of: {other_id}\n"),
                "Same.\n",
            ),
            3 => self.change(&ticket, "\ntitle: ", &format!("\ntitle: Edited {step} ")),
            4 => self.append(
                &ticket,
                &format!("\nLike {other_id} and 2027-01-{:02}-edited-{}aaaa.\n", step + 1, step + 1),
            ),
            5 => self.append(&ticket, "\n[the file](../README.md), [another](2027-01-05-edited-5aaaa.md)\n"),
            6 => self.open_ticket(&note, "visibility: public\ntags: [edited, new]\n"),
            7 => self.open_ticket(&note, "visibility: internal\nservice: nowhere\n"),
            8 => {
                fs::remove_file(&ticket).unwrap();
                let folder = ticket.with_extension("");
                if folder.exists() {
                    fs::remove_dir_all(folder).unwrap();
                }
                format!("removed {}", ticket.display())
            }
            9 => {
                let (old, new) =
                    (ticket.with_extension(""), ticket.with_file_name(format!("moved-{step}aaaa")));
                fs::rename(&ticket, new.with_extension("md")).unwrap();
                if old.exists() {
                    fs::rename(&old, &new).unwrap();
                }
                let id = old.file_stem().unwrap().to_str().unwrap().to_owned();
                self.change(&new.with_extension("md"), "\ntitle: ", &format!("\naliases: [{id}]\ntitle: "))
            }
            10 => self.change(
                &ticket,
                "\ntitle: ",
                &format!("\nvisibility: {}\ntitle: ", ["public", "internal"][step % 2]),
            ),
            11 => {
                let folder = ticket.with_extension("");
                fs::create_dir_all(&folder).unwrap();
                fs::write(folder.join(format!("log-{step}.txt")), "one line\n").unwrap();
                self.append(
                    &ticket,
                    &format!("\n[log]({}/log-{step}.txt)\n", folder.file_name().unwrap().to_str().unwrap()),
                )
            }
            12 => {
                self.change(&self.root.join("casebook.yml"), "\ntitle: ", &format!("\ntitle: Edit {step} "))
            }
            13 => {
                fs::create_dir_all(self.root.join("site")).unwrap();
                fs::write(self.root.join("site/site.css"), format!("body {{ order: {step} }}\n")).unwrap();
                "the theme".to_owned()
            }
            14 => {
                let text = format!(
                    "---\ntitle: Article {step}\nvisibility: public\ntickets: [{other_id}]\ntags: [edited]\n---\nText.\n"
                );
                fs::create_dir_all(self.root.join("knowledge")).unwrap();
                fs::write(self.root.join(format!("knowledge/article-{}.md", step % 3)), text).unwrap();
                format!("article {}", step % 3)
            }
            _ => self.change(&ticket, "\ntitle: ", &format!("\nrelated: [{other_id}]\ntitle: ")),
        }
    }

    /// Returns the file of a ticket.
    fn ticket(&mut self) -> PathBuf {
        let mut all: Vec<PathBuf> = walkdir::WalkDir::new(self.root.join("tickets"))
            .into_iter()
            .map(|entry| entry.unwrap().into_path())
            .filter(|path| path.extension().is_some_and(|ending| ending == "md"))
            .filter(|path| !path.parent().unwrap().with_extension("md").exists())
            .collect();
        all.sort();
        let at = self.below(all.len());
        all.swap_remove(at)
    }

    fn reply(&mut self, ticket: &Path, front: &str, text: &str) -> String {
        let folder = ticket.with_extension("");
        fs::create_dir_all(&folder).unwrap();
        let front =
            format!("---\nauthor: mei\ncreated: 2027-02-01T10:{:02}:00Z\n{front}---\n{text}", self.step);
        fs::write(folder.join(format!("reply-{}.md", self.step)), front).unwrap();
        format!("reply to {}: {text}", ticket.display())
    }

    fn change(&self, path: &Path, old: &str, new: &str) -> String {
        let text = fs::read_to_string(path).unwrap();
        fs::write(path, text.replacen(old, new, 1)).unwrap();
        format!("{}: {old:?} is {new:?}", path.display())
    }

    fn append(&self, path: &Path, more: &str) -> String {
        let text = fs::read_to_string(path).unwrap();
        fs::write(path, text + more).unwrap();
        format!("{}: added {more:?}", path.display())
    }

    fn open_ticket(&self, path: &str, front: &str) -> String {
        let text = format!(
            "---\ntitle: New ticket {path}\ntemplate: question\nrequester: lena\ncreated: 2027-01-10T10:00:00Z\n{front}---\n## Question\nWhere is it?\n"
        );
        fs::write(self.root.join(path), text).unwrap();
        format!("new {path} with {front:?}")
    }
}
