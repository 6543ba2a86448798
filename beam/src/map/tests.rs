use std::collections::HashMap;

use num_bigint::BigInt;

use super::*;
use crate::hash::internal;
use crate::heap::Heap;
use crate::image::{ImageRef, Release};

struct World {
    heap: Heap,
    image: ImageRef,
}

impl World {
    fn new() -> World {
        World { heap: Heap::new(1000), image: ImageRef::new() }
    }
    fn put(&mut self, map: Term, key: Term, value: i64) -> Term {
        put(&mut self.heap, self.image.get(), map, key, Term::small(value))
    }
    fn build(&mut self, keys: impl IntoIterator<Item = Term>) -> Term {
        let mut pairs: Vec<_> = keys.into_iter().zip((1..).map(Term::small)).collect();
        from_pairs(&mut self.heap, self.image.get(), &mut pairs)
    }
    /// Key number `i` of a family.
    fn key(&mut self, family: &str, i: i64) -> Term {
        let heap = &mut self.heap;
        match family {
            "atom" => Term::atom(i as u32),
            "int" => Term::small(i * 7919 - 100_000),
            "big" => heap.bigint(&(BigInt::from(i - 20) << 70)),
            "bin" => heap.binary(format!("key-{i}").as_bytes()),
            "long" => {
                let part = [&[(i >> 8) as u8, i as u8], b"abcdefghij".as_slice()].concat();
                heap.binary(&part.repeat(4))
            }
            "tuple" => {
                let inner = heap.tuple(&[Term::small(-i)]);
                let binary = heap.binary(&[b'x', i as u8]);
                heap.tuple(&[Term::small(i), inner, binary])
            }
            "float" => heap.float(i as f64 * 1.5),
            _ => self.key(["int", "big", "bin", "long", "tuple", "float"][i as usize % 6], i),
        }
    }
}

fn order_sum(map: Term) -> i64 {
    iter(map).fold(0, |sum, (_, value)| (sum * 31 + value.as_small()) % 1_000_003)
}

/// The same shape, node by node.
fn same_shape(a: Term, b: Term) -> bool {
    let mut open = vec![(a, b)];
    while let Some((a, b)) = open.pop() {
        if a.header() != b.header() || a.is_cons() != b.is_cons() {
            return false;
        }
        if let (Some((ka, va)), Some((kb, vb))) = (a.cons(), b.cons()) {
            if !same(ka, kb) || va != vb {
                return false;
            }
        } else if a.is_kind(kind::FLATMAP) {
            let keys = flat::keys(a).iter().zip(flat::keys(b));
            if !keys.into_iter().all(|(a, b)| same(*a, *b)) || flat::values(a) != flat::values(b) {
                return false;
            }
        } else {
            if a.is_kind(kind::HAMT_ROOT) && len(a) != len(b) {
                return false;
            }
            open.extend(hamt::children(a).iter().copied().zip(hamt::children(b).iter().copied()));
        }
    }
    true
}

/// Sums over the iteration order of maps with the keys 1..=N of each family, as OTP 27 gives them.
#[test]
fn large_maps_iterate_in_the_order_of_otp() {
    let expected = [
        ("int", [469698, 789267, 643620]),
        ("big", [488304, 18962, 466423]),
        ("bin", [608733, 39517, 394776]),
        ("long", [752387, 904150, 978167]),
        ("tuple", [513831, 465711, 225570]),
        ("float", [338966, 762905, 497178]),
        ("mixed", [572788, 186340, 73737]),
    ];
    let mut world = World::new();
    for (family, sums) in expected {
        for (size, sum) in [33, 100, 3000].into_iter().zip(sums) {
            let keys: Vec<Term> = (1..=size).map(|i| world.key(family, i)).collect();
            let built = world.build(keys.iter().copied());
            assert_eq!((order_sum(built), len(built)), (sum, size as usize), "{family} {size}");
            let mut grown = empty(&mut world.heap);
            for (i, key) in keys.iter().enumerate() {
                grown = world.put(grown, *key, i as i64 + 1);
            }
            assert!(same_shape(built, grown), "{family} {size}");
        }
    }
}

