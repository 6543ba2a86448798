//! Tells the linker where the parts of a guest's memory are to lie.

#[allow(dead_code, reason = "some of it is for the guest alone")]
mod layout {
    include!("src/home/layout.rs");
}

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=src/home/layout.rs");
    if std::env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|arch| arch == "wasm32") {
        let stack = layout::HOME + layout::STACK_IN_HOME;
        // The stack comes first, so that one that is too deep ends in a trap.
        println!("cargo::rustc-link-arg-bins=-zstack-size={stack}");
        println!("cargo::rustc-link-arg-bins=--global-base={}", layout::STATICS);
    }
}
