//! After any edits, a build that renders only stale pages leaves the same files as a build into an empty folder.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use crate::{sandbox::Sandbox, served::Server, waiting::wait_until};

/// The number of edits in a random sequence.
const EDITS: usize = 8;

#[test]
fn builds_after_random_edits_equal_clean_builds() {
    edit_at_random(1, "internal");
}

#[test]
fn public_builds_after_random_edits_equal_clean_builds() {
    edit_at_random(2, "public");
}

fn edit_at_random(seed: u64, audience: &'static str) {
    let site = IncrementalSite::new(audience);
    let mut editor = Editor { root: site.sandbox.path("demo"), random: seed, step: 0 };
    let mut done = Vec::new();
    for _ in 0..EDITS / 2 {
        done.push(editor.edit());
        // The file changed so recently that its time and size do not prove that it stays the same.
        site.build("site");
        site.compare(&format!("{done:#?}"));
        done.push(editor.edit());
        site.compare_at_once(&format!("{done:#?}"));
    }
}

/// Each edit changes a page whose own files stay the same, and for one reason: the tickets are not similar, and only those of
/// the service are answered.
#[test]
fn a_page_is_rendered_again_when_something_that_it_shows_changes() {
    let site = IncrementalSite::new("internal");
    let one = "tickets/2027-01-01-one-1aaaaa";
    let ticket = |title: &str, front: &str| {
        format!(
            "---
title: {title}
template: question
requester: lena
created: 2027-01-01T10:00:00Z
{front}---
{title}
"
        )
    };
    let resolved = "---\nauthor: mei\ncreated: 2027-02-01T10:00:00Z\nstatus: resolved\n";
    let answer = |text: &str| format!("{resolved}resolution: fixed\n---\n## Answer\n{text}\n");
    let duplicate =
        format!("{resolved}resolution: duplicate\nduplicate_of: 2027-01-02-two-2aaaaa\n---\nSame.\n");
    let body = "\nSee 2027-01-02-two-2aaaaa, [three](three-3aaaaa.md), [four](/notes/four.md), \
                [a log](2027-01-01-one-1aaaaa/a.log), [the notes](yaks.md).\n";
    let two = "tickets/2027-01-02-two-2aaaaa";
    let edits: [(&str, String, String); 16] = [
        ("the ticket is new", format!("{one}.md"), ticket("Blue ferrets", "tags: [Ferret]\n") + body),
        ("a name gets a ticket", format!("{two}.md"), ticket("Yaks", "")),
        ("a link gets a ticket", "tickets/2027/01/three-3aaaaa.md".into(), ticket("Geese", "")),
        (
            "a source gets a ticket",
            "tickets/2027-01-04-four-4aaaaa.md".into(),
            ticket("Voles", "source: notes/four.md\n"),
        ),
        ("an attachment is added", format!("{one}/a.log"), "one line\n".into()),
        ("a named ticket has another title", format!("{two}.md"), ticket("Llamas", "")),
        ("a linked article is new", "knowledge/yaks.md".into(), "---\ntitle: Hay\n---\nText.\n".into()),
        (
            "the article has another title",
            "knowledge/yaks.md".into(),
            "---\ntitle: Oats\n---\nText.\n".into(),
        ),
        (
            "its tag has another spelling",
            "tickets/2025-01-05-five-5aaaaa.md".into(),
            ticket("Otters", "tags: [ferret]\n").replace("2027-01-01T", "2025-01-01T"),
        ),
        ("it is a duplicate", format!("{one}/r1.md"), duplicate),
        (
            "its original is answered",
            format!("{two}/r1.md"),
            answer("Ask the herder in the barn, who has the list of names."),
        ),
        (
            "its original has another answer",
            format!("{two}/r1.md"),
            answer("Ask the vet in the village, who has another list."),
        ),
        (
            "a ticket is opened next to it",
            "tickets/2027-01-01-seven-7aaaaa.md".into(),
            ticket("Beavers", "").replace("T10:", "T11:"),
        ),
        (
            "the ticket next to it is answered",
            "tickets/2027-01-01-seven-7aaaaa/r1.md".into(),
            answer("They sleep during the day, so the dam is built at night."),
        ),
        (
            "a service has another ticket",
            "tickets/2027-01-08-eight-8aaaaa.md".into(),
            ticket("Newts", "service: tracking\n"),
        ),
        ("a similar ticket is new", "tickets/2027-01-06-six-6aaaaa.md".into(), ticket("Blue ferrets", "")),
    ];
    for (what, path, text) in edits {
        site.sandbox.write(format!("demo/{path}"), text);
        site.compare(what);
    }
    for removed in
        ["tickets/2027-01-02-two-2aaaaa.md", "tickets/2027/01/three-3aaaaa.md", "knowledge/yaks.md"]
    {
        fs::remove_file(site.sandbox.path("demo").join(removed)).unwrap();
        site.compare(&format!("{removed} is removed"));
    }
}

#[test]
fn a_ticket_without_a_page_changes_the_report() {
    let site = IncrementalSite::new("internal");
    let settings = site.sandbox.read("demo/casebook.yml");
    site.sandbox.write("demo/casebook.yml", settings.replace("publish: all", "publish: answered"));
    site.build("site");
    let before = site.sandbox.read("site/report/index.html");
    let ticket =
        "---\ntitle: Newts\ntemplate: question\nrequester: lena\ncreated: 2026-11-19T10:00:00Z\n---\nNewts\n";
    site.sandbox.write("demo/tickets/newts-1aaaaa.md", ticket);
    site.compare("a ticket is opened that has no page");
    assert_ne!(site.sandbox.read("site/report/index.html"), before);
    site.sandbox.write(
        "demo/tickets/newts-1aaaaa/r1.md",
        "---\nauthor: mei\ncreated: 2026-11-19T11:00:00Z\nstatus: pending\nasks: [version]\n---\nWhich version?\n",
    );
    site.compare("a ticket without a page has a reply");
}

