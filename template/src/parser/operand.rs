//! Pipelines, commands, operands and literals.

use lethe::letheql::strings;

use super::{Fault, Parser, unexpected};
use crate::ast::{Command, Number, Operand, OperandKind, Pipe};
use crate::float;
use crate::functions;
use crate::lexer::{Token, TokenKind};

impl<'t> Parser<'t> {
    /// Reads up to what ends a pipeline, and leaves that.
    pub(super) fn pipe(&mut self, context: &str) -> Result<Pipe, Fault> {
        let position = self.peek().position;
        let (variables, assigns) = self.declarations(context)?;
        let mut commands: Vec<Command> = Vec::new();
        loop {
            match self.peek().kind {
                TokenKind::Close | TokenKind::RightParen if commands.is_empty() => {
                    let message = format!("missing value for {context}");
                    return Err((message, self.peek().position));
                }
                TokenKind::Close | TokenKind::RightParen => break,
                _ => commands.push(self.command(context)?),
            }
            if self.peek().kind == TokenKind::Pipe {
                let pipe = self.next();
                if let TokenKind::Close | TokenKind::RightParen = self.peek().kind {
                    return Err((
                        format!("missing value behind | in {context}"),
                        pipe.position,
                    ));
                }
            }
        }
        for (index, command) in commands.iter().enumerate().skip(1) {
            if is_constant(&command.operand) {
                let stage = index + 1;
                let message = format!("non executable command in pipeline stage {stage}");
                return Err((message, command.position));
            }
        }
        Ok(Pipe {
            position,
            variables,
            assigns,
            commands,
        })
    }

    /// `$x :=`, `$x =` and, for `range`, `$i, $x :=`.
    fn declarations(&mut self, context: &str) -> Result<(Vec<String>, bool), Fault> {
        let start = self.at;
        let mut names: Vec<&Token<'t>> = Vec::new();
        while self.peek().kind == TokenKind::Variable {
            let variable = self.next();
            names.push(variable);
            let assigns = match self.peek().kind {
                TokenKind::Assign => true,
                TokenKind::Declare => false,
                TokenKind::Comma if context == "range" && names.len() < 2 => {
                    let comma = self.next();
                    if self.peek().kind != TokenKind::Variable {
                        let message = "range can only initialize variables".to_owned();
                        return Err((message, comma.position));
                    }
                    continue;
                }
                TokenKind::Comma => {
                    let message = format!("too many declarations in {context}");
                    return Err((message, variable.position));
                }
                _ => break,
            };
            self.next();
            for name in &names {
                if assigns {
                    self.check_declared(name)?;
                    self.assigned.insert(name.text.to_owned());
                } else {
                    self.variables.push(name.text);
                }
            }
            let names = names.iter().map(|name| name.text.to_owned());
            return Ok((names.collect(), assigns));
        }
        // It was an operand.
        self.at = start;
        Ok((Vec::new(), false))
    }

    fn check_declared(&self, variable: &Token<'_>) -> Result<(), Fault> {
        if self.variables.contains(&variable.text) {
            return Ok(());
        }
        let message = format!("undefined variable {:?}", variable.text);
        Err((message, variable.position))
    }

    /// Operands with blanks between them.
    fn command(&mut self, context: &str) -> Result<Command, Fault> {
        let position = self.peek().position;
        let operand = self.operand(context)?;
        let mut arguments = Vec::new();
        loop {
            let token = self.current();
            match &token.kind {
                TokenKind::Close | TokenKind::RightParen | TokenKind::Pipe => break,
                TokenKind::Space => match self.peek().kind {
                    TokenKind::Close | TokenKind::RightParen | TokenKind::Pipe => break,
                    _ => arguments.push(self.operand("operand")?),
                },
                _ => return Err(unexpected(token, "operand")),
            }
        }
        Ok(Command {
            position,
            operand,
            arguments,
        })
    }

    fn operand(&mut self, context: &str) -> Result<Operand, Fault> {
        let token = self.next();
        let position = token.position;
        let mut kind = self.term(token, context)?;
        let mut fields = Vec::new();
        while self.current().kind == TokenKind::Field {
            fields.push(field_name(self.next()));
        }
        if !fields.is_empty() {
            kind = match kind {
                OperandKind::Field(mut before) => {
                    before.extend(fields);
                    OperandKind::Field(before)
                }
                OperandKind::Variable { name, .. } => OperandKind::Variable { name, fields },
                OperandKind::Pipe(_) | OperandKind::Function(_) => OperandKind::Chain {
                    base: Box::new(Operand { position, kind }),
                    fields,
                },
                _ => {
                    let message = format!("unexpected . after term {:?}", token.text);
                    return Err((message, position));
                }
            };
        }
        Ok(Operand { position, kind })
    }

