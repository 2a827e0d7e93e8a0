//! What went wrong with TLS, with a proxy or with an answer, where a [`Reason`](super::Reason) has it as its detail.

/// What went wrong before an answer could be read. The log holds its word, so that it is shown in the language of the
/// reader.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, strum::EnumString, strum::IntoStaticStr, strum::VariantArray,
)]
#[strum(serialize_all = "kebab-case")]
pub enum Fault {
    /// The certificate is signed by an authority that is not trusted.
    UnknownAuthority,
    /// The certificate is signed by itself, and not trusted.
    SelfSigned,
    /// The certificate has expired; the fact is the day.
    Expired,
    /// The certificate is not valid yet; the fact is the day.
    NotYetValid,
    /// The certificate is for other hosts, which are the fact.
    WrongHost,
    /// The certificate was revoked.
    Revoked,
    /// The certificate is damaged, or not one for servers.
    BadCertificate,
    /// The server presented no certificate.
    NoCertificate,
    /// The server does not answer in TLS.
    NotTls,
    /// There is no TLS version or cipher in common.
    NoCommonTls,
    /// The server refused the connection with a TLS alert.
    TlsRefused,
    /// The server wants a certificate of the client.
    CertificateWanted,
    /// The server breaks the rules of TLS.
    TlsBroken,
    /// Any other failure of TLS.
    TlsFailed,
    /// The proxy refused the connection.
    ProxyRefused,
    /// The proxy's host name was not found.
    ProxyNotFound,
    /// The proxy cannot be reached.
    ProxyUnreachable,
    /// The connection to the proxy took too long.
    ProxyTimeout,
    /// The proxy broke the connection off.
    ProxyBrokeOff,
    /// The proxy wants a user name and a password, or refused them.
    ProxySignIn,
    /// The secure connection to the proxy failed.
    ProxyTls,
    /// The proxy did not open a connection to the server, without a reason that is known.
    ProxyNoTunnel,
    /// What answers is not a SOCKS proxy, or not of this version.
    ProxyNotSocks,
    /// SOCKS reply 1: general failure.
    ProxyFailed,
    /// SOCKS reply 2: the rules of the proxy do not allow it.
    ProxyForbids,
    /// SOCKS reply 3 or 4: the proxy cannot reach the server.
    ProxyNoRoute,
    /// SOCKS reply 5: the server refused the connection of the proxy.
    ProxyServerRefused,
    /// SOCKS reply 6: the server did not answer the proxy in time.
    ProxyServerTimeout,
    /// SOCKS reply 7 or 8: the proxy cannot do what was asked for.
    ProxyUnable,
    /// The answer does not begin like one of HTTP.
    NotHttp,
    /// The head of the answer is too large, or has too many fields.
    HeadTooLarge,
    /// A field of the head cannot be read.
    BadField,
    /// The answer breaks the rules of HTTP in another way.
    BadHttp,
}

impl Fault {
    /// Returns the stable word for the log and translations.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Returns the detail of a reason: the word, and the fact that belongs to it.
    pub fn with(self, fact: &str) -> String {
        if fact.is_empty() { self.as_str().to_owned() } else { format!("{}: {fact}", self.as_str()) }
    }

    /// Returns the fault that a detail begins with, and the fact after it; `None` for a detail in words.
    pub fn of(detail: &str) -> Option<(Self, &str)> {
        let (word, fact) = detail.split_once(": ").unwrap_or((detail, ""));
        word.parse().ok().map(|fault| (fault, fact))
    }

