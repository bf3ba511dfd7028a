//! `circular-supersedes`: articles that replace each other.

use crate::{
    check::{Case, CheckContext, CheckedContent, File, Rule},
    diagnostic::{Finding, Level},
    store::Store,
};

pub(super) const RULE: Rule = Rule {
    code: "circular-supersedes",
    level: Level::Deny,
    requirement: "An article does not replace, directly or through others, an article that replaces it.",
    why: "Readers of a replaced article are led to the new one. If two articles replace each other, no list shows either.",
    cases: &[
        Case::fails(&[
            ("knowledge/a.md", "---\ntitle: Slow exports\nsupersedes: [b]\n---\n## Fix\nUpdate it.\n"),
            ("knowledge/b.md", "---\ntitle: Slower exports\nsupersedes: [a]\n---\n## Fix\nUpdate it.\n"),
        ]),
        Case::passes(&[
            ("knowledge/a.md", "---\ntitle: Slow exports\nsupersedes: [b]\n---\n## Fix\nUpdate it.\n"),
            ("knowledge/b.md", "---\ntitle: Slower exports\n---\n## Fix\nUpdate it.\n"),
        ]),
    ],
    warns_on_imports: true,
    check: Some(check),
};

fn check(file: &File<'_>, context: &CheckContext<'_>, findings: &mut Vec<Finding>) {
    let CheckedContent::Article(article) = file.content else { return };
    if let Some(circle) = circle_from(context.store, &article.slug, &article.supersedes) {
        findings.push(
            RULE.finding(file.path(), format!("articles replace each other: {circle}"))
                .at(file.span_of("supersedes"))
                .help("remove `supersedes` from the older article"),
        );
    }
}

/// Returns the shortest chain from `start` via `supersedes` back to `start`, if there is one.
fn circle_from(store: &Store, start: &str, first: &[String]) -> Option<String> {
    let mut chains: Vec<Vec<&str>> = first.iter().map(|slug| vec![start, slug.as_str()]).collect();
    let mut seen = std::collections::HashSet::new();
    while !chains.is_empty() {
        let mut longer = Vec::new();
        for chain in chains {
            let Some(last) = chain.last().copied() else { continue };
            if last == start {
                return Some(chain.join(" → "));
            }
            if seen.insert(last) {
                let next = store.article(last).into_iter().flat_map(|article| &article.supersedes);
                longer.extend(next.map(|slug| [&chain[..], &[slug.as_str()]].concat()));
            }
        }
        chains = longer;
    }
    None
}
