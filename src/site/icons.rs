//! The icons of `icons.svg`. A page contains the symbols that it uses, because browsers refuse symbols of other files in
//! pages that are opened from a folder.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use minijinja::value::Value;
use minijinja::{ErrorKind, State};
use regex::Regex;

/// The file with the icons, below `site/`.
pub(super) const FILE: &str = "icons.svg";

/// The symbols of the icons by name.
#[derive(Default)]
pub(super) struct Icons(BTreeMap<String, String>);

/// The icons that a page used so far.
#[derive(Default)]
struct UsedIcons(BTreeSet<String>);

impl Icons {
    /// Adds the symbols of an `icons.svg`, which replace symbols with the same names.
    pub(super) fn add(&mut self, file: &str) {
        for symbol in SYMBOL.iter().flat_map(|symbol| symbol.captures_iter(file)) {
            self.0.insert(symbol[1].to_owned(), format!("<symbol id=\"i-{}\"{}", &symbol[1], &symbol[2]));
        }
    }

    /// Returns the HTML of the icon `name` and notes that the page uses it.
    pub(super) fn icon(&self, state: &mut State<'_, '_>, name: &str) -> Result<Value, minijinja::Error> {
        if !self.0.contains_key(name) {
            return Err(minijinja::Error::new(
                ErrorKind::InvalidOperation,
                format!("unknown icon `{name}`; add it to `{FILE}`"),
            ));
        }
        let used = state.get_or_insert_extension_with(UsedIcons::default);
        if !used.0.contains(name) {
            used.0.insert(name.to_owned());
        }
        Ok(Value::from_safe_string(format!(
            "<svg class=\"i\" width=\"16\" height=\"16\" aria-hidden=\"true\"><use href=\"#i-{name}\"/></svg>"
        )))
    }

    /// Returns the symbols of the icons that the page used so far.
    pub(super) fn symbols(&self, state: &State<'_, '_>) -> Value {
        let used = state.get_extension::<UsedIcons>();
        let symbols: String =
            used.into_iter().flat_map(|used| &used.0).filter_map(|name| self.0.get(name)).cloned().collect();
        Value::from_safe_string(match symbols.is_empty() {
            true => String::new(),
            false => {
                format!(
                    "<svg class=\"symbols\" width=\"0\" height=\"0\" aria-hidden=\"true\">{symbols}</svg>"
                )
            }
        })
    }
}

static SYMBOL: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?s)<symbol id="([a-z0-9-]+)"([^>]*>.*?</symbol>)"#).ok());
