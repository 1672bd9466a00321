//! The policy matrix as people read it: the table of pairs of layers and models, written down a second time.
//!
//! What each test catches:
//! * `every_cell_is_as_the_table_says`: a cell that appears, disappears or changes its kind;
//! * `every_condition_asks_for_its_label`: a kind that lost a label, an edition or a switch that its condition stands for;
//! * `every_page_shows_the_matrix`: a page that no longer says what the data says.
//!
//! It does not say how a cell becomes permits: the drawings in `tests/cases` and `models` do that.
//! `SEKISHO_BLESS=1` writes the pages anew.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use sekisho::diagnostic::{Lang, Text};
use sekisho::document::{MatrixKind, MatrixRow, matrix_kinds, matrix_rows};
use sekisho::model::rulebook::Mark;
use sekisho::model::{Carrier, Layer, Purpose, SeparationModel};

/// Short names of the layers.
const SHORT: [(&str, Layer); 13] = [
    ("MN", Layer::MyNumber),
    ("LG", Layer::Lgwan),
    ("IN", Layer::Internet),
    ("EXT", Layer::Outside),
    ("LGB", Layer::LgwanBackbone),
    ("GC", Layer::GovCloud),
    ("PSC", Layer::SecurityCloud),
    ("RT", Layer::Remote),
    ("SAAS", Layer::Saas),
    ("OWN", Layer::OwnInternal),
    ("VND", Layer::Vendor),
    ("EDU", Layer::Education),
    ("NAT", Layer::NationalNet),
];

