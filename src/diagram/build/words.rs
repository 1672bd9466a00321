//! The words of a picture in both languages: layers, kinds, carriers, checks, counts.
//!
//! Only words: what is drawn is decided elsewhere.

use crate::diagnostic::Lang;
use crate::diagram::kinds::{Line, Shape};
use crate::model::{Carrier, Edition, FaceId, Kind, Layer, Lens, Model, Question, SeparationModel};

/// One of two words.
pub(super) fn pick(lang: Lang, ja: &'static str, en: &'static str) -> &'static str {
    match lang {
        Lang::Ja => ja,
        Lang::En => en,
    }
}

/// The layer of a segment.
pub(super) fn layer(layer: Layer, lang: Lang) -> &'static str {
    let (ja, en) = match layer {
        Layer::MyNumber => ("マイナンバー利用事務系", "My Number segment"),
        Layer::GovCloud => ("ガバメントクラウド", "Government Cloud"),
        Layer::NationalNet => ("国の閉域網", "national closed network"),
        Layer::Lgwan => ("LGWAN接続系", "LGWAN segment"),
        Layer::LgwanBackbone => ("総合行政ネットワーク", "LGWAN backbone"),
        Layer::OwnInternal => ("独自内部ネットワーク", "own internal network"),
        Layer::Internet => ("インターネット接続系", "Internet segment"),
        Layer::SecurityCloud => ("自治体情報セキュリティクラウド", "security cloud"),
        Layer::Management => ("管理ネットワーク", "management network"),
        Layer::Saas => ("特定クラウドサービス", "specified cloud service"),
        Layer::Remote => ("庁外端末", "remote terminals"),
        Layer::Vendor => ("ベンダー保守拠点", "vendor site"),
        Layer::Education => ("教育系ネットワーク", "education network"),
        Layer::Outside => ("外部", "outside"),
    };
    pick(lang, ja, en)
}

/// The outline of a kind, and the word to write under the name where the outline does not say it.
pub(super) fn shape(kind: Kind, lang: Lang) -> (Shape, Option<&'static str>) {
    let more = |ja, en| Some(pick(lang, ja, en));
    match kind {
        Kind::Terminal => (Shape::Terminal, None),
        Kind::Desktop => (Shape::Desktop, None),
        Kind::Server => (Shape::Server, None),
        Kind::Nas | Kind::ObjectStore => (Shape::Store, None),
        Kind::Printer => (Shape::Printer, None),
        Kind::CloudService => (Shape::Cloud, None),
        Kind::Directory => (Shape::Server, more("認証基盤（ディレクトリ）", "directory")),
        Kind::Hypervisor => (Shape::Hypervisor, None),
        Kind::Manager => (Shape::Server, more("管理サーバ", "management server")),
        Kind::Backup => (Shape::Store, more("バックアップ", "backup")),
        Kind::Internet => (Shape::Internet, None),
        Kind::Firewall => (Shape::Firewall, None),
        Kind::SecurityCloud => (Shape::Firewall, more("セキュリティクラウド", "security cloud")),
        Kind::Router | Kind::L3Switch => (Shape::Router, None),
        Kind::Switch => (Shape::Router, more("L2スイッチ", "switch")),
        Kind::Diode => (Shape::Diode, None),
        Kind::VpnGateway => (Shape::Router, more("VPN装置", "VPN gateway")),
        Kind::Breakout => (Shape::Firewall, more("ローカルブレイクアウト", "local breakout")),
        Kind::Line => (Shape::Router, more("回線", "line")),
        Kind::ScreenGateway => (Shape::ScreenGateway, None),
        Kind::RemoteBrowser => (Shape::ScreenGateway, more("ブラウザ分離", "remote browser")),
        Kind::Sanitiser => (Shape::Sanitiser, None),
        Kind::Inspector => (Shape::Relay, more("検査のみ（無害化なし）", "inspection only")),
        Kind::MailConverter => (Shape::MailConverter, None),
        Kind::MailRelay => (Shape::Relay, more("メール中継", "mail relay")),
        Kind::Proxy => (Shape::Proxy, None),
        Kind::Resolver => (Shape::Relay, more("名前解決", "resolver")),
        Kind::Relay => (Shape::Relay, None),
        Kind::Transfer => (Shape::Transfer, None),
        Kind::Kiosk => (Shape::Sanitiser, more("媒体の無害化", "cleans media")),
        Kind::FileShare => (Shape::Store, more("共有フォルダ", "file share")),
        Kind::Medium => (Shape::Medium, None),
        Kind::Kvm => (Shape::Other, more("KVM切替器", "KVM switch")),
        Kind::Mediator => (Shape::Other, more("仲介装置", "mediator")),
    }
}

