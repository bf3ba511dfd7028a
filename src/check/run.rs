//! Running the rules over files.

use std::sync::Arc;

use rayon::prelude::*;

use super::{
    context::CheckContext,
    file::{CheckedNoun, File, size_of},
    rules::{FORMER_CODES, RULES, rule},
    source_text::loose_text,
};
use crate::{
    diagnostic::{Finding, Fix, Level},
    repo::{FileEntry, FileType},
    settings::{SETTINGS_PATH, Settings, parse_settings},
    store::{Fresh, Role, Store},
    template::{parse_canned, parse_template},
    text::{RepoPath, Span, Time},
    ticket::{Article, Document, Reply, Thread, parse_article, parse_reply, parse_ticket},
};

/// The largest file beside tickets that is searched, in bytes. A larger one is a finding anyway.
const MAX_LOOSE: u64 = 10 * 1024 * 1024;

/// Findings of everything in the repository, by path and place. `done` is called after each file.
pub(crate) fn check_all(context: &CheckContext<'_>, done: &(dyn Fn() + Sync)) -> Vec<Finding> {
    let all: Vec<(&FileEntry, &Role)> = context.store.layout.files().collect();
    let mut findings = check_entries(&all, context, done);
    findings.extend(unreadable(context, |_| true));
    findings.extend(missing_settings(context));
    sorted(findings)
}

/// Findings of some files only, by path and place. Paths that are not there are passed over.
pub(crate) fn check_paths(store: &Store, paths: &[RepoPath], now: Time) -> Vec<Finding> {
    check_some(paths, &CheckContext::new(store, now))
}

/// Findings of some files only, in a context that is given.
pub(crate) fn check_some(paths: &[RepoPath], context: &CheckContext<'_>) -> Vec<Finding> {
    let entries: Vec<(&FileEntry, &Role)> =
        paths.iter().filter_map(|path| context.store.layout.entry(path)).collect();
    sorted(check_entries(&entries, context, &|| ()))
}

/// What could not even be listed and is `wanted`.
pub(super) fn unreadable(context: &CheckContext<'_>, wanted: impl Fn(&str) -> bool) -> Vec<Finding> {
    let listed = context.store.layout.unreadable.iter().filter(|(path, _)| wanted(path));
    let mut findings: Vec<Finding> = listed
        .map(|(path, problem)| {
            Finding::deny(
                "unreadable-file",
                &RepoPath::new(path.clone()),
                format!("cannot read the file: it {problem}"),
            )
            .help(problem.hint().unwrap_or("make the file readable, or remove it from the repository"))
        })
        .collect();
    give_levels(&mut findings, &context.store.settings, false);
    findings
}

