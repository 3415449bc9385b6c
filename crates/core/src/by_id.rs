//! What has a number, by its number. Numbers are given one after the other, so that what is alive lies close together: it
//! stands in pages of neighbours, and a look touches the page alone, where a tree touches a node of each level.

use serde::de::{MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::marker::PhantomData;

/// Neighbours in a page. They are few, because one that outlives all others keeps the page.
const NEIGHBOURS: usize = 8;
/// Pages at most, from the first number to the last: beyond that the numbers are no neighbours, and a tree keeps them.
const PAGES_MAX: u64 = 1 << 22;

/// An identifier that is a number.
pub trait Numbered: Copy + Ord {
    /// The number.
    fn number(self) -> u64;
    /// The identifier with a number.
    fn of_number(number: u64) -> Self;
}

type Page<V> = [Option<V>; NEIGHBOURS];

/// The things, in the order of their numbers.
#[derive(Clone)]
pub struct ById<K, V> {
    kept: Kept<V>,
    key: PhantomData<K>,
}

#[derive(Clone)]
enum Kept<V> {
    Pages(Pages<V>),
    Tree(BTreeMap<u64, V>),
}

#[derive(Clone)]
struct Pages<V> {
    /// Which page is the first.
    first: u64,
    /// The first and the last have somebody.
    pages: VecDeque<Option<Box<Page<V>>>>,
    len: usize,
}

/// On which page a number stands, and where on it.
fn place_of(number: u64) -> (u64, usize) {
    let n = NEIGHBOURS as u64;
    (number / n, usize::try_from(number % n).unwrap_or(0))
}

impl<V> Pages<V> {
    fn page(&self, page: u64) -> Option<&Page<V>> {
        let index = usize::try_from(page.checked_sub(self.first)?).ok()?;
        self.pages.get(index)?.as_deref()
    }

    fn page_mut(&mut self, page: u64) -> Option<&mut Page<V>> {
        let index = usize::try_from(page.checked_sub(self.first)?).ok()?;
        self.pages.get_mut(index)?.as_deref_mut()
    }

    fn get(&self, number: u64) -> Option<&V> {
        let (page, slot) = place_of(number);
        self.page(page)?.get(slot)?.as_ref()
    }

    fn get_mut(&mut self, number: u64) -> Option<&mut V> {
        let (page, slot) = place_of(number);
        self.page_mut(page)?.get_mut(slot)?.as_mut()
    }

    /// Makes room up to a page; answers whether there is room.
    fn reaches(&mut self, page: u64) -> bool {
        let n = self.pages.len() as u64;
        if n == 0 {
            self.first = page;
        }
        let (from, until) = (self.first.min(page), (self.first + n).max(page + 1));
        if until - from > PAGES_MAX {
            return false;
        }
        for _ in from..self.first {
            self.pages.push_front(None);
        }
        for _ in self.first + n..until {
            self.pages.push_back(None);
        }
        self.first = from;
        true
    }

    /// There is room.
    fn insert(&mut self, number: u64, it: V) -> Option<V> {
        let (page, slot) = place_of(number);
        let index = usize::try_from(page.checked_sub(self.first)?).ok()?;
        let page = self.pages.get_mut(index)?;
        let page = page.get_or_insert_with(|| Box::new([const { None }; NEIGHBOURS]));
        let before = page.get_mut(slot)?.replace(it);
        if before.is_none() {
            self.len += 1;
        }
        before
    }

    fn remove(&mut self, number: u64) -> Option<V> {
        let (page, slot) = place_of(number);
        let index = usize::try_from(page.checked_sub(self.first)?).ok()?;
        let place = self.pages.get_mut(index)?;
        let kept = place.as_deref_mut()?;
        let removed = kept.get_mut(slot)?.take()?;
        self.len -= 1;
        if kept.iter().all(Option::is_none) {
            *place = None;
            self.trim();
        }
        Some(removed)
    }

    /// Amortized O(1): each page is taken off once.
    fn trim(&mut self) {
        while matches!(self.pages.front(), Some(None)) {
            self.pages.pop_front();
            self.first += 1;
        }
        while matches!(self.pages.back(), Some(None)) {
            self.pages.pop_back();
        }
    }

    fn iter(&self) -> impl Iterator<Item = (u64, &V)> {
        let pages = (self.first..).zip(&self.pages);
        let kept = pages.filter_map(|(n, page)| Some((n, page.as_deref()?)));
        kept.flat_map(|(n, page)| {
            let numbers = n * NEIGHBOURS as u64..;
            let slots = numbers.zip(page);
            slots.filter_map(|(number, it)| Some((number, it.as_ref()?)))
        })
    }

    fn iter_mut(&mut self) -> impl Iterator<Item = (u64, &mut V)> {
        let pages = (self.first..).zip(&mut self.pages);
        let kept = pages.filter_map(|(n, page)| Some((n, page.as_deref_mut()?)));
        kept.flat_map(|(n, page)| {
            let numbers = n * NEIGHBOURS as u64..;
            let slots = numbers.zip(page);
            slots.filter_map(|(number, it)| Some((number, it.as_mut()?)))
        })
    }
}

/// One of two.
enum Either<A, B> {
    Pages(A),
    Tree(B),
}

impl<T, A: Iterator<Item = T>, B: Iterator<Item = T>> Iterator for Either<A, B> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        match self {
            Self::Pages(it) => it.next(),
            Self::Tree(it) => it.next(),
        }
    }
}

