//! Running the rules over files.

use std::{borrow::Cow, sync::Arc};

use rayon::prelude::*;

use super::{
    file::{File, Noun},
    rules::{RULES, rule},
    world::World,
};
use crate::{
    diagnostic::{Finding, Level},
    repo::{Entry, EntryKind, Source},
    settings::{SETTINGS_PATH, Settings, parse_settings},
    store::{Fresh, Role, Store},
    template::{Template, parse_canned, parse_template},
    text::{RepoPath, Span, Time},
    ticket::{Article, Document, Reply, Thread, parse_article, parse_reply, parse_ticket},
};

/// The largest file beside tickets that is searched, in bytes. A larger one is a finding anyway.
const MAX_LOOSE: u64 = 10 * 1024 * 1024;

/// Findings of everything in the repository, by path and place. `done` is called after each file.
pub fn check_all(world: &World<'_>, done: &(dyn Fn() + Sync)) -> Vec<Finding> {
    let all: Vec<(&Entry, &Role)> = world.store.layout.files().collect();
    let mut findings = check_entries(&all, world, done);
    findings.extend(unreadable(world, |_| true));
    findings.extend(missing_settings(world));
    sorted(findings)
}

/// Findings of some files only, by path and place. Paths that are not there are passed over.
pub fn check_paths(store: &Store, paths: &[RepoPath], now: Time) -> Vec<Finding> {
    check_some(paths, &World::new(store, now))
}

/// Findings of some files only, in a world that is given.
pub fn check_some(paths: &[RepoPath], world: &World<'_>) -> Vec<Finding> {
    let entries: Vec<(&Entry, &Role)> =
        paths.iter().filter_map(|path| world.store.layout.entry(path)).collect();
    sorted(check_entries(&entries, world, &|| ()))
}

/// The text of a file as findings count its bytes; `None` of what is missing, no text or too large.
pub fn text_of(source: &dyn Source, path: &RepoPath) -> Option<String> {
    let bytes = source.read(path).ok()?;
    let document = Document::parse(path, &bytes);
    if path.is_markdown() || path.as_str() == SETTINGS_PATH {
        return Some(document.text);
    }
    loose_text(bytes)
}

/// What could not even be listed and is `wanted`.
pub(super) fn unreadable(world: &World<'_>, wanted: impl Fn(&str) -> bool) -> Vec<Finding> {
    let listed = world.store.layout.unreadable.iter().filter(|(path, _)| wanted(path));
    let mut findings: Vec<Finding> = listed
        .map(|(path, problem)| {
            Finding::deny(
                "unreadable-file",
                &RepoPath::new(path.clone()),
                format!("this file cannot be read: it {problem}"),
            )
            .help("give its folder a file that can be read, or take it out of the repository")
        })
        .collect();
    give_levels(&mut findings, &world.store.settings, false);
    findings
}

/// That tickets are there and settings are not.
pub(super) fn missing_settings(world: &World<'_>) -> Vec<Finding> {
    let path = RepoPath::new(SETTINGS_PATH);
    let layout = &world.store.layout;
    if layout.role(&path).is_some() || layout.entries.is_empty() {
        return Vec::new();
    }
    let mut findings = vec![
        Finding::deny("missing-settings", &path, "there are no settings")
            .help("bring `casebook.yml` back; `version: 1` is all that it must say"),
    ];
    give_levels(&mut findings, &world.store.settings, false);
    findings
}

/// `findings` by path and place, each once.
pub(super) fn sorted(mut findings: Vec<Finding>) -> Vec<Finding> {
    let place = |finding: &Finding| finding.span.as_ref().map_or(0, |span| span.start);
    findings.sort_by(|a, b| {
        (&a.path, place(a), a.code, &a.message).cmp(&(&b.path, place(b), b.code, &b.message))
    });
    findings.dedup();
    findings
}

fn check_entries(entries: &[(&Entry, &Role)], world: &World<'_>, done: &(dyn Fn() + Sync)) -> Vec<Finding> {
    let check = |(entry, role): &(&Entry, &Role)| {
        let findings = check_file(entry, role, world);
        done();
        findings
    };
    entries.par_iter().flat_map_iter(check).collect()
}

