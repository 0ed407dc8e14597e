//! The page of the docs that is made of the table of stages.

use std::fmt::Write as _;

use hcn_lockprobe::STAGES;

const FRONT: &str = "\
# The lock probe

`hcn-lockprobe FOLDER` tries every step that a program goes through with a lock file, each alone, with a second process,
and says the first that fails, with the code of the operating system. [`hcn doctor --mount`](doctor.md#mountlocks) runs it in
the source folder on the host, and with `--in-container --image REF` inside a container through the mount.

It makes files of names that nobody else has (`.hcn-lockprobe-` and sixteen digits), removes them whatever happens, says
where it could not, and touches no others. The second process is the same program, started anew; it ends with the first. On
Linux the program is linked statically and runs in any image; where it was built for another machine, or on one without a
static C library (`libc.a`, `libgcc_eh.a`), which the build warns of, it runs in images alone that have the libc that it was
linked with.

Each stage has a time limit (`--limit`, ten seconds by default), after which it counts as hanging, and none behind it is
tried. The stages about locks count once for each kind; a look at the folder before the first and the removal behind the
last have as much time: so a probe takes 270 seconds on Linux and 150 on Windows at the most. `hcn doctor` kills one that
takes longer on the host, and lets go of it where even that does not end it. In a container it has the time of `--timeout`,
which an image that has to be pulled first shares.

The stages about locks are tried with every kind that the system has: `LockFileEx` on Windows; `flock`, `ofd` and `posix`
(`F_OFD_SETLK` and `F_SETLK` of fcntl) on Linux. `-o json` prints one object: `version`, `folder`, `system`, `stages` (each
with `stage`, the `lock` where it is about one, `outcome`: `passed`, `failed`, `hung` or `skipped`, what was `seen`, and the
`code`), and `left`, the files that could not be removed, each with its `path` and `why`. It exits with 0 where everything
passed, with 1 where a stage failed or a file is left, with 2 for wrong usage (a folder that is not there among it), with
125 where the probe itself failed, and with 128 and the number of the signal that ended it.

What is known is from the reports that are named; codes are those of errno on Linux and of GetLastError on Windows. This
page is made from the table (`crates/hcn-lockprobe/src/stage.rs`) by the test that compares the two:
`HCN_BLESS=1 cargo nextest run -p hcn-lockprobe page`.

| stage | what is tried | what its failure means | what is known |
|---|---|---|---|
";

#[test]
fn the_page_of_the_docs_says_what_the_table_says() {
    let mut page = FRONT.to_owned();
    for about in STAGES {
        writeln!(page, "| {} | {} | {} | {} |", about.id, about.title, about.means, about.known).unwrap();
    }
    hcn_test::page("lockprobe.md", &page);
}
