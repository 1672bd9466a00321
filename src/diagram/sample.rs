//! Pictures for the tests: a city of the β′ model with one forbidden path, a large one, and
//! one whose every text is hostile. They are drawings, not models: nothing is checked here.

use super::kinds::{Emphasis, Line, Mark, Shape};
use super::parts::{Cluster, Edge, Node};
use super::picture::{ClusterId, NodeId, Picture};
use crate::diagnostic::Lang;

/// Names that try to break out of DOT, XML, HTML and Mermaid, or out of their box.
pub(super) const NASTY: [&str; 26] = [
    "plain \"quoted\" 'name'",
    "x\"];evil[label=\"pwn",
    "\\\"];evil[label=\\\"pwn",
    "ends with a backslash\\",
    "\\N \\G \\E \\l \\r \\n \\\\",
    "<script>alert(1)</script>",
    "<b>not html</b>",
    "<<table><tr><td>html label</td></tr></table>>",
    "]]><svg onload=alert(1)>",
    "<!-- --><!DOCTYPE x [<!ENTITY e \"v\">]>",
    "&amp; &lt;evil&gt; &#34; &quot;",
    "two\nlines\r\nand three\u{2028}four",
    "NUL \0 BEL \u{7} ESC \u{1b}[31m DEL \u{7f}",
    "\u{202e}detrevni\u{202c} \u{2066}isolated\u{2069}",
    "مرحبا بالعالم עברית",
    "👩‍👩‍👧‍👦 🏛️ 🇯🇵 𠮷野家",
    "\u{FFFE}\u{FFFF}\u{1FFFE} noncharacters",
    "e\u{301}\u{301}\u{301}\u{301}\u{301} combining",
    "} subgraph cluster_x { evil2 -> evil3 }",
    "// comment # comment /* comment */",
    "--> n99 ; end ; subgraph x",
    "`**bold**` _it_ %%{init: {}}%% #quot; $$x$$",
    "",
    "   \t  ",
    "とても長い名前の個人番号利用事務系共通基盤統合宛名連携用ファイル授受兼無害化サーバ（本庁舎二階電算室ラック第十二番、予備機を含む）",
    "WWWWWWWWWWWWWWWWWWWWMMMMMMMMMMMMMMMMMMMM@@@@@@@@@@",
];

