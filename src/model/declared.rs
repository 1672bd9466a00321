//! What a drawing declares beside its paths: data held, owners, settings of devices, measures, exceptions, groups.
//!
//! The rules of the guideline read this; the engines do not. What is not stated is `None`, never a silent no.

use serde::Deserialize;

use super::ids::{FaceId, NodeId, SegmentId};
use super::policy::{Permit, Purpose, SeparationModel};
use crate::source::Span;

/// A class of data that a machine holds, the most sensitive first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
pub enum Data {
    /// 個人番号を含む情報
    MyNumber,
    /// 住民情報
    Resident,
    /// 重要な情報資産(入札、職員情報など)
    Important,
    /// ふつうの庁内情報
    Ordinary,
    /// 公開情報
    Public,
}

/// Who answers for a device or a measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
pub enum Owner {
    /// 団体
    Body,
    /// 都道府県
    Prefecture,
    /// J-LIS
    Jlis,
    /// 事業者
    Vendor,
    /// 国
    State,
    /// 個人(私物)
    Personal,
}

/// What a filter does with files of one type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[allow(missing_docs, reason = "the words of the file format, explained in docs/format.md")]
pub enum TypeAction {
    Rebuild,
    Inspect,
    Block,
    Pass,
    PassAfterApproval,
}

/// Which way a redirection of a screen transfer is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the words of the file format, explained in docs/format.md")]
pub enum Redirection {
    Off,
    ToViewer,
    ToDesktop,
    Both,
}

/// The kinds of lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[allow(missing_docs, reason = "the words of the file format, explained in docs/format.md")]
pub enum LineKind {
    Dedicated,
    ClosedMobile,
    InternetVpn,
    Lgwan,
    Internet,
    Office,
}

/// How a wireless network lets clients in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
pub enum WirelessSecurity {
    /// WPA2/WPA3-Enterprise with an 802.1X server.
    Enterprise,
    /// One key for everybody.
    SharedKey,
    /// No key.
    Open,
}

/// Settings of a device that only its kind has.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Settings {
    /// Nothing of the kind.
    #[default]
    None,
    /// A sanitiser, inspector or kiosk: the type table, and what happens to other types.
    Filter {
        /// Type and action, own lines first.
        types: Vec<(String, TypeAction)>,
        /// What happens to all other types.
        otherwise: Option<TypeAction>,
    },
    /// A screen gateway or remote browser.
    Screen {
        /// Each redirection by its field name, as far as it is stated.
        redirect: Vec<(&'static str, Option<Redirection>)>,
        /// A remote browser that runs on the terminal itself.
        on_terminal: bool,
    },
    /// A breakout.
    Breakout {
        /// The tenants to which it restricts cloud services.
        tenants: Option<Vec<String>>,
    },
    /// A security cloud.
    SecurityCloud {
        /// The functions that it provides.
        functions: Option<Vec<String>>,
    },
    /// A line.
    Line(Option<LineKind>),
    /// A transfer.
    Transfer {
        /// Somebody approves.
        approval: Option<bool>,
        /// It is written down.
        log: Option<bool>,
    },
    /// A relay.
    Relay {
        /// For what.
        purpose: Option<Purpose>,
        /// Only signed content.
        verifies: bool,
    },
    /// A mail converter: `Some(true)` lets raw attachments pass.
    Mail {
        /// Attachments pass as they are.
        passes: Option<bool>,
    },
    /// A KVM switch.
    Kvm {
        /// It shares USB.
        usb: Option<bool>,
        /// What it connects. Sorted.
        connects: Vec<NodeId>,
    },
    /// A device of the designer's own: transforms of which it is not known whether it does them.
    Own {
        /// How many transforms are `unsure`.
        unsure: usize,
        /// Labels of the catalogue that it claims.
        claims: Vec<String>,
    },
}

/// What a node declares for the rules.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Declared {
    /// Whether `controls` was written at all: then what it does not list is not there.
    pub controls_stated: bool,
    /// The data it holds.
    pub holds: Option<Vec<Data>>,
    /// Who answers for it.
    pub owner: Option<Owner>,
    /// The terminal on which clerks work most.
    pub main_terminal: Option<bool>,
    /// A business system: documents, personnel, accounting and the like.
    pub business_system: Option<bool>,
    /// Settings of its kind.
    pub settings: Settings,
    /// What it controls as directory, hypervisor, manager or backup. Sorted.
    pub controls_nodes: Vec<NodeId>,
    /// Hypervisor: its guests are isolated from it.
    pub isolates_guests: bool,
}

