//! What the tests share: a running server with its own directories, and upstreams that do what
//! a test wants.

pub(crate) mod app;
pub(crate) mod cluster;
pub(crate) mod programs;
pub(crate) mod raw;
pub(crate) mod upstream;

pub(crate) use app::TestApp;
pub(crate) use upstream::FakeUpstream;

/// A `datasources.yml` with one Prometheus at `url`.
pub(crate) fn one_prometheus(url: &str) -> String {
    format!("datasources:\n- name: prometheus\n  type: prometheus\n  url: {url}\n")
}
