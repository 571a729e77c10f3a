//! Every page and its URL, to text and back in one place.

/// A page of the app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// The first dashboard.
    Home,
    /// One dashboard, by its title.
    Dashboard(String),
    /// Ask Prometheus a question. Not `/metrics`: there the server tells its own.
    Metrics,
    /// Search logs.
    Logs,
    /// Alert rules and what fires.
    Alerts,
    /// Where metrics and logs come from.
    Datasources,
    /// The server itself.
    Status,
}

impl Route {
    /// The path without query parameters.
    pub fn path(&self) -> String {
        match self {
            Route::Home => "/".to_owned(),
            Route::Dashboard(title) => format!("/dashboards/{}", encode(title)),
            Route::Metrics => "/explore/metrics".to_owned(),
            Route::Logs => "/explore/logs".to_owned(),
            Route::Alerts => "/alerts".to_owned(),
            Route::Datasources => "/datasources".to_owned(),
            Route::Status => "/status".to_owned(),
        }
    }

    /// The path with query parameters, in the given order.
    pub fn href(&self, params: &[(&str, &str)]) -> String {
        with_params(&self.path(), params.iter().copied())
    }
}

/// Appends query parameters to a path.
pub fn with_params<'a>(path: &str, params: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut url = path.to_owned();
    for (at, (name, value)) in params.into_iter().enumerate() {
        url.push(if at == 0 { '?' } else { '&' });
        url += &encode(name);
        url.push('=');
        url += &encode(value);
    }
    url
}

/// Percent-encodes a path segment or parameter: everything but letters, digits and `-_.~`.
pub fn encode(text: &str) -> String {
    use std::fmt::Write;
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_urls() {
        assert_eq!(
            Route::Dashboard("Node / cpu".into()).path(),
            "/dashboards/Node%20%2F%20cpu"
        );
        assert_eq!(
            Route::Metrics.href(&[("query", "up{a=\"ü\"}"), ("from", "now-5m")]),
            "/explore/metrics?query=up%7Ba%3D%22%C3%BC%22%7D&from=now-5m"
        );
    }
}
