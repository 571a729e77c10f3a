//! `users.yml`: who may log in, and the tokens of scripts.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use serde::Deserialize;
use serde_saphyr::Spanned;
use venti_model::api::auth::Role;
use venti_model::status::ConfigFault;

use super::password::PasswordHash;
use super::token::TokenHash;
use crate::config::{Secret, Source, place};

/// All who have a password or a token.
#[derive(Clone, Debug, Default)]
pub struct Users {
    users: Vec<User>,
    tokens: Vec<ApiToken>,
    /// Which user's hash stands in for that of an unknown name.
    seed: RandomState,
}

/// Somebody with a password.
#[derive(Clone, Debug)]
pub(crate) struct User {
    /// The name, not empty.
    pub(crate) name: String,
    /// The hash of the password.
    pub(crate) hash: PasswordHash,
    /// What the user may do.
    pub(crate) role: Role,
}

/// A script with a token.
#[derive(Clone, Debug)]
pub(crate) struct ApiToken {
    /// What the log calls it.
    pub(crate) name: String,
    hash: TokenHash,
    /// What the script may do.
    pub(crate) role: Role,
}

impl Users {
    /// The same tokens, and one administrator with a password.
    pub(super) fn with_only(&self, name: &str, hash: PasswordHash) -> Self {
        let (name, role) = (name.to_owned(), Role::Admin);
        Self {
            users: vec![User { name, hash, role }],
            ..self.clone()
        }
    }

    /// Whether nobody has a password.
    pub fn is_empty(&self) -> bool {
        self.users.is_empty()
    }

    /// A user by name.
    pub(super) fn find(&self, name: &str) -> Option<&User> {
        self.users.iter().find(|it| it.name == name)
    }

    /// The place of a user in the file, from 1.
    pub(crate) fn number(&self, name: &str) -> usize {
        let at = self.users.iter().position(|it| it.name == name);
        at.map_or(0, |it| it + 1)
    }

    /// The hash of somebody, for a name that nobody has: checking it takes as long as checking
    /// that of a user, and always equally long for one name, so that nobody can tell by the time
    /// which names there are. Nothing when there are no users at all.
    pub(super) fn stand_in(&self, name: &str) -> Option<&PasswordHash> {
        let at = self.seed.hash_one(name) % u64::try_from(self.users.len().max(1)).ok()?;
        self.users.get(usize::try_from(at).ok()?).map(|it| &it.hash)
    }

