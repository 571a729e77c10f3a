//! Any text is a template or an error, and a template is rendered or refused.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| venti_template::exercise(text));
