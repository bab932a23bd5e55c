//! The settings of traces, under the names that OpenTelemetry defines.

use http::{HeaderName, HeaderValue, Uri};
use secrecy::SecretString;

use crate::config::{Source, parse};

/// The path of a collector that receives traces.
const TRACES: &str = "/v1/traces";

/// The settings of the export of traces to a collector of OpenTelemetry.
#[derive(Debug, Clone)]
pub struct TraceConfig {
    /// The URL that receives traces, over HTTP in Protocol Buffers.
    pub endpoint: String,
    /// Headers of each export, for example credentials, as `name=value` pairs that are separated by commas.
    pub headers: Option<SecretString>,
    /// The share of requests whose traces are exported, from 0 to 1. The decision of a trusted caller comes first.
    pub rate: f64,
}

impl TraceConfig {
    /// Reads the settings of traces. Returns `None` if no collector is configured.
    pub(crate) fn read(from: &mut Source) -> Option<TraceConfig> {
        let base = from.shared_setting("OTEL_EXPORTER_OTLP_ENDPOINT").optional(url);
        let traces = from.shared_setting("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT").optional(url);
        let headers = from.shared_setting("OTEL_EXPORTER_OTLP_HEADERS").optional(headers);
        let rate = from.shared_setting("OTEL_TRACES_SAMPLER_ARG").or(1.0, parse::share);
        let endpoint = traces.or_else(|| base.map(|base| format!("{}{TRACES}", base.trim_end_matches('/'))))?;
        Some(TraceConfig { endpoint, headers, rate })
    }
}

/// Checks that a setting is the URL of a collector.
fn url(text: &str) -> Result<String, String> {
    let is_url = text.parse::<Uri>().is_ok_and(|uri| {
        matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some_and(|host| !host.is_empty())
    });
    if is_url { Ok(text.to_owned()) } else { Err("must be a URL such as http://localhost:4318".to_owned()) }
}

/// Checks that a setting is a list of headers.
fn headers(text: &str) -> Result<SecretString, String> {
    match header_pairs(text) {
        Some(_) => Ok(SecretString::from(text)),
        None => Err("must be headers such as name=value,other=value".to_owned()),
    }
}

/// Splits a list of headers. Returns `None` if one of them is not valid.
pub(super) fn header_pairs(text: &str) -> Option<Vec<(String, String)>> {
    let pairs = text.split(',').map(|pair| {
        let (name, value) = pair.split_once('=')?;
        let (name, value) = (name.trim(), percent_encoding::percent_decode_str(value.trim()).decode_utf8().ok()?);
        HeaderName::try_from(name).ok()?;
        HeaderValue::try_from(&*value).ok()?;
        Some((name.to_owned(), value.into_owned()))
    });
    pairs.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> (Option<TraceConfig>, Result<(), crate::config::ConfigError>) {
        let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let mut source = Source::new("MUSEUM_", "", pairs);
        (TraceConfig::read(&mut source), source.finish())
    }

    #[test]
    fn traces_are_exported_only_to_a_configured_collector() {
        assert!(read(&[]).0.is_none());
        let endpoint = |pairs: &[_]| read(pairs).0.unwrap().endpoint;
        let base = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318/");
        assert_eq!(endpoint(&[base]), "http://collector:4318/v1/traces");
        let traces = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "https://collector/traces");
        assert_eq!(endpoint(&[base, traces]), "https://collector/traces");
    }

    #[test]
    fn settings_that_are_not_valid_are_faults() {
        for (name, value) in [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318"),
            ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "secret"),
            ("OTEL_TRACES_SAMPLER_ARG", "2"),
        ] {
            assert!(read(&[(name, value)]).1.unwrap_err().to_string().contains(name), "{name}");
        }
    }

    #[test]
    fn headers_are_pairs_with_percent_encoded_values() {
        let pairs = header_pairs("authorization=Bearer%20abc, x-team = museum").unwrap();
        let expected = [("authorization", "Bearer abc"), ("x-team", "museum")];
        assert!(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).eq(expected));
        assert!(header_pairs("a=b,").is_none());
    }
}
