//! A small Kubernetes cluster, as the exporters of a real one would describe it.

use anyhow::Context;
use venti_local::Running;

use crate::world::root;

/// The cluster of `fixtures/kubernetes.prom`, whose counters go on counting.
#[derive(Debug)]
pub struct Cluster {
    text: String,
    rounds: u32,
}

impl Cluster {
    /// The cluster before anybody scraped it.
    pub fn read() -> anyhow::Result<Cluster> {
        let path = root().join("e2e/fixtures/kubernetes.prom");
        let text = std::fs::read_to_string(&path).with_context(|| format!("no {path:?}"))?;
        Ok(Cluster { text, rounds: 0 })
    }

    /// Lets node-exporter show counters a little higher than before, so that
    /// their rates are not zero.
    pub fn go_on(&mut self, stack: &Running) -> anyhow::Result<()> {
        self.rounds += 1;
        let growth = 1.0 + 1e-5 * f64::from(self.rounds);
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
    let new = stack.textfiles().join("new");
    std::fs::write(&new, text)?;
    std::fs::rename(&new, stack.textfiles().join(format!("{name}.prom")))?;
    Ok(())
}
