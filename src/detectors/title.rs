//! Detects titles that could stand over any ticket, such as `Help` or `it does not work, please help me now`.

use std::{collections::HashSet, sync::LazyLock};

use serde::Serialize;

use crate::text::is_spaceless;

/// Returns true if a title names a subject and says something about it.
///
/// A title has substance if it has two words that carry meaning (`partner read access`), one such word and a symptom or a
/// question (`login fails`, `登录失败`, `How do I export?`), or a name that is specific by itself, such as `CVE-2024-3094`, `ERR_CONN_RESET` or
/// `NullPointerException`. Words of requests, politeness and urgency carry no meaning, and neither do keys that are next
/// to each other on a keyboard.
pub(crate) fn has_substance(title: &str) -> bool {
    let mut content = TitleContent::default();
    words(title, |word| content.add(word));
    match content.subjects.len() + content.characters / CHARACTERS_OF_A_WORD {
        _ if content.specific => true,
        0 => false,
        1 => content.symptom,
        _ => true,
    }
}

/// The words by which [`has_substance`] decides, for the forms of the static site.
#[derive(Serialize)]
pub(crate) struct TitleWords {
    fillers: Vec<&'static str>,
    symptoms: Vec<&'static str>,
    spaceless_fillers: Vec<&'static str>,
    spaceless_symptoms: Vec<&'static str>,
    rows: [&'static str; 4],
    character_count: usize,
}

impl TitleWords {
    pub(crate) fn builtin() -> Self {
        let words = |text: &'static str| text.split_whitespace();
        Self {
            fillers: words(FILLERS).chain(words(FOREIGN_FILLERS)).collect(),
            symptoms: words(SYMPTOMS).collect(),
            spaceless_fillers: words(SPACELESS_FILLERS).collect(),
            spaceless_symptoms: words(SPACELESS_SYMPTOMS).collect(),
            rows: KEYBOARD_ROWS,
            character_count: CHARACTERS_OF_A_WORD,
        }
    }
}

/// The usual length of a word in a script without spaces between words.
const CHARACTERS_OF_A_WORD: usize = 2;

/// The words of a title that tell it from other titles.
#[derive(Default)]
struct TitleContent {
    /// The different words that carry meaning, in lower case.
    subjects: Vec<String>,
    /// The number of characters that carry meaning, in scripts without spaces between words.
    characters: usize,
    /// Whether the title has a word such as `fails`, `not` or `how`.
    symptom: bool,
    /// Whether the title has a name of a kind that people do not use in ordinary sentences.
    specific: bool,
}

impl TitleContent {
    fn add(&mut self, word: &str) {
        if word.chars().all(is_spaceless) {
            return self.add_spaceless(word);
        }
        let folded = word.to_lowercase();
        if FILLER_WORDS.contains(folded.as_str()) || is_keyboard_row(&folded) {
            return;
        }
        if SYMPTOM_WORDS.contains(folded.as_str()) {
            self.symptom = true;
            return;
        }
        self.specific |= is_specific(word);
        if !self.subjects.contains(&folded) {
            self.subjects.push(folded);
        }
    }

    /// Adds a run of characters of a script without spaces, from which it removes the phrases without meaning.
    fn add_spaceless(&mut self, run: &str) {
        let mut rest = run;
        while let Some(first) = rest.chars().next() {
            let longest = |phrases: &str| {
                let found = phrases.split_whitespace().filter(|phrase| rest.starts_with(phrase));
                found.map(str::len).max().unwrap_or(0)
            };
            let (filler, symptom) = (longest(SPACELESS_FILLERS), longest(SPACELESS_SYMPTOMS));
            self.symptom |= symptom > filler;
            self.characters += usize::from(filler.max(symptom) == 0);
            rest = &rest[filler.max(symptom).max(first.len_utf8())..];
        }
    }
}

/// Calls `take` for each word: a run of letters and digits with the marks between them (`billing-export`, `10.000`,
/// `can't`), or a run of characters of a script without spaces.
fn words(title: &str, mut take: impl FnMut(&str)) {
    let characters: Vec<(usize, char)> = title.char_indices().collect();
    let is_inside = |at: usize| {
        let is_letter =
            |at: usize| characters.get(at).is_some_and(|(_, c)| c.is_alphanumeric() && !is_spaceless(*c));
        is_letter(at)
            || (at > 0 && is_letter(at - 1) && !characters[at].1.is_whitespace() && is_letter(at + 1))
    };
    let mut at = 0;
    while at < characters.len() {
        let start = at;
        let spaceless = is_spaceless(characters[at].1);
        while at < characters.len() && if spaceless { is_spaceless(characters[at].1) } else { is_inside(at) }
        {
            at += 1;
        }
        let place = |at: usize| characters.get(at).map_or(title.len(), |(place, _)| *place);
        match at > start {
            true => take(&title[place(start)..place(at)]),
            false => at += 1,
        }
    }
}

/// Returns true for names of code, errors and versions: letters with digits, with a mark in the middle, or with a
/// capital letter after a small one.
fn is_specific(word: &str) -> bool {
    let has = |is: fn(char) -> bool| word.chars().any(is);
    let pairs = || word.chars().zip(word.chars().skip(1));
    has(char::is_alphabetic)
        && (has(|c| c.is_ascii_digit())
            || has(|c| !c.is_alphanumeric() && !matches!(c, '\'' | '’'))
            || pairs().any(|(a, b)| a.is_lowercase() && b.is_uppercase()))
}

/// Returns true if the letters of `word` are next to each other on a keyboard, as in `asdf`.
fn is_keyboard_row(word: &str) -> bool {
    let backwards: String = word.chars().rev().collect();
    word.len() >= 4 && KEYBOARD_ROWS.iter().any(|row| row.contains(word) || row.contains(&backwards))
}

const KEYBOARD_ROWS: [&str; 4] = ["qwertyuiop", "qwertzuiop", "asdfghjkl", "zxcvbnm"];

static FILLER_WORDS: LazyLock<HashSet<&str>> =
    LazyLock::new(|| FILLERS.split_whitespace().chain(FOREIGN_FILLERS.split_whitespace()).collect());

static SYMPTOM_WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| SYMPTOMS.split_whitespace().collect());