/// The table: pair, then physical | α | α′ | β | β′. `x` is nothing, `=` is the cell to the left. In brackets the condition that
/// tells kinds of one name apart; its number is explained in the matrix. The first 56 rows are all pairs of the eight layers.
const TABLE: &str = "
MN LG    | x         | SPEC SCR[5]            | =                       | =                | =
MN IN    | x         | x                      | x                       | SCR[5in]         | =
MN EXT   | x         | x                      | x                       | x                | x
MN LGB   | SPEC      | =                      | =                       | =                | =
MN GC    | SPEC[lgwan] PKT[10] | =               | =                       | =                | =
MN PSC   | x         | x                      | x                       | x                | x
MN RT    | x         | SCR[5rt]               | =                       | =                | =
LG MN    | x         | SPEC UPD[14]           | =                       | =                | =
LG IN    | MEDIA[12] | FOUT[4]                | FOUT[4]                 | SCR[2] FOUT[4]   | SCR[2] FOUT[4] SPEC
LG EXT   | x         | MAILTXT[7] FOUT[7]     | x                       | x                | x
LG LGB   | PKT[8]    | =                      | =                       | =                | =
LG GC    | x         | x                      | x                       | x                | x
LG PSC   | x         | LOG[11] MAILTXT[3] FOUT[4] | LOG[11] LBO[6psc]   | LOG[11]          | LOG[11]
LG RT    | x         | SCR[9]                 | =                       | =                | =
IN MN    | x         | x                      | x                       | x                | x
IN LG    | MEDIA[3]  | MAILTXT[3] SCR[2] FSAN[3] FCHK[3] | =                    | MAILTXT[3] FSAN[3] FCHK[3] | =
IN EXT   | PKT[7]    | =                      | =                       | =                | =
IN LGB   | x         | x                      | x                       | x                | x
IN GC    | x         | x                      | x                       | x                | x
IN PSC   | PKT       | =                      | =                       | =                | =
IN RT    | SCR[9]    | =                      | =                       | SCR[9] PKT[9]    | =
EXT MN   | x         | x                      | x                       | x                | x
EXT LG   | x         | x                      | x                       | x                | x
EXT IN   | PKT[7]    | =                      | =                       | =                | =
EXT LGB  | x         | x                      | x                       | x                | x
EXT GC   | SPEC[13]  | =                      | =                       | =                | =
EXT PSC  | PKT       | =                      | =                       | =                | =
EXT RT   | PKT[15] PKT[sim] | =               | =                       | =                | =
LGB MN   | SPEC UPD[14] | =                   | =                       | =                | =
LGB LG   | PKT[8] UPD[14] LIC[14] | =         | =                       | =                | =
LGB IN   | x         | x                      | x                       | x                | x
LGB EXT  | x         | x                      | x                       | x                | x
LGB GC   | SPEC[10] SPEC[lgwan]  | =                      | =                       | =                | =
LGB PSC  | x         | x                      | x                       | x                | x
LGB RT   | SCR[9]    | =                      | =                       | =                | =
GC MN    | SPEC[lgwan] PKT[10] | =               | =                       | =                | =
GC LG    | x         | x                      | x                       | x                | x
GC IN    | x         | x                      | x                       | x                | x
GC EXT   | SPEC[13]  | =                      | =                       | =                | =
GC LGB   | SPEC      | =                      | =                       | =                | =
GC PSC   | x         | x                      | x                       | x                | x
GC RT    | x         | x                      | x                       | x                | x
PSC MN   | x         | x                      | x                       | x                | x
PSC LG   | x         | MAILTXT[3] FSAN[3] FCHK[3]     | MAILTXT[3] FSAN[3] FCHK[3] ANSWER[6psc] | MAILTXT[3] FSAN[3] FCHK[3] | =
PSC IN   | PKT       | =                      | =                       | =                | =
PSC EXT  | PKT       | =                      | =                       | =                | =
PSC LGB  | x         | x                      | x                       | x                | x
PSC GC   | x         | x                      | x                       | x                | x
PSC RT   | SCR[9] PKT[9] | =                  | =                       | =                | =
RT MN    | x         | x                      | x                       | x                | x
RT LG    | x         | KEYS[9]                | =                       | =                | =
RT IN    | KEYS[9]   | =                      | =                       | KEYS[9] PKT[9]   | =
RT EXT   | PKT[15] PKT[sim] | =               | =                       | =                | =
RT LGB   | KEYS[9]   | =                      | =                       | =                | =
RT GC    | x         | x                      | x                       | x                | x
RT PSC   | KEYS[9] PKT[9] | =                 | =                       | =                | =
LG SAAS  | x         | x                      | LBO[6]                  | x                | x
SAAS LG  | x         | x                      | ANSWER[6]               | x                | x
IN SAAS  | PKT[7]    | =                      | =                       | =                | =
SAAS IN  | PKT[7]    | =                      | =                       | =                | =
PSC SAAS | PKT       | =                      | =                       | =                | =
SAAS PSC | PKT       | =                      | =                       | =                | =
RT SAAS  | PKT[15] PKT[sim] | =               | =                       | =                | =
SAAS RT  | PKT[15] PKT[sim] | =               | =                       | =                | =
OWN MN   | x         | SPEC UPD[14]           | =                       | =                | =
MN OWN   | x         | SPEC SCR[5]            | =                       | =                | =
OWN LGB  | PKT[8]    | =                      | =                       | =                | =
LGB OWN  | PKT[8] UPD[14] LIC[14] | =         | =                       | =                | =
OWN IN   | FOUT[4]   | =                      | =                       | =                | =
IN OWN   | MAILTXT[3] SCR[2] FSAN[3] FCHK[3] | =      | =                       | =                | =
OWN LG   | FSAN[3] FCHK[3] SCR[2] SPEC | =            | =                       | =                | =
LG OWN   | FSAN[3] FCHK[3] SCR[2] SPEC | =            | =                       | =                | =
VND MN   | MGMT[10]  | =                      | =                       | =                | =
VND LG   | MGMT[10]  | =                      | =                       | =                | =
VND IN   | MGMT[10]  | =                      | =                       | =                | =
VND GC   | MGMT[10]  | =                      | =                       | =                | =
VND LGB  | MGMT[10]  | =                      | =                       | =                | =
VND PSC  | MGMT[10]  | =                      | =                       | =                | =
VND OWN  | MGMT[10]  | =                      | =                       | =                | =
VND NAT  | MGMT[10]  | =                      | =                       | =                | =
EDU IN   | PKT[7]    | =                      | =                       | =                | =
IN EDU   | PKT[7]    | =                      | =                       | =                | =
NAT MN   | SPEC      | =                      | =                       | =                | =
MN NAT   | SPEC      | =                      | =                       | =                | =
";

