//! A repository in memory, built in both views, and read as a visitor would.

use std::io;

use super::*;
use crate::repo::MemorySource;
use crate::store::{NoCache, load};

const SETTINGS: &str = "\
version: 1
title: Acme Oncall
url: https://oncall.acme.example/cases/
repository: https://github.com/acme/oncall-tickets
visibility: public
timezone: Asia/Shanghai
services:
  billing: { name: Billing, owner: payments, oncall: [mei] }
  export: { name: Export, part_of: billing }
  secret-service: { name: Project Nightfall }
people:
  mei: { name: Mei Lin, emails: [mei@acme.example] }
  lena: { name: Lena Ode }
  nora: { name: Nora Nacht }
";

/// A team's repository with one of everything.
fn source() -> MemorySource {
    MemorySource::new()
        .with("casebook.yml", SETTINGS)
        .with(
            "tickets/2026/11/export-times-out-k7f3qa.md",
            "---\ntitle: Export <times> out\ntemplate: incident\nrequester: lena\ncreated: 2026-11-22T09:14:00Z\n\
             service: export\ntags: [timeout, csv]\npriority: high\naliases: [old-name]\n\
             related: [merger-plans-m2m3m4]\n---\n\
             ## Problem\n<!-- What happened? -->\nIt ends after 30 s, see [the log](export-times-out-k7f3qa/trace.log) \
             and merger-plans-m2m3m4.\n\n```\n504 Gateway Timeout\n```\n",
        )
        .with("tickets/2026/11/export-times-out-k7f3qa/trace.log", "504")
        .with("tickets/2026/11/export-times-out-k7f3qa/private.txt", "for the team")
        .with("tickets/2026/11/export-times-out-k7f3qa/evil.html", "<script>alert(1)</script>")
        .with(
            "tickets/2026/11/export-times-out-k7f3qa/1.md",
            "---\nauthor: mei\ncreated: 2026-11-22T10:00:00Z\nassignee: mei\nset: { related: merger-plans-m2m3m4 }\n---\nLooking.\n",
        )
        .with(
            "tickets/2026/11/export-times-out-k7f3qa/2.md",
            "---\nauthor: nora\ncreated: 2026-11-22T10:30:00Z\nvisibility: internal\n---\nThe customer is Nachtigall.\n\
             See [this](private.txt).\n",
        )
        .with(
            "tickets/2026/11/export-times-out-k7f3qa/3.md",
            "---\nauthor: mei\ncreated: 2026-11-22T11:14:00Z\nstatus: resolved\nresolution: fixed\n---\nDone.\n\n\
             ## Cause\nOne query for each row.\n\n## Fix\nA join; **3.4.1** has it.\n",
        )
        .with(
            "tickets/2026/11/csv-never-arrives-p9p8p7.md",
            "---\ntitle: CSV never arrives\ntemplate: incident\nrequester: lena\ncreated: 2026-11-23T09:00:00Z\n\
             service: export\ntags: [csv]\n---\nLike export-times-out-k7f3qa?\n",
        )
        .with(
            "tickets/2026/11/csv-never-arrives-p9p8p7/1.md",
            "---\nauthor: mei\ncreated: 2026-11-23T09:30:00Z\nstatus: resolved\nresolution: duplicate\n\
             duplicate_of: export-times-out-k7f3qa\n---\nThe same: update to 3.4.1 please.\n",
        )
        .with(
            "tickets/2026/12/door-stuck-d4d5d6.md",
            "---\ntitle: Door stuck\ntemplate: incident\nrequester: lena\ncreated: 2026-12-01T09:00:00Z\n---\nIt is stuck.\n",
        )
        .with(
            "tickets/2026/12/door-stuck-d4d5d6/1.md",
            "---\nauthor: mei\ncreated: 2026-12-01T10:00:00Z\nstatus: resolved\nresolution: workaround\n---\n\
             Push it firmly near the upper hinge.\n",
        )
        .with(
            "tickets/2026/12/door-stuck-d4d5d6/2.md",
            "---\nauthor: lena\ncreated: 2026-12-02T10:00:00Z\nstatus: open\n---\nStuck again.\n",
        )
        .with(
            "tickets/2026/12/never-answered-n1n2n3.md",
            "---\ntitle: Never answered\ntemplate: question\nrequester: lena\ncreated: 2026-12-03T09:00:00Z\n---\nHello?\n",
        )
        .with(
            "tickets/2026/12/merger-plans-m2m3m4.md",
            "---\ntitle: Merger plans leak\ntemplate: incident\nrequester: nora\ncreated: 2026-12-24T09:00:00Z\n\
             service: secret-service\ntags: [nightfall]\nvisibility: internal\n---\nThe plans of Nachtigall.\n",
        )
        .with(
            "tickets/2026/12/merger-plans-m2m3m4/1.md",
            "---\nauthor: nora\ncreated: 2026-12-24T10:00:00Z\nstatus: resolved\nresolution: duplicate\n\
             duplicate_of: export-times-out-k7f3qa\n---\nFixed by export-times-out-k7f3qa, quietly.\n",
        )
        .with(
            "knowledge/exports.md",
            "---\ntitle: Exports that time out\nservice: export\ntags: [csv]\n\
             tickets: [export-times-out-k7f3qa, merger-plans-m2m3m4]\nconfirmed: 2026-11-30\n---\n\
             ## Problem\nExports time out. See [the ticket](../tickets/2026/11/export-times-out-k7f3qa.md).\n",
        )
        .with("knowledge/nightfall.md", "---\ntitle: Nightfall runbook\nvisibility: internal\n---\nSecret.\n")
}

