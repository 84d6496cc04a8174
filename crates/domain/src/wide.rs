//! Whole numbers of 512 bits: compound inclusive taxes multiply many rates, and the rounding must still be exact.

use std::cmp::Ordering;

use crate::rounding::RoundingMode;

const LIMBS: usize = 8;
const BITS: u32 = 512;

/// An unsigned number of 512 bits, least significant limb first; every operation is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wide([u64; LIMBS]);

impl Wide {
    pub(crate) const ZERO: Wide = Wide([0; LIMBS]);

    pub(crate) fn from_u128(value: u128) -> Wide {
        let mut limbs = [0; LIMBS];
        limbs[0] = low(value);
        limbs[1] = low(value >> 64);
        Wide(limbs)
    }

    pub(crate) fn is_zero(&self) -> bool {
        self.0.iter().all(|limb| *limb == 0)
    }

    fn bits(&self) -> u32 {
        let mut bits = BITS;
        for limb in self.0.iter().rev() {
            if *limb != 0 {
                return bits - limb.leading_zeros();
            }
            bits -= 64;
        }
        0
    }

    pub(crate) fn checked_add(mut self, other: Wide) -> Option<Wide> {
        let mut carry = 0_u128;
        for (limb, more) in self.0.iter_mut().zip(other.0) {
            let sum = u128::from(*limb) + u128::from(more) + carry;
            *limb = low(sum);
            carry = sum >> 64;
        }
        (carry == 0).then_some(self)
    }

    /// `self − other`; wraps when `other` is greater, which callers exclude.
    fn minus(mut self, other: Wide) -> Wide {
        let mut borrow = false;
        for (limb, less) in self.0.iter_mut().zip(other.0) {
            let (difference, first) = limb.overflowing_sub(less);
            let (difference, second) = difference.overflowing_sub(u64::from(borrow));
            *limb = difference;
            borrow = first || second;
        }
        self
    }

    fn checked_mul_u64(mut self, factor: u64) -> Option<Wide> {
        let mut carry = 0_u128;
        for limb in &mut self.0 {
            let product = u128::from(*limb) * u128::from(factor) + carry;
            *limb = low(product);
            carry = product >> 64;
        }
        (carry == 0).then_some(self)
    }

    pub(crate) fn checked_mul(self, factor: u128) -> Option<Wide> {
        let product = self.checked_mul_u64(low(factor))?;
        let high = self.checked_mul_u64(low(factor >> 64))?;
        if high.is_zero() {
            Some(product)
        } else {
            product.checked_add(high.checked_shl(64)?)
        }
    }

    fn checked_shl(self, by: u32) -> Option<Wide> {
        if self.bits() + by > BITS {
            return None;
        }
        let (limbs, bits) = ((by / 64) as usize, by % 64);
        let mut shifted = [0; LIMBS];
        let source = |i: usize| self.0.get(i).copied().unwrap_or(0);
        for (i, slot) in shifted.iter_mut().enumerate().skip(limbs) {
            let lower = if i > limbs && bits > 0 {
                source(i - limbs - 1) >> (64 - bits)
            } else {
                0
            };
            *slot = (source(i - limbs) << bits) | lower;
        }
        Some(Wide(shifted))
    }

    fn halved(mut self) -> Wide {
        let mut carry = 0;
        for limb in self.0.iter_mut().rev() {
            let next = *limb << 63;
            *limb = (*limb >> 1) | carry;
            carry = next;
        }
        self
    }

    /// Quotient and rest; `None` for a zero divisor or a quotient beyond 128 bits.
    pub(crate) fn div_rem(self, divisor: Wide) -> Option<(u128, Wide)> {
        if divisor.is_zero() {
            return None;
        }
        let shift = self.bits().saturating_sub(divisor.bits());
        if shift > 128 {
            return None;
        }
        let (mut rest, mut quotient) = (self, 0_u128);
        let mut step = divisor.checked_shl(shift)?;
        for bit in (0..=shift).rev() {
            if rest >= step {
                rest = rest.minus(step);
                quotient |= 1_u128.checked_shl(bit)?;
            }
            step = step.halved();
        }
        Some((quotient, rest))
    }

    /// `self ÷ divisor` rounded to a whole number.
    pub(crate) fn divide(self, divisor: Wide, mode: RoundingMode) -> Option<u128> {
        let (quotient, rest) = self.div_rem(divisor)?;
        // rest < divisor, so the complement does not wrap.
        let up = mode.rounds_up(rest.cmp(&divisor.minus(rest)), quotient % 2 == 1);
        quotient.checked_add(u128::from(up))
    }
}

impl Ord for Wide {
    fn cmp(&self, other: &Wide) -> Ordering {
        self.0.iter().rev().cmp(other.0.iter().rev())
    }
}

impl PartialOrd for Wide {
    fn partial_cmp(&self, other: &Wide) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The low 64 bits.
#[expect(
    clippy::cast_possible_truncation,
    reason = "taking the low half is the point"
)]
fn low(value: u128) -> u64 {
    value as u64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn division_undoes_multiplication(a: u128, b in 1..u128::MAX, c in 1..u128::MAX, r: u128) {
            let divisor = Wide::from_u128(b).checked_mul(c).expect("256 bits");
            let rest = Wide::from_u128(r % b);
            let product = divisor.checked_mul(a).expect("384 bits").checked_add(rest).expect("fits");
            prop_assert_eq!(product.div_rem(divisor), Some((a, rest)));
        }

        #[test]
        fn agrees_with_u128(a: u128, b in 1..u128::MAX) {
            let (q, r) = Wide::from_u128(a).div_rem(Wide::from_u128(b)).expect("small");
            prop_assert_eq!((q, r), (a / b, Wide::from_u128(a % b)));
        }
    }

    #[test]
    fn refuses_what_does_not_fit() {
        let max = Wide([u64::MAX; LIMBS]);
        assert_eq!(max.checked_add(Wide::from_u128(1)), None);
        assert_eq!(max.checked_mul(2), None);
        assert_eq!(max.checked_shl(1), None);
        assert_eq!(max.div_rem(Wide::from_u128(1)), None);
        assert_eq!(max.div_rem(Wide::ZERO), None);
        assert_eq!(max.div_rem(max), Some((1, Wide::ZERO)));
    }

    #[test]
    fn rounds_halves_by_mode() {
        let half = |n, mode| Wide::from_u128(n).divide(Wide::from_u128(2), mode);
        assert_eq!(half(5, RoundingMode::HalfUp), Some(3));
        assert_eq!(half(5, RoundingMode::HalfEven), Some(2));
        assert_eq!(half(7, RoundingMode::HalfEven), Some(4));
    }
}
