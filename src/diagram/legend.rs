//! The legend: which shapes, lines and marks occur in a picture, and their words.
//!
//! It says what to explain; how a sample is drawn is the business of each rendering.

use super::kinds::{Emphasis, Line, Mark, Shape};
use super::picture::Picture;
use crate::diagnostic::Lang;

/// What an entry of the legend explains.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LegendKey {
    /// A line on a forbidden path.
    Forbidden,
    /// A line on a path that may exist.
    Possible,
    /// The heavy outline of a thing on the path.
    OnPath,
    /// A line that is new, gone or another.
    ChangedLine(Mark),
    /// A thing that is new, gone or another.
    ChangedThing(Emphasis),
    /// A style of line.
    Line(Line),
    /// A shape.
    Shape(Shape),
    /// The badge that counts things alike.
    Count,
}

/// An entry of the legend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LegendEntry {
    /// What it explains.
    pub key: LegendKey,
    /// The words, in the language of the picture.
    pub text: &'static str,
}

impl Picture {
    /// The legend: everything that occurs, the most important first.
    #[must_use]
    pub fn legend(&self) -> Vec<LegendEntry> {
        let mut keys: Vec<LegendKey> = Vec::new();
        for edge in &self.edges {
            if !is_change(edge.mark) {
                keys.push(LegendKey::Line(edge.line));
            }
            match edge.mark {
                Mark::None => {}
                Mark::Added | Mark::Removed | Mark::Changed => keys.push(LegendKey::ChangedLine(edge.mark)),
                Mark::Possible => keys.push(LegendKey::Possible),
                Mark::Forbidden => keys.push(LegendKey::Forbidden),
            }
        }
        for node in &self.nodes {
            keys.push(LegendKey::Shape(node.shape));
            match node.emphasis {
                Emphasis::None => {}
                Emphasis::Added | Emphasis::Removed | Emphasis::Changed => {
                    keys.push(LegendKey::ChangedThing(node.emphasis));
                }
                Emphasis::OnPath | Emphasis::Source | Emphasis::Target => keys.push(LegendKey::OnPath),
            }
            if node.count.is_some() {
                keys.push(LegendKey::Count);
            }
        }
        keys.sort_unstable();
        keys.dedup();
        keys.into_iter().map(|key| LegendEntry { key, text: words(key, self.lang) }).collect()
    }
}

/// Whether a line is drawn for what became of it, whatever passes along it.
pub(super) fn is_change(mark: Mark) -> bool {
    matches!(mark, Mark::Added | Mark::Removed | Mark::Changed)
}

/// "Legend".
pub(super) fn heading(lang: Lang) -> &'static str {
    pick(lang, "凡例", "Legend")
}

/// The word on a thing where the path begins or ends.
pub(super) fn role(emphasis: Emphasis, lang: Lang) -> Option<&'static str> {
    match emphasis {
        Emphasis::Source => Some(pick(lang, "起点", "START")),
        Emphasis::Target => Some(pick(lang, "終点", "END")),
        Emphasis::Added => Some(pick(lang, "＋新設", "+ new")),
        Emphasis::Removed => Some(pick(lang, "−廃止", "− gone")),
        Emphasis::Changed => Some(pick(lang, "～変更", "~ changed")),
        Emphasis::None | Emphasis::OnPath => None,
    }
}

/// The word on a line of the path shown.
pub(super) fn mark(mark: Mark, lang: Lang) -> Option<&'static str> {
    match mark {
        Mark::None => None,
        Mark::Possible => Some(pick(lang, "可能性", "possible")),
        Mark::Forbidden => Some(pick(lang, "禁止", "forbidden")),
        Mark::Added => Some(pick(lang, "＋", "+")),
        Mark::Removed => Some("−"),
        Mark::Changed => Some(pick(lang, "～", "~")),
    }
}

/// The word for a shape.
pub(super) fn shape(shape: Shape, lang: Lang) -> &'static str {
    words(LegendKey::Shape(shape), lang)
}

fn pick(lang: Lang, ja: &'static str, en: &'static str) -> &'static str {
    match lang {
        Lang::Ja => ja,
        Lang::En => en,
    }
}

fn words(key: LegendKey, lang: Lang) -> &'static str {
    let (ja, en) = match key {
        LegendKey::Forbidden => ("禁止された経路（番号順）", "forbidden path, in this order"),
        LegendKey::Possible => ("あり得る経路（番号順）", "possible path, in this order"),
        LegendKey::OnPath => ("経路上にあるもの", "on the path shown"),
        LegendKey::Count => ("同種の数", "how many alike"),
        LegendKey::ChangedLine(mark) => match mark {
            Mark::Added => ("＋ 新たに渡る・開ける", "+ crosses or opens now"),
            Mark::Removed => ("− もう渡らない・開けない", "− no longer crosses or opens"),
            _ => ("～ 渡るものが変わった", "~ something else crosses"),
        },
        LegendKey::ChangedThing(emphasis) => match emphasis {
            Emphasis::Added => ("＋ 新しい機器", "+ new machine"),
            Emphasis::Removed => ("− なくなった機器", "− machine that is gone"),
            _ => ("～ 変わった機器", "~ machine that changed"),
        },
        LegendKey::Line(line) => match line {
            Line::Cable => ("回線・配線", "cable or line"),
            Line::Session => ("通信（接続を開く向き）", "session, as it is opened"),
            Line::Screen => ("画面転送", "screen transfer"),
            Line::Sanitised => ("無害化したファイル", "sanitised files"),
            Line::RawFile => ("無害化していないファイル", "files as they are"),
            Line::Text => ("テキストのみ", "text only"),
            Line::Control => ("管理・制御・保守", "administration and control"),
            Line::Media => ("媒体による持ち運び", "carried by hand"),
        },
        LegendKey::Shape(shape) => match shape {
            Shape::Terminal => ("端末", "terminal"),
            Shape::Server => ("サーバ", "server"),
            Shape::Desktop => ("仮想デスクトップ", "virtual desktop"),
            Shape::Store => ("ファイル・データの置き場", "store of files or data"),
            Shape::Printer => ("プリンタ・複合機", "printer"),
            Shape::Cloud => ("クラウドサービス", "cloud service"),
            Shape::Internet => ("インターネット", "the Internet"),
            Shape::Firewall => ("ファイアウォール", "firewall"),
            Shape::Router => ("ルータ・スイッチ", "router or switch"),
            Shape::Diode => ("一方向装置（ダイオード）", "data diode"),
            Shape::ScreenGateway => ("画面転送の接続点", "screen gateway"),
            Shape::Sanitiser => ("ファイル無害化", "file sanitiser"),
            Shape::MailConverter => ("メールテキスト化", "mail to text"),
            Shape::Proxy => ("プロキシ", "proxy"),
            Shape::Relay => ("中継サーバ", "relay"),
            Shape::Transfer => ("ファイル授受", "file transfer"),
            Shape::Medium => ("電磁的記録媒体（USB等）", "removable medium"),
            Shape::Hypervisor => ("仮想化基盤", "hypervisor"),
            Shape::Person => ("人", "person"),
            Shape::Network => ("ネットワーク（中のすべての機器）", "network (everything on it)"),
            Shape::Other => ("その他", "other"),
        },
    };
    pick(lang, ja, en)
}
