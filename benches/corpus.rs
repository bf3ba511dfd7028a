//! Invented tickets for benchmarks. The same seed always gives the same tickets, in any number.
//!
//! Word frequencies follow the Zipf-Mandelbrot law, as in natural language. A ticket with its replies has about 140
//! words, as in real trackers; some texts contain errors, classes, versions, paths and request ids. A ticket depends
//! only on the seed and its number.

use std::fmt::Write as _;

/// The number of different words, without identifiers and numbers.
const VOCABULARY: usize = 60_000;

/// The number of function words, such as `the` and `of`: the most frequent words, which users do not search for.
const FUNCTION_WORDS: usize = 60;

/// When the first ticket was opened, in seconds since 1970.
const START: i64 = 1_600_000_000;

/// An archive of invented tickets.
pub(crate) struct Corpus {
    seed: u64,
    words: Vec<String>,
    /// For each word, the cumulative share of this word and all words before it in the texts.
    shares: Vec<f64>,
}

/// An invented ticket.
pub(crate) struct Ticket {
    pub id: String,
    /// When the ticket was opened, in seconds since 1970.
    pub created: i64,
    /// The title, one line.
    pub title: String,
    /// Front matter without the title and times, one line each.
    pub keys: String,
    pub body: String,
    /// Replies, each with its front matter without the author and times.
    pub replies: Vec<(String, String)>,
}

impl Corpus {
    /// Creates the archive of `seed`.
    pub(crate) fn new(seed: u64) -> Self {
        let mut random = Random::new(seed, u64::MAX);
        let mut known = std::collections::HashSet::new();
        let mut words = Vec::with_capacity(VOCABULARY);
        while words.len() < VOCABULARY {
            // Frequent words are short.
            let word = random.word(1 + words.len().max(1).ilog2() as usize / 5);
            if known.insert(word.clone()) {
                words.push(word);
            }
        }
        let mut sum = 0.0;
        let weights = (0..VOCABULARY).map(|rank| 1.0 / (rank as f64 + 2.7).powf(1.07));
        let mut shares: Vec<f64> = weights
            .map(|weight| {
                sum += weight;
                sum
            })
            .collect();
        shares.iter_mut().for_each(|share| *share /= sum);
        Self { seed, words, shares }
    }

    /// Returns the ticket with the number `number`.
    pub(crate) fn ticket(&self, number: usize) -> Ticket {
        let mut random = Random::new(self.seed, number as u64);
        let count = 5 + random.below(5);
        let title = self.text(&mut random, count);
        let mut keys = format!("template: incident\nrequester: person-{}\n", random.below(400));
        let _ = writeln!(keys, "service: service-{}", random.below(24) * random.below(24) / 24);
        let tags: Vec<String> = (0..random.below(4))
            .map(|_| self.words[40 + random.below(60) * random.below(60) / 60].clone())
            .collect();
        let _ = writeln!(keys, "tags: [{}]", tags.join(", "));
        if random.below(4) == 0 {
            let _ = writeln!(keys, "priority: {}", ["low", "high", "urgent"][random.below(3)]);
        }
        let _ = writeln!(keys, "version: {}", random.version());
        let count = 20 + random.below(80);
        let body = format!("## Problem\n{}\n", self.text(&mut random, count));
        let mut replies = Vec::new();
        for _ in 0..random.below(4) {
            let count = 6 + random.below(44);
            replies.push((String::new(), self.text(&mut random, count)));
        }
        if random.below(10) > 0 {
            let (cause, fix) = (4 + random.below(12), 6 + random.below(20));
            let (cause, fix) = (self.text(&mut random, cause), self.text(&mut random, fix));
            let resolution = ["fixed", "fixed", "answered", "workaround", "declined"][random.below(5)];
            let keys = format!("status: resolved\nresolution: {resolution}\n");
            replies.push((keys, format!("## Cause\n{cause}\n\n## Fix\n{fix}\n")));
        }
        let id = format!("{}-{}", self.plain(&mut random, 3).join("-"), random.letters(6));
        // Tickets are about twenty minutes apart; sometimes two have the same second.
        let created = START + number as i64 * 1_200 - i64::from(number % 97 == 1) * 1_200;
        Ticket { id, created, title, keys, body, replies }
    }

