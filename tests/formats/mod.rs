//! What leaves the program for other programs: JSON, SARIF, JUnit and Markdown, and the rules in the text.
//!
//! Reports are real ones of the model drawings; rules, exceptions and the rest are put in by hand (`sample`), with names
//! that try to break out of every format.

mod json;
mod junit;
mod markdown;
mod sample;
mod sarif;
mod schema;
mod text;
