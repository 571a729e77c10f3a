//! Where messages go: connections to Alertmanagers and receivers, made of the configuration.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use tokio::time::timeout;
use url::Url;
use venti_alert::config::{
    AlertmanagerConfig, BasicAuth, HttpHeader, Scheme, SecretRef, TlsConfig,
};

use crate::config::{Connection, Credentials, Identity, Secret, SecretSource, Tls, is_reserved};
use crate::upstream::Client;

/// No more of an answer is read: it is a word, or says what was wrong.
const MAX_ANSWER: usize = 64 << 10;

/// The longest time that a receiver may ask us to wait.
const MAX_WAIT: Duration = Duration::from_secs(3600);

/// Why something that is configured cannot be sent to. No text holds a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum TargetError {
    #[error("`{0}` is no http or https URL")]
    Url(String),
    #[error("the environment has no `{0}`")]
    Environment(String),
    #[error("`{0}` cannot be read: {1}")]
    File(String, std::io::ErrorKind),
    #[error("only the authorization type `Bearer` is known, not `{0}`")]
    Authorization(String),
    #[error("the header `{0}` cannot be sent")]
    Header(String),
    #[error("`proxy_url` is no http URL without user and password")]
    Proxy,
    #[error(
        "`tls_config` has `server_name`, which is not supported: use the certificate's name in the target"
    )]
    ServerName,
    #[error("`tls_config` needs both `cert_file` and `key_file`, or none")]
    HalfIdentity,
}

/// Something that takes a POST.
#[derive(Clone, Debug)]
pub(super) struct Target {
    pub(super) url: Url,
    client: Client,
    timeout: Duration,
}

/// What became of a POST.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// An answer with a status of success, and its body.
    Done(String),
    /// It may work later: no answer, a fault of the receiver, or too many requests.
    Later {
        reason: String,
        /// How long the receiver wants to be left alone.
        wait: Option<Duration>,
    },
    /// It will not work again.
    Refused { status: StatusCode, body: String },
}

impl Target {
    /// The APIs of all targets of a block of `alertmanagers`, with the text they were written as.
    pub(super) fn alertmanagers(
        config: &AlertmanagerConfig,
    ) -> Vec<(String, Result<Self, TargetError>)> {
        let targets = config.static_configs.iter().flat_map(|it| &it.targets);
        targets
            .map(|it| (it.clone(), Self::alertmanager(it, config)))
            .collect()
    }

    fn alertmanager(written: &str, config: &AlertmanagerConfig) -> Result<Self, TargetError> {
        let text = if written.contains("://") {
            written.to_owned()
        } else {
            let scheme = match config.scheme {
                Scheme::Http => "http",
                Scheme::Https => "https",
            };
            format!("{scheme}://{written}")
        };
        let mut url = parse(&text)?;
        let prefix = config.path_prefix.as_deref().unwrap_or_default();
        let parts = [url.path(), prefix, "api/v2"].map(|it| it.trim_matches('/'));
        let parts: Vec<&str> = parts.into_iter().filter(|it| !it.is_empty()).collect();
        let path = format!("/{}", parts.join("/"));
        url.set_path(&path);
        let credentials = match (&config.basic_auth, &config.authorization) {
            (Some(basic), _) => self::basic(basic)?,
            (None, Some(it)) if it.kind.eq_ignore_ascii_case("bearer") => {
                Credentials::Bearer(source(&it.credentials, "credentials_file")?)
            }
            (None, Some(it)) => return Err(TargetError::Authorization(it.kind.clone())),
            (None, None) => Credentials::None,
        };
        let tls = config.tls_config.as_ref().map(tls).transpose()?;
        let proxy = config.proxy_url.as_deref().map(parse).transpose();
        let timeout = config.timeout.map_or(Duration::from_secs(10), |it| it.0);
        let connection = Connection {
            url: url.clone(),
            credentials,
            headers: headers(&config.http_headers)?,
            proxy: proxy.map_err(|_| TargetError::Proxy)?,
            tls: tls.unwrap_or_default(),
        };
        Ok(Self::new(url, connection, timeout))
    }

    /// A URL that may itself be a secret.
    pub(super) fn receiver(
        url: &Secret,
        credentials: Credentials,
        headers: Vec<(HeaderName, SecretSource)>,
    ) -> Result<Self, TargetError> {
        Self::receiver_over(None, url, credentials, headers)
    }