/// A removable medium.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Medium {
    /// Its name, or none for an undeclared one.
    pub name: Option<String>,
    /// On the list of permitted devices.
    pub registered: bool,
    /// Its content is encrypted.
    pub encrypted: bool,
    /// Wiped between uses.
    pub wiped: bool,
    /// Where it was declared.
    pub span: Span,
}

/// Files carried by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carry {
    /// Faces from which. Sorted.
    pub from: Vec<FaceId>,
    /// Faces to which. Sorted.
    pub to: Vec<FaceId>,
    /// Position in [`Model::media`](super::Model::media).
    pub medium: usize,
    /// The station on the way.
    pub through: Option<NodeId>,
    /// Who carries or approves.
    pub by: Option<String>,
    /// Where it is written.
    pub span: Span,
}

/// A calendar day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: i32,
    month: u32,
    day: u32,
}

impl Date {
    /// The day of a text such as `2026-04-01`; `None` if there is no such day.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let mut number = |digits: usize| {
            let part = parts.next()?;
            (part.len() == digits && part.bytes().all(|b| b.is_ascii_digit())).then(|| part.parse::<u32>().ok())?
        };
        let (year, month, day) = (number(4)?, number(2)?, number(2)?);
        let date = Self { year: year as i32, month, day };
        (parts.next().is_none() && (1..=12).contains(&month) && day >= 1 && day <= days(year as i32, month))
            .then_some(date)
    }

    /// So many days after 1 January 1970 (civil calendar; Howard Hinnant's algorithm).
    #[must_use]
    pub fn from_days(days: i64) -> Self {
        let z = days + 719_468;
        let era = z.div_euclid(146_097);
        let doe = z.rem_euclid(146_097);
        let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
        let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
        let mp = (5 * doy + 2) / 153;
        let day = (doy - (153 * mp + 2) / 5 + 1) as u32;
        let month = if mp < 10 { mp + 3 } else { mp - 9 } as u32;
        let year = (yoe + era * 400 + i64::from(month <= 2)) as i32;
        Self { year, month, day }
    }

    /// How many days after 1 January 1970: the inverse of [`Date::from_days`].
    #[must_use]
    pub fn number(self) -> i64 {
        let y = i64::from(self.year) - i64::from(self.month <= 2);
        let era = y.div_euclid(400);
        let yoe = y.rem_euclid(400);
        let mp = (i64::from(self.month) + 9) % 12;
        let doy = (153 * mp + 2) / 5 + i64::from(self.day) - 1;
        let doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
        era * 146_097 + doe - 719_468
    }

    /// The day after.
    #[must_use]
    pub fn next(self) -> Self {
        if self.day < days(self.year, self.month) {
            return Self { day: self.day + 1, ..self };
        }
        let (year, month) = if self.month == 12 { (self.year + 1, 1) } else { (self.year, self.month + 1) };
        Self { year, month, day: 1 }
    }

    /// The same day so many months later, or the last day of that month.
    #[must_use]
    pub fn months_later(self, months: u32) -> Self {
        let total = i64::from(self.year) * 12 + i64::from(self.month) - 1 + i64::from(months);
        let (year, month) = (total.div_euclid(12) as i32, total.rem_euclid(12) as u32 + 1);
        Self { year, month, day: self.day.min(days(year, month)) }
    }
}

fn days(year: i32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

impl std::fmt::Display for Date {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// A measure of the whole body: an organisational control, or a technical one declared once for all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measure {
    /// The id of the control in the catalogue, such as `O-AUDIT`.
    pub control: String,
    /// Whether it is in place; not stated is an open question.
    pub in_place: Option<bool>,
    /// When it was last done.
    pub on: Option<Date>,
    /// Who answers for it.
    pub by: Option<Owner>,
    /// A note for readers.
    pub note: Option<String>,
    /// Where it is written.
    pub span: Span,
}

/// An approved deviation from a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exception {
    /// Its id in the register.
    pub id: String,
    /// The rule it deviates from; known to the rule book.
    pub rule: String,
    /// The nodes that it covers. Sorted. Empty with no segments: everything that the rule finds.
    pub nodes: Vec<NodeId>,
    /// The segments that it covers. Sorted.
    pub segments: Vec<SegmentId>,
    /// Whether a scope is written at all.
    pub scoped: bool,
    /// Who approved it.
    pub approver: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// The last day on which it counts.
    pub until: Option<Date>,
    /// What is done instead.
    pub compensating: Option<String>,
    /// Where it is written.
    pub span: Span,
}

/// Departments that follow a model of their own (mixed drawings).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// The label for people.
    pub label: String,
    /// The model that it follows.
    pub model: SeparationModel,
    /// Its nodes. Sorted.
    pub members: Vec<NodeId>,
    /// What the policy matrix of that model permits in this drawing.
    pub permits: Vec<Permit>,
    /// Where it is written.
    pub span: Span,
}

