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
fn a_new_ticket_changes_only_the_last_part_of_the_sitemap_and_nothing_in_llms_txt() {
    let mut source = source();
    for n in 0..1_200 {
        let text = format!("---\ntitle: T{n}\ncreated: 2026-01-01T00:00:00Z\n---\nx\n");
        source.insert(RepoPath::new(format!("tickets/t-{n:04}-many.md")), text);
    }
    source = source.with("casebook.yml", "visibility: public\npublish: all\nurl: https://a.example/\n");
    let maps = |source: &MemorySource| -> BTreeMap<String, String> {
        let site = site_of(source.clone(), Audience::Public);
        let paths = site.pages().filter(|path| path.starts_with("sitemap") || *path == "llms.txt");
        paths.map(|path| (path.to_owned(), page(&site, path))).collect()
    };
    let before = maps(&source);
    assert_eq!(before.keys().filter(|path| path.contains("tickets")).count(), 3);
    shows(&before["llms.txt"], &["[All tickets](https://a.example/tickets/index.md)"]);
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

/// Returns the blocks of structured data of a page.
fn data(html: &str) -> Vec<serde_json::Value> {
    let blocks = html.split("<script type=\"application/ld+json\">").skip(1);
    blocks.map(|block| serde_json::from_str(block.split_once("</script>").unwrap().0).unwrap()).collect()
}

#[test]
fn search_engines_find_the_question_its_answer_and_the_place_of_a_ticket() {
    let blocks = data(&page(&public(), TICKET));
    let [place, question] = &blocks[..] else { panic!("{blocks:#?}") };
    let names: Vec<&str> = place["itemListElement"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["Acme Oncall", "Export", "Export <times> out"]);
    assert_eq!(place["itemListElement"][1]["item"], "https://oncall.acme.example/cases/services/export/");
    assert_eq!(question["@type"], "QAPage");
    let entity = &question["mainEntity"];
    assert_eq!((&entity["name"], &entity["answerCount"]), (&"Export <times> out".into(), &1.into()));
    assert_eq!(entity["author"]["name"], "Lena Ode");
    assert_eq!(entity["datePublished"], "2026-11-22T09:14:00Z");
    shows(entity["text"].as_str().unwrap(), &["It ends after 30 s"]);
    let answer = &entity["acceptedAnswer"];
    assert_eq!(answer["text"], "A join; 3.4.1 has it.\nOne query for each row.");
    assert_eq!(answer["author"]["name"], "Mei Lin");
    assert_eq!(answer["url"], "https://oncall.acme.example/cases/tickets/export-times-out-k7f3qa/#answer");
}

#[test]
fn a_page_without_an_answer_of_its_own_claims_none() {
    let site = public();
    for ticket in ["csv-never-arrives-p9p8p7", "door-stuck-d4d5d6"] {
        let blocks = data(&page(&site, &format!("tickets/{ticket}/index.html")));
        assert!(blocks.iter().all(|block| block["@type"] == "BreadcrumbList"), "{ticket}: {blocks:#?}");
    }
    assert!(data(&page(&internal(), TICKET)).is_empty(), "search engines do not list an internal site");
}

#[test]
fn an_article_is_described_for_search_engines() {
    let blocks = data(&page(&public(), "knowledge/exports/index.html"));
    let article = &blocks[1];
    assert_eq!(
        (&article["@type"], &article["headline"]),
        (&"TechArticle".into(), &"Exports that time out".into())
    );
    assert_eq!((&article["dateModified"], &article["keywords"]), (&"2026-11-30".into(), &"csv".into()));
}

#[test]
fn a_link_to_a_page_has_a_title_and_a_preview_in_chats() {
    shows(
        &page(&public(), TICKET),
        &[
            "<meta property=\"og:title\" content=\"Export &lt;times&gt; out\">",
            "<meta property=\"og:type\" content=\"article\">",
            "<meta property=\"og:site_name\" content=\"Acme Oncall\">",
            "<meta property=\"og:description\" content=\"A join; 3.4.1 has it.",
            "<meta property=\"og:url\" content=\"https://oncall.acme.example/cases/tickets/export-times-out-k7f3qa/\">",
        ],
    );
}

#[test]
fn a_former_name_of_an_article_leads_to_the_article() {
    let article = "---\ntitle: Exports\naliases: [slow-exports, exports]\n---\nText.\n";
    let site = site_of(source().with("knowledge/exports.md", article), Audience::Public);
    shows(&page(&site, "knowledge/slow-exports/index.html"), &["url=../../knowledge/exports/index.html"]);
    shows(&page(&site, "knowledge/exports/index.html"), &["<h1"]);
}
