//! The command line in the language of the user: help texts and the words of clap itself.
//!
//! English is what `args` says. Japanese is put over it here, from the table in
//! `words`; mistakes in the call are told by `errors`.

mod errors;
mod words;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{Arg, ArgAction, Command, CommandFactory as _, FromArgMatches as _};
use sekisho::diagnostic::Lang;

use crate::args::Args;
use crate::output;

/// Reads the call; what is wrong with it has been said when an exit code comes back.
pub(crate) fn parse(call: Vec<OsString>) -> Result<Args, ExitCode> {
    let lang = asked(&call).unwrap_or_else(environment);
    let mut command = command(lang);
    let read = command.try_get_matches_from_mut(call).and_then(|matches| Args::from_arg_matches(&matches));
    read.map_err(|error| {
        let is_answer = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
        if lang == Lang::En || is_answer || error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
            // A closed pipe is a quiet end.
            let _ = error.print();
        } else {
            output::note(&errors::japanese(&error, &mut command));
        }
        ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
    })
}

/// The language that the call asks for; found before the call is read, so that mistakes are told in it.
fn asked(call: &[OsString]) -> Option<Lang> {
    let mut words = call.iter().skip(1).map(|w| w.to_string_lossy());
    let mut found = None;
    while let Some(word) = words.next() {
        if word == "--" {
            break;
        }
        let value = match word.strip_prefix("--lang") {
            Some("") => words.next().map(|v| v.into_owned()),
            Some(rest) => rest.strip_prefix('=').map(str::to_owned),
            None => None,
        };
        found = value.as_deref().and_then(language).or(found);
    }
    found
}

fn language(word: &str) -> Option<Lang> {
    match word {
        "ja" => Some(Lang::Ja),
        "en" => Some(Lang::En),
        _ => None,
    }
}

/// The language of the environment: SEKISHO_LANG, else the locale, else Japanese.
pub(crate) fn environment() -> Lang {
    let set = |name: &str| std::env::var(name).ok().filter(|v| !v.is_empty());
    let locale = ["SEKISHO_LANG", "LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|name| set(name));
    match locale {
        Some(l) if !l.starts_with("ja") => Lang::En,
        _ => Lang::Ja,
    }
}

/// The definition of the command line in a language.
pub(crate) fn command(lang: Lang) -> Command {
    match lang {
        Lang::En => Args::command(),
        Lang::Ja => japanese(Args::command()),
    }
}

fn japanese(command: Command) -> Command {
    let names: Vec<String> = command.get_subcommands().map(|c| c.get_name().to_owned()).collect();
    let mut command = own_flags(words::over(command, ""));
    for name in names {
        command = command.mut_subcommand(&name, |sub| own_flags(words::over(sub, &name)));
    }
    // What clap adds by itself is there only after this.
    command.build();
    command = command.mut_subcommand("help", |sub| sub.about("コマンドの使い方を表示する"));
    let root = usage(&mut command);
    command = command.override_usage(root).help_template(
        "{about-with-newline}\n使い方: {usage}\n\nコマンド:\n{subcommands}\n\nオプション:\n{options}{after-help}",
    );
    let names: Vec<String> = command.get_subcommands().map(|c| c.get_name().to_owned()).collect();
    for name in names {
        command = command.mut_subcommand(&name, |mut sub| {
            let line = usage(&mut sub);
            let arguments = if sub.get_positionals().next().is_some() { "引数:\n{positionals}\n\n" } else { "" };
            sub.override_usage(line).help_template(format!(
                "{{about-with-newline}}\n使い方: {{usage}}\n\n{arguments}オプション:\n{{options}}{{after-help}}"
            ))
        });
    }
    command.after_help("くわしくは `sekisho <コマンド> --help` を見てください。 English: --lang en")
}

/// clap's own flags cannot be translated, only replaced.
fn own_flags(command: Command) -> Command {
    let is_root = command.get_name() == "sekisho";
    let help = Arg::new("help").short('h').long("help").action(ArgAction::Help).help("使い方を表示する");
    let command = command.disable_help_flag(true).arg(help);
    if !is_root {
        return command;
    }
    let version = Arg::new("version").short('V').long("version").action(ArgAction::Version).help("版を表示する");
    command.disable_version_flag(true).arg(version)
}

/// How a command is called, with clap's placeholders in Japanese.
fn usage(command: &mut Command) -> String {
    let shown = command.render_usage().to_string();
    let shown = shown.trim_start_matches("Usage:").trim();
    shown.replace("[OPTIONS]", "[オプション]").replace("<COMMAND>", "<コマンド>").replace("[COMMAND]", "[コマンド]")
}

#[cfg(test)]
mod tests {
    //! These tests catch: a command or argument without help in one of the languages.

    use super::*;

    fn told(command: &Command, path: &str, missing: &mut Vec<String>) {
        let japanese = |text: Option<String>| text.is_some_and(|t| !t.is_ascii());
        if !japanese(command.get_about().map(ToString::to_string)) {
            missing.push(path.to_owned());
        }
        for arg in command.get_arguments().filter(|a| !a.is_hide_set()) {
            if !japanese(arg.get_help().map(ToString::to_string)) {
                missing.push(format!("{path} {}", arg.get_id()));
            }
        }
        for sub in command.get_subcommands().filter(|s| s.get_name() != "help") {
            told(sub, &format!("{path} {}", sub.get_name()), missing);
        }
    }

    #[test]
    fn everything_has_help_in_both_languages() {
        let mut missing = Vec::new();
        told(&command(Lang::Ja), "sekisho", &mut missing);
        assert_eq!(missing, Vec::<String>::new());
        fn english(command: &Command, missing: &mut Vec<String>) {
            let ascii = |text: Option<String>| text.is_some_and(|t| t.is_ascii());
            if !ascii(command.get_about().map(ToString::to_string)) {
                missing.push(command.get_name().to_owned());
            }
            missing.extend(
                command
                    .get_arguments()
                    .filter(|a| !ascii(a.get_help().map(ToString::to_string)))
                    .map(|a| a.get_id().to_string()),
            );
            command.get_subcommands().for_each(|s| english(s, missing));
        }
        let mut missing = Vec::new();
        english(&command(Lang::En), &mut missing);
        assert_eq!(missing, Vec::<String>::new());
    }

    #[test]
    fn the_definition_holds_together() {
        for lang in [Lang::Ja, Lang::En] {
            command(lang).debug_assert();
        }
    }

    #[test]
    fn the_language_is_found_before_the_call_is_read() {
        let call = |words: &[&str]| asked(&words.iter().map(OsString::from).collect::<Vec<_>>());
        assert_eq!(call(&["sekisho", "--lang", "en", "check"]), Some(Lang::En));
        assert_eq!(call(&["sekisho", "check", "--lang=ja"]), Some(Lang::Ja));
        assert_eq!(call(&["sekisho", "check", "--lang"]), None);
        assert_eq!(call(&["sekisho", "--", "--lang", "en"]), None);
        assert_eq!(call(&["sekisho", "--lang", "fr"]), None);
    }
}
