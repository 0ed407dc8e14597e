//! Tasks, from creation to deletion.

use std::fs::File;
use std::io::Read;

use hcn_containerd::{CommandProblem, CreateTaskRequest, Error, ErrorKind, Exit, Status};
use hcn_test::Program;

use crate::ground::{Ground, on_a_daemon};

const KILL: u32 = 9;

#[test]
fn the_exit_code_comes_back_and_nothing_is_left() {
    hcn_test::require!(Root, Containerd);
    on_a_daemon(async |ground| {
        let before = ground.daemon.state();
        ground.task("t1", &["sh", "-c", "exit 7"]).await;
        assert_eq!(ground.client.tasks().get("t1").await.unwrap().status(), Status::Created);
        let tasks = ground.client.tasks();
        let (exit, started) = tokio::join!(tasks.wait("t1"), tasks.start("t1"));
        assert!(started.unwrap() > 0);
        assert_eq!(exit.unwrap().status, 7);
        assert_eq!(tasks.wait("t1").await.unwrap().status, 7, "until the task is deleted");
        assert_eq!(tasks.get("t1").await.unwrap().status(), Status::Stopped);
        let Exit { status, at } = tasks.delete("t1").await.unwrap();
        assert!(status == 7 && at.is_some());
        assert_eq!(tasks.wait("t1").await.unwrap_err().kind(), ErrorKind::NotFound);
        ground.remove("t1").await;
        assert_eq!(ground.daemon.state_like(&before), before);
    });
}

#[test]
fn a_running_task_is_killed_before_it_is_deleted() {
    hcn_test::require!(Root, Containerd);
    on_a_daemon(async |ground| {
        ground.task("t1", &["sh", "-c", "sleep 1000 & wait"]).await;
        let tasks = ground.client.tasks();
        let pid = tasks.start("t1").await.unwrap();
        assert_eq!(tasks.list().await.unwrap().iter().map(|task| task.pid).collect::<Vec<_>>(), [pid]);
        assert!(tasks.pids("t1").await.unwrap().iter().any(|process| process.pid == pid));
        assert_eq!(tasks.delete("t1").await.unwrap_err().kind(), ErrorKind::FailedPrecondition);
        tasks.kill_all("t1", KILL).await.unwrap();
        assert_eq!(tasks.wait("t1").await.unwrap().status, 128 + KILL);
        assert_eq!(tasks.kill("t1", KILL).await.unwrap_err().kind(), ErrorKind::NotFound);
        assert_eq!(tasks.delete("t1").await.unwrap().status, 128 + KILL);
    });
}

/// What creating and starting a task that runs `args` fails with.
async fn failure(ground: &Ground, id: &str, args: &[&str]) -> Error {
    let rootfs = ground.container(id, args).await;
    let task = CreateTaskRequest { container_id: id.into(), rootfs, ..CreateTaskRequest::default() };
    let error = match ground.client.tasks().create(task).await {
        Ok(_) => ground.client.tasks().start(id).await.unwrap_err(),
        Err(error) => error,
    };
    let _ = ground.client.tasks().delete(id).await;
    assert_eq!(ground.client.tasks().get(id).await.unwrap_err().kind(), ErrorKind::NotFound);
    error
}

#[test]
fn a_command_that_cannot_be_run_is_told_from_one_that_is_not_there() {
    hcn_test::require!(Root, Containerd);
    on_a_daemon(async |ground| {
        let problem = async |id, command| failure(ground, id, &[command]).await.command_problem();
        assert_eq!(problem("t1", "nope").await, Some(CommandProblem::NotFound));
        assert_eq!(problem("t2", "/bin/nope").await, Some(CommandProblem::NotFound));
        assert_eq!(problem("t3", "/etc/passwd").await, Some(CommandProblem::CannotInvoke));
        assert_eq!(problem("t4", "/etc").await, Some(CommandProblem::CannotInvoke));
    });
}

#[test]
fn a_long_text_of_the_runtime_arrives_whole() {
    hcn_test::require!(Root, Containerd);
    on_a_daemon(async |ground| {
        let command = "x".repeat(100_000);
        let error = failure(ground, "t1", &[&command]).await;
        assert_eq!(error.kind(), ErrorKind::Other);
        assert!(error.why().contains(&command));
    });
}

#[test]
fn a_closed_input_ends_the_process_that_reads_it() {
    hcn_test::require!(Root, Containerd);
    on_a_daemon(async |ground| {
        let (stdin, out) = (fifo(ground, "in"), ground.daemon.scratch().join("out"));
        let rootfs = ground.container("t1", &["cat"]).await;
        let stdout = format!("file://{}", out.display());
        let task =
            CreateTaskRequest { stdin: stdin.clone(), stderr: stdout.clone(), stdout, ..request(rootfs) };
        ground.client.tasks().create(task).await.unwrap();
        ground.client.tasks().start("t1").await.unwrap();
        std::fs::write(stdin, "hello").unwrap();
        ground.client.tasks().close_io("t1").await.unwrap();
        assert_eq!(ground.client.tasks().wait("t1").await.unwrap().status, 0);
        ground.client.tasks().delete("t1").await.unwrap();
        assert_eq!(std::fs::read_to_string(out).unwrap(), "hello");
    });
}

#[test]
fn a_terminal_has_the_size_that_it_was_told() {
    hcn_test::require!(Root, Containerd);
    on_a_daemon(async |ground| {
        let stdout = fifo(ground, "out");
        let reader = read_all(stdout.clone());
        let rootfs = ground.container_with_terminal("t1", &["stty", "size"]).await;
        let task = CreateTaskRequest { stdout, terminal: true, ..request(rootfs) };
        ground.client.tasks().create(task).await.unwrap();
        ground.client.tasks().resize_pty("t1", 100, 40).await.unwrap();
        ground.client.tasks().start("t1").await.unwrap();
        ground.client.tasks().wait("t1").await.unwrap();
        ground.client.tasks().delete("t1").await.unwrap();
        assert_eq!(reader.join().unwrap(), "40 100\r\n");
    });
}

fn request(rootfs: Vec<hcn_containerd::Mount>) -> CreateTaskRequest {
    CreateTaskRequest { container_id: "t1".into(), rootfs, ..CreateTaskRequest::default() }
}

fn fifo(ground: &Ground, name: &str) -> String {
    let path = ground.daemon.scratch().join(name).to_str().unwrap().to_owned();
    Program::new("mkfifo").arg(&path).run().success();
    path
}

/// Reads a FIFO to its end; opening it waits for the writer.
fn read_all(path: String) -> std::thread::JoinHandle<String> {
    std::thread::spawn(move || {
        let mut text = String::new();
        File::open(path).unwrap().read_to_string(&mut text).unwrap();
        text
    })
}