    /// The same over TLS of its own.
    pub(super) fn receiver_over(
        tls: Option<&TlsConfig>,
        url: &Secret,
        credentials: Credentials,
        headers: Vec<(HeaderName, SecretSource)>,
    ) -> Result<Self, TargetError> {
        let shown = || TargetError::Url("url".to_owned());
        let url = parse(url.expose().trim()).map_err(|_| shown())?;
        let connection = Connection {
            url: url.clone(),
            credentials,
            headers,
            proxy: None,
            tls: tls.map(self::tls).transpose()?.unwrap_or_default(),
        };
        Ok(Self::new(url, connection, Duration::from_secs(10)))
    }

    fn new(url: Url, connection: Connection, timeout: Duration) -> Self {
        Self {
            url,
            client: Client::new(connection),
            timeout,
        }
    }

    /// The same connection with another path below the URL.
    pub(super) fn below(&self, path: &str) -> Self {
        let mut target = self.clone();
        let base = target.url.path().trim_end_matches('/').to_owned();
        target.url.set_path(&format!("{base}/{path}"));
        target
    }

    /// Posts JSON, unless `headers` say what else it is.
    pub(super) async fn post(&self, body: Bytes, headers: HeaderMap) -> Outcome {
        self.send(Method::POST, body, headers, MAX_ANSWER).await
    }

    /// Sends a request and reads at most so many bytes of its answer.
    pub(super) async fn send(
        &self,
        method: Method,
        body: Bytes,
        mut headers: HeaderMap,
        max_answer: usize,
    ) -> Outcome {
        if !body.is_empty() {
            let json = HeaderValue::from_static("application/json; charset=utf-8");
            headers.entry(header::CONTENT_TYPE).or_insert(json);
        }
        let exchange = self.exchange(method, body, headers, max_answer);
        match timeout(self.timeout, exchange).await {
            Ok(outcome) => outcome,
            Err(_) => later(format!("gave no answer within {:?}", self.timeout)),
        }
    }

    async fn exchange(
        &self,
        method: Method,
        body: Bytes,
        headers: HeaderMap,
        max_answer: usize,
    ) -> Outcome {
        let url = self.url.clone();
        let mut response = match self.client.request(method, url, headers, body).await {
            Ok(response) => response,
            Err(failure) => return later(failure.to_string()),
        };
        let status = response.status();
        let wait = retry_after(response.headers());
        let mut text = Vec::new();
        while text.len() < max_answer
            && let Ok(Some(chunk)) = response.chunk().await
        {
            text.extend_from_slice(&chunk);
        }
        text.truncate(max_answer);
        let body = String::from_utf8_lossy(&text).into_owned();
        if status.is_success() {
            Outcome::Done(body)
        } else if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
            Outcome::Later {
                reason: format!("answers {}: {}", status.as_u16(), excerpt(&body)),
                wait,
            }
        } else {
            Outcome::Refused { status, body }
        }
    }
}

/// The beginning of an answer, for the log.
pub(super) fn excerpt(body: &str) -> String {
    super::text::cut(&super::text::clean_line(body.trim()), 300)
}

fn later(reason: String) -> Outcome {
    Outcome::Later { reason, wait: None }
}

/// In seconds only: nobody sends a date here.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?;
    let seconds = text.trim().parse::<f64>().ok()?;
    let wait = Duration::try_from_secs_f64(seconds.ceil()).ok()?;
    Some(wait.min(MAX_WAIT))
}

fn parse(text: &str) -> Result<Url, TargetError> {
    let url = Url::parse(text).map_err(|_| TargetError::Url(text.to_owned()))?;
    let is_web = matches!(url.scheme(), "http" | "https") && url.has_host();
    if is_web && url.username().is_empty() && url.password().is_none() {
        Ok(url)
    } else {
        Err(TargetError::Url(format!("{}://…", url.scheme())))
    }
}

