//! How the relay reaches the allowed hosts: what an operator says about names, addresses and certificates.

use std::io;
use std::path::{Path, PathBuf};

use engine::problem::Problem;
use reqwest::Certificate;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use super::address::Opened;
use super::allow::AllowList;
use super::route::Routes;
use super::upstream::{System, Upstream};

/// What is said about the way to the allowed hosts.
#[derive(clap::Args, Default)]
pub(crate) struct Reach {
    /// A private range that allowed hosts may lead to, for Private Link (repeat for more)
    #[arg(long, value_name = "CIDR")]
    private: Vec<String>,
    /// Where an allowed host is reached when DNS does not say (repeat for more)
    #[arg(long, value_name = "HOST=ADDRESS[:PORT]", requires = "allow")]
    route: Vec<String>,
    /// A further certificate authority to trust for the allowed hosts, in PEM, as of TLS inspection
    #[arg(long, value_name = "FILE", requires = "allow")]
    ca: Option<PathBuf>,
}

impl Reach {
    /// The client that goes this way; none when no host is allowed.
    ///
    /// # Errors
    /// A [`Problem`] that names what cannot be used.
    pub(crate) fn upstream(&self, allow: &AllowList) -> Result<Option<Upstream>, Problem> {
        let opened = Opened::parse(&self.private)?;
        let routes = Routes::parse(&self.route, allow)?;
        let authorities = self.ca.as_deref().map(authorities).transpose()?.unwrap_or_default();
        if allow.hosts().is_empty() {
            return Ok(None);
        }
        Upstream::new(System, opened, routes, authorities).map(Some)
    }
}

/// Reads the certificates of a PEM file.
fn authorities(path: &Path) -> Result<Vec<Certificate>, Problem> {
    let wrong = |why: String| {
        Problem::new(
            format!("--ca {}: this file cannot be used.", path.display()),
            why,
            "Give a file with the certificate of the authority in PEM, which begins with -----BEGIN CERTIFICATE-----. \
             Who runs the TLS inspection of your network has it.",
        )
    };
    let text = std::fs::read(path).map_err(|error| {
        wrong(match error.kind() {
            io::ErrorKind::NotFound => "There is no such file.".to_owned(),
            _ => format!("The system says: {error}."),
        })
    })?;
    let mut certificates = Vec::new();
    for (at, read) in CertificateDer::pem_slice_iter(&text).enumerate() {
        let broken = || wrong(format!("Its certificate number {} is broken.", at + 1));
        let der = read.map_err(|_| broken())?;
        // The client would only say that it cannot be built.
        RootCertStore::empty().add(der.clone()).map_err(|_| broken())?;
        certificates.push(Certificate::from_der(&der).map_err(|_| broken())?);
    }
    if certificates.is_empty() {
        return Err(wrong("It holds no certificate in PEM.".to_owned()));
    }
    Ok(certificates)
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;
    use std::sync::Arc;

    use hyper::Method;
    use hyper::header::HeaderMap;
    use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
    use tempfile::NamedTempFile;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;
    use tokio_rustls::TlsAcceptor;

    use super::super::refusal::{Code, Refusal};
    use super::super::upstream::Received;
    use super::*;

    const HOST: &str = "adb-1.1.azuredatabricks.net";

    /// A TLS server on loopback with a certificate for one name, and the PEM file of its authority.
    async fn host(name: &str) -> (SocketAddr, NamedTempFile) {
        let authority_key = rcgen::KeyPair::generate().unwrap();
        let mut params = rcgen::CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let authority = file(&params.self_signed(&authority_key).unwrap().pem());
        let issuer = rcgen::Issuer::new(params, authority_key);
        let key = rcgen::KeyPair::generate().unwrap();
        let leaf =
            rcgen::CertificateParams::new([name.to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
        let config =
            rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
                .with_safe_default_protocol_versions()
                .unwrap()
                .with_no_client_auth()
                .with_single_cert(
                    vec![leaf.der().clone()],
                    PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der())),
                )
                .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let Ok(mut stream) = acceptor.accept(stream).await else { continue };
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    head.push(stream.read_u8().await.unwrap());
                }
                let body = head.split(|byte| *byte == b'\r').next().unwrap().to_vec();
                let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
                stream.write_all(&[answer.as_bytes(), &body].concat()).await.unwrap();
            }
        });
        (address, authority)
    }

    fn file(text: &str) -> NamedTempFile {
        let file = NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        file
    }

    fn allow() -> AllowList {
        AllowList::parse(&[HOST.to_owned()]).unwrap()
    }

    async fn ask(address: SocketAddr, authority: Option<&NamedTempFile>) -> Result<Received, Refusal> {
        let reach = Reach {
            private: Vec::new(),
            route: vec![format!("{HOST}={address}")],
            ca: authority.map(|file| file.path().to_owned()),
        };
        let upstream = reach.upstream(&allow()).unwrap().unwrap();
        upstream.send(Method::GET, (HOST, "/api", None), HeaderMap::new(), Vec::new()).await
    }

    #[tokio::test]
    async fn a_routed_host_is_reached_at_its_address_under_its_name() {
        let (address, authority) = host(HOST).await;
        let received = ask(address, Some(&authority)).await.ok().unwrap();
        assert_eq!((received.status, received.body), (200, b"GET /api HTTP/1.1".to_vec()));
    }

    #[tokio::test]
    async fn whoever_answers_there_must_still_prove_its_name() {
        let (address, authority) = host("adb-2.2.azuredatabricks.net").await;
        let refusal = ask(address, Some(&authority)).await.err().unwrap();
        assert_eq!(refusal.code, Code::Tls, "{}", refusal.message);
        assert!(refusal.message.contains("not valid for name"), "{}", refusal.message);
    }

    #[tokio::test]
    async fn no_authority_is_trusted_but_the_systems_and_the_named_one() {
        let (address, _) = host(HOST).await;
        let (_, other) = host(HOST).await;
        for authority in [None, Some(&other)] {
            let refusal = ask(address, authority).await.err().unwrap();
            assert_eq!(refusal.code, Code::Tls, "{}", refusal.message);
            assert!(refusal.message.contains("--ca"), "{}", refusal.message);
        }
    }

    #[test]
    fn a_file_without_a_good_certificate_is_told() {
        let pem = |body: &str| format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n");
        let key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
        for (text, why) in [
            ("", "It holds no certificate in PEM."),
            ("contoso", "It holds no certificate in PEM."),
            (key, "It holds no certificate in PEM."),
            (&pem("AAAA"), "Its certificate number 1 is broken."),
            (&pem("%"), "Its certificate number 1 is broken."),
            ("-----BEGIN CERTIFICATE-----\nAAAA\n", "Its certificate number 1 is broken."),
        ] {
            let file = file(text);
            let problem = authorities(file.path()).unwrap_err();
            assert_eq!(problem.what, format!("--ca {}: this file cannot be used.", file.path().display()));
            assert_eq!(problem.why, why, "{text}");
        }
        let problem = authorities(Path::new("no-such-file.pem")).unwrap_err();
        assert_eq!(problem.why, "There is no such file.");
    }

    #[test]
    fn bad_options_are_told_though_no_host_is_allowed() {
        let none = AllowList::default();
        assert!(Reach::default().upstream(&none).unwrap().is_none());
        let private = Reach { private: vec!["8.8.8.0/24".to_owned()], ..Reach::default() };
        assert!(private.upstream(&none).is_err());
        let route = Reach { route: vec![format!("{HOST}=10.20.0.4")], ..Reach::default() };
        assert!(route.upstream(&none).is_err());
    }
}
