//! Published assets. The name of an asset contains a hash of its content, so that browsers can cache it for ever.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex::Regex;

use crate::text::resolve_link;

/// The maximum length of a chain of modules that import each other.
const MAX_IMPORT_DEPTH: usize = 100;

/// The published assets and the paths under which they are published.
#[derive(Default)]
pub(super) struct Assets {
    /// The published path of each asset, by its name below `assets/`.
    pub names: BTreeMap<String, String>,
    /// The bytes of each published asset, by its path.
    pub files: BTreeMap<String, Vec<u8>>,
    /// The modules that each module imports at once, in order. Those that it loads later, with `import("./x.js")`, are
    /// left out.
    imports: BTreeMap<String, Vec<String>>,
}

impl Assets {
    /// Publishes `sources`, a map from names below `assets/` to their bytes.
    pub(super) fn of(sources: &BTreeMap<String, Vec<u8>>) -> Self {
        let mut assets = Self::default();
        for name in sources.keys() {
            assets.publish(name, sources, &mut BTreeSet::new());
        }
        assets
    }

    /// Returns the module `name`, followed by all the modules that it loads at once.
    pub(super) fn modules(&self, name: &str) -> Vec<String> {
        let mut found = vec![name.to_owned()];
        let mut at = 0;
        while at < found.len() {
            let imports = self.imports.get(&found[at]).cloned().unwrap_or_default();
            for import in imports {
                if !found.contains(&import) {
                    found.push(import);
                }
            }
            at += 1;
        }
        found
    }

    /// Publishes an asset after the assets that it imports, and returns its published path. `importing` holds the
    /// assets whose imports are being published.
    fn publish(
        &mut self,
        name: &str,
        sources: &BTreeMap<String, Vec<u8>>,
        importing: &mut BTreeSet<String>,
    ) -> Option<String> {
        if let Some(published) = self.names.get(name) {
            return Some(published.clone());
        }
        let mut bytes = sources.get(name)?.clone();
        // The name of a module in an import cycle cannot depend on its content, so the import is left unchanged. Each
        // import is a recursive call, so a very long chain of imports is left unchanged too.
        if importing.len() > MAX_IMPORT_DEPTH || !importing.insert(name.to_owned()) {
            return None;
        }
        if name.ends_with(".js")
            && let Ok(text) = String::from_utf8(bytes.clone())
        {
            let (text, imports) = self.with_published_imports(name, &text, sources, importing);
            self.imports.insert(name.to_owned(), imports);
            bytes = text.into_bytes();
        }
        importing.remove(name);
        let hash = &blake3::hash(&bytes).to_hex()[..10];
        let published = match name.rsplit_once('.') {
            Some((stem, ending)) => format!("assets/{stem}.{hash}.{ending}"),
            None => format!("assets/{name}.{hash}"),
        };
        self.files.insert(published.clone(), bytes);
        self.names.insert(name.to_owned(), published.clone());
        Some(published)
    }

    /// Replaces the imports of assets (`from "./x.js"`) in the module `name` with their published names. Also returns
    /// the assets that it imports at once.
    fn with_published_imports(
        &mut self,
        name: &str,
        text: &str,
        sources: &BTreeMap<String, Vec<u8>>,
        importing: &mut BTreeSet<String>,
    ) -> (String, Vec<String>) {
        let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
        let mut imports = Vec::new();
        let mut out = String::with_capacity(text.len() + 64);
        let mut done = 0;
        let found = IMPORT.iter().flat_map(|import| import.captures_iter(text));
        for captures in found {
            let Some(target) = captures.iter().skip(1).flatten().next() else { continue };
            let is_later = captures.get(0).is_some_and(|whole| whole.as_str().contains('('));
            let Some(import) = resolve_link(folder, target.as_str()) else { continue };
            let Some(published) = self.publish(&import, sources, importing) else { continue };
            let folder = target.as_str().rsplit_once('/').map_or(".", |(folder, _)| folder);
            let file = published.rsplit_once('/').map_or(published.as_str(), |(_, file)| file);
            out.push_str(&text[done..target.start()]);
            out.push_str(&format!("{folder}/{file}"));
            if !is_later {
                imports.push(import);
            }
            done = target.end();
        }
        out.push_str(&text[done..]);
        (out, imports)
    }
}

/// A relative import in any form: `from "./x.js"`, `import './x.js'`, `import("./x.js")`. It also matches in comments
/// and strings. This does no harm, because only the names of assets are replaced, and each published name leads to the
/// same asset.
static IMPORT: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"\b(?:from|import)\s*(?:\(\s*)?(?:"(\.[^"\n]*)"|'(\.[^'\n]*)')"#).ok());

#[cfg(test)]
mod tests {
    use super::*;

    fn assets(sources: &[(&str, &str)]) -> Assets {
        let sources = sources.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec()));
        Assets::of(&sources.collect())
    }

    #[test]
    fn a_module_imports_other_modules_by_their_published_names() {
        let sources = [
            ("s/page.js", "import { a } from \"./a.js\";\nimport { b } from \"../b.js\";\n"),
            ("s/a.js", "export const a = 1;\n"),
            ("b.js", "import x from \"https://elsewhere.example/x.js\";\n"),
        ];
        let published = assets(&sources);
        let text =
            |name: &str| String::from_utf8_lossy(&published.files[&published.names[name]]).into_owned();
        let file = |name: &str| published.names[name].rsplit('/').next().unwrap_or_default().to_owned();
        assert_eq!(
            text("s/page.js"),
            format!(
                "import {{ a }} from \"./{}\";\nimport {{ b }} from \"../{}\";\n",
                file("s/a.js"),
                file("b.js")
            )
        );
        assert_eq!(text("b.js"), sources[2].1);
        assert_eq!(published.modules("s/page.js"), ["s/page.js", "s/a.js", "b.js"]);
        let mut changed = sources;
        changed[1].1 = "export const a = 2;\n";
        assert_ne!(assets(&changed).names["s/page.js"], published.names["s/page.js"]);
    }

    #[test]
    fn every_form_of_import_is_recognised() {
        let forms = [
            "import { a } from './a.js';",
            "import{a}from\"./a.js\";",
            "import \"./a.js\";",
            "export * from \"./a.js\";",
            "const a = await import( './a.js' );",
            "import {\n  a,\n} from\n  \"../s/a.js\";",
        ];
        for form in forms {
            let published = assets(&[("s/page.js", form), ("s/a.js", "export const a = 1;\n")]);
            let text = String::from_utf8_lossy(&published.files[&published.names["s/page.js"]]);
            let file = published.names["s/a.js"].rsplit('/').next().unwrap();
            assert!(text.contains(&format!("/{file}")) && !text.contains("/a.js"), "{text}");
            // A module that is loaded later is not loaded with the page.
            let at_once: &[&str] = if form.contains('(') { &["s/page.js"] } else { &["s/page.js", "s/a.js"] };
            assert_eq!(published.modules("s/page.js"), at_once, "{form}");
        }
        let other = "import \"./none.js\"; import x from \"pkg\"; // from here";
        let published = assets(&[("a.js", other)]);
        assert_eq!(published.files[&published.names["a.js"]], other.as_bytes());
    }

    #[test]
    fn modules_that_import_each_other_do_not_hang_a_build() {
        let sources = [("a.js", "import \"x\" from \"./b.js\";"), ("b.js", "import \"x\" from \"./a.js\";")];
        assert_eq!(assets(&sources).names.len(), 2);
    }
}