fn site_of(source: MemorySource, audience: Audience) -> Site {
    let store = load(Arc::new(source), &NoCache).unwrap();
    Site::new(Arc::new(store), BuildOptions { audience, ..BuildOptions::default() }).unwrap()
}

fn public() -> Site {
    site_of(source(), Audience::Public)
}

fn internal() -> Site {
    site_of(source(), Audience::Internal)
}

#[track_caller]
fn page(site: &Site, path: &str) -> String {
    String::from_utf8(site.render(path).unwrap()).unwrap()
}

#[track_caller]
fn shows(page: &str, wanted: &[&str]) {
    for text in wanted {
        assert!(page.contains(text), "`{text}` is not in:\n{page}");
    }
}

#[track_caller]
fn in_order(page: &str, wanted: &[&str]) {
    let mut from = 0;
    for text in wanted {
        match page[from..].find(text) {
            Some(at) => from += at + text.len(),
            None => panic!("`{text}` does not follow in:\n{page}"),
        }
    }
}

const TICKET: &str = "tickets/export-times-out-k7f3qa/index.html";

#[test]
fn a_ticket_shows_its_answer_before_the_problem_and_the_thread() {
    let page = page(&public(), TICKET);
    in_order(
        &page,
        &[
            "<h1>Export &lt;times&gt; out</h1>",
            "Lena Ode asked this on",
            "resolved after 2 hours",
            "id=\"answer\"",
            "Mei Lin",
            "Fix</h3>",
            "<strong>3.4.1</strong> has it",
            "Cause</h3>",
            "Problem</h2>",
            "It ends after 30 s",
            "504 Gateway Timeout",
            "Thread",
            "took this",
            "resolved this as fixed",
        ],
    );
    assert!(!page.contains("What happened?"), "hints are not for readers");
}

#[test]
fn a_ticket_has_its_facts_relations_and_links_to_the_forge() {
    let page = page(&public(), TICKET);
    shows(
        &page,
        &[
            "href=\"../../services/export/index.html\">Export</a>",
            "href=\"../../tags/csv/index.html\">csv</a>",
            "datetime=\"2026-11-22T09:14:00Z\" title=\"2026-11-22 17:14 +08:00\">2026-11-22</time>",
            "Duplicates</h2>",
            "CSV never arrives</a>",
            "In knowledge</h2>",
            "https://github.com/acme/oncall-tickets/edit/main/tickets/2026/11/export-times-out-k7f3qa.md",
            "/new/main/tickets/2026/11/export-times-out-k7f3qa?filename=reply.md",
            "<link rel=\"canonical\" href=\"https://oncall.acme.example/cases/tickets/export-times-out-k7f3qa/\">",
        ],
    );
}

