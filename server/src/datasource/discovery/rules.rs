//! Whether a service is a datasource, and which. The rules are the original's.

use k8s_openapi::api::core::v1::{Service, ServicePort};
use url::Url;
use venti_model::api::datasources::{DatasourceType, DatasourceTypeError};

use crate::config::Discovery;

/// A service that is a datasource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Discovered {
    /// `<service>.<namespace>`.
    pub(super) name: String,
    /// What speaks there.
    pub(super) kind: DatasourceType,
    /// Its address within the cluster.
    pub(super) url: Url,
    /// Whether it is of the main namespace.
    pub(super) is_main: bool,
}

/// Why a service that should be a datasource is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unusable {
    /// The annotation says what is no type.
    #[error(transparent)]
    Type(#[from] DatasourceTypeError),
    /// There is nothing to connect to.
    #[error("it has no port")]
    NoPort,
    /// Name and port make no address.
    #[error("its name and port make no URL")]
    NoUrl,
}

/// The port of this name is taken, wherever it stands.
const PORT_NAME: &str = "http";

/// A longer word is no type, and would only fill the log.
const MAX_TYPE_CHARS: usize = 64;

/// What the rules make of a service; nothing of one that they do not mean.
pub(super) fn apply(rules: &Discovery, service: &Service) -> Option<Result<Discovered, Unusable>> {
    let kind = kind(rules, service)?;
    Some(kind.and_then(|kind| discovered(rules, service, kind)))
}

fn kind(rules: &Discovery, service: &Service) -> Option<Result<DatasourceType, Unusable>> {
    match service.metadata.name.as_deref() {
        Some("prometheus") if rules.by_name_prometheus => {
            return Some(Ok(DatasourceType::Prometheus));
        }
        Some("lethe") if rules.by_name_lethe => return Some(Ok(DatasourceType::Lethe)),
        _ => {}
    }
    let annotations = service.metadata.annotations.as_ref()?;
    let word = annotations.get(&rules.annotation_key)?;
    let word: String = word.chars().take(MAX_TYPE_CHARS).collect();
    Some(word.parse().map_err(Unusable::Type))
}

fn discovered(
    rules: &Discovery,
    service: &Service,
    kind: DatasourceType,
) -> Result<Discovered, Unusable> {
    let namespace = service.metadata.namespace.as_deref();
    let (Some(service_name), Some(namespace)) = (service.metadata.name.as_deref(), namespace)
    else {
        return Err(Unusable::NoUrl);
    };
    let port = port(service).ok_or(Unusable::NoPort)?;
    let name = format!("{service_name}.{namespace}");
    let url = Url::parse(&format!("http://{name}:{port}")).map_err(|_| Unusable::NoUrl)?;
    // The name `1` in the namespace `2` would be read as an address of the Internet.
    if url.host_str() != Some(&name) || url.path() != "/" {
        return Err(Unusable::NoUrl);
    }
    Ok(Discovered {
        name,
        kind,
        url,
        is_main: rules.main_namespace.as_deref() == Some(namespace),
    })
}

