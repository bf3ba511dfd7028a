//! Formulas as MathML, which browsers show without scripts.

use std::collections::HashSet;
use std::panic::catch_unwind;
use std::thread;

use ammonia::Builder;
use pulldown_latex::config::DisplayMode;
use pulldown_latex::{Parser, ParserError, RenderConfig, Storage, push_mathml};

use super::escape;

/// The maximum length of a formula in bytes. A longer one is shown as its source.
const MAX_SOURCE: usize = 2_000;
/// The maximum length of the MathML of a formula in bytes.
const MAX_MATHML: usize = 64_000;

/// The number of commands and braces from which a formula is converted on a thread with a larger stack.
const MANY_PARTS: usize = 24;
/// The size of this stack in bytes. The library calls itself for each part in another part, and [`MAX_SOURCE`] bounds how
/// often.
const STACK: usize = 64 * 1024 * 1024;

/// Commands that define other commands. A definition that uses itself would never end.
const DEFINITIONS: &[&str] =
    &["def", "let", "newcommand", "renewcommand", "providecommand", "futurelet", "csname"];

/// The elements of a formula. None of them can be a link, run code or contain HTML.
const ELEMENTS: &[&str] = &[
    "math",
    "menclose",
    "mfrac",
    "mi",
    "mmultiscripts",
    "mn",
    "mo",
    "mover",
    "mpadded",
    "mphantom",
    "mprescripts",
    "mroot",
    "mrow",
    "mspace",
    "msqrt",
    "mstyle",
    "msub",
    "msubsup",
    "msup",
    "mtable",
    "mtd",
    "mtext",
    "mtr",
    "munder",
    "munderover",
];

/// The attributes of these elements: sizes and spaces, and the classes that the library writes for tables.
const ATTRIBUTES: &[&str] = &[
    "accent",
    "accentunder",
    "class",
    "display",
    "displaystyle",
    "fence",
    "form",
    "largeop",
    "linethickness",
    "lspace",
    "mathvariant",
    "maxsize",
    "minsize",
    "movablelimits",
    "notation",
    "rspace",
    "scriptlevel",
    "separator",
    "stretchy",
    "symmetric",
    "width",
];

/// Returns whether formulas use the element `name`.
#[cfg(test)]
pub(super) fn is_element(name: &str) -> bool {
    ELEMENTS.contains(&name)
}

/// Returns the formula `latex` as MathML, or as its source between `mark` if it cannot be converted.
pub(super) fn formula(latex: &str, is_display: bool) -> String {
    let mark = if is_display { "$$" } else { "$" };
    mathml(latex, is_display).unwrap_or_else(|| {
        format!("<code class=\"formula\">{}</code>", escape(&format!("{mark}{latex}{mark}")))
    })
}

/// Returns the MathML of `latex`; `None` if it is too long or not valid.
pub(super) fn mathml(latex: &str, is_display: bool) -> Option<String> {
    let defines = |name: &str| latex.contains(&format!("\\{name}"));
    if latex.len() > MAX_SOURCE || latex.trim().is_empty() || DEFINITIONS.iter().any(|name| defines(name)) {
        return None;
    }
    let display_mode = if is_display { DisplayMode::Block } else { DisplayMode::Inline };
    // The library has no known panic, but its authors ask for more tests.
    let html = catch_unwind(|| convert_safely(latex, display_mode)).ok().flatten()?;
    let start = format!("<math display=\"{}\"", if is_display { "block" } else { "inline" });
    let rest = html.strip_prefix(&start)?;
    // Programs that read the page aloud or copy from it can use the source.
    let html = format!("{start} alttext=\"{}\"{rest}", escape(latex));
    (html.len() <= MAX_MATHML).then_some(html)
}

/// The formulas of one text. The sanitiser removes MathML from raw HTML, because attacks have used it; the formulas are
/// checked on their own, and put into the text afterwards.
pub(super) struct Formulas {
    /// The beginning of each mark. A text cannot contain it, because it depends on the whole text.
    mark: String,
    html: Vec<String>,
}

impl Formulas {
    pub(super) fn new(text: &str) -> Self {
        let mark = match text.contains(['$', '\\', '`', '~']) {
            true => format!("formula-{}-", &blake3::hash(text.as_bytes()).to_hex()[..32]),
            false => String::new(),
        };
        Self { mark, html: Vec::new() }
    }

    /// Returns the mark for a formula whose HTML is `html`.
    pub(super) fn add(&mut self, html: String) -> String {
        self.html.push(html);
        format!("{}{};", self.mark, self.html.len() - 1)
    }

    /// Replaces the marks in `text` with the formulas.
    pub(super) fn fill(&self, text: String) -> String {
        if self.html.is_empty() {
            return text;
        }
        let mut parts = text.split(self.mark.as_str());
        let mut out = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (number, rest) = part.split_once(';').unwrap_or_default();
            let html = number.parse::<usize>().ok().and_then(|number| self.html.get(number));
            out.push_str(html.map_or("", String::as_str));
            out.push_str(rest);
        }
        out
    }
}

/// Converts `latex` without the risk that a formula with many nested parts uses up the stack, which would end the process.
fn convert_safely(latex: &str, display_mode: DisplayMode) -> Option<String> {
    if latex.matches(['\\', '{', '^', '_', '\'']).count() < MANY_PARTS {
        return convert(latex, display_mode);
    }
    thread::scope(|scope| {
        let builder = thread::Builder::new().stack_size(STACK);
        let converted = builder.spawn_scoped(scope, || convert(latex, display_mode)).ok()?;
        converted.join().ok().flatten()
    })
}

