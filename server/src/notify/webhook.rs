//! Generic webhooks: Alertmanager's body of version 4 with log lines and the value as text, or a
//! JSON document of the configuration whose texts are templates.

mod payload;

pub(super) use payload::check;

use std::time::Duration;

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use venti_alert::config::{WebhookConfig, WebhookUrl};

use super::content::Content;
use super::context::Context;
use super::delivery::Delivery;
use super::groups::Message;
use super::target::{self, Outcome, Target, TargetError, excerpt};
use super::text::Redaction;
use crate::config::{Credentials, Secret, SecretSource};

/// The header that holds `sha256=` and the code of the body, in hexadecimal digits.
const SIGNATURE: &str = "x-venti-signature-256";

/// The header by which a receiver notices that it has a message already.
const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// Sends a message. `external_url` is where people find this server, and `picture` a PNG.
pub(super) async fn send(
    config: &WebhookConfig,
    message: &Message,
    content: &Content,
    contexts: &[Context],
    redaction: &Redaction,
    external_url: &str,
    picture: Option<&Bytes>,
) -> Delivery {
    let body = match &config.payload {
        Some(template) => match payload::templated(&template.value, message, content, external_url)
        {
            Ok(body) => body,
            Err(error) => return Delivery::Refused(error.to_string()),
        },
        None => {
            let mut body = payload::version_4(message, contexts, redaction, external_url);
            if let Some(png) = picture {
                let bytes = BASE64_STANDARD.encode(png);
                body["picture"] = format!("data:image/png;base64,{bytes}").into();
            }
            if let Some(error) = &content.picture_error {
                body["pictureError"] = error.as_str().into();
            }
            body.to_string()
        }
    };
    match post(config, body, &message.idempotency_key()).await {
        Ok(Outcome::Done(_)) => Delivery::Sent(None),
        Ok(Outcome::Later { reason, wait }) => Delivery::Later { reason, wait },
        Ok(Outcome::Refused { status, body }) => {
            Delivery::Refused(format!("answers {}: {}", status.as_u16(), excerpt(&body)))
        }
        Err(error) => Delivery::Later {
            reason: error.to_string(),
            wait: None::<Duration>,
        },
    }
}

async fn post(
    config: &WebhookConfig,
    body: String,
    idempotency_key: &str,
) -> Result<Outcome, TargetError> {
    let url = match &config.url {
        WebhookUrl::Plain(url) => Secret::from(url.as_str()),
        WebhookUrl::Secret(secret) => target::read(secret).await?,
    };
    let credentials = match &config.basic_auth {
        Some(basic) => target::basic(basic)?,
        None => Credentials::None,
    };
    let mut headers = Vec::new();
    for (name, value) in &config.headers {
        let name = HeaderName::try_from(name).map_err(|_| TargetError::Header(name.clone()))?;
        headers.push((name, SecretSource::Text(Secret::from(value.as_str()))));
    }
    let mut own = HeaderMap::new();
    if let Ok(key) = HeaderValue::try_from(idempotency_key) {
        own.insert(IDEMPOTENCY_KEY, key);
    }
    if let Some(key) = &config.hmac {
        let key = target::read(key).await?;
        let signature = HeaderValue::try_from(sign(key.expose(), &body))
            .map_err(|_| TargetError::Header(SIGNATURE.to_owned()))?;
        own.insert(SIGNATURE, signature);
    }
    let tls = config.tls_config.as_ref();
    let target = Target::receiver_over(tls, &url, credentials, headers)?;
    Ok(target.post(Bytes::from(body), own).await)
}

fn sign(key: &str, body: &str) -> String {
    // Keys of any length are taken.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.as_bytes()) else {
        return String::new();
    };
    mac.update(body.as_bytes());
    let code = mac.finalize().into_bytes();
    let digits: String = code.iter().map(|it| format!("{it:02x}")).collect();
    format!("sha256={digits}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The second test case of RFC 4231.
    #[test]
    fn signs_as_the_standard_says() {
        assert_eq!(
            sign("Jefe", "what do ya want for nothing?"),
            "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }
}