impl<K, V> Default for ById<K, V> {
    fn default() -> Self {
        let pages = Pages {
            first: 0,
            pages: VecDeque::new(),
            len: 0,
        };
        Self {
            kept: Kept::Pages(pages),
            key: PhantomData,
        }
    }
}

impl<K: Numbered, V> ById<K, V> {
    /// O(1).
    #[must_use]
    pub fn get(&self, key: K) -> Option<&V> {
        match &self.kept {
            Kept::Pages(pages) => pages.get(key.number()),
            Kept::Tree(tree) => tree.get(&key.number()),
        }
    }

    /// O(1).
    #[must_use]
    pub fn contains(&self, key: K) -> bool {
        self.get(key).is_some()
    }

    /// O(1).
    pub(crate) fn get_mut(&mut self, key: K) -> Option<&mut V> {
        match &mut self.kept {
            Kept::Pages(pages) => pages.get_mut(key.number()),
            Kept::Tree(tree) => tree.get_mut(&key.number()),
        }
    }

    /// Answers what stood there before. Amortized O(1) for numbers that come in order.
    pub(crate) fn insert(&mut self, key: K, it: V) -> Option<V> {
        let number = key.number();
        if let Kept::Pages(pages) = &mut self.kept
            && !pages.reaches(place_of(number).0)
        {
            self.become_tree();
        }
        match &mut self.kept {
            Kept::Pages(pages) => pages.insert(number, it),
            Kept::Tree(tree) => tree.insert(number, it),
        }
    }

    /// Whatever stands there, or something new that does from now on.
    pub(crate) fn get_or_default(&mut self, key: K) -> &mut V
    where
        V: Default,
    {
        if self.get(key).is_none() {
            self.insert(key, V::default());
        }
        match self.get_mut(key) {
            Some(it) => it,
            None => unreachable!("it was put there"),
        }
    }

    fn become_tree(&mut self) {
        let before = std::mem::take(self);
        if let Kept::Pages(pages) = before.kept {
            let numbers = (pages.first * NEIGHBOURS as u64)..;
            let slots = pages.pages.into_iter().flat_map(|page| match page {
                Some(page) => *page,
                None => [const { None }; NEIGHBOURS],
            });
            let all = numbers.zip(slots);
            let all = all.filter_map(|(number, it)| Some((number, it?)));
            self.kept = Kept::Tree(all.collect());
        }
    }

    /// O(1).
    pub(crate) fn remove(&mut self, key: K) -> Option<V> {
        match &mut self.kept {
            Kept::Pages(pages) => pages.remove(key.number()),
            Kept::Tree(tree) => tree.remove(&key.number()),
        }
    }

    #[must_use]
    pub fn len(&self) -> usize {
        match &self.kept {
            Kept::Pages(pages) => pages.len,
            Kept::Tree(tree) => tree.len(),
        }
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// In the order of their numbers.
    pub fn iter(&self) -> impl Iterator<Item = (K, &V)> {
        let all = match &self.kept {
            Kept::Pages(pages) => Either::Pages(pages.iter()),
            Kept::Tree(tree) => Either::Tree(tree.iter().map(|(number, it)| (*number, it))),
        };
        all.map(|(number, it)| (K::of_number(number), it))
    }

    /// In order.
    pub fn keys(&self) -> impl Iterator<Item = K> {
        self.iter().map(|(key, _)| key)
    }

    /// In the order of their numbers.
    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.iter().map(|(_, it)| it)
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = (K, &mut V)> {
        let all = match &mut self.kept {
            Kept::Pages(pages) => Either::Pages(pages.iter_mut()),
            Kept::Tree(tree) => Either::Tree(tree.iter_mut().map(|(number, it)| (*number, it))),
        };
        all.map(|(number, it)| (K::of_number(number), it))
    }
}

impl<K: Numbered, V: PartialEq> PartialEq for ById<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().eq(other.iter())
    }
}