    /// Returns a query of `words` words: the first significant words in the title of one of the first `tickets`
    /// tickets.
    pub(crate) fn query(&self, number: usize, tickets: usize, words: usize) -> String {
        let mut random = Random::new(self.seed ^ 0x5eed, number as u64);
        loop {
            let ticket = self.ticket(random.below(tickets));
            let is_significant = |word: &&str| {
                word.bytes().all(|byte| byte.is_ascii_alphabetic())
                    && !self.words[..FUNCTION_WORDS].iter().any(|known| known.eq_ignore_ascii_case(word))
            };
            let found: Vec<&str> = ticket.title.split(' ').filter(is_significant).take(words).collect();
            if found.len() == words {
                return found.join(" ");
            }
        }
    }

    /// Replaces some words of `body` with others, like a user who corrects a text.
    pub(crate) fn edited(&self, body: &str, number: usize) -> String {
        let mut random = Random::new(self.seed ^ 0xed17, number as u64);
        let mut words: Vec<String> = body.split(' ').map(str::to_owned).collect();
        for _ in 0..1 + random.below(8) {
            let at = 2 + random.below(words.len() - 2);
            words[at] = self.text(&mut random, 1);
        }
        words.join(" ")
    }

    /// Returns words without identifiers, as in running text.
    fn plain(&self, random: &mut Random, count: usize) -> Vec<String> {
        let mut word = || {
            let share = random.below(1 << 30) as f64 / f64::from(1 << 30);
            let rank = self.shares.partition_point(|known| *known < share).min(VOCABULARY - 1);
            self.words[rank].clone()
        };
        (0..count).map(|_| word()).collect()
    }

    fn text(&self, random: &mut Random, count: usize) -> String {
        let mut words = self.plain(random, count);
        for word in &mut words {
            match random.below(240) {
                0 => *word = format!("ERR_{}", word.to_uppercase()),
                1 => *word = format!("com.{word}.{}Exception", capital(&self.words[random.below(900)])),
                2 => *word = random.version(),
                3 => *word = format!("/var/log/{word}.log"),
                4 => *word = format!("req-{}", random.letters(8)),
                5..17 => word.push_str(["ing", "s", "ed"][random.below(3)]),
                17..23 => *word = capital(word),
                23..26 => *word = random.below(10_000).to_string(),
                _ => {}
            }
        }
        words.join(" ")
    }
}

impl Ticket {
    /// Returns the files of the ticket and its replies.
    pub(crate) fn files(&self) -> Vec<(String, String)> {
        let at = |seconds: i64| {
            casebook::internals::text::Time::from_seconds(self.created + seconds)
                .map(|time| time.to_string())
                .unwrap_or_default()
        };
        let folder = format!("tickets/{}/{}", &at(0)[..7].replace('-', "/"), self.id);
        let mut files = vec![(
            format!("{folder}.md"),
            format!("---\ntitle: {}\n{}created: {}\n---\n{}", self.title, self.keys, at(0), self.body),
        )];
        for (place, (keys, body)) in self.replies.iter().enumerate() {
            let time = at(600 + 3_600 * place as i64);
            let text = format!("---\nauthor: person-{}\ncreated: {time}\n{keys}---\n{body}", 400 + place);
            files.push((format!("{folder}/{place}.md"), text));
        }
        files
    }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Pseudo-random numbers with a fixed sequence (splitmix64).
struct Random(u64);

impl Random {
    fn new(seed: u64, stream: u64) -> Self {
        Self(seed ^ stream.wrapping_mul(0xd134_2543_de82_ef95))
    }

    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % end as u64) as usize
    }

    fn word(&mut self, syllables: usize) -> String {
        const STARTS: [&str; 16] =
            ["b", "c", "d", "f", "g", "h", "l", "m", "n", "p", "r", "s", "t", "st", "tr", "pl"];
        const MIDDLES: [&str; 7] = ["a", "e", "i", "o", "u", "ea", "ou"];
        const ENDS: [&str; 9] = ["", "", "n", "r", "t", "s", "l", "m", "nd"];
        let mut pick = |list: &[&'static str]| list[self.below(list.len())];
        (0..syllables).map(|_| format!("{}{}{}", pick(&STARTS), pick(&MIDDLES), pick(&ENDS))).collect()
    }

    fn letters(&mut self, count: usize) -> String {
        (0..count).map(|_| char::from(b"abcdefghjkmnpqrstuvwxyz23456789"[self.below(31)])).collect()
    }

    fn version(&mut self) -> String {
        format!("{}.{}.{}", 1 + self.below(5), self.below(20), self.below(8))
    }
}