/// How the kinds of the matrix are written in the table.
const CODES: [(&str, &str); 33] = [
    ("PKT", "PKT"),
    ("PKT-PSC", "PKT[7]"),
    ("PKT-LGWAN", "PKT[8]"),
    ("PKT-LINE", "PKT[10]"),
    ("PKT-VPN", "PKT[9]"),
    ("PKT-VPN-PSC", "PKT[15]"),
    ("PKT-SIM-PSC", "PKT[sim]"),
    ("SPEC", "SPEC"),
    ("SPEC-LINE", "SPEC[10]"),
    ("SPEC-LGWAN", "SPEC[lgwan]"),
    ("SPEC-EXC", "SPEC[13]"),
    ("SCR", "SCR[2]"),
    ("SCR-RA", "SCR[9]"),
    ("KEYS-RA", "KEYS[9]"),
    ("MGMT", "MGMT[10]"),
    ("SCR-MN", "SCR[5]"),
    ("SCR-MN-IN", "SCR[5in]"),
    ("SCR-MN-RT", "SCR[5rt]"),
    ("MAILTXT", "MAILTXT[3]"),
    ("FSAN", "FSAN[3]"),
    ("FCHK", "FCHK[3]"),
    ("FOUT", "FOUT[4]"),
    ("MAILTXT-OUT", "MAILTXT[7]"),
    ("FOUT-OUT", "FOUT[7]"),
    ("MEDIA-IN", "MEDIA[3]"),
    ("MEDIA-OUT", "MEDIA[12]"),
    ("UPD", "UPD[14]"),
    ("LIC", "LIC[14]"),
    ("LOG", "LOG[11]"),
    ("LBO", "LBO[6]"),
    ("LBO-ANSWER", "ANSWER[6]"),
    ("LBO-PSC", "LBO[6psc]"),
    ("LBO-PSC-ANSWER", "ANSWER[6psc]"),
];

fn code(kind: &str) -> &'static str {
    CODES.iter().find(|(k, _)| *k == kind).unwrap_or_else(|| panic!("{kind} has no code")).1
}

fn short(layer: Layer) -> &'static str {
    SHORT.iter().find(|(_, l)| *l == layer).map_or("?", |(s, _)| s)
}

type Cell = (&'static str, &'static str, SeparationModel);

/// Every cell of the table that is written down here.
fn expected() -> BTreeMap<Cell, BTreeSet<&'static str>> {
    let mut cells = BTreeMap::new();
    for line in TABLE.lines().filter(|l| !l.is_empty()) {
        let mut parts = line.split('|');
        let pair: Vec<&str> = parts.next().unwrap_or_default().split_whitespace().collect();
        let [from, to] = pair[..] else { panic!("not a pair: {line}") };
        let mut left = BTreeSet::new();
        for model in SeparationModel::ALL {
            let words = parts.next().unwrap_or_else(|| panic!("a cell is missing: {line}")).trim();
            match words {
                "=" => {}
                "x" => left.clear(),
                _ => left = words.split_whitespace().collect(),
            }
            assert!(cells.insert((from, to, model), left.clone()).is_none(), "twice: {line}");
        }
        assert!(parts.next().is_none(), "too many cells: {line}");
    }
    cells
}

