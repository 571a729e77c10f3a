//! The template language of Prometheus rule files: Go's `text/template` with
//! the functions and variables that Prometheus adds, and a few of our own.
//!
//! A [`Template`] is parsed once and rendered often. [`Template::check`] finds
//! what would fail later. Rendering does no I/O and reads no clock: the alert,
//! the time and the answers to queries are handed in as [`Data`] and
//! [`Queries`]. Work and output are bounded, whatever a template says.
//!
//! ```
//! use venti_model::labels::Labels;
//! use venti_template::{Data, Queries, Template};
//!
//! let template = Template::parse("__alert_Full", "{{ $labels.device }} is at {{ $value | humanizePercentage }}")?;
//! let labels = Labels::from_iter([("device", "sda1")]);
//! let data = Data {
//!     labels: &labels,
//!     external_labels: &Labels::default(),
//!     external_url: "https://venti.example",
//!     value: 0.975,
//!     histogram: None,
//!     datasource: "main",
//!     active_at: Default::default(),
//!     logs: &[],
//!     now: Default::default(),
//! };
//! assert_eq!(template.render(&data, &Queries::default())?, "sda1 is at 97.5%");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Where this differs from Prometheus
//!
//! | | Prometheus | here | because |
//! |---|---|---|---|
//! | columns in errors | of the text with declarations before it | of the text itself, from 1 | an editor goes there |
//! | `humanizeDuration` of 2⁶³ seconds and more | negative parts | the longest duration | a number must not lie |
//! | bytes that are no UTF-8 | kept | U+FFFD | what JSON makes of them |
//! | samples within a printed list | memory addresses | their content | |
//! | methods of times and durations | all of Go's | those without time zones and arithmetic | |
//! | complex numbers | computed | an error | nobody writes them |
//! | work, length of text, nesting, depth | hardly bounded | 16 MiB, 1 MiB, 100, 50 | a rule file must not stop the server |
//! | `$logs`, `$datasource`, `$activeAt` and fields of these names | unknown | known, and told by [`Template::check`] | |
//! | `else with`, `range` over an integer, `now`, `toDuration`, `urlQueryEscape` | by version | known | |

mod ast;
mod check;
mod data;
mod error;
mod escape;
mod exec;
mod exercise;
mod float;
mod functions;
mod kind;
mod lexer;
mod parser;
mod printf;
mod scope;
mod template;
mod value;

pub use check::{Finding, FindingKind};
pub use data::{Data, LogLine, Queries, Sample};
pub use error::{ExecError, ParseError, Position, RenderError, visible_text};
pub use exercise::exercise;
pub use template::{QueryCall, Template};