/// That tickets are there and settings are not.
pub(super) fn missing_settings(context: &CheckContext<'_>) -> Vec<Finding> {
    let path = RepoPath::new(SETTINGS_PATH);
    let layout = &context.store.layout;
    if layout.role(&path).is_some() || layout.entries.is_empty() {
        return Vec::new();
    }
    let mut findings = vec![
        Finding::deny("missing-settings", &path, "casebook.yml not found")
            .help("restore `casebook.yml`; a file with the line `version: 1` is enough"),
    ];
    give_levels(&mut findings, &context.store.settings, false);
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

fn check_entries(
    entries: &[(&FileEntry, &Role)],
    context: &CheckContext<'_>,
    done: &(dyn Fn() + Sync),
) -> Vec<Finding> {
    let check = |(entry, role): &(&FileEntry, &Role)| {
        let findings = check_file(entry, role, context);
        done();
        findings
    };
    entries.par_iter().flat_map_iter(check).collect()
}

fn check_file(entry: &FileEntry, role: &Role, context: &CheckContext<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let read = read(entry, role, context.store, &mut findings);
    let (document, loose) = match &read {
        Read::Document(document) => (Some(document), None),
        Read::Fresh(fresh) => (Some(&fresh.document), None),
        Read::Loose(text) => (None, Some(text.as_str())),
        Read::Nothing => (None, None),
    };
    let parsed = match (&read, document) {
        (Read::Fresh(fresh), _) => known(fresh, role, context.store, &mut findings),
        (_, Some(document)) => parse(document, role, context.store, &mut findings),
        _ => Parsed::Other,
    };
    let template = |thread: &Thread| context.store.template(&thread.ticket.template);
    let noun = match &parsed {
        Parsed::Ticket(thread) => CheckedNoun::Ticket(thread, template(thread)),
        Parsed::Reply(thread, reply) => CheckedNoun::Reply(thread, reply, template(thread)),
        Parsed::FreshReply(thread, reply) => CheckedNoun::Reply(thread, reply, template(thread)),
        Parsed::Article(article) => CheckedNoun::Article(article),
        Parsed::Template => CheckedNoun::Template,
        Parsed::Settings(settings) => CheckedNoun::Settings(settings),
        Parsed::Other => CheckedNoun::Other,
    };
    let file = File::new(entry, role, document, loose, noun);
    for look in RULES.iter().filter_map(|rule| rule.look) {
        look(&file, context, &mut findings);
    }
    give_levels(&mut findings, &context.store.settings, file.is_imported());
    if let Some(text) = file.text() {
        review_fixes(&mut findings, &file, text);
        cover_secrets(&mut findings, text);
    }
    findings
}

/// Drops each fix that would leave the text as it is. One that changes code or HTML is for a person to decide.
fn review_fixes(findings: &mut [Finding], file: &File<'_>, text: &str) {
    for finding in findings {
        let changes = |fix: &Fix| fix.edits.iter().any(|(span, new)| text.get(span.clone()) != Some(new));
        finding.fix = finding.fix.take().filter(changes);
        if let Some(fix) = finding.fix.as_mut().filter(|fix| fix.sure) {
            fix.sure = !fix.edits.iter().any(|(span, _)| file.is_code_or_html(span));
        }
    }
}

/// Gives each finding the level of its rule, or that of the settings, and drops those that are allowed.
fn give_levels(findings: &mut Vec<Finding>, settings: &Settings, imported: bool) {
    findings.retain_mut(|finding| {
        let rule = rule(finding.code);
        let usual = rule.map_or(finding.level, |rule| rule.level);
        // A rule that lowers one of its findings knows something about it that the settings do not.
        let is_lowered = finding.level < usual;
        finding.level = level_in(settings, finding.code, usual);
        if is_lowered || (imported && rule.is_some_and(|rule| rule.of_content)) {
            finding.level = finding.level.min(Level::Warn);
        }
        finding.level != Level::Allow
    });
}

/// The level of the rule `code`: in settings by its code, else by a former one, else `default`.
fn level_in(settings: &Settings, code: &str, default: Level) -> Level {
    let former = FORMER_CODES.iter().filter(|(_, now)| *now == code);
    let by_former = former.fold(default, |level, (former, _)| settings.level_of(former, level));
    settings.level_of(code, by_former)
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
        let tells = |fix: &Fix| {
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
    Template,
    Settings(Box<Settings>),
    Other,
}

fn read<'a>(entry: &FileEntry, role: &Role, store: &'a Store, findings: &mut Vec<Finding>) -> Read<'a> {
    if entry.kind == FileType::Symlink || *role == Role::Import {
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
                Finding::deny("unreadable-file", &entry.path, format!("cannot read the file: {error}"))
                    .help("correct the file's permissions, or remove it from the repository"),
            );
            Read::Nothing
        }
    }
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
    match (store.thread_at(ticket), reply) {
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
            add(parse_template(document).1);
            Parsed::Template
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
            match store.thread_at(ticket) {
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
            store.thread_at(&document.path).map_or(Parsed::Other, Parsed::Ticket)
        }
        Role::Attachment(_) | Role::Stray | Role::Import | Role::Other => Parsed::Other,
    }
}