fn port(service: &Service) -> Option<i32> {
    let ports = service.spec.as_ref()?.ports.as_ref()?;
    let is_http = |it: &&ServicePort| it.name.as_deref() == Some(PORT_NAME);
    let port = ports.iter().find(is_http).or_else(|| ports.first())?;
    Some(port.port)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn rules() -> Discovery {
        Discovery {
            main_namespace: Some("monitoring".to_owned()),
            annotation_key: "example.org/kind".to_owned(),
            by_name_prometheus: false,
            by_name_lethe: false,
        }
    }

    fn service(namespace: &str, name: &str, kind: Option<&str>, ports: Value) -> Service {
        let mut service = json!({
            "metadata": {"namespace": namespace, "name": name, "annotations": {"other": "lethe"}},
            "spec": {"ports": ports},
        });
        if let Some(kind) = kind {
            service["metadata"]["annotations"]["example.org/kind"] = kind.into();
        }
        serde_json::from_value(service).unwrap()
    }

    /// Type, name, URL and an asterisk for main ones, or why it is none.
    fn applied(rules: &Discovery, service: &Service) -> String {
        match apply(rules, service) {
            None => "-".to_owned(),
            Some(Err(error)) => error.to_string(),
            Some(Ok(it)) => {
                let mark = if it.is_main { "*" } else { "" };
                format!("{} {} {}{mark}", it.kind, it.name, it.url)
            }
        }
    }

    #[test]
    fn an_annotation_makes_a_datasource() {
        let unnamed = json!([{"port": 9090}, {"port": 1}]);
        let named = json!([{"name": "grpc", "port": 1}, {"name": "http", "port": 6060}]);
        for (namespace, name, kind, ports, expected) in [
            (
                "monitoring",
                "p",
                Some("prometheus"),
                &unnamed,
                "prometheus p.monitoring http://p.monitoring:9090/*",
            ),
            (
                "default",
                "l",
                Some("lethe"),
                &named,
                "lethe l.default http://l.default:6060/",
            ),
            (
                "default",
                "v",
                Some("loki"),
                &unnamed,
                "loki v.default http://v.default:9090/",
            ),
            ("default", "p", None, &unnamed, "-"),
            ("default", "prometheus", None, &unnamed, "-"),
            (
                "default",
                "p",
                Some("prometheus"),
                &json!([]),
                "it has no port",
            ),
            (
                "default",
                "p",
                Some("prometheus"),
                &Value::Null,
                "it has no port",
            ),
            (
                "default",
                "p",
                Some("Prometheus"),
                &unnamed,
                "unknown datasource type `Prometheus`, expected `prometheus`, `lethe`, `victorialogs` or `loki`",
            ),
            (
                "2",
                "1",
                Some("lethe"),
                &unnamed,
                "its name and port make no URL",
            ),
            (
                "a/b",
                "c",
                Some("lethe"),
                &unnamed,
                "its name and port make no URL",
            ),
            (
                "b",
                "user@c",
                Some("lethe"),
                &unnamed,
                "its name and port make no URL",
            ),
            (
                "b",
                "c",
                Some("lethe"),
                &json!([{"port": 70_000}]),
                "its name and port make no URL",
            ),
        ] {
            let service = service(namespace, name, kind, ports.clone());
            assert_eq!(applied(&rules(), &service), expected, "{namespace}/{name}");
        }
    }

    #[test]
    fn a_name_makes_a_datasource_where_the_rules_say_so() {
        let ports = json!([{"port": 80}]);
        let by_name = Discovery {
            by_name_prometheus: true,
            ..rules()
        };
        let prometheus = service("a", "prometheus", Some("lethe"), ports.clone());
        let lethe = service("a", "lethe", None, ports);
        assert_eq!(
            applied(&by_name, &prometheus),
            "prometheus prometheus.a http://prometheus.a/"
        );
        assert_eq!(applied(&by_name, &lethe), "-");
        let by_name = Discovery {
            by_name_lethe: true,
            ..rules()
        };
        assert_eq!(
            applied(&by_name, &prometheus),
            "lethe prometheus.a http://prometheus.a/"
        );
        assert_eq!(applied(&by_name, &lethe), "lethe lethe.a http://lethe.a/");
    }

    #[test]
    fn a_long_word_is_told_in_part() {
        let service = service("a", "b", Some(&"x".repeat(100_000)), json!([{"port": 80}]));
        assert!(applied(&rules(), &service).len() < 200);
    }

    proptest! {
        #[test]
        fn whatever_a_service_is_called_it_is_asked_itself(namespace in ".*", name in ".*", port: i32) {
            let service = service(&namespace, &name, Some("lethe"), json!([{"port": port}]));
            if let Some(Ok(it)) = apply(&rules(), &service) {
                let expected = format!("{name}.{namespace}");
                prop_assert_eq!(it.url.host_str(), Some(expected.as_str()));
                prop_assert_eq!(it.url.port_or_known_default().map(i32::from), Some(port));
                prop_assert_eq!((it.url.username(), it.url.path(), it.url.query()), ("", "/", None));
            }
        }
    }
}
