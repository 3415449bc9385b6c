//! Everything that looks random, from one seed: ids and the chance of a fault.
//!
//! SplitMix64 is enough: nothing here is a secret. Keys come from the operating system.

#[derive(Debug, Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// An id in version 4 form.
    pub(crate) fn uuid(&mut self) -> String {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.next().to_be_bytes());
        bytes[8..].copy_from_slice(&self.next().to_be_bytes());
        uuid::Builder::from_random_bytes(bytes)
            .into_uuid()
            .to_string()
    }

    /// True with the given chance: 0 never, 1 always.
    pub(crate) fn chance(&mut self, probability: f64) -> bool {
        let drawn = u32::try_from(self.next() >> 32).expect("32 bits are left");
        f64::from(drawn) < probability * 4_294_967_296.0
    }
}

#[cfg(test)]
mod tests {
    use super::Dice;

    #[test]
    fn same_seed_gives_the_same_ids() {
        let (mut one, mut two) = (Dice::new(7), Dice::new(7));
        let id = one.uuid();
        assert_eq!(id, two.uuid());
        assert_ne!(id, one.uuid());
        assert_eq!(id.as_bytes()[14], b'4');
    }

    #[test]
    fn chance_of_zero_never_and_of_one_always_happens() {
        let mut dice = Dice::new(1);
        assert!((0..1000).all(|_| !dice.chance(0.0)));
        assert!((0..1000).all(|_| dice.chance(1.0)));
    }
}