#[test]
fn every_cell_is_as_the_table_says() {
    let mut real: BTreeMap<Cell, BTreeSet<&str>> = BTreeMap::new();
    for row in matrix_rows() {
        for (model, kinds) in &row.cells {
            let codes = kinds.iter().map(|k| code(k)).collect();
            real.insert((short(row.from), short(row.to), *model), codes);
        }
    }
    let expected = expected();
    let cells: BTreeSet<&Cell> = real.keys().chain(expected.keys()).collect();
    let wrong: Vec<String> = cells
        .into_iter()
        .filter(|c| real.get(*c) != expected.get(*c))
        .map(|c| format!("{c:?}: table {:?}, matrix {:?}", expected.get(c), real.get(c)))
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn all_pairs_of_the_eight_layers_have_a_row() {
    let eight: Vec<Layer> = SHORT.iter().take(8).map(|(_, l)| *l).collect();
    let rows: BTreeSet<(Layer, Layer)> = matrix_rows().iter().map(|r| (r.from, r.to)).collect();
    for &from in &eight {
        for &to in eight.iter().filter(|&&to| to != from) {
            assert!(rows.contains(&(from, to)), "{} {}", short(from), short(to));
        }
    }
}

/// The labels that a condition of the table stands for.
fn labels(code: &str) -> &'static [&'static str] {
    match code {
        "PKT" | "SPEC" | "SPEC[13]" | "LOG[11]" => &[],
        "PKT[7]" => &["psc"],
        // The LGWAN is a closed network, so its firewall stands for the line.
        "PKT[8]" | "SPEC[lgwan]" => &["lgwan-fw"],
        "PKT[9]" => &["mfa", "vpn"],
        "PKT[10]" | "SPEC[10]" => &["dedicated"],
        "PKT[15]" => &["psc", "vpn"],
        "PKT[sim]" => &["dedicated", "psc"],
        "SCR[2]" => &["screen"],
        "SCR[5]" | "SCR[5in]" | "SCR[5rt]" | "SCR[9]" | "KEYS[9]" => &["mfa", "screen"],
        "MGMT[10]" => &["dedicated", "screen"],
        "MAILTXT[3]" => &["mailconv"],
        "MAILTXT[7]" => &["mailconv", "mailrelay", "psc"],
        "FSAN[3]" | "FCHK[3]" => &["cdr"],
        "FOUT[4]" => &["fout"],
        "FOUT[7]" => &["fout", "mailrelay", "psc"],
        "MEDIA[3]" => &["cdr", "registered-media"],
        "MEDIA[12]" => &["kiosk", "registered-media"],
        "UPD[14]" => &["relay", "update"],
        "LIC[14]" => &["licence", "relay"],
        "LBO[6]" | "ANSWER[6]" => &["lbo"],
        "LBO[6psc]" | "ANSWER[6psc]" => &["lbo", "psc"],
        other => panic!("{other} has no labels"),
    }
}

#[test]
fn every_condition_asks_for_its_label() {
    for kind in matrix_kinds() {
        let code = code(kind.name);
        let via: BTreeSet<&str> = kind.via.iter().map(String::as_str).collect();
        assert_eq!(via, labels(code).iter().copied().collect(), "{}", kind.name);
        let since = kind.since.map(|e| e.to_string());
        let (edition, switch) = match kind.name {
            "SCR-MN" => (Some("R7_3"), Some("mn_screen")),
            "SCR-MN-IN" => (Some("R7_3"), Some("mn_screen_in")),
            "SCR-MN-RT" => (Some("R7_3"), Some("mn_screen_rt")),
            "FCHK" => (None, Some("accept_inspection")),
            "SPEC-EXC" => (Some("R5_3"), None),
            name if name.starts_with("LBO") => (Some("R6_10"), None),
            _ => (None, None),
        };
        assert_eq!((since.as_deref(), kind.switch), (edition, switch), "{}", kind.name);
        let admits = kind.communication.as_ref().map(|c| (c.spec, c.one_way, c.purposes.as_slice()));
        let wanted: Option<(bool, bool, &[Purpose])> = match code {
            "SPEC" | "SPEC[10]" | "SPEC[lgwan]" => Some((true, false, &[])),
            "SPEC[13]" => Some((true, false, &[Purpose::Update, Purpose::Licence, Purpose::Management])),
            "LOG[11]" => Some((false, true, &[Purpose::Log])),
            _ => None,
        };
        assert_eq!(admits, wanted, "{}", kind.name);
    }
}

