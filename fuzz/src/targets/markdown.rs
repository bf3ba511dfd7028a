//! Any text becomes HTML without active content: only known elements and attributes, and only safe addresses.

use casebook::fuzzing::{ID_PREFIX, excerpt_of_markdown, render_markdown};
use html5gum::{Token, Tokenizer};
use unicode_segmentation::UnicodeSegmentation as _;

const ACTIVE: [&[u8]; 18] = [
    b"script",
    b"style",
    b"iframe",
    b"object",
    b"embed",
    b"form",
    b"svg",
    b"math",
    b"link",
    b"meta",
    b"base",
    b"template",
    b"noscript",
    b"xmp",
    b"plaintext",
    b"frame",
    b"button",
    b"textarea",
];

pub fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let html = render_markdown(&text);
    if data.len() % 16 == 0 {
        assert_eq!(html, render_markdown(&text), "two renderings of the same text differ");
    }
    for token in Tokenizer::new(html.as_str()) {
        let Ok(Token::StartTag(tag)) = token else { continue };
        assert!(!ACTIVE.contains(&&**tag.name), "<{}> in {html:?}", String::from_utf8_lossy(&tag.name));
        for (attribute, value) in &tag.attributes {
            let attribute = String::from_utf8_lossy(attribute).to_lowercase();
            let value = String::from_utf8_lossy(value);
            assert!(!attribute.starts_with("on") && attribute != "style", "{attribute} in {html:?}");
            if ["href", "src", "action", "formaction", "srcset", "poster", "cite"].contains(&&*attribute) {
                assert!(is_safe(&value), "{attribute}={value:?} in {html:?}");
            }
            if attribute == "id" {
                assert!(value.starts_with(ID_PREFIX), "id={value:?} in {html:?}");
            }
        }
    }
    let excerpt = excerpt_of_markdown(&text, 160);
    assert!(excerpt.graphemes(true).count() <= 161, "the excerpt is too long: {excerpt:?}");
}

/// Returns whether an address is a web page, an e-mail address or a place on this page.
fn is_safe(address: &str) -> bool {
    let lower = address.trim().to_ascii_lowercase();
    ["http://", "https://", "mailto:"].iter().any(|scheme| lower.starts_with(scheme))
        || lower.strip_prefix('#').is_some_and(|id| id.starts_with(ID_PREFIX))
}

pub fn seeds() -> Vec<Vec<u8>> {
    let hostile = [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[a](javascript:alert(1)) [b](data:text/html,x) [c](JaVaScRiPt&colon;alert(1))",
        "<svg><style><img title=\"</style><img src onerror=alert(1)>\">",
        "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
        "<details open ontoggle=alert(1)>x</details>",
        "| a | b |\n|---|:-:|\n| <b>x | `c` |\n",
        "> [!WARNING]\n> careful\n\n- [ ] open\n- [x] done\n\n[^n]\n\n[^n]: note\n",
        "```rust\nfn main() {}\n```\n\n~~~~\n~~~\n#Expected\n~~~~\n",
        "# A\n\n## A\n\nA\n=\n\n![p](x.png \"t\") <https://a.test/> see-a-ticket-k7f3qa #7\n",
        "<a href=\" javascript:alert(1)\">x</a><a href='//a.test'>y</a><p id=top class=x>",
    ];
    let mut seeds: Vec<Vec<u8>> = hostile.iter().map(|text| text.as_bytes().to_vec()).collect();
    seeds.extend(crate::input::texts_of_rules());
    seeds
}
