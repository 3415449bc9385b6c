//! Entries in order, in runs that lie together in memory. Agents come and go in many pools at once, and what that
//! costs is how much memory it touches: the runs' last entries to find the run, and the run. Most who become free
//! come last, which needs no search.

/// Entries of a run, at most.
const RUN_MAX: usize = 32;

/// A set in order that also knows the place of an entry, and the entry at a place.
#[derive(Clone, Debug)]
pub(super) struct Ordered<T> {
    /// The last entry of each run.
    lasts: Vec<T>,
    /// None is empty.
    runs: Vec<Vec<T>>,
    len: usize,
}

impl<T> Default for Ordered<T> {
    fn default() -> Self {
        Self {
            lasts: Vec::new(),
            runs: Vec::new(),
            len: 0,
        }
    }
}

impl<T: Copy + Ord> Ordered<T> {
    pub(super) const fn len(&self) -> usize {
        self.len
    }

    /// Amortized O(run), and O(1) for whoever comes last.
    pub(super) fn insert(&mut self, it: T) {
        if self.lasts.last().is_none_or(|last| *last < it) {
            return self.push(it);
        }
        let n = self.run_of(&it);
        // A full run is halved before, so that it never takes more memory than its entries may.
        let n = match self.runs.get(n) {
            Some(run) if run.len() >= RUN_MAX => {
                self.halve(n);
                self.run_of(&it)
            }
            Some(_) | None => n,
        };
        let Some(run) = self.runs.get_mut(n) else {
            return;
        };
        let Err(place) = run.binary_search(&it) else {
            return;
        };
        run.insert(place, it);
        self.len += 1;
    }

    fn halve(&mut self, n: usize) {
        let Some(run) = self.runs.get_mut(n) else {
            return;
        };
        let half = run.split_off(run.len() / 2);
        self.runs.insert(n + 1, half);
        if let Some(last) = self.last_of(n) {
            self.lasts.insert(n, last);
        }
    }

    fn push(&mut self, it: T) {
        self.len += 1;
        match (self.runs.last_mut(), self.lasts.last_mut()) {
            (Some(run), Some(last)) if run.len() < RUN_MAX => {
                run.push(it);
                *last = it;
            }
            (before, _) => {
                // One run alone may stay a short one.
                let room = if before.is_some() { RUN_MAX } else { 1 };
                let mut run = Vec::with_capacity(room);
                run.push(it);
                self.runs.push(run);
                self.lasts.push(it);
            }
        }
    }

    /// O(run).
    pub(super) fn remove(&mut self, it: &T) {
        let n = self.run_of(it);
        let Some(run) = self.runs.get_mut(n) else {
            return;
        };
        let Ok(place) = run.binary_search(it) else {
            return;
        };
        run.remove(place);
        self.len -= 1;
        if let (Some(last), Some(known)) = (run.last(), self.lasts.get_mut(n)) {
            *known = *last;
        }
        if run.len() < RUN_MAX / 4 {
            self.shorten(n);
        }
    }

    /// Takes out those that stand first, as long as they are meant. O(those and one more).
    pub(super) fn remove_first_while(&mut self, is_meant: impl Fn(&T) -> bool) {
        let mut whole = 0;
        for run in &self.runs {
            let n = run.iter().take_while(|it| is_meant(it)).count();
            self.len -= n;
            if n < run.len() {
                break;
            }
            whole += 1;
        }
        self.runs.drain(..whole);
        self.lasts.drain(..whole);
        let Some(run) = self.runs.first_mut() else {
            return;
        };
        let n = run.iter().take_while(|it| is_meant(it)).count();
        run.drain(..n);
        if n > 0 && run.len() < RUN_MAX / 4 {
            self.shorten(0);
        }
    }

    /// Keeps those alone that are meant. O(n).
    pub(super) fn retain(&mut self, is_kept: impl Fn(&T) -> bool) {
        let mut kept = Self::default();
        for it in self.iter().filter(is_kept) {
            kept.push(it);
        }
        *self = kept;
    }

    /// A run that became short is joined with the one before or behind, if that is short too; so the runs do not
    /// outnumber the entries by far. An empty one is gone.
    fn shorten(&mut self, n: usize) {
        if self.runs.get(n).is_some_and(Vec::is_empty) {
            self.runs.remove(n);
            self.lasts.remove(n);
        } else {
            self.join(n);
        }
        if let Some(before) = n.checked_sub(1) {
            self.join(before);
        }
    }

    /// Joins a run with the one behind it, if both are short.
    fn join(&mut self, n: usize) {
        let len = |n: usize| self.runs.get(n).map_or(0, Vec::len);
        let (own, next) = (len(n), len(n + 1));
        if own == 0 || next == 0 || own + next > RUN_MAX / 2 {
            return;
        }
        let moved = self.runs.remove(n + 1);
        self.lasts.remove(n);
        if let Some(run) = self.runs.get_mut(n) {
            run.extend(moved);
        }
    }

    /// The run that has the entry, if any has.
    fn run_of(&self, it: &T) -> usize {
        self.lasts.partition_point(|last| last < it)
    }

    fn last_of(&self, n: usize) -> Option<T> {
        self.runs.get(n)?.last().copied()
    }

