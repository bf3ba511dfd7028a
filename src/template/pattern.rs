//! Regular expressions that the values of text fields must match. A template is hostile input: a short expression can
//! need a lot of memory and time.

use std::sync::OnceLock;

use regex::{Regex, RegexBuilder};

/// The maximum length of an expression, in bytes.
pub(super) const MAX_LENGTH: usize = 500;
/// The maximum number of expressions in one template.
pub(super) const MAX_PATTERNS: usize = 100;
/// The maximum number of expressions in all templates. Each can take 10 ms to compile.
pub(super) const MAX_ALL_PATTERNS: usize = 300;
/// The maximum length of a value that is compared with an expression, in bytes.
pub(crate) const MAX_VALUE_LENGTH: usize = 1_000;
/// The maximum size of a compiled expression in bytes. `\w{20}` needs 900 kB.
const MAX_COMPILED_SIZE: usize = 1 << 20;
/// The maximum depth of groups.
const MAX_DEPTH: u32 = 50;

/// A regular expression. It is compiled on first use and only once, because most commands read templates without
/// checking a value.
#[derive(Clone, Debug)]
pub struct Pattern {
    text: String,
    compiled: OnceLock<Result<Regex, String>>,
}

impl Pattern {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), compiled: OnceLock::new() }
    }

    /// Returns the expression as written in the template.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Returns true if `value` matches. Every value matches an invalid expression, which is a finding in the template
    /// and must not make every ticket invalid.
    pub(super) fn matches(&self, value: &str) -> bool {
        self.compiled().as_ref().map_or(true, |regex| regex.is_match(value))
    }

    /// Returns a description of the problem if the expression is invalid or too large.
    pub(super) fn problem(&self) -> Option<&str> {
        self.compiled().as_ref().err().map(String::as_str)
    }

    #[cfg(test)]
    pub(super) fn is_compiled(&self) -> bool {
        self.compiled.get().is_some()
    }

    fn compiled(&self) -> &Result<Regex, String> {
        self.compiled.get_or_init(|| {
            RegexBuilder::new(&self.text)
                .size_limit(MAX_COMPILED_SIZE)
                .dfa_size_limit(MAX_COMPILED_SIZE)
                .nest_limit(MAX_DEPTH)
                .build()
                .map_err(|error| match error {
                    regex::Error::CompiledTooBig(_) => {
                        "regular expression too large: its repetitions need over 1 MB".to_owned()
                    }
                    other => {
                        let reason = other.to_string();
                        let last = reason.lines().last().unwrap_or_default().trim_start_matches("error: ");
                        format!("invalid regular expression: {last}")
                    }
                })
        })
    }
}

/// Expressions are equal if their texts are equal, compiled or not.
impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expression_that_needs_much_memory_is_refused() {
        for hostile in [
            r"(\pL{50}){40}".to_owned(),
            r"\w{200}".to_owned(),
            "(a{1000}){1000}".to_owned(),
            "(((a{30}){30}){30}){30}".to_owned(),
            r"(?i)[\pL\pN]{99}".to_owned(),
        ] {
            let pattern = Pattern::new(hostile);
            let problem = pattern.problem().unwrap_or_default();
            assert!(problem.contains("too large"), "{}: {problem}", pattern.text());
            assert!(pattern.matches("anything"), "a broken template must not make tickets invalid");
        }
        let nested = Pattern::new(format!("{}a{}", "(".repeat(200), ")".repeat(200)));
        assert!(nested.problem().is_some_and(|problem| problem.starts_with("invalid")), "{nested:?}");
    }

    #[test]
    fn an_ordinary_expression_is_accepted() {
        for ordinary in [
            r"^\d+(\.\d+)+$",
            r"^\w{3,20}$",
            r"^[\w.+-]+@[\w-]+(\.[\w-]+)+$",
            r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$",
            r"(?i)^(production|staging)-\pL+$",
        ] {
            assert_eq!(Pattern::new(ordinary).problem(), None, "{ordinary}");
        }
    }

    #[test]
    fn an_expression_is_compiled_only_when_it_is_used() {
        let pattern = Pattern::new(r"^\d+$");
        assert!(!pattern.is_compiled());
        assert!(pattern.matches("12") && !pattern.matches("x"));
        assert!(pattern.is_compiled());
    }
}