/// The demo with a site that is built again and again.
struct IncrementalSite {
    sandbox: Sandbox,
    audience: &'static str,
}

impl IncrementalSite {
    fn new(audience: &'static str) -> Self {
        let sandbox = Sandbox::in_memory();
        sandbox.casebook(".", "demo demo --no-serve").ok();
        let settings = sandbox.read("demo/casebook.yml");
        sandbox.write("demo/casebook.yml", settings.replace("publish: answered", "publish: all"));
        let site = Self { sandbox, audience };
        site.build("site");
        site
    }

    fn build(&self, out: &str) -> String {
        let line = format!("build --audience {} --out ../{out} --explain", self.audience);
        self.sandbox.casebook("demo", &line).ok().err
    }

    /// Asserts that a build equals a build into an empty folder, and that the next build renders nothing.
    #[track_caller]
    fn compare(&self, done: &str) {
        self.build("clean");
        // Now the changed file has been there for a while, so that its pages are recorded.
        let said = self.build("site");
        self.assert_equal(done, &said);
        let again = self.build("site");
        assert!(again.contains("rendered 0 of "), "after {done}: {again}");
    }

    /// Asserts that a build right after an edit equals a build into an empty folder.
    #[track_caller]
    fn compare_at_once(&self, done: &str) {
        let said = self.build("site");
        self.build("clean");
        self.assert_equal(done, &said);
    }

    #[track_caller]
    fn assert_equal(&self, done: &str, said: &str) {
        let [mut site, clean] = ["site", "clean"].map(|folder| files(&self.sandbox.path(folder)));
        // Assets and index files of the build before may stay for one build.
        site.retain(|path, _| clean.contains_key(path) || !has_hashed_name(path));
        let differs = |path: &&String| site.get(*path) != clean.get(*path);
        let all: Vec<&String> = site.keys().chain(clean.keys()).filter(differs).collect();
        assert!(all.is_empty(), "after {done}, these files differ: {all:?}\n{said}");
        fs::remove_dir_all(self.sandbox.path("clean")).unwrap();
    }
}

/// Returns whether the name of a file depends on its contents.
fn has_hashed_name(path: &str) -> bool {
    path.starts_with("assets/") || path.starts_with("search/i/")
}

#[test]
fn a_reader_with_an_open_page_finds_its_files_for_one_more_build() {
    let site = IncrementalSite::new("internal");
    let hashed = |folder: &str| -> BTreeMap<String, Vec<u8>> {
        let mut all = files(&site.sandbox.path(folder));
        all.retain(|path, _| has_hashed_name(path));
        all
    };
    let ticket = "demo/tickets/2027-01-01-one-1aaaaa.md";
    let text = "---\ntitle: Blue ferrets\ntemplate: question\nrequester: lena\ncreated: 2027-01-01T10:00:00Z\n---\nOne.\n";
    site.sandbox.write(ticket, text);
    site.compare("a new ticket");
    let first = hashed("site");
    // The new word changes files of the index, and the theme an asset.
    site.sandbox.write(ticket, format!("{text}Wombats.\n"));
    site.build("site");
    let second = hashed("site");
    assert!(second.len() > first.len() + 2, "the index changed, and its former files are still there");
    let said = site.build("site");
    assert!(said.contains("removed search/i/"), "after the next build they are gone: {said}");
    site.sandbox.write("demo/site/assets/site.css", "body { order: 1 }\n");
    let is_style = |path: &String| path.starts_with("assets/site.") && path.ends_with(".css");
    site.build("site");
    assert_eq!(
        hashed("site").into_keys().filter(is_style).count(),
        2,
        "the former style sheet is still there"
    );
    site.build("site");
    assert_eq!(hashed("site").into_keys().filter(is_style).count(), 1);
    site.sandbox.write(ticket, text);
    site.build("site");
    site.build("clean");
    let (now, clean) = (hashed("site"), hashed("clean"));
    assert_eq!(now.keys().collect::<Vec<_>>(), clean.keys().collect::<Vec<_>>(), "a word left the site");
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

#[test]
fn a_server_shows_after_each_edit_what_a_new_server_shows() {
    let sandbox = Sandbox::in_memory();
    sandbox.casebook(".", "demo demo --no-serve").ok();
    let server = Server::start_in(&sandbox, "demo", "");
    let mut editor = Editor { root: sandbox.path("demo"), random: 3, step: 0 };
    let mut done = Vec::new();
    for _ in 0..3 {
        // The server reads the texts and builds the index, which it then updates.
        everything(&server);
        done.push(editor.edit());
        done.push(editor.edit());
        wait_until("the server shows the edits", || {
            let new = Server::start_in(&sandbox, "demo", "");
            everything(&server) == everything(&new)
        });
    }
    assert_eq!(done.len(), 6, "{done:#?}");
}

/// Returns the pages of all tickets that `server` shows, and the files of the search index.
fn everything(server: &Server) -> BTreeMap<String, Vec<u8>> {
    let list = server.get("/api/v1/tickets?limit=1000").json();
    let ids = list["tickets"].as_array().unwrap().iter().map(|ticket| ticket["id"].as_str().unwrap());
    let mut paths: Vec<String> = ids.map(|id| format!("/tickets/{id}/")).collect();
    let index = server.get("/search/index.json").json();
    paths.extend(["/".to_owned(), format!("/search/i/{}.bin", index["manifest"].as_str().unwrap())]);
    paths.into_iter().map(|path| (path.clone(), server.get(&path).bytes)).collect()
}
