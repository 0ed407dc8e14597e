//! The flags of the verbs that every kind of object has.

use std::path::PathBuf;

/// How objects are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Table,
    /// For programs: an array of the service's documents.
    Json,
    /// A name a line; the id of what has none.
    Name,
}

/// How the answer is printed.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub struct Shape {
    /// How to print it
    #[arg(short, long, value_name = "FORMAT", default_value = "table")]
    pub output: Format,
    /// Print ids alone, one a line
    #[arg(short, long, conflicts_with = "output")]
    pub quiet: bool,
}

impl Shape {
    /// Is it for people?
    pub(in crate::command) fn is_table(self) -> bool {
        !self.quiet && self.output == Format::Table
    }

    /// Is it nothing but ids or names?
    pub(in crate::command) fn is_ids_or_names(self) -> bool {
        self.quiet || self.output == Format::Name
    }
}

/// The flags of `list`.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct List {
    /// How it is printed.
    #[command(flatten)]
    pub shape: Shape,
}

/// The flags of `show`.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Show {
    /// Ids, beginnings of ids, or names
    #[arg(required = true, value_name = "ID")]
    pub ids: Vec<String>,
    /// How they are printed.
    #[command(flatten)]
    pub shape: Shape,
}

/// The flags of `delete`.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Delete {
    /// Ids, beginnings of ids, or names
    #[arg(required = true, value_name = "ID")]
    pub ids: Vec<String>,
}

/// The flags of `modify`.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Modify {
    /// The id, its beginning, or the name
    pub id: String,
    /// The request as the service takes it: ResourceType, RequestType, Settings; - is standard input
    pub file: PathBuf,
}
