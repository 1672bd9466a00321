//! `sekisho completions` and `sekisho man`, from the same clap definition as the program.

use clap::Command;
use sekisho::diagnostic::Lang;

use crate::Outcome;
use crate::args::{Args, CompletionsArgs, ManArgs};
use crate::{help, output};

pub(crate) fn completions(args: &Args, shell: &CompletionsArgs) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(shell.shell, &mut help::command(args.lang()), "sekisho", &mut script);
    written(args, &script)
}

/// The page of the program, or of one of its commands.
pub(crate) fn man(args: &Args, man: &ManArgs) -> Outcome {
    let mut command = help::command(args.lang());
    command.build();
    let page = match &man.command {
        None => command,
        Some(name) => match command.find_subcommand(name) {
            Some(found) => named(found),
            None => {
                let names: Vec<&str> = command.get_subcommands().map(Command::get_name).collect();
                let listed = names.join(", ");
                match args.lang() {
                    Lang::Ja => {
                        output::say(&format!("エラー: `{name}` というコマンドはありません。使えるもの: {listed}"))
                    }
                    Lang::En => output::say(&format!("error: there is no command `{name}`; known: {listed}")),
                }
                return Outcome::Wrong;
            }
        },
    };
    let mut text = Vec::new();
    match clap_mangen::Man::new(page).render(&mut text) {
        Ok(()) => written(args, &text),
        Err(_) => Outcome::Wrong,
    }
}

/// A command under the name of its page.
fn named(command: &Command) -> Command {
    let name = format!("sekisho-{}", command.get_name());
    // One name per run, alive until the program ends.
    command.clone().name(&*name.leak())
}

fn written(args: &Args, text: &[u8]) -> Outcome {
    match output::write(None, text) {
        Ok(()) => Outcome::Holds,
        Err(e) => {
            e.say(args);
            Outcome::Wrong
        }
    }
}
