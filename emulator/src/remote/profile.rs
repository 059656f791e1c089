//! The files of AWS's profiles.

use std::collections::BTreeMap;

/// The settings of a profile, from both files.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Profile(BTreeMap<String, String>);

impl Profile {
    /// Reads a profile from the texts of `~/.aws/config` and `~/.aws/credentials`. `None` if neither has
    /// it. The second one takes precedence.
    pub(super) fn read(name: &str, config: &str, credentials: &str) -> Option<Self> {
        let is_config = |section: &str| match section.split_once(char::is_whitespace) {
            Some(("profile", rest)) => rest.trim().trim_matches('"') == name,
            _ => section == name && name == "default",
        };
        let first = settings(config, is_config);
        let second = settings(credentials, |section| section == name);
        if first.is_none() && second.is_none() {
            return None;
        }
        let mut all = first.unwrap_or_default();
        all.extend(second.unwrap_or_default());
        Some(Self(all))
    }

    /// The value of a setting, unless it is empty.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        let value = self.0.get(name).map(String::as_str);
        value.filter(|value| !value.is_empty())
    }
}

/// The settings of the sections that are selected. `None` without such a section.
fn settings(text: &str, selects: impl Fn(&str) -> bool) -> Option<BTreeMap<String, String>> {
    let mut found: Option<BTreeMap<_, _>> = None;
    let mut is_selected = false;
    for line in text.lines() {
        if line.trim_start().starts_with(['#', ';']) {
            continue;
        }
        if let Some(rest) = line.trim_start().strip_prefix('[') {
            let section = rest.split(']').next().unwrap_or_default().trim();
            is_selected = selects(section);
            if is_selected {
                found.get_or_insert_default();
            }
        } else if is_selected
            // An indented line belongs to a nested setting, such as those of S3.
            && !line.starts_with(char::is_whitespace)
            && let Some((name, value)) = line.split_once('=')
        {
            let value = value.split(" #").next().unwrap_or_default();
            let value = value.split(" ;").next().unwrap_or_default();
            let name = name.trim().to_ascii_lowercase();
            found
                .get_or_insert_default()
                .insert(name, value.trim().to_owned());
        }
    }
    found
}
