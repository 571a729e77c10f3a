//! Chance with a seed that is told, so that a failure can be had again.

/// Numbers that look random: SplitMix64.
pub(super) struct Dice(u64);

impl Dice {
    /// With the seed of the variable `VENTI_SEED`, else any.
    pub(super) fn new() -> Self {
        let given = std::env::var("VENTI_SEED").ok();
        let given = given.and_then(|it| it.parse().ok());
        let seed = given.unwrap_or_else(|| getrandom::u64().unwrap());
        eprintln!("VENTI_SEED={seed}");
        Self(seed)
    }

    /// From 0 up to, and not, `end`.
    pub(super) fn below(&mut self, end: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        u32::try_from(mixed % u64::from(end)).unwrap()
    }
}
