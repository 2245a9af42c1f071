//! Closed sets whose members have one word each, in files and for people.

/// An enum with the word of each of its members.
macro_rules! worded {
    ($(#[$meta:meta])* $vis:vis enum $name:ident { $($(#[$doc:meta])* $member:ident = $word:literal),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
        $vis enum $name {
            $($(#[$doc])* #[serde(rename = $word)] $member),*
        }

        impl $name {
            #[allow(dead_code, reason = "not every set is gone through")]
            $vis const ALL: [$name; [$($word),*].len()] = [$($name::$member),*];

            $vis fn word(self) -> &'static str {
                match self {
                    $($name::$member => $word),*
                }
            }
        }
    };
}
pub(crate) use worded;
