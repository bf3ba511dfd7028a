//! Colours of code blocks, computed when the site is built.
//!
//! Only blocks with a known language are coloured. The limits depend only on the text and not on the clock, so that the same
//! files give the same bytes on every machine. The time for a line can grow with the square of its length or more, above all
//! if it repeats one character, so long lines and long blocks stay plain.

use std::sync::LazyLock;

use syntect::parsing::{ParseState, Scope, ScopeStack, SyntaxReference, SyntaxSet};
use syntect::util::LinesWithEndings;

use super::escape_into;

/// The maximum size of a coloured block in bytes.
const MAX_BLOCK: usize = 16 * 1024;

/// The maximum length of a line in bytes.
const MAX_LINE: usize = 240;

/// The maximum number of spaces and tabs in a row.
const MAX_SPACES: usize = 60;

/// The names of languages in code fences, and the name or ending under which the library knows each. A name that is not
/// here, such as `log`, is text.
///
/// The library's JavaScript and fish never end for some texts that are no JavaScript or fish. TypeScript, which is read differently, is
/// used for JavaScript, XML for HTML, and Bash for fish. Perl, PHP and Ruby are left out, because they can
/// contain JavaScript, and Makefile, because one line can take a second.
const LANGUAGES: &[(&str, &str)] = &[
    ("bash", "sh"),
    ("c", "c"),
    ("c++", "cpp"),
    ("clojure", "clj"),
    ("cpp", "cpp"),
    ("cs", "cs"),
    ("csharp", "cs"),
    ("css", "css"),
    ("dart", "dart"),
    ("diff", "diff"),
    ("docker", "dockerfile"),
    ("dockerfile", "dockerfile"),
    ("elixir", "ex"),
    ("erlang", "erl"),
    ("fish", "sh"),
    ("go", "go"),
    ("golang", "go"),
    ("graphql", "graphql"),
    ("groovy", "groovy"),
    ("haskell", "hs"),
    ("hcl", "tf"),
    ("html", "xml"),
    ("ini", "ini"),
    ("java", "java"),
    ("javascript", "ts"),
    ("js", "ts"),
    ("json", "json"),
    ("jsonc", "json"),
    ("kotlin", "kt"),
    ("kt", "kt"),
    ("lua", "lua"),
    ("nginx", "nginx"),
    ("nix", "nix"),
    ("patch", "diff"),
    ("proto", "proto"),
    ("protobuf", "proto"),
    ("py", "py"),
    ("python", "py"),
    ("r", "r"),
    ("rs", "rs"),
    ("rust", "rs"),
    ("scala", "scala"),
    ("sh", "sh"),
    ("shell", "sh"),
    ("sql", "sql"),
    ("swift", "swift"),
    ("terraform", "tf"),
    ("tf", "tf"),
    ("toml", "toml"),
    ("ts", "ts"),
    ("tsx", "tsx"),
    ("typescript", "ts"),
    ("xml", "xml"),
    ("yaml", "yaml"),
    ("yml", "yaml"),
    ("zig", "zig"),
    ("zsh", "sh"),
];

/// Returns `code` as HTML with a class for each coloured part; `None` if the language is unknown or the code too long.
pub(super) fn colored(language: &str, code: &str) -> Option<String> {
    if language.is_empty() || code.len() > MAX_BLOCK || code.lines().any(is_costly) {
        return None;
    }
    let language = language.to_ascii_lowercase();
    let place = LANGUAGES.binary_search_by(|(name, _)| (*name).cmp(&language)).ok()?;
    let syntax = SYNTAXES.find_syntax_by_token(LANGUAGES[place].1)?;
    let mut out = ColoredHtml { html: String::with_capacity(code.len() * 2), open: None };
    write(&mut out, syntax, code)?;
    out.set(None);
    Some(out.html)
}

