//! computenetwork.dll over the emulator, for Wine and for tests of the C ABI.
