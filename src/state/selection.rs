//! The chosen namespace and node, in the URL as `namespace` and `node`; absent is "all".

use leptos::prelude::*;

use super::view_params::{History, ViewParams};

/// One of the two variables a user chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Variable {
    /// `$namespace`
    Namespace,
    /// `$node`
    Node,
}

impl Variable {
    /// Its name in expressions and in the URL.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Variable::Namespace => "namespace",
            Variable::Node => "node",
        }
    }
}

/// What stands behind `$namespace` and `$node`.
#[derive(Clone, Copy)]
pub(crate) struct SelectionState {
    namespace: Memo<Option<String>>,
    node: Memo<Option<String>>,
    params: ViewParams,
}

impl SelectionState {
    /// Follows the URL.
    pub(crate) fn new(params: ViewParams) -> Self {
        let chosen = move |variable: Variable| {
            Memo::new(move |_| params.get(variable.name()).filter(|it| !it.is_empty()))
        };
        Self {
            namespace: chosen(Variable::Namespace),
            node: chosen(Variable::Node),
            params,
        }
    }

    /// The one of this app.
    pub(crate) fn expect() -> Self {
        expect_context()
    }

    /// The chosen value; `None` is "all".
    pub(crate) fn get(&self, variable: Variable) -> Option<String> {
        match variable {
            Variable::Namespace => self.namespace.get(),
            Variable::Node => self.node.get(),
        }
    }

    /// Chooses a value.
    pub(crate) fn set(&self, variable: Variable, value: Option<String>) {
        self.params.set(&[(variable.name(), value)], History::Push);
    }
}
