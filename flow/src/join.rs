//! Joins: what an input makes of several connections. They are ours; AWS takes one connection an input.
//!
//! Always holds: the value of `all` and of `first` is in the order of the connections; what an input's expression
//! selects from, and what its type is compared with, is the joined value, as if one connection had brought it. Absent
//! on purpose: ending what an input no longer waits for. The others go on, since something else may need them.

use serde::{Deserialize, Serialize};

use crate::value::Type;

/// How the connections of an input make one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Join {
    /// The value that arrives first. Skipped only where all are.
    Any,
    /// An array of every value, without those that are skipped. Skipped only where all are.
    All,
    /// An array of so many values that arrive first; of one, that value itself. Skipped where fewer can arrive.
    First(u16),
}

/// How one connection of an input stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Its value is there; a lower number arrived before.
    Arrived(usize),
    Waits,
    /// It will never bring one.
    Skipped,
}

/// What an input comes to, with its connections as they stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Joined {
    /// The value is that of these connections, by their place.
    Of(Vec<usize>),
    Waits,
    Skipped,
}

impl Join {
    /// Whether it makes an array, where there is one.
    pub fn gathers(self) -> bool {
        match self {
            Self::Any => false,
            Self::All => true,
            Self::First(count) => count > 1,
        }
    }

    /// What it makes of values of this type.
    pub fn gives(self, each: Type) -> Type {
        if self.gathers() { Type::Array } else { each }
    }

    /// Its mark at the port: `any`, `all`, `first 2`.
    pub fn label(self) -> String {
        match self {
            Self::Any => "any".to_owned(),
            Self::All => "all".to_owned(),
            Self::First(count) => format!("first {count}"),
        }
    }

    /// What the connections come to. Those of an input that does not say how it joins are all needed, and there is one.
    pub fn of(join: Option<Self>, connections: &[Standing]) -> Joined {
        let mut arrived: Vec<(usize, usize)> = Vec::new();
        let mut waiting = 0;
        for (place, standing) in connections.iter().enumerate() {
            match standing {
                Standing::Arrived(at) => arrived.push((*at, place)),
                Standing::Waits => waiting += 1,
                Standing::Skipped => {}
            }
        }
        arrived.sort_unstable();
        let wanted = match join {
            None => connections.len(),
            Some(Self::Any) => 1,
            Some(Self::First(count)) => usize::from(count).max(1),
            Some(Self::All) if waiting > 0 => return Joined::Waits,
            Some(Self::All) => arrived.len().max(1),
        };
        if arrived.len() < wanted {
            return if arrived.len() + waiting < wanted { Joined::Skipped } else { Joined::Waits };
        }
        let mut places: Vec<usize> = arrived.into_iter().take(wanted).map(|(_, place)| place).collect();
        places.sort_unstable();
        Joined::Of(places)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Standing::{Arrived, Skipped, Waits};

    #[test]
    fn each_way_waits_takes_and_skips_in_its_own_way() {
        let of = |places: &[usize]| Joined::Of(places.to_vec());
        let two = Some(Join::First(2));
        for (join, connections, expected) in [
            (None, vec![Arrived(4)], of(&[0])),
            (None, vec![Waits], Joined::Waits),
            (None, vec![Skipped], Joined::Skipped),
            (Some(Join::Any), vec![Waits, Arrived(9), Arrived(3)], of(&[2])),
            (Some(Join::Any), vec![Skipped, Waits], Joined::Waits),
            (Some(Join::Any), vec![Skipped, Skipped], Joined::Skipped),
            (Some(Join::All), vec![Arrived(1), Waits], Joined::Waits),
            (Some(Join::All), vec![Arrived(7), Skipped, Arrived(2)], of(&[0, 2])),
            (Some(Join::All), vec![Skipped, Skipped], Joined::Skipped),
            (two, vec![Arrived(7), Arrived(9), Arrived(2)], of(&[0, 2])),
            (two, vec![Arrived(7), Skipped, Waits], Joined::Waits),
            (two, vec![Arrived(7), Skipped, Skipped], Joined::Skipped),
        ] {
            assert_eq!(Join::of(join, &connections), expected, "{join:?} of {connections:?}");
        }
    }

    #[test]
    fn is_written_in_a_few_letters() {
        for (join, text) in
            [(Join::Any, "\"any\""), (Join::All, "\"all\""), (Join::First(2), "{\"first\":2}")]
        {
            assert_eq!(serde_json::to_string(&join).unwrap(), text);
            assert_eq!(serde_json::from_str::<Join>(text).unwrap(), join);
        }
    }
}
