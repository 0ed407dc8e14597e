//! The image of a run: looked up, pulled where that was asked for or is needed, unpacked where it is not.
//!
//! Signals, and who asks in the journal for the run's end, are heard from the first effect on: they, like any failure, end
//! the pull and take away what it left. Whoever
//! goes on from here goes on hearing: between two listeners a signal would be lost.

use hcn_containerd::Client;

use super::Named;
use super::event::Events;
use super::host::Stop;
use super::options::{RunOptions, Wanted};
use super::pulling::Pulling;
use super::report::Report;
use crate::Failure;
use crate::args::PullPolicy;
use crate::image::{self, Host, Image, Place, Problem, Resolved};
use crate::output::Notes;
use crate::pull::{self, Breadth, Pull};
use crate::settings::Settings;

/// An image that a run can stand on.
pub(super) struct Acquired {
    pub(super) image: Image,
    /// What holds it, if something was pulled or unpacked.
    pub(super) pulling: Option<Pulling>,
    /// What is heard since then.
    pub(super) events: Option<Events>,
}

/// Why there is none.
pub(super) enum Unready {
    /// It failed.
    Failed(Failure),
    /// Somebody asked for an early end; and why something is left.
    Stopped(Stop, Vec<Failure>),
}

impl From<Failure> for Unready {
    fn from(why: Failure) -> Self {
        Self::Failed(why)
    }
}

/// Looks an image up and, if need be, brings it, for the run of this name.
pub(super) async fn acquire(
    client: &Client,
    settings: &Settings,
    (options, wanted): (&RunOptions, &Wanted),
    (named, report): (&mut Named, &Report),
) -> Result<Acquired, Unready> {
    let host = Host::this(wanted.isolated).wanting(wanted.platform.clone());
    let bringer = Bringer { client, settings, options, wanted, host: &host };
    let dry = options.dry_run.is_some();
    let pulls = wanted.pull.policy == PullPolicy::Always && !dry;
    let pulls = match bringer.look().await {
        Ok(Resolved { image, packed }) if !pulls && (dry || !bringer.unpacks(packed.is_some())) => {
            return Ok(Acquired { image, pulling: None, events: None });
        }
        Ok(_) => pulls,
        // The first release with the service is told what to type, as ever.
        Err(problem) => match bringer.mends(&problem).await? || pulls {
            true => true,
            false => return Err(bringer.told(&problem).into()),
        },
    };
    if pulls && !pull::is_supported(client).await? {
        return Err(pull::unsupported(&wanted.image, &host, settings, &wanted.pull).into());
    }
    let deaf = |error| Failure::run(format!("cannot listen to signals: {error}"));
    let mut events = Events::listen(named.limit).map_err(deaf)?;
    events.hear(named.front.take());
    let pulling = Pulling::begin(client, settings, options, &named.name).await?;
    events.watch(pulling.place());
    match bringer.bring_unless_stopped(&pulling.lease(), pulls, &mut events).await {
        Ok(image) => Ok(Acquired { image, pulling: Some(pulling), events: Some(events) }),
        Err(why) => Err(why.leaving(pulling.end(report).await)),
    }
}

impl Unready {
    fn leaving(self, left: Vec<Failure>) -> Self {
        match self {
            Self::Failed(why) => Self::Failed(Failure::all([why].into_iter().chain(left))),
            Self::Stopped(stop, _) => Self::Stopped(stop, left),
        }
    }
}

struct Bringer<'a> {
    client: &'a Client,
    settings: &'a Settings,
    options: &'a RunOptions,
    wanted: &'a Wanted,
    host: &'a Host,
}

impl Bringer<'_> {
    async fn look(&self) -> Result<Resolved, Problem> {
        self.look_up(&self.wanted.image).await
    }

    async fn look_up(&self, name: &str) -> Result<Resolved, Problem> {
        image::resolve(self.client, name, self.settings, self.host).await
    }

    fn told(&self, problem: &Problem) -> Failure {
        Failure::run(problem.told(&self.wanted.image, self.host, self.settings, &self.wanted.pull))
    }

    /// Would a pull help, and may there be one?
    async fn mends(&self, problem: &Problem) -> Result<bool, Failure> {
        let may = self.wanted.pull.policy != PullPolicy::Never && self.options.dry_run.is_none();
        Ok(may && problem.is_absence() && pull::is_supported(self.client).await?)
    }

    /// The layers are needed for a snapshot of the run's own alone.
    fn unpacks(&self, packed: bool) -> bool {
        packed && self.options.build.snapshot.is_none()
    }

    /// The end of the time, or a signal to end, cancels it: the daemon hears of that.
    async fn bring_unless_stopped(
        &self,
        lease: &str,
        pulls: bool,
        events: &mut Events,
    ) -> Result<Image, Unready> {
        tokio::select! {
            biased;
            stop = events.stop() => Err(Unready::Stopped(stop, Vec::new())),
            brought = self.bring(lease, pulls) => brought.map_err(Unready::Failed),
        }
    }

    /// Pulls the image and looks it up by the name that was pulled. The daemon compares no builds of Windows: where the
    /// one that it chose does not run here, all are pulled.
    async fn pull(&self, lease: &str) -> Result<Result<Resolved, Problem>, Failure> {
        let name = image::whole_name(&self.wanted.image);
        let pull = Pull {
            client: self.client,
            settings: self.settings,
            options: &self.wanted.pull,
            host: self.host,
            lease,
            breadth: Breadth::Best,
            tells: self.options.notes == Notes::Shown,
        };
        pull.image(&name).await?;
        let found = self.look_up(&name).await;
        if !matches!(found, Err(Problem::NotPulled(_))) {
            return Ok(found);
        }
        Pull { breadth: Breadth::All, ..pull }.image(&name).await?;
        Ok(self.look_up(&name).await)
    }

    async fn bring(&self, lease: &str, pulls: bool) -> Result<Image, Failure> {
        let found = match pulls {
            true => self.pull(lease).await?,
            false => self.look().await,
        };
        let Resolved { image, packed } = found.map_err(|problem| self.told(&problem))?;
        if let Some(packed) = packed.filter(|_| self.unpacks(true)) {
            let snapshotter = &self.settings.snapshotter;
            image::unpack(Place { client: self.client, snapshotter, lease }, &packed).await?;
        }
        Ok(image)
    }
}
