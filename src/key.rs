//! Keys that stand for texts. In: bytes; out: 16 bytes that say whether two texts are the same. This room alone knows the hash.

use serde::{Deserialize, Serialize};

/// Stands for a text, or for several things that something is made from: two of them are equal if these are, and in one
/// case of 2¹²⁸ otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Key([u8; Key::LEN]);

impl Key {
    /// How many bytes it has.
    pub const LEN: usize = 16;

    /// The key of these parts, in this order.
    pub fn of<'p>(parts: impl IntoIterator<Item = &'p [u8]>) -> Self {
        let mut hasher = blake3::Hasher::new();
        for part in parts {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        let mut key = [0; Self::LEN];
        hasher.finalize_xof().fill(&mut key);
        Self(key)
    }

    /// Its bytes, to be a part of another key.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_tell_parts_apart() {
        let key = |parts: &[&str]| Key::of(parts.iter().map(|part| part.as_bytes()));
        assert_eq!(key(&["a", "b"]), key(&["a", "b"]));
        for other in [&["ab"][..], &["ab", ""], &["", "ab"], &["b", "a"]] {
            assert_ne!(key(&["a", "b"]), key(other), "{other:?}");
        }
    }
}