/// A city of the β′ model, 26 things in six zones, one forbidden path in six steps.
pub(super) fn city() -> Picture {
    let mut p = Picture::new(Lang::Ja, "β′モデルの市 ― 業務端末はインターネット接続系");
    p.subtitle(
        "判定：違反 1 件　外部インターネットから住民記録システムへ、無害化を通らないファイルの経路がある（6 段階）",
    );
    p.subtitle("規則：マイナンバー利用事務系への経路は特定通信に限る");
    let zone = |p: &mut Picture, name: &str, sub: &str, tone| p.cluster(Cluster::new(name, tone).sub_label(sub));
    let mn = zone(&mut p, "マイナンバー利用事務系", "MyNumber・住民情報", 0);
    let lg = zone(&mut p, "LGWAN接続系", "LGWAN", 1);
    let inet = zone(&mut p, "インターネット接続系", "業務端末・グループウェア", 2);
    let psc = zone(&mut p, "県セキュリティクラウド", "共同利用の出口", 3);
    let out = zone(&mut p, "外部", "インターネット・事業者", 4);
    let gov = zone(&mut p, "国・J-LIS", "閉域の外部接続先", 1);
    let core = p.cluster(Cluster::new("基幹系サーバ室", 0).within(mn));
    let desk = p.cluster(Cluster::new("窓口", 0).within(mn));
    let mut put = |cluster: ClusterId, shape, name: &str, sub: &str, count| {
        let mut node = Node::new(shape, name).within(cluster);
        if !sub.is_empty() {
            node = node.line(sub);
        }
        node.count = count;
        p.node(node)
    };
    let juki = put(core, Shape::Server, "住民記録システム", "10.1.0.10", None);
    let tax = put(core, Shape::Server, "税務システム", "10.1.0.11", None);
    let mnfs = put(core, Shape::Store, "基幹系ファイルサーバ", "10.1.0.20", None);
    let window = put(desk, Shape::Terminal, "窓口端末", "二要素認証", Some(120));
    let mfp = put(desk, Shape::Printer, "窓口複合機", "", Some(14));
    let mnfw = put(mn, Shape::Firewall, "基幹系FW", "三限定", None);
    let lgfw = put(lg, Shape::Firewall, "LGWAN接続FW", "", None);
    let vdi = put(lg, Shape::Desktop, "LGWAN仮想デスクトップ", "", Some(300));
    let broker = put(lg, Shape::ScreenGateway, "画面転送ゲートウェイ", "転送は画面のみ", None);
    let lgfs = put(lg, Shape::Store, "LGWANファイルサーバ", "", None);
    let mailt = put(lg, Shape::MailConverter, "メールテキスト化", "", None);
    let cdr = put(lg, Shape::Sanitiser, "ファイル無害化", "拡張子 42 種", None);
    let esx = put(lg, Shape::Hypervisor, "仮想化基盤", "", Some(4));
    let usb = put(lg, Shape::Medium, "登録済みUSBメモリ", "", Some(20));
    let gc = put(gov, Shape::Cloud, "ガバメントクラウド", "専用線", None);
    let lgwan = put(gov, Shape::Cloud, "LGWAN-ASP", "", None);
    let clerk = put(inet, Shape::Terminal, "職員端末", "EDR 導入済み", Some(800));
    let gw = put(inet, Shape::Server, "グループウェア", "", None);
    let nas = put(inet, Shape::Store, "庁内共有フォルダ", "10.3.0.5", None);
    let jump = put(inet, Shape::Relay, "保守用中継サーバ", "", None);
    let l3 = put(inet, Shape::Router, "コアL3スイッチ", "", Some(2));
    let proxy = put(psc, Shape::Proxy, "プロキシ", "TLS検査", None);
    let pscfw = put(psc, Shape::Firewall, "共同利用FW", "", None);
    let web = put(out, Shape::Internet, "インターネット", "", None);
    let saas = put(out, Shape::Cloud, "業務SaaS", "", None);
    let vendor = put(out, Shape::Person, "保守事業者", "", Some(3));
    for (node, emphasis) in [
        (web, Emphasis::Source),
        (clerk, Emphasis::OnPath),
        (nas, Emphasis::OnPath),
        (pscfw, Emphasis::OnPath),
        (usb, Emphasis::OnPath),
        (mnfs, Emphasis::OnPath),
        (juki, Emphasis::Target),
    ] {
        p.emphasise(node, emphasis);
    }
    let mut join = |a, b, line, label: &str, step| {
        let mut edge = Edge::new(a, b, line);
        if !label.is_empty() {
            edge = edge.label(label);
        }
        p.edge(match step {
            0 => edge,
            step => edge.forbidden(step),
        });
    };
    join(window, juki, Line::Session, "HTTPS", 0);
    join(window, tax, Line::Session, "HTTPS", 0);
    join(window, mfp, Line::Session, "印刷", 0);
    join(mnfs, juki, Line::RawFile, "夜間一括取込", 6);
    join(mnfw, juki, Line::Session, "特定通信", 0);
    join(gc, mnfw, Line::Session, "標準準拠システム", 0);
    join(lgfw, lgwan, Line::Session, "", 0);
    join(lgfw, vdi, Line::Cable, "", 0);
    join(vdi, lgfs, Line::Session, "SMB", 0);
    join(vdi, broker, Line::Screen, "", 0);
    join(broker, clerk, Line::Screen, "画面転送（LG→IN）", 0);
    join(cdr, lgfs, Line::Sanitised, "無害化済み", 0);
    join(nas, cdr, Line::RawFile, "受付フォルダ", 0);
    join(gw, mailt, Line::Text, "本文のみ", 0);
    join(esx, vdi, Line::Control, "", 0);
    join(jump, esx, Line::Control, "保守", 0);
    join(nas, usb, Line::Media, "検査なしの書出し", 4);
    join(usb, mnfs, Line::Media, "持込み", 5);
    join(clerk, nas, Line::RawFile, "SMB", 3);
    join(clerk, gw, Line::Session, "", 0);
    join(l3, clerk, Line::Cable, "", 0);
    join(l3, proxy, Line::Session, "443/tcp", 0);
    join(proxy, pscfw, Line::Session, "", 0);
    join(pscfw, saas, Line::Session, "", 0);
    join(web, pscfw, Line::RawFile, "メール添付", 1);
    join(pscfw, clerk, Line::RawFile, "添付を素通し", 2);
    join(vendor, jump, Line::Control, "RDP（VPN）", 0);
    p.edges[13].mark = Mark::Possible;
    p.edges[13].steps = vec![1];
    p
}

