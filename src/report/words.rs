//! The words of the report: carriers, statuses, controls and assumptions as network designers say them.
//!
//! Both languages side by side, as tables and matches. Not here: sentences that name things of a drawing.

use super::DepthReport;
use crate::diagnostic::Text;
use crate::model::{Carrier, Lens, SeparationModel, Status};

/// A carrier, as people say it.
#[must_use]
pub fn carrier(carrier: Carrier) -> Text {
    carrier.name()
}

/// A carrier in a lens: what moves with `own` is control, or in a leak the information itself.
#[must_use]
pub(super) fn carried(lens: Lens, k: Carrier) -> Text {
    match (lens, k) {
        (Lens::Leak, Carrier::Own) => Text::new("情報そのもの", "the information itself"),
        (Lens::Direct, _) => k.crossing_name(),
        _ => carrier(k),
    }
}

/// A status, as people say it.
#[must_use]
pub fn status(status: Status) -> Text {
    let (ja, en) = match status {
        Status::Holds => ("守られている", "holds"),
        Status::Violated => ("違反", "violated"),
        Status::Undecided => ("未確定", "undecided"),
        Status::Vacuous => ("対象なし", "vacuous"),
    };
    Text::new(ja, en)
}

/// A separation model, as people say it.
#[must_use]
pub(super) fn separation(model: SeparationModel) -> Text {
    let (ja, en) = match model {
        SeparationModel::Physical => ("物理分離", "physical separation"),
        SeparationModel::Alpha => ("αモデル", "model α"),
        SeparationModel::AlphaPrime => ("α′モデル", "model α′"),
        SeparationModel::Beta => ("βモデル", "model β"),
        SeparationModel::BetaPrime => ("β′モデル", "model β′"),
    };
    Text::new(ja, en)
}

/// What a guard is, from its name: `edr@in-pc` is EDR on `in-pc`.
#[must_use]
pub(super) fn guard(name: &str) -> Text {
    let kind = name.split(['@', '(']).next().unwrap_or(name);
    let (ja, en) = match kind {
        "edr" => ("EDR", "EDR"),
        "cdr" => ("無害化", "sanitising"),
        "av" => ("ウイルス検査", "virus inspection"),
        "conv" => ("メールの変換", "mail conversion"),
        "isolation" => ("機器内部の隔離", "isolation inside the machine"),
        "vmiso" => ("仮想機器どうしの隔離", "isolation of virtual machines"),
        "bind" => ("アドレスの固定", "address binding"),
        "endorse" => ("受け側の検証", "validation by the receiver"),
        "declass" => ("「守る情報を含まない」という宣言", "the declaration that no protected data is sent"),
        "mfa" => ("多要素認証", "multi-factor authentication"),
        "verify" => ("署名の確認", "verification of signatures"),
        _ => ("対策", "the control"),
    };
    Text::new(format!("{ja}({name})"), format!("{en} ({name})"))
}

/// How many controls have to fail, in a sentence, and which sets if there are several.
#[must_use]
pub(super) fn depth(depth: &DepthReport) -> (Text, Vec<Text>) {
    let named = |set: &Vec<String>| {
        let list: Vec<Text> = set.iter().map(|g| guard(g)).collect();
        let join = |pick: fn(&Text) -> &str, and: &str| list.iter().map(pick).collect::<Vec<_>>().join(and);
        Text::new(join(|t| &t.ja, " と "), join(|t| &t.en, " and "))
    };
    match depth {
        DepthReport::None => {
            (Text::new("どの対策が破られても届かない", "not reached, whatever controls fail"), Vec::new())
        }
        DepthReport::AtLeast(n) => {
            let ja = format!("少なくとも {n} 個の対策が同時に破られないと届かない(探索を打ち切りました)");
            (Text::new(ja, format!("at least {n} controls have to fail together (the search was ended)")), Vec::new())
        }
        DepthReport::Exactly(n, sets) => match sets.as_slice() {
            [only] => {
                let only = named(only);
                let ja = format!("{} が破られると届く(深さ {n})", only.ja);
                (Text::new(ja, format!("reached if {} fails (depth {n})", only.en)), Vec::new())
            }
            _ => {
                let text = match n {
                    1 => Text::new("次のどれか一つが破られると届く(深さ 1)", "reached if one of these fails (depth 1)"),
                    _ => Text::new(
                        format!("次のどれか一組が同時に破られると届く(深さ {n})"),
                        format!("reached if all of one of these sets fail (depth {n})"),
                    ),
                };
                (text, sets.iter().map(named).collect())
            }
        },
    }
}

