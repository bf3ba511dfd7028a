//! A review as a comment for a forge.
//!
//! `.github/actions/casebook-comment/markdown.mjs` writes the same comment from the same JSON, in a workflow without
//! this program. Change both files together; tests compare them.

use super::find::MAX_LINES;
use crate::{
    api::{CheckReport, FindingDetail, Review, Suggestion},
    diagnostic::Level,
    text::{Plural, quoted},
};

/// The line by which an existing comment is found.
const MARK: &str = "<!-- casebook -->";

/// The maximum number of listed findings.
const MAX_FINDINGS: usize = 20;

/// The maximum length in bytes. Forges refuse a comment of more than 65,536 characters.
const MAX_BYTES: usize = 60_000;

/// Returns the comment. `link` returns the address of a file.
pub(crate) fn comment(review: &Review, link: impl Fn(&str) -> Option<String>) -> String {
    let mut comment = Comment { text: format!("{MARK}\n\n"), is_full: false };
    let CheckReport { findings, errors, warnings, .. } = &review.check;
    comment.add(&format!("{}\n", verdict(&review.check)));
    if !findings.is_empty() {
        comment.add("\n");
    }
    for finding in findings.iter().take(MAX_FINDINGS) {
        comment.add(&self::finding(finding));
    }
    let (all, listed) = (errors + warnings, findings.len().min(MAX_FINDINGS));
    if all > listed {
        comment.add(&format!("- and {} more in the log of the check\n", all - listed));
    }
    let tickets = review.tickets.iter().filter(|ticket| !ticket.similar.is_empty());
    for (place, ticket) in tickets.enumerate() {
        if place == 0 {
            comment.add("\nSimilar tickets that are already resolved:\n\n");
        }
        comment.add(&format!("- {}\n", quoted(&ticket.title, 160)));
        for similar in &ticket.similar {
            comment.add(&self::similar(similar, &link));
        }
    }
    if comment.is_full {
        comment.text.push_str("\nThe rest does not fit into a comment.\n");
    }
    comment.text
}

/// A comment that ends before the first part that does not fit.
struct Comment {
    text: String,
    is_full: bool,
}

impl Comment {
    fn add(&mut self, part: &str) {
        self.is_full |= self.text.len() + part.len() > MAX_BYTES;
        if !self.is_full {
            self.text.push_str(part);
        }
    }
}

fn verdict(check: &CheckReport) -> String {
    let parts = [(check.errors, "error"), (check.warnings, "warning")];
    let parts = parts.into_iter().filter(|(count, _)| *count > 0);
    let parts: Vec<String> = parts.map(|(count, noun)| Plural(count, noun).to_string()).collect();
    match parts.is_empty() {
        true => "**casebook** found no problems in this change.".to_owned(),
        false => {
            let files = Plural(check.files, "file");
            format!("**casebook** found problems in this change: {} in {files}.", parts.join(", "))
        }
    }
}

fn finding(finding: &FindingDetail) -> String {
    let word = if finding.level == Level::Deny { "error" } else { "warning" };
    let place = quoted(&format!("{}:{}", finding.path, finding.line), 200);
    let mut line = format!("- {word} in {place}: {}", quoted(&finding.message, 300));
    // A fix can be pasted, so it is more useful than the help.
    let advice = finding.fix.iter().map(|fix| &fix.title).chain(&finding.help);
    if let Some(advice) = advice.map(|text| quoted(text, 300)).find(|text| !text.is_empty()) {
        line.push_str(&format!("; {advice}"));
    }
    line.push_str(&format!(" ({})\n", quoted(&finding.code, 60)));
    line
}

fn similar(similar: &Suggestion, link: impl Fn(&str) -> Option<String>) -> String {
    let id = quoted(&similar.id, 80);
    let file = similar.file.as_ref().map_or("", |file| file.as_str());
    let named = match link(file) {
        Some(address) => format!("[{id}]({address})"),
        None => id,
    };
    let status = match (similar.status, similar.resolution) {
        (None, _) => "article".to_owned(),
        (Some(status), None) => status.to_string(),
        (Some(status), Some(resolution)) => format!("{status}, {resolution}"),
    };
    let mut item = format!("  - {named} ({status}): {}", quoted(&similar.title, 160));
    let lines = similar.answer.lines().take(MAX_LINES).map(|line| quoted(line, 300));
    for line in lines.filter(|line| !line.is_empty()) {
        item.push_str(&format!("<br>{line}"));
    }
    item.push('\n');
    item
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{api::ReviewedTicket, diagnostic::Finding, text::RepoPath, ticket::Status};

    fn review(findings: usize) -> Review {
        let path = RepoPath::new("tickets/a.md");
        let finding = Finding::deny("secret", &path, "@".repeat(1_000)).help("take it out");
        let similar = Suggestion {
            id: "a-b".to_owned(),
            file: Some(RepoPath::new("tickets/a-b.md")),
            title: "A b".to_owned(),
            status: Some(Status::Open),
            resolution: None,
            service: None,
            created: None,
            resolved: None,
            score: 1,
            why: Vec::new(),
            answer: String::new(),
        };
        let ticket = |title: &str, similar| ReviewedTicket {
            id: String::new(),
            file: None,
            title: title.to_owned(),
            new: true,
            similar,
        };
        Review {
            check: CheckReport {
                findings: (0..findings).map(|_| FindingDetail::of(&finding, None)).collect(),
                errors: findings,
                warnings: 0,
                files: 1,
            },
            base: String::new(),
            head: None,
            audience: None,
            tickets: vec![ticket("", vec![similar]), ticket("Alone", Vec::new())],
            more_tickets: 0,
        }
    }

    #[test]
    fn a_comment_is_never_longer_than_forges_accept() {
        let comment = comment(&review(20), |_| None);
        assert!(comment.len() < 60_100 && comment.ends_with("\nThe rest does not fit into a comment.\n"));
    }

    #[test]
    fn findings_that_are_not_listed_are_counted() {
        let comment = comment(&review(1), |file| Some(format!("https://forge.example/{file}")));
        assert!(comment.contains("found problems in this change: 1 error in 1 file.\n"), "{comment}");
        let listed =
            "- \n  - [<code>a&#45;b</code>](https://forge.example/tickets/a-b.md) (open): <code>A b</code>\n";
        assert!(comment.ends_with(listed), "{comment}");
        let mut many = review(1);
        many.check.errors = 205;
        assert!(super::comment(&many, |_| None).contains("- and 204 more in the log of the check\n"));
    }
}
