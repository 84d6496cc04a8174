//! Splitting a whole into parts that add up: largest remainder in minor units, ties to the lower position.

use std::cmp::Reverse;

use crate::wide::Wide;

/// Splits `total` over `weights`; the parts add up to it exactly and a weight of zero gets nothing.
///
/// A negative total gives the mirror of the positive one. `None` for a negative weight, for weights that are all zero
/// while `total` is not, and for products beyond 128 bits.
pub fn apportion(total: i128, weights: &[i128]) -> Option<Vec<i128>> {
    let weights: Option<Vec<u128>> = weights
        .iter()
        .map(|weight| u128::try_from(*weight).ok())
        .collect();
    let parts = apportion_unsigned(total.unsigned_abs(), &weights?)?;
    parts
        .into_iter()
        .map(|part| {
            i128::try_from(part)
                .ok()
                .map(|part| if total < 0 { -part } else { part })
        })
        .collect()
}

fn apportion_unsigned(total: u128, weights: &[u128]) -> Option<Vec<u128>> {
    if total == 0 {
        return Some(vec![0; weights.len()]);
    }
    let sum = weights
        .iter()
        .try_fold(0_u128, |sum, weight| sum.checked_add(*weight))?;
    let split = |weight: &u128| {
        let product = total.checked_mul(*weight)?;
        Some((product.checked_div(sum)?, product.checked_rem(sum)?))
    };
    largest_remainder(total, weights.iter().map(split).collect::<Option<_>>()?)
}

/// [`apportion`] over weights beyond 128 bits.
pub(crate) fn apportion_wide(total: u128, weights: &[Wide]) -> Option<Vec<u128>> {
    if total == 0 {
        return Some(vec![0; weights.len()]);
    }
    let sum = weights
        .iter()
        .try_fold(Wide::ZERO, |sum, weight| sum.checked_add(*weight))?;
    let split = |weight: &Wide| weight.checked_mul(total)?.div_rem(sum);
    largest_remainder(total, weights.iter().map(split).collect::<Option<_>>()?)
}

/// Floors first, then one more unit to the largest remainders; the sort is stable, so ties go to the lower position.
fn largest_remainder<R: Ord>(total: u128, floors: Vec<(u128, R)>) -> Option<Vec<u128>> {
    if floors.is_empty() {
        return None;
    }
    let placed = floors
        .iter()
        .try_fold(0_u128, |sum, (floor, _)| sum.checked_add(*floor))?;
    let left = usize::try_from(total.checked_sub(placed)?).ok()?;
    let mut order: Vec<usize> = (0..floors.len()).collect();
    order.sort_by_key(|i| floors.get(*i).map(|(_, rest)| Reverse(rest)));
    let mut parts: Vec<u128> = floors.iter().map(|(floor, _)| *floor).collect();
    for i in order.iter().take(left) {
        *parts.get_mut(*i)? += 1;
    }
    Some(parts)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ties_go_to_the_lower_position() {
        assert_eq!(
            apportion(1000, &[1000, 1000, 1000]),
            Some(vec![334, 333, 333])
        );
        assert_eq!(
            apportion(-1000, &[1000, 1000, 1000]),
            Some(vec![-334, -333, -333])
        );
        assert_eq!(apportion(400, &[666, 667, 667]), Some(vec![133, 134, 133]));
        assert_eq!(apportion(2, &[0, 1, 0, 1, 1]), Some(vec![0, 1, 0, 1, 0]));
    }

    #[test]
    fn refuses_impossible_splits() {
        assert_eq!(apportion(0, &[0, 0]), Some(vec![0, 0]));
        assert_eq!(apportion(1, &[0, 0]), None);
        assert_eq!(apportion(1, &[]), None);
        assert_eq!(apportion(1, &[-1, 2]), None);
        assert_eq!(apportion(i128::MIN, &[i128::MAX, i128::MAX]), None);
    }

    proptest! {
        #[test]
        fn parts_add_up_and_stay_within_one(
            total in -10_i128.pow(19)..10_i128.pow(19),
            weights in prop::collection::vec(0_i128..10_i128.pow(18), 1..40),
        ) {
            let sum: i128 = weights.iter().sum();
            prop_assume!(sum > 0);
            let parts = apportion(total, &weights).expect("in range");
            prop_assert_eq!(parts.iter().sum::<i128>(), total);
            for (part, weight) in parts.iter().zip(&weights) {
                let floor = total.abs() * weight / sum;
                prop_assert!(part.abs() == floor || (part.abs() == floor + 1 && (total.abs() * weight) % sum != 0));
            }
            let wide: Vec<Wide> = weights.iter().map(|w| Wide::from_u128(w.unsigned_abs())).collect();
            let unsigned: Vec<u128> = parts.iter().map(|part| part.unsigned_abs()).collect();
            prop_assert_eq!(apportion_wide(total.unsigned_abs(), &wide), Some(unsigned));
        }
    }
}
