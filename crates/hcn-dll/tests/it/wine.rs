//! From outside, under Wine.
