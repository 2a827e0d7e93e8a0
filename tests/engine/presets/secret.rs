//! The secret that a scenario expects, as a person enters it.

use bellwire_engine::NewSecret;
use bellwire_engine::presets::{SignInForm, SignInKind};
use bellwire_engine::secrets::Secret;
use bellwire_tests::support::scenario::ExpectedSecret;

/// Returns what a person enters into this form, so that the request holds what is expected.
pub fn given(form: &SignInForm, expected: &ExpectedSecret) -> NewSecret {
    let value = expected.value.as_str();
    let name = || form.name.clone().unwrap();
    match form.kind {
        SignInKind::Bearer => NewSecret::Bearer(Secret::new(value.strip_prefix("Bearer ").unwrap())),
        SignInKind::Basic => {
            let both = from_base64(value.strip_prefix("Basic ").unwrap());
            let (user, password) = both.split_once(':').unwrap();
            NewSecret::Basic { user: user.into(), password: Secret::new(password) }
        }
        SignInKind::Header => NewSecret::Header { name: name(), value: Secret::new(value) },
        SignInKind::Query => NewSecret::Query { name: name(), value: Secret::new(value) },
        SignInKind::Cookie => NewSecret::Cookie { name: name(), value: Secret::new(value) },
    }
}

/// Decodes base64 without padding inside (RFC 4648, 4).
fn from_base64(text: &str) -> String {
    const DIGITS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut bytes, mut bits, mut held) = (Vec::new(), 0_u32, 0_u32);
    for c in text.trim_end_matches('=').chars() {
        let digit = u32::try_from(DIGITS.find(c).unwrap()).unwrap();
        (bits, held) = (bits << 6 | digit, held + 6);
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held & 0xff).unwrap());
        }
    }
    String::from_utf8(bytes).unwrap()
}
