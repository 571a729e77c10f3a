//! The parameters of a query, from the URL or a posted form, as text.

use axum::RequestExt;
use axum::body::Bytes;
use axum::extract::{FromRequest, RawQuery, Request};
use axum::http::{HeaderMap, Method, header};
use axum::response::{IntoResponse, Response};
use url::form_urlencoded;
use venti_model::api::remote::{DS_NAME, DS_TYPE};

use crate::datasource::Choice;
use crate::error::ApiError;

/// Every name that means something to some endpoint. Others are dropped while reading, so that
/// a form of a million names costs no more than reading it.
const KNOWN: [&str; 10] = [
    DS_NAME,
    DS_TYPE,
    "query",
    "time",
    "start",
    "end",
    "step",
    "timeout",
    "logFormat",
    "limit",
];

/// Known names and their values in the order given. Empty values count as not given, and a name
/// given twice counts the first time, as in the original.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Adds encoded pairs. Any bytes are some list of pairs.
    fn add(&mut self, encoded: &[u8]) {
        for (name, value) in form_urlencoded::parse(encoded) {
            let known = KNOWN.contains(&name.as_ref());
            if known && !value.is_empty() && self.get(&name).is_none() {
                self.0.push((name.into_owned(), value.into_owned()));
            }
        }
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(it, _)| it == name)
            .map(|(_, value)| value.as_str())
    }

    /// Which datasource is asked for.
    pub(crate) fn choice(&self) -> Choice {
        Choice {
            name: self.get(DS_NAME).map(str::to_owned),
            kind: self.get(DS_TYPE).map(str::to_owned),
        }
    }

    /// Those with one of the names, unchanged and in the order given.
    pub(crate) fn only(self, names: &[&str]) -> Vec<(String, String)> {
        let mut kept = self.0;
        kept.retain(|(name, _)| names.contains(&name.as_str()));
        kept
    }
}

/// The URL's and, of a posted form, the body's, which win as they do in Prometheus.
impl<S: Send + Sync> FromRequest<S> for Parameters {
    type Rejection = Response;

    async fn from_request(mut request: Request, _: &S) -> Result<Self, Self::Rejection> {
        let RawQuery(query) = request
            .extract_parts()
            .await
            .map_err(|never| match never {})?;
        let mut parameters = Self::default();
        if request.method() == Method::POST {
            if !is_form(request.headers()) {
                let message = "post the parameters as application/x-www-form-urlencoded";
                return Err(ApiError::bad_data(message).into_response());
            }
            let body: Bytes = request
                .extract()
                .await
                .map_err(|rejection| ApiError::unreadable_body(&rejection).into_response())?;
            parameters.add(&body);
        }
        parameters.add(query.unwrap_or_default().as_bytes());
        Ok(parameters)
    }
}

fn is_form(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|it| it.to_str().ok())
        .is_some_and(|it| {
            it.to_ascii_lowercase()
                .starts_with("application/x-www-form-urlencoded")
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(encoded: &[u8]) -> Parameters {
        let mut parameters = Parameters::default();
        parameters.add(encoded);
        parameters
    }

    #[test]
    fn empty_ones_and_repetitions_do_not_count() {
        let parameters = parse(b"dsName=&dsType=lethe&query=a&query=b&time=");
        assert_eq!(parameters.choice().name, None);
        assert_eq!(parameters.choice().kind.as_deref(), Some("lethe"));
        assert_eq!(
            parameters.only(&["query", "time"]),
            [("query".to_owned(), "a".to_owned())]
        );
    }

    proptest! {
        /// Whatever stands in a query, and whatever else is asked, arrives unchanged.
        #[test]
        fn query_text_never_changes(query in "\\PC{1,60}", name in "\\PC{0,20}", other in "\\PC{0,20}") {
            let encoded: String = form_urlencoded::Serializer::new(String::new())
                .append_pair("other", &other)
                .append_pair(DS_NAME, &name)
                .append_pair("query", &query)
                .finish();
            let parameters = parse(encoded.as_bytes());
            prop_assert_eq!(parameters.choice().name, Some(name).filter(|it| !it.is_empty()));
            prop_assert_eq!(parameters.only(&["query"]), [("query".to_owned(), query)]);
        }

        #[test]
        fn any_bytes_are_some_parameters(bytes: Vec<u8>) {
            let _ = parse(&bytes).choice();
        }
    }
}