impl<K: Numbered, V: Eq> Eq for ById<K, V> {}

impl<K: Numbered + fmt::Debug, V: fmt::Debug> fmt::Debug for ById<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl<K: Numbered, V> Extend<(K, V)> for ById<K, V> {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, all: I) {
        for (key, it) in all {
            self.insert(key, it);
        }
    }
}

impl<K: Numbered, V> FromIterator<(K, V)> for ById<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(all: I) -> Self {
        let mut made = Self::default();
        made.extend(all);
        made
    }
}

impl<K: Numbered + Serialize, V: Serialize> Serialize for ById<K, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.len()))?;
        for (key, it) in self.iter() {
            map.serialize_entry(&key, it)?;
        }
        map.end()
    }
}

impl<'de, K: Numbered + Deserialize<'de>, V: Deserialize<'de>> Deserialize<'de> for ById<K, V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Entries(PhantomData))
    }
}

struct Entries<K, V>(PhantomData<(K, V)>);

impl<'de, K: Numbered + Deserialize<'de>, V: Deserialize<'de>> Visitor<'de> for Entries<K, V> {
    type Value = ById<K, V>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map by number")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ById<K, V>, A::Error> {
        let mut made = ById::default();
        while let Some((key, it)) = map.next_entry()? {
            made.insert(key, it);
        }
        Ok(made)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::ContactId;

    type Names = ById<ContactId, u64>;

    fn same(by_id: &Names, tree: &BTreeMap<ContactId, u64>) {
        assert_eq!(by_id.len(), tree.len());
        assert!(by_id.iter().eq(tree.iter().map(|(key, it)| (*key, it))));
        let written = serde_json::to_string(by_id).unwrap();
        assert_eq!(written, serde_json::to_string(tree).unwrap());
        assert_eq!(serde_json::from_str::<Names>(&written).unwrap(), *by_id);
    }

    #[test]
    fn whatever_comes_and_goes_it_is_a_tree_to_whoever_looks() {
        let (mut by_id, mut tree) = (Names::default(), BTreeMap::new());
        let mut z = 7_u64;
        for n in 0..20_000_u64 {
            z = z.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            // They come in order, and go in any; now and then one comes that is older.
            let key = ContactId(if z >> 60 < 2 { n / 2 } else { n });
            assert_eq!(by_id.insert(key, z), tree.insert(key, z));
            let gone = ContactId(n.saturating_sub((z >> 33) % 300));
            assert_eq!(by_id.remove(gone), tree.remove(&gone));
            let other = ContactId(n.saturating_sub((z >> 40) % 300));
            assert_eq!(by_id.get(other), tree.get(&other));
            if let (Some(one), Some(two)) = (by_id.get_mut(other), tree.get_mut(&other)) {
                *one += 1;
                *two += 1;
            }
            if n % 1_000 == 0 {
                same(&by_id, &tree);
            }
        }
        for key in tree.keys().copied().collect::<Vec<_>>() {
            assert_eq!(by_id.remove(key), tree.remove(&key));
        }
        same(&by_id, &tree);
        assert_eq!(by_id, Names::default());
    }

    #[test]
    fn those_who_are_gone_leave_no_pages_behind() {
        let mut by_id = Names::default();
        for n in 0..100_000 {
            by_id.insert(ContactId(n), n);
            if n >= 100 {
                by_id.remove(ContactId(n - 100));
            }
        }
        let Kept::Pages(pages) = &by_id.kept else {
            panic!("neighbours stand in pages")
        };
        assert!(
            pages.pages.len() <= 100 / NEIGHBOURS + 2,
            "{}",
            pages.pages.len()
        );
    }

    #[test]
    fn numbers_that_are_no_neighbours_cost_no_pages() {
        let (mut by_id, mut tree) = (Names::default(), BTreeMap::new());
        for number in [9, 3, u64::MAX, 40, 0, u64::MAX - 1, 1 << 60] {
            by_id.insert(ContactId(number), number);
            tree.insert(ContactId(number), number);
            same(&by_id, &tree);
        }
        assert!(matches!(by_id.kept, Kept::Tree(_)));
        assert_eq!(by_id.remove(ContactId(40)), Some(40));
        assert_eq!(by_id.get(ContactId(u64::MAX)), Some(&u64::MAX));
    }
}
