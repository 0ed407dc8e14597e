//! Credentials of registries, from Docker's config.json: `auths`, and the helpers that `credHelpers` and `credsStore`
//! name. It is read only once a registry has asked.

use std::collections::BTreeMap;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hcn_containerd::{AuthResponse, AuthType};
use serde::Deserialize;

use super::helper;

/// Where Docker's own registry is kept in the file, whatever its hosts are called.
const DOCKER_HUB: &str = "https://index.docker.io/v1/";

/// The hosts of Docker's own registry.
const DOCKER_HUB_HOSTS: [&str; 3] = ["docker.io", "index.docker.io", "registry-1.docker.io"];

/// What is known of registries, and what went wrong in asking.
#[derive(Debug)]
pub(super) struct Credentials<'a> {
    file: Option<&'a Path>,
    problem: Option<String>,
}

impl<'a> Credentials<'a> {
    /// Those of a file, which need not be there.
    pub(super) fn new(file: Option<&'a Path>) -> Self {
        Self { file, problem: None }
    }

    /// What went wrong, where something did: a pull that fails may have failed by it.
    pub(super) fn problem(&self) -> Option<&str> {
        self.problem.as_deref()
    }

    /// The answer for a host; without credentials it is that there are none.
    pub(super) async fn of(&mut self, host: &str) -> AuthResponse {
        match self.look_up(host).await {
            Ok(found) => found.map_or_else(AuthResponse::default, Secret::answer),
            Err(why) => {
                self.problem = Some(why);
                AuthResponse::default()
            }
        }
    }

    async fn look_up(&self, host: &str) -> Result<Option<Secret>, String> {
        let Some(file) = self.file else { return Ok(None) };
        let Some(config) = Config::read(file)? else { return Ok(None) };
        if let Some(name) = config.helper(host) {
            let server = if DOCKER_HUB_HOSTS.contains(&host) { DOCKER_HUB } else { host };
            if let Some(found) = helper::get(name, server).await? {
                return Ok(Some(found));
            }
        }
        config.auth(host).map_err(|why| format!("the credentials of {host} in {}: {why}", file.display()))
    }
}

/// What opens a registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Secret {
    /// A user and its password.
    Password(String, String),
    /// A token that buys others.
    Token(String),
}

impl Secret {
    fn answer(self) -> AuthResponse {
        let (kind, username, secret) = match self {
            Self::Password(user, password) => (AuthType::Credentials, user, password),
            Self::Token(token) => (AuthType::Refresh, String::new(), token),
        };
        AuthResponse { auth_type: kind.into(), secret, username, expire_at: None }
    }
}

/// Docker's config.json, as far as registries go.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Config {
    auths: BTreeMap<String, Auth>,
    cred_helpers: BTreeMap<String, String>,
    creds_store: String,
}

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
struct Auth {
    auth: String,
    username: String,
    password: String,
    identitytoken: String,
}

impl Config {
    /// `None` where there is no file.
    fn read(file: &Path) -> Result<Option<Self>, String> {
        let text = match std::fs::read(file) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            text => text.map_err(|why| unreadable(file, &why))?,
        };
        serde_json::from_slice(&text).map(Some).map_err(|why| unreadable(file, &why))
    }

    /// The helper for a host: its own, else the one for all.
    fn helper(&self, host: &str) -> Option<&str> {
        let own = self.cred_helpers.iter().find(|(key, _)| names(key, host)).map(|(_, helper)| helper);
        own.or(Some(&self.creds_store)).map(String::as_str).filter(|name| !name.is_empty())
    }

    fn auth(&self, host: &str) -> Result<Option<Secret>, String> {
        match self.auths.iter().find(|(key, _)| names(key, host)) {
            Some((_, auth)) => auth.secret(),
            None => Ok(None),
        }
    }
}

impl Auth {
    fn secret(&self) -> Result<Option<Secret>, String> {
        if !self.identitytoken.is_empty() {
            return Ok(Some(Secret::Token(self.identitytoken.clone())));
        }
        if !self.auth.is_empty() {
            return decoded(&self.auth)
                .map(Some)
                .ok_or_else(|| "`auth` is no base64 of USER:PASSWORD".to_owned());
        }
        let plain = Secret::Password(self.username.clone(), self.password.clone());
        Ok((!self.username.is_empty()).then_some(plain))
    }
}

fn decoded(auth: &str) -> Option<Secret> {
    let text = String::from_utf8(STANDARD.decode(auth.trim()).ok()?).ok()?;
    let (user, password) = text.split_once(':')?;
    Some(Secret::Password(user.to_owned(), password.trim_end_matches('\0').to_owned()))
}

/// Does an entry of the file stand for a host? Older ones are URLs.
fn names(key: &str, host: &str) -> bool {
    let bare = key.trim_start_matches("https://").trim_start_matches("http://");
    let bare = bare.split('/').next().unwrap_or_default();
    bare == host || (DOCKER_HUB_HOSTS.contains(&bare) && DOCKER_HUB_HOSTS.contains(&host))
}

fn unreadable(file: &Path, why: &dyn std::fmt::Display) -> String {
    format!("the credentials in {} cannot be read: {why}", file.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(text: &str) -> Config {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn an_entry_is_found_by_host_however_it_is_written() {
        // "user:pass"
        let config = config(
            r#"{"auths":{"https://index.docker.io/v1/":{"auth":"dXNlcjpwYXNz"},
                "http://localhost:5000":{"username":"u","password":"p"},"ghcr.io":{"identitytoken":"t"},"quay.io":{}}}"#,
        );
        let password = |user: &str, password: &str| Ok(Some(Secret::Password(user.into(), password.into())));
        assert_eq!(config.auth("registry-1.docker.io"), password("user", "pass"));
        assert_eq!(config.auth("localhost:5000"), password("u", "p"));
        assert_eq!(config.auth("ghcr.io"), Ok(Some(Secret::Token("t".into()))));
        assert_eq!([config.auth("quay.io"), config.auth("localhost:5001")], [Ok(None), Ok(None)]);
    }

    #[test]
    fn a_host_s_own_helper_comes_before_the_one_for_all() {
        let config = config(r#"{"credsStore":"all","credHelpers":{"ghcr.io":"own","quay.io":""}}"#);
        assert_eq!(
            ["ghcr.io", "localhost", "quay.io"].map(|host| config.helper(host)),
            [Some("own"), Some("all"), None]
        );
    }

    #[test]
    fn what_is_no_base64_is_told() {
        let config = config(r#"{"auths":{"a":{"auth":"%"},"b":{"auth":"dXNlcg=="}}}"#);
        assert_eq!(config.auth("a"), Err("`auth` is no base64 of USER:PASSWORD".into()));
        assert!(config.auth("b").is_err());
    }
}
