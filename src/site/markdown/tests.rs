//! Markdown as pages show it.

mod headings;
mod hostile;

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
fn a_link_to_an_anchor_that_the_text_lacks_is_shown_as_text() {
    let html =
        html("# Setup\n\n[here](#setup), [there](#left-on-another-page) and <a href=\"#gone\">gone</a>");
    assert!(html.contains("href=\"#user-content-setup\"") && html.contains("there"), "{html}");
    assert_eq!(html.matches("href=").count(), 1, "{html}");
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
