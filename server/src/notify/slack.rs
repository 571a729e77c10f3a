//! Slack: an incoming webhook, or a bot that edits its messages and answers to them.
//!
//! Webhook answers are the word `ok` or another word with a status; the Web API answers with 200
//! whatever happened, and says it in the body (<https://docs.slack.dev/apis/web-api/>).

mod blocks;
mod upload;

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, header};
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
    let body = body(content);
    let sent = match config {
        SlackConfig::Webhook { url } => webhook(url, &body).await,
        SlackConfig::Bot {
            token,
            channel,
            resolve,
            api_url,
            ..
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

/// Puts a picture into the thread of a message that was `sent`. If that fails, the message is
/// edited to say so.
pub(super) async fn illustrate(
    config: &SlackConfig,
    message: &Message,
    sent: &Posted,
    content: &Content,
    png: &Bytes,
) {
    let SlackConfig::Bot {
        token,
        channel,
        api_url,
        ..
    } = config
    else {
        return;
    };
    let bot = match bot(token, api_url.as_deref()) {
        Ok(api) => Bot { api, channel },
        Err(error) => return tracing::warn!(%error, "a picture cannot be uploaded"),
    };
    let thread = message.posted.as_ref().unwrap_or(sent);
    if let Err(reason) = upload::upload(&bot, thread, &content.title, png).await {
        let receiver = &message.key.receiver;
        tracing::warn!(receiver, reason, "a picture cannot be uploaded to Slack");
        let told = Content {
            picture_error: Some(reason),
            ..content.clone()
        };
        // There is nobody left to tell if this fails too.
        bot.edit(sent, body(&told)).await;
    }
}

fn body(content: &Content) -> Value {
    let (text, blocks) = blocks::blocks(content, &content.title);
    json!({"text": text, "blocks": blocks, "unfurl_links": false, "unfurl_media": false})
}

async fn webhook(
    url: &venti_alert::config::SecretRef,
    body: &Value,
) -> Result<Delivery, TargetError> {
    let url = target::read(url).await?;
    let target = Target::receiver(&url, Credentials::None, Vec::new())?;
    let body = Bytes::from(body.to_string());
    Ok(match target.post(body, HeaderMap::new()).await {
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

struct Bot<'a> {
    api: Target,
    channel: &'a str,
}

/// The parts of answers that are used.
#[derive(Deserialize)]
struct Answer {
    ok: bool,
    #[serde(default)]
    error: String,
    channel: Option<String>,
    ts: Option<String>,
    upload_url: Option<String>,
    file_id: Option<String>,
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
        match self.ask_json(method, body).await {
            Ok(Answer { channel, ts, .. }) => {
                Delivery::Sent(channel.zip(ts).map(|(channel, ts)| Posted { channel, ts }))
            }
            Err(failed) => failed,
        }
    }

    async fn ask_json(&self, method: &str, body: &Value) -> Result<Answer, Delivery> {
        let json = "application/json; charset=utf-8";
        self.ask(method, Bytes::from(body.to_string()), json).await
    }

    /// Calls a method; an answer is one that says that it worked.
    async fn ask(
        &self,
        method: &str,
        body: Bytes,
        content_type: &'static str,
    ) -> Result<Answer, Delivery> {
        let content_type = HeaderValue::from_static(content_type);
        let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, content_type)]);
        let text = match self.api.below(method).post(body, headers).await {
            Outcome::Done(text) => text,
            Outcome::Later { reason, wait } => return Err(Delivery::Later { reason, wait }),
            Outcome::Refused { status, body } => {
                let reason = format!("answers {}: {}", status.as_u16(), excerpt(&body));
                return Err(Delivery::Refused(reason));
            }
        };
        match serde_json::from_str::<Answer>(&text) {
            Ok(answer) if answer.ok => Ok(answer),
            Ok(answer) if PASSING.contains(&answer.error.as_str()) => Err(Delivery::Later {
                reason: answer.error,
                wait: None,
            }),
            Ok(answer) => Err(Delivery::Refused(answer.error)),
            Err(_) => Err(Delivery::Later {
                reason: format!("answers something else than JSON: {}", excerpt(&text)),
                wait: None,
            }),
        }
    }
}

fn set(body: &mut Value, key: &str, value: impl Into<Value>) {
    if let Some(body) = body.as_object_mut() {
        body.insert(key.to_owned(), value.into());
    }
}
