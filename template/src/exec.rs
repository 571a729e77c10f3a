//! Runs a template: walks its nodes, evaluates its pipelines, writes.
//!
//! It follows Go's rules of what fits where, so that what fails there fails
//! here, with the same words. Work, output and depth are bounded.

mod eval;
mod output;

use std::fmt::Display;

pub(crate) use output::Output;

use crate::ast::{Choice, Invocation, Node, Pipe};
use crate::error::{ExecError, Position, RenderError};
use crate::kind::VARIABLES;
use crate::parser::Tree;
use crate::printf;
use crate::scope::{Failure, STEP, Scope};
use crate::value::Value;

/// Templates that call each other.
const MAX_DEPTH: usize = 50;

/// Executes the body of a tree.
pub(crate) fn execute<'a>(
    name: &'a str,
    tree: &'a Tree,
    scope: Scope<'a>,
    output: Output,
) -> Result<String, RenderError> {
    let dot = Value::Data(scope.data);
    let mut variables = Vec::with_capacity(VARIABLES.len() + 4);
    variables.push(("$", dot.clone()));
    for (name, field) in VARIABLES {
        variables.push((name, scope.data.field(field).unwrap_or(Value::Nil)));
    }
    let mut exec = Exec {
        name,
        part: name,
        tree,
        scope,
        output,
        variables,
        depth: 0,
    };
    exec.walk(&dot, &tree.body)?;
    Ok(exec.output.into_text())
}

struct Exec<'a> {
    name: &'a str,
    /// The definition that runs.
    part: &'a str,
    tree: &'a Tree,
    scope: Scope<'a>,
    output: Output,
    variables: Vec<(&'a str, Value<'a>)>,
    depth: usize,
}

/// How a list of nodes ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Flow {
    Next,
    Break,
    Continue,
}

impl<'a> Exec<'a> {
    fn walk(&mut self, dot: &Value<'a>, nodes: &'a [Node]) -> Result<Flow, RenderError> {
        for node in nodes {
            let flow = match node {
                Node::Text(text) => {
                    self.text(text)?;
                    Flow::Next
                }
                Node::Action(pipe) => {
                    self.action(dot, pipe)?;
                    Flow::Next
                }
                Node::If(choice) | Node::With(choice) => self.choice(dot, choice)?,
                Node::Range {
                    pipe,
                    body,
                    otherwise,
                } => self.range(dot, pipe, body, otherwise)?,
                Node::Template(invocation) => {
                    self.template(dot, invocation)?;
                    Flow::Next
                }
                Node::Break => Flow::Break,
                Node::Continue => Flow::Continue,
            };
            if flow != Flow::Next {
                return Ok(flow);
            }
        }
        Ok(Flow::Next)
    }

    fn text(&mut self, text: &str) -> Result<(), RenderError> {
        let written = self.scope.spend(STEP + text.len());
        let written = written.and_then(|()| self.output.text(text));
        // Text has no expression to blame; it only ever is too much.
        let start = Position { line: 1, column: 1 };
        written.map_err(|failure| self.failed(failure, start, &"text"))
    }

    fn action(&mut self, dot: &Value<'a>, pipe: &'a Pipe) -> Result<(), RenderError> {
        let value = self.pipe(dot, pipe)?;
        if !pipe.variables.is_empty() {
            return Ok(());
        }
        let written = self.output.value(&value, self.scope.room());
        let written = written.and_then(|length| self.scope.spend(length));
        written.map_err(|failure| self.failed(failure, pipe.position, pipe))
    }

    fn choice(&mut self, dot: &Value<'a>, choice: &'a Choice) -> Result<Flow, RenderError> {
        let mark = self.variables.len();
        let mut chosen = None;
        for branch in &choice.branches {
            let value = self.pipe(dot, &branch.pipe)?;
            if value.is_true() {
                chosen = Some((branch, value));
                break;
            }
        }
        let flow = match &chosen {
            Some((branch, value)) if branch.rebinds => self.walk(value, &branch.body)?,
            Some((branch, _)) => self.walk(dot, &branch.body)?,
            None => self.walk(dot, &choice.otherwise)?,
        };
        self.variables.truncate(mark);
        Ok(flow)
    }

