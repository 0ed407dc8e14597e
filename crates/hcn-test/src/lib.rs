//! Helpers of hcn's own tests.
