//! What is shown says the set, and says it as people do.

use super::reading::{from_japanese, line};
use super::*;
use crate::packet::set::{Line, PacketSet};

fn read(space: &mut Space, text: &str) -> PacketSet {
    let (row, cuts) = line(text);
    let whole = space.of(&row.packets()).expect("small");
    let gone = space.of(&PacketBox { services: cuts, ..row.packets() }).expect("small");
    space.minus(whole, gone).expect("small")
}

fn name(face: FaceId) -> String {
    format!("face{}", face.index())
}

/// P-SET-6, P-SET-7: rows are the set, and their words, in both languages, read back, are the set.
#[test]
fn what_is_shown_is_the_set() {
    let (mut shown, mut with_except) = (0, 0);
    for s in 0..150 {
        let (mut seed, mut space) = (Seed::new(s), space());
        let count = 1 + seed.below(5);
        let lines: Vec<Line> =
            (0..count).map(|_| Line { permit: !one_in(&mut seed, 3), packets: some_box(&mut seed) }).collect();
        let set = space.first_match(&lines, one_in(&mut seed, 4)).expect("small");
        let context = seed.below(3) as u32;
        let set = space.in_context(set, context);
        let rows = space.rows(set, context).expect("small");
        assert_eq!(rows, space.rows(set, context).expect("small"));
        let boxes: Vec<PacketBox> = rows.iter().map(super::super::Row::packets).collect();
        assert_eq!(space.union(&boxes).expect("small"), set, "seed {s}");
        let mut said = [space.none(); 2];
        for row in &rows {
            let text = row.text(&space.everyone().clone(), name);
            shown += 1;
            with_except += usize::from(text.en.contains("except"));
            for (all, words) in said.iter_mut().zip([text.en.clone(), from_japanese(&text.ja)]) {
                let one = read(&mut space, &words);
                *all = space.or(*all, one).expect("small");
                assert!(space.is_subset(one, set).expect("small"), "seed {s}: {text:?}");
            }
        }
        assert_eq!(said, [set; 2], "seed {s}: {rows:#?}");
    }
    assert!(shown > 200 && with_except > 50, "{shown} {with_except}");
}

/// The words themselves.
#[test]
fn sets_are_shown_as_people_write_them() {
    let cases = [
        (&["any -> any"][..], "any -> any", "any -> any"),
        (&["any -> any tcp 80,443"], "any -> any tcp 80,443", "any -> any tcp 80・443"),
        (
            &["!10.1.3.7 -> any", "10.1.0.0/16 -> 10.2.0.1 tcp 80,443"],
            "10.1.0.0/16 except 10.1.3.7 -> 10.2.0.1 tcp 80,443",
            "10.1.0.0/16(10.1.3.7 を除く) -> 10.2.0.1 tcp 80・443",
        ),
        (
            &["!10.1.3.7, 10.1.4.0/24 -> any", "10.1.0.0/16 -> 10.2.0.1 udp 53"],
            "10.1.0.0/16 except (10.1.3.7, 10.1.4.0/24) -> 10.2.0.1 udp 53",
            "10.1.0.0/16(10.1.3.7、10.1.4.0/24 を除く) -> 10.2.0.1 udp 53",
        ),
        (&["!any -> any tcp 25", "any -> any"], "any -> any any except tcp 25", "any -> any any except tcp 25"),
        (&["!face3 -> any", "any -> face2"], "any except face3 -> face2", "any(face3 を除く) -> face2"),
        (&["::/0 -> any icmp echo-request"], "::/0 -> any icmp echo-request", "::/0 -> any icmp echo-request"),
        (&["face2 -> any icmp type 8,40-60"], "face2 -> any icmp type 8,40-60", "face2 -> any icmp type 8・40-60"),
        (&["10.0.0.1 -> 10.0.0.2 icmp"], "10.0.0.1 -> 10.0.0.2 icmp", "10.0.0.1 -> 10.0.0.2 icmp"),
        (
            &["10.0.0.5-10.0.0.77 -> any icmp echo-request + tcp from 1024-65535 to 22"],
            "10.0.0.5-10.0.0.77 -> any tcp from 1024-65535 to 22 + icmp echo-request",
            "10.0.0.5-10.0.0.77 -> any tcp from 1024-65535 to 22 + icmp echo-request",
        ),
        (
            &["any -> 10.0.0.1 proto 47", "any -> 10.0.0.1 tcp 1"],
            "any -> 10.0.0.1 tcp 1 + proto 47",
            "any -> 10.0.0.1 tcp 1 + proto 47",
        ),
    ];
    for (rules, en, ja) in cases {
        let mut space = space();
        let lines: Vec<Line> = rules
            .iter()
            .map(|rule| Line {
                permit: !rule.starts_with('!'),
                packets: line(rule.trim_start_matches('!')).0.packets(),
            })
            .collect();
        let set = space.first_match(&lines, false).expect("small");
        let everyone = space.everyone().clone();
        let rows = space.rows(set, 0).expect("small");
        let texts: Vec<_> = rows.iter().map(|r| r.text(&everyone, name)).collect();
        let (all_en, all_ja): (Vec<_>, Vec<_>) = texts.into_iter().map(|t| (t.en, t.ja)).unzip();
        assert_eq!((all_en.join("; "), all_ja.join("; ")), (en.to_owned(), ja.to_owned()), "{rules:?}");
    }
}
