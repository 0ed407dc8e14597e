//! The files that flags name. They are read once, by the command that was typed: a pipe holds what is in it only once, and
//! a file may hold something else by the time a keeper looks. A front hands on to its keeper what it read.

use std::fmt;
use std::io::{self, ErrorKind, Read, Write};
use std::path::Path;

/// Where it comes from what files hold.
pub enum Files {
    /// From where they are; and what was read so far, in that order.
    There(Vec<Vec<u8>>),
    /// From a front that checked the same flags, and so read them in the same order.
    Handed(Box<dyn Read>),
}

impl Files {
    /// From where they are.
    pub fn there() -> Self {
        Self::There(Vec::new())
    }

    /// What a file holds.
    pub(super) fn read(&mut self, file: &Path) -> io::Result<Vec<u8>> {
        match self {
            Self::There(read) => {
                let held = std::fs::read(file)?;
                read.push(held.clone());
                Ok(held)
            }
            Self::Handed(front) => receive(front),
        }
    }

    /// Hands on what was read: each file's length, and what it held.
    pub(crate) fn hand_on(&self, keeper: &mut impl Write) -> io::Result<()> {
        let Self::There(read) = self else { return Ok(()) };
        for held in read {
            keeper.write_all(&(held.len() as u64).to_le_bytes())?;
            keeper.write_all(held)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Files {
    /// What files hold may be secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::There(_) => "There",
            Self::Handed(_) => "Handed",
        })
    }
}

fn receive(front: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut length = [0; 8];
    front.read_exact(&mut length)?;
    let (length, mut held) = (u64::from_le_bytes(length), Vec::new());
    front.take(length).read_to_end(&mut held)?;
    if held.len() as u64 == length { Ok(held) } else { Err(ErrorKind::UnexpectedEof.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_is_handed_on_in_its_order() {
        let scratch = hcn_test::Scratch::new();
        let paths = [("a", "A=1\n"), ("b", ""), ("c", "{}")].map(|(name, text)| scratch.file(name, text));
        let mut there = Files::there();
        let read = paths.each_ref().map(|path| there.read(path).unwrap());
        let mut pipe = Vec::new();
        there.hand_on(&mut pipe).unwrap();
        paths.iter().for_each(|path| std::fs::write(path, "something else").unwrap());
        let mut handed = Files::Handed(Box::new(io::Cursor::new(pipe)));
        assert_eq!(paths.map(|path| handed.read(&path).unwrap()), read);
        assert_eq!(handed.read("d".as_ref()).unwrap_err().kind(), ErrorKind::UnexpectedEof);
    }

    #[test]
    fn a_front_that_ended_in_the_middle_of_a_file_handed_on_none() {
        let mut pipe = Vec::new();
        Files::There(vec![b"A=1".to_vec()]).hand_on(&mut pipe).unwrap();
        pipe.pop();
        let mut handed = Files::Handed(Box::new(io::Cursor::new(pipe)));
        assert_eq!(handed.read("a".as_ref()).unwrap_err().kind(), ErrorKind::UnexpectedEof);
    }
}
