//! Links between texts, to other files of the repository, and to headings.

use super::*;

const FRONT: &str = "template: incident\nrequester: lena\ncreated: 2026-11-22T09:14:00Z";

const RESOLVED: &str =
    "---\nauthor: mei\ncreated: 2026-11-22T10:00:00Z\nstatus: resolved\nresolution: fixed\n---\n";

/// Returns a site of three imported tickets, an article and an internal ticket. The text of the first ticket is `text`.
fn site(text: &str, settings: &str, audience: Audience) -> Site {
    let ticket =
        |title: &str, more: &str, text: &str| format!("---\ntitle: {title}\n{FRONT}\n{more}---\n{text}\n");
    let source = MemorySource::new()
        .with("casebook.yml", format!("visibility: public\npublish: all\n{settings}"))
        .with("tickets/2026/01/first.md", ticket("First", "source: EIPS/eip-1.md\n", text))
        .with("tickets/2026/01/first/shot.png", "png")
        .with(
            "tickets/2026/02/eip-1559.md",
            ticket("Fee market", "source: EIPS/EIP-1559.md\n", "## Abstract\nFees."),
        )
        .with("tickets/2026/02/eip-1559/1.md", format!("{RESOLVED}## Fix\nIt is live on every network.\n"))
        .with(
            "tickets/2025/12/node-resize.md",
            ticket("Resize", "source: keps/1287-resize/README.md\naliases: [1287-resize]\n", "Text."),
        )
        .with(
            "tickets/2026/03/hidden.md",
            ticket("Hidden", "visibility: internal\naliases: [old-hidden]\n", "x"),
        )
        .with("knowledge/gas.md", "---\ntitle: Gas\n---\n## Problem\nToo dear.\n");
    site_of(source, audience)
}

const REPOSITORY: &str = "repository: https://github.com/acme/docs\n";

/// Returns the HTML of `text` on the page of the first ticket.
#[track_caller]
fn public_html(text: &str) -> String {
    page(&site(text, REPOSITORY, Audience::Public), "tickets/first/index.html")
}

#[track_caller]
fn leads(link: &str, href: &str) {
    let html = public_html(&format!("[the text]({link})"));
    assert!(html.contains(&format!("<a href=\"{href}\"")), "{link} does not lead to {href}:\n{html}");
}

#[test]
fn a_link_to_a_moved_file_leads_to_its_page() {
    let ticket = "../../tickets/eip-1559/index.html";
    for link in
        ["./eip-1559.md", "EIP-1559.md", "../EIPS/eip-1559.md", "../02/eip-1559.md", "eip%2D1559.md?x=1"]
    {
        leads(link, ticket);
    }
    leads("../a/eip-1559.md#Abstract", "../../tickets/eip-1559/index.html#user-content-abstract");
    leads("../02/eip-1559/1.md#fix", "../../tickets/eip-1559/index.html#user-content-r1~fix");
    for link in ["1287-resize/README.md", "../1287-resize/", "/keps/1287-resize/README.md#gr%C3%B6%C3%9Fe"] {
        let fragment = if link.contains('#') { "#user-content-größe" } else { "" };
        leads(link, &format!("../../tickets/node-resize/index.html{fragment}"));
    }
    leads("articles/gas.md#problem", "../../knowledge/gas/index.html#user-content-problem");
}

