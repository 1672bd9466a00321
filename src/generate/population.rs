//! Who is in a population: bodies with their model, habits, controls and numbers of machines, drawn from a survey.
//!
//! The weights are those of two surveys: one of 2021, answered by 168 bodies of at least 50,000 inhabitants (composition,
//! files, telework), and one of 2025 of all local governments (controls). They are **marginals only**: how the answers hang
//! together was not printed, so nothing is correlated here. What the surveys do not say, and what was assumed instead:
//!
//! * They do not reach bodies below 50,000 inhabitants. The answers of the larger ones are taken for them, too.
//! * β and β′ were one answer (4 bodies): half and half here. α′ did not exist in 2021: 10 of the α bodies are taken to
//!   have moved. Four bodies mixed α and physical separation: half and half. "Other" (3) and no answer (1) count as α.
//! * Telework had several answers per body (188 mentions and 2 without): here each body has one kind, drawn by mentions.
//! * Of files, one body gave no answer; it counts as sanitising.
//! * Limits on installing software have no place in a drawing and are left out.
//! * Numbers of employees by class are round figures, chosen so that the country has about 2.8 million. The staff of the
//!   prefectures is in them, since prefectures' own offices are not drawn.

use super::seed::Seed;
use super::template::Template;
use super::{Kind, Order, Refused};

/// An answer: the word it has here, and its weight.
pub type Answer = (&'static str, u32);

/// Class of a body: what people call it, its weight, and its typical staff.
///
/// The four larger classes share 546 bodies as 4, 6, 17 and 141 of 168 answered; 1,195 bodies are smaller. In quarters.
pub const CLASSES: [(&str, u32, u64); 5] = [
    ("特別区並み", 52, 6_000),
    ("政令指定都市並み", 78, 24_000),
    ("中核市並み", 221, 6_500),
    ("一般市並み", 1_833, 2_300),
    ("5万人未満", 4_780, 700),
];

/// The composition of the network, of 168.
pub const MODELS: [Answer; 5] = [("physical", 23), ("alpha", 131), ("alpha-prime", 10), ("beta", 2), ("beta-prime", 2)];

/// How files come into the LGWAN segment, of 168.
pub const FILES: [Answer; 4] = [("sanitised", 151), ("raw", 9), ("none", 3), ("other", 5)];

/// Telework by mentions, of 190.
pub const TELEWORK: [Answer; 4] = [("loaner", 76), ("byod", 48), ("own", 15), ("none", 51)];

/// Controls in place, of 1,000.
pub const CONTROLS: [Answer; 8] = [
    ("encryption", 250),
    ("log-review", 490),
    ("unknown-malware", 436),
    ("csirt", 775),
    ("drill", 443),
    ("vulnerability", 202),
    ("external-audit", 197),
    ("av-patterns", 845),
];

/// The most machines of one kind in a body: its range of addresses holds no more.
pub const MOST: u64 = 16_000;

/// The same of terminals of the My Number segment and of remote ones.
pub const MOST_SMALL: u64 = 4_000;

/// Prefectures: name, what people call it, how many municipalities it has. The numbers of special wards are in Tokyo's.
pub const PREFECTURES: [(&str, &str, u32); 47] = [
    ("hokkaido", "北海道", 179),
    ("aomori", "青森県", 40),
    ("iwate", "岩手県", 33),
    ("miyagi", "宮城県", 35),
    ("akita", "秋田県", 25),
    ("yamagata", "山形県", 35),
    ("fukushima", "福島県", 59),
    ("ibaraki", "茨城県", 44),
    ("tochigi", "栃木県", 25),
    ("gunma", "群馬県", 35),
    ("saitama", "埼玉県", 63),
    ("chiba", "千葉県", 54),
    ("tokyo", "東京都", 62),
    ("kanagawa", "神奈川県", 33),
    ("niigata", "新潟県", 30),
    ("toyama", "富山県", 15),
    ("ishikawa", "石川県", 19),
    ("fukui", "福井県", 17),
    ("yamanashi", "山梨県", 27),
    ("nagano", "長野県", 77),
    ("gifu", "岐阜県", 42),
    ("shizuoka", "静岡県", 35),
    ("aichi", "愛知県", 54),
    ("mie", "三重県", 29),
    ("shiga", "滋賀県", 19),
    ("kyoto", "京都府", 26),
    ("osaka", "大阪府", 43),
    ("hyogo", "兵庫県", 41),
    ("nara", "奈良県", 39),
    ("wakayama", "和歌山県", 30),
    ("tottori", "鳥取県", 19),
    ("shimane", "島根県", 19),
    ("okayama", "岡山県", 27),
    ("hiroshima", "広島県", 23),
    ("yamaguchi", "山口県", 19),
    ("tokushima", "徳島県", 24),
    ("kagawa", "香川県", 17),
    ("ehime", "愛媛県", 20),
    ("kochi", "高知県", 34),
    ("fukuoka", "福岡県", 60),
    ("saga", "佐賀県", 20),
    ("nagasaki", "長崎県", 21),
    ("kumamoto", "熊本県", 45),
    ("oita", "大分県", 18),
    ("miyazaki", "宮崎県", 26),
    ("kagoshima", "鹿児島県", 43),
    ("okinawa", "沖縄県", 41),
];

/// A combination of answers. Bodies of one shape differ in their place and addresses only.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Shape {
    /// Position in [`CLASSES`].
    pub class: usize,
    /// The template: a word of [`MODELS`].
    pub model: &'static str,
    /// A word of [`FILES`].
    pub files: &'static str,
    /// A word of [`TELEWORK`].
    pub telework: &'static str,
    /// For each of [`CONTROLS`], whether it is in place.
    pub controls: [bool; 8],
    /// The mistake of the template, or `none`.
    pub mistake: String,
    /// How many people work there.
    pub staff: u64,
}

