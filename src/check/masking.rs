//! Hides secrets in findings.

use std::{collections::HashSet, sync::Arc};

use aho_corasick::{AhoCorasick, MatchKind};

use crate::{
    diagnostic::{Finding, Fix},
    text::Span,
};

/// Masks the secrets of a file in all its findings, also in those of other rules, because other people read the
/// logs that contain the output.
pub(super) fn mask_secrets(findings: &mut [Finding], text: &str) {
    let spans: Vec<_> = findings.iter().flat_map(|finding| finding.masked.iter().cloned()).collect();
    if spans.is_empty() {
        return;
    }
    let secrets: HashSet<&str> = spans.iter().filter_map(|span| text.get(span.clone())).collect();
    let secrets = secrets.into_iter().filter(|secret| !secret.is_empty());
    // One search for all secrets: a file can have thousands of secrets, and as many findings.
    let search = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(secrets);
    let spans: Arc<[Span]> = spans.into();
    let mask = |text: &mut String| match &search {
        Ok(search) if search.is_match(text.as_str()) => {
            let mut masked = String::with_capacity(text.len());
            search.replace_all_with(text, &mut masked, |_, secret, masked| {
                masked.extend(secret.chars().take(8).map(|_| '*'));
                true
            });
            *text = masked;
        }
        Ok(_) => {}
        // The secrets are too many for a search. They fill gigabytes, so this cannot happen with the limits of files.
        Err(_) => text.clear(),
    };
    for finding in findings {
        finding.masked = Arc::clone(&spans);
        mask(&mut finding.message);
        mask(&mut finding.label);
        finding.help.iter_mut().for_each(mask);
        let has_secret = |fix: &Fix| {
            let texts = fix.edits.iter().map(|(_, text)| text).chain([&fix.title]);
            texts.into_iter().any(|text| search.as_ref().map_or(true, |search| search.is_match(text)))
        };
        if finding.fix.as_ref().is_some_and(has_secret) {
            finding.fix = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::RepoPath;

    #[test]
    fn a_secret_that_begins_like_another_is_masked_whole() {
        let text = "abcd abcdefgh";
        let path = RepoPath::new("tickets/a.md");
        let with = |span: Span| {
            let mut finding = Finding::deny("x", &path, format!("found {}", &text[span.clone()]));
            finding.masked = [span].into();
            finding
        };
        let mut findings = [with(0..4), with(5..13)];
        mask_secrets(&mut findings, text);
        assert_eq!(findings.map(|finding| finding.message), ["found ****", "found ********"]);
    }
}
