//! Looks at a template before it runs: number and types of arguments, fields,
//! definitions, expressions; and what only we know.
//!
//! Only what fails whenever it is reached is told. A type that depends on the
//! data is taken for one that fits.

use crate::ast::{Choice, Command, Invocation, Node, Number, Operand, OperandKind, Pipe};
use crate::error::Position;
use crate::functions::pattern::Patterns;
use crate::functions::{Function, Parameter};
use crate::kind::{Field, Kind, OWN_FIELDS, VARIABLES};
use crate::parser::Tree;
use crate::template::QueryCall;

/// What kind of finding it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FindingKind {
    /// The template fails when it gets there.
    Error,
    /// Prometheus does not know this.
    OursOnly,
}

/// Something to know about a template before it runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Where in the text.
    pub position: Position,
    /// How bad it is.
    pub kind: FindingKind,
    /// What it is, as a sentence without full stop.
    pub message: String,
}

/// All that was found.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    pub(crate) findings: Vec<Finding>,
    pub(crate) queries: Vec<QueryCall>,
}

/// Checks a tree, and compiles the expressions that stand in it.
pub(crate) fn check(tree: &Tree) -> (Findings, Patterns) {
    let mut checker = Checker {
        tree,
        found: Findings::default(),
        patterns: Patterns::default(),
        variables: vec![("$", Kind::Data)],
    };
    for (name, field) in VARIABLES {
        let Field::Of(kind) = Kind::Data.field(field) else {
            continue;
        };
        checker.variables.push((name, kind));
    }
    checker.nodes(Kind::Data, &tree.body);
    for body in tree.definitions.values() {
        checker.variables = vec![("$", Kind::Any)];
        checker.nodes(Kind::Any, body);
    }
    let mut found = checker.found;
    found.findings.sort_by_key(|finding| finding.position);
    found.queries.sort_by_key(|query| query.position);
    (found, checker.patterns)
}

struct Checker<'a> {
    tree: &'a Tree,
    found: Findings,
    patterns: Patterns,
    variables: Vec<(&'a str, Kind)>,
}

impl<'a> Checker<'a> {
    fn nodes(&mut self, dot: Kind, nodes: &'a [Node]) {
        for node in nodes {
            match node {
                Node::Text(_) | Node::Break | Node::Continue => {}
                Node::Action(pipe) => {
                    self.pipe(dot, pipe);
                }
                Node::If(choice) | Node::With(choice) => self.choice(dot, choice),
                Node::Range {
                    pipe,
                    body,
                    otherwise,
                } => self.range(dot, pipe, body, otherwise),
                Node::Template(invocation) => self.template(dot, invocation),
            }
        }
    }

    fn choice(&mut self, dot: Kind, choice: &'a Choice) {
        let mark = self.variables.len();
        for branch in &choice.branches {
            let value = self.pipe(dot, &branch.pipe);
            let inner = self.variables.len();
            self.nodes(if branch.rebinds { value } else { dot }, &branch.body);
            self.variables.truncate(inner);
        }
        self.nodes(dot, &choice.otherwise);
        self.variables.truncate(mark);
    }

    fn range(&mut self, dot: Kind, pipe: &'a Pipe, body: &'a [Node], otherwise: &'a [Node]) {
        let mark = self.variables.len();
        let list = self.pipe(dot, pipe);
        let (key, element) = list.elements().unwrap_or_else(|| {
            let message = format!("range can't iterate over a value of type {}", list.name());
            self.error(pipe.position, message);
            (Kind::Any, Kind::Any)
        });
        match pipe.variables.as_slice() {
            [] => {}
            [name] => self.set(name, element),
            [first, second, ..] => {
                self.set(first, key);
                self.set(second, element);
            }
        }
        let inner = self.variables.len();
        self.nodes(element, body);
        self.variables.truncate(inner);
        self.nodes(dot, otherwise);
        self.variables.truncate(mark);
    }

    fn template(&mut self, dot: Kind, invocation: &'a Invocation) {
        if let Some(pipe) = &invocation.pipe {
            self.pipe(dot, pipe);
        }
        if !self.tree.definitions.contains_key(&invocation.name) {
            let message = format!("template {:?} not defined", invocation.name);
            self.error(invocation.position, message);
        }
    }