#[test]
fn no_kind_lets_through_more_than_its_name() {
    use Carrier::{Chk, Key, Raw, Req, Rsp, San, Scr, Txt};
    let whole = [Req, Raw, Chk, San, Txt, Scr, Key];
    for kind in matrix_kinds() {
        let (carries, back): (&[Carrier], &[Carrier]) = match code(kind.name).split('[').next().unwrap_or_default() {
            "PKT" => (&whole, &[Rsp]),
            "SPEC" | "LOG" => (&[], &[]),
            "SCR" if kind.name == "SCR-RA" => (&[Scr], &[]),
            "SCR" => (&[Scr], &[Key]),
            "KEYS" => (&[Key], &[]),
            "MGMT" => (&[Key], &[Scr]),
            "MAILTXT" => (&[Txt], &[]),
            "FCHK" => (&[Chk], &[]),
            "FSAN" => (&[San], &[]),
            "FOUT" => (&[Raw, Chk, San], &[]),
            "MEDIA" if kind.name == "MEDIA-IN" => (&[San], &[]),
            "MEDIA" => (&[Chk, San], &[]),
            "UPD" | "LIC" => (&[Chk, Rsp], &[Req]),
            "LBO" => (&[Req, Raw, Chk, San, Txt], &[]),
            // What comes in by the breakout was inspected or sanitised.
            "ANSWER" => (&[Rsp, Chk, San], &[]),
            other => panic!("{other} is not known"),
        };
        assert_eq!((kind.carries.as_slice(), kind.back.as_slice()), (carries, back), "{}", kind.name);
    }
}

fn pick(lang: Lang, ja: &'static str, en: &'static str) -> &'static str {
    if lang == Lang::Ja { ja } else { en }
}

fn layer_name(layer: Layer) -> Text {
    let (ja, en) = match layer {
        Layer::MyNumber => ("マイナンバー利用事務系", "My Number segment"),
        Layer::GovCloud => ("ガバメントクラウド", "government cloud"),
        Layer::NationalNet => ("全国の閉域網(住基ネットなど)", "national closed networks"),
        Layer::Lgwan => ("LGWAN接続系", "LGWAN segment"),
        Layer::LgwanBackbone => ("LGWAN(総合行政ネットワーク)", "LGWAN backbone"),
        Layer::OwnInternal => ("独自内部ネットワーク", "own internal network"),
        Layer::Internet => ("インターネット接続系", "Internet segment"),
        Layer::SecurityCloud => ("セキュリティクラウド", "security cloud"),
        Layer::Saas => ("特定クラウドサービス", "named cloud service"),
        Layer::Remote => ("庁外端末", "remote terminal"),
        Layer::Vendor => ("ベンダー保守拠点", "vendor"),
        Layer::Education => ("教育系ネットワーク", "school network"),
        Layer::Outside => ("外部インターネット", "outside"),
        other => panic!("{} has no row", other.as_str()),
    };
    Text::new(ja, en)
}

/// How well a row is known, in words.
fn marks(list: &[Mark], lang: Lang) -> String {
    let word = |mark: &Mark| {
        let text = match mark {
            Mark::Source(n) => Text::new(format!("公開資料 {n}"), format!("public source {n}")),
            Mark::Survey(s) => {
                let (ja, en) = s.split_once(" / ").unwrap_or((s, s));
                Text::new(ja, en)
            }
            Mark::Recalled => Text::new("記憶による・未確認", "recalled, not confirmed"),
            Mark::Unsure => Text::new("不確か", "uncertain"),
            Mark::Design => Text::new("本ツールの判断", "this tool's own decision"),
        };
        text.get(lang).to_owned()
    };
    list.iter().map(word).collect::<Vec<_>>().join(pick(lang, "、", "; "))
}

