//! The terminal of a program: its output as it comes, its input when it asks for it.

use std::io::{Read as _, Write as _};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use sandbox_runtime::driver::Outside;
use shared::event::{Device, Event, EventKind};

use super::failures::Failures;
use super::notes::Notes;

/// Bytes of input at a time.
const PIECE: usize = 1 << 16;

/// Prints what programs print, and writes all events down where they are wanted.
pub(super) struct Console {
    ask: Sender<()>,
    trace: Option<Box<dyn std::io::Write>>,
    failures: Option<Failures>,
    notes: Notes,
    /// Whether whoever reads our output has gone.
    is_closed: bool,
}

impl Console {
    /// A console, and the channel through which its input comes.
    pub(super) fn new(trace: Option<Box<dyn std::io::Write>>) -> (Console, Receiver<Vec<u8>>) {
        Console::with_input(trace, |piece| piece)
    }

    /// The same whose input goes through a function, piece by piece.
    pub(super) fn with_input(
        trace: Option<Box<dyn std::io::Write>>,
        through: impl FnMut(Vec<u8>) -> Vec<u8> + Send + 'static,
    ) -> (Console, Receiver<Vec<u8>>) {
        let (ask, asked) = channel();
        let (send, input) = channel();
        // It ends with the process: nobody can take back a read from a terminal.
        thread::spawn(move || read(&asked, &send, through));
        (Console { ask, trace, failures: None, notes: Notes::default(), is_closed: false }, input)
    }

    /// The same that says of tests that fail how to go there.
    pub(super) fn with_failures(self, failures: Failures) -> Console {
        Console { failures: Some(failures), ..self }
    }
}

fn read(asked: &Receiver<()>, send: &Sender<Vec<u8>>, mut through: impl FnMut(Vec<u8>) -> Vec<u8>) {
    while asked.recv().is_ok() {
        let mut piece = vec![0; PIECE];
        // What cannot be read counts as ended.
        let length = std::io::stdin().read(&mut piece).unwrap_or(0);
        piece.truncate(length);
        if send.send(through(piece)).is_err() {
            return;
        }
    }
}

impl Console {
    /// Says what the sandbox knows of why a program failed.
    pub(super) fn explain(&self) {
        self.notes.lines().for_each(|note| eprintln!("orrery: {note}"));
    }

    /// Prints and writes down what happened.
    pub(super) fn show(&mut self, events: Vec<Event>) {
        for event in events {
            if let Some(trace) = &mut self.trace
                && let Err(error) =
                    serde_json::to_writer(&mut *trace, &event).map_err(Into::into).and_then(|()| trace.write_all(b"\n"))
            {
                eprintln!("orrery: the trace ends here: {error}");
                self.trace = None;
            }
            self.notes.note(&event);
            if let Some(failures) = &mut self.failures {
                failures.note(&event);
            }
            match event.kind {
                EventKind::Output { device: Device::Stdout, bytes } => {
                    self.is_closed |= std::io::stdout().write_all(&bytes).is_err();
                    if let Some(hint) = self.failures.as_mut().and_then(|failures| failures.hint(&bytes)) {
                        drop(std::io::stdout().write_all(hint.as_bytes()));
                    }
                }
                EventKind::Output { device: Device::Stderr, bytes } => {
                    drop(std::io::stdout().flush());
                    drop(std::io::stderr().write_all(&bytes));
                }
                _ => {}
            }
        }
        self.is_closed |= std::io::stdout().flush().is_err();
    }
}

impl Outside for Console {
    fn events(&mut self, events: Vec<Event>) {
        self.show(events);
    }

    fn wants_input(&mut self) {
        // The reader lives as long as the process.
        self.ask.send(()).ok();
    }

    fn is_closed(&self) -> bool {
        self.is_closed
    }
}
