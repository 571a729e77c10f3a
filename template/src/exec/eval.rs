//! Evaluates pipelines: commands, calls, fields, and whether an argument fits
//! its parameter.

use super::Exec;
use crate::ast::{Command, Number, Operand, OperandKind, Pipe};
use crate::error::RenderError;
use crate::functions::{Body, Function, Parameter, time};
use crate::kind::Kind;
use crate::scope::{Failure, STEP};
use crate::value::Value;

type Evaluated<'a> = Result<Value<'a>, RenderError>;

impl<'a> Exec<'a> {
    /// The value of the last command; variables take it.
    pub(super) fn pipe(&mut self, dot: &Value<'a>, pipe: &'a Pipe) -> Evaluated<'a> {
        let mut value = None;
        for command in &pipe.commands {
            value = Some(self.command(dot, command, value)?);
        }
        let value = value.unwrap_or(Value::Nil);
        for name in &pipe.variables {
            if pipe.assigns {
                self.set(name, value.clone());
            } else {
                self.variables.push((name, value.clone()));
            }
        }
        Ok(value)
    }

    /// `last` is the value of the command before, which becomes an argument.
    fn command(
        &mut self,
        dot: &Value<'a>,
        command: &'a Command,
        last: Option<Value<'a>>,
    ) -> Evaluated<'a> {
        let operand = &command.operand;
        let arguments = command.arguments.as_slice();
        self.spend(STEP, operand.position, operand)?;
        match &operand.kind {
            OperandKind::Function(function) => {
                self.call(dot, function, operand, Some(command), arguments, last)
            }
            OperandKind::Field(fields) => {
                self.fields(dot, dot.clone(), fields, operand, arguments, last)
            }
            OperandKind::Variable { name, fields } if !fields.is_empty() => {
                let value = self.variable(name);
                self.fields(dot, value, fields, operand, arguments, last)
            }
            OperandKind::Chain { base, fields } => {
                let value = self.operand(dot, base)?;
                self.fields(dot, value, fields, operand, arguments, last)
            }
            _ if last.is_some() || !arguments.is_empty() => {
                let message = format!("can't give argument to non-function {operand}");
                Err(self.failed(Failure::Error(message), operand.position, operand))
            }
            OperandKind::Nil => {
                let failure = Failure::new("nil is not a command");
                Err(self.failed(failure, operand.position, operand))
            }
            _ => self.operand(dot, operand),
        }
    }

    /// The value of an operand without arguments.
    fn operand(&mut self, dot: &Value<'a>, operand: &'a Operand) -> Evaluated<'a> {
        match &operand.kind {
            OperandKind::Dot => Ok(dot.clone()),
            OperandKind::Nil => Ok(Value::Nil),
            OperandKind::Bool(value) => Ok(Value::Bool(*value)),
            OperandKind::Text { value, .. } => Ok(Value::text(value)),
            OperandKind::Number { value, written } => match value {
                Number::Int(value) => Ok(Value::Int(*value)),
                Number::Float(value) => Ok(Value::Float(*value)),
                Number::TooLarge => {
                    let failure = Failure::new(format!("{written} overflows int"));
                    Err(self.failed(failure, operand.position, operand))
                }
            },
            OperandKind::Field(fields) => self.fields(dot, dot.clone(), fields, operand, &[], None),
            OperandKind::Variable { name, fields } => {
                let value = self.variable(name);
                self.fields(dot, value, fields, operand, &[], None)
            }
            OperandKind::Function(function) => self.call(dot, function, operand, None, &[], None),
            OperandKind::Pipe(pipe) => self.pipe(dot, pipe),
            OperandKind::Chain { base, fields } => {
                let value = self.operand(dot, base)?;
                self.fields(dot, value, fields, operand, &[], None)
            }
        }
    }

    fn variable(&self, name: &str) -> Value<'a> {
        let mut variables = self.variables.iter().rev();
        let found = variables.find(|(declared, _)| *declared == name);
        found.map_or(Value::Nil, |(_, value)| value.clone())
    }

    /// Follows fields; only the last one may be a method with arguments.
    fn fields(
        &mut self,
        dot: &Value<'a>,
        mut value: Value<'a>,
        fields: &'a [String],
        operand: &'a Operand,
        arguments: &'a [Operand],
        last: Option<Value<'a>>,
    ) -> Evaluated<'a> {
        let Some((name, before)) = fields.split_last() else {
            return Ok(value);
        };
        for name in before {
            value = self.field(&value, name, operand, &[])?;
        }
        let has_arguments = last.is_some() || !arguments.is_empty();
        if !has_arguments {
            return self.field(&value, name, operand, &[]);
        }
        if value.field(name).is_some() {
            let message = match value.kind() {
                Kind::Labels | Kind::Map => format!("{name} is not a method but has arguments"),
                _ => format!("{name} has arguments but cannot be invoked as function"),
            };
            return Err(self.failed(Failure::Error(message), operand.position, operand));
        }
        let mut values = Vec::with_capacity(arguments.len() + 1);
        for argument in arguments {
            values.push(self.operand(dot, argument)?);
        }
        values.extend(last);
        self.field(&value, name, operand, &values)
    }

    fn field(
        &self,
        value: &Value<'a>,
        name: &str,
        operand: &Operand,
        arguments: &[Value<'a>],
    ) -> Evaluated<'a> {
        self.spend(STEP, operand.position, operand)?;
        if let Some(field) = value.field(name) {
            return Ok(field);
        }
        let message = match time::method(value, name, arguments) {
            Some(Ok(value)) => return Ok(value),
            Some(Err(message)) => message,
            None => {
                let kind = value.kind().name();
                format!("can't evaluate field {name} in type {kind}")
            }
        };
        Err(self.failed(Failure::Error(message), operand.position, operand))
    }

    /// Calls a function; `command` is the whole call, if it is one with arguments.
    fn call(
        &mut self,
        dot: &Value<'a>,
        function: &'static Function,
        operand: &'a Operand,
        command: Option<&'a Command>,
        arguments: &'a [Operand],
        last: Option<Value<'a>>,
    ) -> Evaluated<'a> {
        let given = arguments.len() + usize::from(last.is_some());
        if let Some(message) = function.arity_fault(given) {
            return Err(self.failed(Failure::Error(message), operand.position, operand));
        }
        let mut values = Vec::with_capacity(given);
        for (index, argument) in arguments.iter().enumerate() {
            let value = self.argument(dot, argument, function.parameter(index))?;
            match function.body {
                Body::Until(truth) if value.is_true() == truth => return Ok(value),
                _ => values.push(value),
            }
        }
        if let Some(value) = last {
            values.push(self.fitting(value, function.parameter(given - 1), operand)?);
        }
        let call = match function.body {
            Body::Call(call) => call,
            Body::Until(_) => return Ok(values.pop().unwrap_or(Value::Nil)),
        };
        let read = values.iter().map(text_length).sum::<usize>();
        let outcome = self
            .scope
            .spend(read)
            .and_then(|()| call(&self.scope, &values));
        let outcome = outcome.and_then(|value| {
            self.scope.spend(text_length(&value))?;
            Ok(value)
        });
        outcome.map_err(|failure| {
            let failure = match failure {
                Failure::Error(message) => {
                    Failure::Error(format!("error calling {}: {message}", function.name))
                }
                needs_query => needs_query,
            };
            match command {
                Some(command) => self.failed(failure, command.position, command),
                None => self.failed(failure, operand.position, operand),
            }
        })
    }

    /// Evaluates an argument for a parameter.
    fn argument(
        &mut self,
        dot: &Value<'a>,
        argument: &'a Operand,
        parameter: Parameter,
    ) -> Evaluated<'a> {
        self.spend(STEP, argument.position, argument)?;
        let value = self.operand(dot, argument)?;
        let message = match (&argument.kind, parameter) {
            (_, Parameter::Any) => return Ok(value),
            (OperandKind::Nil, Parameter::Text) => "cannot assign nil to string".to_owned(),
            (OperandKind::Nil, _) => return Ok(value),
            (OperandKind::Bool(_) | OperandKind::Number { .. }, Parameter::Text) => {
                format!("expected string; found {argument}")
            }
            (
                OperandKind::Bool(_) | OperandKind::Number { .. } | OperandKind::Text { .. },
                Parameter::Sample | Parameter::Samples,
            ) => {
                let kind = parameter.kind().name();
                format!("can't handle {argument} for arg of type {kind}")
            }
            _ => return self.fitting(value, parameter, argument),
        };
        Err(self.failed(Failure::Error(message), argument.position, argument))
    }

    /// The value, if it is of the type that the parameter wants.
    fn fitting(&self, value: Value<'a>, parameter: Parameter, operand: &Operand) -> Evaluated<'a> {
        let wanted = parameter.kind();
        let message = match value.kind() {
            _ if wanted == Kind::Any => return Ok(value),
            kind if kind == wanted => return Ok(value),
            Kind::Nil if wanted != Kind::Text => return Ok(value),
            Kind::Nil => "invalid value; expected string".to_owned(),
            kind => {
                let (wanted, given) = (wanted.name(), kind.name());
                format!("wrong type for value; expected {wanted}; got {given}")
            }
        };
        Err(self.failed(Failure::Error(message), operand.position, operand))
    }
}

fn text_length(value: &Value<'_>) -> usize {
    match value {
        Value::Text(text) => text.len(),
        _ => 0,
    }
}
