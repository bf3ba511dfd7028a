//! Headings, their anchors, and the contents list.

use super::*;

#[test]
fn headings_are_below_the_headings_of_the_page_and_can_be_linked() {
    shows("## Steps to reproduce", "<h3 id=\"user-content-steps-to-reproduce\">Steps to reproduce</h3>");
    shows("## 问题", "<h3 id=\"user-content-问题\">问题</h3>");
    shows("# A\n# A", "<h2 id=\"user-content-a\">A</h2>\n<h2 id=\"user-content-a-1\">A</h2>");
}

#[test]
fn a_heading_without_anything_to_see_is_left_out() {
    assert_eq!(html("###\n\ntext"), "<p>text</p>\n");
    assert_eq!(html("## \u{a0}\n\ntext"), "<p>text</p>\n");
    shows("## ![a](a.png)", "<h3>a</h3>");
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