/// As many things and lines as wanted, in five zones.
pub(super) fn large(count: usize, lang: Lang) -> Picture {
    let mut p = Picture::new(lang, "large");
    let shapes = [Shape::Terminal, Shape::Server, Shape::Store, Shape::Firewall, Shape::Router];
    let zones: Vec<_> = (0..5).map(|t| p.cluster(Cluster::new(format!("zone {t}"), t))).collect();
    let net: Vec<_> =
        (0..10).map(|n| p.cluster(Cluster::new(format!("ネットワーク{n}"), 0).within(zones[n % 5]))).collect();
    let nodes: Vec<NodeId> =
        (0..count).map(|n| p.node(Node::new(shapes[n % 5], format!("機器{n}")).within(net[n % 10]))).collect();
    for n in 1..count {
        let near = nodes[(n * 7 + n / 3) % n];
        p.edge(Edge::new(nodes[n], near, Line::Session).label(format!("{n}/tcp")));
    }
    for step in 1..count.min(4) {
        p.edge(Edge::new(nodes[step - 1], nodes[step], Line::RawFile).forbidden(step as u32));
    }
    p
}

/// Every text of the picture is one of [`NASTY`].
pub(super) fn nasty(lang: Lang) -> Picture {
    let mut p = Picture::new(lang, NASTY.join(" "));
    NASTY.iter().for_each(|name| p.subtitle(*name));
    let mut last: Option<NodeId> = None;
    for (at, name) in NASTY.iter().enumerate() {
        let zone = p.cluster(Cluster::new(*name, at as u8 % 7).sub_label(*name));
        let inner = p.cluster(Cluster::new(*name, 0).within(zone));
        let mut node = Node::new(Shape::Server, *name).line(*name).note(*name).within(inner);
        node.shape = ALL_SHAPES[at % ALL_SHAPES.len()];
        node.count = Some(u64::MAX);
        let id = p.node(node);
        for line in ALL_LINES {
            p.edge(Edge::new(last.unwrap_or(id), id, line).label(*name).possible(at as u32));
        }
        last = Some(id);
    }
    p
}

pub(super) const ALL_SHAPES: [Shape; 21] = [
    Shape::Terminal,
    Shape::Server,
    Shape::Desktop,
    Shape::Store,
    Shape::Printer,
    Shape::Cloud,
    Shape::Internet,
    Shape::Firewall,
    Shape::Router,
    Shape::Diode,
    Shape::ScreenGateway,
    Shape::Sanitiser,
    Shape::MailConverter,
    Shape::Proxy,
    Shape::Relay,
    Shape::Transfer,
    Shape::Medium,
    Shape::Hypervisor,
    Shape::Person,
    Shape::Network,
    Shape::Other,
];

pub(super) const ALL_LINES: [Line; 8] =
    [Line::Cable, Line::Session, Line::Screen, Line::Sanitised, Line::RawFile, Line::Text, Line::Control, Line::Media];
