//! The API server: where it is, and as whom it is asked.

use std::path::PathBuf;
use std::time::Duration;

use k8s_openapi::api::core::v1::Service;
use kube::config::{Config, KubeConfigOptions, Kubeconfig, KubeconfigError};
use kube::{Api, Client};
use rustls::crypto::{CryptoProvider, ring};

use super::trouble::Trouble;
use crate::cause::causes;

/// A host that does not answer at all.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How the API server is found, and how patiently it is asked.
#[derive(Clone, Debug)]
pub struct Cluster {
    /// The file that says where it is and who asks. `None` takes the one that `kubectl` would, and
    /// without it what a pod is given.
    pub kubeconfig: Option<PathBuf>,
    /// How long to wait before it is asked again for the first time. The pause doubles with each
    /// failure, and is this long again after a watch that lasted.
    pub shortest_pause: Duration,
    /// The pause grows no longer than that.
    pub longest_pause: Duration,
}

impl Default for Cluster {
    fn default() -> Self {
        Self {
            kubeconfig: None,
            shortest_pause: Duration::from_secs(1),
            longest_pause: Duration::from_secs(30),
        }
    }
}

impl Cluster {
    /// The services of all namespaces, over a new connection: so a kubeconfig, certificate or
    /// token that was renewed is the one that is used.
    pub(super) async fn services(&self) -> Result<Api<Service>, Trouble> {
        // The client takes the provider of the process, and panics where it must guess which.
        if CryptoProvider::get_default().is_none() {
            // An error means that somebody else was faster.
            let _ = ring::default_provider().install_default();
        }
        let mut config = self.config().await?;
        config.connect_timeout = Some(CONNECT_TIMEOUT);
        // Whoever follows the services tries again by itself, and tells that it has to.
        config.default_retry = false;
        let client = Client::try_from(config).map_err(|it| Trouble::of("connect", &it))?;
        Ok(Api::all(client))
    }

    async fn config(&self) -> Result<Config, Trouble> {
        let Some(file) = &self.kubeconfig else {
            return Config::infer().await.map_err(|it| no_access(&it));
        };
        let from_file = async {
            let kubeconfig = Kubeconfig::read_from(file)?;
            Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await
        };
        from_file
            .await
            .map_err(|it: KubeconfigError| no_access(&it))
    }
}

fn no_access(error: &(dyn std::error::Error + 'static)) -> Trouble {
    let mut kubeconfigs = causes(error).filter_map(|it| it.downcast_ref::<KubeconfigError>());
    let reason = if kubeconfigs.any(|it| matches!(it, KubeconfigError::Parse(_))) {
        // The parser shows the lines around, and there are tokens in them.
        "the kubeconfig is not written as one".to_owned()
    } else {
        error.to_string()
    };
    Trouble::Refused(format!(
        "there is no access to a cluster: run in a pod with a service account, name a kubeconfig \
         in KUBECONFIG, or set `enabled: false` ({reason})"
    ))
}
