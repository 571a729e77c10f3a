//! The datasources and the rules by which one of them is chosen.
//!
//! `dsName` wins and must exist; else `dsType` chooses the main one of its type. For each type
//! without a marked main datasource the first one is main; of several marked ones the first
//! answers. All as in the original.

mod connect;
pub mod discovery;
pub mod health;
pub mod logs;

use std::sync::Arc;

use venti_model::api::datasources::{Datasource as WireDatasource, DatasourceType};
use venti_model::api::remote::{DS_NAME, DS_TYPE};

use crate::upstream::Upstream;

pub(crate) use connect::{Connector, infos};
pub(crate) use discovery::Found;
pub use health::HealthRecord;
pub use logs::Logs;

/// One datasource.
#[derive(Debug)]
pub struct Datasource {
    /// What the browser may see of it.
    pub info: WireDatasource,
    /// How it is asked.
    pub upstream: Upstream,
    /// How it was when it was last looked at.
    pub health: HealthRecord,
    /// The Lethe inside the server that it is, if it is one.
    pub logs: Option<Arc<Logs>>,
}

impl Datasource {
    /// What the browser may see of it now.
    pub fn current(&self) -> WireDatasource {
        WireDatasource {
            health: self.health.get(),
            ..self.info.clone()
        }
    }
}

/// All datasources, in the order in which they are searched.
#[derive(Clone, Debug, Default)]
pub struct Registry(Vec<Arc<Datasource>>);

/// Which datasource a request asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// By its name.
    pub name: Option<String>,
    /// The main one of a type.
    pub kind: Option<String>,
}

/// Why there is no datasource for a request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChoiceError {
    /// Neither parameter was given.
    #[error("no datasource chosen: give `{DS_NAME}` or `{DS_TYPE}`")]
    Missing,
    /// There is no such type.
    #[error("{DS_TYPE}: {0}")]
    UnknownType(#[from] venti_model::api::datasources::DatasourceTypeError),
    /// No datasource has the name.
    #[error("there is no datasource named `{name}`, configured: {known}")]
    UnknownName {
        /// What was asked for.
        name: String,
        /// The names there are.
        known: String,
    },
    /// None of the type is configured.
    #[error("no datasource of type `{0}` is configured: add one to datasources.yml")]
    NoneOfType(DatasourceType),
}

/// Makes the first of each type main where none is marked.
fn choose_main(mut infos: Vec<&mut WireDatasource>) {
    for kind in DatasourceType::ALL {
        let is_main = |it: &&mut WireDatasource| it.kind == kind && it.is_main;
        if !infos.iter().any(is_main)
            && let Some(first) = infos.iter_mut().find(|it| it.kind == kind)
        {
            first.is_main = true;
        }
    }
}

impl Registry {
    /// Takes the datasources and makes the first of each type main where none is marked.
    pub fn new(mut datasources: Vec<Datasource>) -> Self {
        choose_main(datasources.iter_mut().map(|it| &mut it.info).collect());
        Self(datasources.into_iter().map(Arc::new).collect())
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Datasource>> {
        self.0.iter()
    }

    /// The one that answers.
    pub fn choose(&self, choice: &Choice) -> Result<&Arc<Datasource>, ChoiceError> {
        if let Some(name) = &choice.name {
            return self.by_name(name);
        }
        let kind = choice.kind.as_deref().ok_or(ChoiceError::Missing)?;
        let kind: DatasourceType = kind.parse()?;
        self.iter()
            .find(|it| it.info.kind == kind && it.info.is_main)
            .ok_or(ChoiceError::NoneOfType(kind))
    }

    fn by_name(&self, name: &str) -> Result<&Arc<Datasource>, ChoiceError> {
        self.iter().find(|it| it.info.name == name).ok_or_else(|| {
            let names: Vec<&str> = self.iter().map(|it| it.info.name.as_str()).collect();
            ChoiceError::UnknownName {
                name: name.to_owned(),
                known: if names.is_empty() {
                    "none".to_owned()
                } else {
                    names.join(", ")
                },
            }
        })
    }
}