/// Words that could be in any title.
const FILLERS: &str = "a about again all an and any anyone anything app are as asap at bad be been blah bug \
    bugs by can caused check could critical did do does emergency everything foo bar baz for from get got guys \
    had happened happening happens has have having hello help helping helps hey hi i i'm if im immediately important \
    in incident into is issue issues it it's its just let lorem ipsum me misc my need needed needs new now of off on \
    or our out please pls plz problem problems qwe asd zxc jkl question questions quick quickly really regarding \
    s so some somebody someone something still strange stuff task test t \
    than thank thanks that that's the their them then there there's these they thing things this thx ticket tickets \
    to todo tbd trivial untitled urgent urgently us various very want was we website site weird \
    who will with work working works would wrong yes you your";

/// Words of frequent requests in other languages with spaces between words.
const FOREIGN_FILLERS: &str = "bitte dringend es fehler frage geht hilfe ich problem problème s'il vous plaît aide aidez \
    moi urgence urgente por favor ayuda ayúdame pregunta problema ajuda preciso de la le el un une una das ist ein \
    помогите помощь пожалуйста проблема срочно вопрос";

/// Words that say what is wrong or what is asked: symptoms, negations and question words.
const SYMPTOMS: &str = "broken break breaks broke can't cannot crash crashed crashes crashing dead doesn't don't down error \
    errors fail failed failing fails failure failures fix fixed freeze freezes frozen hang hangs hung isn't missing never no not nicht \
    slow stopped stops stuck unable how what when where which why won't wasn't kaputt";

/// Phrases without meaning in Chinese, Japanese and Korean.
const SPACELESS_FILLERS: &str = "紧急 緊急 求助 求救 帮忙 帮助 帮我 請 请 请问 請問 问题 問題 有 急 在线等 测试 測試 谢谢 麻烦 \
    一下 看 看看 我 我们 你 你们 您 的 了 在 和 是 吗 呢 啊 吧 怎么办 大家 各位 您好 你好 求 需要 关于 咨询 \
    反馈 一个 个 这 这个 那 那个 什么 东西 系统 軟體 软件 尽快 马上 现在 助けて 助けてください ください お願いします 至急 質問 テスト \
    について です ます 도와주세요 제발 급합니다 긴급 문제 질문 테스트 안녕하세요";

/// Phrases in Chinese, Japanese and Korean that say what is wrong or what is asked.
const SPACELESS_SYMPTOMS: &str = "不能 不能用 不工作 出错 出錯 出问题 坏 坏了 失败 失敗 异常 異常 报错 報錯 故障 用不了 错误 錯誤 无法 \
    無法 打不开 超时 超時 卡 卡住 卡顿 慢 崩溃 崩潰 没反应 不行 丢失 怎么 怎样 如何 为什么 エラー 動かない 動きません 不具合 できない 오류 안됩니다";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_that_could_stand_over_any_ticket_have_no_substance() {
        for title in [
            "help",
            "Help!!!",
            "asdf",
            "asdf qwer",
            "Invoice",
            "The invoice",
            "Invoice problem",
            "???",
            "",
            "2347",
            "it does not work please help me now",
            "It doesn't work",
            "Please fix ASAP",
            "Something is broken",
            "Error",
            "Urgent: need help with a problem",
            "Question about invoices",
            "my app crashes",
            "test ticket",
            "紧急求助",
            "求助",
            "系统出问题了",
            "有问题，请帮忙",
            "发票",
            "发票问题",
            "助けてください",
            "도와주세요",
            "Hilfe bitte",
            "por favor ayuda",
            "I can't",
            "How?",
            "Why does it not work",
            "怎么办",
            "foo bar",
        ] {
            assert!(!has_substance(title), "{title}");
        }
    }

    #[test]
    fn short_titles_that_name_a_subject_have_substance() {
        for title in [
            "OOM in billing-export",
            "CVE-2024-3094?",
            "NullPointerException",
            "ERR_CONN_RESET",
            "Login fails",
            "Export hangs",
            "Printer is out of paper",
            "Invoice does not load",
            "Error 504",
            "Partner read access",
            "VPN down",
            "導出發票超時",
            "导出发票超时",
            "登录失败",
            "发票导出",
            "如何导出发票",
            "ラベルの印刷がタイムアウトする",
            "한국 주소가 라벨에서 잘립니다",
            "Как перенести данные",
            "升级到 10.2.0 失败",
            "שמות בעברית",
            "p99 above 4 s",
            "Can labels be printed at 300 dpi?",
            "Rechnungsexport bricht ab",
            "How do I export?",
            "如何登录",
        ] {
            assert!(has_substance(title), "{title}");
        }
    }
}