#[test]
fn a_link_between_imported_files_leads_to_the_file_of_the_same_folder() {
    let file = |place: &str, text: &str| {
        let (_, stem) = place.rsplit_once('/').unwrap();
        format!("---\ntitle: {stem}\n{FRONT}\nsource: {place}\n---\n{text}\n")
    };
    let article = |place: &str, text: &str| {
        format!("---\ntitle: Article\naliases: [Old Name]\nsource: {place}\n---\n{text}\n")
    };
    let source = MemorySource::new()
        .with("casebook.yml", "visibility: public\npublish: all\n")
        .with("tickets/2026/a-db.md", file("a/db", "[up](../b/db.md)"))
        .with("tickets/2026/b-db.md", file("b/db", "[same](restart.md) [root](/docs/a/db.md)"))
        .with("tickets/2026/a-restart.md", file("a/restart", "[same](./db.md) [reply](a-restart/1.md)"))
        .with("tickets/2026/a-restart/1.md", format!("{RESOLVED}See [there](db.md#x) for it.\n"))
        .with("tickets/2026/b-restart.md", file("b/restart", "[same]({{< ref \"./db.md\" >}})"))
        .with("tickets/2026/spec.md", file("b/guide/spec", "[page](README.md) [other](../restart.md)"))
        .with("tickets/2026/guide.md", file("b/guide", "[part](spec.md) [other](../db.md)"))
        .with("knowledge/gas.md", article("c/gas", "[renamed](Old%20Name.md) [beside](db.md)"))
        .with("knowledge/c-db.md", article("c/db", "x"));
    let site = site_of(source, Audience::Public);
    for (from, text, to) in [
        ("tickets/a-db", "up", "tickets/b-db"),
        ("tickets/b-db", "same", "tickets/b-restart"),
        ("tickets/b-db", "root", "tickets/a-db"),
        ("tickets/a-restart", "same", "tickets/a-db"),
        ("tickets/a-restart", "there", "tickets/a-db"),
        ("tickets/b-restart", "same", "tickets/b-db"),
        ("tickets/spec", "page", "tickets/guide"),
        ("tickets/spec", "other", "tickets/b-restart"),
        ("tickets/guide", "part", "tickets/spec"),
        ("tickets/guide", "other", "tickets/b-db"),
        ("knowledge/gas", "beside", "knowledge/c-db"),
    ] {
        let html = page(&site, &format!("{from}/index.html"));
        let pattern = format!("href=\"[./]*{to}/index.html[^\"]*\"[^>]*>{text}</a>");
        assert!(regex::Regex::new(&pattern).unwrap().is_match(&html), "{from}: {text}\n{html}");
    }
}

#[test]
fn a_link_to_an_imported_article_finds_it_by_its_former_name() {
    let source = MemorySource::new()
        .with("casebook.yml", "visibility: public\npublish: all\n")
        .with(
            "tickets/a.md",
            format!("---\ntitle: A\n{FRONT}\n---\n[one](<Gas Bill.md>) [two](x/gas-17.md)\n"),
        )
        .with(
            "knowledge/gas.md",
            "---\ntitle: Gas\naliases: [Gas Bill]\nsource: runbooks/gas-17.md\n---\nToo dear.\n",
        );
    let html = page(&site_of(source, Audience::Public), "tickets/a/index.html");
    for text in ["one", "two"] {
        let pattern = format!("href=\"../../knowledge/gas/index.html\"[^>]*>{text}</a>");
        assert!(regex::Regex::new(&pattern).unwrap().is_match(&html), "{text}\n{html}");
    }
}

#[test]
fn a_link_to_another_file_of_the_repository_leads_to_the_forge() {
    let file = "https://github.com/acme/docs/blob/main";
    leads("../../../scripts/run%20all.sh#L10-L20", &format!("{file}/scripts/run%20all.sh#L10-L20"));
    leads("../../../README.md#Gr%C3%B6%C3%9Fe", &format!("{file}/README.md#Gr%C3%B6%C3%9Fe"));
    leads("/docs/guide.md", &format!("{file}/docs/guide.md"));
    leads("../../../README.md", &format!("{file}/README.md"));
    let html = public_html("![plan](../../../assets/plan.png)");
    shows(&html, &["<a href=\"https://github.com/acme/docs/raw/main/assets/plan.png\"", ">plan</a>"]);
}

#[test]
fn a_link_to_a_file_that_readers_may_not_see_stays_text() {
    for link in [
        "../03/hidden.md",
        "hidden.md",
        "old-hidden.md",
        "missing.md",
        "../../../knowledge/none.md",
        "../../../../../etc/passwd",
        "/console/billing",
        "//evil.example/x.md",
        "\\\\evil.example/x.md",
    ] {
        let html = public_html(&format!("[the text]({link})"));
        assert!(html.contains("the text") && !html.contains(">the text</a>"), "{link}:\n{html}");
    }
    let internal = site("[the text](old-hidden.md)", REPOSITORY, Audience::Internal);
    shows(&page(&internal, "tickets/first/index.html"), &["href=\"../../tickets/hidden/index.html\""]);
    let unknown = site("[the text](../../../run.sh)", "", Audience::Public);
    assert!(!page(&unknown, "tickets/first/index.html").contains(">the text</a>"));
}

