//! `hcn-emulator` as its users have it, on Linux and under Wine.

mod program;
