//! Words of vocabularies. Each vocabulary is one enum; its words and their TypeScript type are derived from it.

use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use strum::VariantArray;
use ts_rs::{Config, TS};

/// A value of a vocabulary, serialized as its word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word<T>(pub T);

impl<T: Copy + Into<&'static str>> Serialize for Word<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.into())
    }
}

impl<'de, T: FromStr> Deserialize<'de> for Word<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        // The word comes from a web page, so it is not repeated in the message.
        word.parse()
            .map(Word)
            .map_err(|_| serde::de::Error::custom("that is not one of the words expected here"))
    }
}

impl<T: VariantArray + Copy + Into<&'static str>> TS for Word<T> {
    type WithoutGenerics = Self;
    type OptionInnerType = Self;

    fn name(config: &Config) -> String {
        Self::inline(config)
    }

    fn inline(_: &Config) -> String {
        let words: Vec<String> = T::VARIANTS.iter().map(|word| format!("{:?}", (*word).into())).collect();
        words.join(" | ")
    }
}

#[cfg(test)]
mod tests {
    use bellwire_engine::event::{Fault, GapReason, Outcome, ProblemKind, ReasonCode, Resumed, Severity};
    use bellwire_engine::{Advice, Ids};

    use super::*;

    fn all_are_in_the_type<T: VariantArray + Copy + Into<&'static str>>() {
        let union = Word::<T>::inline(&Config::new());
        for word in T::VARIANTS {
            let sent = serde_json::to_string(&Word(*word)).unwrap();
            assert!(union.split(" | ").any(|known| known == sent), "{sent} in {union}");
        }
    }

    #[test]
    fn every_word_of_every_vocabulary_is_in_its_type() {
        all_are_in_the_type::<ReasonCode>();
        all_are_in_the_type::<Fault>();
        all_are_in_the_type::<GapReason>();
        all_are_in_the_type::<Severity>();
        all_are_in_the_type::<Outcome>();
        all_are_in_the_type::<ProblemKind>();
        all_are_in_the_type::<Resumed>();
        all_are_in_the_type::<Advice>();
        all_are_in_the_type::<Ids>();
    }
}
