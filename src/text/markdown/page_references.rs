//! Links whose address is written for a site generator: `[a]({{< ref "b.md" >}})` (Hugo) and `[a]({% link b.md %})`
//! (Jekyll).

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::code_and_html;

static REFERENCE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let reference = r#"(?x) (?P<before> \]\( | \]: ) [\x20\t]* (?: \{\{ [^{}<%\n]* \}\} )? (?:
            \{\{ [<%] [\x20\t]* (?: rel )? ref [\x20\t]+ (?: page= )? ["`']? (?P<hugo> [^"`'<>\s]+ ) ["`']? [^<>{}\n]* [>%] \}\}
            | \{% -? [\x20\t]* (?: link | post_url ) [\x20\t]+ (?P<jekyll> [^\s<>{}%]+ ) [\x20\t]* -? %\}
        ) (?P<anchor> \# [^\s()<>]* )?"#;
    Regex::new(reference).ok()
});

/// Returns `text` with the file itself as the address of these links.
pub(super) fn with_addresses(text: &str) -> Cow<'_, str> {
    let marks = ["ref ", "{% link", "{%- link", "{% post_url", "{%- post_url"];
    let (true, Some(reference)) = (marks.iter().any(|mark| text.contains(mark)), &*REFERENCE) else {
        return Cow::Borrowed(text);
    };
    if !reference.is_match(text) {
        return Cow::Borrowed(text);
    }
    let code = code_and_html(text);
    let is_code = |at: usize| {
        let before = code.partition_point(|span| span.start <= at);
        code[..before].iter().rev().take(2).any(|span| span.contains(&at))
    };
    reference.replace_all(text, |found: &Captures<'_>| {
        let whole = &found[0];
        let start = found.get(0).map_or(0, |whole| whole.start());
        let file = found.name("hugo").or(found.name("jekyll")).map(|file| file.as_str());
        match file.filter(|_| !is_code(start)) {
            Some(file) => {
                let anchor = found.name("anchor").map_or("", |anchor| anchor.as_str());
                let space = if &found["before"] == "]:" { " " } else { "" };
                format!("{}{space}<{file}{anchor}>", &found["before"])
            }
            None => whole.to_owned(),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_of_a_site_generator_is_the_address_of_its_file() {
        for (text, expected) in [
            (r#"[a]({{< ref "./B.md" >}}) and"#, "[a](<./B.md>) and"),
            (r#"[a]({{% relref "x/B#c" %}})"#, "[a](<x/B#c>)"),
            (r#"[a]({{<ref B.md>}}) [b]({{< ref "C.md" >}}#d)"#, "[a](<B.md>) [b](<C.md#d>)"),
            (r#"[a]: {{< ref "B.md" >}}"#, "[a]: <B.md>"),
            ("[a]({% link _posts/b.md %}#c)", "[a](<_posts/b.md#c>)"),
            ("[a]({{ site.baseurl }}{% post_url 2016-01-02-b %})", "[a](<2016-01-02-b>)"),
        ] {
            assert_eq!(with_addresses(text), expected);
        }
        for text in
            [r#"`[a]({{< ref "B.md" >}})`"#, r#"    [a]({{< ref "B.md" >}})"#, "a ref b", "[a](ref b)"]
        {
            assert_eq!(with_addresses(text), text);
        }
    }

    #[test]
    fn the_time_grows_linearly() {
        crate::text::growth::assert_linear(|text| drop(with_addresses(text)));
    }
}