fn is_costly(line: &str) -> bool {
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\t');
    line.len() > MAX_LINE
        || line.as_bytes().chunk_by(|a, b| is_space(a) && is_space(b)).any(|run| run.len() > MAX_SPACES)
}

static SYNTAXES: LazyLock<SyntaxSet> = LazyLock::new(two_face::syntax::extra_newlines);

fn write(out: &mut ColoredHtml, syntax: &SyntaxReference, code: &str) -> Option<()> {
    let mut state = ParseState::new(syntax);
    let mut scopes = ScopeStack::new();
    for line in LinesWithEndings::from(code) {
        let mut from = 0;
        for (at, change) in state.parse_line(line, &SYNTAXES).ok()? {
            out.push(line.get(from..at)?, &scopes);
            from = at;
            scopes.apply(&change).ok()?;
        }
        out.push(line.get(from..)?, &scopes);
    }
    Some(())
}

/// HTML that is being written, with the class of the open `<span>`.
struct ColoredHtml {
    html: String,
    open: Option<&'static str>,
}

impl ColoredHtml {
    fn push(&mut self, text: &str, scopes: &ScopeStack) {
        if text.is_empty() {
            return;
        }
        // White space has no colour, so it need not end a part.
        if !text.trim().is_empty() {
            self.set(class_of(scopes));
        }
        escape_into(&mut self.html, text);
    }

    fn set(&mut self, class: Option<&'static str>) {
        if self.open == class {
            return;
        }
        if self.open.is_some() {
            self.html.push_str("</span>");
        }
        if let Some(class) = class {
            self.html.push_str(&format!("<span class=\"{class}\">"));
        }
        self.open = class;
    }
}

/// Returns the class of the innermost scope that has one.
fn class_of(scopes: &ScopeStack) -> Option<&'static str> {
    for scope in scopes.scopes.iter().rev() {
        let class = CLASS_OF_SCOPE.iter().find(|(prefix, _)| prefix.is_prefix_of(*scope));
        if let Some((_, class)) = class {
            return *class;
        }
    }
    None
}

/// The classes of scopes. The first one that fits counts; `None` ends the search, as for code inside a text.
static CLASS_OF_SCOPE: LazyLock<Vec<(Scope, Option<&'static str>)>> = LazyLock::new(|| {
    let classes = [
        ("comment", Some("hl-c")),
        ("string", Some("hl-s")),
        ("constant", Some("hl-v")),
        ("keyword.operator", None),
        ("keyword", Some("hl-k")),
        ("storage", Some("hl-k")),
        ("entity.name.tag", Some("hl-k")),
        ("entity.name", Some("hl-f")),
        ("entity.other.attribute-name", Some("hl-f")),
        ("support.function", Some("hl-f")),
        ("variable.function", Some("hl-f")),
        ("support.type", Some("hl-k")),
        ("support.constant", Some("hl-v")),
        ("variable.language", Some("hl-k")),
        ("variable.other.readwrite.assignment", Some("hl-f")),
        ("markup.inserted", Some("hl-i")),
        ("markup.deleted", Some("hl-d")),
        ("meta.diff.range", Some("hl-k")),
        ("meta.diff.header", Some("hl-c")),
        ("meta.interpolation", None),
        ("source.shell.embedded", None),
    ];
    classes.into_iter().filter_map(|(name, class)| Some((Scope::new(name).ok()?, class))).collect()
});

#[cfg(test)]
mod tests {
    use super::super::elements;
    use super::*;

    #[test]
    fn every_language_is_known_to_the_library() {
        assert!(LANGUAGES.is_sorted());
        let is_unknown = |(_, token): &&(&str, &str)| SYNTAXES.find_syntax_by_token(token).is_none();
        assert_eq!(LANGUAGES.iter().filter(is_unknown).collect::<Vec<_>>(), Vec::<&(&str, &str)>::new());
    }

