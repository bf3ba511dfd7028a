//! The theme of the site: templates, words and assets. They are embedded in the binary, and files with the same paths
//! in a casebook repository replace them. A file with a problem is reported, and the built-in file is used instead.

mod limits;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use foldhash::HashMap;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Kwargs, Value};
use minijinja::{AutoEscape, Environment, ErrorKind, UndefinedBehavior, context};
use rust_embed::RustEmbed;

use super::assets::Assets;
use super::icons::{self, Icons};
use super::inputs::{Input, note};
use super::markdown::escape_into;
use super::theme_problem::ThemeProblem;
use super::words::{TextArgument, Words, number};
use super::{Html, SiteError};
use crate::text::harmless_lines;

#[derive(RustEmbed)]
#[folder = "site/"]
struct Embedded;

/// The maximum number of steps in a template: forty times as many as a long built-in page needs.
const FUEL: u64 = 2_000_000;

/// Files that replace or extend the built-in theme, by their path below `site/`.
pub(crate) type Overrides = BTreeMap<String, Vec<u8>>;

/// The templates, words and assets of a site.
pub(crate) struct Theme {
    built_in: Environment<'static>,
    /// The built-in templates with those of the repository; `None` if the repository has none.
    own: Option<Environment<'static>>,
    words: Arc<Words>,
    assets: Arc<Assets>,
    problems: Mutex<BTreeSet<ThemeProblem>>,
    /// Is called for each new problem.
    report: Option<fn(&ThemeProblem)>,
}

impl Theme {
    /// Creates a theme for `language`: `en`, `zh`, or a language for which `overrides` has words. `problems` are those
    /// of files that could not be read. `report` is called for each problem, also for those that pages find later.
    pub(crate) fn new(
        overrides: &Overrides,
        mut problems: BTreeSet<ThemeProblem>,
        language: &str,
        report: Option<fn(&ThemeProblem)>,
    ) -> Self {
        let words = Arc::new(read_words(overrides, language, &mut problems));
        let assets = Arc::new(Assets::of(&read_assets(overrides)));
        let icons = Arc::new(read_icons(overrides, &mut problems));
        let templates = read_templates(overrides, &mut problems);
        let own = (!templates.is_empty()).then(|| environment(templates, &words, &assets, &icons));
        if let Some(report) = report {
            problems.iter().for_each(report);
        }
        let built_in = environment(BTreeMap::new(), &words, &assets, &icons);
        Self { built_in, own, words, assets, problems: Mutex::new(problems), report }
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
        if let Some(own) = &mut self.own {
            own.add_global(name, value.clone());
        }
        self.built_in.add_global(name, value);
    }

    /// Returns the problems of the repository's files that are known so far, sorted by file.
    pub(crate) fn problems(&self) -> Vec<ThemeProblem> {
        self.problems.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    /// Renders the template `name`. If a template of the repository fails, the page is rendered with the built-in
    /// templates, which show the variable `theme_problem`.
    pub(crate) fn render(&self, name: &str, context: Value) -> Result<String, SiteError> {
        let Some(own) = &self.own else { return self.render_built_in(name, context) };
        match render_in(own, name, context.clone()) {
            Ok(text) => Ok(text),
            Err(error) => {
                let problem = ThemeProblem::of_template(name, &error);
                let shown = problem.to_string();
                note(|| Input::ThemeProblem);
                self.add_problem(problem);
                self.render_built_in(name, context! { theme_problem => shown, ..context })
            }
        }
    }

    fn render_built_in(&self, name: &str, context: Value) -> Result<String, SiteError> {
        render_in(&self.built_in, name, context)
            .map_err(|error| SiteError::Template(ThemeProblem::of_template(name, &error)))
    }

    fn add_problem(&self, problem: ThemeProblem) {
        let mut problems = self.problems.lock().unwrap_or_else(PoisonError::into_inner);
        if problems.insert(problem.clone())
            && let Some(report) = self.report
        {
            report(&problem);
        }
    }
}

/// Renders the template `name`. Marks that change the writing direction and control characters are replaced in the whole
/// page, because a title with them can look like another one.
fn render_in(environment: &Environment<'_>, name: &str, context: Value) -> Result<String, minijinja::Error> {
    let page = environment.get_template(name)?.render(context)?;
    Ok(match harmless_lines(&page) {
        Cow::Borrowed(_) => page,
        Cow::Owned(harmless) => harmless,
    })
}

/// Creates a template engine with the built-in templates, some of them replaced by `templates`.
fn environment(
    templates: BTreeMap<String, String>,
    words: &Arc<Words>,
    assets: &Arc<Assets>,
    icons: &Arc<Icons>,
) -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_syntax(syntax());
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    // A loop can put a namespace's list into a new list, and a million lists inside each other overflow the stack.
    environment.remove_global("namespace");
    environment.set_auto_escape_callback(
        |name| {
            if is_template(name) { AutoEscape::Html } else { AutoEscape::None }
        },
    );
    environment.set_formatter(write_value);
    environment.add_function("t", {
        let words = Arc::clone(words);
        // A page has dozens of texts without parts. They are shared by all pages.
        let whole: HashMap<String, Value> =
            words.all().map(|(key, text)| (key.to_owned(), text.into())).collect();
        move |key: &str, values: Kwargs| match whole.get(key).filter(|_| values.args().next().is_none()) {
            Some(text) => Ok(text.clone()),
            None => say(&words, key, &values),
        }
    });
    environment.add_function("number", number);
    environment.add_function("asset", {
        let names: HashMap<String, Value> =
            assets.names.iter().map(|(name, path)| (name.clone(), Value::from(path.as_str()))).collect();
        move |name: &str| {
            names.get(name).cloned().ok_or_else(|| {
                minijinja::Error::new(ErrorKind::InvalidOperation, format!("unknown asset `{name}`"))
            })
        }
    });
    environment.add_function("icon", {
        let icons = Arc::clone(icons);
        move |state: &mut minijinja::State<'_, '_>, name: &str| icons.icon(state, name)
    });
    environment.add_function("symbols", {
        let icons = Arc::clone(icons);
        move |state: &mut minijinja::State<'_, '_>| icons.symbols(state)
    });
    environment.set_loader(move |name| {
        Ok(templates.get(name).cloned().or_else(|| {
            let file = Embedded::get(name)?;
            String::from_utf8(file.data.into_owned()).ok()
        }))
    });
    environment
}

