//! Which datasource answers.

use proptest::prelude::*;
use serde_json::json;
use venti_model::api::datasources::{Datasource as Info, DatasourceType};
use venti_server::config::Limits;
use venti_server::datasource::{Choice, Datasource, HealthRecord, Registry};
use venti_server::upstream::Upstream;

use crate::support::{FakeUpstream, TestApp};

#[tokio::test]
async fn the_name_wins_over_the_type() {
    let (first, second) = (FakeUpstream::start().await, FakeUpstream::start().await);
    let datasources = format!(
        "datasources:
- {{name: first, type: prometheus, url: '{}'}}
- {{name: second, type: prometheus, url: '{}'}}
",
        first.url, second.url
    );
    let app = TestApp::start(&[("etc/datasources.yml", &datasources)]).await;
    app.get("/remote/query?dsType=lethe&dsName=second&query=up")
        .await;
    assert_eq!((first.seen().len(), second.seen().len()), (0, 1));
    app.get("/remote/query?dsType=prometheus&dsName=&query=up")
        .await;
    assert_eq!((first.seen().len(), second.seen().len()), (1, 1));
}

#[tokio::test]
async fn the_wrong_choice_is_an_error_that_says_what_there_is() {
    let app = TestApp::with_prometheus("http://127.0.0.1:1").await;
    let error = |status, kind: &str, text: &str| (status, kind.to_owned(), text.to_owned());
    assert_eq!(
        app.error("/api/v1/remote/query?query=up").await,
        error(
            400,
            "bad_data",
            "no datasource chosen: give `dsName` or `dsType`"
        )
    );
    assert_eq!(
        app.error("/api/v1/remote/query?dsName=x").await,
        error(
            404,
            "not_found",
            "there is no datasource named `x`, configured: prometheus"
        )
    );
    assert_eq!(
        app.error("/api/v1/remote/query?dsType=graphite").await,
        error(
            400,
            "bad_data",
            "dsType: unknown datasource type `graphite`, expected `prometheus`, `lethe`, `victorialogs` or `loki`"
        )
    );
    assert_eq!(
        app.error("/api/v1/remote/query?dsType=lethe").await,
        error(
            404,
            "not_found",
            "no datasource of type `lethe` is configured: add one to datasources.yml"
        )
    );
}

#[tokio::test]
async fn the_list_shows_who_is_main_and_no_credentials() {
    let datasources = "datasources:
- name: a
  type: prometheus
  url: https://me:hunter2@host:9443/prefix/
- name: b
  type: prometheus
  url: http://b
  basicAuth: true
  basicAuthUser: me
  basicAuthPassword: hunter2
  isMain: true
- name: c
  type: lethe
  url: http://c
";
    let app = TestApp::start(&[("etc/datasources.yml", datasources)]).await;
    let (status, body) = app.json("/api/v1/datasources").await;
    assert_eq!(status, 200);
    assert_eq!(
        body,
        json!([
            {"type": "prometheus", "name": "a", "url": "https://host:9443/prefix"},
            {"type": "prometheus", "name": "b", "url": "http://b", "isMain": true},
            {"type": "lethe", "name": "c", "url": "http://c", "isMain": true},
        ])
    );
}

prop_compose! {
    fn datasource()(name in "[ab]", lethe: bool, is_main: bool) -> Info {
        let kind = if lethe { DatasourceType::Lethe } else { DatasourceType::Prometheus };
        Info { kind, name, url: String::new(), is_main, is_discovered: false, health: None }
    }
}

fn registry(infos: &[Info]) -> Registry {
    let datasource = |(index, info): (usize, &Info)| Datasource {
        // The URL tells in the test which one was chosen.
        info: Info {
            url: index.to_string(),
            ..info.clone()
        },
        upstream: Upstream::in_process(&info.name, Limits::default(), axum::Router::new()),
        health: HealthRecord::default(),
        logs: None,
    };
    Registry::new(infos.iter().enumerate().map(datasource).collect())
}

proptest! {
    #[test]
    fn the_main_one_is_the_first_marked_or_else_the_first(infos in prop::collection::vec(datasource(), 0..6)) {
        let registry = registry(&infos);
        for kind in [DatasourceType::Prometheus, DatasourceType::Lethe] {
            let of_kind = || infos.iter().enumerate().filter(move |(_, it)| it.kind == kind);
            let expected = of_kind().find(|(_, it)| it.is_main).or_else(|| of_kind().next());
            let choice = Choice { name: None, kind: Some(kind.to_string()) };
            let chosen = registry.choose(&choice).ok();
            prop_assert_eq!(
                chosen.map(|it| it.info.url.clone()),
                expected.map(|(index, _)| index.to_string())
            );
            prop_assert!(chosen.is_none_or(|it| it.info.is_main));
        }
    }

    #[test]
    fn a_name_is_the_first_of_its_name(infos in prop::collection::vec(datasource(), 0..6), name in "[abc]") {
        let registry = registry(&infos);
        let choice = Choice { name: Some(name.clone()), kind: None };
        let expected = infos.iter().position(|it| it.name == name);
        let chosen = registry.choose(&choice).ok().map(|it| it.info.url.clone());
        prop_assert_eq!(chosen, expected.map(|it| it.to_string()));
    }
}
