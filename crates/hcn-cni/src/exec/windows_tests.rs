//! What a program gets on Windows. The program is this test program once more.

use std::sync::mpsc;
use std::time::Duration;

use super::*;
use crate::sys;

const CHILD: &str = "HCN_CNI_TEST_CHILD";

/// Of the command line of a child, what comes first: it runs nothing but [`a_child`].
const WORDS: [&str; 3] = ["--exact", "--nocapture", "exec::windows_tests::a_child"];

fn child(how: &str, args: &[&str]) -> Invocation {
    Invocation {
        program: std::env::current_exe().unwrap(),
        args: WORDS.iter().chain(args).map(OsString::from).collect(),
        env: vec![(CHILD, how.into())],
        stdin: String::new(),
        folder: None,
        timeout: Duration::from_secs(60),
        limit: 100_000,
    }
}

/// What the other tests start. By itself it is none.
#[test]
fn a_child() {
    let Ok(how) = std::env::var(CHILD) else { return };
    match how.as_str() {
        "tell" => {
            let input = io::read_to_string(io::stdin()).unwrap();
            let args: Vec<_> = std::env::args().skip(1 + WORDS.len()).collect();
            let folder = std::env::current_dir().unwrap();
            eprintln!("{input:?} {args:?} {:?} {}", std::env::var("path").unwrap(), folder.display());
        }
        _ => loop {
            std::thread::park();
        },
    }
    std::process::exit(0xC000_0005_u32.cast_signed())
}

#[test]
fn a_program_gets_its_words_its_variables_its_folder_and_its_input() {
    let folder = std::env::temp_dir();
    let words = ["a b", "", r"C:\end\", r#"a "quote\" and \\"#, "\u{e4}\u{1f600}"];
    let mut told = child("tell", &words);
    told.env.push(("Path", r"C:\one".into()));
    told.stdin = "hello".repeat(1_000);
    told.folder = Some(folder.clone());
    let output = Processes.run(&told).unwrap();
    let folder = absolute(&folder).display().to_string();
    let expected = format!("{:?} {words:?} {:?} {}\n", told.stdin, r"C:\one", folder.trim_end_matches('\\'));
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(said, expected);
    assert_eq!(output.code, Some(0xC000_0005_u32.cast_signed()));
}

#[test]
fn the_time_limit_ends_a_program() {
    let mut hangs = child("hang", &[]);
    hangs.timeout = Duration::from_millis(500);
    assert!(matches!(Processes.run(&hangs), Err(ExecError::TimedOut(_))));
}

#[test]
fn a_program_that_is_not_there_is_not_found() {
    let mut absent = child("tell", &[]);
    absent.program.set_file_name("nosuch.exe");
    let Err(ExecError::Start(why)) = Processes.run(&absent) else { panic!("it was started") };
    assert_eq!(why.kind(), io::ErrorKind::NotFound);
}

/// Does this come to its end?
fn ends(act: impl FnOnce() + Send + 'static) -> bool {
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        act();
        tell.send(())
    });
    told.recv_timeout(Duration::from_secs(60)).is_ok()
}

#[test]
fn a_program_dies_with_its_family_and_holds_no_stream_of_its_starter() {
    let (held, holder) = io::pipe().unwrap();
    sys::let_inherit(&holder).unwrap();
    let (family, _streams) = start(&child("hang", &[])).unwrap();
    drop(holder);
    assert!(ends(move || assert_eq!(io::read_to_string(held).unwrap(), "")));
    let wait = family.waiter().unwrap();
    drop(family);
    assert!(ends(wait));
}
