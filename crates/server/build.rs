//! Makes sure that there is something to embed, and that a new migration means a new binary.

use std::path::Path;

const PLACEHOLDER: &str = "<!doctype html><meta charset=\"utf-8\"><title>Sales Order Manager</title>\
<p>The web app has not been built: run <code>make run</code>, or <code>npm run build</code> in <code>web/</code>.\n";

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=../../migrations");
    let dist = Path::new("../../web/dist");
    let page = dist.join("index.html");
    if !page.exists()
        && let Err(error) =
            std::fs::create_dir_all(dist).and_then(|()| std::fs::write(&page, PLACEHOLDER))
    {
        println!("cargo:warning=cannot write {}: {error}", page.display());
    }
}
