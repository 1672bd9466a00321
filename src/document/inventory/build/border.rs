//! Between LGWAN and the Internet segment: screen transfer, sanitiser, mail conversion, outgoing files; or media by hand.
//!
//! Which of them there are is decided by the tasks that are needed; how they are set up, by the controls of the inventory.

use super::super::{ServiceKind, Work};
use super::my_number::data;
use super::text::{controls, field, names};
use super::{Draft, Part};

/// File types that a sanitiser rebuilds or stops; typical ones, for the designer to go on with.
const TYPES: &str = "types: { \"docx\": Rebuild, \"xlsx\": Rebuild, \"pptx\": Rebuild, \"pdf\": Rebuild, \"jpg\": Rebuild, \
                     \"zip+password\": Block, \"mp4\": Block }, otherwise: Block";

pub(super) fn draw(d: &mut Draft<'_>) {
    if d.p.physical() {
        by_hand(d);
        return;
    }
    d.networks.push("\"dmz-lg\": (label: \"境界DMZ LGWAN側\"),".to_owned());
    d.networks.push("\"dmz-in\": (label: \"境界DMZ インターネット側\"),".to_owned());
    d.lg_fw.join("dmz-lg");
    d.in_fw.join("dmz-in");
    let inside = d.lgwan_side(&d.p.groups(Work::Internal));
    if inside.is_empty() {
        return;
    }
    screen(d);
    files(d, &inside);
    mail(d, &inside);
}

/// What a sanitiser does, as far as it is stated.
fn filter(d: &Draft<'_>) -> &'static str {
    match d.p.on("C-SAN") {
        Some(true) => TYPES,
        Some(false) => "otherwise: Pass",
        None => "",
    }
}

fn comma(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!(", {text}") }
}