/// Headers of the configuration; those in files are read for each request.
fn headers(
    written: &BTreeMap<String, HttpHeader>,
) -> Result<Vec<(HeaderName, SecretSource)>, TargetError> {
    let mut headers = Vec::new();
    for (name, it) in written {
        let wrong = || TargetError::Header(name.clone());
        let parsed = HeaderName::try_from(name).map_err(|_| wrong())?;
        let is_sendable = |it: &String| HeaderValue::from_str(it).is_ok();
        if is_reserved(&parsed) || !it.values.iter().all(is_sendable) {
            return Err(wrong());
        }
        let texts = it.values.iter();
        let texts = texts.map(|it| SecretSource::Text(Secret::from(it.as_str())));
        let files = it.files.iter().map(|path| SecretSource::File {
            key: "http_headers",
            path: path.into(),
        });
        headers.extend(texts.chain(files).map(|it| (parsed.clone(), it)));
    }
    Ok(headers)
}

pub(super) fn basic(basic: &BasicAuth) -> Result<Credentials, TargetError> {
    Ok(Credentials::Basic {
        user: basic.username.clone(),
        password: source(&basic.password, "password_file")?,
    })
}

/// A secret that is read anew for each request, if it is in a file.
pub(super) fn source(secret: &SecretRef, key: &'static str) -> Result<SecretSource, TargetError> {
    Ok(match secret {
        SecretRef::File(path) => SecretSource::File {
            key,
            path: path.into(),
        },
        SecretRef::Env(name) => SecretSource::Text(environment(name)?),
    })
}

/// A secret as it is now.
pub(super) async fn read(secret: &SecretRef) -> Result<Secret, TargetError> {
    match secret {
        SecretRef::File(path) => match tokio::fs::read_to_string(path).await {
            Ok(text) => Ok(Secret::from(text.trim())),
            Err(error) => Err(TargetError::File(path.clone(), error.kind())),
        },
        SecretRef::Env(name) => environment(name),
    }
}

fn environment(name: &str) -> Result<Secret, TargetError> {
    match std::env::var(name) {
        Ok(text) => Ok(Secret::from(text.trim())),
        Err(_) => Err(TargetError::Environment(name.to_owned())),
    }
}

fn tls(config: &TlsConfig) -> Result<Tls, TargetError> {
    if config.server_name.is_some() {
        return Err(TargetError::ServerName);
    }
    let identity = match (&config.cert_file, &config.key_file) {
        (Some(cert), Some(key)) => Some(Identity {
            cert_file: cert.into(),
            key_file: key.into(),
        }),
        (None, None) => None,
        _ => return Err(TargetError::HalfIdentity),
    };
    Ok(Tls {
        ca_file: config.ca_file.as_ref().map(Into::into),
        identity,
        insecure_skip_verify: config.insecure_skip_verify,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use venti_alert::config::StaticConfig;

    fn urls(target: &str, prefix: Option<&str>, scheme: Scheme) -> String {
        let config = AlertmanagerConfig {
            static_configs: vec![StaticConfig {
                targets: vec![target.to_owned()],
                ..StaticConfig::default()
            }],
            path_prefix: prefix.map(str::to_owned),
            scheme,
            ..AlertmanagerConfig::default()
        };
        let [(_, target)] = <[_; 1]>::try_from(Target::alertmanagers(&config)).unwrap();
        match target {
            Ok(target) => target.url.to_string(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn targets_are_written_in_two_ways() {
        let (http, https) = (Scheme::Http, Scheme::Https);
        let cases = [
            ("am:9093", None, http, "http://am:9093/api/v2"),
            ("am", Some("/"), https, "https://am/api/v2"),
            ("am:1", Some("/a/"), http, "http://am:1/a/api/v2"),
            ("https://am/x", Some("y"), http, "https://am/x/y/api/v2"),
            ("ftp://am", None, http, "`ftp://…` is no http or https URL"),
            (
                "http://u:p@am",
                None,
                http,
                "`http://…` is no http or https URL",
            ),
        ];
        for (target, prefix, scheme, url) in cases {
            assert_eq!(urls(target, prefix, scheme), url, "{target}");
        }
    }

    #[test]
    fn receivers_ask_for_patience_in_seconds() {
        let wait = |text: &str| {
            let value = HeaderValue::from_str(text).unwrap();
            retry_after(&HeaderMap::from_iter([(header::RETRY_AFTER, value)]))
        };
        assert_eq!(wait("30"), Some(Duration::from_secs(30)));
        assert_eq!(wait("1e9"), Some(MAX_WAIT));
        assert_eq!(wait("-1"), None);
        assert_eq!(wait("soon"), None);
    }
}
