//! What the fields of a log database are called that say where a line comes from.

use super::file::FieldsEntry;

/// For each label of Lethe the fields that may say it, the most usual first. What is written in
/// the configuration stands alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogFields {
    /// Of a pod's line.
    pub namespace: Vec<String>,
    /// Of a pod's line.
    pub pod: Vec<String>,
    /// Of a pod's line.
    pub container: Vec<String>,
    /// Of a node's line.
    pub node: Vec<String>,
    /// Of a node's line.
    pub process: Vec<String>,
}

/// As Promtail and Alloy, OpenTelemetry (with dots, and as Loki writes it), Fluent Bit and Vector
/// name them.
impl Default for LogFields {
    fn default() -> Self {
        let own = |names: &[&str]| names.iter().map(|it| (*it).to_owned()).collect();
        Self {
            namespace: own(&[
                "namespace",
                "k8s.namespace.name",
                "k8s_namespace_name",
                "kubernetes.namespace_name",
                "kubernetes.pod_namespace",
            ]),
            pod: own(&["pod", "k8s.pod.name", "k8s_pod_name", "kubernetes.pod_name"]),
            container: own(&[
                "container",
                "k8s.container.name",
                "k8s_container_name",
                "kubernetes.container_name",
            ]),
            node: own(&[
                "node",
                "node_name",
                "k8s.node.name",
                "host.name",
                "hostname",
                "host",
            ]),
            process: own(&[
                "process",
                "unit",
                "_SYSTEMD_UNIT",
                "service_name",
                "service.name",
                "syslog.appname",
            ]),
        }
    }
}

impl LogFields {
    pub(super) fn of(entry: FieldsEntry) -> Self {
        let usual = Self::default();
        let only = |name: Option<String>, usual| name.map_or(usual, |it| vec![it]);
        Self {
            namespace: only(entry.namespace, usual.namespace),
            pod: only(entry.pod, usual.pod),
            container: only(entry.container, usual.container),
            node: only(entry.node, usual.node),
            process: only(entry.process, usual.process),
        }
    }

    /// The fields that may say what a label of Lethe says; any other name is itself a field.
    pub(crate) fn named(&self, label: &str) -> Vec<String> {
        match label {
            "namespace" => self.namespace.clone(),
            "pod" => self.pod.clone(),
            "container" => self.container.clone(),
            "node" => self.node.clone(),
            "process" => self.process.clone(),
            other => vec![other.to_owned()],
        }
    }
}
