//! What a process is to be born with, beyond the parameters of CreateProcess: std can give it none.

use std::io;
use std::marker::PhantomData;
use std::ptr::null_mut;

use windows_sys::Win32::Foundation::HANDLE;
use windows_sys::Win32::System::Threading::{
    DeleteProcThreadAttributeList, InitializeProcThreadAttributeList, LPPROC_THREAD_ATTRIBUTE_LIST,
    PROC_THREAD_ATTRIBUTE_HANDLE_LIST, PROC_THREAD_ATTRIBUTE_JOB_LIST, UpdateProcThreadAttribute,
};

use super::checked;

/// How many there are.
const COUNT: u32 = 2;

/// The jobs that a process is born in, and the handles that alone it inherits.
pub(super) struct Attributes<'a> {
    /// In words, for the system puts pointers there.
    list: Vec<usize>,
    /// The list points to them.
    values: PhantomData<&'a [HANDLE]>,
}

impl<'a> Attributes<'a> {
    pub(super) fn new(jobs: &'a [HANDLE], handles: &'a [HANDLE]) -> io::Result<Self> {
        let mut attributes = Self::empty()?;
        attributes.set(PROC_THREAD_ATTRIBUTE_JOB_LIST, jobs)?;
        attributes.set(PROC_THREAD_ATTRIBUTE_HANDLE_LIST, handles)?;
        Ok(attributes)
    }

    /// The list as CreateProcess takes it, good as long as this value.
    pub(super) fn as_ptr(&mut self) -> LPPROC_THREAD_ATTRIBUTE_LIST {
        self.list.as_mut_ptr().cast()
    }

    fn empty() -> io::Result<Self> {
        let mut size = 0;
        // SAFETY: null asks for the size alone. The answer is a failure all the same.
        unsafe { InitializeProcThreadAttributeList(null_mut(), COUNT, 0, &mut size) };
        let mut list = vec![0; size.div_ceil(size_of::<usize>())];
        // SAFETY: the list is writable and has that size.
        checked(unsafe { InitializeProcThreadAttributeList(list.as_mut_ptr().cast(), COUNT, 0, &mut size) })?;
        Ok(Self { list, values: PhantomData })
    }

    fn set(&mut self, attribute: u32, values: &'a [HANDLE]) -> io::Result<()> {
        let (list, size) = (self.as_ptr(), size_of_val(values));
        // SAFETY: the list was initialized, and the values, as many bytes as said, outlive it.
        checked(unsafe {
            UpdateProcThreadAttribute(
                list,
                0,
                attribute as usize,
                values.as_ptr().cast(),
                size,
                null_mut(),
                std::ptr::null(),
            )
        })
    }
}

impl Drop for Attributes<'_> {
    fn drop(&mut self) {
        // SAFETY: the list was initialized, and nobody has it any more.
        unsafe { DeleteProcThreadAttributeList(self.as_ptr()) };
    }
}
