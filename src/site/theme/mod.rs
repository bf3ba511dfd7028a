//! The theme of the site: templates, words and assets. They are embedded in the binary, and files with the same paths
//! in a casebook repository replace them.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Kwargs, Value};
use minijinja::{AutoEscape, Environment, ErrorKind, UndefinedBehavior};
use rust_embed::RustEmbed;

use super::assets::Assets;
use super::markdown::escape_into;
use super::words::{TextArgument, Words, number};
use super::{Html, SiteError};

#[derive(RustEmbed)]
#[folder = "site/"]
struct Embedded;

/// The folder of a casebook repository whose files replace files of the built-in theme.
pub(crate) const FOLDER: &str = "site";

/// The maximum number of steps in a template: a hundred times as many as a long built-in page needs.
const FUEL: u64 = 5_000_000;

/// Files that replace or extend the built-in theme, by their path below `site/`.
pub(crate) type Overrides = BTreeMap<String, Vec<u8>>;

/// The templates, words and assets of a site.
pub(crate) struct Theme {
    environment: Environment<'static>,
    words: Arc<Words>,
    assets: Arc<Assets>,
}

impl Theme {
    /// Creates a theme for `language`: `en`, `zh`, or a language for which `overrides` has words.
    pub(crate) fn new(overrides: &Overrides, language: &str) -> Result<Self, SiteError> {
        let words = Arc::new(read_words(overrides, language)?);
        let assets = Arc::new(Assets::of(&read_assets(overrides)));
        let mut environment = Environment::new();
        environment.set_syntax(syntax());
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_fuel(Some(FUEL));
        environment.set_auto_escape_callback(|name| {
            if name.ends_with(".html") || name.ends_with(".xml") {
                AutoEscape::Html
            } else {
                AutoEscape::None
            }
        });
        environment.set_formatter(write_value);
        environment.add_function("t", {
            let words = Arc::clone(&words);
            move |key: &str, values: Kwargs| say(&words, key, &values)
        });
        environment.add_function("number", number);
        environment.add_function("asset", {
            let assets = Arc::clone(&assets);
            move |name: &str| {
                assets.names.get(name).cloned().ok_or_else(|| {
                    minijinja::Error::new(ErrorKind::InvalidOperation, format!("unknown asset `{name}`"))
                })
            }
        });
        let templates: BTreeMap<String, Vec<u8>> = overrides
            .iter()
            .filter(|(name, _)| is_template(name))
            .map(|(n, b)| (n.clone(), b.clone()))
            .collect();
        environment.set_loader(move |name| load(&templates, name));
        Ok(Self { environment, words, assets })
    }

    pub(crate) fn words(&self) -> &Words {
        &self.words
    }

    /// Returns the bytes of every asset by its published path.
    pub(crate) fn files(&self) -> &BTreeMap<String, Vec<u8>> {
        &self.assets.files
    }

    /// Returns the module `name` below `assets/`, followed by all the modules that it loads.
    pub(crate) fn modules(&self, name: &str) -> Vec<String> {
        self.assets.modules(name)
    }

    /// Makes `value` available to every template as `name`.
    pub(crate) fn set_global(&mut self, name: &'static str, value: Value) {
        self.environment.add_global(name, value);
    }

    pub(crate) fn render(&self, name: &str, context: Value) -> Result<String, SiteError> {
        let failed = |error: minijinja::Error| SiteError::Template {
            name: error.name().unwrap_or(name).to_owned(),
            line: error.line(),
            why: explain(&error),
        };
        self.environment.get_template(name).map_err(failed)?.render(context).map_err(failed)
    }
}

/// Returns a syntax in which a line with only a tag leaves no blank line in the page.
fn syntax() -> SyntaxConfig {
    SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build().unwrap_or_default()
}

fn is_template(name: &str) -> bool {
    name.ends_with(".html") || name.ends_with(".xml")
}

fn load(overrides: &BTreeMap<String, Vec<u8>>, name: &str) -> Result<Option<String>, minijinja::Error> {
    let bytes = match overrides.get(name) {
        Some(bytes) => Cow::Borrowed(bytes.as_slice()),
        None => match Embedded::get(name) {
            Some(file) => file.data,
            None => return Ok(None),
        },
    };
    String::from_utf8(bytes.into_owned())
        .map(Some)
        .map_err(|_| minijinja::Error::new(ErrorKind::SyntaxError, "the template is not valid UTF-8"))
}

/// Formats an error and its causes on one line.
fn explain(error: &minijinja::Error) -> String {
    let mut why = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        why.push_str(": ");
        why.push_str(&cause.to_string());
        source = cause.source();
    }
    why
}

/// Writes a value into a page. Replaces minijinja's function, which also escapes `/` and makes links unreadable.
fn write_value(
    out: &mut minijinja::Output<'_>,
    state: &mut minijinja::State<'_, '_>,
    value: &Value,
) -> Result<(), minijinja::Error> {
    if matches!(state.auto_escape(), AutoEscape::Html)
        && !value.is_safe()
        && let Some(text) = value.as_str()
    {
        let mut escaped = String::with_capacity(text.len() + 8);
        escape_into(&mut escaped, text);
        out.write_str(&escaped).map_err(minijinja::Error::from)
    } else if value.is_none() {
        Ok(())
    } else {
        minijinja::escape_formatter(out, state, value)
    }
}

