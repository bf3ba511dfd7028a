//! The Markdown twins of pages, from the point of view of a program that reads the site.

use pulldown_cmark::{Event, Parser, Tag};

use super::*;

const TWIN_OF_TICKET: &str = "tickets/export-times-out-k7f3qa/index.md";

#[test]
fn a_twin_of_a_ticket_has_title_facts_answer_problem_and_thread() {
    in_order(
        &page(&public(), TWIN_OF_TICKET),
        &[
            "# Export \\<times> out\n",
            "- Status: Resolved (Fixed)\n",
            "- Service: [Export](../../services/export/index.md)\n",
            "- Requester: Lena Ode\n",
            "- Opened: 2026-11-22 17:14 +08:00\n",
            "[csv](../../tags/csv/index.md)",
            "- Page: [https://oncall.acme.example/cases/tickets/export-times-out-k7f3qa/]",
            "## Answer\n\nMei Lin, 2026-11-22 19:14 +08:00\n",
            "### Fix\n\nA join; **3\\.4.1** has it.\n",
            "### Cause\n",
            "## Report\n",
            "It ends after 30 s, see [the log](../../tickets/export-times-out-k7f3qa/trace.log) and …",
            "```\n504 Gateway Timeout\n```",
            "## Thread\n",
            "### Mei Lin, 2026-11-22 18:00 +08:00\n\n- self-assigned this\n",
            "Looking.\n",
            "- resolved this as fixed\n",
            "Done.\n",
            "## Attachments\n\n- [trace.log](../../tickets/export-times-out-k7f3qa/trace.log) (3 B)\n",
            "## Related article\n\n- [Exports that time out](../../knowledge/exports/index.md)\n",
            "## Duplicates\n\n- [CSV never arrives](../../tickets/csv-never-arrives-p9p8p7/index.md)\n",
        ],
    );
}

#[test]
fn a_twin_shows_only_what_its_page_shows() {
    let (public, internal) = (public(), internal());
    let twin = page(&public, TWIN_OF_TICKET);
    for hidden in ["What happened", "<!--", "merger", "Nachtigall", "private.txt", "Nora"] {
        assert!(!twin.contains(hidden), "{hidden} is in {twin}");
    }
    shows(
        &page(&internal, TWIN_OF_TICKET),
        &["Nora Nacht, 2026-11-22 18:30 +08:00 (internal note)", "Nachtigall"],
    );
    assert!(internal.has("tickets/merger-plans-m2m3m4/index.md"));
    assert!(!public.has("tickets/merger-plans-m2m3m4/index.md"));
}

#[test]
fn the_twin_of_a_duplicate_has_the_answer_of_its_original() {
    in_order(
        &page(&public(), "tickets/csv-never-arrives-p9p8p7/index.md"),
        &[
            "- Status: Resolved (Duplicate)\n",
            "- Duplicate of: [Export \\<times> out](../../tickets/export-times-out-k7f3qa/index.md)\n",
            "## Answer\n\nDuplicate of: [Export \\<times> out]",
            "A join; **3\\.4.1** has it.",
            "- marked as a duplicate of Export \\<times> out\n",
        ],
    );
}

#[test]
fn articles_and_the_front_page_have_twins() {
    let site = public();
    in_order(
        &page(&site, "knowledge/exports/index.md"),
        &[
            "# Exports that time out\n",
            "- Service: [Export](../../services/export/index.md)\n",
            "- Last reviewed: 2026-11-30\n",
            "Exports time out. See [the ticket](../../tickets/export-times-out-k7f3qa/index.md).",
            "## Based on\n\n- [Export \\<times> out](../../tickets/export-times-out-k7f3qa/index.md) (Fixed, 2026-11-22): ",
        ],
    );
    shows(&page(&site, "knowledge/index.md"), &["- [Exports that time out](../knowledge/exports/index.md)"]);
    in_order(
        &page(&site, "index.md"),
        &["# Acme Oncall\n", "## Articles\n", "## Services\n", "## Recently resolved\n", "## Tags\n"],
    );
}

