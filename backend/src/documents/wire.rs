//! The encoding of frames and updates: numbers in groups of seven bits, lower ones first; bytes and texts behind their
//! length. Nothing is copied or reserved before it is known to be there.

/// What cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(super) struct Malformed(pub(super) &'static str);

/// Largest number that JavaScript counts to without gaps; client numbers are below.
const NUMBER_MAX: u64 = (1 << 53) - 1;

/// Reads from the front.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn byte(&mut self) -> Result<u8, Malformed> {
        let (first, rest) = self.0.split_first().ok_or(Malformed("it ends too early"))?;
        self.0 = rest;
        Ok(*first)
    }

    pub(super) fn take(&mut self, length: u64) -> Result<&'a [u8], Malformed> {
        let length = usize::try_from(length).ok().filter(|length| *length <= self.0.len());
        let (taken, rest) = self.0.split_at(length.ok_or(Malformed("a length goes beyond the end"))?);
        self.0 = rest;
        Ok(taken)
    }

    pub(super) fn number(&mut self) -> Result<u64, Malformed> {
        let mut number = 0_u64;
        for shift in (0..56).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return if number <= NUMBER_MAX { Ok(number) } else { Err(Malformed("a number is too large")) };
            }
        }
        Err(Malformed("a number is too long"))
    }

    /// A number that fits a clock with room to spare.
    pub(super) fn clock(&mut self) -> Result<u32, Malformed> {
        let number = u32::try_from(self.number()?).ok().filter(|number| *number < 1 << 31);
        number.ok_or(Malformed("a clock is too large"))
    }

    pub(super) fn bytes(&mut self) -> Result<&'a [u8], Malformed> {
        let length = self.number()?;
        self.take(length)
    }

    pub(super) fn text(&mut self) -> Result<&'a str, Malformed> {
        std::str::from_utf8(self.bytes()?).ok().ok_or(Malformed("a text is not UTF-8"))
    }
}

pub(super) fn write_number(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

pub(super) fn write_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    write_number(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// What a client says. One message a frame, as the standard clients send and expect it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Incoming<'a> {
    /// What it has, as a state vector: it wants what it lacks.
    Step1(&'a [u8]),
    /// What we lack of what it has.
    Step2(&'a [u8]),
    /// What has just changed.
    Update(&'a [u8]),
    /// Who is where.
    Awareness(&'a [u8]),
    /// It wants to know who is where.
    QueryAwareness,
}

impl<'a> Incoming<'a> {
    pub(super) fn read(frame: &'a [u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::new(frame);
        let message = match reader.number()? {
            0 => match reader.number()? {
                0 => Self::Step1(reader.bytes()?),
                1 => Self::Step2(reader.bytes()?),
                2 => Self::Update(reader.bytes()?),
                _ => return Err(Malformed("there is no such step of synchronising")),
            },
            1 => Self::Awareness(reader.bytes()?),
            3 => Self::QueryAwareness,
            _ => return Err(Malformed("there is no such message")),
        };
        if reader.is_empty() { Ok(message) } else { Err(Malformed("something follows the message")) }
    }
}

fn frame(head: &[u8], body: &[u8]) -> Vec<u8> {
    let mut frame = Vec::with_capacity(head.len() + body.len() + 5);
    frame.extend_from_slice(head);
    write_bytes(&mut frame, body);
    frame
}

pub(super) fn step1(state_vector: &[u8]) -> Vec<u8> {
    frame(&[0, 0], state_vector)
}

pub(super) fn step2(update: &[u8]) -> Vec<u8> {
    frame(&[0, 1], update)
}

pub(super) fn update(update: &[u8]) -> Vec<u8> {
    frame(&[0, 2], update)
}

pub(super) fn awareness(entries: &[u8]) -> Vec<u8> {
    frame(&[1], entries)
}

/// Tells why something was not done.
pub(super) fn denied(why: &str) -> Vec<u8> {
    frame(&[2, 0], why.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_survive_the_way_there_and_back() {
        for number in [0, 1, 127, 128, 300, 1 << 31, NUMBER_MAX] {
            let mut bytes = Vec::new();
            write_number(&mut bytes, number);
            assert_eq!(Reader::new(&bytes).number(), Ok(number));
        }
        assert!(Reader::new(&[0xff; 12]).number().is_err());
        assert!(Reader::new(&[0x80]).number().is_err());
    }

    #[test]
    fn frames_are_read_as_they_are_written() {
        assert_eq!(Incoming::read(&step1(&[0])), Ok(Incoming::Step1(&[0])));
        assert_eq!(Incoming::read(&step2(&[0, 0])), Ok(Incoming::Step2(&[0, 0])));
        assert_eq!(Incoming::read(&update(&[0, 0])), Ok(Incoming::Update(&[0, 0])));
        assert_eq!(Incoming::read(&awareness(&[0])), Ok(Incoming::Awareness(&[0])));
        assert_eq!(Incoming::read(&[3]), Ok(Incoming::QueryAwareness));
        for bad in [&[][..], &[0], &[0, 3, 0], &[0, 0, 5, 1], &[9, 0], &[0, 0, 0, 0], &denied("no")] {
            assert!(Incoming::read(bad).is_err(), "{bad:?}");
        }
    }
}
