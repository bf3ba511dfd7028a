//! Slugs and ids are valid file names, and two sources never get the same id.

use std::collections::HashMap;

use casebook::fuzzing::{ids_of_sources, is_id, slugs_of};

use crate::input::Input;

pub fn run(data: &[u8]) {
    let mut input = Input(data);
    let mut sources = Vec::new();
    while !input.is_empty() {
        let max = usize::from(input.byte());
        let text = input.text();
        let (slug, short) = slugs_of(&text, max);
        assert!(slug.is_empty() || slug.len() > 80 || is_id(&slug), "{slug:?} from {text:?}");
        assert_eq!(slugs_of(&slug, max), (slug.clone(), short.clone()), "from {text:?}");
        assert!(short.len() <= max && slug.starts_with(&short), "{short:?} from {text:?}");
        sources.push(text);
    }
    let mut owners: HashMap<String, &str> = HashMap::new();
    for (source, (id, reference)) in sources.iter().zip(ids_of_sources(&sources)) {
        assert!(is_id(&id), "{id:?} from {source:?}");
        assert_eq!(reference, id);
        let owner = *owners.entry(id).or_insert(source);
        assert_eq!(owner, source, "both have {reference}");
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    let texts = [
        "\u{9}FLUID-115\0\u{9}fluid_115\0\u{9}1611120",
        "\u{20}Zeitüberschreitung\0\0发票导出超时\0\0https://a.test/1?x=2#3",
        "\u{20}x-836eac\0\u{20}x\0\u{20}x|",
    ];
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}
