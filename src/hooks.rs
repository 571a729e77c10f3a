//! What the browser tells, as signals. Each hook ends what it started when its view goes.
//!
//! The hooks of leptos-use do the same and more; these five take 12 KB less of the page's 300
//! (brotli, measured), and are a screenful each.

mod click_outside;
mod clipboard;
mod intersection;
mod media_query;
mod size;
mod tab;

pub(crate) use click_outside::use_click_outside;
pub(crate) use clipboard::copy_text;
pub(crate) use intersection::use_is_near;
pub(crate) use media_query::use_media_query;
pub(crate) use size::use_size;
pub(crate) use tab::use_is_tab_hidden;
