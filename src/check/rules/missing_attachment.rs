//! `missing-attachment`: a link to an attachment that does not exist.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use pulldown_cmark::{Event, Tag};

use crate::{
    check::{Case, CheckContext, CheckedContent, File, Rule, rule::NOTE},
    diagnostic::{Finding, Level},
    text::{
        RepoPath, Span,
        markdown::{events, loose_links},
        nearest, normal_form, resolve_link,
    },
};

/// The characters that end an address in Markdown, even between `<` and `>`.
const UNSAFE: &AsciiSet = &CONTROLS.add(b' ').add(b'<').add(b'>').add(b'(').add(b')');

pub(super) const RULE: Rule = Rule {
    code: "missing-attachment",
    level: Level::Warn,
    requirement: "A link to a file below `tickets/` leads to a file that exists.",
    why: "Readers who follow the link find nothing, and the ticket's page shows the text without a \
          link.",
    cases: &[
        Case::fails(&[
            NOTE,
            (
                "tickets/a.md",
                "---\ntitle: Exports time out\ntemplate: note\n---\nIt ends with an error: [the log](trace.log).\n",
            ),
            ("tickets/a/trace.log", "a\n"),
        ]),
        Case::fails(&[
            NOTE,
            (
                "tickets/a.md",
                "---\ntitle: Exports time out\ntemplate: note\n---\nIt ends with an error: [the log](a/trace (1).log).\n",
            ),
            ("tickets/a/trace (1).log", "a\n"),
        ]),
        Case::fails(&[
            NOTE,
            (
                "tickets/a.md",
                "---\ntitle: Exports time out\ntemplate: note\n---\nIt ends with an error: [the log](a/run#2.log).\n",
            ),
            ("tickets/a/run#2.log", "a\n"),
        ]),
        Case::fails(&[
            NOTE,
            (
                "tickets/a.md",
                "---\ntitle: Exports time out\ntemplate: note\n---\nIt ends with an error: [the log](a/run%202.log).\n",
            ),
            ("tickets/a/run%202.log", "a\n"),
        ]),
        Case::fails(&[
            NOTE,
            (
                "tickets/a.md",
                "---\ntitle: Exports time out\ntemplate: note\n---\nIt ends with an error: [the log][1].\n\n[1]: a/run 2.log\n",
            ),
            ("tickets/a/run 2.log", "a\n"),
        ]),
        Case::passes(&[
            NOTE,
            (
                "tickets/a.md",
                "---\ntitle: Exports time out\ntemplate: note\n---\nIt ends with an error: [the log](a/trace.log), [again](<a/u\u{308}ber (1).log>).\n",
            ),
            ("tickets/a/trace.log", "a\n"),
            ("tickets/a/\u{fc}ber (1).log", "a\n"),
        ]),
    ],
    warns_on_imports: true,
    check: Some(check),
};

fn check(file: &File<'_>, context: &CheckContext<'_>, findings: &mut Vec<Finding>) {
    let Some(document) = file.document else { return };
    if !matches!(
        file.content,
        CheckedContent::Ticket(..) | CheckedContent::Reply(..) | CheckedContent::Article(_)
    ) {
        return;
    }
    let body = document.body_text();
    if !body.contains("](") && !body.contains("]:") {
        return;
    }
    let shifted = |span: Span| span.start + document.body.start..span.end + document.body.start;
    for address in loose_links(body) {
        let link = &body[address.clone()];
        let is_file = link.rsplit_once('.').is_some_and(|(_, ending)| (1..=5).contains(&ending.len()));
        match file_of(link, file.path()).filter(|_| is_file) {
            Some(path) if exists(&path, context) => findings.push(loose(file, link, shifted(address))),
            // What looks like the definition of a link can be a sentence.
            Some(_) if body[..address.start].trim_end().ends_with("](") => {
                findings.push(missing(file, link, shifted(address), context));
            }
            _ => {}
        }
    }
    for (event, span) in events(body) {
        // Texts from other trackers have many links that only those trackers can resolve.
        let (dest_url, is_foreign) = match event {
            Event::Start(Tag::Image { dest_url, .. }) => (dest_url, false),
            Event::Start(Tag::Link { dest_url, .. }) => (dest_url, file.is_imported()),
            _ => continue,
        };
        match file_of(&dest_url, file.path()) {
            Some(path) if exists(&path, context) => {}
            _ if is_literal(&dest_url, file, context) => {
                findings.push(misread(file, &dest_url, shifted(span)));
            }
            Some(_) if !is_foreign || has_same_name(&dest_url, file, context) => {
                findings.push(missing(file, &dest_url, shifted(span), context));
            }
            _ => {}
        }
    }
}

fn exists(path: &RepoPath, context: &CheckContext<'_>) -> bool {
    let layout = &context.store.layout;
    layout.entry_alike(path).is_some() || layout.unreadable.iter().any(|(other, _)| other == path.as_str())
}

/// Returns whether `link`, read without the meaning of `#`, `?` and `%`, is the path of a file.
fn is_literal(link: &str, file: &File<'_>, context: &CheckContext<'_>) -> bool {
    let path = Some(link).filter(|link| link.contains(['#', '?', '%']) && !link.starts_with(['#', '/']));
    let path = path.and_then(|link| resolve_link(file.path().folder(), link)).map(RepoPath::new);
    path.is_some_and(|path| path.is_below("tickets") && exists(&path, context))
}