    /// The script that has this token.
    pub(super) fn script(&self, token: &str) -> Option<&ApiToken> {
        let hash = TokenHash::of(token);
        self.tokens.iter().find(|it| it.hash == hash)
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct UsersFile {
    users: Option<Vec<UserEntry>>,
    tokens: Option<Vec<TokenEntry>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct UserEntry {
    username: Spanned<String>,
    hash: Spanned<Secret>,
    #[serde(default)]
    is_admin: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct TokenEntry {
    name: Spanned<String>,
    hash: Spanned<Secret>,
    #[serde(default)]
    is_admin: bool,
}

/// Reads the file. The first entry that makes no sense is the fault.
pub(crate) fn read(source: Source<'_>) -> Result<Users, ConfigFault> {
    let file: Option<UsersFile> = source.read()?;
    let file = file.unwrap_or_default();
    let mut names = HashSet::new();
    let users = file.users.unwrap_or_default().into_iter().map(|entry| {
        check_name(source, &entry.username, &mut names)?;
        let hash = entry.hash.value.expose().parse();
        Ok(User {
            hash: hash.map_err(|error| fault(source, &entry.hash, error))?,
            name: entry.username.value,
            role: role(entry.is_admin),
        })
    });
    let users = users.collect::<Result<_, ConfigFault>>()?;
    let mut names = HashSet::new();
    let tokens = file.tokens.unwrap_or_default().into_iter().map(|entry| {
        check_name(source, &entry.name, &mut names)?;
        let hash = entry.hash.value.expose().parse();
        Ok(ApiToken {
            hash: hash.map_err(|error| fault(source, &entry.hash, error))?,
            name: entry.name.value,
            role: role(entry.is_admin),
        })
    });
    Ok(Users {
        users,
        tokens: tokens.collect::<Result<_, ConfigFault>>()?,
        seed: RandomState::new(),
    })
}

fn check_name(
    source: Source<'_>,
    name: &Spanned<String>,
    taken: &mut HashSet<String>,
) -> Result<(), ConfigFault> {
    if name.value.trim().is_empty() {
        return Err(fault(source, name, "a name must not be empty"));
    }
    if !taken.insert(name.value.clone()) {
        let message = format!("duplicate name `{}`", name.value);
        return Err(fault(source, name, message));
    }
    Ok(())
}

fn fault<T>(source: Source<'_>, at: &Spanned<T>, message: impl ToString) -> ConfigFault {
    source.fault(place(at.referenced), message.to_string())
}

fn role(is_admin: bool) -> Role {
    if is_admin { Role::Admin } else { Role::Viewer }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HASH: &str = "$2y$04$gfYfchIng4242xXVsVQFdedIQbHzgSVe5AdyFg6O3SHKwqRbeWwbi";

    fn read(text: &str) -> Result<Users, ConfigFault> {
        let file = "users.yml";
        super::read(Source { file, text })
    }

    fn refused(text: &str) -> String {
        read(text).unwrap_err().to_string()
    }

    #[test]
    fn the_originals_file_is_read() {
        let users = read(&format!(
            "users:\n- username: admin\n  hash: {HASH}\n  isAdmin: true\n- username: ana\n  hash: {HASH}\n"
        ));
        let users = users.unwrap();
        assert_eq!(users.find("admin").unwrap().role, Role::Admin);
        assert_eq!(users.find("ana").unwrap().role, Role::Viewer);
        assert!(users.find("ben").is_none() && users.find("").is_none());
        assert_eq!((users.number("ana"), users.number("ben")), (2, 0));
    }

    #[test]
    fn a_script_is_found_by_its_token_alone() {
        let hash = TokenHash::of("venti_secret");
        let text = format!("tokens: [{{name: backup, hash: '{hash}'}}]");
        let users = read(&text).unwrap();
        assert_eq!(users.script("venti_secret").unwrap().name, "backup");
        assert!(users.script("backup").is_none() && users.script("").is_none());
        assert!(users.is_empty());
    }

    #[test]
    fn an_empty_file_has_no_users() {
        for text in ["", "# none yet\n", "users: []\n", "users:\n"] {
            assert!(read(text).unwrap().is_empty(), "{text:?}");
        }
    }

    #[test]
    fn faults_have_their_place_and_no_hash() {
        insta::assert_snapshot!(
            refused("users:\n- username: ana\n  hash: hunter2\n"),
            @"users.yml:3:9: not a hash of bcrypt (`$2a$`, `$2b$`, `$2y$`) or argon2id: make one with `venti-server hash-password`"
        );
        insta::assert_snapshot!(
            refused("users:\n- username: ana\n  password: hunter2\n"),
            @"users.yml:3:3: unknown key `password`, expected one of `username`, `hash`, `isAdmin`"
        );
        insta::assert_snapshot!(
            refused(&format!("users:\n- {{username: a, hash: {HASH}}}\n- {{username: a, hash: {HASH}}}\n")),
            @"users.yml:3:14: duplicate name `a`"
        );
        insta::assert_snapshot!(
            refused(&format!("users:\n- {{username: '', hash: {HASH}}}\n")),
            @"users.yml:2:14: a name must not be empty"
        );
        insta::assert_snapshot!(
            refused("tokens:\n- {name: ci, hash: venti_plain}\n"),
            @"users.yml:2:20: not the hash of a token: make both with `venti-server token`"
        );
        let fault = read("users:\n- hash: hunter2\n  username: ana\n").unwrap_err();
        assert!(!fault.excerpt.unwrap().contains("hunter2"));
    }

    #[test]
    fn an_unknown_name_has_one_stand_in_as_long_as_there_are_users() {
        let users = read(&format!("users: [{{username: ana, hash: {HASH}}}]")).unwrap();
        assert_eq!(users.stand_in("ben"), users.stand_in("ben"));
        assert!(users.stand_in("ben").is_some());
        assert_eq!(Users::default().stand_in("ben"), None);
    }

    proptest! {
        #[test]
        fn any_text_is_users_or_a_fault(text in "(users:\n- username: )?\\PC{0,40}\n(  hash: \\PC{0,20})?") {
            let _ = read(&text);
        }
    }
}
