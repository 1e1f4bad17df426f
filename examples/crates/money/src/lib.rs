//! Amounts that never lose a cent.

use std::fmt;
use std::ops::Add;

/// An amount in cents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Money(i64);

impl Money {
    /// Returns `cents` as an amount.
    #[must_use]
    pub fn cents(cents: i64) -> Self {
        Self(cents)
    }

    /// Splits the amount into `parts` that differ by a cent at most and add up to it.
    ///
    /// ```
    /// use money::Money;
    /// let parts = Money::cents(100).split(3);
    /// assert_eq!(parts, [Money::cents(34), Money::cents(33), Money::cents(33)]);
    /// ```
    ///
    /// # Panics
    ///
    /// Panics if `parts` is zero.
    #[must_use]
    pub fn split(self, parts: u32) -> Vec<Self> {
        let count = i64::from(parts);
        let (each, rest) = (self.0.div_euclid(count), self.0.rem_euclid(count));
        (0..count).map(|i| Self(each + i64::from(i < rest))).collect()
    }
}

impl Add for Money {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl std::iter::Sum for Money {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::default(), Add::add)
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        write!(f, "{sign}{}.{:02}", self.0.abs() / 100, self.0.abs() % 100)
    }
}

#[cfg(test)]
mod tests {
    use super::Money;

    #[test]
    fn parts_add_up_to_the_whole() {
        for cents in [-100, 0, 1, 99, 100, 12_345] {
            for parts in 1..10 {
                let split = Money::cents(cents).split(parts);
                assert_eq!(split.into_iter().sum::<Money>(), Money::cents(cents));
            }
        }
    }

    #[test]
    fn cents_are_shown_with_two_digits() {
        assert_eq!(Money::cents(1205).to_string(), "12.05");
        assert_eq!(Money::cents(-5).to_string(), "-0.05");
    }
}
