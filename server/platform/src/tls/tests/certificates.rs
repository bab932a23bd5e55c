//! Certificates that tests create.

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};

/// The time in which a certificate is valid.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Validity {
    Current,
    Expired,
}

/// A certificate authority of one test.
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    file: tempfile::TempPath,
}

/// The certificate of a server with its private key, both in PEM.
pub struct Certificate {
    certificate: String,
    key: String,
}

impl Certificate {
    pub fn pem(&self) -> (&str, &str) {
        (&self.certificate, &self.key)
    }
}

impl Authority {
    pub fn create() -> Authority {
        let mut parameters = CertificateParams::new(Vec::new()).unwrap();
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(parameters, KeyPair::generate().unwrap()).unwrap();
        let file = tempfile::NamedTempFile::new().unwrap().into_temp_path();
        std::fs::write(&file, issuer.pem()).unwrap();
        Authority { issuer, file }
    }

    /// Returns the path of the root certificate.
    pub fn path(&self) -> &str {
        self.file.to_str().unwrap()
    }

    /// Issues the certificate of a server.
    pub fn issue(&self, host: &str, validity: Validity) -> Certificate {
        let mut parameters = CertificateParams::new(vec![host.to_owned()]).unwrap();
        if validity == Validity::Expired {
            parameters.not_before = date_time_ymd(2020, 1, 1);
            parameters.not_after = date_time_ymd(2020, 2, 1);
        }
        let key = KeyPair::generate().unwrap();
        let certificate = parameters.signed_by(&key, &self.issuer).unwrap();
        Certificate { certificate: certificate.pem(), key: key.serialize_pem() }
    }
}