    fn range(
        &mut self,
        dot: &Value<'a>,
        pipe: &'a Pipe,
        body: &'a [Node],
        otherwise: &'a [Node],
    ) -> Result<Flow, RenderError> {
        let outer = self.variables.len();
        let value = self.pipe(dot, pipe)?;
        let mut elements = match elements(&value) {
            Some(elements) => elements.peekable(),
            None => {
                let shown = printf::print(std::slice::from_ref(&value), self.scope.room());
                let shown = shown.unwrap_or_default();
                let failure = Failure::new(format!("range can't iterate over {shown}"));
                return Err(self.failed(failure, pipe.position, pipe));
            }
        };
        if elements.peek().is_none() {
            let flow = self.walk(dot, otherwise)?;
            self.variables.truncate(outer);
            return Ok(flow);
        }
        let mark = self.variables.len();
        for (key, element) in elements {
            self.spend(STEP, pipe.position, pipe)?;
            match pipe.variables.as_slice() {
                [] => {}
                [name] => self.set(name, element.clone()),
                [first, second, ..] => {
                    self.set(first, key);
                    self.set(second, element.clone());
                }
            }
            let flow = self.walk(&element, body)?;
            self.variables.truncate(mark);
            if flow == Flow::Break {
                break;
            }
        }
        self.variables.truncate(outer);
        Ok(Flow::Next)
    }

    fn template(&mut self, dot: &Value<'a>, invocation: &'a Invocation) -> Result<(), RenderError> {
        let fail = |exec: &Self, message: String| {
            let node = format!("{{{{template {:?}}}}}", invocation.name);
            Err(exec.failed(Failure::Error(message), invocation.position, &node))
        };
        let Some((name, body)) = self.tree.definitions.get_key_value(&invocation.name) else {
            return fail(self, format!("template {:?} not defined", invocation.name));
        };
        if self.depth >= MAX_DEPTH {
            return fail(
                self,
                format!("exceeded maximum template depth ({MAX_DEPTH})"),
            );
        }
        let dot = match &invocation.pipe {
            Some(pipe) => self.pipe(dot, pipe)?,
            None => Value::Nil,
        };
        // A definition sees no variables from outside.
        let variables = std::mem::replace(&mut self.variables, vec![("$", dot.clone())]);
        let part = std::mem::replace(&mut self.part, name);
        self.depth += 1;
        self.walk(&dot, body)?;
        self.depth -= 1;
        self.part = part;
        self.variables = variables;
        Ok(())
    }

    /// Overwrites the innermost variable of this name.
    fn set(&mut self, name: &str, value: Value<'a>) {
        let mut variables = self.variables.iter_mut().rev();
        if let Some((_, old)) = variables.find(|(declared, _)| *declared == name) {
            *old = value;
        }
    }

    fn spend(
        &self,
        work: usize,
        position: Position,
        node: &dyn Display,
    ) -> Result<(), RenderError> {
        let spent = self.scope.spend(work);
        spent.map_err(|failure| self.failed(failure, position, node))
    }

    fn failed(&self, failure: Failure, position: Position, node: &dyn Display) -> RenderError {
        match failure {
            Failure::NeedsQuery(query) => RenderError::NeedsQuery(query),
            Failure::Error(message) => RenderError::Failed(Box::new(ExecError {
                name: self.name.to_owned(),
                position,
                part: self.part.to_owned(),
                node: node.to_string(),
                message,
            })),
        }
    }
}

type Elements<'v, 'a> = Box<dyn Iterator<Item = (Value<'a>, Value<'a>)> + 'v>;

/// Keys and elements of what can be ranged over.
fn elements<'v, 'a>(value: &'v Value<'a>) -> Option<Elements<'v, 'a>> {
    let numbered = |index: usize| Value::Int(i64::try_from(index).unwrap_or(i64::MAX));
    Some(match value {
        Value::Nil => Box::new(std::iter::empty()),
        Value::Int(count) => Box::new((0..*count).map(|it| (Value::Int(it), Value::Int(it)))),
        Value::Labels(labels) => {
            let pairs = labels.iter();
            Box::new(pairs.map(|(name, value)| (Value::text(name), Value::text(value))))
        }
        Value::Map(map) => Box::new(
            map.iter()
                .map(|(name, value)| (Value::owned(name.clone()), value.clone())),
        ),
        Value::Samples(samples) => {
            let samples = samples.iter().enumerate();
            Box::new(samples.map(move |(index, it)| (numbered(index), Value::Sample(it))))
        }
        Value::Lines(lines) => {
            let lines = lines.iter().enumerate();
            Box::new(lines.map(move |(index, line)| (numbered(index), Value::Line(line))))
        }
        _ => return None,
    })
}