fn carrier_word(carrier: Carrier, lang: Lang) -> &'static str {
    match carrier {
        Carrier::Req => pick(lang, "要求", "request"),
        Carrier::Rsp => pick(lang, "応答", "response"),
        Carrier::Scr => pick(lang, "画面", "screen pictures"),
        Carrier::Key => pick(lang, "キー操作", "keystrokes"),
        Carrier::Raw => pick(lang, "生のファイル", "raw file"),
        Carrier::Chk => pick(lang, "検査済みファイル", "inspected file"),
        Carrier::San => pick(lang, "無害化済みファイル", "sanitised file"),
        Carrier::Txt => pick(lang, "テキスト", "text"),
        Carrier::Own | Carrier::Ctl => pick(lang, "管理操作", "administration"),
    }
}

/// What a kind lets through.
fn lets_through(kind: &MatrixKind, lang: Lang) -> String {
    let comma = pick(lang, "、", ", ");
    let list = |carriers: &[Carrier]| carriers.iter().map(|c| carrier_word(*c, lang)).collect::<Vec<_>>().join(comma);
    let mut parts = Vec::new();
    if let Some(c) = &kind.communication {
        let mut words = pick(lang, "申告した通信の要求", "requests of a declared communication").to_owned();
        if !c.one_way {
            words += pick(lang, "と応答", " and their responses");
        }
        if c.spec {
            words += pick(lang, "(三つの限定と用途がそろうもの)", " (all three limits and a purpose)");
        }
        let purposes: Vec<String> = c.purposes.iter().map(|p| format!("`{p:?}`")).collect();
        if !purposes.is_empty() {
            let _ = write!(words, "{}{}", pick(lang, "。用途: ", "; purposes: "), purposes.join(comma));
        }
        parts.push(words);
    }
    if !kind.carries.is_empty() {
        parts.push(list(&kind.carries));
    }
    if !kind.back.is_empty() {
        parts.push(format!("{}{}", pick(lang, "逆向きに", "back: "), list(&kind.back)));
    }
    parts.join(pick(lang, "。", "; "))
}

fn kinds_table(page: &mut String, lang: Lang) {
    let head = pick(
        lang,
        "| 記号 | 渡りの種類 | 渡るもの | 通るべき[標識](format.ja.md#標識) | 版と切り替え |",
        "| code | kind of crossing | what crosses | [labels](format.md#labels) to pass | edition and switch |",
    );
    let _ = writeln!(page, "{head}\n|---|---|---|---|---|");
    for kind in matrix_kinds() {
        let via: Vec<String> = kind.via.iter().map(|v| format!("`{v}`")).collect();
        let since = kind.since.map(|e| format!("{}`{}`{}", pick(lang, "", "from "), e, pick(lang, " から", " on")));
        let when: Vec<String> = since.into_iter().chain(kind.switch.map(|s| format!("`{s}`"))).collect();
        let comma = pick(lang, "、", ", ");
        let through = lets_through(&kind, lang);
        let _ = writeln!(
            page,
            "| `{}` | {} | {through} | {} | {} |",
            kind.name,
            kind.text.get(lang),
            via.join(comma),
            when.join(comma)
        );
    }
}

fn rows_table(page: &mut String, rows: &[MatrixRow], lang: Lang) {
    let head = pick(
        lang,
        "| どこへ | 物理分離 | α | α′ | β | β′ | 条項 | 根拠 |",
        "| to | physical | α | α′ | β | β′ | clause | evidence |",
    );
    let mut last = None;
    for row in rows {
        if last != Some(row.from) {
            let from = layer_name(row.from);
            let _ = writeln!(
                page,
                "\n### {}{}\n\n{head}\n|---|---|---|---|---|---|---|---|",
                pick(lang, "", "From: "),
                match lang {
                    Lang::Ja => format!("{}から", from.ja),
                    Lang::En => from.en,
                }
            );
            last = Some(row.from);
        }
        let cell = |kinds: &Vec<&str>| match kinds[..] {
            [] => "✗".to_owned(),
            _ => kinds.iter().map(|k| format!("`{k}`")).collect::<Vec<_>>().join(" "),
        };
        let cells: Vec<String> = row.cells.values().map(cell).collect();
        let clause = if row.clause == "-" { "" } else { row.clause };
        let to = layer_name(row.to);
        let _ =
            writeln!(page, "| {} | {} | {clause} | {} |", to.get(lang), cells.join(" | "), marks(row.evidence, lang));
    }
}

