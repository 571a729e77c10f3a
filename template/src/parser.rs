//! Makes a tree of tokens. As in Go, unknown functions and variables are
//! errors here, before anything runs.

mod operand;

use std::collections::{BTreeMap, BTreeSet};

use crate::ast::{Branch, Choice, Invocation, Node, Pipe};
use crate::error::Position;
use crate::kind::VARIABLES;
use crate::lexer::{Token, TokenKind, tokens};

/// Blocks and parentheses within each other.
const MAX_NESTING: usize = 100;

/// A fault and where it is.
pub(crate) type Fault = (String, Position);

/// A template and what it defines besides itself.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    pub(crate) body: Vec<Node>,
    pub(crate) definitions: BTreeMap<String, Vec<Node>>,
    /// Variables that get a value after their declaration.
    pub(crate) assigned: BTreeSet<String>,
}

pub(crate) fn parse(text: &str) -> Result<Tree, Fault> {
    let tokens = tokens(text);
    let mut parser = Parser {
        tokens: &tokens,
        at: 0,
        variables: VARIABLES.iter().map(|(name, _)| *name).collect(),
        definitions: BTreeMap::new(),
        assigned: BTreeSet::new(),
        nesting: 0,
        loops: 0,
    };
    parser.variables.push("$");
    let (body, end) = parser.list(true)?;
    if let Some((word, position)) = end {
        return Err((format!("unexpected {{{{{word}}}}}"), position));
    }
    Ok(Tree {
        body,
        definitions: parser.definitions,
        assigned: parser.assigned,
    })
}

struct Parser<'t> {
    tokens: &'t [Token<'t>],
    at: usize,
    /// What is declared here.
    variables: Vec<&'t str>,
    definitions: BTreeMap<String, Vec<Node>>,
    assigned: BTreeSet<String>,
    nesting: usize,
    /// How many `range` blocks are open.
    loops: usize,
}

/// The word that ended a list, `end` or `else`, and where it stands.
type Ending<'t> = Option<(&'t str, Position)>;

impl<'t> Parser<'t> {
    /// Reads up to `end`, `else` or the end of the text.
    fn list(&mut self, is_top: bool) -> Result<(Vec<Node>, Ending<'t>), Fault> {
        let mut nodes = Vec::new();
        loop {
            let token = self.next();
            match &token.kind {
                TokenKind::Text => nodes.push(Node::Text(token.text.to_owned())),
                TokenKind::Open => {
                    let word = self.peek();
                    match word.text {
                        _ if word.kind != TokenKind::Word => nodes.push(self.action()?),
                        "end" | "else" => {
                            self.next();
                            return Ok((nodes, Some((word.text, word.position))));
                        }
                        "define" if is_top => self.define()?,
                        "define" => return Err(unexpected(word, "action")),
                        _ => nodes.push(self.action()?),
                    }
                }
                TokenKind::End => return Ok((nodes, None)),
                _ => return Err(unexpected(token, "input")),
            }
        }
    }

    fn action(&mut self) -> Result<Node, Fault> {
        let token = self.peek();
        if token.kind == TokenKind::Word {
            match token.text {
                "if" => return self.choice("if").map(Node::If),
                "with" => return self.choice("with").map(Node::With),
                "range" => return self.range(),
                "template" => return self.template(),
                "block" => return self.block(),
                "break" | "continue" => return self.jump(),
                _ => {}
            }
        }
        let pipe = self.pipe("command")?;
        self.expect(&TokenKind::Close, "command")?;
        Ok(Node::Action(pipe))
    }

    fn choice(&mut self, word: &'t str) -> Result<Choice, Fault> {
        self.enter()?;
        let mark = self.variables.len();
        let mut branches = Vec::new();
        let mut otherwise = Vec::new();
        let mut word = word;
        let start = self.next().position;
        loop {
            let pipe = self.pipe(word)?;
            self.expect(&TokenKind::Close, word)?;
            let (body, ending) = self.list(false)?;
            branches.push(Branch {
                rebinds: word == "with",
                pipe,
                body,
            });
            match self.ending(ending, start, word)? {
                "end" => break,
                _ if self.peek().kind == TokenKind::Word => {
                    let next = self.next();
                    word = match next.text {
                        "if" => "if",
                        "with" => "with",
                        _ => return Err(unexpected(next, "else")),
                    };
                }
                _ => {
                    otherwise = self.last_list(start, word)?;
                    break;
                }
            }
        }
        self.expect(&TokenKind::Close, "end")?;
        self.variables.truncate(mark);
        self.nesting -= 1;
        Ok(Choice {
            branches,
            otherwise,
        })
    }

    fn range(&mut self) -> Result<Node, Fault> {
        self.enter()?;
        let mark = self.variables.len();
        let start = self.next().position;
        let pipe = self.pipe("range")?;
        self.expect(&TokenKind::Close, "range")?;
        self.loops += 1;
        let (body, ending) = self.list(false)?;
        self.loops -= 1;
        let otherwise = match self.ending(ending, start, "range")? {
            "end" => Vec::new(),
            _ => self.last_list(start, "range")?,
        };
        self.expect(&TokenKind::Close, "end")?;
        self.variables.truncate(mark);
        self.nesting -= 1;
        Ok(Node::Range {
            pipe,
            body,
            otherwise,
        })
    }