    fn term(&mut self, token: &'t Token<'t>, context: &str) -> Result<OperandKind, Fault> {
        Ok(match token.kind {
            TokenKind::Dot => OperandKind::Dot,
            TokenKind::Field => OperandKind::Field(vec![field_name(token)]),
            TokenKind::Variable => {
                self.check_declared(token)?;
                OperandKind::Variable {
                    name: token.text.to_owned(),
                    fields: Vec::new(),
                }
            }
            TokenKind::Number | TokenKind::Char => OperandKind::Number {
                written: token.text.to_owned(),
                value: number(token)?,
            },
            TokenKind::Quoted | TokenKind::Raw => OperandKind::Text {
                written: token.text.to_owned(),
                value: unquote(token)?,
            },
            TokenKind::LeftParen => {
                self.enter()?;
                let pipe = self.pipe("parenthesized pipeline")?;
                self.expect(&TokenKind::RightParen, "parenthesized pipeline")?;
                self.nesting -= 1;
                OperandKind::Pipe(Box::new(pipe))
            }
            TokenKind::Word => match token.text {
                "nil" => OperandKind::Nil,
                "true" => OperandKind::Bool(true),
                "false" => OperandKind::Bool(false),
                "if" | "else" | "end" | "range" | "with" | "define" | "template" | "block"
                | "break" | "continue" => return Err(unexpected(token, context)),
                name => {
                    let undefined = || (format!("function {name:?} not defined"), token.position);
                    OperandKind::Function(functions::find(name).ok_or_else(undefined)?)
                }
            },
            _ => return Err(unexpected(token, context)),
        })
    }
}

fn is_constant(operand: &Operand) -> bool {
    matches!(
        operand.kind,
        OperandKind::Dot
            | OperandKind::Nil
            | OperandKind::Bool(_)
            | OperandKind::Number { .. }
            | OperandKind::Text { .. }
    )
}

fn field_name(token: &Token<'_>) -> String {
    token.text.trim_start_matches('.').to_owned()
}

/// What a quoted or raw string says. Bytes that are no UTF-8, as in `"\xff"`,
/// become U+FFFD, as they would in the JSON of an alert.
pub(super) fn unquote(token: &Token<'_>) -> Result<String, Fault> {
    match strings::scan(token.text) {
        Ok(length) if length == token.text.len() => {
            let value = String::from_utf8_lossy(&strings::value(token.text)).into_owned();
            // Go leaves carriage returns out of raw strings.
            let is_raw = token.kind == TokenKind::Raw && value.contains('\r');
            Ok(if is_raw {
                value.replace('\r', "")
            } else {
                value
            })
        }
        Ok(_) => Err(unexpected(token, "string")),
        Err(message) => Err((message, token.position)),
    }
}

/// A number or a character, which is one too.
fn number(token: &Token<'_>) -> Result<Number, Fault> {
    let text = token.text;
    let malformed = |what: &str| (format!("{what}: {text:?}"), token.position);
    if token.kind == TokenKind::Char {
        let literal = unquote(token)?;
        let mut chars = literal.chars();
        return match (chars.next(), chars.next()) {
            (Some(c), None) => Ok(Number::Int(i64::from(u32::from(c)))),
            _ => Err(malformed("malformed character constant")),
        };
    }
    if let Some(value) = integer(text) {
        return match i64::try_from(value) {
            Ok(value) => Ok(Number::Int(value)),
            Err(_) if u64::try_from(value).is_ok() => Ok(Number::TooLarge),
            Err(_) => Err(malformed("integer overflow")),
        };
    }
    let is_float = text.contains(['.', 'e', 'E', 'p', 'P']);
    let value = float::parse(text).ok().filter(|_| is_float);
    value
        .map(Number::Float)
        .ok_or_else(|| malformed("bad number syntax"))
}

/// An integer with Go's prefixes: `0x`, `0o` or `0`, `0b`.
fn integer(text: &str) -> Option<i128> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let prefix = unsigned.get(..2).map(str::to_ascii_lowercase);
    let (base, digits) = match prefix.as_deref() {
        Some("0x") => (16, unsigned.get(2..)?),
        Some("0o") => (8, unsigned.get(2..)?),
        Some("0b") => (2, unsigned.get(2..)?),
        Some(_) if unsigned.starts_with('0') => (8, unsigned.get(1..)?),
        _ => (10, unsigned),
    };
    let digits = digits
        .strip_prefix('_')
        .filter(|_| base != 10)
        .unwrap_or(digits);
    let digits = float::without_underscores(digits)?;
    let starts_with_digit = digits.starts_with(|c: char| c.is_digit(base));
    let value = i128::from_str_radix(&digits, base).ok();
    let value = value.filter(|_| starts_with_digit)?;
    Some(if text.starts_with('-') { -value } else { value })
}
