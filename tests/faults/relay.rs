//! A line that breaks: it stands between client and server, passes bytes on, and cuts one connection after exactly
//! so many bytes in one direction.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    ToServer,
    ToClient,
}

/// Where a line breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cut {
    /// Of the connections from now on, the first is 0.
    pub connection: usize,
    pub direction: Direction,
    /// So many bytes pass.
    pub after: u64,
}

/// What passed on a connection.
#[derive(Clone, Debug, Default)]
pub struct Passed {
    pub to_server: u64,
    pub to_client: u64,
    /// Where the other side began to speak: the ends of commands and answers.
    pub turns: Vec<(Direction, u64)>,
    last: Option<Direction>,
}

impl Passed {
    pub fn length(&self, direction: Direction) -> u64 {
        match direction {
            Direction::ToServer => self.to_server,
            Direction::ToClient => self.to_client,
        }
    }

    fn add(&mut self, direction: Direction, bytes: u64) {
        if let Some(last) = self.last.filter(|last| *last != direction) {
            self.turns.push((last, self.length(last)));
        }
        self.last = Some(direction);
        match direction {
            Direction::ToServer => self.to_server += bytes,
            Direction::ToClient => self.to_client += bytes,
        }
    }
}

#[derive(Default)]
struct State {
    cut: Option<Cut>,
    was_cut: bool,
    /// Nobody comes through.
    held: bool,
    passed: Vec<Passed>,
}

pub struct Relay {
    pub port: u16,
    state: Arc<Mutex<State>>,
    /// How many connections the server is still busy with.
    busy: watch::Receiver<usize>,
    task: tokio::task::JoinHandle<()>,
}

fn locked(state: &Mutex<State>) -> std::sync::MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Relay {
    /// Before a server on loopback.
    pub async fn before(server: u16) -> io::Result<Relay> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let state = Arc::<Mutex<State>>::default();
        let (count, busy) = watch::channel(0);
        let count = Arc::new(count);
        let shared = state.clone();
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                if locked(&shared).held {
                    continue;
                }
                let number = {
                    let mut state = locked(&shared);
                    state.passed.push(Passed::default());
                    state.passed.len() - 1
                };
                let (state, count) = (shared.clone(), count.clone());
                count.send_modify(|n| *n += 1);
                tokio::spawn(async move {
                    let _ = pass(client, server, number, &state).await;
                    count.send_modify(|n| *n -= 1);
                });
            }
        });
        Ok(Relay { port, state, busy, task })
    }

    /// Counts anew, and cuts there.
    pub fn arm(&self, cut: Option<Cut>) {
        *locked(&self.state) = State { cut, ..State::default() };
    }

    /// Lets nobody through any more, or everybody again.
    pub fn hold(&self, held: bool) {
        locked(&self.state).held = held;
    }

    /// Whether the cut was reached.
    pub fn was_cut(&self) -> bool {
        locked(&self.state).was_cut
    }

    /// Connections since [`Relay::arm`].
    pub fn passed(&self) -> Vec<Passed> {
        locked(&self.state).passed.clone()
    }

    /// Waits until the server has done with all that it was told.
    pub async fn settle(&self) {
        let mut busy = self.busy.clone();
        let settled = busy.wait_for(|n| *n == 0);
        tokio::time::timeout(Duration::from_secs(30), settled).await.expect("the server ends").expect("the relay");
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn pass(mut client: TcpStream, server: u16, number: usize, state: &Arc<Mutex<State>>) -> io::Result<()> {
    let mut server = TcpStream::connect(("127.0.0.1", server)).await?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let (mut from_client, mut from_server) = (vec![0; 65_536], vec![0; 65_536]);
    loop {
        let (direction, count) = tokio::select! {
            read = client.read(&mut from_client) => (Direction::ToServer, read.unwrap_or(0)),
            read = server.read(&mut from_server) => (Direction::ToClient, read.unwrap_or(0)),
        };
        let (bytes, is_cut) = allowed(number, direction, count, state);
        let written = match direction {
            Direction::ToServer => server.write_all(&from_client[..bytes]).await,
            Direction::ToClient => client.write_all(&from_server[..bytes]).await,
        };
        if is_cut || count == 0 || written.is_err() {
            break;
        }
    }
    drop(client);
    // What the server got it carries out; nothing that it still says is heard.
    server.shutdown().await?;
    while server.read(&mut from_server).await? > 0 {}
    Ok(())
}

/// How many of these bytes pass, and whether the line breaks after them.
fn allowed(number: usize, direction: Direction, count: usize, state: &Arc<Mutex<State>>) -> (usize, bool) {
    let mut state = locked(state);
    let cut = state.cut.filter(|cut| cut.connection == number && cut.direction == direction);
    let Some(passed) = state.passed.get_mut(number) else { return (count, false) };
    let before = passed.length(direction);
    let left = cut.map_or(u64::MAX, |cut| cut.after.saturating_sub(before));
    let bytes = count.min(usize::try_from(left).unwrap_or(usize::MAX));
    passed.add(direction, bytes as u64);
    let is_cut = cut.is_some() && bytes < count;
    state.was_cut |= is_cut;
    (bytes, is_cut)
}
