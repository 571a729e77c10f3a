//! What has logs, as a tree: namespaces, their workloads, and the pods of those.

use std::collections::BTreeMap;

use super::letheql::quoted;

/// The letters of suffixes that Kubernetes makes up: no vowels and nothing that looks like one.
const MADE_UP: &str = "bcdfghjklmnpqrstvwxz2456789";

/// What runs as one or more pods of a namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Workload {
    /// The common name of its pods.
    pub(super) name: String,
    /// Whole names, in order.
    pub(super) pods: Vec<String>,
}

/// A thing that a click asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// A machine.
    Node(String),
    /// All pods of a namespace.
    Namespace(String),
    /// The pods of a workload, now and later; of its namespace.
    Workload(String, String),
    /// One pod of a namespace.
    Pod(String, String),
}

impl Target {
    /// The selector of its lines.
    pub(super) fn selector(&self) -> String {
        match self {
            Target::Node(node) => format!("node{{node={}}}", quoted(node)),
            Target::Namespace(namespace) => format!("pod{{namespace={}}}", quoted(namespace)),
            Target::Workload(namespace, name) => {
                // Names of Kubernetes have no other letter that means something in expressions.
                let pods = format!("{}(-.+)?", name.replace('.', r"\."));
                format!(
                    "pod{{namespace={},pod=~{}}}",
                    quoted(namespace),
                    quoted(&pods)
                )
            }
            Target::Pod(namespace, pod) => {
                format!("pod{{namespace={},pod={}}}", quoted(namespace), quoted(pod))
            }
        }
    }
}

/// The workload of a pod: its name without what Kubernetes adds to it.
pub(super) fn workload(pod: &str) -> &str {
    let is_made_up = |part: &str| part.chars().all(|it| MADE_UP.contains(it));
    let is_digits = |part: &str| part.chars().all(|it| it.is_ascii_digit());
    let Some((owner, suffix)) = pod.rsplit_once('-').filter(|it| !it.0.is_empty()) else {
        return pod;
    };
    match suffix.len() {
        // Of a stateful set.
        1..=3 if is_digits(suffix) => owner,
        // Of a daemon set or a job, and through one of those of a deployment or cron job.
        5 if is_made_up(suffix) => match owner.rsplit_once('-') {
            Some((name, hash)) if (6..=10).contains(&hash.len()) && is_made_up(hash) => name,
            Some((name, minutes)) if minutes.len() >= 8 && is_digits(minutes) => name,
            _ => owner,
        },
        _ => pod,
    }
}

/// Pods by their workloads, both in the order of the alphabet.
pub(super) fn workloads(pods: &[String]) -> Vec<Workload> {
    let mut by_name = BTreeMap::<&str, Vec<String>>::new();
    for pod in pods {
        by_name.entry(workload(pod)).or_default().push(pod.clone());
    }
    let workloads = by_name.into_iter().map(|(name, mut pods)| {
        pods.sort();
        Workload {
            name: name.to_owned(),
            pods,
        }
    });
    workloads.collect()
}

/// Whether a name is looked for.
pub(super) fn is_wanted(name: &str, search: &str) -> bool {
    name.contains(search.trim())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn workloads_of_pods() {
        for (pod, expected) in [
            ("web-7d4b9c6f5-x2k8z", "web"),
            (
                "ingress-nginx-controller-5c8d66c76d-4fzt7",
                "ingress-nginx-controller",
            ),
            ("fluent-bit-zx8kq", "fluent-bit"),
            ("postgres-0", "postgres"),
            ("postgres-12", "postgres"),
            ("backup-28391040-wl2vz", "backup"),
            ("etcd-node-1", "etcd-node"),
            ("kube-apiserver-control", "kube-apiserver-control"),
            ("my-cat", "my-cat"),
            ("web", "web"),
            ("-x2k8z", "-x2k8z"),
            ("", ""),
        ] {
            assert_eq!(workload(pod), expected, "{pod}");
        }
    }

    #[test]
    fn pods_stand_below_their_workloads() {
        let pods = ["web-7d4b9c6f5-x2k8z", "db-0", "web-7d4b9c6f5-4fzt7"].map(String::from);
        let expected = [
            ("db", vec!["db-0"]),
            ("web", vec!["web-7d4b9c6f5-4fzt7", "web-7d4b9c6f5-x2k8z"]),
        ];
        let found = workloads(&pods);
        let found: Vec<_> = found
            .iter()
            .map(|it| {
                (
                    it.name.as_str(),
                    it.pods.iter().map(String::as_str).collect(),
                )
            })
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn targets_write_selectors() {
        let name = |text: &str| text.to_owned();
        for (target, expected) in [
            (Target::Node(name("n1")), r#"node{node="n1"}"#),
            (Target::Namespace(name("a\"b")), r#"pod{namespace="a\"b"}"#),
            (
                Target::Workload(name("shop"), name("web.v2")),
                r#"pod{namespace="shop",pod=~"web\\.v2(-.+)?"}"#,
            ),
            (
                Target::Pod(name("shop"), name("db-0")),
                r#"pod{namespace="shop",pod="db-0"}"#,
            ),
        ] {
            assert_eq!(target.selector(), expected);
            assert!(lethe::letheql::LogQuery::parse(&target.selector()).is_ok());
        }
    }

    proptest! {
        #[test]
        fn a_workload_begins_its_pods(pods in proptest::collection::vec("[a-z0-9-]{0,20}", 0..20)) {
            let workloads = workloads(&pods);
            let n_pods: usize = workloads.iter().map(|it| it.pods.len()).sum();
            prop_assert_eq!(n_pods, pods.len());
            for workload in workloads {
                prop_assert!(workload.pods.iter().all(|it| it.starts_with(&workload.name)));
            }
        }
    }
}
