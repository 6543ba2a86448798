//! A machine that is driven by data alone, over any pair of pipes: [`Request`]s in, [`Answer`]s out.

use std::io::{self, BufRead, Read as _, Write};

use shared::VirtualTime;
use shared::frame::{Answer, Request, Stop};

use crate::guest::GuestFactory;
use crate::kernel::outside::Outcome;
use crate::machine::Stopped;
use crate::timeline::{Target, Timeline, TravelError};

/// Longest line of a request in bytes.
const LINE_MAX: u64 = 256 << 20;

/// Answers requests until there are no more. A line that is no request is answered with what is wrong with it.
///
/// # Errors
/// When a pipe breaks.
pub fn serve<F: GuestFactory + Clone>(
    timeline: &mut Timeline<F>,
    input: &mut impl BufRead,
    output: &mut impl Write,
) -> io::Result<()> {
    let mut line = Vec::new();
    loop {
        line.clear();
        if input.by_ref().take(LINE_MAX).read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        let answer = match serde_json::from_slice(&line) {
            Ok(request) => answer(timeline, request),
            Err(error) => Answer::Failed { reason: format!("this is no request: {error}") },
        };
        serde_json::to_writer(&mut *output, &answer)?;
        output.write_all(b"\n")?;
        output.flush()?;
    }
}

/// The answer to one request.
pub fn answer<F: GuestFactory + Clone>(timeline: &mut Timeline<F>, request: Request) -> Answer {
    try_answer(timeline, request).unwrap_or_else(|error| Answer::Failed { reason: error.to_string() })
}

fn try_answer<F: GuestFactory + Clone>(timeline: &mut Timeline<F>, request: Request) -> Result<Answer, TravelError> {
    Ok(match request {
        Request::Command { command } => {
            let spawned = match timeline.command(*command)? {
                Outcome::Spawned(pid) => Some(pid),
                Outcome::Done => None,
            };
            Answer::Done { spawned, events: timeline.take_events() }
        }
        Request::Run { turns, until } => {
            let stopped = match timeline.run_until(until.unwrap_or(VirtualTime::MAX), turns)? {
                Stopped::Idle { until } => Stop::Idle { until },
                Stopped::TurnLimit => Stop::Turns,
                Stopped::Horizon => Stop::Time,
                Stopped::Halted => Stop::Halted,
            };
            Answer::Ran { stopped, events: timeline.take_events() }
        }
        Request::Inspect { pid, item } => Answer::Inspected { value: timeline.machine_mut().inspect(pid, &item) },
        Request::Seek { event } => {
            let position = timeline.seek(event.map_or(Target::End, Target::Event))?;
            Answer::Moved { position, last_event: timeline.machine().kernel().last_seq() }
        }
        Request::Fork { changes } => {
            *timeline = timeline.fork(changes)?;
            Answer::Moved { position: timeline.position(), last_event: timeline.last_seq() }
        }
        Request::StateHash => {
            let hash = timeline.machine_mut().state_hash().ok_or(TravelError::Unsaved)?;
            Answer::StateHash { hash: format!("{hash:016x}") }
        }
        Request::Recording => Answer::Recording { recording: Box::new(timeline.recording()?) },
    })
}
