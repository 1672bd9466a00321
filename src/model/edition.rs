//! Editions of the guideline, told by the month in which they appeared.
//!
//! Which editions exist is data (`models/policies/editions`); here they only have an order.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer};

use crate::diagnostic::Text;

/// An edition: the year and month of its code. `R7_3` is March of Reiwa 7 (2025); `R8` is the year alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Edition {
    year: u16,
    month: u8,
}

/// Heisei 1 is 1989, Reiwa 1 is 2019.
const HEISEI: u16 = 1988;
const REIWA: u16 = 2018;

impl Edition {
    /// The edition of a code such as `H30_9`, `R7_3` or `R8`.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        let (era, rest) = code.split_at_checked(1)?;
        let start = match era {
            "H" => HEISEI,
            "R" => REIWA,
            _ => return None,
        };
        let (year, month) = match rest.split_once('_') {
            Some((year, month)) => (year, Some(month)),
            None => (rest, None),
        };
        let number = |t: &str| (!t.starts_with('0')).then(|| t.parse::<u8>().ok())?;
        let year = number(year).filter(|y| (1..=99).contains(y))?;
        let month = match month {
            None => 0,
            Some(m) => number(m).filter(|m| (1..=12).contains(m))?,
        };
        Some(Self { year: start + u16::from(year), month })
    }

    /// What people call it: `令和7年3月版`, `March 2025`.
    #[must_use]
    pub fn name(self) -> Text {
        const MONTHS: [&str; 12] = [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ];
        let (era, year) = match self.year.checked_sub(REIWA) {
            Some(year) if year > 0 => ("令和", year),
            _ => ("平成", self.year - HEISEI),
        };
        match usize::from(self.month).checked_sub(1).and_then(|m| MONTHS.get(m)) {
            None => Text::new(format!("{era}{year}年版"), self.year.to_string()),
            Some(month) => Text::new(format!("{era}{year}年{}月版", self.month), format!("{month} {}", self.year)),
        }
    }
}

impl fmt::Display for Edition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Editions of the last Heisei months are told as Heisei; the guideline has none of 2019.
        let (era, start) = if self.year > REIWA { ('R', REIWA) } else { ('H', HEISEI) };
        write!(f, "{era}{}", self.year - start)?;
        if self.month > 0 { write!(f, "_{}", self.month) } else { Ok(()) }
    }
}

/// Reads the bare word of a code, such as `R7_3`.
struct Code;

impl<'de> de::DeserializeSeed<'de> for Code {
    type Value = Edition;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Edition, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl<'de> de::Visitor<'de> for Code {
    type Value = Edition;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the code of an edition, such as R7_3")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Edition, E> {
        Edition::parse(text).ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
    }

    fn visit_enum<A: de::EnumAccess<'de>>(self, access: A) -> Result<Edition, A::Error> {
        let (edition, rest) = access.variant_seed(Code)?;
        de::VariantAccess::unit_variant(rest)?;
        Ok(edition)
    }
}

impl<'de> Deserialize<'de> for Edition {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_enum("Edition", &[], Code)
    }
}

#[cfg(test)]
mod tests {
    use super::Edition;

    #[test]
    fn codes_are_read_and_written_back_in_their_order() {
        let codes = ["H27", "H30_9", "R2_12", "R4_3", "R5_3", "R6_10", "R7_3", "R8", "R10_4"];
        let editions: Vec<Edition> = codes.iter().map(|c| Edition::parse(c).expect(c)).collect();
        assert!(editions.is_sorted());
        for (code, edition) in codes.iter().zip(editions) {
            assert_eq!(*code, edition.to_string());
        }
        for bad in ["", "R", "R0", "R07_3", "R7_13", "R7_0", "T9", "R7_3x", "2025", "令和7年"] {
            assert_eq!(Edition::parse(bad), None, "{bad}");
        }
    }
}
