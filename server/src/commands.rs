//! What the program does besides serving: making what goes into `users.yml`, and testing rules.

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, ensure};
use venti_server::auth::{PasswordHash, TokenHash, generate_token};
use venti_server::{rule_tests, shutdown};

/// Reads a password, twice from a terminal or as a line from a pipe, and prints its hash.
pub(crate) fn hash_password() -> anyhow::Result<()> {
    let password = read_password().context("cannot read a password")?;
    ensure!(!password.is_empty(), "an empty password is none");
    let hash = PasswordHash::of(&password)?;
    writeln!(io::stdout(), "{}", hash.expose())?;
    Ok(())
}

fn read_password() -> anyhow::Result<String> {
    if !io::stdin().is_terminal() {
        let mut line = String::new();
        io::stdin().read_line(&mut line)?;
        return Ok(line.trim_end_matches(['\r', '\n']).to_owned());
    }
    let password = rpassword::prompt_password("Password: ")?;
    let again = rpassword::prompt_password("The same again: ")?;
    ensure!(password == again, "these were two different ones");
    Ok(password)
}

/// Makes a token, and prints it with the lines that let it in.
pub(crate) fn token(name: &str, is_admin: bool) -> anyhow::Result<()> {
    let token = generate_token().context("cannot make a token")?;
    let hash = TokenHash::of(&token);
    // JSON's strings are YAML's, whatever is in them.
    let name = serde_json::to_string(name)?;
    writeln!(
        io::stdout(),
        "{token}\n\n\
         The token is shown this once; send it as `Authorization: Bearer …`.\n\
         It is let in by these lines of users.yml:\n\n\
         tokens:\n- name: {name}\n  hash: {hash}\n  isAdmin: {is_admin}"
    )?;
    Ok(())
}

/// What a shell gives for a program that Ctrl-C ended.
const INTERRUPTED: u8 = 130;

/// Runs tests of rules. Ctrl-C ends them, and takes away what they started.
#[tokio::main]
pub(crate) async fn test_rules(files: &[PathBuf], prometheus: &Path) -> anyhow::Result<ExitCode> {
    let mut out = io::stdout();
    tokio::select! {
        verdict = rule_tests::run(files, prometheus, &mut out) => {
            let verdict = verdict.context("cannot write what came of the tests")?;
            Ok(ExitCode::from(verdict.exit_code()))
        }
        () = shutdown::requested() => Ok(ExitCode::from(INTERRUPTED)),
    }
}
