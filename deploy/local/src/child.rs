//! One process, from its start to the end of its whole process group.
//!
//! Three things can end a child: itself, [`Child::stop`], and the death of this
//! process in any way, `kill -9` included. The last one is the kernel's work:
//! `setpriv` asks it for a signal at the death of the parent, and then becomes
//! the program. For the kernel the parent is the *thread* that started the
//! child, so each child has a thread of its own, which also waits for its end.

use std::ffi::OsString;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{self, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, LazyLock, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};

mod lines;

use lines::Tail;

/// How long a program may take to end by itself once it was asked to.
const GRACE: Duration = Duration::from_secs(10);

/// How long output is read after the end of a program. A process that left the
/// group may hold the pipe open for ever.
const DRAIN: Duration = Duration::from_secs(1);

/// What to start.
#[derive(Debug, Clone)]
pub struct Program {
    /// What messages and logs call it.
    pub name: String,
    /// The executable.
    pub path: PathBuf,
    /// Its arguments.
    pub args: Vec<OsString>,
}

/// Receives each line that a process writes to stdout or stderr, without its
/// line break. Called from several threads.
pub type LineSink = Arc<dyn Fn(&str) + Send + Sync>;

/// A started process. Dropping it stops it.
#[derive(Debug)]
pub struct Child {
    pid: Pid,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    /// How the process ended. While this is empty its pid, and so the id of its
    /// group, cannot belong to anybody else: it is reaped under this lock.
    ended: Mutex<Option<ExitStatus>>,
    end: Condvar,
    tail: Tail,
}

impl Child {
    /// Starts `program` in a process group of its own, with its output going to
    /// `sink`.
    pub fn spawn(program: &Program, sink: LineSink) -> io::Result<Child> {
        let mut command = command(program);
        let shared = Arc::new(Shared::default());
        let theirs = Arc::clone(&shared);
        let (report, started) = mpsc::sync_channel(1);
        thread::Builder::new()
            .name(program.name.clone())
            .spawn(move || match command.spawn() {
                Ok(child) => supervise(child, &theirs, &sink, &report),
                // Nobody receives only when the caller is gone with its thread.
                Err(error) => drop(report.send(Err(error))),
            })?;
        let pid = started
            .recv()
            .unwrap_or_else(|_| Err(io::Error::other("the supervising thread ended")))?;
        Ok(Child { pid, shared })
    }

    /// Process id, valid while [`Child::status`] is empty.
    pub fn id(&self) -> u32 {
        self.pid.as_raw_nonzero().get().unsigned_abs()
    }

    /// How the process ended, or nothing while it runs.
    pub fn status(&self) -> Option<ExitStatus> {
        *self.shared.lock()
    }

    /// The last lines of output, oldest first.
    pub fn tail(&self) -> Vec<String> {
        self.shared.tail.lines()
    }

    /// Asks the process group to end, and returns at once. [`Child::stop`]
    /// later waits for the end, so several children can end side by side.
    pub fn terminate(&self) {
        self.signal(Signal::TERM);
        // A paused process gets other signals only after this one.
        self.signal(Signal::CONT);
    }

    /// Ends the process group, by force when it takes too long.
    pub fn stop(&self) {
        self.terminate();
        if !self.wait(GRACE) {
            self.signal(Signal::KILL);
            self.wait(GRACE);
        }
    }

    /// Ends the process group as `kill -9` does, and returns when it has ended.
    pub fn kill(&self) {
        self.signal(Signal::KILL);
        self.wait(GRACE);
    }

    /// Freezes the process: its connections stay open and nothing answers.
    pub fn pause(&self) {
        self.signal(Signal::STOP);
    }

    /// Lets a paused process go on.
    pub fn resume(&self) {
        self.signal(Signal::CONT);
    }

    fn signal(&self, signal: Signal) {
        let ended = self.shared.lock();
        if ended.is_none() {
            // It fails when all members of the group have ended by themselves,
            // which is what we would have asked for.
            kill_process_group(self.pid, signal).ok();
        }
    }

    /// Whether the process ended within `patience`.
    fn wait(&self, patience: Duration) -> bool {
        let running = |ended: &mut Option<ExitStatus>| ended.is_none();
        let waited = self
            .shared
            .end
            .wait_timeout_while(self.shared.lock(), patience, running)
            .unwrap_or_else(PoisonError::into_inner);
        waited.0.is_some()
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Option<ExitStatus>> {
        self.ended.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Runs in the thread that started `child`, until it has ended.
fn supervise(
    mut child: process::Child,
    shared: &Arc<Shared>,
    sink: &LineSink,
    report: &mpsc::SyncSender<io::Result<Pid>>,
) {
    let pid = Pid::from_child(&child);
    let (reading, read) = mpsc::channel::<()>();
    if let Some(stdout) = child.stdout.take() {
        lines::follow(
            stdout,
            Arc::clone(shared),
            Arc::clone(sink),
            reading.clone(),
        );
    }
    if let Some(stderr) = child.stderr.take() {
        lines::follow(stderr, Arc::clone(shared), Arc::clone(sink), reading);
    }
    drop(report.send(Ok(pid)));

    // The end is awaited without reaping: until the zombie is reaped, nobody
    // else can get the id of the group, and what is left of it can be ended.
    while let Err(rustix::io::Errno::INTR) = waitid(
        WaitId::Pid(pid),
        WaitIdOptions::EXITED | WaitIdOptions::NOWAIT,
    ) {}
    let mut ended = shared.lock();
    kill_process_group(pid, Signal::KILL).ok();
    // The readers hold the senders, so this ends when the last of them has.
    let _ = read.recv_timeout(DRAIN);
    *ended = Some(child.wait().unwrap_or_default());
    drop(ended);
    shared.end.notify_all();
}

fn command(program: &Program) -> Command {
    let mut command = match &*SETPRIV {
        Some(setpriv) => {
            let mut command = Command::new(setpriv);
            command
                .args(["--pdeathsig", "TERM", "--"])
                .arg(&program.path);
            command
        }
        None => Command::new(&program.path),
    };
    command
        .args(&program.args)
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// `setpriv` of util-linux, where it exists and knows about the parent's death.
static SETPRIV: LazyLock<Option<PathBuf>> = LazyLock::new(|| {
    let setpriv = crate::find::program(&["setpriv"])?;
    let trial = Command::new(&setpriv)
        .args(["--pdeathsig", "TERM", "--", "true"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    trial.is_ok_and(|it| it.success()).then_some(setpriv)
});
