//! An authenticator made of software: it holds one passkey, counts, and can be told to misbehave.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// The person was there, and it made sure of who it was.
const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
/// The answer holds a new key.
const ATTESTED: u8 = 0x40;

/// A security key or a telephone.
pub struct Authenticator {
    key: SigningKey,
    id: Vec<u8>,
    person: Vec<u8>,
    /// The page that asks, as the browser sees it.
    pub origin: String,
    /// Counts signatures.
    pub counter: u32,
    /// Whether it asks for a finger or a PIN.
    pub verifies: bool,
}

fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn bytes(value: &Value) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(value.as_str().unwrap()).unwrap()
}

impl Authenticator {
    /// A new one, in a browser on this page.
    pub fn new(origin: &str) -> Self {
        let seed: [u8; 32] = som_server::security::random::bytes().unwrap();
        Self {
            key: SigningKey::from_slice(&seed).unwrap(),
            id: som_server::security::random::bytes::<16>()
                .unwrap()
                .to_vec(),
            person: Vec::new(),
            origin: origin.trim_end_matches('/').to_owned(),
            counter: 0,
            verifies: true,
        }
    }

    /// `navigator.credentials.create`.
    pub fn create(&mut self, options: &Value) -> Value {
        assert_eq!(options["authenticatorSelection"]["residentKey"], "required");
        assert_eq!(
            options["authenticatorSelection"]["userVerification"],
            "required"
        );
        self.person = bytes(&options["user"]["id"]);
        let mut data = self.data(options["rp"]["id"].as_str().unwrap(), ATTESTED);
        data.extend([0; 16]);
        data.extend(u16::try_from(self.id.len()).unwrap().to_be_bytes());
        data.extend(&self.id);
        data.extend(self.public_key());
        let mut object = vec![0xa3, 0x63];
        object.extend(b"fmt\x64none\x67attStmt\xa0\x68authData\x58");
        object.push(u8::try_from(data.len()).unwrap());
        object.extend(&data);
        json!({
            "id": text(&self.id), "rawId": text(&self.id), "type": "public-key", "clientExtensionResults": {},
            "response": {
                "attestationObject": text(&object),
                "clientDataJSON": text(&self.client_data("webauthn.create", options)),
                "transports": ["internal"],
            },
        })
    }

    /// `navigator.credentials.get`.
    pub fn get(&mut self, options: &Value) -> Value {
        assert_eq!(options["userVerification"], "required");
        let client = self.client_data("webauthn.get", options);
        let data = self.data(options["rpId"].as_str().unwrap(), 0);
        let mut signed = data.clone();
        signed.extend(Sha256::digest(&client));
        let signature: Signature = self.key.sign(&signed);
        json!({
            "id": text(&self.id), "rawId": text(&self.id), "type": "public-key", "clientExtensionResults": {},
            "response": {
                "authenticatorData": text(&data),
                "clientDataJSON": text(&client),
                "signature": text(signature.to_der().as_bytes()),
                "userHandle": text(&self.person),
            },
        })
    }

    fn data(&mut self, rp: &str, more: u8) -> Vec<u8> {
        self.counter += 1;
        let verified = if self.verifies { VERIFIED } else { 0 };
        let mut data = Sha256::digest(rp.as_bytes()).to_vec();
        data.push(PRESENT | verified | more);
        data.extend(self.counter.to_be_bytes());
        data
    }

    /// COSE, ES256.
    fn public_key(&self) -> Vec<u8> {
        let point = self.key.verifying_key().to_encoded_point(false);
        let mut key = vec![0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20];
        key.extend(point.x().unwrap());
        key.extend([0x22, 0x58, 0x20]);
        key.extend(point.y().unwrap());
        key
    }

    fn client_data(&self, kind: &str, options: &Value) -> Vec<u8> {
        let data = json!({ "type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": false });
        data.to_string().into_bytes()
    }
}
