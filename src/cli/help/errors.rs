//! Mistakes in the call, in Japanese.

use clap::Command;
use clap::error::{ContextKind, ContextValue, Error, ErrorKind};

/// What is wrong with a call, how it is called, and where to read more.
pub(super) fn japanese(error: &Error, command: &mut Command) -> String {
    let mut text = format!("エラー: {}\n", message(error));
    for (kind, what) in [
        (ContextKind::SuggestedArg, "引数"),
        (ContextKind::SuggestedSubcommand, "コマンド"),
        (ContextKind::SuggestedValue, "値"),
    ] {
        let meant = list(error, kind);
        if !meant.is_empty() {
            text.push_str(&format!("  似た{what}: {}\n", meant.join(", ")));
        }
    }
    let known = list(error, ContextKind::ValidValue);
    if !known.is_empty() {
        text.push_str(&format!("  選べる値: {}\n", known.join(", ")));
    }
    let known = list(error, ContextKind::ValidSubcommand);
    if !known.is_empty() {
        text.push_str(&format!("  使えるコマンド: {}\n", known.join(", ")));
    }
    let usage = match error.get(ContextKind::Usage) {
        Some(ContextValue::StyledStr(usage)) => usage.to_string(),
        _ => command.render_usage().to_string(),
    };
    let usage = usage
        .trim_start_matches("Usage:")
        .trim()
        .replace("[OPTIONS]", "[オプション]")
        .replace("<COMMAND>", "<コマンド>");
    text.push_str(&format!("\n使い方: {usage}\n\nくわしくは `--help` を付けて実行してください\n"));
    text
}

fn message(error: &Error) -> String {
    let arg = list(error, ContextKind::InvalidArg).join(" ");
    let value = list(error, ContextKind::InvalidValue).join(" ");
    match error.kind() {
        ErrorKind::UnknownArgument => format!("引数 `{arg}` は使えません"),
        ErrorKind::InvalidSubcommand => {
            format!("コマンド `{}` はありません", list(error, ContextKind::InvalidSubcommand).join(" "))
        }
        ErrorKind::MissingSubcommand => "コマンドがありません".to_owned(),
        ErrorKind::MissingRequiredArgument => format!("必要な引数がありません: {arg}"),
        ErrorKind::InvalidValue if value.is_empty() => format!("`{arg}` に値がありません"),
        ErrorKind::InvalidValue => format!("`{arg}` の値に `{value}` は使えません"),
        ErrorKind::ValueValidation => format!("`{arg}` の値に `{value}` は使えません"),
        ErrorKind::ArgumentConflict => {
            let other = list(error, ContextKind::PriorArg).join(" ");
            if other.is_empty() || other == arg {
                format!("`{arg}` は一度しか使えません")
            } else {
                format!("`{arg}` と `{other}` は同時に使えません")
            }
        }
        ErrorKind::TooManyValues => format!("`{arg}` の値が多すぎます: {value}"),
        ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => format!("`{arg}` の値の個数が違います"),
        ErrorKind::NoEquals => format!("`{arg}` の後に = が必要です"),
        ErrorKind::InvalidUtf8 => "引数に UTF-8 でない文字があります".to_owned(),
        other => format!("引数を読めません({other})"),
    }
}

fn list(error: &Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::String(one)) => vec![one.clone()],
        Some(ContextValue::Strings(many)) => many.clone(),
        Some(ContextValue::StyledStr(one)) => vec![one.to_string()],
        Some(ContextValue::StyledStrs(many)) => many.iter().map(ToString::to_string).collect(),
        Some(ContextValue::Number(n)) => vec![n.to_string()],
        _ => Vec::new(),
    }
}