#[test]
fn the_settings_decide_the_links_to_the_forge() {
    let settings = "repository: https://git.acme.example/docs\nforge: gitlab\nbranch: stable\n";
    let store = site("[run](../../../run.sh)", settings, Audience::Public);
    let options = BuildOptions { branch: "other".to_owned(), ..BuildOptions::default() };
    let site = Site::new(Arc::clone(store.store()).seen_by(store.view()), options);
    let html = page(&site, "tickets/first/index.html");
    shows(&html, &["https://git.acme.example/docs/-/blob/stable/run.sh", "/docs/-/edit/stable/tickets/"]);
    assert!(!html.contains("/other/"));
}

#[test]
fn links_to_headings_work_in_each_text_of_a_page() {
    let text = "# Plan\n[a](#fix) [b](#dup-1)\n## Dup\n## Dup\n<a name=\"Fix\"></a>Text.\n## R1 fix\n";
    let reply = "---\nauthor: mei\ncreated: 2026-11-22T10:00:00Z\n---\n## Fix\n[c](#fix) [d](#dup)\n";
    let answer = format!(
        "{RESOLVED}# Report\nSee [e](#report), [f](#cause).\n## Fix\nSee [g](#report).\n## Cause\nx\n"
    );
    let source = MemorySource::new()
        .with("casebook.yml", "visibility: public\nurl: https://acme.example/\n")
        .with("tickets/a.md", format!("---\ntitle: A\n{FRONT}\n---\n{text}"))
        .with("tickets/a/0.md", reply)
        .with("tickets/a/1.md", answer);
    let site = site_of(source, Audience::Public);
    let html = page(&site, "tickets/a/index.html");
    let ids: Vec<&str> = html.split(" id=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    let unique: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(unique.len(), ids.len(), "{ids:?}");
    for (link, target) in [
        ("a", "fix"),
        ("b", "dup-1"),
        ("c", "r1~fix"),
        ("d", "dup"),
        ("e", "r2~report"),
        ("f", "r2~cause"),
        ("g", "r2~report"),
    ] {
        let pattern = format!("href=\"#user-content-{target}\"(?: rel=\"[^\"]*\")?>{link}</a>");
        assert!(regex::Regex::new(&pattern).unwrap().is_match(&html), "{link}:\n{html}");
        assert!(unique.contains(format!("user-content-{target}").as_str()), "{target}: {ids:?}");
    }
    let feed = page(&site, "feed.xml");
    shows(&feed, &["https://acme.example/tickets/a/index.html#user-content-r2~report"]);
}

#[test]
fn an_attachment_with_a_space_or_in_another_unicode_form_is_published() {
    let text =
        "[one](a/my log (1).txt) [two](a/gru\u{308}n.png) ![three](a/bild 1.png) [no](a/other file.txt)";
    let source = MemorySource::new()
        .with("casebook.yml", "visibility: public\npublish: all\n")
        .with("tickets/a.md", format!("---\ntitle: A\n{FRONT}\n---\n{text}\n"))
        .with("tickets/a/my log (1).txt", "x")
        .with("tickets/a/gr\u{fc}n.png", "x")
        .with("tickets/a/bild 1.png", "x");
    let site = site_of(source, Audience::Public);
    let html = page(&site, "tickets/a/index.html");
    for name in ["my%20log%20%281%29.txt", "gr%C3%BCn.png", "bild%201.png"] {
        assert!(html.contains(&format!("href=\"../../tickets/a/{name}\"")), "{name}: {html}");
    }
    shows(&html, &["<img src=\"../../tickets/a/bild%201.png\"", "[no](a/other file.txt)"]);
    assert!(site.has("tickets/a/my log (1).txt") && site.has("tickets/a/gr\u{fc}n.png"));
    shows(&html, &["content=\"one two three"]);
}