/// A small generator of pseudo-random numbers (xorshift).
fn random(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}

#[test]
fn random_changes_agree_with_a_model_and_keep_the_shape() {
    let mut seed = 0x9e37_79b9_7f4a_7c15;
    for (family, range) in [("atom", 40), ("int", 45), ("mixed", 60), ("bin", 400), ("tuple", 2000), ("float", 20)] {
        let mut world = World::new();
        let mut model: HashMap<i64, i64> = HashMap::new();
        let mut map = empty(&mut world.heap);
        for step in 0..6000 {
            let number = (random(&mut seed) % range) as i64;
            let key = world.key(family, number);
            // Removals and insertions prevail in turn, so that sizes go up and down over the limit of flatmaps.
            let removing = random(&mut seed) % 10 < if step / 700 % 2 == 0 { 2 } else { 8 };
            if removing {
                let removed = remove(&mut world.heap, world.image.get(), map, key);
                assert_eq!(removed.is_some(), model.remove(&number).is_some());
                map = removed.unwrap_or(map);
            } else if step % 3 == 0 {
                let updated = update(&mut world.heap, map, key, Term::small(step));
                assert_eq!(updated.is_some(), model.contains_key(&number));
                map = updated.unwrap_or(map);
                model.entry(number).and_modify(|value| *value = step);
            } else {
                map = world.put(map, key, step);
                model.insert(number, step);
            }
            assert_eq!(len(map), model.len());
            assert_eq!(get(map, key).map(Term::as_small), model.get(&number).copied());
            assert_eq!(get_hashed(map, key, internal(key)), get(map, key));
            assert_eq!(map.is_kind(kind::FLATMAP), model.len() <= FLATMAP_MAX);
            if step % 50 == 0 {
                let mut pairs: Vec<_> =
                    model.iter().map(|(n, value)| (world.key(family, *n), Term::small(*value))).collect();
                let built = from_pairs(&mut world.heap, world.image.get(), &mut pairs);
                assert!(same_shape(built, map), "{family} after {step}");
            }
        }
    }
}

#[test]
fn merging_equals_putting_one_after_the_other() {
    let mut seed = 7;
    let mut world = World::new();
    for (family, left, right) in [
        ("atom", 5, 7),
        ("int", 20, 31),
        ("mixed", 30, 3),
        ("mixed", 500, 20),
        ("bin", 10, 300),
        ("tuple", 300, 2000),
        ("float", 900, 40),
        ("float", 0, 40),
        ("int", 40, 0),
    ] {
        let mut side = |world: &mut World, size: u64, value: i64| {
            let keys: Vec<Term> = (0..size).map(|_| world.key(family, (random(&mut seed) % 1000) as i64)).collect();
            let mut pairs: Vec<_> = keys.iter().map(|key| (*key, Term::small(value))).collect();
            from_pairs(&mut world.heap, world.image.get(), &mut pairs)
        };
        let (a, b) = (side(&mut world, left, 1), side(&mut world, right, 2));
        let merged = merge(&mut world.heap, world.image.get(), a, b);
        let expected = iter(b).fold(a, |map, (key, value)| put(&mut world.heap, world.image.get(), map, key, value));
        assert!(same_shape(merged, expected), "{family} {left} {right}");
        assert_eq!(merge(&mut world.heap, world.image.get(), merged, merged), merged);
    }
}

