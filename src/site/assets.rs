//! Published assets. Their names contain a hash of their content, so that browsers can cache them for ever.

use std::collections::{BTreeMap, BTreeSet};

use crate::text::resolve_link;

/// The published assets and the paths under which they are published.
#[derive(Default)]
pub(super) struct Assets {
    /// Maps a name below `assets/` to the path from the root.
    pub names: BTreeMap<String, String>,
    /// Maps a path from the root to the bytes.
    pub files: BTreeMap<String, Vec<u8>>,
    /// Maps a module to the modules that it imports, in order.
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

    /// Returns the module `name`, followed by all the modules that it loads.
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

    /// Publishes an asset after the assets that it imports. `importing` holds the assets whose imports are being
    /// published.
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
        // Modules that import one another in a circle cannot have names that depend on their content.
        if !importing.insert(name.to_owned()) {
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
    /// the imported assets.
    fn with_published_imports(
        &mut self,
        name: &str,
        text: &str,
        sources: &BTreeMap<String, Vec<u8>>,
        importing: &mut BTreeSet<String>,
    ) -> (String, Vec<String>) {
        const FROM: &str = " from \"";
        let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
        let mut imports = Vec::new();
        let mut out = String::with_capacity(text.len() + 64);
        let mut rest = text;
        while let Some(at) = rest.find(FROM) {
            let (before, after) = rest.split_at(at + FROM.len());
            out.push_str(before);
            let end = after.find('"').unwrap_or(after.len());
            let (target, tail) = after.split_at(end);
            let import = target.starts_with('.').then(|| resolve_link(folder, target)).flatten();
            let published = import.as_ref().and_then(|import| self.publish(import, sources, importing));
            match (import, published.as_deref().and_then(|path| path.rsplit('/').next())) {
                (Some(import), Some(file)) => {
                    out.push_str(target.rsplit_once('/').map_or("", |(way, _)| way));
                    out.push('/');
                    out.push_str(file);
                    imports.push(import);
                }
                _ => out.push_str(target),
            }
            rest = tail;
        }
        out.push_str(rest);
        (out, imports)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assets(sources: &[(&str, &str)]) -> Assets {
        let sources = sources.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec()));
        Assets::of(&sources.collect())
    }

    #[test]
    fn a_module_imports_others_by_the_names_that_they_are_published_under() {
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
    fn modules_in_a_circle_do_not_hang_a_build() {
        let sources = [("a.js", "import \"x\" from \"./b.js\";"), ("b.js", "import \"x\" from \"./a.js\";")];
        assert_eq!(assets(&sources).names.len(), 2);
    }
}