/// Returns a syntax in which a line with only a tag leaves no blank line in the page.
fn syntax() -> SyntaxConfig {
    SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build().unwrap_or_default()
}

fn is_template(name: &str) -> bool {
    name.ends_with(".html") || name.ends_with(".xml")
}

/// Returns the templates of the repository that can be compiled.
fn read_templates(overrides: &Overrides, problems: &mut BTreeSet<ThemeProblem>) -> BTreeMap<String, String> {
    let compiled = |(name, bytes): (&String, &Vec<u8>)| {
        let text = limits::text_of(name, bytes)?;
        limits::check_template(name, &text)?;
        let mut environment = Environment::new();
        environment.set_syntax(syntax());
        let template = environment.template_from_named_str(name, &text).map(drop);
        template.map_err(|error| ThemeProblem::of_template(name, &error))?;
        Ok((name.clone(), text))
    };
    let templates = overrides.iter().filter(|(name, _)| is_template(name) && !name.starts_with(ASSETS));
    templates
        .map(compiled)
        .filter_map(|result| result.map_err(|problem| problems.insert(problem)).ok())
        .collect()
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

/// Reads the words of `language`: the English ones, those of the language, and those of the repository.
fn read_words(overrides: &Overrides, language: &str, problems: &mut BTreeSet<ThemeProblem>) -> Words {
    let name = format!("words/{language}.yml");
    let mut words = Words::default();
    for built_in in ["words/en.yml", &name] {
        let file = Embedded::get(built_in);
        if let Some(text) = file.as_ref().and_then(|file| std::str::from_utf8(&file.data).ok())
            && let Err(problem) = words.add(built_in, text)
        {
            problems.insert(problem);
        }
    }
    if let Some(bytes) = overrides.get(&name) {
        let added = limits::text_of(&name, bytes).and_then(|text| words.add(&name, &text));
        problems.extend(added.err());
    }
    words
}

/// Reads the built-in icons and those of the repository.
fn read_icons(overrides: &Overrides, problems: &mut BTreeSet<ThemeProblem>) -> Icons {
    let mut icons = Icons::default();
    if let Some(file) = Embedded::get(icons::FILE) {
        icons.add(&String::from_utf8_lossy(&file.data));
    }
    if let Some(bytes) = overrides.get(icons::FILE) {
        match limits::text_of(icons::FILE, bytes) {
            Ok(text) => icons.add(&text),
            Err(problem) => _ = problems.insert(problem),
        }
    }
    icons
}

/// The folder of assets below `site/`.
pub(super) const ASSETS: &str = "assets/";

/// Returns a built-in script or style sheet without its comments and indentation, which are a fifth of what browsers load.
/// Ours have comments only on lines of their own, and no text that continues on the next line.
fn compact(name: &str, bytes: Vec<u8>) -> Vec<u8> {
    let is_script = name.ends_with(".js");
    if !is_script && !name.ends_with(".css") {
        return bytes;
    }
    let Ok(text) = String::from_utf8(bytes) else { return Vec::new() };
    let mut out = String::with_capacity(text.len());
    let mut in_comment = false;
    for line in text.lines().map(str::trim) {
        in_comment |= !is_script && line.starts_with("/*");
        let is_comment = in_comment || is_script && line.starts_with("//");
        if !is_comment && !line.is_empty() {
            out.push_str(line);
            out.push('\n');
        }
        in_comment &= !line.ends_with("*/");
    }
    out.into_bytes()
}

/// Reads the built-in assets and the repository's assets, by their names below `assets/`.
fn read_assets(overrides: &Overrides) -> BTreeMap<String, Vec<u8>> {
    let built_in = Embedded::iter().filter_map(|name| {
        let bytes = Embedded::get(&name)?.data.into_owned();
        Some((name.to_string(), compact(&name, bytes)))
    });
    let all = built_in.chain(overrides.iter().map(|(name, bytes)| (name.clone(), bytes.clone())));
    all.filter_map(|(path, bytes)| Some((path.strip_prefix(ASSETS)?.to_owned(), bytes))).collect()
}

impl From<Html> for Value {
    fn from(html: Html) -> Self {
        Self::from_safe_string(html.into_string())
    }
}

#[cfg(test)]
mod tests;