fn check_file(entry: &Entry, role: &Role, world: &World<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let read = read(entry, role, world.store, &mut findings);
    let (document, loose) = match &read {
        Read::Document(document) => (Some(document), None),
        Read::Fresh(fresh) => (Some(&fresh.document), None),
        Read::Loose(text) => (None, Some(text.as_str())),
        Read::Nothing => (None, None),
    };
    let parsed = match (&read, document) {
        (Read::Fresh(fresh), _) => known(fresh, role, world.store, &mut findings),
        (_, Some(document)) => parse(document, role, world.store, &mut findings),
        _ => Parsed::Other,
    };
    let template = |thread: &Thread| world.store.template(&thread.ticket.template);
    let noun = match &parsed {
        Parsed::Ticket(thread) => Noun::Ticket(thread, template(thread)),
        Parsed::Reply(thread, reply) => Noun::Reply(thread, reply, template(thread)),
        Parsed::FreshReply(thread, reply) => Noun::Reply(thread, reply, template(thread)),
        Parsed::Article(article) => Noun::Article(article),
        Parsed::Template(template) => Noun::Template(template),
        Parsed::Settings(settings) => Noun::Settings(settings),
        Parsed::Other => Noun::Other,
    };
    let file = File::new(entry, role, document, loose, noun);
    for look in RULES.iter().filter_map(|rule| rule.look) {
        look(&file, world, &mut findings);
    }
    give_levels(&mut findings, &world.store.settings, file.is_imported());
    if let Some(text) = file.text() {
        cover_secrets(&mut findings, text);
    }
    findings
}

/// Gives each finding the level of its rule, or that of the settings, and drops those that are allowed.
fn give_levels(findings: &mut Vec<Finding>, settings: &Settings, imported: bool) {
    findings.retain_mut(|finding| {
        let rule = rule(finding.code);
        let usual = rule.map_or(finding.level, |rule| rule.level);
        // A rule that lowers one of its findings knows something about it that the settings do not.
        let is_lowered = finding.level < usual;
        finding.level = settings.level_of(finding.code, usual);
        if is_lowered || (imported && rule.is_some_and(|rule| rule.of_content)) {
            finding.level = finding.level.min(Level::Warn);
        }
        finding.level != Level::Allow
    });
}

/// No finding of a file shows its secrets, whatever it is about itself: output goes into logs that others read.
fn cover_secrets(findings: &mut [Finding], text: &str) {
    let spans: Vec<_> = findings.iter().flat_map(|finding| finding.masked.iter().cloned()).collect();
    if spans.is_empty() {
        return;
    }
    let mut secrets: Vec<&str> = spans.iter().filter_map(|span| text.get(span.clone())).collect();
    secrets.sort_unstable();
    secrets.dedup();
    let spans: Arc<[Span]> = spans.into();
    let cover = |said: &mut String| {
        for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
            if said.contains(secret) {
                *said = said.replace(secret, &"*".repeat(secret.chars().count().min(8)));
            }
        }
    };
    for finding in findings {
        finding.masked = Arc::clone(&spans);
        cover(&mut finding.message);
        cover(&mut finding.label);
        finding.help.iter_mut().for_each(cover);
        let tells = |fix: &crate::diagnostic::Fix| {
            let said = fix.edits.iter().map(|(_, text)| text).chain([&fix.title]);
            said.into_iter().any(|said| secrets.iter().any(|secret| said.contains(secret)))
        };
        if finding.fix.as_ref().is_some_and(tells) {
            finding.fix = None;
        }
    }
}

/// What was read of a file.
enum Read<'a> {
    Document(Document),
    Fresh(&'a Fresh),
    Loose(String),
    Nothing,
}