fn convert(latex: &str, display_mode: DisplayMode) -> Option<String> {
    let storage = Storage::new();
    let events: Vec<_> = Parser::new(latex, &storage).collect::<Result<_, ParserError>>().ok()?;
    let mut html = String::new();
    let config = RenderConfig { display_mode, ..RenderConfig::default() };
    push_mathml(&mut html, events.into_iter().map(Ok::<_, ParserError>), config).ok()?;
    let set = |names: &[&'static str]| -> HashSet<&'static str> { names.iter().copied().collect() };
    let mut builder = Builder::empty();
    builder.tags(set(ELEMENTS)).generic_attributes(set(ATTRIBUTES)).link_rel(None).strip_comments(true);
    Some(builder.clean(&html).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_becomes_mathml() {
        let html = mathml("x_1 = a*b", false).unwrap();
        assert!(
            html.starts_with("<math display=\"inline\" alttext=\"x_1 = a*b\"><msub><mi>x</mi>"),
            "{html}"
        );
        let html =
            mathml("\\begin{cases} \\frac{a}{b} & \\sqrt{c} \\\\ d & \\text{if } x < 1 \\end{cases}", true)
                .unwrap();
        assert!(
            html.contains("<mtable class=") && html.contains("<mfrac>") && html.contains("&lt;"),
            "{html}"
        );
    }

    #[test]
    fn what_cannot_be_converted_is_shown_as_its_source() {
        assert_eq!(formula("\\unknown{x}", false), "<code class=\"formula\">$\\unknown{x}$</code>");
        for latex in
            ["\\frac{", "\\def\\a{\\a\\a}\\a", "\\href{javascript:alert(1)}{x}", "", "\\newcommand{\\b}{x}"]
        {
            assert_eq!(mathml(latex, true), None, "{latex}");
        }
        assert_eq!(mathml(&"x".repeat(MAX_SOURCE + 1), true), None);
        assert!(mathml(&"{".repeat(MAX_SOURCE), true).is_none());
        let deep = format!("{}x{}", "{".repeat(MAX_SOURCE / 2 - 1), "}".repeat(MAX_SOURCE / 2 - 1));
        assert!(mathml(&deep, true).is_none_or(|html| html.len() <= MAX_MATHML));
    }

    #[test]
    fn nested_formulas_do_not_use_up_the_stack() {
        let nested = |start: &str, end: &str| {
            let times = (MAX_SOURCE - 1) / (start.len() + end.len());
            format!("{}x{}", start.repeat(times), end.repeat(times))
        };
        for (start, end) in [
            ("\\sqrt ", ""),
            ("\\sqrt{", "}"),
            ("\\frac1", ""),
            ("\\frac ", ""),
            ("x^{", "}"),
            ("x_{", "}"),
            ("\\text{", "}"),
            ("\\text{$", "$}"),
            ("\\begin{matrix}", "\\end{matrix}"),
            ("\\hat ", ""),
            ("\\left(", "\\right)"),
            ("\\binom1", ""),
            ("\\underbrace{", "}"),
            ("'", ""),
            ("^", ""),
            ("(", ")"),
            ("&", ""),
            ("{", "}"),
        ] {
            let html = formula(&nested(start, end), true);
            assert!(html.starts_with("<math") || html.starts_with("<code"), "{start}");
        }
    }

    #[test]
    fn a_formula_is_harmless() {
        let quoted = regex::Regex::new("\"[^\"]*\"").unwrap();
        for latex in [
            "\\text{<script>alert(1)</script>}",
            "\\color{red;background:url(x)} x",
            "\\color{red} x",
            "\\text{\" onclick=alert(1)}",
            "\\text{</math><img src=x onerror=alert(1)>}",
            "\\operatorname{<img src=x>}",
            "\\begin{array}{c\" onclick=\"x} a \\end{array}",
            "\\mathrm{</mtext><a href=javascript:alert(1)>}",
        ] {
            let html = formula(latex, false);
            let without_values = quoted.replace_all(&html, "");
            for tag in without_values.split('<').skip(1).map(|rest| rest.split('>').next().unwrap()) {
                let mut parts = tag.trim_start_matches('/').split([' ', '=']).filter(|part| !part.is_empty());
                let name = parts.next().unwrap();
                assert!(name == "code" || ELEMENTS.contains(&name), "{name} in {html}");
                assert!(parts.all(|name| name == "alttext" || ATTRIBUTES.contains(&name)), "{html}");
            }
        }
    }

    proptest::proptest! {
        #![proptest_config(crate::trials::trials(256))]

        #[test]
        fn any_text_is_a_formula_or_its_source(
            parts in proptest::collection::vec(
                "x|_|\\^|[{}]|&|\\\\\\\\|<|[0-9]| |'|\\[|\\]|\\\\(frac|sqrt|left|right|begin\\{cases\\}|end\\{cases\\}|text\\{|color\\{red\\}|sum|limits|hat|not|middle|hline)",
                0..24,
            ),
        ) {
            let html = formula(&parts.concat(), false);
            proptest::prop_assert!(html.starts_with("<math") || html.starts_with("<code"));
            proptest::prop_assert!(!html.contains("style="));
        }
    }
}
