//! `hcn-verify.exe` through our computenetwork.dll.
