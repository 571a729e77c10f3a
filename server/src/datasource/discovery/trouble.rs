//! Why the API server does not tell about services, and how to go on.

use kube::client::AuthError;
use kube::core::Status;

use crate::cause::{causes, last_cause};

/// Answers may come from whatever stands in front of the API server.
const MAX_ANSWER_CHARS: usize = 300;

/// Why it does not go on, in words that follow `discovery: `.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// It is away. Once it is back, a watch goes on where it was.
    Lost(String),
    /// It does not know any more what happened since. Everything is listed again, and nobody need
    /// know.
    Expired,
    /// It does not want to. Everything is listed again once it does.
    Refused(String),
}

impl Trouble {
    /// What a failure means of a request that does this: `list` or `watch`.
    pub(super) fn of(verb: &str, error: &kube::Error) -> Self {
        if causes(error).any(|it| it.is::<AuthError>()) {
            // Tells what a program wrote that was asked for a token.
            let message = "the kubeconfig's way to a token or certificate fails: \
                           `kubectl get services -A` says why";
            return Self::Refused(message.to_owned());
        }
        match error {
            kube::Error::Api(status) => Self::answered(verb, status),
            kube::Error::SerdeError(error) => {
                Self::Refused(format!("cannot read the API server's answer: {error}"))
            }
            error => {
                let reason = last_cause(error).unwrap_or_else(|| error.to_string());
                Self::Lost(format!("cannot reach the API server: {reason}"))
            }
        }
    }

    /// What an answer means that is none.
    pub(super) fn answered(verb: &str, status: &Status) -> Self {
        let code = status.code;
        let said: String = status.message.chars().take(MAX_ANSWER_CHARS).collect();
        match code {
            410 => Self::Expired,
            401 => Self::Refused(format!("the API server does not know who asks: {said}")),
            403 => Self::Refused(format!(
                "not allowed to {verb} services: bind a ClusterRole to the service account with \
                 the rule {{apiGroups: [\"\"], resources: [services], verbs: [get, list, watch]}} \
                 ({said})"
            )),
            429 | 500.. => Self::Lost(format!("the API server answers {code}: {said}")),
            _ => Self::Refused(format!("the API server answers {code}: {said}")),
        }
    }
}
