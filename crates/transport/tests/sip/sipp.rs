//! SIPp as caller and as called, over UDP, TCP and TLS.

use crate::phone::{DEADLINE, Line, Manner, loopback, settings};
use crate::secure::Authority;
use rcgen::ExtendedKeyUsagePurpose;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tandem_sip::user_agent::Cause;
use tandem_transport::sip::{ClientCertificates, Identity, Kind, Roots, ServerTls};
use tokio::net::TcpListener;
use tokio::process::{Child, Command};
use tokio::time::timeout;

const N_CALLS: u32 = 500;
/// A run takes some seconds; SIPp itself waits for half a minute before it gives a call up.
const RUN_DEADLINE: Duration = Duration::from_secs(60);

fn scenario(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("testdata")
        .join(name)
}

fn sipp(directory: &Path, name: &str, transport: &str) -> Command {
    let mut command = Command::new("sipp");
    command
        .current_dir(directory)
        .arg("-sf")
        .arg(scenario(name))
        .args(["-i", "127.0.0.1", "-t", transport])
        .args(["-m", &N_CALLS.to_string()])
        .args(["-nostdin", "-trace_err", "-error_file", "errors.log"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

/// All calls were good: SIPp says so by its exit code.
async fn all_good(child: Child, directory: &Path) {
    let output = timeout(RUN_DEADLINE, child.wait_with_output())
        .await
        .expect("SIPp comes to an end")
        .unwrap();
    let errors = std::fs::read_to_string(directory.join("errors.log")).unwrap_or_default();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{}: {said} {errors:.2000}",
        output.status
    );
}

fn start(mut command: Command) -> Child {
    command
        .spawn()
        .expect("sipp is installed: apt-get install sip-tester")
}

async fn sipp_calls(kind: Kind, transport: &str) {
    let directory = tempfile::tempdir().unwrap();
    let mut line = Line::start(settings(kind), Manner::HangsUp).await;
    let mut command = sipp(directory.path(), "uac.xml", transport);
    command.args(["-r", "250"]).arg(line.address.to_string());
    all_good(start(command), directory.path()).await;
    for _ in 0..N_CALLS {
        assert_eq!(line.until_ended().await, Cause::HungUp);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sipp_calls_us_over_udp() {
    sipp_calls(Kind::Udp, "u1").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sipp_calls_us_over_tcp() {
    sipp_calls(Kind::Tcp, "t1").await;
}

/// A port that was free a moment ago.
async fn free_port() -> u16 {
    let listener = TcpListener::bind(loopback()).await.unwrap();
    listener.local_addr().unwrap().port()
}

/// Waits until a process of ours listens there, as the kernel tells.
async fn until_listening(table: &str, port: u16, state: &str) {
    let place = format!("0100007F:{port:04X}");
    let looked = timeout(DEADLINE, async {
        loop {
            let sockets = std::fs::read_to_string(format!("/proc/net/{table}")).unwrap();
            let is_there = sockets.lines().any(|line| {
                let mut fields = line.split_whitespace();
                fields.nth(1) == Some(place.as_str()) && fields.nth(1) == Some(state)
            });
            if is_there {
                return;
            }
            // poll: until the socket stands in the kernel's table
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    looked.await.expect("it listens");
}

async fn we_call_sipp(kind: Kind, transport: &str, table: &str, state: &str) {
    let directory = tempfile::tempdir().unwrap();
    let port = free_port().await;
    let mut command = sipp(directory.path(), "uas.xml", transport);
    command.args(["-p", &port.to_string()]);
    let child = start(command);
    until_listening(table, port, state).await;
    let mut line = Line::start(settings(kind), Manner::HangsUp).await;
    // Ten at a time, so that what is measured is whether they work and not how SIPp keeps up.
    for _ in 0..N_CALLS / 10 {
        for _ in 0..10 {
            line.call_to("127.0.0.1", port).await;
        }
        for _ in 0..10 {
            assert_eq!(line.until_ended().await, Cause::Ours);
        }
    }
    all_good(child, directory.path()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn we_call_sipp_over_udp() {
    we_call_sipp(Kind::Udp, "u1", "udp", "07").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn we_call_sipp_over_tcp() {
    we_call_sipp(Kind::Tcp, "t1", "tcp", "0A").await;
}

/// The distribution's SIPp speaks no TLS, so stunnel speaks it for it, with a certificate of its own.
async fn stunnel(directory: &Path, authority: &Authority, to: SocketAddr) -> (Child, u16) {
    let (chain, key) =
        authority.certified(&["sipp.example"], &[ExtendedKeyUsagePurpose::ClientAuth]);
    let port = free_port().await;
    std::fs::write(directory.join("ca.pem"), &authority.pem).unwrap();
    std::fs::write(directory.join("own.pem"), key + &chain).unwrap();
    let config = format!(
        "foreground = yes\nsyslog = no\npid =\n[sip]\nclient = yes\naccept = 127.0.0.1:{port}\nconnect = {to}\n\
         sni = tandem.example\ncheckHost = tandem.example\nverifyChain = yes\nCAfile = ca.pem\ncert = own.pem\n"
    );
    std::fs::write(directory.join("stunnel.conf"), config).unwrap();
    let child = Command::new("stunnel")
        .current_dir(directory)
        .arg("stunnel.conf")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("stunnel is installed: apt-get install stunnel4");
    until_listening("tcp", port, "0A").await;
    (child, port)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sipp_calls_us_over_mutual_tls() {
    let directory = tempfile::tempdir().unwrap();
    let authority = Authority::new();
    let (chain, key) =
        authority.certified(&["tandem.example"], &[ExtendedKeyUsagePurpose::ServerAuth]);
    let identity = Identity::from_pem(chain.as_bytes(), key.as_bytes()).unwrap();
    let roots = Roots::from_pem(authority.pem.as_bytes()).unwrap();
    let tls = ServerTls::new(vec![identity], ClientCertificates::Required(roots)).unwrap();
    let mut line = Line::start(settings(Kind::Tls(tls)), Manner::HangsUp).await;
    let (_stunnel, port) = stunnel(directory.path(), &authority, line.address).await;
    let mut command = sipp(directory.path(), "uac.xml", "t1");
    command.args(["-r", "250"]).arg(format!("127.0.0.1:{port}"));
    all_good(start(command), directory.path()).await;
    let (_, peer) = line.until_link().await;
    assert_eq!(peer.names, ["sipp.example"]);
    for _ in 0..N_CALLS {
        assert_eq!(line.until_ended().await, Cause::HungUp);
    }
}
