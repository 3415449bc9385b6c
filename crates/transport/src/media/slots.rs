//! Places with numbers that the operating system's events can carry. A place that was left is taken again.

#[derive(Debug)]
pub(super) struct Slots<T> {
    items: Vec<Option<T>>,
    free: Vec<usize>,
}

impl<T> Default for Slots<T> {
    fn default() -> Self {
        Self {
            items: Vec::new(),
            free: Vec::new(),
        }
    }
}

impl<T> Slots<T> {
    /// The place that the next item will have.
    pub(super) fn next(&self) -> usize {
        self.free.last().copied().unwrap_or(self.items.len())
    }

    pub(super) fn add(&mut self, item: T) -> usize {
        match self.free.pop() {
            Some(slot) => {
                self.items[slot] = Some(item);
                slot
            }
            None => {
                self.items.push(Some(item));
                self.items.len() - 1
            }
        }
    }

    pub(super) fn take(&mut self, slot: usize) -> Option<T> {
        let item = self.items.get_mut(slot)?.take()?;
        self.free.push(slot);
        Some(item)
    }

    pub(super) fn get(&self, slot: usize) -> Option<&T> {
        self.items.get(slot)?.as_ref()
    }

    pub(super) fn get_mut(&mut self, slot: usize) -> Option<&mut T> {
        self.items.get_mut(slot)?.as_mut()
    }

    /// Two different ones at once.
    pub(super) fn pair_mut(&mut self, one: usize, other: usize) -> Option<(&mut T, &mut T)> {
        let [one, other] = self.items.get_disjoint_mut([one, other]).ok()?;
        Some((one.as_mut()?, other.as_mut()?))
    }

    pub(super) fn len(&self) -> usize {
        self.items.len() - self.free.len()
    }

    /// Those that are taken.
    pub(super) fn taken(&self) -> Vec<usize> {
        let items = self.items.iter().enumerate();
        items
            .filter_map(|(slot, item)| item.is_some().then_some(slot))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Slots;

    #[test]
    fn place_that_was_left_is_taken_again() {
        let mut slots = Slots::default();
        let (a, b) = (slots.add('a'), slots.add('b'));
        assert_eq!(slots.take(a), Some('a'));
        assert_eq!(slots.take(a), None);
        assert_eq!((slots.next(), slots.len()), (a, 1));
        assert_eq!(slots.add('c'), a);
        assert_eq!(slots.pair_mut(a, b), Some((&mut 'c', &mut 'b')));
        assert_eq!(slots.pair_mut(a, a), None);
        assert_eq!(slots.taken(), [a, b]);
    }
}
