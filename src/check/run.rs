//! Runs the rules on files.

use rayon::prelude::*;

use super::{
    canned,
    context::CheckContext,
    file::{CheckedContent, File, size_of},
    hidden::hidden_secrets,
    levels::give_levels,
    masking::mask_secrets,
    rules::RULES,
    source_text::{MAX_PLAIN_TEXT, plain_text, strings},
};
use crate::{
    diagnostic::{Finding, Fix},
    repo::{FileEntry, FileType},
    settings::{SETTINGS_PATH, Settings, parse_settings},
    store::{FreshFile, Role, Store},
    template::{parse_canned, parse_template, pattern_problems},
    text::{RepoPath, Time},
    ticket::{Article, Document, Reply, Thread, parse_article, parse_reply, parse_ticket},
};

/// Returns the findings of all files, sorted by path and position. Calls `done` after each file.
pub(crate) fn check_all(context: &CheckContext<'_>, done: &(dyn Fn() + Sync)) -> Vec<Finding> {
    let all: Vec<(&FileEntry, &Role)> = context.store.layout.files().collect();
    let mut findings = check_entries(&all, context, done);
    findings.extend(unreadable(context, |_| true));
    findings.extend(missing_settings(context));
    findings.extend(hidden_secrets(context, None));
    sorted(findings)
}

/// Returns the findings of some files, sorted by path and position. Paths that do not exist are skipped.
pub(crate) fn check_paths(store: &Store, paths: &[RepoPath], now: Time) -> Vec<Finding> {
    check_some(paths, &CheckContext::new(store, now))
}

/// Returns the findings of some files, like [`check_paths`], with a given context.
pub(crate) fn check_some(paths: &[RepoPath], context: &CheckContext<'_>) -> Vec<Finding> {
    let entries: Vec<(&FileEntry, &Role)> =
        paths.iter().filter_map(|path| context.store.layout.entry(path)).collect();
    sorted(check_entries(&entries, context, &|| ()))
}

