//! The icons of `icons.svg`. A page contains the symbols that it uses, because browsers refuse symbols of other files in
//! pages that are opened from a folder.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use foldhash::HashMap;
use minijinja::value::Value;
use minijinja::{ErrorKind, State};
use regex::Regex;

/// The file with the icons, below `site/`.
pub(super) const FILE: &str = "icons.svg";

/// The icons by name.
#[derive(Default)]
pub(super) struct Icons(HashMap<String, Icon>);

/// An icon as HTML.
struct Icon {
    /// The symbol, which stands once in a page.
    symbol: String,
    /// The use of the symbol.
    used: Value,
}

/// The icons that a page used so far.
#[derive(Default)]
struct UsedIcons(BTreeSet<String>);

impl Icons {
    /// Adds the symbols of an `icons.svg`, which replace symbols with the same names.
    pub(super) fn add(&mut self, file: &str) {
        for symbol in SYMBOL.iter().flat_map(|symbol| symbol.captures_iter(file)) {
            let name = &symbol[1];
            let used = format!(
                "<svg class=\"i\" width=\"16\" height=\"16\" aria-hidden=\"true\"><use href=\"#i-{name}\"/></svg>"
            );
            let symbol = format!("<symbol id=\"i-{name}\"{}", &symbol[2]);
            self.0.insert(name.to_owned(), Icon { symbol, used: Value::from_safe_string(used) });
        }
    }

    /// Returns the HTML of the icon `name` and notes that the page uses it.
    pub(super) fn icon(&self, state: &mut State<'_, '_>, name: &str) -> Result<Value, minijinja::Error> {
        let icon = self.0.get(name).ok_or_else(|| {
            let reason = format!("unknown icon `{name}`; add it to `{FILE}`");
            minijinja::Error::new(ErrorKind::InvalidOperation, reason)
        })?;
        let used = state.get_or_insert_extension_with(UsedIcons::default);
        if !used.0.contains(name) {
            used.0.insert(name.to_owned());
        }
        Ok(icon.used.clone())
    }

    /// Returns the symbols of the icons that the page used so far.
    pub(super) fn symbols(&self, state: &State<'_, '_>) -> Value {
        let used = state.get_extension::<UsedIcons>();
        let icons = used.into_iter().flat_map(|used| &used.0).filter_map(|name| self.0.get(name));
        let symbols: String = icons.map(|icon| icon.symbol.as_str()).collect();
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
