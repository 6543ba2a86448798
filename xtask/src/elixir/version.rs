//! Comparing versions of Elixir.

/// Major, minor and patch number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version(pub(crate) [u32; 3]);

impl Version {
    /// Reads `1.18.3`; what follows a third number (`-rc.0`, `.dfsg-1`) does not count.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut numbers = text.split(['.', '-', '+']).map(str::parse::<u32>);
        let major = numbers.next()?.ok()?;
        let minor = numbers.next()?.ok()?;
        let patch = numbers.next().and_then(Result::ok).unwrap_or(0);
        Some(Self([major, minor, patch]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_by_number_and_not_by_text() {
        let parse = |text| Version::parse(text).unwrap();
        assert!(parse("1.9.4") < parse("1.14.0.dfsg-2"));
        assert!(parse("1.18.3.dfsg-1") > parse("1.18.0-rc.0"));
        assert_eq!(parse("1.18"), Version([1, 18, 0]));
        assert_eq!(Version::parse("elixir"), None);
    }
}
