//! Connecting over a named pipe, against a stand-in of the daemon. On Windows and under Wine, with the feature `server`.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use hcn_containerd::pb::containerd::services::version::v1::VersionResponse;
use hcn_containerd::pb::containerd::services::version::v1::version_server::{Version, VersionServer};
use hcn_containerd::{Client, ErrorKind, Limits, Options, Result};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::windows::named_pipe::{ClientOptions, NamedPipeServer, ServerOptions};
use tonic::codegen::tokio_stream::{self as stream, StreamExt};
use tonic::transport::server::{Connected, Server};
use tonic::{Request, Response, Status};

/// A daemon that knows its version and nothing else.
struct Daemon;

#[tonic::async_trait]
impl Version for Daemon {
    async fn version(&self, _: Request<()>) -> std::result::Result<Response<VersionResponse>, Status> {
        Ok(Response::new(VersionResponse { version: "stand-in".into(), revision: String::new() }))
    }
}

/// An instance of the pipe that only this process can have made.
fn listen(name: &str) -> NamedPipeServer {
    ServerOptions::new().first_pipe_instance(true).create(name).unwrap()
}

/// Answers one connection.
async fn serve(pipe: NamedPipeServer) {
    pipe.connect().await.unwrap();
    let connections = stream::once(Ok::<_, io::Error>(Connection(pipe))).chain(stream::pending());
    Server::builder().serve_with_incoming(VersionServer::new(Daemon), connections).await.unwrap();
}

async fn connect(name: &str, limit: Duration) -> Result<Client> {
    let limits = Limits { connect: limit, ..Limits::default() };
    Client::connect(&name.parse().unwrap(), &Options { limits, ..Options::default() }).await
}

const LONG: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_daemon_behind_a_pipe_is_reached() {
    let name = r"\\.\pipe\hcn-test-reached";
    tokio::spawn(serve(listen(name)));
    let client = connect("//./pipe/hcn-test-reached", LONG).await.unwrap();
    assert_eq!(client.version().await.unwrap().version, "stand-in");
    assert_eq!(client.images().list(&[]).await.unwrap_err().kind(), ErrorKind::Unimplemented);
}

#[tokio::test]
async fn an_absent_pipe_is_named_with_what_to_do() {
    let error = connect(r"\\.\pipe\hcn-test-absent", LONG).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    insta::assert_snapshot!(error, @r"cannot connect to containerd at \\.\pipe\hcn-test-absent: there is no such named pipe; is containerd running? start it, or name its named pipe with --address or CONTAINERD_ADDRESS");
}

#[tokio::test]
async fn a_busy_pipe_is_waited_for() {
    let name = r"\\.\pipe\hcn-test-busy";
    let taken = listen(name);
    let _other = ClientOptions::new().open(name).unwrap();
    let (client, ()) = tokio::join!(connect(name, LONG), async {
        // Every instance is taken until here, and the client tried at least once.
        tokio::task::yield_now().await;
        tokio::spawn(serve(ServerOptions::new().create(name).unwrap()));
    });
    assert_eq!(client.unwrap().version().await.unwrap().version, "stand-in");
    drop(taken);
}

#[tokio::test]
async fn a_first_connection_that_nobody_serves_is_followed_by_a_second() {
    let name = r"\\.\pipe\hcn-test-mute";
    let mute = listen(name);
    tokio::spawn(async move {
        mute.connect().await.unwrap();
        serve(ServerOptions::new().create(name).unwrap()).await;
        drop(mute);
    });
    let client = connect(name, Duration::from_secs(2)).await.unwrap();
    assert_eq!(client.version().await.unwrap().version, "stand-in");
}

/// A pipe as tonic wants it.
struct Connection(NamedPipeServer);

impl Connected for Connection {
    type ConnectInfo = ();
    fn connect_info(&self) {}
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        to: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, to)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, from: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, from)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}
