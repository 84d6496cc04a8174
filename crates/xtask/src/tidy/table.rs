//! What the checks allow, with the reasons. A change here is a change of the architecture: say why.

/// `(a, b)`: `features/a` may call `features/b::service`. Must stay free of circles.
pub const FEATURE_EDGES: &[(&str, &str)] = &[
    // A sign-up founds an organization with its first member; a password is proved where sign-in is.
    ("accounts", "auth"),
    ("accounts", "members"),
    // A deleted account has no second factors.
    ("accounts", "second_factors"),
    ("accounts", "setup"),
    // A key is made by who proved it a moment ago.
    ("api_keys", "auth"),
    // The home page shows the newest orders as the list does.
    ("dashboard", "orders"),
    // A customer has custom fields.
    ("customers", "custom_fields"),
    // Prices are found for a buyer and a product; a product has custom fields and a tax class.
    ("price_lists", "customers"),
    ("price_lists", "products"),
    // An order's prices are resolved by the rules of price lists; its custom fields are checked and sealed as everybody's.
    ("orders", "price_lists"),
    ("orders", "custom_fields"),
    // What time does to orders is done by the system, in the name of nobody.
    ("orders", "auth"),
    ("products", "custom_fields"),
    ("products", "taxes"),
    // What a member may do is given by a role, by somebody who proved it a moment ago.
    // Keys of who leaves end, and who lost a second factor is let in again by an administrator.
    ("members", "api_keys"),
    ("members", "auth"),
    ("members", "second_factors"),
    ("members", "roles"),
    ("roles", "auth"),
    // Second factors are shown at sign-in, and changed by who showed them a moment ago.
    ("second_factors", "auth"),
    // an ended session is forgotten where callers are cached
    ("sessions", "auth"),
    // who must have a second factor is changed by who showed theirs a moment ago
    ("settings", "auth"),
    // the first run makes the first member and signs them in
    ("setup", "auth"),
    ("setup", "members"),
    // An invitation gives what its inviter could give, by a proof of a moment ago, and ends as a membership.
    ("invitations", "auth"),
    ("invitations", "members"),
    // An import hands its objects to the services that would take them over HTTP.
    ("imports", "auth"),
    ("imports", "customers"),
    ("imports", "orders"),
    ("imports", "price_lists"),
    ("imports", "products"),
    // A provider's word lets people in: with roles of the organization, into sessions like all others.
    ("sso", "auth"),
    ("sso", "members"),
    ("sso", "roles"),
    // Demo data is made by the services that people use over HTTP.
    ("seed", "approvals"),
    ("seed", "auth"),
    ("seed", "custom_fields"),
    ("seed", "customers"),
    ("seed", "members"),
    ("seed", "orders"),
    ("seed", "price_lists"),
    ("seed", "products"),
    ("seed", "settings"),
    ("seed", "setup"),
    ("seed", "taxes"),
];

/// `(a, b)`: the shared file or folder `a` may call `features/b::service`.
pub const SHARED_EDGES: &[(&str, &str)] = &[
    // Who asks is settled in the extractor of every handler; how, is the auth feature's business.
    ("http/allowed.rs", "auth"),
];

/// Files over [`LINES_MAX`] lines, with the reason.
pub const LONG_FILES: &[(&str, &str)] = &[];

/// A source file longer than this is a question; it needs an entry in [`LONG_FILES`].
pub const LINES_MAX: usize = 400;

/// The largest binary file outside `docs/images`.
pub const BINARY_MAX: usize = 200_000;

/// Generated files: no rule of style applies to them.
pub const GENERATED: &[&str] = &[
    "Cargo.lock",
    "api/openapi.json",
    "docs/reference/",
    "e2e/package-lock.json",
    "web/package-lock.json",
    "web/src/lib/schema.gen.ts",
    "web/src/routeTree.gen.ts",
    "web/src/route-tree.gen.ts",
    ".sqlx/",
    ".env.example",
];

/// Words that do not belong in the repository. Split so that this file does not hold them.
pub const BANNED: &[(&str, &str)] = &[
    (concat!("<<<<", "<<< "), "a merge conflict was committed"),
    (concat!(">>>>", ">>> "), "a merge conflict was committed"),
    (
        concat!("TO", "DO"),
        "open an issue instead of leaving a note",
    ),
    (concat!("FIX", "ME"), "fix it, or open an issue"),
    (concat!("XX", "X:"), "fix it, or open an issue"),
    (concat!("/ho", "me/"), "the path of one machine"),
    (concat!("/Use", "rs/"), "the path of one machine"),
    (concat!("/ro", "ot/"), "the path of one machine"),
    (concat!("/wor", "k/"), "the path of one machine"),
    (concat!("/var/", "tmp"), "the path of one machine"),
    (concat!("C:\\Use", "rs"), "the path of one machine"),
    (
        concat!("registry.", "npmjs"),
        "a registry's address: the client knows it",
    ),
    (
        concat!("files.python", "hosted"),
        "a registry's address: the client knows it",
    ),
    (
        concat!("static.crates", ".io"),
        "a registry's address: the client knows it",
    ),
    (
        concat!("PRIVATE", " KEY-----"),
        "a private key: make one at run time",
    ),
    (concat!("lorem ", "ipsum"), "write the real text"),
];

/// What is banned in TypeScript only.
pub const BANNED_TYPESCRIPT: &[(&str, &str)] = &[
    (concat!("as ", "any"), "give it its type"),
    (
        concat!("@ts-", "ignore"),
        "use @ts-expect-error with a reason, or the right type",
    ),
    (
        concat!("eslint-dis", "able-file"),
        "disable one line, with a reason",
    ),
    (
        concat!("dangerously", "SetInnerHTML"),
        "the content security policy refuses it",
    ),
];

/// Crates that the domain may not know: it is pure.
pub const DOMAIN_BANNED: &[&str] = &[
    "tokio",
    "axum",
    "sqlx",
    "hyper",
    "http",
    "tower",
    "reqwest",
    "clap",
    "tracing",
    "rand",
    "getrandom",
];

/// Parts of `std` that the domain may not use: no I/O, no clock, no environment.
pub const DOMAIN_BANNED_STD: &[&str] = &[
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "std::time::SystemTime",
    "std::time::Instant",
];
