//! What the server offers: the dashboards, and the faults of its configuration.

use std::sync::Arc;

use leptos::prelude::*;
use venti_model::dashboard::Dashboard;
use venti_model::status::ConfigFault;

use crate::api::{ApiError, Query, QueryOptions, dashboards, status, use_query};

/// Dashboards and faults, loaded once and again on request.
#[derive(Clone, Copy)]
pub(crate) struct CatalogState {
    dashboards: Query<Vec<Dashboard>>,
    faults: Query<venti_model::api::status::ConfigStatus>,
}

impl CatalogState {
    /// Loads both.
    pub(crate) fn new() -> Self {
        let options = QueryOptions::default();
        Self {
            dashboards: use_query(|| Some(()), options, |(), abort| dashboards::list(abort)),
            faults: use_query(|| Some(()), options, |(), abort| status::config(abort)),
        }
    }

    /// The one of this app.
    pub(crate) fn expect() -> Self {
        expect_context()
    }

    /// All dashboards in menu order; `None` until they were loaded.
    pub(crate) fn dashboards(&self) -> Option<Arc<Vec<Dashboard>>> {
        self.dashboards.data()
    }

    /// Why the dashboards could not be loaded.
    pub(crate) fn error(&self) -> Option<ApiError> {
        self.dashboards.error()
    }

    /// Tries again to load the dashboards.
    pub(crate) fn reload(&self) {
        self.dashboards.refetch();
        self.faults.refetch();
    }

    /// What is wrong with the configuration files.
    pub(crate) fn faults(&self) -> Vec<ConfigFault> {
        self.faults
            .data()
            .map(|it| it.faults.clone())
            .unwrap_or_default()
    }
}