/// Whether anything but screen and keystrokes passes, as far as it is stated.
pub(super) fn redirect(d: &Draft<'_>) -> &'static str {
    match d.p.on("C-SCR") {
        Some(true) => ", redirect: (others: Off)",
        Some(false) => ", redirect: (clipboard: Both, files: Both, others: Off)",
        None => "",
    }
}

fn screen(d: &mut Draft<'_>) {
    let p = d.p;
    let shows = |g: &usize| if p.outward() { p.lgwan_desktops(*g) } else { p.internet_desktops(*g) };
    let groups: Vec<usize> = p.groups(Work::Internal).into_iter().filter(|g| shows(g) > 0).collect();
    if groups.is_empty() {
        return;
    }
    let viewers = super::terminals(&groups);
    let redirect = redirect(d);
    if p.outward() {
        let desktops = d.lgwan_side(&groups);
        let mut clients = viewers;
        clients.extend(super::remote::terminal(p));
        let mfa = controls(&[(p.on("C-MFA-RA"), "Mfa")]);
        d.node(
            Part::Border,
            format!(
                "\"sgw\": ScreenGateway(viewer: \"dmz-in\", desktop: \"dmz-lg\", clients: {}, servers: {}, label: \"LGWAN画面転送\"{mfa}{redirect}),",
                names(&clients),
                names(&desktops)
            ),
        );
        d.in_fw.permit(&clients, &["sgw.viewer".to_owned()], "tcp 443", "LGWANの画面");
        d.lg_fw.permit(&["sgw.desktop".to_owned()], &desktops, "tcp 3389", "LGWANの画面");
    } else {
        let desktops = d.internet_side(&groups);
        d.node(
            Part::Border,
            format!(
                "\"sgw\": ScreenGateway(viewer: \"dmz-lg\", desktop: \"dmz-in\", clients: {}, servers: {}, label: \"インターネット画面転送\"{redirect}),",
                names(&viewers),
                names(&desktops)
            ),
        );
        d.lg_fw.permit(&viewers, &["sgw.viewer".to_owned()], "tcp 443", "Web閲覧の画面");
        d.in_fw.permit(&["sgw.desktop".to_owned()], &desktops, "tcp 3389", "Web閲覧の画面");
    }
}

fn files(d: &mut Draft<'_>, inside: &[String]) {
    let p = d.p;
    let outside = d.internet_side(&p.groups(Work::Internet));
    if outside.is_empty() {
        return;
    }
    let both: Vec<String> = inside.iter().chain(&outside).cloned().collect();
    if p.files_in() {
        d.node(
            Part::Border,
            format!(
                "\"cdr\": Sanitiser(from: \"dmz-in\", into: \"dmz-lg\", delivers: Pull, clients: {}, label: \"ファイル無害化\"{}),",
                names(&both),
                comma(filter(d))
            ),
        );
        d.lg_fw.permit(inside, &["cdr.into".to_owned()], "tcp 443", "ファイルの取り込み");
        d.in_fw.permit(&outside, &["cdr.from".to_owned()], "tcp 443", "ファイルの取り込み");
    }
    if p.files_out() {
        d.node(
            Part::Border,
            format!(
                "\"takeout\": Transfer(from: \"dmz-lg\", into: \"dmz-in\", approval: true, log: true, delivers: Pull, clients: {}, label: \"承認付き持ち出し\"),",
                names(&both)
            ),
        );
        d.lg_fw.permit(inside, &["takeout.from".to_owned()], "tcp 443", "承認付き持ち出し");
        d.in_fw.permit(&outside, &["takeout.into".to_owned()], "tcp 443", "承認付き持ち出し");
    }
}

/// What the mail service holds, as a field with a comma before it.
pub(super) fn mail_holds(d: &Draft<'_>) -> String {
    let services = d.p.i.services.iter().flatten();
    let holds = services.filter(|s| s.kind == ServiceKind::Mail).find_map(|s| s.holds.as_ref());
    field("holds", holds.map(|h| data(h)))
}

fn mail(d: &mut Draft<'_>, inside: &[String]) {
    let p = d.p;
    if !p.mail() || !p.needs(&["MailWithAttachment"]) {
        return;
    }
    let attachments = match p.on("C-MAILTXT") {
        Some(true) => ", attachments: Remove",
        Some(false) => ", attachments: Pass",
        None => "",
    };
    d.node(
        Part::Border,
        format!("\"mailconv\": MailConverter(from: \"dmz-in\", into: \"dmz-lg\", delivers: Push, clients: \"in-mail\", servers: \"lg-mail\", label: \"メール無害化\"{attachments}),"),
    );
    let (holds, controls) = (mail_holds(d), d.server_controls(None));
    d.node(
        Part::Lgwan,
        format!(
            "\"lg-mail\": Server(at: \"lg-srv\", label: \"LGWAN側のメール\"{holds}, business_system: false{controls}),"
        ),
    );
    d.in_fw.permit(&["in-mail".to_owned()], &["mailconv.from".to_owned()], "tcp 25", "届いたメール");
    d.lg_fw.permit(&["mailconv.into".to_owned()], &["lg-mail".to_owned()], "tcp 25", "届いたメール");
    d.lg_fw.permit(inside, &["lg-mail".to_owned()], "tcp 443", "メール");
}

/// Physical separation: files walk on registered media, through a station.
fn by_hand(d: &mut Draft<'_>) {
    let p = d.p;
    let (inside, outside) = (d.lgwan_side(&p.groups(Work::Internal)), d.internet_side(&p.groups(Work::Internet)));
    if inside.is_empty() || outside.is_empty() || !p.files_in() && !p.files_out() {
        return;
    }
    let filter = filter(d);
    d.node(Part::Border, format!("\"clean\": Kiosk(label: \"無害化ステーション\"{}),", comma(filter)));
    let encrypted = p.on("C-ENC") != Some(false);
    let way = |d: &mut Draft<'_>, medium: &str, label: &str, from: &[String], to: &[String], reason: &str| {
        d.media.push(format!(
            "\"{medium}\": (label: \"{label}\", registered: true, encrypted: {encrypted}, wiped: true),"
        ));
        for (a, b) in from.iter().flat_map(|a| to.iter().map(move |b| (a, b))) {
            d.carry.push(format!(
                "(from: \"{a}\", to: \"{b}\", medium: \"{medium}\", through: \"clean\", by: \"情報政策担当\", reason: \"{reason}\"),"
            ));
        }
    };
    if p.files_in() {
        way(d, "usb-in", "取り込み用USB", &outside, &inside, "ファイルの取り込み");
    }
    if p.files_out() {
        way(d, "usb-out", "持ち出し用USB", &inside, &outside, "承認を得た持ち出し");
    }
}
