//! The tests of the library and of the program, as one program: each file is compiled and linked once with the others.
//!
//! One file alone: `cargo test --test suite rules::`. Apart from it are only `hostile`, which measures time and would
//! measure its neighbours, and `browser`, which names the library's own sample as the library does.

mod alike;
mod architecture;
mod blocking;
mod cases;
mod causes;
mod cli_check;
mod cli_draw;
mod cli_packets;
mod cli_trace;
mod compare;
mod diagnostics;
mod diff;
mod docs;
mod engines;
mod exceptions;
mod flat;
mod formats;
mod generate;
mod guideline;
mod kernel;
mod lacking;
mod matrix;
mod matrix_cells;
mod orders;
mod packet_words;
mod packs;
mod plans;
mod reach;
mod reference_cases;
mod regions;
mod replay;
mod report;
mod rules;
mod scan;
mod support;
mod twin;
mod twin_record;
mod twin_world;
mod what_if;
