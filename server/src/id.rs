//! Names made by chance: ids, tokens, secrets.

/// AWS's letters for ids: ten of these name a flow or an alias.
const UPPER: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
/// Crockford's base 32, whose texts sort as the numbers do.
const SORTED: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The operating system gave no random numbers.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the operating system gave no random numbers")]
pub struct NoRandomness;

/// Bytes by chance.
///
/// # Errors
/// The operating system has none.
pub fn random<const N: usize>() -> Result<[u8; N], NoRandomness> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| NoRandomness)?;
    Ok(bytes)
}

/// An id of ten letters and digits, as AWS's.
///
/// # Errors
/// See [`random`].
pub fn short() -> Result<String, NoRandomness> {
    Ok(text(&random::<10>()?, UPPER))
}

/// An id that sorts by time: of an execution.
///
/// # Errors
/// See [`random`].
pub fn by_time(milliseconds: u64) -> Result<String, NoRandomness> {
    let time: Vec<u8> = (0..10).rev().map(|place| ((milliseconds >> (place * 5)) & 31) as u8).collect();
    Ok(text(&time, SORTED) + &text(&random::<16>()?, SORTED))
}

/// A secret of 256 bits, as text for URLs and headers.
///
/// # Errors
/// See [`random`].
pub fn secret() -> Result<String, NoRandomness> {
    use base64::Engine as _;
    Ok(base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(random::<32>()?))
}

fn text(bytes: &[u8], alphabet: &[u8; 32]) -> String {
    bytes.iter().map(|byte| char::from(alphabet[usize::from(byte % 32)])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_ids_sort_later() {
        let ids: Vec<String> =
            [1, 2, 1_700_000_000_000, 1_700_000_000_001].iter().map(|at| by_time(*at).unwrap()).collect();
        assert!(ids.is_sorted(), "{ids:?}");
        assert_eq!(short().unwrap().len(), 10);
    }
}
