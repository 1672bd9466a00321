//! What is wrong with the brackets, quotation marks and characters of a file, in words.
//!
//! Finding it is the business of `source`; here are only the sentences.

use crate::diagnostic::{Code, Diagnostic, Text};
use crate::source::{FileId, ScanIssue, ScanIssueKind, Span};

/// The message for one issue of the scanner.
pub(super) fn diagnostic(file: FileId, issue: &ScanIssue) -> Diagnostic {
    let span = Span::new(file, issue.span.clone());
    let (code, message, label) = match issue.kind {
        ScanIssueKind::UnclosedDelimiter => (
            Code::UNCLOSED,
            Text::new("括弧が閉じていません", "a bracket is not closed"),
            Text::new("ここで開いたままです", "opened here"),
        ),
        ScanIssueKind::UnexpectedClose => (
            Code::UNCLOSED,
            Text::new("閉じ括弧が余っています", "a closing bracket too many"),
            Text::new("対応する開き括弧がありません", "nothing is open here"),
        ),
        ScanIssueKind::MismatchedDelimiter => (
            Code::UNCLOSED,
            Text::new("括弧の種類が合っていません", "brackets of different kinds"),
            Text::new("ここで閉じていますが", "closed here"),
        ),
        ScanIssueKind::UnclosedString => (
            Code::UNCLOSED,
            Text::new("引用符 \" が閉じていません", "a quotation mark is not closed"),
            Text::new("ここで始まっています", "the text starts here"),
        ),
        ScanIssueKind::UnclosedComment => (
            Code::UNCLOSED,
            Text::new("注釈 /* が閉じていません", "a comment is not closed"),
            Text::new("ここで始まっています", "it starts here"),
        ),
        ScanIssueKind::FullWidthSymbol => (
            Code::FULL_WIDTH,
            Text::new("全角の記号は使えません。半角にしてください", "a full-width symbol; use the half-width one"),
            Text::new("全角です", "full-width"),
        ),
        ScanIssueKind::MissingComma => (
            Code::SYNTAX,
            Text::new("カンマ「,」がありません", "a comma is missing"),
            Text::new("ここにカンマが要ります", "a comma belongs here"),
        ),
        ScanIssueKind::TooDeep => (
            Code::TOO_DEEP,
            Text::new("入れ子が深すぎます(上限 128)", "nested too deeply (limit 128)"),
            Text::new("ここが深すぎます", "too deep here"),
        ),
        ScanIssueKind::BidiControl => (
            Code::BAD_NAME,
            Text::new(
                "文字の向きを変える見えない制御文字があります",
                "an invisible character that changes the direction of text",
            ),
            Text::new("取り除いてください", "remove it"),
        ),
        ScanIssueKind::NulByte => (
            Code::SYNTAX,
            Text::new("文字コード 0 の文字があります", "a NUL character"),
            Text::new("取り除いてください", "remove it"),
        ),
    };
    let mut diagnostic = Diagnostic::error(code, span, message, label);
    if let Some(other) = &issue.other {
        let text = match issue.kind {
            ScanIssueKind::UnclosedDelimiter => Text::new("ここまでに閉じていません", "not closed before this"),
            ScanIssueKind::MismatchedDelimiter => Text::new("開いたのはここです", "opened here"),
            ScanIssueKind::UnclosedString => Text::new("最後の引用符はここです", "the last quotation mark is here"),
            ScanIssueKind::UnclosedComment => Text::new("中の /* はここです", "the inner /* is here"),
            ScanIssueKind::MissingComma => Text::new("次の値です", "the next value"),
            _ => Text::new("関係するところです", "this belongs to it"),
        };
        diagnostic = diagnostic.also(Span::new(file, other.clone()), text);
    }
    if let Some(c) = issue.replacement {
        diagnostic = diagnostic.fix(span, c.to_string());
    }
    diagnostic
}
