//! Asks the linker to leave in the WebAssembly file what `deploy/local/split.sh` cuts it by.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if env::var("CARGO_CFG_TARGET_FAMILY").is_ok_and(|it| it == "wasm") {
        println!("cargo::rustc-link-arg-bins=--emit-relocs");
    }
}
