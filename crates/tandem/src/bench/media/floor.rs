//! What packets cost without anything of RTP.

use super::phones::socket;
use super::{cpu_s, this_thread_s};
use anyhow::Context;
use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

const PACKET: [u8; 182] = [7; 182];
/// The name of the thread whose time counts; the kernel shows 15 bytes of it.
const TASKS: &str = "tasks";

/// Us for a `recv_from` and a `send_to`, over as many sockets as `n` calls have.
pub(super) fn bare(n: usize, ticks: u64) -> anyhow::Result<f64> {
    let sockets = || {
        (0..2 * n)
            .map(|_| socket())
            .collect::<anyhow::Result<Vec<_>>>()
    };
    let (here, there) = (sockets()?, sockets()?);
    let mut buffer = [0; 2_048];
    let (mut used_s, mut n_packets) = (0.0, 0_u64);
    for _ in 0..ticks / 2 {
        for (here, there) in here.iter().zip(&there) {
            there.send_to(&PACKET, here.local_addr()?)?;
        }
        let begin = this_thread_s()?;
        for socket in &here {
            let (length, from) = socket.recv_from(&mut buffer)?;
            socket.send_to(buffer.split_at(length).0, from)?;
            n_packets += 1;
        }
        used_s += this_thread_s()? - begin;
        for socket in &there {
            while socket.recv_from(&mut buffer).is_ok() {}
        }
    }
    Ok(used_s * 1e6 / n_packets.max(1) as f64)
}

/// The same on an executor: what a task for each leg would begin with.
pub(super) fn tasks(n: usize, ticks: u64) -> anyhow::Result<f64> {
    let sockets = || {
        (0..2 * n)
            .map(|_| socket())
            .collect::<anyhow::Result<Vec<_>>>()
    };
    let (echoes, phones) = (sockets()?, sockets()?);
    let addresses = echoes.iter().map(UdpSocket::local_addr);
    let addresses: Vec<SocketAddr> = addresses.collect::<Result<_, _>>()?;
    let thread = std::thread::Builder::new()
        .name(TASKS.to_owned())
        .spawn(move || echo(echoes))?;
    let before = cpu_s(&[TASKS])?;
    let (mut n_packets, mut buffer) = (0_u64, [0; 2_048]);
    let begin = Instant::now();
    for tick in 0..ticks {
        for (phone, address) in phones.iter().zip(&addresses) {
            phone.send_to(&PACKET, address)?;
            while phone.recv_from(&mut buffer).is_ok() {
                n_packets += 1;
            }
        }
        let next = begin + Duration::from_millis(20 * (tick + 1));
        std::thread::sleep(next.saturating_duration_since(Instant::now()));
    }
    let used_s = cpu_s(&[TASKS])? - before;
    // A packet of one byte ends a task.
    for (phone, address) in phones.iter().zip(&addresses) {
        phone.send_to(&[0], address)?;
    }
    let ended = thread.join().ok();
    ended.context("the echoes have failed")??;
    Ok(used_s * 1e6 / n_packets.max(1) as f64)
}

fn echo(sockets: Vec<UdpSocket>) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async move {
        let tasks = sockets.into_iter().map(|socket| {
            tokio::spawn(async move {
                let socket = tokio::net::UdpSocket::from_std(socket)?;
                let mut buffer = [0; 2_048];
                loop {
                    let (n, from) = socket.recv_from(&mut buffer).await?;
                    if n == 1 {
                        return anyhow::Ok(());
                    }
                    socket.send_to(buffer.split_at(n).0, from).await?;
                }
            })
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await??;
        }
        Ok(())
    })
}
