//! The text of a ticket has no effect in the comment on a pull request: no mention, link, HTML or image.

use casebook::fuzzing::{ReviewTexts, comment_on_review};
use html5gum::{Token, Tokenizer};
use pulldown_cmark::{Options, Parser, html};

use crate::input::Input;

const REPOSITORY: &str = "https://forge.example/team/tickets";

pub fn run(data: &[u8]) {
    let mut input = Input(data);
    let links = input.byte() % 2 == 0;
    let texts = ReviewTexts {
        path: input.text(),
        message: input.text(),
        help: input.text(),
        title: input.text(),
        // This text is used as a file name, which cannot contain a slash.
        similar: input.text().replace('/', ""),
        similar_title: input.text(),
        answer: input.text(),
    };
    let comment = comment_on_review(&texts, links.then_some(REPOSITORY));
    assert!(comment.len() < 60_100, "{} bytes", comment.len());
    let plain = comment_on_review(&ReviewTexts::default(), None);
    let mut page = String::new();
    html::push_html(&mut page, Parser::new_ext(&comment, Options::all()));
    let (mut open, mut anchors) = (0, 0);
    for token in Tokenizer::new(page.as_str()) {
        match token {
            Ok(Token::StartTag(tag)) => match &**tag.name {
                b"code" => open += 1,
                b"p" | b"ul" | b"li" | b"strong" | b"br" => assert!(tag.attributes.is_empty(), "{page}"),
                b"a" => {
                    anchors += 1;
                    let address = tag.attributes.iter().find(|(name, _)| ***name == b"href"[..]);
                    let address = address.map(|(_, value)| String::from_utf8_lossy(value).into_owned());
                    let address = address.unwrap_or_default();
                    assert!(links && address.starts_with(&format!("{REPOSITORY}/")), "{address} in {page}");
                    let path = &address[REPOSITORY.len()..];
                    assert!(!path.split('/').any(|part| part == ".." || part == "."), "{address} in {page}");
                }
                name => panic!("<{}> in {page}", String::from_utf8_lossy(name)),
            },
            Ok(Token::EndTag(tag)) if **tag.name == b"code"[..] => open -= 1,
            // Forges look for mentions, references and addresses outside code.
            Ok(Token::String(text)) if open == 0 => {
                let text = String::from_utf8_lossy(&text).into_owned();
                let is_ours = |word: &str| plain.contains(word) || "secret(resolved, fixed):;".contains(word);
                assert!(text.split_whitespace().all(is_ours), "{text:?} is outside code in {page}");
            }
            _ => {}
        }
    }
    assert!(anchors <= 1 && open == 0, "{page}");
}

pub fn seeds() -> Vec<Vec<u8>> {
    let hostile = [
        "@team fixes #1 GH-2 a/b#3 https://a.test www.a.test mei@acme.dev",
        "[x](https://a.test) ![x](https://a.test/x.png) <img src=x> <!-- </code><b>",
        "`a` ``` \n\n# h\n\n- a\n| a |\n|---|\n&lt;b&gt; \\ \u{202e}x\u{0}y $x$ :tada: ~~a~~",
        "</code>@team\r\n</details>",
    ];
    let seed = |text: &&str| format!("\u{2}{}", [*text; 7].join("\0")).into_bytes();
    let path = "\u{2}tickets/a.md\0m\0h\0t\0x?y#z)](a\0t\0a\nb\nc\nd".as_bytes().to_vec();
    hostile.iter().map(seed).chain([path]).collect()
}