#[test]
fn a_duplicate_leads_to_the_ticket_that_it_is_the_same_as() {
    let page = page(&public(), "tickets/csv-never-arrives-p9p8p7/index.html");
    shows(&page, &["A duplicate of <a href=\"../../tickets/export-times-out-k7f3qa/index.html\">"]);
    shows(&page, &["marked as a duplicate of <a href="]);
}

#[test]
fn a_reopened_ticket_stays_with_a_banner() {
    let page = page(&public(), "tickets/door-stuck-d4d5d6/index.html");
    shows(&page, &["open again", "Push it firmly", "reopened this", "badge open"]);
}

#[test]
fn an_unanswered_ticket_is_published_only_if_all_are() {
    assert!(!internal().has("tickets/never-answered-n1n2n3/index.html"));
    let all = source().with("casebook.yml", format!("{SETTINGS}publish: all\n"));
    assert!(site_of(all, Audience::Public).has("tickets/never-answered-n1n2n3/index.html"));
}

#[test]
fn nothing_internal_is_in_a_public_build() {
    let site = public();
    for (path, bytes) in site.render_all().unwrap() {
        let text = String::from_utf8_lossy(&bytes);
        for secret in [
            "merger-plans",
            "Merger",
            "Nachtigall",
            "nachtigal",
            "Nora",
            "nora",
            "ightfall",
            "secret-service",
            "private",
            "for the team",
            "2026-12-24",
        ] {
            assert!(!path.contains(secret) && !text.contains(secret), "`{secret}` is in {path}:\n{text}");
        }
    }
    let page = page(&site, TICKET);
    shows(&page, &["an internal ticket", "asked"]);
    shows(&self::page(&site, "index.html"), &["3 tickets", "asked 2 times"]);
}

#[test]
fn an_internal_build_shows_and_marks_what_is_internal() {
    let site = internal();
    shows(
        &page(&site, TICKET),
        &["Nachtigall", "internal note", "private.txt", "evil.html", "Duplicates", "Merger plans leak"],
    );
    shows(&page(&site, "index.html"), &["4 tickets", "asked 3 times", "not for publication"]);
    shows(&page(&site, "tickets/merger-plans-m2m3m4/index.html"), &["badge internal"]);
    shows(&page(&site, "robots.txt"), &["Disallow: /"]);
}

#[test]
fn an_attachment_is_public_only_if_public_text_links_it() {
    let site = public();
    assert_eq!(site.render("tickets/export-times-out-k7f3qa/trace.log").unwrap(), b"504");
    assert!(!site.has("tickets/export-times-out-k7f3qa/private.txt"));
    assert!(!site.has("tickets/export-times-out-k7f3qa/evil.html.bin"));
}

#[test]
fn an_attachment_that_a_browser_would_run_is_published_as_data() {
    let site = internal();
    assert!(site.has("tickets/export-times-out-k7f3qa/evil.html.bin"));
    assert!(!site.has("tickets/export-times-out-k7f3qa/evil.html"));
    shows(&page(&site, TICKET), &["evil.html.bin\" download=\"evil.html\""]);
}

#[test]
fn a_service_includes_its_modules() {
    let site = public();
    let billing = page(&site, "services/billing/index.html");
    shows(
        &billing,
        &["<h1>Billing</h1>", "payments", "Export</a>", "Export &lt;times&gt; out", "Exports that time out"],
    );
    assert!(!billing.contains("Oncall</dt>"), "who is oncall is for the team");
    shows(&page(&internal(), "services/billing/index.html"), &["Oncall</dt><dd>Mei Lin"]);
    assert!(!site.has("services/secret-service/index.html"));
    shows(&page(&site, "services/export/index.html"), &["Billing</a>"]);
    shows(&page(&site, "services/index.html"), &["Billing"]);
}

#[test]
fn a_tag_lists_its_tickets_and_articles() {
    let site = public();
    shows(
        &page(&site, "tags/csv/index.html"),
        &["Export &lt;times&gt; out", "CSV never arrives", "Exports that time out"],
    );
    shows(&page(&site, "tags/index.html"), &["csv", "timeout"]);
}

#[test]
fn an_article_lists_the_tickets_it_distils_and_links_them() {
    let site = public();
    let article = page(&site, "knowledge/exports/index.html");
    shows(
        &article,
        &[
            "Confirmed 2026-11-30",
            "<a href=\"../../tickets/export-times-out-k7f3qa/index.html\"",
            "Distilled from",
        ],
    );
    shows(&page(&site, "knowledge/index.html"), &["Exports that time out", "from 1 ticket"]);
    assert!(!site.has("knowledge/nightfall/index.html"));
}

