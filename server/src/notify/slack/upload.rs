//! Pictures in Slack: uploaded once their message is there, into its thread.
//!
//! Three calls: one asks for an address, one posts the bytes there, one shows the file
//! (<https://docs.slack.dev/messaging/working-with-files/>). A picture in the message itself would
//! have to be there before the message and processed by Slack meanwhile, which takes as long as
//! it takes.

use std::time::Duration;

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, header};
use serde_json::json;
use tokio::time::sleep;
use url::{Url, form_urlencoded};

use super::super::delivery::Delivery;
use super::super::groups::Posted;
use super::super::target::{Outcome, Target, excerpt};
use super::{Answer, Bot};
use crate::config::{Credentials, Secret};

const NAME: &str = "alert.png";

/// No longer does a picture wait for Slack to be ready for it.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// Uploads a picture below a message, whose first one is `thread`. Gives the reason if that does
/// not work, in words for people.
pub(super) async fn upload(
    bot: &Bot<'_>,
    thread: &Posted,
    title: &str,
    png: &Bytes,
) -> Result<(), String> {
    let wait = match attempt(bot, thread, title, png).await {
        Ok(()) => return Ok(()),
        Err(Delivery::Later {
            wait: Some(wait), ..
        }) if wait <= LONGEST_WAIT => wait,
        Err(failed) => return Err(reason(failed)),
    };
    sleep(wait).await;
    attempt(bot, thread, title, png).await.map_err(reason)
}

async fn attempt(bot: &Bot<'_>, thread: &Posted, title: &str, png: &Bytes) -> Result<(), Delivery> {
    // This method alone wants a form.
    let form = form_urlencoded::Serializer::new(String::new())
        .append_pair("filename", NAME)
        .append_pair("length", &png.len().to_string())
        .append_pair("alt_txt", title)
        .finish();
    let content_type = "application/x-www-form-urlencoded";
    let answer = bot.ask("files.getUploadURLExternal", form.into(), content_type);
    let Answer {
        upload_url: Some(address),
        file_id: Some(file),
        ..
    } = answer.await?
    else {
        return Err(Delivery::Refused("no address to upload to".to_owned()));
    };
    post_bytes(&bot.api.url, &address, png.clone()).await?;
    let shown = json!({
        "files": [{"id": file, "title": title}],
        "channel_id": thread.channel,
        "thread_ts": thread.ts,
    });
    bot.ask_json("files.completeUploadExternal", &shown).await?;
    Ok(())
}

/// Only to Slack itself: the address comes out of an answer.
async fn post_bytes(api: &Url, address: &str, png: Bytes) -> Result<(), Delivery> {
    let refused = |reason: &str| Delivery::Refused(reason.to_owned());
    let url = Url::parse(address).map_err(|_| refused("the address to upload to is no URL"))?;
    let host = url.host_str().unwrap_or_default();
    let is_slack = url.scheme() == "https" && host.ends_with(".slack.com");
    if !is_slack && url.origin() != api.origin() {
        return Err(refused("the address to upload to is not Slack's"));
    }
    let target = Target::receiver(&Secret::from(address), Credentials::None, Vec::new());
    let target = target.map_err(|it| Delivery::Refused(it.to_string()))?;
    let kind = HeaderValue::from_static("application/octet-stream");
    let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, kind)]);
    match target.post(png, headers).await {
        Outcome::Done(_) => Ok(()),
        Outcome::Later { reason, wait } => Err(Delivery::Later { reason, wait }),
        Outcome::Refused { status, body } => {
            let reason = format!("answers {}: {}", status.as_u16(), excerpt(&body));
            Err(Delivery::Refused(reason))
        }
    }
}

fn reason(failed: Delivery) -> String {
    let reason = match failed {
        Delivery::Later { reason, .. } | Delivery::Refused(reason) => reason,
        Delivery::Sent(_) => String::new(),
    };
    let hint = match reason.as_str() {
        "missing_scope" => "the bot needs the scope `files:write`",
        "not_in_channel" => "the bot has to be invited to the channel",
        _ => return reason,
    };
    format!("{hint} ({reason})")
}