/// What a file says, beside its findings.
enum Parsed<'a> {
    Ticket(&'a Thread),
    Reply(&'a Thread, Box<Reply>),
    FreshReply(&'a Thread, &'a Reply),
    Article(Box<Article>),
    Template(Box<Template>),
    Settings(Box<Settings>),
    Other,
}

fn read<'a>(entry: &Entry, role: &Role, store: &'a Store, findings: &mut Vec<Finding>) -> Read<'a> {
    if entry.kind == EntryKind::Symlink || *role == Role::Import {
        return Read::Nothing;
    }
    let source = &**store.source();
    if matches!(role, Role::Attachment(_) | Role::Stray | Role::Other) {
        return match size_of(entry, source) {
            Some(size) if size <= MAX_LOOSE => {
                source.read(&entry.path).ok().and_then(loose_text).map_or(Read::Nothing, Read::Loose)
            }
            _ => Read::Nothing,
        };
    }
    if let Some(fresh) = store.fresh(&entry.path) {
        return Read::Fresh(fresh);
    }
    match source.read(&entry.path) {
        Ok(bytes) => Read::Document(Document::parse(&entry.path, &bytes)),
        Err(error) => {
            findings.push(
                Finding::deny("unreadable-file", &entry.path, format!("this file cannot be read: {error}"))
                    .help("give it back its permissions, or take it out of the repository"),
            );
            Read::Nothing
        }
    }
}

/// The size of a file; sources of git's objects do not list it.
pub(super) fn size_of(entry: &Entry, source: &dyn Source) -> Option<u64> {
    match entry.stamp {
        crate::repo::Stamp::Blob(_) => source.size(&entry.path).ok(),
        _ => Some(entry.size),
    }
}

/// The text of a log or the like; `None` of pictures, archives and dumps.
fn loose_text(bytes: Vec<u8>) -> Option<String> {
    if bytes.iter().take(8 * 1024).any(|byte| *byte == 0) {
        return None;
    }
    Some(match String::from_utf8_lossy(&bytes) {
        Cow::Owned(text) => text,
        Cow::Borrowed(text) => text.to_owned(),
    })
}

/// The same as [`parse`] for a file that was parsed a moment ago.
fn known<'a>(fresh: &'a Fresh, role: &Role, store: &'a Store, findings: &mut Vec<Finding>) -> Parsed<'a> {
    if *role == Role::Article {
        return parse(&fresh.document, role, store, findings);
    }
    findings.extend(fresh.findings.iter().cloned());
    let (ticket, reply) = match role {
        Role::Reply(ticket) => (ticket, fresh.reply.as_ref()),
        _ => (&fresh.document.path, None),
    };
    match (thread_at(store, ticket), reply) {
        (Some(thread), Some(reply)) => Parsed::FreshReply(thread, reply),
        (Some(thread), None) if *role == Role::Ticket && fresh.reply.is_none() => Parsed::Ticket(thread),
        _ => Parsed::Other,
    }
}

fn parse<'a>(document: &Document, role: &Role, store: &'a Store, findings: &mut Vec<Finding>) -> Parsed<'a> {
    let mut add = |more: Vec<Finding>| findings.extend(more);
    match role {
        Role::Settings => {
            let (settings, more) = parse_settings(&document.text);
            add(more);
            // Of what is wrong with a document, only its encoding and size can be wrong with settings.
            add(document
                .problems
                .iter()
                .filter(|p| matches!(p.code, "not-utf8" | "huge-file"))
                .cloned()
                .collect());
            Parsed::Settings(Box::new(settings))
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
        Role::Ticket if store.orphans.binary_search(&document.path).is_ok() => {
            add(parse_reply(document).1);
            Parsed::Other
        }
        Role::Ticket => {
            add(parse_ticket(document).1);
            thread_at(store, &document.path).map_or(Parsed::Other, Parsed::Ticket)
        }
        Role::Attachment(_) | Role::Stray | Role::Import | Role::Other => Parsed::Other,
    }
}

/// The thread whose ticket stands at exactly this path: of one id in two folders each has its own.
fn thread_at<'a>(store: &'a Store, path: &RepoPath) -> Option<&'a Thread> {
    let at = |thread: &&Thread| thread.ticket.path.as_ref() == Some(path);
    store.thread(path.stem()).filter(at).or_else(|| store.threads.iter().map(|thread| &**thread).find(at))
}