    /// Returns what happened, in English, as the end of a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Fault::UnknownAuthority => {
                "the certificate is not signed by an authority that this computer trusts"
            }
            Fault::SelfSigned => "the certificate is signed by itself, so no authority vouches for it",
            Fault::Expired => "the certificate has expired",
            Fault::NotYetValid => "the certificate is not valid yet",
            Fault::WrongHost => "the certificate is for another host name",
            Fault::Revoked => "the certificate was revoked",
            Fault::BadCertificate => "the certificate is not valid for a server",
            Fault::NoCertificate => "the server has no certificate",
            Fault::NotTls => "the server does not speak TLS at this port",
            Fault::NoCommonTls => "the server has no TLS version or cipher in common with Bellwire",
            Fault::TlsRefused => "the server refused the secure connection",
            Fault::CertificateWanted => "the server wants a client certificate",
            Fault::TlsBroken => "the server does not keep to TLS",
            Fault::TlsFailed => "the secure connection could not be set up",
            Fault::ProxyRefused => "it refused the connection",
            Fault::ProxyNotFound => "its host name was not found",
            Fault::ProxyUnreachable => "it cannot be reached",
            Fault::ProxyTimeout => "it did not connect in time",
            Fault::ProxyBrokeOff => "it broke the connection off",
            Fault::ProxySignIn => "it wants a user name and a password, or refused them",
            Fault::ProxyTls => "the secure connection to it failed",
            Fault::ProxyNoTunnel => "it did not connect to the server",
            Fault::ProxyNotSocks => "it does not answer as a SOCKS proxy",
            Fault::ProxyFailed => "it reports a general failure",
            Fault::ProxyForbids => "its rules do not allow this connection",
            Fault::ProxyNoRoute => "it cannot reach the server",
            Fault::ProxyServerRefused => "the server refused the connection from it",
            Fault::ProxyServerTimeout => "the server did not answer it in time",
            Fault::ProxyUnable => "it cannot make a connection of this kind",
            Fault::NotHttp => "it does not begin like an answer in HTTP",
            Fault::HeadTooLarge => "its head is too large or has too many fields",
            Fault::BadField => "a field of its head is not valid",
            Fault::BadHttp => "it does not keep to HTTP",
        }
    }

    /// Returns what a person can do, in English sentences.
    pub fn advice(self) -> &'static str {
        match self {
            Fault::UnknownAuthority => {
                "If the certificate is the server's own or a company's, save it or that of its authority in PEM and name \
                 the file with ca_file for this feed in config.toml."
            }
            Fault::SelfSigned => {
                "If it is the server's own, save it in PEM and name the file with ca_file for this feed in config.toml."
            }
            Fault::Expired | Fault::NotYetValid => {
                "Check this computer's clock. If it is right, the server's operator has to renew the certificate."
            }
            Fault::WrongHost => "Check the address: give the host name that the certificate is for.",
            Fault::Revoked | Fault::BadCertificate | Fault::NoCertificate => {
                "The server's operator has to install another certificate."
            }
            Fault::NotTls => "Check the port, and whether the address begins with http instead of https.",
            Fault::CertificateWanted => {
                "Bellwire has no client certificates; ask the server's operator for another way to sign in."
            }
            Fault::NoCommonTls | Fault::TlsRefused | Fault::TlsBroken | Fault::TlsFailed => {
                "Check the address; otherwise the server's operator has to look at its TLS settings."
            }
            Fault::ProxyRefused
            | Fault::ProxyNotFound
            | Fault::ProxyUnreachable
            | Fault::ProxyTimeout
            | Fault::ProxyBrokeOff
            | Fault::ProxyTls
            | Fault::ProxyNotSocks => {
                "Check the address of the proxy: proxy of this feed in config.toml, or the system's settings and \
                 ALL_PROXY, HTTPS_PROXY and HTTP_PROXY."
            }
            Fault::ProxySignIn => {
                "Give the user name and the password with the proxy's address in ALL_PROXY, HTTPS_PROXY or HTTP_PROXY."
            }
            Fault::ProxyNoTunnel | Fault::ProxyFailed | Fault::ProxyForbids | Fault::ProxyUnable => {
                "Ask the proxy's operator, or set proxy = \"none\" for this feed if the server can be reached without it."
            }
            Fault::ProxyNoRoute | Fault::ProxyServerRefused | Fault::ProxyServerTimeout => {
                "Check the address of the feed."
            }
            Fault::NotHttp | Fault::HeadTooLarge | Fault::BadField | Fault::BadHttp => {
                "Check the address; otherwise the server's operator has to correct what it answers."
            }
        }
    }
}

#[cfg(test)]
mod tests;
