//! How a datasource is asked over HTTP: its URL, who the server says it is, and what it trusts.

use std::path::PathBuf;

use axum::http::{HeaderName, HeaderValue, header};
use serde_saphyr::Spanned;
use url::Url;
use venti_model::status::ConfigFault;

use super::file::{DatasourceEntry, TlsEntry};
use super::secret::{Secret, SecretSource};
use super::{Source, place};

/// Where a datasource answers over HTTP, and how it is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    /// Scheme, host, port and path prefix; no user, password, query or fragment.
    pub url: Url,
    /// Sent with every request.
    pub credentials: Credentials,
    /// Sent with every request. Their values may be secret.
    pub headers: Vec<(HeaderName, SecretSource)>,
    /// The HTTP proxy on the way.
    pub proxy: Option<Url>,
    /// For `https`.
    pub tls: Tls,
}

/// Who the server says it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Credentials {
    /// Nobody.
    #[default]
    None,
    /// Somebody with a password.
    Basic {
        /// The user.
        user: String,
        /// The password.
        password: SecretSource,
    },
    /// Whoever has the token.
    Bearer(SecretSource),
}

/// What the server trusts, and how it shows who it is. Files are PEM, and read again when they
/// change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tls {
    /// Certificates to trust in place of the machine's authorities.
    pub ca_file: Option<PathBuf>,
    /// Shown to datasources that ask for it.
    pub identity: Option<Identity>,
    /// Takes any certificate for good. Whoever is in between can then read and change all.
    pub insecure_skip_verify: bool,
}

/// A certificate with its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The certificate, and those between it and the authority.
    pub cert_file: PathBuf,
    /// Its key.
    pub key_file: PathBuf,
}

/// These say how a request travels, which is the server's to say.
const RESERVED: [HeaderName; 8] = [
    header::ACCEPT_ENCODING,
    header::CONNECTION,
    header::CONTENT_LENGTH,
    header::CONTENT_TYPE,
    header::HOST,
    header::TE,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// Whether a header is the server's to say.
pub(crate) fn is_reserved(header: &HeaderName) -> bool {
    RESERVED.contains(header)
}

/// Checks what an entry says about its connection. No message repeats the URL or a header's
/// value, which may hold a password.
pub(super) fn resolve(
    url: &Spanned<String>,
    entry: &DatasourceEntry,
    source: Source<'_>,
) -> Result<Connection, ConfigFault> {
    let (url, in_url) = resolve_url(url, source)?;
    let credentials = resolve_credentials(entry, source)?;
    let headers = resolve_headers(entry, &credentials, source)?;
    let tls = match &entry.tls {
        Some(tls) if url.scheme() == "http" => {
            let message = "`tls` is for `https`: this datasource has an `http` URL";
            return Err(source.fault(place(tls.referenced), message));
        }
        Some(tls) => resolve_tls(tls, source)?,
        None => Tls::default(),
    };
    let credentials = match credentials {
        Credentials::None => in_url,
        credentials => credentials,
    };
    Ok(Connection {
        url,
        credentials,
        headers,
        proxy: None,
        tls,
    })
}

/// Takes user and password out of the URL.
fn resolve_url(
    text: &Spanned<String>,
    source: Source<'_>,
) -> Result<(Url, Credentials), ConfigFault> {
    let fault = |message: &str| source.fault(place(text.referenced), message);
    let mut url = Url::parse(&text.value).map_err(|error| {
        fault(&format!(
            "not a URL ({error}): write for example `http://prometheus:9090`"
        ))
    })?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err(fault(
            "not an HTTP URL: write for example `http://prometheus:9090`",
        ));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(fault("the URL of a datasource has no `?` or `#` part"));
    }
    let credentials = match url.username() {
        "" => Credentials::None,
        user => Credentials::Basic {
            user: percent_decoded(user),
            password: SecretSource::Text(
                percent_decoded(url.password().unwrap_or_default())
                    .as_str()
                    .into(),
            ),
        },
    };
    // Both fail only for URLs without a host.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    Ok((url, credentials))
}

fn percent_decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text)
        .decode_utf8_lossy()
        .into_owned()
}

