//! Slack: an incoming webhook, or a bot that edits its messages and answers to them.
//!
//! Webhook answers are the word `ok` or another word with a status; the Web API answers with 200
//! whatever happened, and says it in the body (<https://docs.slack.dev/apis/web-api/>).

mod blocks;

use axum::body::Bytes;
use axum::http::HeaderMap;
use serde::Deserialize;
use serde_json::{Value, json};
use venti_alert::config::{Resolve, SlackConfig};

use super::content::Content;
use super::delivery::Delivery;
use super::groups::{Message, Occasion, Posted};
use super::target::{self, Outcome, Target, TargetError, excerpt};
use crate::config::{Credentials, Secret};

const API: &str = "https://slack.com/api";

/// What the API says when it may work later.
const PASSING: [&str; 5] = [
    "ratelimited",
    "internal_error",
    "fatal_error",
    "service_unavailable",
    "request_timeout",
];

/// What it says when a message cannot be changed any more; then a new one is written.
const UNCHANGEABLE: [&str; 4] = [
    "message_not_found",
    "cant_update_message",
    "edit_window_closed",
    "thread_not_found",
];

/// Sends a message.
pub(super) async fn send(config: &SlackConfig, message: &Message, content: &Content) -> Delivery {
    let (text, blocks) = blocks::blocks(content, &content.title);
    let body =
        json!({"text": text, "blocks": blocks, "unfurl_links": false, "unfurl_media": false});
    let sent = match config {
        SlackConfig::Webhook { url } => webhook(url, &body).await,
        SlackConfig::Bot {
            token,
            channel,
            resolve,
            api_url,
        } => match bot(token, api_url.as_deref()) {
            Ok(api) => Ok(Bot { api, channel }.send(message, *resolve, body).await),
            Err(error) => Err(error),
        },
    };
    sent.unwrap_or_else(|error| Delivery::Later {
        reason: error.to_string(),
        wait: None,
    })
}

async fn webhook(
    url: &venti_alert::config::SecretRef,
    body: &Value,
) -> Result<Delivery, TargetError> {
    let url = target::read(url).await?;
    let target = Target::receiver(&url, Credentials::None, Vec::new())?;
    Ok(match post(&target, body).await {
        Outcome::Done(_) => Delivery::Sent(None),
        Outcome::Later { reason, wait } => Delivery::Later { reason, wait },
        Outcome::Refused { status, body } => {
            Delivery::Refused(format!("answers {}: {}", status.as_u16(), excerpt(&body)))
        }
    })
}

fn bot(
    token: &venti_alert::config::SecretRef,
    api_url: Option<&str>,
) -> Result<Target, TargetError> {
    let token = Credentials::Bearer(target::source(token, "token_file")?);
    Target::receiver(&Secret::from(api_url.unwrap_or(API)), token, Vec::new())
}

async fn post(target: &Target, body: &Value) -> Outcome {
    target
        .post_json(Bytes::from(body.to_string()), HeaderMap::new())
        .await
}

struct Bot<'a> {
    api: Target,
    channel: &'a str,
}

/// The part of an answer that is used.
#[derive(Deserialize)]
struct Answer {
    ok: bool,
    #[serde(default)]
    error: String,
    channel: Option<String>,
    ts: Option<String>,
}

impl Bot<'_> {
    async fn send(&self, message: &Message, resolve: Resolve, body: Value) -> Delivery {
        let Some(posted) = &message.posted else {
            return self.post_new(body).await;
        };
        let delivery = match (message.occasion, resolve) {
            (Occasion::Resolved, Resolve::Edit) => self.edit(posted, body.clone()).await,
            (Occasion::Resolved, Resolve::Message) => return self.post_new(body).await,
            _ => self.answer(posted, body.clone()).await,
        };
        match delivery {
            Delivery::Refused(error) if UNCHANGEABLE.contains(&error.as_str()) => {
                self.post_new(body).await
            }
            other => other,
        }
    }

    async fn post_new(&self, mut body: Value) -> Delivery {
        set(&mut body, "channel", self.channel);
        self.call("chat.postMessage", &body).await
    }

    async fn edit(&self, posted: &Posted, mut body: Value) -> Delivery {
        set(&mut body, "channel", &*posted.channel);
        set(&mut body, "ts", &*posted.ts);
        self.call("chat.update", &body).await
    }

    /// In the thread of the message, and shown in the channel as well, or nobody would notice.
    async fn answer(&self, posted: &Posted, mut body: Value) -> Delivery {
        set(&mut body, "channel", &*posted.channel);
        set(&mut body, "thread_ts", &*posted.ts);
        set(&mut body, "reply_broadcast", true);
        self.call("chat.postMessage", &body).await
    }

    async fn call(&self, method: &str, body: &Value) -> Delivery {
        let text = match post(&self.api.below(method), body).await {
            Outcome::Done(text) => text,
            Outcome::Later { reason, wait } => return Delivery::Later { reason, wait },
            Outcome::Refused { status, body } => {
                let reason = format!("answers {}: {}", status.as_u16(), excerpt(&body));
                return Delivery::Refused(reason);
            }
        };
        match serde_json::from_str::<Answer>(&text) {
            Ok(Answer {
                ok: true,
                channel,
                ts,
                ..
            }) => Delivery::Sent(channel.zip(ts).map(|(channel, ts)| Posted { channel, ts })),
            Ok(answer) if PASSING.contains(&answer.error.as_str()) => Delivery::Later {
                reason: answer.error,
                wait: None,
            },
            Ok(answer) => Delivery::Refused(answer.error),
            Err(_) => Delivery::Later {
                reason: format!("answers something else than JSON: {}", excerpt(&text)),
                wait: None,
            },
        }
    }
}

fn set(body: &mut Value, key: &str, value: impl Into<Value>) {
    if let Some(body) = body.as_object_mut() {
        body.insert(key.to_owned(), value.into());
    }
}
