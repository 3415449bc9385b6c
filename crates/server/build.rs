//! Looks whether the web bundle was built. It makes nothing, runs no Node and needs no network:
//! `cargo check` works on a bare machine, and the server then shows a page that says what to do.

fn main() {
    let manifest = std::path::Path::new("../../web/dist/manifest.json");
    println!("cargo::rerun-if-changed={}", manifest.display());
    println!("cargo::rustc-check-cfg=cfg(tandem_ui)");
    if manifest.is_file() {
        println!("cargo::rustc-cfg=tandem_ui");
    }
}
