//! The parameters of a query, from the URL or a posted form, as text.

use std::borrow::Cow;

use axum::RequestExt;
use axum::body::Bytes;
use axum::extract::{FromRequest, RawQuery, Request};
use axum::http::{HeaderMap, Method, header};
use axum::response::{IntoResponse, Response};
use url::form_urlencoded;
use venti_model::api::remote::{DS_NAME, DS_TYPE};

use crate::datasource::Choice;
use crate::error::ApiError;

/// What was sent, still encoded: the form's pairs and then the URL's. Empty values count as not
/// given, and a name given twice counts the first time, as in the original; but for names that
/// end in `[]`, which are lists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Parameters {
    form: Bytes,
    url: String,
}

impl Parameters {
    /// Those of a URL alone, for a body that is something else.
    pub(crate) fn of_url(url: String) -> Self {
        let form = Bytes::new();
        Self { form, url }
    }

    /// All pairs that are not empty. Any bytes are some list of pairs.
    fn pairs(&self) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
        form_urlencoded::parse(&self.form)
            .chain(form_urlencoded::parse(self.url.as_bytes()))
            .filter(|(_, value)| !value.is_empty())
    }

    fn get(&self, name: &str) -> Option<String> {
        self.pairs()
            .find(|(it, _)| it == name)
            .map(|(_, value)| value.into_owned())
    }

    /// Which datasource is asked for.
    pub(crate) fn choice(&self) -> Choice {
        Choice {
            name: self.get(DS_NAME),
            kind: self.get(DS_TYPE),
        }
    }

    /// Those with one of the names, unchanged and in the order given.
    pub(crate) fn only(&self, names: &[&str]) -> Vec<(String, String)> {
        let mut kept: Vec<(String, String)> = Vec::new();
        for (name, value) in self.pairs().filter(|(it, _)| names.contains(&it.as_ref())) {
            if name.ends_with("[]") || kept.iter().all(|(it, _)| *it != name) {
                kept.push((name.into_owned(), value.into_owned()));
            }
        }
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
        let mut form = Bytes::new();
        if request.method() == Method::POST {
            if !is_form(request.headers()) {
                let message = "post the parameters as application/x-www-form-urlencoded";
                return Err(ApiError::bad_data(message).into_response());
            }
            form = request
                .extract()
                .await
                .map_err(|rejection| ApiError::unreadable_body(&rejection).into_response())?;
        }
        let url = query.unwrap_or_default();
        Ok(Self { form, url })
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
        Parameters {
            form: Bytes::copy_from_slice(encoded),
            url: String::new(),
        }
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

    #[test]
    fn lists_are_kept_whole_and_the_form_comes_first() {
        let parameters = Parameters {
            form: Bytes::from_static(b"match[]=b&query=form"),
            url: "match%5B%5D=a&match[]=&query=url".to_owned(),
        };
        let kept = parameters.only(&["query", "match[]"]);
        let expected = [("match[]", "b"), ("query", "form"), ("match[]", "a")];
        assert_eq!(
            kept,
            expected.map(|(name, value)| (name.to_owned(), value.to_owned()))
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
            let parameters = parse(&bytes);
            let _ = (parameters.choice(), parameters.only(&["match[]"]));
        }
    }
}
