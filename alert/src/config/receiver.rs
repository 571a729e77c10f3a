//! Receivers that are told directly, for those without an Alertmanager.

use std::collections::BTreeMap;

use lethe::letheql::regex::translate;
use regex::Regex;
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use serde_saphyr::Spanned;
use venti_model::labels::Labels;

use super::alertmanager::{BasicAuth, TlsConfig};
use super::secret::SecretRef;
use venti_yaml::FileDuration;

/// A receiver and what it gets.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receiver {
    /// Its name, as `notify` of a rule writes it.
    pub name: String,
    /// A Slack channel.
    pub slack: Option<SlackConfig>,
    /// Anything that takes a POST.
    pub webhook: Option<WebhookConfig>,
    /// Which alerts it gets; all that name it where there is none.
    #[serde(default, rename = "match")]
    pub matchers: BTreeMap<String, MatchPattern>,
    /// Labels whose alerts come in one message; absent: `alertname`, `namespace`, `datasource`.
    pub group_by: Option<Vec<String>>,
    /// How long the first message of a group waits for more alerts; absent: ten seconds.
    pub group_wait: Option<FileDuration>,
    /// The least time before alerts that joined a group are told; absent: five minutes.
    pub group_interval: Option<FileDuration>,
    /// After which a group that did not change is told again; absent: four hours.
    pub repeat_interval: Option<FileDuration>,
    /// Log lines in messages.
    #[serde(default)]
    pub logs: LogsInMessages,
}

impl Receiver {
    /// Whether it takes pictures.
    pub fn takes_pictures(&self) -> bool {
        let slack = matches!(self.slack, Some(SlackConfig::Bot { picture: true, .. }));
        slack || self.webhook.as_ref().is_some_and(|it| it.picture)
    }

    /// Whether an alert with these labels is for this receiver.
    pub fn matches(&self, labels: &Labels) -> bool {
        self.matchers
            .iter()
            .all(|(name, pattern)| pattern.is_match(labels.get(name).unwrap_or_default()))
    }
}

/// A Slack channel, by a bot's token or by an incoming webhook.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "SlackWritten")]
pub enum SlackConfig {
    /// A bot: it can edit its messages and answer in threads.
    Bot {
        /// Where its token is.
        token: SecretRef,
        /// The channel's id.
        channel: String,
        /// What happens when an alert ends.
        resolve: Resolve,
        /// Whether it uploads a picture with what it tells; absent: yes.
        picture: bool,
        /// Where Slack's API is; absent: `https://slack.com/api`.
        api_url: Option<String>,
    },
    /// An incoming webhook: every message is a new one.
    Webhook {
        /// Where its URL is, which is a secret.
        url: SecretRef,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SlackWritten {
    token_file: Option<String>,
    token_env: Option<String>,
    webhook_url_file: Option<String>,
    webhook_url_env: Option<String>,
    channel: Option<String>,
    resolve: Option<Resolve>,
    picture: Option<bool>,
    api_url: Option<String>,
}

impl TryFrom<SlackWritten> for SlackConfig {
    type Error = String;

    fn try_from(written: SlackWritten) -> Result<Self, String> {
        let token = SecretRef::choose("token", written.token_file, written.token_env)?;
        let url = SecretRef::choose(
            "webhook_url",
            written.webhook_url_file,
            written.webhook_url_env,
        )?;
        if token.is_none() && written.picture == Some(true) {
            return Err(
                "only a bot can upload a picture: write `token_file`, or leave `picture` out"
                    .to_owned(),
            );
        }
        match (token, url, written.channel) {
            (Some(token), None, Some(channel)) => Ok(Self::Bot {
                token,
                channel,
                resolve: written.resolve.unwrap_or_default(),
                picture: written.picture.unwrap_or(true),
                api_url: written.api_url,
            }),
            (Some(_), None, None) => Err("a bot needs a `channel`".to_owned()),
            (None, Some(_), Some(_)) => {
                Err("a webhook posts to its own channel: leave `channel` out".to_owned())
            }
            (None, Some(url), None) => Ok(Self::Webhook { url }),
            _ => Err("write either `token_file` with `channel`, or `webhook_url_file`".to_owned()),
        }
    }
}

/// What a bot does when an alert ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Resolve {
    /// It changes its message.
    #[default]
    Edit,
    /// It answers in the thread of its message.
    Thread,
    /// It writes a new message.
    Message,
}

/// Anything that takes a POST with Alertmanager's webhook body.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "WebhookWritten")]
pub struct WebhookConfig {
    /// Where to, if that is no secret.
    pub url: WebhookUrl,
    /// A template of the body.
    pub payload: Option<Spanned<String>>,
    /// Further headers.
    pub headers: BTreeMap<String, String>,
    /// User and password.
    pub basic_auth: Option<BasicAuth>,
    /// Where the key is that signs the body.
    pub hmac: Option<SecretRef>,
    /// TLS, where the defaults are not enough.
    pub tls_config: Option<TlsConfig>,
    /// Whether Alertmanager's body also holds a picture; absent: no.
    pub picture: bool,
}

/// The URL of a webhook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WebhookUrl {
    /// As written.
    Plain(String),
    /// A secret.
    Secret(SecretRef),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WebhookWritten {
    url: Option<String>,
    url_file: Option<String>,
    url_env: Option<String>,
    payload: Option<Spanned<String>>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    basic_auth: Option<BasicAuth>,
    hmac_file: Option<String>,
    hmac_env: Option<String>,
    tls_config: Option<TlsConfig>,
    #[serde(default)]
    picture: bool,
}

impl TryFrom<WebhookWritten> for WebhookConfig {
    type Error = String;