#[test]
fn of_equal_keys_the_later_pair_counts() {
    let mut world = World::new();
    for (family, range) in [("atom", 10), ("bin", 30), ("bin", 100)] {
        let keys: Vec<Term> = (0..500).map(|i| world.key(family, i % range)).collect();
        let map = world.build(keys);
        assert_eq!(len(map), range as usize);
        let mut values: Vec<i64> = iter(map).map(|(_, value)| value.as_small()).collect();
        values.sort_unstable();
        assert_eq!(values, (501 - range..=500).collect::<Vec<_>>());
    }
}

#[test]
fn instructions_put_many_pairs_at_once() {
    let mut world = World::new();
    let keys: Vec<Term> = (0..70).map(|i| world.key("mixed", i)).collect();
    let pairs: Vec<_> = keys.iter().map(|key| (*key, Term::small(1))).collect();
    for (before, count) in [(0, 3), (0, 32), (0, 33), (0, 70), (5, 2), (31, 1), (32, 1), (20, 30), (40, 3), (69, 1)] {
        let old = world.build(keys[..before].iter().copied());
        let new = put_assoc(&mut world.heap, world.image.get(), old, &pairs[before..(before + count).min(70)]);
        assert_eq!(len(new), (before + count).min(70));
        assert!(has_map_fields(new, &keys[..before]) && !is_map_key(new, Term::NIL));
        let mut values = [Term::NIL; 2];
        assert!(get_map_elements(new, &[keys[0], keys[before]], &mut values));
        assert_eq!(values[1], Term::small(1));
        assert!(!get_map_elements(new, &[keys[0], Term::NIL], &mut values));
        let same_keys = put_exact(&mut world.heap, new, &[(keys[0], Term::small(8)), (keys[before], Term::small(9))]);
        assert_eq!(same_keys.ok().and_then(|map| get(map, keys[before])), Some(Term::small(9)));
        let missing = put_exact(&mut world.heap, new, &[(keys[0], Term::NIL), (Term::NIL, Term::NIL)]);
        assert_eq!(missing, Err(Term::NIL));
    }
}

#[test]
fn small_maps_with_the_same_keys_share_them() {
    let mut world = World::new();
    let keys: Vec<Term> = (0..4).map(|i| world.key("atom", i)).collect();
    let map = world.build(keys.iter().copied());
    let other = world.put(map, keys[1], 7);
    assert_eq!(map.elements()[0], other.elements()[0]);
    assert_eq!(world.put(other, keys[1], 7), other);
    let third = with_keys(&mut world.heap, map.elements()[0], &[Term::NIL; 4]);
    assert_eq!(get(third, keys[3]), Some(Term::NIL));
    assert_eq!(merge(&mut world.heap, world.image.get(), map, third), third);
}

/// Binaries of 16 bytes whose 64-bit hashes are all the same, made by running the hash backwards.
mod collisions {
    const C1: u64 = 0x87c3_7b91_1142_53d5;
    const C2: u64 = 0x4cf5_ad43_2745_937f;

    fn inverse(odd: u64) -> u64 {
        (0..6).fold(odd, |x, _| x.wrapping_mul(2u64.wrapping_sub(odd.wrapping_mul(x))))
    }
    fn unmix(h: u64) -> u64 {
        let h = (h ^ h >> 33).wrapping_mul(inverse(0xc4ce_b9fe_1a85_ec53));
        let h = (h ^ h >> 33).wrapping_mul(inverse(0xff51_afd7_ed55_8ccd));
        h ^ h >> 33
    }
    fn alpha(a: u64, b: u64, x: u64) -> u64 {
        let a = a ^ x.wrapping_mul(C1).rotate_left(31).wrapping_mul(C2);
        a.rotate_left(27).wrapping_add(b).wrapping_mul(5).wrapping_add(0x52dc_e729)
    }
    fn beta(a: u64, b: u64, x: u64) -> u64 {
        let b = b ^ x.wrapping_mul(C2).rotate_left(33).wrapping_mul(C1);
        b.rotate_left(31).wrapping_add(a).wrapping_mul(5).wrapping_add(0x3849_5ab5)
    }