    /// What stands behind the last `else`, up to `end`.
    fn last_list(&mut self, start: Position, word: &str) -> Result<Vec<Node>, Fault> {
        self.expect(&TokenKind::Close, "else")?;
        let (nodes, ending) = self.list(false)?;
        match self.ending(ending, start, word)? {
            "end" => Ok(nodes),
            _ => Err((
                "expected end; found {{else}}".to_owned(),
                self.peek().position,
            )),
        }
    }

    fn ending(&self, ending: Ending<'t>, start: Position, word: &str) -> Result<&'t str, Fault> {
        match ending {
            Some((ending, _)) => Ok(ending),
            None => Err((
                format!("unexpected EOF: {word} is not closed by end"),
                start,
            )),
        }
    }

    fn define(&mut self) -> Result<(), Fault> {
        let start = self.next().position;
        let name = self.name("define clause")?;
        self.expect(&TokenKind::Close, "define clause")?;
        self.definition(name, start, "define")
    }

    /// Reads the body of a definition. It sees no variables from outside.
    fn definition(&mut self, name: String, start: Position, word: &str) -> Result<(), Fault> {
        self.enter()?;
        let variables = std::mem::replace(&mut self.variables, vec!["$"]);
        let loops = std::mem::take(&mut self.loops);
        let (nodes, ending) = self.list(false)?;
        if self.ending(ending, start, word)? != "end" {
            return Err(("unexpected {{else}} in define clause".to_owned(), start));
        }
        self.expect(&TokenKind::Close, "end")?;
        self.variables = variables;
        self.loops = loops;
        self.nesting -= 1;
        // A definition of nothing but blanks gives way to a fuller one.
        match self.definitions.get(&name) {
            Some(old) if !is_blank(old) && !is_blank(&nodes) => {
                let message = format!("multiple definition of template {name:?}");
                Err((message, start))
            }
            Some(old) if !is_blank(old) => Ok(()),
            _ => {
                self.definitions.insert(name, nodes);
                Ok(())
            }
        }
    }

    fn template(&mut self) -> Result<Node, Fault> {
        let position = self.next().position;
        let name = self.name("template clause")?;
        let pipe = match self.peek().kind {
            TokenKind::Close => None,
            _ => Some(self.pipe("template clause")?),
        };
        self.expect(&TokenKind::Close, "template clause")?;
        Ok(Node::Template(Invocation {
            position,
            name,
            pipe,
        }))
    }

    fn block(&mut self) -> Result<Node, Fault> {
        let position = self.next().position;
        let name = self.name("block clause")?;
        let pipe: Pipe = self.pipe("block clause")?;
        self.expect(&TokenKind::Close, "block clause")?;
        self.definition(name.clone(), position, "block")?;
        Ok(Node::Template(Invocation {
            position,
            name,
            pipe: Some(pipe),
        }))
    }

    fn jump(&mut self) -> Result<Node, Fault> {
        let token = self.next();
        if self.loops == 0 {
            let message = format!("{{{{{}}}}} outside {{{{range}}}}", token.text);
            return Err((message, token.position));
        }
        self.expect(&TokenKind::Close, token.text)?;
        Ok(match token.text {
            "break" => Node::Break,
            _ => Node::Continue,
        })
    }

    /// The quoted name of a definition.
    fn name(&mut self, context: &str) -> Result<String, Fault> {
        let token = self.next();
        match token.kind {
            TokenKind::Quoted | TokenKind::Raw => operand::unquote(token),
            _ => Err(unexpected(token, context)),
        }
    }

    fn enter(&mut self) -> Result<(), Fault> {
        self.nesting += 1;
        if self.nesting > MAX_NESTING {
            let message = format!("nested more than {MAX_NESTING} deep");
            return Err((message, self.peek().position));
        }
        Ok(())
    }

    /// The next token that is no blank, left where it is.
    fn peek(&mut self) -> &'t Token<'t> {
        while self.current().kind == TokenKind::Space {
            self.at += 1;
        }
        self.current()
    }

    /// The next token that is no blank.
    fn next(&mut self) -> &'t Token<'t> {
        let token = self.peek();
        self.at += 1;
        token
    }

    /// The next token, blank or not. Behind the last one it is the last one.
    fn current(&self) -> &'t Token<'t> {
        let last = self.tokens.len() - 1;
        &self.tokens[self.at.min(last)]
    }

    fn expect(&mut self, kind: &TokenKind, context: &str) -> Result<&'t Token<'t>, Fault> {
        let token = self.next();
        if token.kind == *kind {
            Ok(token)
        } else {
            Err(unexpected(token, context))
        }
    }
}

fn unexpected(token: &Token<'_>, context: &str) -> Fault {
    let message = match &token.kind {
        TokenKind::Error(message) => message.clone(),
        TokenKind::End => format!("unexpected EOF in {context}"),
        _ => {
            let shown: String = token.text.chars().take(30).collect();
            format!("unexpected {shown:?} in {context}")
        }
    };
    (message, token.position)
}

fn is_blank(nodes: &[Node]) -> bool {
    let is_blank = |node: &Node| matches!(node, Node::Text(text) if text.trim().is_empty());
    nodes.iter().all(is_blank)
}