#[test]
fn every_link_of_a_twin_leads_to_a_twin_or_a_file() {
    for site in [public(), internal()] {
        let files = site.render_all().unwrap();
        let mut followed = 0;
        for (path, bytes) in files.iter().filter(|(path, _)| path.ends_with(".md")) {
            let text = std::str::from_utf8(bytes).unwrap();
            assert!(!text.contains("index.html"), "{path}: {text}");
            for event in Parser::new(text) {
                let Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) = event else {
                    continue;
                };
                if !dest_url.starts_with("https://") {
                    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
                    let file = crate::text::resolve_link(folder, &dest_url).unwrap();
                    assert!(files.contains_key(&file), "{dest_url} in {path} leads nowhere");
                    followed += 1;
                }
            }
        }
        assert!(followed > 20, "{followed} links");
    }
}

#[test]
fn a_page_names_its_twin_and_a_site_can_leave_twins_out() {
    let site = public();
    for path in ["index.html", TICKET, "knowledge/exports/index.html"] {
        shows(&page(&site, path), &["<link rel=\"alternate\" type=\"text/markdown\" href=\"index.md\">"]);
    }
    assert!(!page(&site, "search/index.html").contains("text/markdown"), "a search has no twin");
    let site = site_of(source().with("casebook.yml", format!("{SETTINGS}twins: false\n")), Audience::Public);
    assert!(site.pages().all(|path| !path.ends_with(".md")));
    assert!(!page(&site, TICKET).contains("text/markdown"));
}

#[test]
fn programs_find_the_articles_and_services_in_llms_txt() {
    let site = public();
    in_order(
        &page(&site, "llms.txt"),
        &[
            "# Acme Oncall\n\n> Questions and problems",
            "twin in Markdown",
            "- [Exports that time out](https://oncall.acme.example/cases/knowledge/exports/index.md): Exports time out.",
            "- [Billing](https://oncall.acme.example/cases/services/billing/index.md)\n",
            "- [Recently resolved](https://oncall.acme.example/cases/index.md)\n",
        ],
    );
    assert!(!page(&site, "llms.txt").contains("ightfall"));
    let settings = SETTINGS.replace("url: https://oncall.acme.example/cases/\n", "twins: false\n");
    let site = site_of(source().with("casebook.yml", settings), Audience::Public);
    let text = page(&site, "llms.txt");
    shows(&text, &["- [Billing](services/billing/index.html)\n"]);
    assert!(!text.contains("index.md"));
}

#[test]
fn a_new_ticket_changes_few_files_of_programs() {
    let files = |source: MemorySource| -> BTreeMap<String, Vec<u8>> {
        let mut files = site_of(source, Audience::Public).render_all().unwrap();
        files.retain(|path, _| !path.ends_with(".html") && !path.starts_with("search/"));
        files
    };
    let ticket = "---\ntitle: New\ntemplate: question\nrequester: lena\ncreated: 2027-01-01T00:00:00Z\ntags: [csv]\n---\nx\n";
    let reply = "---\nauthor: mei\ncreated: 2027-01-02T00:00:00Z\nstatus: resolved\nresolution: answered\n---\nLike this.\n";
    let later = source().with("tickets/new-a1b2c3.md", ticket).with("tickets/new-a1b2c3/r.md", reply);
    let (before, after) = (files(source()), files(later));
    let changed: Vec<&String> = after.keys().filter(|path| before.get(*path) != after.get(*path)).collect();
    assert_eq!(
        changed,
        [
            "feed.json",
            "feed.xml",
            "sitemap-tickets-1.xml",
            "tags/csv/feed.json",
            "tags/csv/feed.xml",
            "tags/csv/index.md",
            "tickets/index.md",
            "tickets/new-a1b2c3/index.md",
        ]
    );
}
