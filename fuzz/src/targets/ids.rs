//! Slugs and ids are valid names of files, and two sources never get one id.

use std::collections::HashMap;

use casebook::{
    import::IdMaker,
    text::{is_id, slugify, slugify_at_most},
};

use crate::input::Input;

pub fn run(data: &[u8]) {
    let mut input = Input(data);
    let mut maker = IdMaker::default();
    let mut owners: HashMap<String, String> = HashMap::new();
    while !input.is_empty() {
        let most = usize::from(input.byte());
        let text = input.text();
        let slug = slugify(&text);
        assert!(slug.is_empty() || slug.len() > 80 || is_id(&slug), "{slug:?} from {text:?}");
        assert_eq!(slugify(&slug), slug, "from {text:?}");
        let short = slugify_at_most(&text, most);
        assert!(short.len() <= most && slug.starts_with(&short), "{short:?} from {text:?}");
        let id = maker.id_of(&text);
        assert!(is_id(&id), "{id:?} from {text:?}");
        assert_eq!(maker.reference(&text), id);
        let owner = owners.entry(id.clone()).or_insert_with(|| text.clone());
        assert_eq!(*owner, text, "both have {id}");
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    let texts = [
        "\u{9}FLUID-115\0\u{9}fluid_115\0\u{9}1611120",
        "\u{20}Zeitüberschreitung\0\0发票导出超时\0\0https://a.test/1?x=2#3",
    ];
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}