    /// The bytes that give a hash; every `free` gives other ones.
    pub(super) fn bytes(hash: u64, free: u64) -> Vec<u8> {
        let b3 = (hash ^ free).wrapping_sub(free);
        let (a2, b2) = (unmix(free.wrapping_sub(b3)), unmix(b3));
        let b1 = b2.wrapping_sub(a2);
        let (a, b) = (a2.wrapping_sub(b1) ^ 4, b1 ^ 4);
        let a0 = alpha(0, 0, 11);
        let b0 = beta(a0, 0, 128);
        let five = inverse(5);
        let before = a.wrapping_sub(0x52dc_e729).wrapping_mul(five).wrapping_sub(b0).rotate_right(27) ^ a0;
        let x = before.wrapping_mul(inverse(C2)).rotate_right(31).wrapping_mul(inverse(C1));
        let before = b.wrapping_sub(0x3849_5ab5).wrapping_mul(five).wrapping_sub(a).rotate_right(31) ^ b0;
        let y = before.wrapping_mul(inverse(C1)).rotate_right(33).wrapping_mul(inverse(C2));
        [x.to_le_bytes(), y.to_le_bytes()].concat()
    }
}

#[test]
fn keys_of_equal_hash_stay_apart() {
    let mut world = World::new();
    let hashes = [0x0123_4567_89ab_cdef, 0xf123_4567_89ab_cdef, 0x0123_4567_89ab_cdee];
    let keys: Vec<Term> = (0..60).map(|i| world.heap.binary(&collisions::bytes(hashes[i % 3], i as u64))).collect();
    for (i, key) in keys.iter().enumerate() {
        assert_eq!(internal(*key), hashes[i % 3]);
    }
    let built = world.build(keys.iter().copied());
    let mut map = empty(&mut world.heap);
    for (i, key) in keys.iter().enumerate() {
        map = world.put(map, *key, i as i64 + 1);
    }
    assert!(same_shape(built, map));
    let halves = [world.build(keys[..40].iter().copied()), world.build(keys[3..].iter().copied())];
    assert_eq!(len(merge(&mut world.heap, world.image.get(), halves[0], halves[1])), 60);
    for (i, key) in keys.iter().enumerate() {
        let changed = update(&mut world.heap, map, *key, Term::NIL);
        assert_eq!(changed.and_then(|map| get(map, *key)), Some(Term::NIL));
        assert!(remove(&mut world.heap, world.image.get(), map, Term::NIL).is_none());
        map = remove(&mut world.heap, world.image.get(), map, *key).unwrap_or(Term::NIL);
        let mut pairs: Vec<_> = (i + 1..60).map(|i| (keys[i], Term::small(i as i64 + 1))).collect();
        let rest = from_pairs(&mut world.heap, world.image.get(), &mut pairs);
        assert!(same_shape(rest, map), "without {i}");
    }
}

#[test]
fn keys_of_small_maps_are_ordered_as_the_release_has_them() {
    // The answers of OTP 25.2 and 27.3 to `maps:keys(#{zebra => 1, 'Ant' => 2, 7 => 3, mouse => 4})`, whose atoms were made in this order.
    for (otp, expected) in [("25", ["7", "Ant", "mouse", "zebra"]), ("27", ["7", "zebra", "Ant", "mouse"])] {
        let mut world = World::new();
        world.image.get_mut().release = Release::new(otp, "1");
        let mut atom = |name| world.image.get_mut().atoms.intern(name).expect("there is room");
        let atoms = ["zebra", "Ant", "mouse"].map(&mut atom);
        let map = world.build([atoms[0], atoms[1], Term::small(7), atoms[2]]);
        let name = |key: Term| if key.is_atom() { world.image.get().atoms.name(key) } else { "7" };
        assert_eq!(iter(map).map(|(key, _)| name(key)).collect::<Vec<_>>(), expected, "{otp}");
    }
}
