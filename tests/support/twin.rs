//! What the tests of the twin share: worlds, towns as models, differences made small.

#![allow(dead_code, unreachable_pub, reason = "every test file uses its own part of it")]

use std::path::Path;

use sekisho::document::{LoadError, Loader, load};
use sekisho::model::Model;
use sekisho::twin::lab::World;
use sekisho::twin::{Comparison, Wanted, Wrong, compare};

use super::town::Town;

/// A drawing in memory.
struct Text(String);

impl Loader for Text {
    fn root(&mut self) -> Result<(String, String), LoadError> {
        Ok(("town.ron".to_owned(), self.0.clone()))
    }

    fn include(&mut self, _: &str, _: &str) -> Result<(String, String), LoadError> {
        Err(LoadError::NotFound)
    }
}

/// The model of a drawing, or what is wrong with it.
pub fn model_of(ron: &str) -> Result<Model, String> {
    match load(&mut Text(ron.to_owned())) {
        Ok(loaded) => Ok(loaded.model),
        Err(failed) => {
            Err(failed.diagnostics.iter().map(|d| format!("{} {}\n", d.code.as_str(), d.message.en)).collect())
        }
    }
}

/// A world, or none where the machine has none to give; that is an error where it has been asked for.
pub fn world() -> Option<World> {
    match World::start(Path::new(env!("CARGO_BIN_EXE_sekisho"))) {
        Ok(world) => Some(world),
        Err(why) => {
            let needed = std::env::var_os("SEKISHO_NEED_TWIN").is_some();
            assert!(!needed, "a twin is needed: {}", why.text().en);
            println!("SKIPPED: no twin on this machine: {}", why.text().en);
            None
        }
    }
}

/// A comparison of a town.
pub fn compared(world: &mut World, town: &Town, wrong: Wrong) -> Result<Comparison, String> {
    let model = model_of(&town.ron())?;
    compare(world, &model, &Wanted { wrong, ..Wanted::default() })
}

/// The least town that still differs in a way that the first one does.
pub fn shrunk(world: &mut World, town: &Town, wrong: Wrong) -> Town {
    let mut least = town.clone();
    let hows = |c: &Comparison| c.differences.iter().map(|d| d.how).collect::<Vec<_>>();
    let Ok(first) = compared(world, town, wrong).map(|c| hows(&c)) else { return least };
    loop {
        let smaller = least.smaller().into_iter().find(|t| {
            t.ron() != least.ron()
                && compared(world, t, wrong).is_ok_and(|c| hows(&c).iter().any(|h| first.contains(h)))
        });
        match smaller {
            Some(t) => least = t,
            None => return least,
        }
    }
}

/// A difference as somebody needs it who has to understand it: the drawing, and what was told.
pub fn story(world: &mut World, town: &Town, wrong: Wrong) -> String {
    let least = shrunk(world, town, wrong);
    let told = match compared(world, &least, wrong) {
        Ok(c) => c.differences.iter().take(6).map(|d| format!("{d}\n")).collect(),
        Err(e) => e,
    };
    format!("{}\n{told}", least.ron())
}
