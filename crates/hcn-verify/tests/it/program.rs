//! The program from outside, on an emulator's store in a file.