/// Decisions on uncertain points of the guideline; everything off is the conservative reading.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "each is one switch of the format")]
pub struct Switches {
    /// The My Number screen may be shown in the LGWAN segment.
    pub mn_screen: bool,
    /// … in the Internet segment (β, β′).
    pub mn_screen_in: bool,
    /// … on remote terminals.
    pub mn_screen_rt: bool,
    /// Inspection that confirms the absence of danger counts as sanitising.
    pub accept_inspection: bool,
    /// External confirmation and audit are asked of α′.
    pub audit_alpha_prime: bool,
    /// Log review of business systems is mandatory in β.
    pub beta_log_mandatory: bool,
    /// Vulnerability management is mandatory in β.
    pub beta_vuln_mandatory: bool,
    /// Access control per asset is mandatory in β.
    pub beta_acl_mandatory: bool,
    /// A cloud area treated as LGWAN needs a dedicated line.
    pub lg_cloud_line: bool,
    /// The collector may pull logs.
    pub log_pull_ok: bool,
    /// A declared breakout from the Internet segment around the security cloud is accepted.
    pub in_breakout: bool,
    /// Months after which an audit counts as old.
    pub audit_period_months: u32,
    /// Names of state-approved exchanges, besides the shipped ones.
    pub approved_external: Vec<String>,
    /// The services that an α′ body may reach; `None`: what the breakout's own rules list.
    pub lbo_allow: Option<Vec<String>>,
}

impl Default for Switches {
    fn default() -> Self {
        Self {
            mn_screen: false,
            mn_screen_in: false,
            mn_screen_rt: false,
            accept_inspection: false,
            audit_alpha_prime: true,
            beta_log_mandatory: false,
            beta_vuln_mandatory: false,
            beta_acl_mandatory: false,
            lg_cloud_line: true,
            log_pull_ok: false,
            in_breakout: false,
            audit_period_months: 12,
            approved_external: Vec::new(),
            lbo_allow: None,
        }
    }
}

impl Switches {
    /// The names of the on/off switches.
    pub const NAMES: [&str; 11] = [
        "mn_screen",
        "mn_screen_in",
        "mn_screen_rt",
        "accept_inspection",
        "audit_alpha_prime",
        "beta_log_mandatory",
        "beta_vuln_mandatory",
        "beta_acl_mandatory",
        "lg_cloud_line",
        "log_pull_ok",
        "in_breakout",
    ];

    /// The state of an on/off switch by its name in the format; `None` if there is no such switch.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<bool> {
        Some(match name {
            "mn_screen" => self.mn_screen,
            "mn_screen_in" => self.mn_screen_in,
            "mn_screen_rt" => self.mn_screen_rt,
            "accept_inspection" => self.accept_inspection,
            "audit_alpha_prime" => self.audit_alpha_prime,
            "beta_log_mandatory" => self.beta_log_mandatory,
            "beta_vuln_mandatory" => self.beta_vuln_mandatory,
            "beta_acl_mandatory" => self.beta_acl_mandatory,
            "lg_cloud_line" => self.lg_cloud_line,
            "log_pull_ok" => self.log_pull_ok,
            "in_breakout" => self.in_breakout,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Date;

    #[test]
    fn a_date_is_a_day_of_the_calendar() {
        for good in ["2026-04-01", "2024-02-29", "2000-02-29", "1999-12-31"] {
            assert_eq!(Date::parse(good).expect(good).to_string(), good);
        }
        for bad in
            ["2026-4-1", "2026-02-29", "1900-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "令和8年", "2026-04-01x"]
        {
            assert_eq!(Date::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn days_since_1970_and_dates_are_one_calendar() {
        assert_eq!(Date::from_days(0).to_string(), "1970-01-01");
        assert_eq!(Date::from_days(19_782).to_string(), "2024-02-29");
        assert_eq!(Date::from_days(20_544).to_string(), "2026-04-01");
        let mut last = Date::from_days(-1_000);
        for day in -999..40_000 {
            let next = Date::from_days(day);
            assert!(last.next() == next && Date::parse(&next.to_string()) == Some(next));
            last = next;
        }
    }

    #[test]
    fn months_end_where_the_month_ends() {
        let d = |t| Date::parse(t).expect(t);
        assert_eq!(d("2025-01-31").months_later(1), d("2025-02-28"));
        assert_eq!(d("2025-11-26").months_later(12), d("2026-11-26"));
        assert_eq!(d("2025-12-01").months_later(1), d("2026-01-01"));
    }
}