/// Creates the finding for an address that is the name of a file, but that browsers read as another name.
fn misread(file: &File<'_>, link: &str, span: Span) -> Finding {
    let address = address_of(link);
    let message = format!("link to `{link}` does not lead to the file: write the address as `{address}`");
    let text = file.text().and_then(|text| text.get(span.clone())).unwrap_or_default();
    let finding = RULE.finding(file.path(), message).at(span.clone());
    match written_at(text, link) {
        Some(at) => {
            let target = span.start + at.start..span.start + at.end;
            finding.fix(format!("write `{address}`"), target, address)
        }
        None => finding,
    }
}

/// Creates the finding for an address that Markdown does not read as a link, although the file exists.
fn loose(file: &File<'_>, link: &str, span: Span) -> Finding {
    let address = bracketed(link.to_owned());
    RULE.finding(
        file.path(),
        format!("link to `{link}` is not Markdown: put the address between `<` and `>`"),
    )
    .at(span.clone())
    .fix(format!("write `{address}`"), span, address)
}

/// Returns `path` as the address of a link.
fn address_of(path: &str) -> String {
    // Decoding must return the path.
    let is_decoded = percent_decode_str(path).count() == path.len();
    let path = if is_decoded { path.to_owned() } else { path.replace('%', "%25") };
    bracketed(path.replace('#', "%23").replace('?', "%3F"))
}

/// Returns the address of a link in the form that Markdown reads as an address.
fn bracketed(path: String) -> String {
    if path.contains(['<', '>', '\n']) {
        return utf8_percent_encode(&path, UNSAFE).to_string();
    }
    if path.contains(|c: char| c.is_whitespace() || matches!(c, '(' | ')')) {
        return format!("<{path}>");
    }
    path
}

/// Returns whether the ticket has an attachment with the name in `link`.
fn has_same_name(link: &str, file: &File<'_>, context: &CheckContext<'_>) -> bool {
    let written = written_name(link);
    attachments(file, context).iter().any(|path| last_part(path) == last_part(&written))
}

/// Returns the attachments of the ticket, relative to the folder of the file.
fn attachments(file: &File<'_>, context: &CheckContext<'_>) -> Vec<String> {
    let folder = file.path().folder();
    let id = file.thread().map(|thread| thread.id()).unwrap_or_default();
    context
        .store
        .attachments_of(id)
        .filter_map(|attachment| attachment.path.as_str().strip_prefix(folder)?.strip_prefix('/'))
        .map(|path| normal_form(path).into_owned())
        .collect()
}

/// Returns the path in `link`, decoded.
fn written_name(link: &str) -> String {
    let decoded = percent_decode_str(link).decode_utf8().unwrap_or(Cow::Borrowed(link));
    normal_form(&decoded).into_owned()
}

fn last_part(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn missing(file: &File<'_>, link: &str, span: Span, context: &CheckContext<'_>) -> Finding {
    let finding = RULE.finding(file.path(), format!("linked file `{link}` not found"));
    let id = file.thread().map(|thread| thread.id()).unwrap_or_default();
    let attached = attachments(file, context);
    let written = written_name(link);
    let name = last_part(&written);
    let same_name = || attached.iter().find(|path| last_part(path) == name);
    let near = same_name().map(String::as_str);
    let finding = finding.at(span.clone());
    match near.or_else(|| nearest(&written, attached.iter().map(String::as_str))) {
        Some(near) => {
            let text = file.text().and_then(|text| text.get(span.clone())).unwrap_or_default();
            let finding = finding.label(format!("did you mean `{near}`?"));
            match written_at(text, link) {
                Some(at) => {
                    let address = address_of(near);
                    let target = span.start + at.start..span.start + at.end;
                    finding.suggest(format!("write `{address}`"), target, address)
                }
                None => finding,
            }
        }
        None => finding.help(format!(
            "put the file into the ticket's folder, and link to it as `{}`",
            address_of(&match file.content {
                CheckedContent::Ticket(..) => format!("{id}/{name}"),
                _ => name.to_owned(),
            })
        )),
    }
}

/// Returns where the address `link` is written in `text`, with the brackets around it.
fn written_at(text: &str, link: &str) -> Option<Span> {
    let at = text.rfind(link)?;
    let end = at + link.len();
    let is_bracketed = text[..at].ends_with('<') && text[end..].starts_with('>');
    Some(if is_bracketed { at - 1..end + 1 } else { at..end })
}

/// Returns the file below `tickets/` to which a link in the file `from` points; `None` for all other links.
fn file_of(link: &str, from: &RepoPath) -> Option<RepoPath> {
    let plain = link.split(['?', '#']).next().unwrap_or_default();
    let is_relative = !plain.is_empty() && !plain.starts_with(['/', '\\']) && !plain.contains(':');
    let decoded = percent_decode_str(plain).decode_utf8().ok().filter(|_| is_relative)?;
    let path = RepoPath::new(resolve_link(from.folder(), &decoded)?);
    // A path without an extension may be a folder or the name of a page.
    let is_file = !decoded.ends_with('/') && path.file_name().contains('.');
    (is_file && path.is_below("tickets")).then_some(path)
}
