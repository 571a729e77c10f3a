//! Entry of the WebAssembly program: a readable panic, then the app.

fn main() {
    console_error_panic_hook::set_once();
    leptos::mount::mount_to_body(venti::App);
}
