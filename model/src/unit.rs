//! Units of values: being written.
#![allow(missing_docs)]
use serde::{Deserialize, Serialize};
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Unit(String);
#[derive(Clone, Copy, Debug)]
pub struct FormatOptions {
    pub decimals: Option<u8>,
    pub zone: crate::time::Zone,
    pub now: Option<f64>,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TickBase {
    Decimal,
    Binary,
    Time,
}
impl Unit {
    pub fn format(&self, value: f64, _o: &FormatOptions) -> String {
        format!("{value}")
    }
    pub fn parts(&self, value: f64, _o: &FormatOptions) -> (String, String) {
        (format!("{value}"), self.0.clone())
    }
    pub fn ticks(&self, values: &[f64], _step: f64) -> Vec<String> {
        values.iter().map(|v| v.to_string()).collect()
    }
    pub fn tick_base(&self) -> TickBase {
        TickBase::Decimal
    }
}
