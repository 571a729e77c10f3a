//! What the parser makes of a template, each part with its position. Pipelines
//! print as they would be written, since errors quote them.

use std::fmt;

use crate::error::Position;
use crate::functions::Function;

/// A part of the output.
#[derive(Debug)]
pub(crate) enum Node {
    Text(String),
    Action(Pipe),
    If(Choice),
    With(Choice),
    Range {
        pipe: Pipe,
        body: Vec<Node>,
        otherwise: Vec<Node>,
    },
    Template(Invocation),
    Break,
    Continue,
}

/// `if` or `with`, and each `else if` and `else with` behind it.
#[derive(Debug)]
pub(crate) struct Choice {
    pub(crate) branches: Vec<Branch>,
    pub(crate) otherwise: Vec<Node>,
}

#[derive(Debug)]
pub(crate) struct Branch {
    /// Whether the value becomes the dot.
    pub(crate) rebinds: bool,
    pub(crate) pipe: Pipe,
    pub(crate) body: Vec<Node>,
}

/// `{{template "name" pipe}}`.
#[derive(Debug)]
pub(crate) struct Invocation {
    pub(crate) position: Position,
    pub(crate) name: String,
    pub(crate) pipe: Option<Pipe>,
}

/// Commands, each of which gets the value of the one before as last argument.
#[derive(Debug)]
pub(crate) struct Pipe {
    pub(crate) position: Position,
    /// The variables that take the value.
    pub(crate) variables: Vec<String>,
    /// Whether they exist already.
    pub(crate) assigns: bool,
    pub(crate) commands: Vec<Command>,
}

/// An operand, and arguments where it can take some.
#[derive(Debug)]
pub(crate) struct Command {
    pub(crate) position: Position,
    pub(crate) operand: Operand,
    pub(crate) arguments: Vec<Operand>,
}

#[derive(Debug)]
pub(crate) struct Operand {
    pub(crate) position: Position,
    pub(crate) kind: OperandKind,
}

#[derive(Debug)]
pub(crate) enum OperandKind {
    Dot,
    Nil,
    Bool(bool),
    Number {
        written: String,
        value: Number,
    },
    Text {
        written: String,
        value: String,
    },
    /// `.a.b`
    Field(Vec<String>),
    /// `$name.a.b`; the name has its dollar sign.
    Variable {
        name: String,
        fields: Vec<String>,
    },
    Function(&'static Function),
    /// `(pipe)`
    Pipe(Box<Pipe>),
    /// `(pipe).a.b` or `function.a.b`
    Chain {
        base: Box<Operand>,
        fields: Vec<String>,
    },
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Number {
    Int(i64),
    Float(f64),
    /// An integer that only fits without a sign.
    TooLarge,
}

impl fmt::Display for Pipe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.variables.is_empty() {
            let sign = if self.assigns { "=" } else { ":=" };
            write!(f, "{} {sign} ", self.variables.join(", "))?;
        }
        for (index, command) in self.commands.iter().enumerate() {
            if index > 0 {
                f.write_str(" | ")?;
            }
            write!(f, "{command}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.operand)?;
        for argument in &self.arguments {
            write!(f, " {argument}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Operand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields = match &self.kind {
            OperandKind::Dot => return f.write_str("."),
            OperandKind::Nil => return f.write_str("nil"),
            OperandKind::Bool(value) => return write!(f, "{value}"),
            OperandKind::Number { written, .. } | OperandKind::Text { written, .. } => {
                return f.write_str(written);
            }
            OperandKind::Function(function) => return f.write_str(function.name),
            OperandKind::Pipe(pipe) => return write!(f, "({pipe})"),
            OperandKind::Field(fields) => fields,
            OperandKind::Variable { name, fields } => {
                f.write_str(name)?;
                fields
            }
            OperandKind::Chain { base, fields } => {
                write!(f, "{base}")?;
                fields
            }
        };
        fields.iter().try_for_each(|field| write!(f, ".{field}"))
    }
}
