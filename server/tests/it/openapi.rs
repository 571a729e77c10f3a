//! The description of the API says what the router does.

use std::collections::BTreeSet;

use reqwest::Method;

use crate::support::TestApp;
use crate::support::app::client;

#[tokio::test]
async fn it_lists_every_path_with_its_methods_and_nothing_else() {
    let app = TestApp::start(&[]).await;
    let (_, description) = app.json("/api/v1/openapi.json").await;
    let described = description["paths"].as_object().unwrap();
    let routes: BTreeSet<String> = venti_server::router::paths().into_iter().collect();
    assert_eq!(described.keys().cloned().collect::<BTreeSet<_>>(), routes);
    for (path, methods) in described {
        for (name, method) in [
            ("get", Method::GET),
            ("post", Method::POST),
            ("delete", Method::DELETE),
        ] {
            let url = app.url(&path.replace("{name}", "x").replace("{id}", "x"));
            let answer = client().request(method, url).send().await.unwrap();
            let exists = answer.status() != 405;
            assert_eq!(methods.get(name).is_some(), exists, "{name} {path}");
        }
    }
}

#[tokio::test]
async fn what_it_refers_to_is_there_and_operations_have_names_of_their_own() {
    let app = TestApp::start(&[]).await;
    let text = app.get("/api/v1/openapi.json").await.text().await.unwrap();
    let description: serde_json::Value = serde_json::from_str(&text).unwrap();
    let after = |word: &str| -> Vec<String> {
        let parts = text.split(word).skip(1);
        parts
            .map(|it| it.split('"').next().unwrap().to_owned())
            .collect()
    };
    for place in after("\"$ref\": \"#") {
        assert!(description.pointer(&place).is_some(), "{place}");
    }
    let names = after("\"operationId\": \"");
    let different: BTreeSet<&String> = names.iter().collect();
    assert_eq!(different.len(), names.len());
}
