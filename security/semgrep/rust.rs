//! What the rules of rust.yml must find, and what they must leave: `semgrep scan --test security/semgrep`.
fn examples() {
    // ruleid: sql-is-never-put-together
    let sql = format!("select id from orders where number = '{number}'");
    // ruleid: sql-is-never-put-together
    builder.push(format!(" where name = '{name}'"));
    // ok: sql-is-never-put-together
    let said = format!("selected {count} of {total}");
    // ruleid: unchecked-sql-says-why
    sqlx::raw_sql(AssertSqlSafe(text));
    // ruleid: no-shell
    Command::new("sh").arg("-c");
    // ok: no-shell
    Command::new("df").arg(path);
    // ruleid: one-way-to-other-servers
    let client = reqwest::Client::builder();
    // ruleid: certificates-are-checked
    builder.danger_accept_invalid_certs(true);
    // ruleid: secrets-are-not-compared-byte-by-byte
    if stored.token_hash == given {}
    // ok: secrets-are-not-compared-byte-by-byte
    if bool::from(token_hash.ct_eq(&given)) {}
    // ruleid: no-weak-digest
    use sha1::Sha1;
    // ruleid: no-secret-in-a-log
    info!("key {}", key.expose_secret());
    // ruleid: html-comes-from-maud
    PreEscaped(format!("<b>{name}</b>"));
    // ok: html-comes-from-maud
    PreEscaped(STYLE);
}
