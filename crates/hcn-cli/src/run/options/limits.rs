//! The flags that say what a container may use.

use std::str::FromStr;

use crate::Failure;
use crate::args::RunArgs;
use crate::os::Os;
use crate::spec::Limits;

/// The period that `--cpus` counts in, in microseconds, as ctr does.
const PERIOD: u32 = 100_000;

/// The largest share of the processors on Windows: all of them.
const WHOLE: u64 = 10_000;

pub(super) fn read(args: &RunArgs, os: Os) -> Result<Limits, Failure> {
    let text = |name| args.text(name).filter(|text| !text.is_empty()).map(str::to_owned);
    let limits = Limits {
        memory: number(args, "memory-limit", "a number of bytes")?.filter(|bytes| *bytes != 0),
        cpu_time: cpu_time(args)?,
        cpu_shares: shares(args, os)?,
        cpus: text("cpuset-cpus"),
        memory_nodes: text("cpuset-mems"),
        cpu_count: number(args, "cpu-count", "a number of processors")?.filter(|count| *count != 0),
        cpu_maximum: maximum(args)?,
        open_files: args.text("rlimit-nofile").map(open_files).transpose()?,
    };
    one_of_windows(&limits, os)?;
    Ok(limits)
}

fn number<T: FromStr>(args: &RunArgs, flag: &str, what: &str) -> Result<Option<T>, Failure> {
    let read = |text: &str| {
        text.parse()
            .map_err(|_| Failure::run(format!("cannot use --{flag} `{text}`: it is not {what}; write one")))
    };
    args.text(flag).map(read).transpose()
}

/// `--cpus` says both; the other two are taken as they are.
fn cpu_time(args: &RunArgs) -> Result<Option<(i64, u64)>, Failure> {
    let cpus: Option<f64> = number(args, "cpus", "a number such as 1.5")?;
    let quota = number(args, "cpu-quota", "a number of microseconds")?;
    let period = number(args, "cpu-period", "a number of microseconds")?;
    match (cpus.filter(|cpus| *cpus > 0.0), quota, period) {
        (None, None, None) => Ok(None),
        (Some(cpus), None, None) => Ok(Some(((cpus * f64::from(PERIOD)) as i64, PERIOD.into()))),
        (None, quota, period) => Ok(Some((quota.unwrap_or(-1), period.unwrap_or(0)))),
        (Some(_), ..) => Err(Failure::run(
            "cannot use --cpus with --cpu-quota or --cpu-period: it sets both of them; leave one or the other out",
        )),
    }
}

fn shares(args: &RunArgs, os: Os) -> Result<Option<u64>, Failure> {
    let given = number(args, "cpu-shares", "a number")?;
    match os {
        Os::Linux => Ok(given),
        Os::Windows => {
            given.filter(|shares| *shares != 0).map(|shares| hundredths("cpu-shares", shares)).transpose()
        }
    }
}

fn maximum(args: &RunArgs) -> Result<Option<u16>, Failure> {
    let given = number(args, "cpu-max", "a number")?.filter(|maximum| *maximum != 0);
    let checked = given.map(|maximum| hundredths("cpu-max", maximum)).transpose()?;
    Ok(checked.and_then(|maximum| u16::try_from(maximum).ok()))
}

fn hundredths(flag: &str, number: u64) -> Result<u64, Failure> {
    match number <= WHOLE {
        true => Ok(number),
        false => Err(Failure::run(format!(
            "cannot use --{flag} `{number}`: Windows takes 1 to {WHOLE}; choose a smaller number"
        ))),
    }
}

/// The shims of Windows take one way of saying it.
fn one_of_windows(limits: &Limits, os: Os) -> Result<(), Failure> {
    let ways = [limits.cpu_count.is_some(), limits.cpu_shares.is_some(), limits.cpu_maximum.is_some()];
    match os == Os::Windows && ways.into_iter().filter(|way| *way).count() > 1 {
        true => Err(Failure::run(
            "cannot use more than one of --cpu-count, --cpu-shares and --cpu-max: Windows takes one; leave the others \
             out",
        )),
        false => Ok(()),
    }
}

/// `SOFT`, or `SOFT:HARD`.
fn open_files(text: &str) -> Result<(u64, u64), Failure> {
    let wrong = |why: &str| {
        Failure::run(format!("cannot use --rlimit-nofile `{text}`: {why}; write it as in 1024:4096"))
    };
    let number = |text: &str| text.parse::<u64>().map_err(|_| wrong("it is not SOFT[:HARD] in numbers"));
    let (soft, hard) = match text.split_once(':') {
        Some((soft, hard)) => (number(soft)?, number(hard)?),
        None => (number(text)?, number(text)?),
    };
    match soft <= hard {
        true => Ok((soft, hard)),
        false => Err(wrong("the soft limit is beyond the hard one")),
    }
}