#[test]
fn feeds_carry_the_answer_and_whole_addresses() {
    let site = public();
    let atom: atom_syndication::Feed = page(&site, "feed.xml").parse().unwrap();
    let titles: Vec<&str> = atom.entries.iter().map(|entry| entry.title.value.as_str()).collect();
    assert_eq!(titles, ["CSV never arrives", "Export <times> out"]);
    assert_eq!(atom.entries[1].id, "https://oncall.acme.example/cases/tickets/export-times-out-k7f3qa/");
    assert_eq!(atom.entries[1].updated.to_rfc3339(), "2026-11-22T11:14:00+00:00");
    let html = atom.entries[1].content.as_ref().unwrap().value.as_ref().unwrap();
    shows(html, &["<strong>3.4.1</strong>"]);
    let json: serde_json::Value = serde_json::from_str(&page(&site, "services/billing/feed.json")).unwrap();
    assert_eq!(json["title"], "Acme Oncall: Billing");
    assert_eq!(json["items"][1]["tags"], serde_json::json!(["timeout", "csv"]));
    assert!(site.has("tags/csv/feed.xml"));
}

#[test]
fn machines_find_what_they_look_for() {
    let site = public();
    shows(
        &page(&site, "sitemap.xml"),
        &["<loc>https://oncall.acme.example/cases/tickets/door-stuck-d4d5d6/</loc><lastmod>2026-12-02"],
    );
    shows(
        &page(&site, "opensearch.xml"),
        &["template=\"https://oncall.acme.example/cases/search/?q={searchTerms}\""],
    );
    shows(&page(&site, "robots.txt"), &["Sitemap: https://oncall.acme.example/cases/sitemap.xml"]);
    let homeless = source().with("casebook.yml", "version: 1\nvisibility: public\n");
    let site = site_of(homeless, Audience::Public);
    assert!(!site.has("sitemap.xml") && !site.has("opensearch.xml") && site.has("feed.xml"));
}

#[test]
fn the_page_for_wrong_addresses_links_from_the_root_since_it_may_stand_anywhere() {
    shows(
        &page(&public(), "404.html"),
        &["href=\"/cases/assets/site.", "action=\"/cases/search/index.html\""],
    );
}

#[test]
fn a_former_id_leads_to_the_ticket() {
    shows(
        &page(&public(), "tickets/old-name/index.html"),
        &["url=../../tickets/export-times-out-k7f3qa/index.html"],
    );
}

