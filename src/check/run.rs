//! Running the rules over files.

use rayon::prelude::*;

use super::{
    rule::{File, Noun, World},
    rules::RULES,
};
use crate::{
    diagnostic::{Finding, Level},
    repo::{Entry, EntryKind},
    settings::parse_settings,
    store::{Role, Store},
    template::{parse_canned, parse_template},
    text::{RepoPath, Time},
    ticket::{Document, Reply, Thread, parse_article, parse_reply, parse_ticket},
};

/// Findings of everything in the repository, by path and place.
pub fn check_all(world: &World<'_>) -> Vec<Finding> {
    let all: Vec<&(Entry, Role)> = world.store.layout.files.iter().collect();
    let mut findings = check_entries(&all, world);
    findings.extend(world.store.layout.unreadable.iter().map(|(path, problem)| {
        Finding::deny(
            "unreadable-file",
            &RepoPath::new(path.clone()),
            format!("this cannot be read: {problem}"),
        )
    }));
    sorted(findings)
}

/// Findings of some files only, by path and place. Paths that are not there are passed over.
pub fn check_paths(store: &Store, paths: &[RepoPath], now: Time) -> Vec<Finding> {
    check_some(paths, &World { store, now, author_of: &|_| None })
}

/// Findings of some files only, in a world that is given.
pub fn check_some(paths: &[RepoPath], world: &World<'_>) -> Vec<Finding> {
    let entries: Vec<&(Entry, Role)> =
        paths.iter().filter_map(|path| world.store.layout.entry(path)).collect();
    sorted(check_entries(&entries, world))
}

fn sorted(mut findings: Vec<Finding>) -> Vec<Finding> {
    let place = |finding: &Finding| finding.span.as_ref().map_or(0, |span| span.start);
    findings.sort_by(|a, b| {
        (&a.path, place(a), a.code, &a.message).cmp(&(&b.path, place(b), b.code, &b.message))
    });
    findings.dedup();
    findings
}

fn check_entries(entries: &[&(Entry, Role)], world: &World<'_>) -> Vec<Finding> {
    entries.par_iter().flat_map_iter(|(entry, role)| check_file(entry, role, world)).collect()
}

fn check_file(entry: &Entry, role: &Role, world: &World<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let document = read(entry, role, world.store, &mut findings);
    let parsed = document.as_ref().map(|document| parse(document, role, world.store, &mut findings));
    let noun = match &parsed {
        Some(Parsed::Ticket(thread)) => Noun::Ticket(thread, world.store.template(&thread.ticket.template)),
        Some(Parsed::Reply(thread, reply)) => {
            Noun::Reply(thread, reply, world.store.template(&thread.ticket.template))
        }
        Some(Parsed::Article(article)) => Noun::Article(article),
        Some(Parsed::Template(template)) => Noun::Template(template),
        Some(Parsed::Other) | None => Noun::Other,
    };
    let file = File { entry, role, document: document.as_ref(), noun };
    for look in RULES.iter().filter_map(|rule| rule.look) {
        look(&file, world, &mut findings);
    }
    let imported = file.is_imported();
    findings.retain_mut(|finding| {
        let rule = RULES.iter().find(|rule| rule.code == finding.code);
        finding.level =
            world.store.settings.level_of(finding.code, rule.map_or(finding.level, |rule| rule.level));
        if imported && rule.is_some_and(|rule| rule.of_content) {
            finding.level = finding.level.min(Level::Warn);
        }
        finding.level != Level::Allow
    });
    findings
}

/// What a file says, beside its findings.
enum Parsed<'a> {
    Ticket(&'a Thread),
    Reply(&'a Thread, Box<Reply>),
    Article(Box<crate::ticket::Article>),
    Template(Box<crate::template::Template>),
    Other,
}

fn read(entry: &Entry, role: &Role, store: &Store, findings: &mut Vec<Finding>) -> Option<Document> {
    let text = matches!(
        role,
        Role::Settings | Role::Template | Role::Canned | Role::Ticket | Role::Reply(_) | Role::Article
    );
    if !text || entry.kind == EntryKind::Symlink {
        return None;
    }
    match store.source().read(&entry.path) {
        Ok(bytes) => Some(Document::parse(&entry.path, &bytes)),
        Err(error) => {
            findings.push(Finding::deny(
                "unreadable-file",
                &entry.path,
                format!("this cannot be read: {error}"),
            ));
            None
        }
    }
}

fn parse<'a>(document: &Document, role: &Role, store: &'a Store, findings: &mut Vec<Finding>) -> Parsed<'a> {
    let mut add = |more: Vec<Finding>| findings.extend(more);
    match role {
        Role::Settings => {
            add(parse_settings(&document.text).1);
            Parsed::Other
        }
        Role::Template => {
            let (template, more) = parse_template(document);
            add(more);
            Parsed::Template(Box::new(template))
        }
        Role::Canned => {
            add(parse_canned(document).1);
            Parsed::Other
        }
        Role::Article => {
            let (article, more) = parse_article(document);
            add(more);
            Parsed::Article(Box::new(article))
        }
        Role::Reply(ticket) => {
            let (reply, more) = parse_reply(document);
            add(more);
            match thread_at(store, ticket) {
                Some(thread) => Parsed::Reply(thread, Box::new(reply)),
                None => Parsed::Other,
            }
        }
        Role::Ticket if store.orphans.binary_search(&document.path).is_ok() => Parsed::Other,
        Role::Ticket => {
            add(parse_ticket(document).1);
            thread_at(store, &document.path).map_or(Parsed::Other, Parsed::Ticket)
        }
        Role::Attachment(_) | Role::Stray | Role::Other => Parsed::Other,
    }
}

/// The thread whose ticket stands at exactly this path: of one id in two folders each has its own.
fn thread_at<'a>(store: &'a Store, path: &RepoPath) -> Option<&'a Thread> {
    let at = |thread: &&Thread| thread.ticket.path.as_ref() == Some(path);
    store.thread(path.stem()).filter(at).or_else(|| store.threads.iter().find(at))
}