/// The name of a kind, for a box that stands for many.
pub(super) fn kind(kind: Kind, lang: Lang) -> &'static str {
    let (shape, more) = shape(kind, lang);
    match (kind, more) {
        (Kind::L3Switch, _) => pick(lang, "L3スイッチ", "L3 switch"),
        (_, Some(word)) => word,
        (_, None) => crate::diagram::legend::shape(shape, lang),
    }
}

/// What passes along a line.
pub(super) fn carrier(carrier: Carrier, lang: Lang) -> &'static str {
    let (ja, en) = match carrier {
        Carrier::Own => ("制御", "control"),
        Carrier::Req => ("要求", "request"),
        Carrier::Rsp => ("応答", "response"),
        Carrier::Scr => ("画面", "screen"),
        Carrier::Key => ("操作", "keys"),
        Carrier::Raw => ("生ファイル", "raw file"),
        Carrier::Chk => ("検査済みファイル", "inspected file"),
        Carrier::San => ("無害化ファイル", "clean file"),
        Carrier::Txt => ("テキスト", "text"),
        Carrier::Ctl => ("管理操作", "administration"),
    };
    pick(lang, ja, en)
}

/// The style of a line for what passes along it.
pub(super) fn style(carrier: Carrier) -> Line {
    match carrier {
        Carrier::Req | Carrier::Rsp => Line::Session,
        Carrier::Scr | Carrier::Key => Line::Screen,
        Carrier::Raw | Carrier::Chk => Line::RawFile,
        Carrier::San => Line::Sanitised,
        Carrier::Txt => Line::Text,
        Carrier::Own | Carrier::Ctl => Line::Control,
    }
}

/// The declared model.
pub(super) fn declared(model: SeparationModel, lang: Lang) -> &'static str {
    let (ja, en) = match model {
        SeparationModel::Physical => ("物理分離", "physical separation"),
        SeparationModel::Alpha => ("αモデル", "α model"),
        SeparationModel::AlphaPrime => ("α′モデル", "α′ model"),
        SeparationModel::Beta => ("βモデル", "β model"),
        SeparationModel::BetaPrime => ("β′モデル", "β′ model"),
    };
    pick(lang, ja, en)
}

/// The edition of the guideline.
pub(super) fn edition(edition: Edition, lang: Lang) -> String {
    match lang {
        Lang::Ja => format!("ガイドライン{}", edition.name().ja),
        Lang::En => format!("guideline of {}", edition.name().en),
    }
}

/// What a check asks, with the labels of the drawing.
pub(super) fn question(model: &Model, question: &Question, lang: Lang) -> String {
    match question {
        Question::Matrix { from, to } => {
            let (from, to) = (&model.segments[*from].label, &model.segments[*to].label);
            format!("{} {from} → {to}", pick(lang, "許可のない通過", "unpermitted crossing"))
        }
        Question::Forbid { lens, from, to, .. } => {
            let word = match lens {
                Lens::Leak => pick(lang, "漏えい", "leak"),
                Lens::Attack | Lens::Direct => pick(lang, "攻撃", "attack"),
            };
            format!("{word} {} → {}", faces(model, from, lang), faces(model, to, lang))
        }
        Question::Require { from, to, carrier: k, .. } => {
            let word = pick(lang, "必要な流れ", "required flow");
            format!("{word} {} → {}（{}）", faces(model, from, lang), faces(model, to, lang), carrier(*k, lang))
        }
    }
}

/// Some faces in words: their segments if they are all of them, else the things.
fn faces(model: &Model, list: &[FaceId], lang: Lang) -> String {
    let mut segments: Vec<_> = list.iter().filter_map(|f| model.faces[*f].segment).collect();
    segments.sort_unstable();
    segments.dedup();
    let whole = !segments.is_empty() && segments.iter().all(|s| model.faces_of(*s).all(|f| list.contains(&f)));
    let mut names: Vec<&str> = if whole {
        segments.iter().map(|s| model.segments[*s].label.as_str()).collect()
    } else {
        list.iter().map(|f| model.node_of(*f).label.as_str()).collect()
    };
    names.dedup();
    let more = names.len() > 2;
    names.truncate(2);
    let mut text = names.join(pick(lang, "・", ", "));
    if more {
        text.push_str(pick(lang, "ほか", " and others"));
    }
    text
}
