//! Public rule files: all of them load, with the rules that they have.

use std::fs;

use venti_alert::rule::Rule;
use venti_alert::rulefile;
use venti_model::status::Severity;

use crate::support::{faults, shared};

/// Path, alerts, recording rules and warnings of each file.
const FILES: [(&str, usize, usize, usize); 16] = [
    ("awesome-docker-containers/google-cadvisor.yml", 9, 0, 0),
    ("awesome-host-and-hardware/node-exporter.yml", 35, 0, 0),
    ("awesome-kubernetes/kubestate-exporter.yml", 37, 0, 0),
    (
        "awesome-prometheus-self-monitoring/embedded-exporter.yml",
        28,
        0,
        0,
    ),
    ("kube-prometheus/alertmanager-prometheusRule.yaml", 9, 0, 0),
    ("kube-prometheus/grafana-prometheusRule.yaml", 1, 1, 0),
    (
        "kube-prometheus/kubePrometheus-prometheusRule.yaml",
        4,
        8,
        0,
    ),
    (
        "kube-prometheus/kubeStateMetrics-prometheusRule.yaml",
        4,
        0,
        0,
    ),
    (
        "kube-prometheus/kubernetesControlPlane-prometheusRule.yaml",
        63,
        71,
        0,
    ),
    (
        "kube-prometheus/nodeExporter-prometheusRule.yaml",
        26,
        15,
        0,
    ),
    ("kube-prometheus/prometheus-prometheusRule.yaml", 23, 0, 0),
    (
        "kube-prometheus/prometheusOperator-prometheusRule.yaml",
        9,
        0,
        0,
    ),
    ("node-mixin/alerts.yaml", 26, 0, 0),
    ("node-mixin/rules.yaml", 0, 15, 0),
    ("venti/defaultGroups.yml", 103, 0, 13),
    ("venti/sample.yml", 4, 0, 0),
];

#[test]
fn every_public_rule_file_loads() {
    let Some(folder) = shared("rules") else {
        return;
    };
    for (path, alerts, records, warnings) in FILES {
        let text = fs::read_to_string(folder.join(path)).unwrap();
        let file = rulefile::read(path, &text);
        let rules = || file.groups.iter().flat_map(|it| &it.rules);
        let count = rules().filter(|it| matches!(it, Rule::Alert(_))).count();
        let errors = file
            .faults
            .iter()
            .filter(|it| it.severity == Severity::Error)
            .count();
        let found = (
            count,
            rules().count() - count,
            file.faults.len() - errors,
            errors,
        );
        assert_eq!(
            found,
            (alerts, records, warnings, 0),
            "{path}: {:#?}",
            faults(&file)
        );
    }
}