#[test]
fn every_link_of_every_page_leads_somewhere() {
    static LINK: std::sync::LazyLock<regex::Regex> =
        std::sync::LazyLock::new(|| regex::Regex::new(r#"(?:href|src|action)="([^"]*)""#).unwrap());
    for links in [Links::Files, Links::Folders] {
        let store = Arc::new(load(Arc::new(source()), &NoCache).unwrap());
        let site = Site::new(store, BuildOptions { links, ..BuildOptions::default() }).unwrap();
        let files = site.render_all().unwrap();
        for (path, bytes) in files.iter().filter(|(path, _)| path.ends_with(".html") && *path != "404.html") {
            let html = String::from_utf8_lossy(bytes);
            for found in LINK.captures_iter(&html) {
                let link = &found[1];
                if link.starts_with("https://") {
                    continue;
                }
                let (target, fragment) = link.split_once('#').unwrap_or((link, ""));
                let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
                let mut file = if target.is_empty() {
                    path.clone()
                } else {
                    super::urls::resolve(folder, target)
                        .unwrap_or_else(|| panic!("{link} in {path} leads outside"))
                };
                if target.ends_with('/') {
                    file = format!("{file}/index.html").trim_start_matches('/').to_owned();
                }
                assert!(files.contains_key(&file), "{link} in {path} leads nowhere");
                if !fragment.is_empty() {
                    let there = String::from_utf8_lossy(&files[&file]);
                    assert!(there.contains(&format!("id=\"{fragment}\"")), "{link} in {path} has no target");
                }
            }
        }
    }
}

#[test]
fn a_page_needs_nothing_inline_and_nothing_from_elsewhere() {
    for (path, bytes) in internal().render_all().unwrap() {
        if !path.ends_with(".html") {
            continue;
        }
        let html = String::from_utf8_lossy(&bytes);
        assert!(
            !html.contains(" style=") && !html.contains("<style") && !html.contains("javascript:"),
            "{path}"
        );
        for tag in html.split("<script").skip(1) {
            assert!(tag.starts_with(" defer src=\"") && tag.contains("></script>"), "{path}");
        }
        assert!(!regex::Regex::new(r"\son\w+=").unwrap().is_match(&html), "{path}");
    }
}

#[test]
fn an_id_is_on_a_page_once() {
    static ID: std::sync::LazyLock<regex::Regex> =
        std::sync::LazyLock::new(|| regex::Regex::new(r#"\sid="([^"]*)""#).unwrap());
    for (path, bytes) in internal().render_all().unwrap() {
        if path.ends_with(".html") {
            let html = String::from_utf8_lossy(&bytes);
            let mut ids: Vec<&str> = ID.captures_iter(&html).map(|found| found.extract::<1>().1[0]).collect();
            let count = ids.len();
            ids.sort_unstable();
            ids.dedup();
            assert_eq!(ids.len(), count, "{path}");
        }
    }
}

#[test]
fn a_site_speaks_the_language_of_the_settings() {
    let chinese = source().with("casebook.yml", format!("{SETTINGS}language: zh\n"));
    let page = page(&site_of(chinese, Audience::Public), TICKET);
    shows(&page, &["<html lang=\"zh\">", "答案", "将此工单解决为：已修复", "Lena Ode 提问于"]);
}

#[test]
fn a_repository_changes_the_look() {
    let own = source()
        .with("site/assets/site.css", "body { color: teal }")
        .with("site/not-found.html", "nothing at {{ site.title }}");
    let site = site_of(own, Audience::Public);
    assert_eq!(page(&site, "404.html"), "nothing at Acme Oncall\n");
    let css = site.paths().into_iter().find(|path| path.ends_with(".css")).unwrap().to_owned();
    assert_eq!(page(&site, &css), "body { color: teal }");
}

#[test]
fn a_long_list_is_cut_into_pages() {
    let mut source = source();
    for n in 0..120 {
        let text = format!("---\ntitle: T{n}\ncreated: 2026-01-01T00:00:00Z\ntags: [many]\n---\nx\n");
        source.insert(RepoPath::new(format!("tickets/t-{n:03}-many.md")), text);
        let reply = "---\nauthor: mei\ncreated: 2026-01-02T00:00:00Z\nstatus: resolved\nresolution: answered\n---\nLike this.\n";
        source.insert(RepoPath::new(format!("tickets/t-{n:03}-many/r.md")), reply);
    }
    let site = site_of(source, Audience::Public);
    shows(&page(&site, "tags/many/index.html"), &["Page 1 of 3", "href=\"../../tags/many/2/index.html\""]);
    shows(&page(&site, "tags/many/3/index.html"), &["Page 3 of 3", "T0</a>"]);
    assert!(!site.has("tags/many/4/index.html"));
}

#[test]
fn an_empty_repository_has_a_site() {
    let site = site_of(MemorySource::new(), Audience::Internal);
    shows(&page(&site, "index.html"), &["0 tickets", "Nothing has been resolved yet"]);
    assert!(site.render_all().unwrap().len() > 8);
}

#[test]
fn broken_and_hostile_files_do_not_stop_a_build() {
    let hostile = source()
        .with("casebook.yml", format!("{SETTINGS}publish: all\n"))
        .with("tickets/broken.md", "---\ntitle: [\n---\nx")
        .with("tickets/bytes.md", b"---\ntitle: \xff\xfe\n---\n\xff".to_vec())
        .with("tickets/conflict.md", "<<<<<<< a\n---\ntitle: x\n=======\n>>>>>>> b\n")
        .with("tickets/script.md", "---\ntitle: <script>alert(1)</script>\ntags: ['<img src=x onerror=alert(1)>', '../..']\n---\n<script>alert(1)</script>\n")
        .with_symlink("tickets/2026/11/export-times-out-k7f3qa/passwd");
    let site = site_of(hostile, Audience::Internal);
    let files = site.render_all().unwrap();
    for (path, bytes) in &files {
        assert!(!path.contains("..") && !path.starts_with('/'), "{path}");
        let text = String::from_utf8_lossy(bytes);
        if path.ends_with(".bin") {
            continue;
        }
        assert!(!text.contains("<script>alert") && !text.contains("<img src=x"), "{path}");
    }
    assert!(
        files.contains_key("tickets/script/index.html") && files.contains_key("tickets/broken/index.html")
    );
    assert!(!files.keys().any(|path| path.contains("passwd")));
}

#[test]
fn the_same_repository_gives_the_same_bytes() {
    assert!(internal().render_all().unwrap() == internal().render_all().unwrap());
}

#[test]
fn the_index_finds_a_ticket_by_a_word_of_its_answer() {
    let site = public();
    let manifest: serde_json::Value = serde_json::from_str(&page(&site, "search/index.json")).unwrap();
    let shards = manifest["shards"].as_array().unwrap();
    let at = shards.iter().rposition(|shard| shard[0].as_str().unwrap() <= "join").unwrap();
    let shard: serde_json::Value =
        serde_json::from_str(&page(&site, &format!("search/t/{}.json", shards[at][1].as_str().unwrap())))
            .unwrap();
    let posting = shard["join"][0].as_u64().unwrap();
    let number = usize::try_from(posting >> 4).unwrap();
    let chunk = manifest["chunks"][number / 16].as_str().unwrap();
    let documents: serde_json::Value =
        serde_json::from_str(&page(&site, &format!("search/d/{chunk}.json"))).unwrap();
    assert_eq!(documents[number % 16][0], "Export <times> out");
}

/// A folder in memory that fails after a number of writes.
#[derive(Default)]
struct Folder {
    files: BTreeMap<String, Vec<u8>>,
    writes: usize,
    fails_after: Option<usize>,
}

impl Output for Folder {
    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        Ok(self.files.get(path).cloned())
    }
    fn write(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        if self.fails_after == Some(self.writes) {
            return Err(io::Error::other("killed"));
        }
        self.writes += 1;
        self.files.insert(path.to_owned(), bytes.to_vec());
        Ok(())
    }
    fn remove(&mut self, path: &str) -> io::Result<()> {
        self.files.remove(path);
        Ok(())
    }
}

#[test]
fn a_second_build_writes_only_what_changed_and_removes_what_went() {
    let mut folder = Folder::default();
    folder.files.insert("CNAME".to_owned(), b"oncall.acme.example".to_vec());
    write(&internal(), &mut folder).unwrap();
    let writes = folder.writes;
    assert_eq!(write(&internal(), &mut folder).unwrap().written, Vec::<String>::new());
    assert_eq!(folder.writes, writes, "a build without changes writes nothing");
    let outcome = write(&public(), &mut folder).unwrap();
    assert!(outcome.removed.contains(&"tickets/merger-plans-m2m3m4/index.html".to_owned()));
    let expected = public().render_all().unwrap();
    for path in folder.files.keys().filter(|path| *path != "CNAME" && *path != ".casebook-site") {
        assert!(expected.contains_key(path), "{path} was left behind");
    }
    assert!(folder.files.contains_key("CNAME"), "a foreign file stays");
}

#[test]
fn a_file_that_no_build_made_is_not_overwritten() {
    let mut folder = Folder::default();
    folder.files.insert("index.html".to_owned(), b"my own page".to_vec());
    let error = write(&public(), &mut folder).unwrap_err().to_string();
    assert!(error.contains("index.html is in the way"), "{error}");
    assert_eq!(folder.writes, 0);
}

#[test]
fn a_build_that_was_killed_anywhere_is_taken_up_by_the_next() {
    let mut whole = Folder::default();
    write(&public(), &mut whole).unwrap();
    for fails_after in 0..whole.writes {
        let mut folder = Folder { fails_after: Some(fails_after), ..Folder::default() };
        assert!(write(&public(), &mut folder).is_err());
        folder.fails_after = None;
        write(&public(), &mut folder).unwrap();
        assert!(folder.files == whole.files, "after {fails_after} writes");
    }
}