    #[test]
    fn code_is_colored_by_its_language() {
        let yaml = colored("YAML", "# note\nport: 8883\nname: \"a<b\"\n").unwrap();
        assert!(yaml.contains("<span class=\"hl-c\"># note"), "{yaml}");
        assert!(yaml.contains("<span class=\"hl-v\">8883"), "{yaml}");
        assert!(yaml.contains("&quot;a&lt;b&quot;") && !yaml.contains("a<b"), "{yaml}");
        let rust = colored("rust", "fn main() { let s = \"x\"; }\n").unwrap();
        assert!(rust.contains("<span class=\"hl-k\">fn") && rust.contains("hl-s"), "{rust}");
        let diff = colored("diff", "-a\n+b\n").unwrap();
        assert!(diff.contains("hl-d") && diff.contains("hl-i"), "{diff}");
        for html in [yaml, rust, diff] {
            let classes: Vec<&str> = html.split("class=\"").skip(1).map(|part| &part[..4]).collect();
            let allowed = elements::CLASSES.iter().find(|(tag, _)| *tag == "span").unwrap().1;
            assert!(classes.iter().all(|class| allowed.contains(class)), "{classes:?}");
            assert_eq!(html.matches("<span").count(), html.matches("</span>").count(), "{html}");
        }
    }

    #[test]
    fn text_without_a_known_language_and_long_code_stay_plain() {
        assert_eq!(colored("", "let x = 1;"), None);
        assert_eq!(colored("log", "let x = 1;"), None);
        assert_eq!(colored("rust", &"let x = 1;\n".repeat(7_000)), None);
        assert_eq!(colored("rust", &"x".repeat(MAX_LINE + 1)), None);
        assert_eq!(colored("css", &format!("a{}b", " ".repeat(MAX_SPACES + 1))), None);
        assert!(colored("rust", &"x".repeat(MAX_LINE)).is_some());
    }

    #[test]
    fn text_that_is_no_code_ends_in_every_language() {
        let text = "{\n\t“name”: “value”,\n\t“port”: “1”, /* which one? */\n\t“secret”: undefined /* the key */\n}\n";
        let around = [
            ("", ""),
            ("/**\n * <script>\n", "</script>\n*/\n"),
            ("<script>\n", "</script>\n"),
            ("x = <<~JAVASCRIPT\n", "JAVASCRIPT\n"),
            ("cat <<JS\n", "JS\n"),
            ("\"\"\"\n", "\"\"\"\n"),
            ("js`\n", "`\n"),
        ];
        for (language, _) in LANGUAGES {
            for (before, after) in around {
                assert!(
                    colored(language, &format!("{before}{text}{after}")).is_some(),
                    "{language}: {before}"
                );
            }
        }
    }

    #[test]
    fn a_sign_that_is_repeated_ends_in_every_language() {
        for sign in ["(", "[", "{", "<", "\"", "'", "\\", "`", "$", "/*", "<a ", "a.", "#{", "${", "begin "] {
            let line = sign.repeat(MAX_LINE / sign.len());
            let text = format!("{line}\n{line}\nend\n");
            for (language, _) in LANGUAGES {
                assert!(colored(language, &text).is_some(), "{language}: {sign}");
            }
        }
    }

    #[test]
    fn the_text_of_a_colored_block_stays_the_same() {
        let code = "#!/bin/sh\n\tfor f in *.log; do\n  grep -q 'a & b' \"$f\" && echo \"${f%.log} <ok>\"\ndone\n\u{1F980}\n";
        for (language, _) in LANGUAGES {
            let html = colored(language, code).unwrap_or_else(|| panic!("{language}"));
            let mut text = String::new();
            let mut is_tag = false;
            for c in html.chars() {
                match c {
                    '<' => is_tag = true,
                    '>' => is_tag = false,
                    c if !is_tag => text.push(c),
                    _ => {}
                }
            }
            for (entity, c) in
                [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")]
            {
                text = text.replace(entity, c);
            }
            assert_eq!(text, code, "{language}");
        }
    }
}