const HEAD_JA: &str = "# 方針表

二つの層の間を何が渡ってよいかの表です。`model` を書いた図面は、この表で調べます。データは[方針表のファイル](../models/policies/matrix.ron)にあり、
このページはそこから作ったものです。English: [matrix.md](matrix.md)

条項の本文は、どの版も確認できていません。内容は公開資料と記憶に基づく要約であり、引用ではありません。根拠の欄を見て、最新のガイドライン
で確かめてください。公開資料の番号のアドレスは[典拠の一覧](../models/policies/sources.ron)にあります。

* 向きは、運ばれるものの向きです。通信一つは、要求と応答の二つの渡りです。
* ✗ は、どの渡りも認めないことを表します。表にない組も同じです。同じ層の中と、庁外どうし(外部インターネット、特定クラウドサービス、ベンダー保守拠点、
  教育系)は調べません。
* ガバメントクラウドは、マイナンバー利用事務系として扱う部分です。LGWAN接続系として扱うクラウドの領域は `Lgwan` の層に描きます。
* 物理分離のマイナンバー利用事務系と LGWAN接続系の間の媒体は、承認された例外としてだけ認め、表には入れません。
* 標識で見えない条件(全トンネル、端末の状態、操作の記録、住民情報を含まないことなど)は、規則が調べます。

## 渡りの種類

";

const HEAD_EN: &str = "# The policy matrix

What may cross between two layers. A drawing that states a `model` is checked against this table. The data is in the
[file of the matrix](../models/policies/matrix.ron); this page is made from it. 日本語: [matrix.ja.md](matrix.ja.md)

No edition's text of the clauses could be opened: contents are drawn from public pages or recalled, paraphrased and never
quoted. Mind the evidence and check the current guideline. The addresses of the numbered public sources are in the
[list of sources](../models/policies/sources.ron).

* The direction is that of what is carried. A session is two crossings, a request and a response.
* ✗ means that nothing may cross. The same holds for pairs that are not listed. Crossings within one layer and among outside
  parties (outside, named cloud services, vendors, school networks) are not judged.
* The government cloud is the part that is treated as My Number segment. A cloud area treated as LGWAN is drawn in layer `Lgwan`.
* Under physical separation, media between the My Number and LGWAN segments are approved exceptions only, so the table has none.
* Conditions that no label shows (full tunnel, posture, recorded sessions, no resident information, …) are asked by rules.

## Kinds of crossings

";

fn page(lang: Lang) -> String {
    let mut page = pick(lang, HEAD_JA, HEAD_EN).to_owned();
    kinds_table(&mut page, lang);
    page.push_str(pick(lang, "\n## 組ごとの渡り\n", "\n## Pair by pair\n"));
    // All rows of one layer stand together.
    let (mut rows, mut order) = (matrix_rows(), Vec::new());
    for row in &rows {
        if !order.contains(&row.from) {
            order.push(row.from);
        }
    }
    rows.sort_by_key(|r| order.iter().position(|l| *l == r.from));
    rows_table(&mut page, &rows, lang);
    page
}

#[test]
fn every_page_shows_the_matrix() {
    for (lang, file) in [(Lang::Ja, "docs/matrix.ja.md"), (Lang::En, "docs/matrix.md")] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
        if std::env::var_os("SEKISHO_BLESS").is_some() {
            std::fs::write(&path, page(lang)).expect("the page can be written");
        }
        let written = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(written == page(lang), "{file} does not show the matrix; SEKISHO_BLESS=1 writes it anew");
    }
}
