//! Pulling an image. The daemon does it (its Transfer service, from containerd 1.7 on); what is ours is when, under
//! which lease, with which credentials, and what is told meanwhile.
//!
//! It ends before a run is planned. What a pull that failed or was stopped leaves goes with its lease, which is in the
//! run's journal before.

mod credentials;
mod helper;
mod progress;

use hcn_containerd::{AuthRequest, AuthResponse, Client, ErrorKind, Platform, PullEvent};

use self::credentials::Credentials;
use self::progress::Progress;
use crate::args::PullPolicy;
use crate::image::{self, Host, pull_command};
use crate::settings::Settings;
use crate::{Failure, output};

/// When to pull, and how a registry is reached.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PullOptions {
    /// When.
    pub policy: PullPolicy,
    /// The daemon's folder of registries, each with its `hosts.toml`.
    pub hosts_dir: Option<String>,
    /// Over HTTP?
    pub plain_http: bool,
}

/// How much of an image for many platforms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Breadth {
    /// What fits best, as the daemon compares it.
    Best,
    /// All that may run here.
    All,
}

/// One pull.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pull<'a> {
    pub(crate) client: &'a Client,
    pub(crate) settings: &'a Settings,
    pub(crate) options: &'a PullOptions,
    pub(crate) host: &'a Host,
    pub(crate) lease: &'a str,
    pub(crate) breadth: Breadth,
    /// Is progress to be told?
    pub(crate) tells: bool,
}

/// Whether the daemon can pull.
pub(crate) async fn is_supported(client: &Client) -> Result<bool, Failure> {
    client.transfer().are_supported().await.map_err(Failure::run)
}

/// What helps where the daemon cannot.
pub(crate) fn unsupported(name: &str, host: &Host, settings: &Settings, options: &PullOptions) -> Failure {
    Failure::run(format!(
        "cannot pull image `{name}`: this containerd has no Transfer service, which 1.7 and later have; pull it with \
         `{}`",
        pull_command(name, host, settings, options)
    ))
}

impl Pull<'_> {
    /// Pulls an image by its whole name and has it unpacked, where the daemon unpacks for the snapshotter.
    ///
    /// # Errors
    /// Why it cannot be pulled, and what failed where credentials were looked for.
    pub(crate) async fn image(self, name: &str) -> Result<(), Failure> {
        let mut credentials = Credentials::new(self.settings.docker_config.as_deref());
        let mut progress = Progress::new(name);
        let pulled = self.pulled(name, &mut credentials, &mut progress).await;
        if self.tells {
            output::progress("");
        }
        pulled.map_err(|error| {
            let advice = advice(&error);
            Failure::run(match credentials.problem() {
                Some(problem) => format!("{error}; and {problem}; {advice}"),
                None => format!("{error}; {advice}"),
            })
        })
    }

    async fn pulled(
        self,
        name: &str,
        credentials: &mut Credentials<'_>,
        progress: &mut Progress,
    ) -> hcn_containerd::Result<()> {
        let mut pulling = self.client.transfer().pull(&self.request(name), self.lease).await?;
        while let Some(event) = pulling.next().await? {
            match event {
                PullEvent::Asked(asked) => pulling.answer(&answer(credentials, &asked).await).await,
                PullEvent::Progress(step) if self.tells => {
                    progress.step(step);
                    output::progress(&progress.line());
                }
                PullEvent::Progress(_) => {}
            }
        }
        Ok(())
    }

    fn request(self, name: &str) -> hcn_containerd::Pull {
        hcn_containerd::Pull {
            name: name.to_owned(),
            platforms: self.host.platforms().into_iter().map(platform).collect(),
            limit: match self.breadth {
                Breadth::Best => 1,
                Breadth::All => 0,
            },
            snapshotter: self.settings.snapshotter.clone(),
            hosts_dir: self.options.hosts_dir.clone().unwrap_or_default(),
            scheme: if self.options.plain_http { "http".to_owned() } else { String::new() },
        }
    }
}

fn platform(of: image::Platform) -> Platform {
    let image::Platform { os, architecture, variant, os_version } = of;
    Platform { os, architecture, variant, os_version }
}

/// The daemon's words name the reason, but not what to do.
fn advice(error: &hcn_containerd::Error) -> &'static str {
    match error.kind() {
        ErrorKind::NotFound => "correct the name, or log in with `docker login`",
        ErrorKind::Unavailable => "look at containerd's log",
        _ => "look at the registry, and try again",
    }
}

async fn answer(credentials: &mut Credentials<'_>, asked: &AuthRequest) -> AuthResponse {
    tracing::debug!(host = asked.host, "the registry wants credentials");
    credentials.of(&asked.host).await
}