/// Returns a finding for each file that cannot be read, if `is_included` returns true for its path.
pub(super) fn unreadable(context: &CheckContext<'_>, is_included: impl Fn(&str) -> bool) -> Vec<Finding> {
    let files = context.store.layout.unreadable.iter().filter(|(path, _)| is_included(path));
    let mut findings: Vec<Finding> = files
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

/// Returns a finding if the repository has files of Casebook, but no settings.
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

/// Sorts findings by path and position, and those at one position in the order of the template. Removes duplicates.
pub(super) fn sorted(mut findings: Vec<Finding>) -> Vec<Finding> {
    let place = |finding: &Finding| finding.span.as_ref().map_or(0, |span| span.start);
    findings.sort_by(|a, b| {
        let order = |finding| (place(finding), finding.rank, finding.code);
        (&a.path, order(a), &a.message).cmp(&(&b.path, order(b), &b.message))
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
    let content = read(entry, role, context.store, &mut findings);
    let (document, plain_text, strings) = match &content {
        FileContent::Document(document) => (Some(document), None, None),
        FileContent::FreshFile(fresh) => (Some(&fresh.document), None, None),
        FileContent::PlainText(text) => (None, Some(text.as_str()), None),
        FileContent::Binary(text) => (None, None, Some(text.as_str())),
        FileContent::Unread => (None, None, None),
    };
    let parsed = match (&content, document) {
        (FileContent::FreshFile(fresh), _) => reuse(fresh, role, context, &mut findings),
        (_, Some(document)) => parse(document, role, context, &mut findings),
        _ => ParsedFile::Other,
    };
    let template = |thread: &Thread| context.store.template(&thread.ticket.template);
    let content = match &parsed {
        ParsedFile::Ticket(thread) => CheckedContent::Ticket(thread, template(thread)),
        ParsedFile::Reply(thread, reply) => CheckedContent::Reply(thread, reply, template(thread)),
        ParsedFile::FreshReply(thread, reply) => CheckedContent::Reply(thread, reply, template(thread)),
        ParsedFile::Article(article) => CheckedContent::Article(article),
        ParsedFile::Template => CheckedContent::Template,
        ParsedFile::Settings(settings) => CheckedContent::Settings(settings),
        ParsedFile::Other => CheckedContent::Other,
    };
    let file = File::new(entry, role, document, plain_text, strings, content);
    for look in RULES.iter().filter_map(|rule| rule.check) {
        look(&file, context, &mut findings);
    }
    give_levels(&mut findings, &context.store.settings, file.is_imported());
    if let Some(text) = file.text() {
        review_fixes(&mut findings, &file, text);
        mask_secrets(&mut findings, text);
    }
    findings
}

/// Removes fixes that would not change the text. A fix that changes code or HTML is not applied automatically: only a
/// person can decide whether it is correct.
fn review_fixes(findings: &mut [Finding], file: &File<'_>, text: &str) {
    for finding in findings {
        let changes = |fix: &Fix| fix.edits.iter().any(|(span, new)| text.get(span.clone()) != Some(new));
        finding.fix = finding.fix.take().filter(changes);
        if let Some(fix) = finding.fix.as_mut().filter(|fix| fix.sure) {
            fix.sure = !fix.edits.iter().any(|(span, _)| file.is_code_or_html(span));
        }
    }
}

enum FileContent<'a> {
    Document(Document),
    /// A document that was parsed when the store was loaded.
    FreshFile(&'a FreshFile),
    PlainText(String),
    /// A binary file with its other bytes replaced.
    Binary(String),
    /// The file is not checked as text or cannot be read.
    Unread,
}

enum ParsedFile<'a> {
    Ticket(&'a Thread),
    Reply(&'a Thread, Box<Reply>),
    FreshReply(&'a Thread, &'a Reply),
    Article(Box<Article>),
    Template,
    Settings(Box<Settings>),
    Other,
}

fn read<'a>(
    entry: &FileEntry,
    role: &Role,
    store: &'a Store,
    findings: &mut Vec<Finding>,
) -> FileContent<'a> {
    if entry.kind == FileType::Symlink {
        return FileContent::Unread;
    }
    let source = &**store.source();
    if matches!(role, Role::Attachment(_) | Role::Stray | Role::Other | Role::Import) {
        let bytes = match size_of(entry, source) {
            Some(size) if size <= MAX_PLAIN_TEXT => source.read(&entry.path).ok(),
            _ => None,
        };
        return match bytes {
            None => FileContent::Unread,
            // Programs write these files, and they consist of names and hashes.
            Some(bytes) if *role == Role::Import => FileContent::Binary(strings(&bytes)),
            Some(bytes) => match plain_text(&bytes) {
                Some(text) => FileContent::PlainText(text),
                None => FileContent::Binary(strings(&bytes)),
            },
        };
    }
    if let Some(fresh) = store.fresh(&entry.path) {
        return FileContent::FreshFile(fresh);
    }
    match source.read(&entry.path) {
        Ok(bytes) => FileContent::Document(Document::parse(&entry.path, &bytes)),
        Err(error) => {
            findings.push(
                Finding::deny("unreadable-file", &entry.path, format!("cannot read the file: {error}"))
                    .help("correct the file's permissions, or remove it from the repository"),
            );
            FileContent::Unread
        }
    }
}

/// Returns the same as [`parse`] for a file that was parsed when the store was loaded.
fn reuse<'a>(
    fresh: &'a FreshFile,
    role: &Role,
    context: &CheckContext<'a>,
    findings: &mut Vec<Finding>,
) -> ParsedFile<'a> {
    let store = context.store;
    if *role == Role::Article {
        return parse(&fresh.document, role, context, findings);
    }
    findings.extend(fresh.findings.iter().cloned());
    let (ticket, reply) = match role {
        Role::Reply(ticket) => (ticket, fresh.reply.as_ref()),
        _ => (&fresh.document.path, None),
    };
    match (store.thread_at(ticket), reply) {
        (Some(thread), Some(reply)) => ParsedFile::FreshReply(thread, reply),
        (Some(thread), None) if *role == Role::Ticket && fresh.reply.is_none() => ParsedFile::Ticket(thread),
        _ => ParsedFile::Other,
    }
}

fn parse<'a>(
    document: &Document,
    role: &Role,
    context: &CheckContext<'a>,
    findings: &mut Vec<Finding>,
) -> ParsedFile<'a> {
    let store = context.store;
    let mut add = |more: Vec<Finding>| findings.extend(more);
    match role {
        Role::Settings => {
            let (settings, more) = parse_settings(&document.text);
            add(more);
            // Settings have no front matter, so only problems of encoding and size apply to them.
            add(document
                .problems
                .iter()
                .filter(|p| matches!(p.code, "not-utf8" | "huge-file"))
                .cloned()
                .collect());
            ParsedFile::Settings(Box::new(settings))
        }
        Role::Template => {
            let (template, more) = parse_template(document);
            add(more);
            add(pattern_problems(&template, document, context.patterns_before(&document.path)));
            ParsedFile::Template
        }
        Role::Canned => {
            let (canned, more) = parse_canned(document);
            add(more);
            add(canned::rule_problem(&canned, document, store).into_iter().collect());
            ParsedFile::Other
        }
        Role::Article => {
            let (article, more) = parse_article(document);
            add(more);
            ParsedFile::Article(Box::new(article))
        }
        Role::Reply(ticket) => {
            let (reply, more) = parse_reply(document, &store.settings.zone());
            add(more);
            match store.thread_at(ticket) {
                Some(thread) => ParsedFile::Reply(thread, Box::new(reply)),
                None => ParsedFile::Other,
            }
        }
        Role::Ticket if store.orphans.binary_search(&document.path).is_ok() => {
            add(parse_reply(document, &store.settings.zone()).1);
            ParsedFile::Other
        }
        Role::Ticket => {
            add(parse_ticket(document, &store.settings.zone()).1);
            store.thread_at(&document.path).map_or(ParsedFile::Other, ParsedFile::Ticket)
        }
        Role::Attachment(_) | Role::Stray | Role::Import | Role::Other => ParsedFile::Other,
    }
}
