//! Messages to generic webhooks.

use hmac::{Hmac, KeyInit, Mac};

use super::*;

#[tokio::test]
async fn bodies_are_signed_and_come_with_credentials() {
    let mut capture = Capture::start([]).await;
    let config = alerting(&format!(
        "  receivers:
  - name: hook
    group_wait: 10ms
    webhook:
      url: '{}/hook'
      headers: {{X-Team: shop}}
      basic_auth: {{username: u, password_file: '{{dir}}/password'}}
      hmac_file: '{{dir}}/key'",
        capture.url
    ));
    let files = [
        ("etc/alerting.yml", &*config),
        ("password", "hunter2"),
        ("key", "Jefe"),
    ];
    let sender = Sender::start(&files);
    sender.notify([firing("a")]);
    let received = capture.next().await;
    assert_eq!(received.header("x-team"), "shop");
    assert_eq!(received.header("authorization"), "Basic dTpodW50ZXIy");
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(b"Jefe").unwrap();
    mac.update(received.text.as_bytes());
    let code = mac.finalize().into_bytes();
    let digits: String = code.iter().map(|it| format!("{it:02x}")).collect();
    assert_eq!(
        received.header("x-venti-signature-256"),
        format!("sha256={digits}")
    );
    let body = received.json();
    assert_eq!(body["version"], "4");
    assert_eq!(body["receiver"], "hook");
    assert_eq!(body["externalURL"], "https://venti.example/v");
    assert_eq!(body["alerts"][0]["valueString"], "5");
}

#[tokio::test]
async fn a_body_of_ones_own_is_rendered() {
    let mut capture = Capture::start([]).await;
    let config = alerting(&format!(
        "  receivers:
  - name: hook
    group_wait: 10ms
    webhook:
      url: '{}'
      payload: '{{\"says\": \"{{{{ $message.title }}}} in {{{{ $labels.namespace }}}}\", \"n\": 1}}'",
        capture.url
    ));
    let sender = Sender::start(&[("etc/alerting.yml", &config)]);
    sender.notify([firing("a \"quoted\" name")]);
    let body = capture.next().await.json();
    assert_eq!(
        body,
        serde_json::json!({"says": "FIRING 1: a \"quoted\" name in shop", "n": 1})
    );
}