fn say(words: &Words, key: &str, values: &Kwargs) -> Result<Value, minijinja::Error> {
    let names: Vec<&str> = values.args().collect();
    let arguments = names.iter().map(|name| values.get::<Value>(name).map(|value| (*name, value)));
    let arguments: Vec<(&str, Value, String)> = arguments
        .map(|pair| pair.map(|(name, value)| (name, value.clone(), value.to_string())))
        .collect::<Result<_, _>>()?;
    let parts: Vec<(&str, TextArgument<'_>)> = arguments
        .iter()
        .map(|(name, value, text)| {
            let number = value.as_usize();
            let part = match number {
                Some(n) => TextArgument::Number(n),
                None if value.is_safe() => TextArgument::Html(text),
                None => TextArgument::Text(text),
            };
            (*name, part)
        })
        .collect();
    words.say(key, &parts).map(Value::from).ok_or_else(|| {
        minijinja::Error::new(ErrorKind::InvalidOperation, format!("unknown key `{key}` in the site's words"))
    })
}

fn read_words(overrides: &Overrides, language: &str) -> Result<Words, SiteError> {
    let name = format!("words/{language}.yml");
    let mut sources: Vec<(String, String)> = Vec::new();
    for (name, built_in) in [("words/en.yml", true), (&name, true), ("words/en.yml", false), (&name, false)] {
        if (name == "words/en.yml" && !built_in && language != "en")
            || sources.iter().any(|(n, _)| n == name && built_in)
        {
            continue;
        }
        let bytes = if built_in {
            Embedded::get(name).map(|file| file.data.into_owned())
        } else {
            overrides.get(name).cloned()
        };
        let Some(bytes) = bytes else { continue };
        let file = if built_in { name.to_owned() } else { format!("{FOLDER}/{name}") };
        let text = String::from_utf8(bytes).map_err(|_| SiteError::Words {
            file: file.clone(),
            why: "the file is not valid UTF-8".to_owned(),
        })?;
        sources.push((file, text));
    }
    Words::read(sources.iter().map(|(name, text)| (name.as_str(), text.as_str())))
}

/// Reads the built-in assets and the repository's assets, by their names below `assets/`.
fn read_assets(overrides: &Overrides) -> BTreeMap<String, Vec<u8>> {
    let built_in =
        Embedded::iter().filter_map(|name| Some((name.to_string(), Embedded::get(&name)?.data.into_owned())));
    let all = built_in.chain(overrides.iter().map(|(name, bytes)| (name.clone(), bytes.clone())));
    all.filter_map(|(path, bytes)| Some((path.strip_prefix("assets/")?.to_owned(), bytes))).collect()
}

impl From<Html> for Value {
    fn from(html: Html) -> Self {
        Self::from_safe_string(html.into_string())
    }
}

#[cfg(test)]
mod tests {
    use minijinja::context;

    use super::*;

    fn theme(files: &[(&str, &str)]) -> Result<Theme, SiteError> {
        let overrides =
            files.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect();
        Theme::new(&overrides, "en")
    }

    #[test]
    fn a_repository_can_replace_a_single_template() {
        let theme = theme(&[("parts/badge.html", "<i>{{ x }}</i>")]).unwrap();
        assert_eq!(theme.render("parts/badge.html", context! { x => "a/b<" }).unwrap(), "<i>a/b&lt;</i>");
        assert!(
            theme
                .render("parts/time.html", context! { when => context! { at => 1, text => 2, date => 3 } })
                .is_ok()
        );
    }

    #[test]
    fn the_name_of_an_asset_depends_on_its_content() {
        let built_in = theme(&[]).unwrap();
        let own = theme(&[("assets/site.css", "body{}")]).unwrap();
        let path_of = |theme: &Theme| theme.assets.names["site.css"].clone();
        assert_ne!(path_of(&built_in), path_of(&own));
        let path = &path_of(&own);
        assert_eq!(own.files()[path], b"body{}");
        assert_eq!(own.files().keys().filter(|name| name.ends_with(".css")).count(), 1);
    }

    #[test]
    fn a_repository_can_replace_single_words() {
        let theme = theme(&[("words/en.yml", "nav: { services: Systems }")]).unwrap();
        assert_eq!(
            (theme.words().plain("nav.services"), theme.words().plain("nav.tags")),
            ("Systems", "Tags")
        );
    }

    #[test]
    fn an_error_in_a_template_names_the_file_and_the_line() {
        let theme = theme(&[("home.html", "\n{{ nothing.here }}")]).unwrap();
        let error = theme.render("home.html", context! {}).unwrap_err().to_string();
        assert!(error.contains("site/home.html:2"), "{error}");
        let error =
            self::theme(&[("home.html", "{{ t('no.such') }}")]).unwrap().render("home.html", context! {});
        assert!(error.unwrap_err().to_string().contains("no.such"));
    }

    #[test]
    fn a_template_that_runs_too_long_is_stopped() {
        let theme = theme(&[(
            "home.html",
            "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        )]);
        assert!(theme.unwrap().render("home.html", context! {}).is_err());
    }
}
