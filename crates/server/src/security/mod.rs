//! Keys, tokens, password hashing, cookies and CSRF: everything that must not be written twice.

pub mod api_key;
pub mod blind;
pub mod cookies;
pub mod csrf;
pub mod kek;
pub mod keys;
pub mod links;
pub mod password;
pub mod person_key;
pub mod qr;
pub mod random;
pub mod seal;
pub mod server_key;
pub mod soft_lock;
pub mod strength;
pub mod tokens;
pub mod totp;
pub mod webauthn;

pub use keys::Keys;
pub use password::PasswordGate;