/// How many machines a body has, by the parameters of its template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Machines {
    /// Main terminals.
    pub main: u64,
    /// Terminals or desktops on the other side of the split.
    pub other: u64,
    /// Terminals of the My Number segment.
    pub my_number: u64,
    /// Remote terminals.
    pub remote: u64,
}

impl Machines {
    /// Altogether.
    #[must_use]
    pub fn sum(self) -> u64 {
        self.main + self.other + self.my_number + self.remote
    }
}

impl Shape {
    /// Machines for its staff, in thousandths of what is usual: one main terminal per head, on the other side as many
    /// (α, α′), half (β), a third (physical) or a fifth (β′), a fifth for My Number work, a tenth for telework.
    #[must_use]
    pub fn machines(&self, thousandths: u64) -> Machines {
        let staff = self.staff.saturating_mul(thousandths) / 1_000;
        let per = |part: u64, most: u64| (staff / part).clamp(1, most);
        let other = match self.model {
            "physical" => 3,
            "beta" => 2,
            "beta-prime" => 5,
            _ => 1,
        };
        Machines {
            main: per(1, MOST),
            other: per(other, MOST),
            my_number: per(5, MOST_SMALL),
            remote: if self.telework == "none" { 0 } else { per(10, MOST_SMALL) },
        }
    }
}

/// A prefecture with its municipalities.
#[derive(Debug, Clone)]
pub struct Prefecture {
    /// Its name in the file.
    pub name: &'static str,
    /// What people call it.
    pub label: &'static str,
    /// Its number, from 1 to 47.
    pub number: u32,
    /// The shape of each municipality: a position in [`Population::shapes`].
    pub bodies: Vec<usize>,
}

/// Everything that was drawn.
#[derive(Debug, Clone)]
pub struct Population {
    /// The combinations.
    pub shapes: Vec<Shape>,
    /// Where they are.
    pub prefectures: Vec<Prefecture>,
    /// What [`Shape::machines`] is asked for.
    pub thousandths: u64,
}

impl Population {
    /// Draws what was ordered.
    ///
    /// # Errors
    /// If it is more than addresses can be given to.
    pub fn draw(order: &Order) -> Result<Self, Refused> {
        let places = places(order)?;
        let total: u32 = places.iter().map(|(.., n)| n).sum();
        let mut seed = Seed::new(order.seed);
        let wanted = order.shapes.unwrap_or(if order.kind == Kind::Country { 60 } else { total }).max(1);
        let shapes = shapes(&mut seed, wanted.min(total) as usize, order.mistakes);
        // Each shape is used as often as any other, in a drawn order.
        let mut given: Vec<usize> = (0..total as usize).map(|i| i % shapes.len()).collect();
        seed.shuffle(&mut given);
        let mut given = given.into_iter();
        let prefectures = places
            .into_iter()
            .map(|(name, label, number, n)| Prefecture {
                name,
                label,
                number,
                bodies: given.by_ref().take(n as usize).collect(),
            })
            .collect();
        let mut population = Self { shapes, prefectures, thousandths: 1_000 };
        if let Some(nodes) = order.nodes {
            population.thousandths = population.scale(nodes)?;
        }
        Ok(population)
    }

    /// How many bodies there are, without the prefectures.
    #[must_use]
    pub fn bodies(&self) -> usize {
        self.prefectures.iter().map(|p| p.bodies.len()).sum()
    }

    /// How many terminals and desktops there are.
    #[must_use]
    pub fn machines(&self) -> u64 {
        self.total(self.thousandths)
    }

    fn total(&self, thousandths: u64) -> u64 {
        let of: Vec<u64> = self.shapes.iter().map(|s| s.machines(thousandths).sum()).collect();
        self.prefectures.iter().flat_map(|p| &p.bodies).map(|shape| of[*shape]).sum()
    }

    /// The largest scale that does not give more machines than wanted.
    fn scale(&self, nodes: u64) -> Result<u64, Refused> {
        // Far beyond the point where every group is at its limit.
        let (mut low, mut high) = (0, 1_000_000);
        let most = self.total(high);
        if nodes > most {
            return Err(Refused::TooManyMachines { most });
        }
        while low < high {
            let middle = (low + high).div_ceil(2);
            if self.total(middle) <= nodes { low = middle } else { high = middle - 1 }
        }
        Ok(low)
    }
}

