//! `missing-attachment`: a link to an attachment that does not exist.

use percent_encoding::percent_decode_str;
use pulldown_cmark::{Event, Tag};

use crate::{
    check::{Case, CheckContext, CheckedContent, File, Rule, rule::NOTE},
    diagnostic::{Finding, Level},
    text::{RepoPath, Span, markdown::events, nearest, resolve_link},
};

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
        Case::passes(&[
            NOTE,
            (
                "tickets/a.md",
                "---\ntitle: Exports time out\ntemplate: note\n---\nIt ends with an error: [the log](a/trace.log).\n",
            ),
            ("tickets/a/trace.log", "a\n"),
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
    for (event, span) in events(body) {
        let dest_url = match event {
            Event::Start(Tag::Image { dest_url, .. }) => dest_url,
            // Texts from other trackers have many links that only those trackers can resolve.
            Event::Start(Tag::Link { dest_url, .. }) if !file.is_imported() => dest_url,
            _ => continue,
        };
        let Some(path) = file_of(&dest_url, file.path()) else { continue };
        let layout = &context.store.layout;
        if layout.role(&path).is_some() || layout.unreadable.iter().any(|(other, _)| other == path.as_str()) {
            continue;
        }
        findings.push(missing(file, &dest_url, shifted(&span, document.body.start), context));
    }
}

fn shifted(span: &Span, by: usize) -> Span {
    span.start + by..span.end + by
}

fn missing(file: &File<'_>, link: &str, span: Span, context: &CheckContext<'_>) -> Finding {
    let finding = RULE.finding(file.path(), format!("linked file `{link}` not found"));
    let folder = file.path().folder();
    let id = file.thread().map(|thread| thread.id()).unwrap_or_default();
    let attached: Vec<&str> = context
        .store
        .attachments_of(id)
        .filter_map(|attachment| attachment.path.as_str().strip_prefix(folder)?.strip_prefix('/'))
        .collect();
    let name = link.rsplit('/').next().unwrap_or(link);
    let same_name = || attached.iter().copied().find(|path| path.rsplit('/').next() == Some(name));
    let finding = finding.at(span.clone());
    match same_name().or_else(|| nearest(link, attached.iter().copied())) {
        Some(near) => {
            let text = file.text().and_then(|text| text.get(span.clone())).unwrap_or_default();
            let target = text.rfind(link).map(|at| span.start + at..span.start + at + link.len());
            let finding = finding.label(format!("did you mean `{near}`?"));
            match target {
                Some(target) => finding.suggest(format!("write `{near}`"), target, near),
                None => finding,
            }
        }
        None => finding.help(format!(
            "put the file into the ticket's folder, and link to it as `{}{name}`",
            if matches!(file.content, CheckedContent::Ticket(..)) { format!("{id}/") } else { String::new() }
        )),
    }
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
