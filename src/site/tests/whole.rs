//! Properties of every page of a site.

use super::*;

#[test]
fn no_page_has_a_broken_link() {
    static LINK: std::sync::LazyLock<regex::Regex> =
        std::sync::LazyLock::new(|| regex::Regex::new(r#"(?:href|src|action)="([^"]*)""#).unwrap());
    for links in [Links::Files, Links::Folders] {
        let store = Arc::new(load(Arc::new(source()), &CacheSlot::nowhere()).unwrap());
        let site = Site::new(
            store.seen_by(View::of_site(Audience::Internal, &store.settings)),
            BuildOptions { links, ..BuildOptions::default() },
        );
        let files = site.render_all().unwrap();
        let mut followed = 0;
        for (path, bytes) in files.iter().filter(|(path, _)| path.ends_with(".html") && *path != "404.html") {
            let html = String::from_utf8_lossy(bytes);
            for found in LINK.captures_iter(&html) {
                let link = &found[1];
                if link.starts_with("https://") {
                    continue;
                }
                followed += 1;
                let (target, fragment) = link.split_once('#').unwrap_or((link, ""));
                let (target, _) = target.split_once('?').unwrap_or((target, ""));
                let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
                let mut file = if target.is_empty() {
                    path.clone()
                } else {
                    crate::text::resolve_link(folder, target)
                        .unwrap_or_else(|| panic!("{link} in {path} leads outside"))
                };
                if target.ends_with('/') {
                    file = format!("{file}/index.html").trim_start_matches('/').to_owned();
                }
                assert!(files.contains_key(&file), "{link} in {path} leads nowhere");
                if !fragment.is_empty() {
                    let target_page = String::from_utf8_lossy(&files[&file]);
                    assert!(
                        target_page.contains(&format!("id=\"{fragment}\"")),
                        "{link} in {path} has no target"
                    );
                }
            }
        }
        assert!(followed > 100, "{followed} links");
    }
}

fn pages_of_html() -> BTreeMap<String, Vec<u8>> {
    let mut pages = internal().render_all().unwrap();
    pages.retain(|path, _| path.ends_with(".html"));
    assert!(pages.len() > 5, "{:?}", pages.keys());
    pages
}

#[test]
fn a_page_has_no_inline_or_external_resources() {
    let handler = regex::Regex::new(r"\son\w+=").unwrap();
    for (path, bytes) in pages_of_html() {
        let html = String::from_utf8_lossy(&bytes);
        assert!(
            !html.contains(" style=") && !html.contains("<style") && !html.contains("javascript:"),
            "{path}"
        );
        for tag in html.split("<script").skip(1) {
            let is_data = tag.starts_with(" type=\"application/ld+json\">{");
            let is_file = tag.starts_with(" defer src=\"") || tag.starts_with(" src=\"");
            assert!(is_data || is_file && tag.contains("></script>"), "{path}");
        }
        assert!(!handler.is_match(&html), "{path}");
    }
}

#[test]
fn ids_are_unique_on_a_page() {
    static ID: std::sync::LazyLock<regex::Regex> =
        std::sync::LazyLock::new(|| regex::Regex::new(r#"\sid="([^"]*)""#).unwrap());
    let mut all = 0;
    for (path, bytes) in pages_of_html() {
        let html = String::from_utf8_lossy(&bytes);
        let mut ids: Vec<&str> = ID.captures_iter(&html).map(|found| found.extract::<1>().1[0]).collect();
        let count = ids.len();
        all += count;
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count, "{path}");
    }
    assert!(all > 20, "only {all} ids were checked");
}

#[test]
fn a_site_is_in_the_language_of_the_settings() {
    let chinese = source().with("casebook.yml", format!("{SETTINGS}language: zh\n"));
    let page = page(&site_of(chinese, Audience::Public), TICKET);
    shows(&page, &["<html lang=\"zh\">", "答案", "解决了此工单：已修复", "Lena Ode 提交"]);
}

#[test]
fn a_repository_can_change_the_theme() {
    let own = source()
        .with("site/assets/site.css", "body { color: teal }")
        .with("site/not-found.html", "nothing at {{ site.title }}");
    let site = site_of(own, Audience::Public);
    assert_eq!(page(&site, "404.html"), "nothing at Acme Oncall\n");
    let css = site
        .paths()
        .into_iter()
        .find(|path| path.starts_with("assets/site.") && path.ends_with(".css"))
        .unwrap()
        .to_owned();
    assert_eq!(page(&site, &css), "body { color: teal }");
}

#[test]
fn an_empty_repository_can_be_built() {
    let site = site_of(MemorySource::new(), Audience::Internal);
    shows(&page(&site, "index.html"), &["<b>0</b> tickets", "No resolved tickets yet"]);
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
        if path.ends_with(".bin") {
            continue;
        }
        // In Markdown, this character is text after a backslash.
        let text = String::from_utf8_lossy(bytes).replace("\\<", "&lt;");
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
fn a_site_can_be_shared_between_threads() {
    fn is_shared<T: Send + Sync>() {}
    is_shared::<Site>();
}

#[test]
fn a_broken_theme_file_is_replaced_by_the_built_in_one_and_the_page_says_so() {
    let own = source()
        .with("site/home.html", "\n{{ no_such_variable }}")
        .with("site/parts/badge.html", "{% if %}")
        .with("site/words/en.yml", "nav: [")
        .with("site/layout.html", vec![0xff_u8]);
    let site = site_of(own, Audience::Internal);
    let home = page(&site, "index.html");
    shows(
        &home,
        &["Recently resolved", "built-in file is used", "site/home.html:2", "site/parts/badge.html:1"],
    );
    shows(&page(&site, TICKET), &["<html lang=\"en\">", "site/layout.html", "site/words/en.yml"]);
    assert!(!page(&site, TICKET).contains("site/home.html"), "this page does not use the file");
    let files: Vec<String> = site.theme_problems().into_iter().map(|problem| problem.name).collect();
    assert_eq!(files, ["home.html", "layout.html", "parts/badge.html", "words/en.yml"]);
}

#[test]
fn the_size_of_a_site_is_in_proportion_to_its_tickets() {
    let list = |name: &str, n: usize| (0..n).map(|at| format!("{name}-{at}")).collect::<Vec<_>>().join(", ");
    let size = |n: usize, title: &str| {
        let text = format!(
            "---\ntitle: {title}\ncreated: 2026-11-22T09:14:00Z\ntags: [{}]\naliases: [{}]\n---\nText\n",
            list("tag", n),
            list("alias", n),
        );
        let source = source().with("casebook.yml", format!("{SETTINGS}publish: all\n"));
        let files = site_of(source.with("tickets/big.md", text), Audience::Internal).render_all().unwrap();
        files.values().map(Vec::len).sum::<usize>()
    };
    let usual = size(30, "Exports time out");
    let many = size(2_000, "Exports time out");
    assert!(many < usual + 400_000, "{usual} and {many} bytes");
    let long = size(30, &"Exports ".repeat(20_000));
    assert!(long < usual + 2_000_000, "{usual} and {long} bytes");
}

#[test]
fn a_very_long_text_is_shown_as_it_is() {
    let text = format!("---\ntitle: Long\n---\n{}", "**log** <line>\n".repeat(100_000));
    let long =
        source().with("casebook.yml", format!("{SETTINGS}publish: all\n")).with("tickets/long.md", text);
    let page = page(&site_of(long, Audience::Internal), "tickets/long/index.html");
    assert!(page.contains("<pre>") && page.contains("**log** &lt;line&gt;") && !page.contains("<strong>log"));
}
