//! A certificate authority that one test process trusts and nobody else.
//!
//! Which authorities a process trusts is settled when it first asks, so a test that needs its own runs once more, in
//! a process that starts with it.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use rcgen::{BasicConstraints, Certificate, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tempfile::TempDir;

/// Names the folder of the certificates to the process that trusts them.
const DIR_VARIABLE: &str = "BELLWIRE_TEST_CERTIFICATES";

/// A folder with `certificate.pem` and `key.pem` for `localhost`, whose authority this process trusts.
///
/// In the test's first process it is `None`: there `test`, the full name of the calling test, has just run and passed
/// in a second one, and nothing is left to do.
pub fn certificates(test: &str) -> Option<PathBuf> {
    if let Some(dir) = env::var_os(DIR_VARIABLE) {
        return Some(dir.into());
    }
    let dir = TempDir::new().expect("a temporary folder can be made");
    let Issued { authority, certificate, key } = issue();
    let files = [
        ("authority.pem", authority),
        ("certificate.pem", certificate.pem()),
        ("key.pem", key.serialize_pem()),
    ];
    for (name, pem) in files {
        fs::write(dir.path().join(name), pem).expect("a certificate can be written");
    }
    let mut again = Command::new(env::current_exe().expect("a running program has a path"));
    again.args([test, "--exact", "--nocapture"]).stdin(Stdio::null());
    again.env(DIR_VARIABLE, dir.path()).env("SSL_CERT_FILE", dir.path().join("authority.pem"));
    let output = again.output().expect("the test starts again");
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    assert!(output.status.success() && said[0].contains("1 passed"), "{}{}", said[0], said[1]);
    None
}

/// What a server for `localhost` shows, and who vouches for it.
pub struct Issued {
    /// The authority, as PEM.
    pub authority: String,
    /// The server's certificate.
    pub certificate: Certificate,
    /// Its key.
    pub key: KeyPair,
}

/// A certificate for `localhost` of an authority of its own.
pub fn issue() -> Issued {
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, new_key()).expect("the authority signs itself");
    let key = new_key();
    let params = CertificateParams::new(vec!["localhost".to_owned()]).expect("localhost is a name");
    let certificate = params.signed_by(&key, &authority).expect("the authority signs");
    Issued { authority: authority.pem(), certificate, key }
}

fn new_key() -> KeyPair {
    KeyPair::generate().expect("a key can be made")
}
