//! The file names of copies, which follow from the URLs of the documents.

use writ_contract::document::hash;

/// The longest file name without the suffix that makes it unique.
const LONGEST: usize = 100;

/// Returns the name of the file for the copy of the document at a URL. It consists of safe characters, and two URLs have
/// different names.
pub(super) fn file_name(url: &str, media_type: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = rest.split('?').next().unwrap_or_default();
    let (stem, extension) = match path.rsplit_once('.') {
        Some((stem, extension @ ("json" | "yaml" | "yml"))) => (stem, extension),
        _ if media_type.contains("json") => (path, "json"),
        _ => (path, "yaml"),
    };
    let is_safe = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || matches!(letter, '.' | '-');
    // Only these names can be converted back, so all others get a suffix from the complete URL.
    let is_plain = stem.len() <= LONGEST
        && stem.chars().all(|letter| is_safe(letter) || letter == '/')
        && url == format!("https://{stem}.{extension}");
    let safe = |letter: char| match letter.to_ascii_lowercase() {
        letter if is_safe(letter) => letter,
        _ => '_',
    };
    let name: String = stem.chars().take(LONGEST).map(safe).collect();
    let name = name.trim_start_matches('.');
    match is_plain {
        true => format!("{name}.{extension}"),
        false => format!("{name}-{}.{extension}", &hash(url)[..8]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_url_gives_a_plain_name() {
        assert_eq!(file_name("https://a.example/v1/pet.yaml", "text/plain"), "a.example_v1_pet.yaml");
    }

    #[test]
    fn no_url_leads_out_of_the_folder_or_to_the_file_of_another() {
        let urls = [
            "https://a.example/x_y.yaml",
            "https://a.example/x/y.yaml",
            "https://a.example/X/y.yaml",
            "https://a.example/x/y.yaml?v=2",
            "https://a.example/x%2Fy.yaml",
            "https://a.example/x/y",
            "http://127.0.0.1:80/x/y.yaml",
            "https://a.example/..%2F..%2Fetc/passwd",
            "https://a.example/",
        ];
        let mut names: Vec<String> = urls.iter().map(|url| file_name(url, "-")).collect();
        for name in &names {
            assert!(!name.contains(['/', '\\', ':', '%', '?']) && !name.starts_with('.'), "{name}");
        }
        names.sort();
        names.dedup();
        assert_eq!(names.len(), urls.len(), "{names:?}");
        assert!(file_name(&format!("https://a.example/{}", "x".repeat(5_000)), "-").len() < 130);
    }
}