/// What earns a label, for the labels that the catalogue gives; the others are names of devices.
#[must_use]
pub(super) fn earned_by(label: &str) -> Option<Text> {
    let (ja, en) = match label {
        "screen" => ("画面転送(ScreenGateway、RemoteBrowser)", "screen transfer (ScreenGateway, RemoteBrowser)"),
        "cdr" => ("無害化(Sanitiser)", "a sanitiser (Sanitiser)"),
        "av" => ("ウイルス検査(Inspector)", "an inspector (Inspector)"),
        "mailconv" => ("メールの変換(MailConverter)", "mail conversion (MailConverter)"),
        "mailrelay" => ("メール中継(MailRelay)", "a mail relay (MailRelay)"),
        "proxy" => ("プロキシ(Proxy)", "a proxy (Proxy)"),
        "resolver" => ("名前解決の中継(Resolver)", "a resolver (Resolver)"),
        "relay" => ("目的を限った中継(Relay)", "a relay for one purpose (Relay)"),
        "update" | "licence" | "log" | "time" | "name" => ("その目的の中継(Relay)", "a relay for that purpose (Relay)"),
        "transfer" => ("ファイル持出し(Transfer)", "a transfer system (Transfer)"),
        "fout" => ("承認と記録のあるファイル持出し(Transfer、approval と log)", "a Transfer with approval and log"),
        "share" => ("ファイル共有(FileShare)", "a file share (FileShare)"),
        "media" => ("媒体での持ち運び(media、carry)", "a carried medium (media, carry)"),
        "registered-media" => {
            ("登録と暗号化のある媒体(registered と encrypted)", "a medium that is registered and encrypted")
        }
        "kiosk" => ("媒体の検査端末(Kiosk)", "a cleaning station (Kiosk)"),
        "psc" => ("セキュリティクラウド(SecurityCloud、part_of)", "the security cloud (SecurityCloud, part_of)"),
        "lgwan-fw" => ("LGWAN 接続ファイアウォール(LgwanFirewall)", "an LGWAN firewall (LgwanFirewall)"),
        "lbo" => ("tenants と default: Deny を書いた Breakout", "a Breakout with tenants and default: Deny"),
        "mfa" => ("多要素認証のある機器(mfa)", "a device with multi-factor authentication (mfa)"),
        "dedicated" => {
            ("専用線や閉域の回線(Line、Dedicated か ClosedMobile)", "a Line that is Dedicated or ClosedMobile")
        }
        "internet-line" => (
            "インターネットの回線(Line、Internet か InternetVpn)",
            "a Line over the Internet (Internet or InternetVpn)",
        ),
        "vpn" => ("VPN 装置(VpnGateway)", "a VPN gateway (VpnGateway)"),
        "diode" => ("一方向の機器(Diode)", "a diode (Diode)"),
        _ => return None,
    };
    Some(Text::new(ja, en))
}

/// One assumption under which every "holds" is true.
pub(super) struct Given {
    pub(super) id: &'static str,
    pub(super) ja: &'static str,
    pub(super) en: &'static str,
}

/// The assumptions of `docs/semantics.md`, section 5, in their order.
pub(super) const GIVENS: [Given; 8] = [
    Given {
        id: "A1",
        ja: "図面には、すべての回線、口、媒体、管理の関係が書かれている",
        en: "the drawing lists every link, interface, medium and administrative relation",
    },
    Given {
        id: "A2",
        ja: "通信機器は、書かれた規則、経路、変換のとおりに働く",
        en: "transit devices follow their rules, routes and translations as written",
    },
    Given {
        id: "A3",
        ja: "無害化や画面転送などの中継機器は、書かれたとおりに働く",
        en: "mediators (sanitisers, screen transfer and the like) do what is written",
    },
    Given {
        id: "A4",
        ja: "宣言された隔離とアドレスの固定は効いている",
        en: "declared isolation and address binding work",
    },
    Given {
        id: "A5",
        ja: "受け側の検証と「守る情報を含まない」という宣言は正しい",
        en: "declared endorsement and declassification are justified",
    },
    Given {
        id: "A6",
        ja: "電波や音での漏えいはなく、画面を見て打ち直す人もいない",
        en: "nothing radiates and nobody retypes what is on a screen",
    },
    Given {
        id: "A7",
        ja: "ネットワークをまたぐ送信元の詐称は、止められるか役に立たない",
        en: "spoofing across networks is stopped or useless",
    },
    Given {
        id: "A8",
        ja: "経路の指定がない所では、通る機器が最も少ない道を通る(必要な通信の検査だけに使う前提)",
        en: "where no routes are given, packets take the way through the fewest devices (used for required flows only)",
    },
];

/// What the program does not look at, whatever the drawing says.
pub(super) const NOT_LOOKED_AT: [(&str, &str); 3] = [
    ("起こりやすさ、時間、量", "how likely, how long, how much"),
    (
        "パスワードの強さ、個々のソフトの弱点(攻撃者に有利な側に倒して数える)",
        "the strength of passwords and flaws of single products (counted in the attacker's favour)",
    ),
    ("図面に書かれていない機器や回線", "devices and lines that the drawing does not show"),
];
