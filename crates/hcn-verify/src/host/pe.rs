//! What a Windows executable says of itself: the names of its exports and its file version. Read, never loaded;
//! what the file gets wrong is `None`.

/// A module that exports more is damaged.
const MOST_EXPORTS: u32 = 65_536;

/// The names that a DLL exports.
pub(super) fn exports(file: &[u8]) -> Option<Vec<String>> {
    let image = Image::read(file)?;
    let directory = image.offset(u32_at(file, image.directories)?)?;
    let count = u32_at(file, directory + 24)?;
    let names = image.offset(u32_at(file, directory + 32)?)?;
    if count > MOST_EXPORTS {
        return None;
    }
    (0..count as usize).map(|index| text_at(file, image.offset(u32_at(file, names + 4 * index)?)?)).collect()
}

/// The file version in its version resource: `10.0.17763.1`.
pub(super) fn file_version(file: &[u8]) -> Option<String> {
    // VS_FIXEDFILEINFO's signature and the version of its structure.
    const MARK: [u8; 8] = [0xBD, 0x04, 0xEF, 0xFE, 0, 0, 1, 0];
    Image::read(file)?;
    let at = file.windows(MARK.len()).position(|window| window == MARK)?;
    let (high, low) = (u32_at(file, at + 8)?, u32_at(file, at + 12)?);
    Some(format!("{}.{}.{}.{}", high >> 16, high & 0xFFFF, low >> 16, low & 0xFFFF))
}

/// Where things are in the file.
struct Image<'a> {
    file: &'a [u8],
    /// The data directories; exports are the first.
    directories: usize,
    sections: usize,
    section_count: usize,
}

impl<'a> Image<'a> {
    fn read(file: &'a [u8]) -> Option<Self> {
        let header = u32_at(file, 0x3C)? as usize;
        if file.get(..2)? != b"MZ" || file.get(header..header.checked_add(4)?)? != b"PE\0\0" {
            return None;
        }
        let optional = header + 24;
        let directories = match u16_at(file, optional)? {
            0x10B => optional + 96,
            0x20B => optional + 112,
            _ => return None,
        };
        let sections = optional + usize::from(u16_at(file, header + 20)?);
        Some(Self { file, directories, sections, section_count: u16_at(file, header + 6)?.into() })
    }

    /// The place in the file of an address relative to the image's base.
    fn offset(&self, address: u32) -> Option<usize> {
        (0..self.section_count).find_map(|index| {
            let section = self.sections + 40 * index;
            let start = u32_at(self.file, section + 12)?;
            let inside = address
                .checked_sub(start)
                .filter(|inside| u32_at(self.file, section + 16).is_some_and(|size| *inside < size))?;
            (u32_at(self.file, section + 20)? as usize).checked_add(inside as usize)
        })
    }
}

fn bytes_at<const N: usize>(file: &[u8], at: usize) -> Option<[u8; N]> {
    file.get(at..at.checked_add(N)?)?.try_into().ok()
}

fn u16_at(file: &[u8], at: usize) -> Option<u16> {
    bytes_at(file, at).map(u16::from_le_bytes)
}

fn u32_at(file: &[u8], at: usize) -> Option<u32> {
    bytes_at(file, at).map(u32::from_le_bytes)
}

/// A text that ends in a NUL.
fn text_at(file: &[u8], at: usize) -> Option<String> {
    let rest = file.get(at..)?;
    let end = rest.iter().take(512).position(|byte| *byte == 0)?;
    Some(String::from_utf8_lossy(&rest[..end]).into_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A DLL of one section whose export directory names `f` and `go`.
    fn dll() -> Vec<u8> {
        let mut file = vec![0; 0x400];
        let mut put = |at: usize, bytes: &[u8]| file[at..at + bytes.len()].copy_from_slice(bytes);
        put(0, b"MZ");
        put(0x3C, &0x80u32.to_le_bytes());
        put(0x80, b"PE\0\0");
        put(0x86, &1u16.to_le_bytes());
        put(0x94, &240u16.to_le_bytes());
        put(0x98, &0x20Bu16.to_le_bytes());
        put(0x98 + 112, &0x1000u32.to_le_bytes());
        let section = 0x98 + 240;
        put(section + 12, &0x1000u32.to_le_bytes());
        put(section + 16, &0x200u32.to_le_bytes());
        put(section + 20, &0x200u32.to_le_bytes());
        put(0x200 + 24, &2u32.to_le_bytes());
        put(0x200 + 32, &0x1040u32.to_le_bytes());
        put(0x240, &[0x1060u32.to_le_bytes(), 0x1070u32.to_le_bytes()].concat());
        put(0x260, b"f\0");
        put(0x270, b"go\0");
        put(0x300, &[0xBD, 0x04, 0xEF, 0xFE, 0, 0, 1, 0, 0, 0, 10, 0, 1, 0, 0x63, 0x45]);
        file
    }

    #[test]
    fn names_and_version_of_a_dll_are_read() {
        assert_eq!(exports(&dll()).unwrap(), ["f", "go"]);
        assert_eq!(file_version(&dll()).unwrap(), "10.0.17763.1");
        assert_eq!(exports(b"#!/bin/sh\n"), None);
    }

    proptest! {
        #[test]
        fn a_damaged_file_is_never_a_panic(
            at in 0usize..0x400, byte in any::<u8>(), length in 0usize..0x400, noise in any::<[u8; 4]>(),
        ) {
            let mut file = dll();
            file[at] = byte;
            let header = 0x80 + at % 0x100;
            file[header..header + 4].copy_from_slice(&noise);
            file.truncate(length.max(at));
            let _ = (exports(&file), file_version(&file));
        }
    }
}
