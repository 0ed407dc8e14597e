//! Wine.
/// Placeholder.
#[derive(Debug)]
pub struct Wine;
