//! The state of a ticket does not depend on the order in which its replies are read.

use casebook::fuzzing::fold_replies;

use crate::input::Input;

const KEYS: [&str; 20] = [
    "status: open",
    "status: pending",
    "status: on-hold",
    "status: resolved",
    "resolution: fixed",
    "resolution: duplicate",
    "duplicate_of: other-k7f3qa",
    "answered_by: [one-k7f3qa]",
    "asks: [version]",
    "assignee: mei",
    "assignee: ''",
    "set: { version: '2' }",
    "set: { tags: [+a, -b] }",
    "set: { tags: [c] }",
    "set: { service: billing }",
    "set: { visibility: internal }",
    "visibility: internal",
    "visibility: public",
    "set: { version: null }",
    "draft_from: one-k7f3qa",
];
const TICKET: &str =
    "---\ntitle: T\ntemplate: bug\nrequester: lena\ncreated: 2026-01-01T00:00:00Z\ntags: [b]\n---\nText.\n";

pub fn run(data: &[u8]) {
    let mut input = Input(data);
    let mut replies = Vec::new();
    let mut order = Vec::new();
    while !input.is_empty() && replies.len() < 8 {
        let minute = input.byte() % 5;
        let author = ["lena", "mei", "omar"][usize::from(input.byte() % 3)];
        let mut front = format!("---\nauthor: {author}\ncreated: 2026-01-01T00:0{minute}:00Z\n");
        for _ in 0..input.byte() % 4 {
            front.push_str(KEYS[usize::from(input.byte()) % KEYS.len()]);
            front.push('\n');
        }
        front.push_str("---\nversion\n");
        order.push(input.byte());
        replies.push((format!("tickets/t/r{}.md", replies.len()), front));
    }
    let mut shuffled = replies.clone();
    for (at, with) in order.iter().enumerate() {
        shuffled.swap(at, usize::from(*with) % replies.len());
    }
    assert_eq!(fold_replies(TICKET, &replies), fold_replies(TICKET, &shuffled));
}

pub fn seeds() -> Vec<Vec<u8>> {
    vec![
        vec![0, 1, 2, 3, 4, 0, 1, 0, 1, 0, 1],
        vec![3, 1, 1, 3, 0, 3, 2, 1, 11, 1, 2, 0, 2, 12, 13, 0],
        vec![1, 1, 3, 3, 5, 6, 0, 1, 2, 1, 15, 1, 1, 0, 1, 16, 2],
    ]
}
