//! Tests of formats, and random sequences of changes by people, changes at the source, and imports.

#![allow(clippy::disallowed_methods, reason = "tests prepare files on the disk")]

use std::{collections::BTreeSet, fs, sync::Arc};

use proptest::prelude::*;

use super::*;
use crate::{
    repo::{CacheSlot, testing::Sandbox},
    store::{self, Role},
    text::RepoPath,
    ticket::ReplyRecord,
    trials::{at_full_length, trials},
};

/// A complete format: one ticket per line, as `id;title`.
struct Semicolons;

impl Importer for Semicolons {
    fn name(&self) -> &'static str {
        "semicolons"
    }

    fn about(&self) -> &'static str {
        "One ticket per line, as `id;title`"
    }

    fn read(&self, input: &mut dyn BufRead, take: &mut TakeTicket<'_>) -> io::Result<()> {
        for (at, line) in input.lines().enumerate() {
            let line = line?;
            take(match line.split_once(';') {
                Some((id, title)) => {
                    Ok(TicketRecord { id: id.to_owned(), title: title.to_owned(), ..TicketRecord::default() })
                }
                None => Err(ImportError { line: at + 1, message: format!("no `;` in `{line}`") }),
            })?;
        }
        Ok(())
    }
}

#[test]
fn a_format_needs_only_to_read_its_tickets() {
    let key = ["AKIA", "Q3EGRYB7KMZP2XWN"].concat();
    let text = format!("A-1;Export times out\n{key}\nA-2;Login fails\n");
    let (records, broken) = read_tickets(&Semicolons, text.as_bytes()).unwrap();
    let titles: Vec<&str> = records.iter().map(|record| record.title.as_str()).collect();
    assert_eq!(titles, ["Export times out", "Login fails"]);
    assert_eq!(broken[0].to_string(), "line 2: no `;` in `[secret]`");
}

#[test]
fn endless_input_is_an_error() {
    let mut input = BoundedReader { input: io::repeat(b'\n'), left: 10_000 };
    let error = io::copy(&mut input, &mut io::sink()).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
}

/// A tracker with some tickets, and a repository that they are imported into.
struct Trial {
    sandbox: Sandbox,
    source: Vec<TicketRecord>,
    /// The number of generated words.
    words: usize,
    /// Words that people removed.
    gone: BTreeSet<String>,
    /// Words that people wrote.
    kept: BTreeSet<String>,
}

impl Trial {
    fn new() -> Self {
        let sandbox = Sandbox::new();
        sandbox.casebook("a");
        let (gone, kept) = (BTreeSet::new(), BTreeSet::new());
        let mut trial = Self { sandbox, source: Vec::new(), words: 0, gone, kept };
        for id in ["OPS-1", "OPS-2"] {
            let (body, created) = (trial.word("said"), Some("2026-03-01T10:00:00Z".to_owned()));
            let title = id.to_owned();
            trial.source.push(TicketRecord {
                id: id.to_owned(),
                title,
                created,
                body,
                ..TicketRecord::default()
            });
            for _ in 0..3 {
                let place = trial.source.len() - 1;
                trial.add_reply(place, true);
            }
        }
        trial.import();
        trial
    }

    fn word(&mut self, kind: &str) -> String {
        self.words += 1;
        format!("{kind}{:03}", self.words)
    }

    fn add_reply(&mut self, ticket: usize, at_end: bool) {
        let body = self.word("said");
        let author = Some(["mei", "omar", "ann"][self.words % 3].to_owned());
        let created = Some(format!("2026-03-02T10:{:02}:{:02}Z", self.words / 60, self.words % 60));
        let reply = ReplyRecord { author, created, body, ..ReplyRecord::default() };
        let replies = &mut self.source[ticket].replies;
        replies.insert(if at_end { replies.len() } else { 0 }, reply);
    }