    fn try_from(written: WebhookWritten) -> Result<Self, String> {
        let secret = SecretRef::choose("url", written.url_file, written.url_env)?;
        let url = match (written.url, secret) {
            (Some(url), None) => WebhookUrl::Plain(url),
            (None, Some(secret)) => WebhookUrl::Secret(secret),
            _ => return Err("write one of `url`, `url_file` and `url_env`".to_owned()),
        };
        if written.picture && written.payload.is_some() {
            return Err("`picture` is for the body without `payload`".to_owned());
        }
        Ok(Self {
            url,
            picture: written.picture,
            payload: written.payload,
            headers: written.headers,
            basic_auth: written.basic_auth,
            hmac: SecretRef::choose("hmac", written.hmac_file, written.hmac_env)?,
            tls_config: written.tls_config,
        })
    }
}

/// Log lines in messages.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LogsInMessages {
    /// How many lines; absent: 10, at most 50.
    pub limit: Option<usize>,
    /// How far before the evaluation they lie; absent: five minutes.
    pub window: Option<FileDuration>,
    /// Texts that are blacked out.
    pub redact: Vec<Pattern>,
}

/// An expression that matches somewhere in a text, in Go's syntax.
#[derive(Clone, Debug)]
pub struct Pattern(pub Regex);

/// An expression that matches a whole value, in Go's syntax: `critical|page`.
#[derive(Clone, Debug)]
pub struct MatchPattern(Regex);

impl MatchPattern {
    /// Reads an expression, or says why it is none.
    pub fn parse(text: &str) -> Result<Self, String> {
        let pattern = compile(text, |it| format!("^(?:{it})$"));
        pattern.map(Self)
    }

    /// Whether it matches.
    pub fn is_match(&self, value: &str) -> bool {
        self.0.is_match(value)
    }
}

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        compile(&text, |it| it).map(Self).map_err(D::Error::custom)
    }
}

impl<'de> Deserialize<'de> for MatchPattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(D::Error::custom)
    }
}

fn compile(text: &str, wrap: fn(String) -> String) -> Result<Regex, String> {
    let pattern = translate(text.as_bytes()).map_err(|it| it.to_string())?;
    Regex::new(&wrap(pattern)).map_err(|it| it.to_string())
}