    fn pipe(&mut self, dot: Kind, pipe: &'a Pipe) -> Kind {
        let mut last: Option<(Kind, Option<&'a str>)> = None;
        for command in &pipe.commands {
            last = Some(self.command(dot, command, last));
        }
        let kind = last.map_or(Kind::Any, |(kind, _)| kind);
        for name in &pipe.variables {
            if !pipe.assigns {
                self.variables.push((name, kind));
            }
        }
        kind
    }

    /// The type of a command's value, and the value where it is a literal text.
    fn command(
        &mut self,
        dot: Kind,
        command: &'a Command,
        last: Option<(Kind, Option<&'a str>)>,
    ) -> (Kind, Option<&'a str>) {
        let operand = &command.operand;
        let mut arguments = Vec::with_capacity(command.arguments.len() + 1);
        for argument in &command.arguments {
            arguments.push((
                argument.position,
                self.operand(dot, argument),
                literal(argument),
            ));
        }
        if let Some((kind, text)) = last {
            arguments.push((operand.position, kind, text));
        }
        match &operand.kind {
            OperandKind::Function(function) => {
                self.call(function, operand.position, &arguments);
                (function.returns, None)
            }
            OperandKind::Field(_) | OperandKind::Chain { .. } => (self.operand(dot, operand), None),
            OperandKind::Variable { fields, .. } if !fields.is_empty() => {
                (self.operand(dot, operand), None)
            }
            _ if !arguments.is_empty() => {
                let message = format!("can't give argument to non-function {operand}");
                self.error(operand.position, message);
                (Kind::Any, None)
            }
            OperandKind::Nil => {
                self.error(operand.position, "nil is not a command".to_owned());
                (Kind::Any, None)
            }
            _ => (self.operand(dot, operand), literal(operand)),
        }
    }

    fn call(
        &mut self,
        function: &Function,
        position: Position,
        arguments: &[(Position, Kind, Option<&str>)],
    ) {
        if let Some(message) = function.arity_fault(arguments.len()) {
            return self.error(position, message);
        }
        for (index, (position, kind, _)) in arguments.iter().enumerate() {
            let wanted = function.parameter(index);
            let fits = match (wanted, kind) {
                (Parameter::Any, _) | (_, Kind::Any) => true,
                (Parameter::Text, kind) => *kind == Kind::Text,
                (wanted, kind) => *kind == Kind::Nil || *kind == wanted.kind(),
            };
            if !fits {
                let (name, wanted) = (function.name, wanted.kind().name());
                let given = kind.name();
                let message = format!("{name} takes a value of type {wanted}; got {given}");
                self.error(*position, message);
            }
        }
        let first = arguments.first().and_then(|(_, _, text)| *text);
        match (function.name, first) {
            ("match" | "reReplaceAll", Some(pattern)) => {
                if let Err(message) = self.patterns.add(pattern) {
                    self.error(position, message);
                }
            }
            ("query", query) => self.found.queries.push(QueryCall {
                position,
                query: query.map(str::to_owned),
            }),
            _ => {}
        }
    }

    fn operand(&mut self, dot: Kind, operand: &'a Operand) -> Kind {
        match &operand.kind {
            OperandKind::Dot => dot,
            OperandKind::Nil => Kind::Nil,
            OperandKind::Bool(_) => Kind::Bool,
            OperandKind::Text { .. } => Kind::Text,
            OperandKind::Number { value, .. } => match value {
                Number::Int(_) => Kind::Int,
                Number::Float(_) => Kind::Float,
                Number::TooLarge => {
                    self.error(operand.position, format!("{operand} overflows int"));
                    Kind::Any
                }
            },
            OperandKind::Field(fields) => self.fields(dot, fields, operand.position),
            OperandKind::Variable { name, fields } => {
                let is_own = VARIABLES
                    .iter()
                    .any(|(variable, field)| variable == name && OWN_FIELDS.contains(field));
                if is_own {
                    let message = format!("{name} is ours only: Prometheus refuses the rule file");
                    self.ours_only(operand.position, message);
                }
                let kind = self.variable(name);
                self.fields(kind, fields, operand.position)
            }
            OperandKind::Function(function) => {
                self.call(function, operand.position, &[]);
                function.returns
            }
            OperandKind::Pipe(pipe) => self.pipe(dot, pipe),
            OperandKind::Chain { base, fields } => {
                let kind = self.operand(dot, base);
                self.fields(kind, fields, operand.position)
            }
        }
    }

    fn fields(&mut self, mut kind: Kind, fields: &[String], position: Position) -> Kind {
        for name in fields {
            if kind == Kind::Data && OWN_FIELDS.contains(&name.as_str()) {
                let message = format!("field {name} is ours only: in Prometheus it is an error");
                self.ours_only(position, message);
            }
            kind = match kind.field(name) {
                Field::Of(kind) => kind,
                Field::Missing => {
                    let message = format!("can't evaluate field {name} in type {}", kind.name());
                    self.error(position, message);
                    Kind::Any
                }
            };
        }
        kind
    }

    /// The type of a variable, unless it is assigned to: that may happen in a
    /// block that is not always run, or in the round before.
    fn variable(&self, name: &str) -> Kind {
        if self.tree.assigned.contains(name) {
            return Kind::Any;
        }
        let mut variables = self.variables.iter().rev();
        let found = variables.find(|(declared, _)| *declared == name);
        found.map_or(Kind::Any, |(_, kind)| *kind)
    }

    fn set(&mut self, name: &str, kind: Kind) {
        let mut variables = self.variables.iter_mut().rev();
        if let Some((_, old)) = variables.find(|(declared, _)| *declared == name) {
            *old = kind;
        }
    }

    fn error(&mut self, position: Position, message: String) {
        self.found.findings.push(Finding {
            position,
            kind: FindingKind::Error,
            message,
        });
    }

    fn ours_only(&mut self, position: Position, message: String) {
        self.found.findings.push(Finding {
            position,
            kind: FindingKind::OursOnly,
            message,
        });
    }
}

/// The text of a literal, also in parentheses.
fn literal(operand: &Operand) -> Option<&str> {
    match &operand.kind {
        OperandKind::Text { value, .. } => Some(value),
        OperandKind::Pipe(pipe) => match pipe.commands.as_slice() {
            [command] if command.arguments.is_empty() => literal(&command.operand),
            _ => None,
        },
        _ => None,
    }
}
