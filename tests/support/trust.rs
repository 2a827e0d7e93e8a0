//! A certificate authority that only one test process trusts.
//!
//! A process reads its trusted authorities once, so a test that needs its own authority runs again in a process
//! that starts with it.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use rcgen::{BasicConstraints, Certificate, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use tempfile::TempDir;

/// The variable that contains the folder of the certificates, in the process that trusts them.
const DIR_VARIABLE: &str = "BELLWIRE_TEST_CERTIFICATES";

/// Returns a folder with `certificate.pem` and `key.pem` for `localhost`, whose authority this process trusts.
///
/// In the test's first process, runs `test`, the full name of the calling test, in a second process. Returns `None`
/// once it has passed there.
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

/// A server's certificate for `localhost`, and its authority.
pub struct Issued {
    /// The certificate of the authority, as PEM.
    pub authority: String,
    /// The server's certificate.
    pub certificate: Certificate,
    /// The key of the server's certificate.
    pub key: KeyPair,
}

/// Issues a certificate for `localhost` from a new authority.
pub fn issue() -> Issued {
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, new_key()).expect("the authority signs itself");
    let key = new_key();
    let params = CertificateParams::new(vec!["localhost".to_owned()]).expect("localhost is a name");
    let certificate = params.signed_by(&key, &authority).expect("the authority signs");
    Issued { authority: authority.pem(), certificate, key }
}

/// Issues a certificate that signs itself and is marked as one of an authority, as `openssl req -x509` does: for
/// `localhost`, valid for these days around today.
pub fn issue_to_itself(from_day: i64, to_day: i64) -> (Certificate, KeyPair) {
    let mut params = CertificateParams::new(vec!["localhost".to_owned()]).expect("localhost is a name");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, "localhost");
    let today = SystemTime::now();
    let day = |offset: i64| {
        let away = Duration::from_secs(offset.unsigned_abs() * 24 * 3600);
        if offset < 0 { today - away } else { today + away }
    };
    params.not_before = day(from_day).into();
    params.not_after = day(to_day).into();
    let key = new_key();
    let certificate = params.self_signed(&key).expect("the certificate signs itself");
    (certificate, key)
}

fn new_key() -> KeyPair {
    KeyPair::generate().expect("a key can be made")
}
