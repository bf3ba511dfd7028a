//! English and Chinese function words, which do not tell what a draft is about.

/// Function words of the languages of the site; Chinese ones as the pairs of characters that are indexed. Queries can search for them, but a draft is not about them. In a small collection, their
/// frequency is not high enough to recognise them.
const FUNCTION_WORDS: [&str; 99] = [
    "a", "about", "also", "am", "an", "and", "any", "are", "as", "at", "be", "because", "been", "being",
    "but", "by", "can", "could", "did", "do", "does", "for", "from", "get", "had", "has", "have", "he",
    "her", "his", "how", "i", "if", "in", "into", "is", "it", "its", "just", "me", "my", "no", "not", "of",
    "on", "or", "our", "she", "should", "so", "some", "such", "than", "that", "the", "their", "them", "then",
    "there", "these", "they", "this", "those", "to", "too", "up", "us", "very", "was", "we", "were", "what",
    "when", "where", "which", "while", "who", "why", "will", "with", "would", "yet", "you", "your", "一个",
    "为什", "为何", "什么", "可以", "哪个", "哪里", "如何", "怎么", "怎样", "我们", "是否", "请问", "这个",
    "那个",
];

/// The length of the longest function word in bytes.
const LONGEST: usize = 7;

/// Returns whether `word`, which is case-folded, is a function word.
pub(crate) fn is_function_word(word: &str) -> bool {
    word.len() <= LONGEST && FUNCTION_WORDS.binary_search(&word).is_ok()
}

/// Returns all function words.
pub(crate) fn function_words() -> impl Iterator<Item = &'static str> {
    FUNCTION_WORDS.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn function_words_are_sorted() {
        assert!(FUNCTION_WORDS.is_sorted_by(|a, b| a < b));
        assert_eq!(FUNCTION_WORDS.iter().map(|word| word.len()).max(), Some(LONGEST));
    }
}
