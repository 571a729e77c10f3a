//! A small Kubernetes cluster, as the exporters of a real one would describe it.

use std::io::Write;
use std::time::Instant;

use anyhow::Context;
use venti_local::Running;

use crate::world::root;

/// How much counters grow in a second, as a share of what they are: enough that
/// idle processors are idle for about half of each second.
const GROWTH: f64 = 1e-6;

/// The cluster of `fixtures/kubernetes.prom`, whose counters go on counting.
#[derive(Debug)]
pub struct Cluster {
    text: String,
    start: Instant,
}

impl Cluster {
    /// The cluster as the file has it; its counters count from now on.
    pub fn read() -> anyhow::Result<Cluster> {
        let path = root().join("e2e/fixtures/kubernetes.prom");
        let text = std::fs::read_to_string(&path).with_context(|| format!("no {path:?}"))?;
        let start = Instant::now();
        Ok(Cluster { text, start })
    }

    /// Lets node-exporter show counters as high as they are by now.
    pub fn go_on(&self, stack: &Running) -> anyhow::Result<()> {
        let growth = 1.0 + GROWTH * self.start.elapsed().as_secs_f64();
        let mut counts = false;
        let mut text = String::with_capacity(self.text.len() * 2);
        for line in self.text.lines() {
            if line.starts_with("# TYPE") {
                counts = line.ends_with(" counter") || line.ends_with(" histogram");
            }
            match line.rsplit_once(' ') {
                Some((series, value)) if counts && !line.starts_with('#') => {
                    let value = value.parse::<f64>()? * growth;
                    text.push_str(&format!("{series} {value}\n"));
                }
                _ => text.push_str(&format!("{line}\n")),
            }
        }
        expose(stack, "kubernetes", &text)
    }
}

/// Lets node-exporter expose `text`, metrics in Prometheus' text format, as
/// `<name>.prom`.
pub fn expose(stack: &Running, name: &str, text: &str) -> anyhow::Result<()> {
    // Renamed into place: node-exporter must not read half a file.
    let mut new = tempfile::NamedTempFile::new_in(stack.textfiles())?;
    new.write_all(text.as_bytes())?;
    new.persist(stack.textfiles().join(format!("{name}.prom")))?;
    Ok(())
}
