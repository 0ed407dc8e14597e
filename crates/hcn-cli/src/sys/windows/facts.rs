//! What a plan asks Windows about: the boot and the build.

use std::fs::File;
use std::io;
use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;

use windows_sys::Wdk::System::SystemInformation::{NtQuerySystemInformation, SYSTEM_INFORMATION_CLASS};
use windows_sys::Wdk::System::SystemServices::RtlGetVersion;
use windows_sys::Win32::System::SystemInformation::OSVERSIONINFOW;

/// How long a container's disk may be held after its end, by the service or a virus scanner.
pub(crate) const DISK_PATIENCE: Duration = Duration::from_secs(5);

/// How long a task that containerd was creating for a client that died may still come.
///
/// INFERRED: ten seconds; killing `hcn run` while the compute service creates a container on a real Windows, many times,
/// would settle it.
pub(crate) const TASK_PATIENCE: Duration = Duration::from_secs(10);

/// `SystemTimeOfDayInformation`.
const TIME_OF_DAY: SYSTEM_INFORMATION_CLASS = 3;

/// SYSTEM_TIMEOFDAY_INFORMATION, whose members Microsoft's headers keep reserved.
#[repr(C)]
#[derive(Default)]
struct TimeOfDay {
    boot_time: i64,
    current_time: i64,
    time_zone_bias: i64,
    time_zone_id: u32,
    reserved: u32,
    boot_time_bias: i64,
    sleep_time_bias: i64,
}

/// Names this boot of the machine: the kernel's boot time, in units of 100 ns since 1601.
///
/// INFERRED: setting the clock moves boot time and bias alike, so that their difference stays; a real Windows whose
/// clock is set between two calls would settle it.
pub(crate) fn boot_id() -> io::Result<String> {
    let answer = time_of_day()?;
    Ok(format!("{:x}", answer.boot_time.wrapping_sub(answer.boot_time_bias)))
}

/// How long ago the machine was started. No setting of the clock changes it, as far as [`boot_id`]'s inference holds.
pub(crate) fn uptime() -> io::Result<Duration> {
    let answer = time_of_day()?;
    let ticks = u64::try_from(answer.current_time.saturating_sub(answer.boot_time)).unwrap_or_default();
    Ok(Duration::from_secs(ticks / 10_000_000))
}

fn time_of_day() -> io::Result<TimeOfDay> {
    let mut answer = TimeOfDay::default();
    let size = size_of::<TimeOfDay>() as u32;
    // SAFETY: the call writes at most `size` bytes into `answer`, which has that size; the last pointer may be null.
    let status = unsafe {
        NtQuerySystemInformation(TIME_OF_DAY, (&raw mut answer).cast(), size, std::ptr::null_mut())
    };
    match status {
        0.. => Ok(answer),
        failed => Err(io::Error::other(format!("the time of the boot: NTSTATUS 0x{failed:08x}"))),
    }
}

/// Is there a namespace at this path? Windows has none that are paths.
pub(crate) fn is_network_namespace(_: &Path) -> io::Result<bool> {
    Ok(false)
}

/// A GUID is never another's: plugins say themselves when the namespace is gone.
pub(crate) fn is_still_of(_: &Path, _: &[IpAddr]) -> io::Result<bool> {
    Ok(true)
}

/// Has the namespace at this path an interface of this name? In HCN's namespaces every endpoint has one of its own.
pub(crate) fn has_interface(_: &Path, _: &str) -> io::Result<bool> {
    Ok(false)
}

/// Endpoints have ids of their own here: two runs in one namespace are not in each other's way.
pub(crate) fn hold_network_namespace(_: &Path) -> io::Result<Option<File>> {
    Ok(None)
}

/// The build number: 17763 is Server 2019. Asked of the kernel, for GetVersionEx lies to programs without a manifest.
pub(crate) fn windows_build() -> Option<u32> {
    let mut version = OSVERSIONINFOW {
        dwOSVersionInfoSize: size_of::<OSVERSIONINFOW>() as u32,
        ..OSVERSIONINFOW::default()
    };
    // SAFETY: `version` is writable and says its own size.
    let status = unsafe { RtlGetVersion(&raw mut version) };
    (status >= 0).then_some(version.dwBuildNumber)
}

/// Only the hosts file of Linux asks.
pub(crate) fn host_name() -> String {
    String::new()
}

/// Windows has none.
pub(crate) fn resolv_conf() -> String {
    String::new()
}

/// Files inherit who may read them.
pub(crate) fn let_everybody_read(_: &Path) -> io::Result<()> {
    Ok(())
}