/// Name, label, number and how many municipalities, for every prefecture.
fn places(order: &Order) -> Result<Vec<(&'static str, &'static str, u32, u32)>, Refused> {
    // The addresses of a body are 10.n.0.0/16, and n is unique in its prefecture.
    const MOST_BODIES: u32 = 255;
    let one = |n: u32| vec![("prefecture", "架空の県", 1, n)];
    match (order.kind, order.bodies) {
        (_, Some(0)) => Err(Refused::NoBody),
        (Kind::Municipality, None | Some(1)) => Ok(one(1)),
        (Kind::Municipality, Some(_)) => Err(Refused::OneBody),
        (Kind::Prefecture, n) => match n.unwrap_or(43) {
            n if n > MOST_BODIES => Err(Refused::TooManyBodies { most: MOST_BODIES }),
            n => Ok(one(n)),
        },
        (Kind::Country, n) => {
            let all: u32 = PREFECTURES.iter().map(|(.., n)| n).sum();
            let wanted = n.unwrap_or(all);
            // The borders between the prefectures' shares are rounded, so that the shares add up.
            let mut before = 0_u64;
            let border = |upto: u64| upto * u64::from(wanted) / u64::from(all);
            let mut found = Vec::new();
            for (i, (name, label, real)) in PREFECTURES.into_iter().enumerate() {
                let after = before + u64::from(real);
                let share = u32::try_from(border(after) - border(before)).unwrap_or(u32::MAX);
                before = after;
                if share > MOST_BODIES {
                    return Err(Refused::TooManyBodies { most: all * MOST_BODIES / PREFECTURES[0].2 });
                }
                if share > 0 {
                    found.push((name, label, i as u32 + 1, share));
                }
            }
            Ok(found)
        }
    }
}

/// So many combinations. Each answer is spread over them evenly (a Latin hypercube), so that even a few dozen shapes keep
/// every weight of the tables as closely as whole shapes can; which answers meet in a shape is drawn.
fn shapes(seed: &mut Seed, count: usize, mistakes: u32) -> Vec<Shape> {
    let spread = |seed: &mut Seed| {
        let mut slots: Vec<u64> = (0..count as u64).collect();
        seed.shuffle(&mut slots);
        slots.into_iter().map(|slot| Quantile::new(seed, slot, count as u64)).collect::<Vec<_>>()
    };
    let [class, size, model, files, telework, is_wrong, which] = std::array::from_fn(|_| spread(seed));
    let controls: [Vec<Quantile>; 8] = std::array::from_fn(|_| spread(seed));
    (0..count)
        .map(|i| {
            let class = class[i].of(CLASSES.map(|(_, weight, _)| weight));
            let model = MODELS[model[i].of(MODELS.map(|(_, weight)| weight))].0;
            Shape {
                class,
                model,
                files: FILES[files[i].of(FILES.map(|(_, weight)| weight))].0,
                telework: TELEWORK[telework[i].of(TELEWORK.map(|(_, weight)| weight))].0,
                controls: std::array::from_fn(|c| controls[c][i].of([CONTROLS[c].1, 1_000 - CONTROLS[c].1]) == 0),
                mistake: match is_wrong[i].of([mistakes, 1_000_000_u32.saturating_sub(mistakes)]) {
                    0 => mistake_of(model, which[i]),
                    _ => "none".to_owned(),
                },
                // From six tenths to fourteen tenths of what is typical.
                staff: CLASSES[class].2 * (600 + size[i].below(801)) / 1_000,
            }
        })
        .collect()
}

/// One of the mistakes of a model's template.
fn mistake_of(model: &str, which: Quantile) -> String {
    let text = super::TEMPLATES.into_iter().find(|(name, _)| *name == model).map(|(_, text)| text);
    let variants = text.and_then(Template::read).map(|t| t.variants).unwrap_or_default();
    let table = variants.into_iter().find(|(name, _)| name == "mistake").map(|(_, table)| table).unwrap_or_default();
    let names: Vec<String> = table.into_iter().map(|(name, _)| name).filter(|name| name != "none").collect();
    names.get(which.below(names.len() as u64) as usize).cloned().unwrap_or_else(|| "none".to_owned())
}

/// A place between none and all, in parts of 2^32.
#[derive(Debug, Clone, Copy)]
struct Quantile(u64);

impl Quantile {
    /// Somewhere in one of so many equal slots.
    fn new(seed: &mut Seed, slot: u64, slots: u64) -> Self {
        Self(((slot << 32) + seed.below(1 << 32)) / slots)
    }

    /// The position in so many equal parts.
    fn below(self, parts: u64) -> u64 {
        (self.0 * parts) >> 32
    }

    /// The position in parts of these weights.
    fn of<const N: usize>(self, weights: [u32; N]) -> usize {
        let mut left = self.below(weights.iter().map(|w| u64::from(*w)).sum());
        for (i, weight) in weights.into_iter().enumerate() {
            match left.checked_sub(u64::from(weight)) {
                Some(rest) => left = rest,
                None => return i,
            }
        }
        0
    }
}