    /// The one that stands first.
    pub(super) fn first(&self) -> Option<&T> {
        self.runs.first()?.first()
    }

    /// All, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = T> + '_ {
        self.runs.iter().flatten().copied()
    }

    /// Those from this entry on, in order.
    pub(super) fn from(&self, it: T) -> impl Iterator<Item = T> + '_ {
        let n = self.run_of(&it);
        let place = { self.runs.get(n) }.map_or(0, |run| run.partition_point(|other| *other < it));
        self.behind(n, place)
    }

    /// Those from this place on, in order. O(runs).
    pub(super) fn starting_at(&self, place: usize) -> impl Iterator<Item = T> + '_ {
        let (n, place) = self.run_at(place);
        self.behind(n, place)
    }

    fn behind(&self, run: usize, place: usize) -> impl Iterator<Item = T> + '_ {
        self.runs.iter().skip(run).flatten().skip(place).copied()
    }

    /// The entry at a place. O(runs).
    pub(super) fn at(&self, place: usize) -> Option<T> {
        let (n, place) = self.run_at(place);
        self.runs.get(n)?.get(place).copied()
    }

    fn run_at(&self, place: usize) -> (usize, usize) {
        let mut left = place;
        for (n, run) in self.runs.iter().enumerate() {
            if left < run.len() {
                return (n, left);
            }
            left -= run.len();
        }
        (self.runs.len(), 0)
    }

    /// How many come before an entry. O(runs).
    pub(super) fn n_before(&self, it: &T) -> usize {
        let n = self.run_of(it);
        let runs = self.runs.iter().take(n).map(Vec::len).sum::<usize>();
        let within = { self.runs.get(n) }.map_or(0, |run| run.partition_point(|other| other < it));
        runs + within
    }
}

impl<T: Copy + Ord> FromIterator<T> for Ordered<T> {
    fn from_iter<I: IntoIterator<Item = T>>(all: I) -> Self {
        let mut made = Self::default();
        for it in all {
            made.insert(it);
        }
        made
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// What comes and goes at random, by a fixed seed.
    fn rolls(n: usize) -> impl Iterator<Item = (bool, u64)> {
        let mut z = 7_u64;
        std::iter::repeat_with(move || {
            z = z.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (z >> 60 < 9, (z >> 33) % 3_000)
        })
        .take(n)
    }

    fn check(ordered: &Ordered<u64>, set: &BTreeSet<u64>) {
        assert_eq!(ordered.len(), set.len());
        assert!(ordered.iter().eq(set.iter().copied()));
        assert!(
            ordered
                .runs
                .iter()
                .all(|run| (1..=RUN_MAX).contains(&run.len()))
        );
        let lasts = ordered.runs.iter().filter_map(|run| run.last().copied());
        assert!(lasts.eq(ordered.lasts.iter().copied()));
    }

    #[test]
    fn whatever_comes_and_goes_it_is_the_set_in_order() {
        let (mut ordered, mut set) = (Ordered::default(), BTreeSet::new());
        for (n, (comes, it)) in rolls(40_000).enumerate() {
            if comes {
                ordered.insert(it);
                set.insert(it);
            } else {
                ordered.remove(&it);
                set.remove(&it);
            }
            if n % 500 == 0 {
                check(&ordered, &set);
            }
        }
        for it in 0..3_000 {
            ordered.remove(&it);
            set.remove(&it);
        }
        check(&ordered, &set);
    }

    #[test]
    fn entries_and_places_lead_to_one_another() {
        let all: Ordered<u64> = (0..1_000).map(|it| it * 3).collect();
        for (place, it) in all.iter().enumerate() {
            assert_eq!(all.at(place), Some(it));
            assert_eq!(all.n_before(&it), place);
            assert_eq!(all.n_before(&(it + 1)), place + 1);
            assert_eq!(all.starting_at(place).next(), Some(it));
            assert!(all.from(it).take(3).eq(all.starting_at(place).take(3)));
            assert_eq!(all.from(it + 1).next(), all.at(place + 1));
        }
        assert_eq!((all.at(1_000), all.from(9_999).next()), (None, None));
        assert_eq!(all.starting_at(1_000).next(), None);
    }

    #[test]
    fn short_runs_are_joined_when_most_have_gone() {
        let mut all: Ordered<u64> = (0..12_800).collect();
        for it in 0..12_800 {
            if it % 64 > 0 {
                all.remove(&it);
            }
        }
        assert_eq!(all.len(), 200);
        assert!(all.runs.len() <= 40, "{} runs", all.runs.len());
    }

    #[test]
    fn who_is_kept_stays_in_order() {
        let mut all: Ordered<u64> = (0..1_000).collect();
        all.retain(|it| it % 7 == 0);
        check(&all, &(0..1_000).step_by(7).collect());
    }

    #[test]
    fn those_who_stand_first_go_as_long_as_they_are_meant() {
        let mut all: Ordered<u64> = (0..1_000).collect();
        all.remove_first_while(|it| *it == 7);
        check(&all, &(0..1_000).collect());
        all.remove_first_while(|it| *it < 700 && *it != 7);
        check(&all, &(7..1_000).collect());
        all.remove_first_while(|it| *it < 700);
        check(&all, &(700..1_000).collect());
        all.remove_first_while(|_| true);
        check(&all, &BTreeSet::new());
    }
}
