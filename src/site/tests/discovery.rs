//! What search engines and browsers find on the site.

use super::*;

#[test]
fn programs_find_the_sitemap_the_search_and_robots_txt() {
    let site = public();
    let parts = page(&site, "sitemap.xml");
    for part in ["pages", "tags-1", "tickets-1"] {
        shows(&parts, &[&format!("<loc>https://oncall.acme.example/cases/sitemap-{part}.xml</loc>")]);
    }
    shows(
        &page(&site, "sitemap-tickets-1.xml"),
        &[
            "<loc>https://oncall.acme.example/cases/tickets/door-stuck-d4d5d6/</loc><lastmod>2026-12-02</lastmod>",
        ],
    );
    shows(
        &page(&site, "sitemap-pages.xml"),
        &[
            "/cases/</loc>",
            "/knowledge/exports/</loc><lastmod>2026-11-30</lastmod>",
            "/services/billing/</loc>",
        ],
    );
    shows(&page(&site, "sitemap-tags-1.xml"), &["/tags/csv/</loc>"]);
    shows(
        &page(&site, "opensearch.xml"),
        &["template=\"https://oncall.acme.example/cases/search/?q={searchTerms}\""],
    );
    shows(&page(&site, "robots.txt"), &["Sitemap: https://oncall.acme.example/cases/sitemap.xml"]);
    let homeless = source().with("casebook.yml", "version: 1\nvisibility: public\n");
    let site = site_of(homeless, Audience::Public);
    assert!(!site.has("sitemap.xml") && !site.has("opensearch.xml") && site.has("feed.xml"));
    assert!(!page(&site, "robots.txt").contains("Sitemap"));
}

#[test]
fn a_new_ticket_changes_only_the_last_part_of_the_sitemap() {
    let mut source = source();
    for n in 0..1_200 {
        let text = format!("---\ntitle: T{n}\ncreated: 2026-01-01T00:00:00Z\n---\nx\n");
        source.insert(RepoPath::new(format!("tickets/t-{n:04}-many.md")), text);
    }
    source = source.with("casebook.yml", "visibility: public\npublish: all\nurl: https://a.example/\n");
    let maps = |source: &MemorySource| -> BTreeMap<String, String> {
        let site = site_of(source.clone(), Audience::Public);
        let paths = site.pages().filter(|path| path.starts_with("sitemap"));
        paths.map(|path| (path.to_owned(), page(&site, path))).collect()
    };
    let before = maps(&source);
    assert_eq!(before.keys().filter(|path| path.contains("tickets")).count(), 3);
    let later =
        source.clone().with("tickets/late.md", "---\ntitle: L\ncreated: 2027-01-01T00:00:00Z\n---\nx\n");
    let reply = "---\nauthor: mei\ncreated: 2027-02-02T00:00:00Z\n---\nLike this.\n";
    let replied = source.clone().with("tickets/t-0700-many/r.md", reply);
    for (source, changed) in [(later, "sitemap-tickets-3.xml"), (replied, "sitemap-tickets-2.xml")] {
        let after = maps(&source);
        let differs = |path: &&String| before.get(*path) != after.get(*path);
        assert_eq!(after.keys().filter(differs).collect::<Vec<_>>(), [changed]);
    }
    assert!(before.values().all(|part| part.len() < 80_000));
}
