//! Every target over its corpus, and over some thousand mutations of it: the same ones each time.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "test code: an expectation that fails is a failed test"
)]

use bellwire_fuzz::{Campaign, TARGETS, Target, read_corpus};

/// The seed of the mutations. `cargo xtask fuzz --seed N` takes others.
const SEED: u64 = 1;

fn fuzz(name: &str, mutations: usize, least_outcomes: usize) {
    let target: &'static Target = TARGETS.iter().find(|target| target.name == name).unwrap();
    let corpus = read_corpus(name).unwrap();
    assert!(corpus.len() >= 5, "{} inputs", corpus.len());
    let inputs = corpus.iter().map(|(_, input)| input.clone()).collect();
    let mut campaign = Campaign::new(target, inputs, SEED);
    for (file, input) in corpus {
        if let Err(finding) = campaign.run(input) {
            panic!("{name}, {file}: {}", finding.message);
        }
    }
    for number in 0..mutations {
        let input = campaign.next_input();
        if let Err(finding) = campaign.run(input) {
            let shown = &finding.input[..finding.input.len().min(2000)];
            panic!("{name}, mutation {number}: {}: {:?}", finding.message, String::from_utf8_lossy(shown));
        }
    }
    // Otherwise the mutations reach nothing but the first error.
    assert!(campaign.outcomes() >= least_outcomes, "{} outcomes", campaign.outcomes());
}

#[test]
fn mutated_streams_decode_alike_in_any_pieces_within_the_limits() {
    fuzz("decoder", 3_000, 300);
}

#[test]
fn mutated_configurations_are_read_edited_and_reported_at_their_places() {
    fuzz("config", 2_500, 60);
}

#[test]
fn mutated_expressions_stay_within_their_budgets_over_any_data() {
    fuzz("expressions", 15_000, 300);
}

#[test]
fn mutated_texts_give_only_links_that_may_be_opened() {
    fuzz("links", 4_000, 50);
}
