//! `cargo bench --bench static_search`: what the static index costs to make, to ask and to keep up to date.

mod corpus;

fn main() {
    let corpus = corpus::Corpus::new(7);
    let tickets = (0..10_000).map(|number| corpus.ticket(number));
    let bytes: usize = tickets.flat_map(|ticket| ticket.files()).map(|(_, text)| text.len()).sum();
    println!("{bytes} bytes; {:?}; {}", corpus.query(1, 10_000), corpus.edited(&corpus.ticket(5).body, 1));
}
