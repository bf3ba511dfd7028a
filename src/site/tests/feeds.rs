//! Feeds from a reader's point of view.

use std::collections::BTreeSet;

use super::*;

/// Returns the entries of an Atom feed.
fn atom(site: &Site, path: &str) -> atom_syndication::Feed {
    page(site, path).parse().unwrap()
}

fn titles(feed: &atom_syndication::Feed) -> Vec<&str> {
    feed.entries.iter().map(|entry| entry.title.value.as_str()).collect()
}

fn json(site: &Site, path: &str) -> serde_json::Value {
    serde_json::from_str(&page(site, path)).unwrap()
}

#[test]
fn feeds_contain_the_answer_and_whole_addresses() {
    let site = public();
    let atom = atom(&site, "feed.xml");
    assert_eq!(titles(&atom), ["CSV never arrives", "Export <times> out"]);
    assert_eq!(atom.entries[1].id, "https://oncall.acme.example/cases/tickets/export-times-out-k7f3qa/");
    assert_eq!(atom.entries[1].updated.to_rfc3339(), "2026-11-22T11:14:00+00:00");
    let html = atom.entries[1].content.as_ref().unwrap().value.as_ref().unwrap();
    shows(html, &["<strong>3.4.1</strong>"]);
    let json = json(&site, "services/billing/feed.json");
    assert_eq!(json["title"], "Acme Oncall: Billing");
    assert_eq!(json["items"][1]["tags"], serde_json::json!(["timeout", "csv"]));
    assert!(site.has("tags/csv/feed.xml"));
}

#[test]
fn the_team_can_follow_open_tickets_and_the_public_cannot() {
    let open = source()
        .with("casebook.yml", SETTINGS.replace("visibility: public", "visibility: public\npublish: all"));
    let site = site_of(open.clone(), Audience::Internal);
    let feed = atom(&site, "tickets/open/feed.xml");
    assert_eq!(feed.title.value, "Acme Oncall: open tickets");
    assert_eq!(titles(&feed), ["Never answered", "Door stuck"]);
    let entry = &feed.entries[0];
    assert_eq!(entry.authors[0].name, "Lena Ode", "the author is who asks");
    shows(entry.content.as_ref().unwrap().value.as_ref().unwrap(), &["Hello?"]);
    assert_eq!(
        feed.entries[1].updated.to_rfc3339(),
        "2026-12-02T10:00:00+00:00",
        "the time of the last reply"
    );
    shows(&page(&site, "index.html"), &["href=\"./tickets/open/feed.xml\""]);
    let site = site_of(open, Audience::Public);
    assert!(!site.has("tickets/open/feed.xml"));
    assert!(!page(&site, "index.html").contains("open/feed"));
}

#[test]
fn the_feed_of_a_page_is_the_one_that_the_page_links() {
    let site = public();
    for (path, feed) in [
        ("services/billing/index.html", "../../services/billing/feed.xml"),
        ("tags/csv/index.html", "../../tags/csv/feed.xml"),
        ("index.html", "./feed.xml"),
        (TICKET, "../../feed.xml"),
    ] {
        let html = page(&site, path);
        let (head, body) = html.split_once("</head>").unwrap();
        let atom: Vec<&str> = head.split("application/atom+xml").skip(1).collect();
        assert!(atom.len() == 1 && atom[0].contains(&format!("href=\"{feed}\"")), "{path}: {head}");
        let footer = body.split_once("<footer").unwrap().1;
        shows(footer, &[&format!("href=\"{feed}\"")]);
    }
}

#[test]
fn ids_stay_unique_and_the_same_on_a_site_without_an_address() {
    let ids = |settings: &str, feeds: &[&str]| -> Vec<String> {
        let site = site_of(source().with("casebook.yml", settings), Audience::Internal);
        let feeds: Vec<serde_json::Value> = feeds.iter().map(|feed| json(&site, feed)).collect();
        let items = feeds.iter().flat_map(|feed| feed["items"].as_array().unwrap());
        items.map(|item| item["id"].as_str().unwrap().to_owned()).collect()
    };
    let feeds = ["feed.json"];
    let settings = "version: 1\ntitle: Acme Oncall\n";
    let some = ids(settings, &feeds);
    assert!(some.len() > 1 && some.iter().all(|id| id.starts_with("urn:uuid:")), "{some:?}");
    assert_eq!(some.iter().collect::<BTreeSet<_>>().len(), some.len(), "each entry has its own id");
    assert_eq!(some, ids("version: 1\ntitle: Another title\n", &feeds), "a title is not an identity");
    // A ticket has the same id in each feed, and each feed its own.
    let site = site_of(source().with("casebook.yml", settings), Audience::Internal);
    let [all, tag] = ["feed.xml", "tags/csv/feed.xml"].map(|path| atom(&site, path));
    assert!(all.entries.iter().any(|entry| entry.id == tag.entries[0].id));
    assert_ne!(all.id, tag.id);
    // Two sites can have a ticket with the same name.
    let other = source().with(
        "tickets/2026/11/export-times-out-k7f3qa.md",
        "---\ntitle: Another\nrequester: lena\ncreated: 2025-01-01T00:00:00Z\n---\nx\n",
    );
    let other = atom(&site_of(other.with("casebook.yml", settings), Audience::Internal), "feed.xml");
    let named = |feed: &atom_syndication::Feed| {
        let is_it = |entry: &&atom_syndication::Entry| entry.links[0].href.contains("export-times-out");
        feed.entries.iter().find(is_it).unwrap().id.clone()
    };
    assert_ne!(named(&all), named(&other));
}

#[test]
fn a_feed_stays_small() {
    let mut source = source();
    for n in 0..100 {
        let text = format!("---\ntitle: T{n}\ncreated: 2027-01-01T00:00:00Z\ntags: [many]\n---\nx\n");
        source.insert(RepoPath::new(format!("tickets/t-{n:03}-many.md")), text);
        let reply = format!(
            "---\nauthor: mei\ncreated: 2027-01-02T00:00:00Z\nstatus: resolved\nresolution: answered\n---\nFirst words. {}\n",
            "Long answer. ".repeat(if n % 2 == 0 { 5_000 } else { 2 })
        );
        source.insert(RepoPath::new(format!("tickets/t-{n:03}-many/r.md")), reply);
    }
    let site = site_of(source, Audience::Public);
    for feed in ["feed.xml", "feed.json", "tags/many/feed.xml"] {
        assert!(page(&site, feed).len() < 100_000, "{feed}");
    }
    let feed = atom(&site, "feed.xml");
    assert_eq!(feed.entries.len(), 30);
    let long = |entry: &&atom_syndication::Entry| entry.content.is_none();
    assert_eq!(feed.entries.iter().filter(long).count(), 15, "a long answer is left to its page");
    assert!(feed.entries.iter().all(|entry| entry.summary.as_ref().unwrap().value.contains("First words.")));
}
