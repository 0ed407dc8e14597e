//! Help, and what a wrong command line is answered with.