    fn import(&self) -> ImportReport {
        let repo = self.sandbox.open("a");
        let locked = self.sandbox.lock(&repo);
        let store = store::load(Arc::from(repo.current().unwrap()), &CacheSlot::nowhere()).unwrap();
        let options = ImportOptions { name: "ops".into(), ..ImportOptions::default() };
        Import::prepare(&locked, &store, &self.source, &options).unwrap().write(&|_| ()).unwrap()
    }

    /// Returns the paths of tickets and replies.
    fn files(&self) -> Vec<RepoPath> {
        let store = store::load(Arc::from(self.sandbox.open("a").current().unwrap()), &CacheSlot::nowhere());
        let is_text = |role: &Role| matches!(role, Role::Ticket | Role::Reply(_));
        let store = store.unwrap();
        store.layout.files().filter(|(_, role)| is_text(role)).map(|(entry, _)| entry.path.clone()).collect()
    }

    fn read(&self, path: &RepoPath) -> String {
        self.sandbox.read(&format!("a/{path}"))
    }

    fn take_away(&mut self, text: &str) {
        for word in text.split_whitespace() {
            self.kept.remove(word);
            if word.starts_with("said") {
                self.gone.insert(word.to_owned());
            }
        }
    }

    fn step(&mut self, what: u8, which: usize) {
        let files = self.files();
        let file = files.get(which % files.len().max(1)).cloned();
        let ticket = which % self.source.len();
        let replies = self.source[ticket].replies.len();
        match (what, file) {
            // A person redacts a file.
            (0, Some(file)) => {
                let text = self.read(&file);
                self.take_away(&text);
                let front = text.rfind("---\n").map_or(0, |at| at + 4);
                let word = self.word("kept");
                self.sandbox.file(&format!("a/{file}"), format!("{}{word}\n", &text[..front]));
                self.kept.insert(word);
            }
            // A person deletes a file; for a ticket, its replies too.
            (1, Some(file)) => {
                let folder = format!("{}/", file.without_extension());
                for file in files.iter().filter(|one| **one == file || one.as_str().starts_with(&folder)) {
                    self.take_away(&self.read(file));
                    fs::remove_file(self.sandbox.path(&format!("a/{file}"))).unwrap();
                }
            }
            // A person moves a ticket.
            (2, Some(file)) if file.folder() == "tickets/2026/03" => {
                let path = |path: &str| self.sandbox.path(&format!("a/{path}"));
                fs::create_dir_all(path("tickets/moved")).unwrap();
                fs::rename(path(file.as_str()), path(&format!("tickets/moved/{}", file.file_name())))
                    .unwrap();
                let folder = path(file.without_extension());
                if folder.is_dir() {
                    fs::rename(folder, path(&format!("tickets/moved/{}", file.stem()))).unwrap();
                }
            }
            (3, _) => self.source[ticket].body.push_str(" more"),
            (4, _) if replies > 0 => self.source[ticket].replies[which % replies].body.push_str(" more"),
            (5, _) if replies > 0 => drop(self.source[ticket].replies.remove(which % replies)),
            (6, _) => self.add_reply(ticket, true),
            (7, _) => self.add_reply(ticket, false),
            _ => {}
        }
    }
}

#[test]
fn imports_never_undo_changes_of_people_and_a_second_run_does_nothing() {
    let config = trials(if at_full_length() { 400 } else { 12 });
    let steps = prop::collection::vec((0..8_u8, 0..12_usize, any::<bool>()), 1..14);
    proptest!(config, |(steps in steps)| {
        let mut trial = Trial::new();
        for (what, which, imports) in steps {
            trial.step(what, which);
            // The source makes one change per round, people make several.
            if what > 2 || imports {
                trial.import();
                let again = trial.import();
                prop_assert_eq!((again.written, again.removed), (0, Vec::new()));
            }
            let all: String = trial.files().iter().map(|file| trial.read(file)).collect();
            for word in &trial.gone {
                prop_assert!(!all.contains(word.as_str()), "{} is back", word);
            }
            for word in &trial.kept {
                prop_assert!(all.contains(word.as_str()), "{} is lost", word);
            }
        }
    });
}
