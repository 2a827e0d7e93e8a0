use std::collections::HashSet;

use strum::VariantArray;

use super::*;

#[test]
fn every_fault_comes_back_from_its_detail_with_and_without_a_fact() {
    let mut words = HashSet::new();
    for fault in Fault::VARIANTS {
        assert_eq!(Fault::of(fault.as_str()), Some((*fault, "")));
        assert_eq!(Fault::of(&fault.with("a.example: b")), Some((*fault, "a.example: b")));
        assert!(words.insert(fault.words()), "{fault:?} is said like another fault");
    }
    assert_eq!(Fault::of("ca_file corp.pem cannot be read: no such file"), None);
}

#[test]
fn every_fault_has_an_advice_in_whole_sentences() {
    for fault in Fault::VARIANTS {
        let advice = fault.advice();
        assert!(advice.ends_with('.') && advice.starts_with(char::is_uppercase), "{fault:?}: {advice}");
    }
}