fn resolve_credentials(
    entry: &DatasourceEntry,
    source: Source<'_>,
) -> Result<Credentials, ConfigFault> {
    let fault = |message: &str| Err(source.fault(place(entry.name.referenced), message));
    let token = secret(
        entry.bearer_token.as_ref(),
        ("bearerTokenFile", entry.bearer_token_file.as_ref()),
        source,
    )?;
    match (entry.basic_auth, token) {
        (true, Some(_)) => fault("a datasource has either `basicAuth` or a bearer token, not both"),
        (false, Some(token)) => Ok(Credentials::Bearer(token)),
        (false, None) => Ok(Credentials::None),
        (true, None) => {
            let password = secret(
                entry.basic_auth_password.as_ref(),
                (
                    "basicAuthPasswordFile",
                    entry.basic_auth_password_file.as_ref(),
                ),
                source,
            )?;
            let Some(user) = entry.basic_auth_user.clone() else {
                return fault("`basicAuth: true` needs `basicAuthUser`");
            };
            let password = password.unwrap_or_default();
            Ok(Credentials::Basic { user, password })
        }
    }
}

/// A secret that is written down, or in the file of the other key.
fn secret(
    text: Option<&Spanned<Secret>>,
    (key, file): (&'static str, Option<&Spanned<PathBuf>>),
    source: Source<'_>,
) -> Result<Option<SecretSource>, ConfigFault> {
    match (text, file) {
        (Some(text), Some(file)) if !text.value.expose().is_empty() => {
            let message = format!("`{key}` stands beside the secret itself: leave one of them out");
            Err(source.fault(place(file.referenced), message))
        }
        (_, Some(file)) => Ok(Some(SecretSource::File {
            key,
            path: file.value.clone(),
        })),
        (Some(text), None) => Ok(Some(SecretSource::Text(expanded(text, source)?))),
        (None, None) => Ok(None),
    }
}

fn expanded(text: &Spanned<Secret>, source: Source<'_>) -> Result<Secret, ConfigFault> {
    text.value
        .expanded(|name| std::env::var(name).ok())
        .map_err(|error| source.fault(place(text.referenced), error.to_string()))
}

fn resolve_headers(
    entry: &DatasourceEntry,
    credentials: &Credentials,
    source: Source<'_>,
) -> Result<Vec<(HeaderName, SecretSource)>, ConfigFault> {
    let mut headers = Vec::new();
    for (name, value) in entry.headers.iter().flatten() {
        let fault = |message: String| Err(source.fault(place(value.referenced), message));
        let Ok(parsed) = HeaderName::try_from(name.as_str()) else {
            return fault(format!("`{name}` is no name of a header"));
        };
        if is_reserved(&parsed) {
            return fault(format!("the header `{name}` is the server's to say"));
        }
        if parsed == header::AUTHORIZATION && *credentials != Credentials::None {
            return fault(format!(
                "`{name}` stands beside other credentials: leave one of them out"
            ));
        }
        let value = expanded(value, source)?;
        if HeaderValue::from_str(value.expose()).is_err() {
            return fault(format!(
                "the value of `{name}` holds characters that no header may have"
            ));
        }
        headers.push((parsed, SecretSource::Text(value)));
    }
    Ok(headers)
}

fn resolve_tls(tls: &Spanned<TlsEntry>, source: Source<'_>) -> Result<Tls, ConfigFault> {
    let at = place(tls.referenced);
    let tls = &tls.value;
    let identity = match (&tls.cert_file, &tls.key_file) {
        (Some(cert_file), Some(key_file)) => Some(Identity {
            cert_file: cert_file.clone(),
            key_file: key_file.clone(),
        }),
        (None, None) => None,
        _ => return Err(source.fault(at, "`certFile` and `keyFile` belong together")),
    };
    if tls.insecure_skip_verify && tls.ca_file.is_some() {
        let message = "`insecureSkipVerify` makes `caFile` useless: leave one of them out";
        return Err(source.fault(at, message));
    }
    Ok(Tls {
        ca_file: tls.ca_file.clone(),
        identity,
        insecure_skip_verify: tls.insecure_skip_verify,
    })
}
