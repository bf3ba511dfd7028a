//! The data that each audience can see.

use super::*;

#[test]
fn unanswered_tickets_are_public_only_if_the_setting_says_all() {
    assert!(!internal().has("tickets/never-answered-n1n2n3/index.html"));
    let all = source().with("casebook.yml", format!("{SETTINGS}publish: all\n"));
    assert!(site_of(all, Audience::Public).has("tickets/never-answered-n1n2n3/index.html"));
}

#[test]
fn a_public_build_contains_no_internal_data() {
    let site = public();
    let files = site.render_all().unwrap();
    let index = crate::search::published::reading::everything(&files, "search/").join("\n");
    let files = files.into_iter().map(|(path, bytes)| (path, String::from_utf8_lossy(&bytes).into_owned()));
    for (path, text) in files.chain([("the index".to_owned(), index)]) {
        for secret in [
            "merger-plans",
            "Merger",
            "Nachtigall",
            "nachtigal",
            "Nora",
            "nora",
            "ightfall",
            "secret-service",
            "private.txt",
            "for the team",
            "2026-12-24",
        ] {
            assert!(!path.contains(secret) && !text.contains(secret), "`{secret}` is in {path}:\n{text}");
        }
    }
    let page = page(&site, TICKET);
    shows(&page, &["and …."]);
    shows(&self::page(&site, "index.html"), &["<b>3</b> tickets", "2 reports"]);
}

#[test]
fn an_internal_build_shows_and_marks_internal_tickets() {
    let site = internal();
    shows(
        &page(&site, TICKET),
        &["Nachtigall", "internal note", "private.txt", "evil.html", "Duplicates", "Merger plans leak"],
    );
    shows(&page(&site, "index.html"), &["<b>4</b> tickets", "3 reports", "Internal site"]);
    shows(&page(&site, "tickets/merger-plans-m2m3m4/index.html"), &["badge internal"]);
    shows(&page(&site, "robots.txt"), &["Disallow: /"]);
}

#[test]
fn lists_mark_what_differs_from_the_usual_visibility() {
    let marks = |audience: Audience, usual: &str| {
        let settings = SETTINGS.replace("visibility: public", &format!("visibility: {usual}"));
        let ticket = |visibility: &str| {
            format!("---\ntitle: A {visibility} matter\nvisibility: {visibility}\n---\nThe printer jams.\n")
        };
        let answer = "---\nauthor: mei\ncreated: 2026-12-03T10:00:00Z\nstatus: resolved\nresolution: fixed\n---\nWe cleaned the rollers.\n";
        let source = MemorySource::default()
            .with("casebook.yml", settings)
            .with("tickets/a-a1a2a3.md", ticket("public"))
            .with("tickets/a-a1a2a3/1.md", answer)
            .with("tickets/b-b1b2b3.md", ticket("internal"))
            .with("tickets/b-b1b2b3/1.md", answer);
        let list = page(&site_of(source, audience), "tickets/index.html");
        ["public", "internal"]
            .map(|visibility| list.matches(&format!("<span class=\"{visibility}\"")).count())
    };
    assert_eq!(marks(Audience::Internal, "public"), [0, 1]);
    assert_eq!(marks(Audience::Internal, "internal"), [1, 0]);
    assert_eq!(marks(Audience::Public, "public"), [0, 0]);
    assert_eq!(marks(Audience::Public, "internal"), [0, 0]);
}

#[test]
fn an_attachment_is_public_only_if_public_text_links_it() {
    let site = public();
    assert_eq!(site.render("tickets/export-times-out-k7f3qa/trace.log").unwrap(), b"504");
    assert!(!site.has("tickets/export-times-out-k7f3qa/private.txt"));
    assert!(!site.has("tickets/export-times-out-k7f3qa/evil.html.bin"));
}

#[test]
fn an_attachment_with_code_is_published_as_data() {
    let site = internal();
    assert!(site.has("tickets/export-times-out-k7f3qa/evil.html.bin"));
    assert!(!site.has("tickets/export-times-out-k7f3qa/evil.html"));
    shows(&page(&site, TICKET), &["evil.html.bin\" download=\"evil.html\""]);
}

#[test]
fn similar_tickets_come_from_visible_tickets_only() {
    let ticket = |id: &str, title: &str, visibility: &str| {
        (
            format!("tickets/{id}.md"),
            format!(
                "---\ntitle: {title}\ncreated: 2026-12-03T09:00:00Z\nvisibility: {visibility}\n---\nERR_PAPER_JAM\n"
            ),
        )
    };
    let mut source = source();
    for (path, text) in [
        ticket("printer-jams-a1a2a3", "The printer of the second floor jams", "public"),
        ticket("paper-jam-b1b2b3", "Printer jams on the second floor", "public"),
        ticket("printer-again-c1c2c3", "Printer on the second floor jams, again", "internal"),
    ] {
        source = source.with(path.trim_end_matches(".md").to_owned() + "/1.md", "---\nauthor: mei\ncreated: 2026-12-03T10:00:00Z\nstatus: resolved\nresolution: workaround\n---\nWe cleaned the rollers of the tray by hand.\n").with(path, text);
    }
    let of_team =
        page(&site_of(source.clone(), Audience::Internal), "tickets/printer-jams-a1a2a3/index.html");
    shows(&of_team, &["Similar tickets", "Printer jams on the second floor", "jams, again", "ERR_PAPER_JAM"]);
    let site = site_of(source, Audience::Public);
    let of_all = page(&site, "tickets/printer-jams-a1a2a3/index.html");
    shows(&of_all, &["Similar tickets", "Printer jams on the second floor", "<p class=\"why\">"]);
    assert!(!of_all.contains("again"));
    assert!(!page(&site, "tickets/door-stuck-d4d5d6/index.html").contains("Similar tickets"));
}
