//! The words of the comparison: models, questions, kinds of devices, and what it is not.

use crate::change::compare::{Depth, Goal};
use crate::diagnostic::Text;
use crate::model::{Kind, SeparationModel};

/// A model at the head of a column.
pub(super) fn model(model: SeparationModel) -> Text {
    let (ja, en) = match model {
        SeparationModel::Physical => ("物理分離", "physical"),
        SeparationModel::Alpha => ("α", "α"),
        SeparationModel::AlphaPrime => ("α′", "α′"),
        SeparationModel::Beta => ("β", "β"),
        SeparationModel::BetaPrime => ("β′", "β′"),
    };
    Text::new(ja, en)
}

pub(super) fn goal(goal: Goal) -> Text {
    let (ja, en) = match goal {
        Goal::Lgwan => ("外部からLGWAN接続系", "outside to LGWAN"),
        Goal::MyNumber => ("外部からマイナンバー", "outside to My Number"),
        Goal::Leak => ("マイナンバーの漏えい", "leak of My Number"),
    };
    Text::new(ja, en)
}

/// What stands in the way, in a cell.
pub(super) fn depth(depth: &Depth) -> Text {
    match depth {
        Depth::Open => Text::new("✗ 届く", "✗ reached"),
        Depth::Undecided => Text::new("? 未確定", "? undecided"),
        Depth::Exactly(n, _) => Text::new(format!("対策 {n}"), n.to_string()),
        Depth::AtLeast(n) => Text::new(format!("対策 {n} 以上"), format!("{n} or more")),
        Depth::Closed => Text::new("届かない", "never"),
        Depth::NotAsked => Text::new("-", "-"),
    }
}

/// A kind of device, for people.
pub(super) fn kind(kind: Kind) -> Text {
    let (ja, en) = match kind {
        Kind::Terminal => ("端末", "terminals"),
        Kind::Desktop => ("仮想デスクトップ", "virtual desktops"),
        Kind::Server => ("サーバ", "server"),
        Kind::CloudService => ("クラウドサービス", "cloud service"),
        Kind::Firewall | Kind::Router => ("通信機器", "network device"),
        Kind::SecurityCloud => ("セキュリティクラウド", "security cloud"),
        Kind::VpnGateway => ("リモートアクセス装置", "remote-access gateway"),
        Kind::Breakout => ("ローカルブレイクアウト装置", "local breakout"),
        Kind::Line => ("回線", "line"),
        Kind::ScreenGateway => ("画面転送装置", "screen gateway"),
        Kind::Sanitiser => ("ファイル無害化装置", "sanitiser"),
        Kind::MailConverter => ("メール無害化装置", "mail converter"),
        Kind::MailRelay => ("メール中継", "mail relay"),
        Kind::Proxy => ("プロキシ", "proxy"),
        Kind::Relay => ("更新の中継", "update relay"),
        Kind::Transfer => ("ファイル転送装置", "file transfer"),
        Kind::Kiosk => ("無害化端末", "cleaning station"),
        Kind::Medium => ("登録媒体", "registered medium"),
        _ => ("機器", "device"),
    };
    Text::new(ja, en)
}

/// What the comparison is, and is not.
pub(super) fn note() -> Text {
    Text::new(
        "この比較は、判断の材料を並べるものです。どのモデルにするかを決めるのは設計する人と団体です。合計点も順位もありません",
        "This comparison puts side by side what there is to consider. Which model to take is decided by the designer and the body; there is no total and no ranking",
    )
}

/// Where the parts come from.
pub(super) fn origins() -> [Text; 5] {
    [
        Text::new("検査と規則: 各図面の `sekisho check`", "checks and rules: `sekisho check` of each drawing"),
        Text::new("対策: 各図面の `sekisho gap`", "controls: `sekisho gap` of each drawing"),
        Text::new("作業と手順: 各図面の `sekisho tasks`", "tasks and steps: `sekisho tasks` of each drawing"),
        Text::new(
            "破られる対策の数: `sekisho check` の深さのうち、いちばん浅いもの",
            "controls that have to fail: the least of the depths that `sekisho check` gives",
        ),
        Text::new(
            "図面: `sekisho compare --write フォルダ` で五枚とも書き出せます",
            "drawings: `sekisho compare --write FOLDER` writes all five",
        ),
    ]
}
