//! Configuration: what was given on the command line goes before the environment, that before the file, and that before
//! the default. It is read once and checked as a whole, so nothing later meets a value that makes no sense.

mod oidc;

use std::env;
use std::fs;
use std::net::{IpAddr, Ipv4Addr};
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use clap::Parser;
use serde::Deserialize;
use tracing_subscriber::EnvFilter;

pub use oidc::Oidc;

use crate::store::Elsewhere;

/// Where people find the server when they say nothing.
pub const DEFAULT_PORT: u16 = 4400;

const REQUESTS_PER_SECOND: NonZeroU32 = NonZeroU32::new(50).expect("it is not 0");
const SIGN_INS_PER_MINUTE: NonZeroU32 = NonZeroU32::new(60).expect("it is not 0");
const HISTORY_DAYS: u32 = 30;
const PARK_AFTER_MINUTES: u32 = 15;
const CHECKPOINT_AFTER_MINUTES: u32 = 5;

/// What was given, before it is checked. Environment variables are read together with the command line.
#[derive(Debug, Default, Clone, Parser, Deserialize)]
#[command(name = "orrery", version, about = "Serves Orrery: the page, the API and the sandboxes.")]
#[serde(deny_unknown_fields)]
pub struct RawConfig {
    /// Configuration file (TOML); the keys are the long names of these options.
    #[arg(long, env = "ORRERY_CONFIG", value_name = "FILE")]
    #[serde(skip)]
    pub config: Option<PathBuf>,
    /// Address to listen on [default: 127.0.0.1].
    #[arg(long, env = "ORRERY_HOST", value_name = "ADDRESS")]
    pub host: Option<IpAddr>,
    /// Port to listen on; 0 takes a free one [default: 4400].
    #[arg(long, env = "ORRERY_PORT", value_name = "N")]
    pub port: Option<u16>,
    /// Folder for everything that is stored [default: orrery in the user's data folder].
    #[arg(long, env = "ORRERY_DATA", value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// What to log, as `tracing` filters say it [default: info,sqlx=warn].
    #[arg(long, env = "ORRERY_LOG", value_name = "FILTER")]
    pub log: Option<String>,
    /// PostgreSQL database instead of the embedded one: `postgres://user:password@host/database`.
    #[arg(long, env = "ORRERY_DATABASE", value_name = "URL", hide_env_values = true)]
    pub database: Option<String>,
    /// Bucket for large things instead of the data folder, `s3://bucket/prefix`; the environment says where it is and who we are
    /// for it, with the names that tools for S3 use (AWS_ENDPOINT, AWS_ACCESS_KEY_ID…).
    #[arg(long, env = "ORRERY_BLOBS", value_name = "URL")]
    pub blobs: Option<String>,
    /// Where people reach the server, when that is not where it listens: `https://orrery.example.org`.
    #[arg(long, env = "ORRERY_PUBLIC_ORIGIN", value_name = "ORIGIN")]
    pub public_origin: Option<String>,
    /// Sites that may show the page in a frame and use the API; may be given several times [default: none].
    #[arg(long = "embed-origin", env = "ORRERY_EMBED_ORIGINS", value_name = "ORIGIN", value_delimiter = ',')]
    pub embed_origins: Option<Vec<String>>,
    /// Provider of OpenID Connect with which people can sign in, too; what it says of itself lies below this address. It has to send
    /// people back to `/api/sign-in/oidc/callback` here [default: none].
    #[arg(long, env = "ORRERY_OIDC_ISSUER", value_name = "URL")]
    pub oidc_issuer: Option<String>,
    /// What that provider knows this server by.
    #[arg(long, env = "ORRERY_OIDC_CLIENT_ID", value_name = "ID")]
    pub oidc_client_id: Option<String>,
    /// With what this server shows that provider who it is; a public client has none.
    #[arg(long, env = "ORRERY_OIDC_CLIENT_SECRET", value_name = "SECRET", hide_env_values = true)]
    pub oidc_client_secret: Option<String>,
    /// What people call that provider, on the button that leads there [default: single sign-on].
    #[arg(long, env = "ORRERY_OIDC_NAME", value_name = "NAME")]
    pub oidc_name: Option<String>,
    /// How many requests a person may make in a second [default: 50].
    #[arg(long, env = "ORRERY_REQUESTS_PER_SECOND", value_name = "N")]
    pub requests_per_second: Option<NonZeroU32>,
    /// How many attempts to sign in an address may make in a minute [default: 60].
    #[arg(long, env = "ORRERY_SIGN_INS_PER_MINUTE", value_name = "N")]
    pub sign_ins_per_minute: Option<NonZeroU32>,
    /// For how many days every edit of a document is kept; its content is kept anyway [default: 30].
    #[arg(long, env = "ORRERY_HISTORY_DAYS", value_name = "N")]
    pub history_days: Option<u32>,
    /// After how many minutes in which nobody looks a program is put on the disk until somebody does [default: 15].
    #[arg(long, env = "ORRERY_PARK_AFTER_MINUTES", value_name = "N")]
    pub park_after_minutes: Option<u32>,
    /// After how many minutes a program that runs is written to the disk again, to go on from there should the server fail
    /// [default: 5].
    #[arg(long, env = "ORRERY_CHECKPOINT_AFTER_MINUTES", value_name = "N")]
    pub checkpoint_after_minutes: Option<u32>,
    /// After how many days a guest is deleted who cannot come back and shares nothing with anybody, with all that is theirs
    /// [default: never].
    #[arg(long, env = "ORRERY_LOST_GUESTS_DAYS", value_name = "N")]
    pub lost_guests_days: Option<NonZeroU32>,
    /// Open the page in the browser once the server is up.
    #[arg(long)]
    #[serde(skip)]
    pub open: bool,
}

/// The configuration that the server runs with.
#[derive(Debug)]
pub struct Config {
    /// Address to listen on.
    pub host: IpAddr,
    /// Port to listen on; 0 for a free one.
    pub port: u16,
    /// Folder for everything that is stored. Absolute.
    pub data: PathBuf,
    /// What to log; known to be a filter of `tracing`.
    pub log: String,
    /// Address of a PostgreSQL database; nothing for the embedded one.
    pub database: Option<Secret>,
    /// Bucket for large things; nothing for a folder.
    pub blobs: Option<String>,
    /// Where people reach the server, when that is known.
    pub public_origin: Option<String>,
    /// Sites that may show the page in a frame and use the API.
    pub embed_origins: Vec<String>,
    /// With what people can sign in besides a password.
    pub oidc: Option<Oidc>,
    /// How often somebody may ask.
    pub rates: Rates,
    /// For how many days every edit of a document is kept.
    pub history_days: u32,
    /// After how many milliseconds in which nobody looks a program is parked.
    pub park_after_millis: i64,
    /// After how many milliseconds a program that runs is written to the disk again.
    pub checkpoint_after_millis: i64,
    /// After how many milliseconds a guest is deleted who cannot come back; never, when there is nothing.
    pub lost_guests_after_millis: Option<i64>,
    /// Whether to open the page in the browser.
    pub open: bool,
}

/// How often somebody may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rates {
    /// Requests of one person in a second; of one address ten times as many.
    pub requests_per_second: NonZeroU32,
    /// Attempts to sign in from one address in a minute.
    pub sign_ins_per_minute: NonZeroU32,
}

/// A setting that is not shown in the log.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file that was named cannot be read.
    #[error("the configuration file {file} cannot be read")]
    Read {
        /// The file.
        file: PathBuf,
        /// What the operating system says.
        #[source]
        source: std::io::Error,
    },
    /// The file is not TOML, has an unknown key, or a value of the wrong kind.
    #[error("the configuration file {file} is wrong")]
    Parse {
        /// The file.
        file: PathBuf,
        /// Where and why.
        #[source]
        source: Box<toml::de::Error>,
    },
    /// The log filter cannot be read.
    #[error("the log filter {filter:?} cannot be read")]
    Log {
        /// The filter.
        filter: String,
        /// Why.
        #[source]
        source: tracing_subscriber::filter::ParseError,
    },
    /// What should be the origin of a site is not one.
    #[error("{origin:?} is not the origin of a site: give scheme and host, like https://school.example.org")]
    Origin {
        /// What was given.
        origin: String,
    },
    /// The bucket is not one.
    #[error("{url:?} is not the address of a bucket: give it as s3://bucket or s3://bucket/prefix")]
    Blobs {
        /// What was given.
        url: String,
    },
    /// The provider's address is not one, or others could read what is sent there.
    #[error(
        "{issuer:?} is not the address of a provider of OpenID Connect: give it with https (http only on this machine), \
         without query and fragment"
    )]
    Issuer {
        /// What was given.
        issuer: String,
    },
    /// Of a provider only a part is given.
    #[error("a provider of OpenID Connect needs oidc_issuer and oidc_client_id, and {key} is missing")]
    OidcLacks {
        /// What is not.
        key: &'static str,
    },
    /// Nothing says where to store things.
    #[error("there is no folder to store things in: set --data or ORRERY_DATA")]
    NoDataFolder,
    /// The data folder has no absolute path.
    #[error("the data folder {data} cannot be found")]
    Data {
        /// The folder.
        data: PathBuf,
        /// What the operating system says.
        #[source]
        source: std::io::Error,
    },
}

impl Config {
    /// Completes what was given with the file and the defaults, and checks it.
    ///
    /// # Errors
    ///
    /// See [`ConfigError`]; each says which setting is wrong.
    pub fn resolve(given: RawConfig) -> Result<Self, ConfigError> {
        let file = match &given.config {
            Some(file) => RawConfig::from_file(file)?,
            None => RawConfig::default(),
        };
        let data = given.data.or(file.data).or_else(default_data_dir).ok_or(ConfigError::NoDataFolder)?;
        let data = std::path::absolute(&data).map_err(|source| ConfigError::Data { data, source })?;
        let log = given.log.or(file.log).unwrap_or_else(|| "info,sqlx=warn".to_owned());
        if let Err(source) = EnvFilter::try_new(&log) {
            return Err(ConfigError::Log { filter: log, source });
        }
        let public_origin = given.public_origin.or(file.public_origin);
        let embed_origins = given.embed_origins.or(file.embed_origins).unwrap_or_default();
        for origin in embed_origins.iter().chain(&public_origin) {
            if !is_origin(origin) {
                return Err(ConfigError::Origin { origin: origin.clone() });
            }
        }
        let blobs = given.blobs.or(file.blobs);
        if let Some(url) = blobs.as_ref().filter(|url| !is_bucket(url)) {
            return Err(ConfigError::Blobs { url: url.clone() });
        }
        let oidc = oidc::Given {
            issuer: given.oidc_issuer.or(file.oidc_issuer),
            client_id: given.oidc_client_id.or(file.oidc_client_id),
            client_secret: given.oidc_client_secret.or(file.oidc_client_secret),
            name: given.oidc_name.or(file.oidc_name),
        };
        let rates = Rates {
            requests_per_second: given.requests_per_second.or(file.requests_per_second).unwrap_or(REQUESTS_PER_SECOND),
            sign_ins_per_minute: given.sign_ins_per_minute.or(file.sign_ins_per_minute).unwrap_or(SIGN_INS_PER_MINUTE),
        };
        let park_after = given.park_after_minutes.or(file.park_after_minutes).unwrap_or(PARK_AFTER_MINUTES);
        let checkpoint_after =
            given.checkpoint_after_minutes.or(file.checkpoint_after_minutes).unwrap_or(CHECKPOINT_AFTER_MINUTES);
        let lost_guests_days = given.lost_guests_days.or(file.lost_guests_days);
        Ok(Self {
            database: given.database.or(file.database).map(Secret),
            blobs,
            public_origin,
            embed_origins,
            oidc: oidc.resolve()?,
            rates,
            history_days: given.history_days.or(file.history_days).unwrap_or(HISTORY_DAYS),
            park_after_millis: i64::from(park_after) * 60_000,
            lost_guests_after_millis: lost_guests_days.map(|days| i64::from(days.get()) * 24 * 60 * 60_000),
            checkpoint_after_millis: i64::from(checkpoint_after) * 60_000,
            host: given.host.or(file.host).unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST)),
            port: given.port.or(file.port).unwrap_or(DEFAULT_PORT),
            data,
            log,
            open: given.open,
        })
    }

    /// Whether people reach the server over TLS only.
    #[must_use]
    pub fn is_public_over_tls(&self) -> bool {
        self.public_origin.as_deref().is_some_and(|origin| origin.starts_with("https://"))
    }

    /// Where things are stored besides the data folder.
    #[must_use]
    pub fn elsewhere(&self) -> Elsewhere<'_> {
        Elsewhere { database: self.database.as_ref().map(|url| url.0.as_str()), blobs: self.blobs.as_deref() }
    }
}

impl RawConfig {
    fn from_file(file: &Path) -> Result<Self, ConfigError> {
        let text = fs::read_to_string(file).map_err(|source| ConfigError::Read { file: file.to_owned(), source })?;
        toml::from_str(&text).map_err(|source| ConfigError::Parse { file: file.to_owned(), source: Box::new(source) })
    }
}

/// Scheme and host, as browsers send them: nothing after it, and nothing that means something in a header.
fn is_origin(text: &str) -> bool {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    host.is_some_and(|host| {
        !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte))
    })
}

fn is_bucket(url: &str) -> bool {
    let bucket = url.strip_prefix("s3://").and_then(|rest| rest.split('/').next());
    bucket.is_some_and(|bucket| {
        !bucket.is_empty() && bucket.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte))
    })
}

/// `$XDG_DATA_HOME/orrery`, else `$HOME/.local/share/orrery`.
fn default_data_dir() -> Option<PathBuf> {
    let folder = |name: &str| env::var_os(name).map(PathBuf::from).filter(|folder| folder.is_absolute());
    folder("XDG_DATA_HOME")
        .or_else(|| folder("HOME").map(|home| home.join(".local/share")))
        .map(|data| data.join("orrery"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_file(text: &str, given: RawConfig) -> Result<Config, ConfigError> {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("orrery.toml");
        fs::write(&file, text).unwrap();
        Config::resolve(RawConfig { config: Some(file), ..given })
    }

    #[test]
    fn the_command_line_goes_before_the_file_and_the_file_before_the_default() {
        let given = RawConfig { port: Some(1), ..RawConfig::default() };
        let config = with_file("port = 2\nhost = \"0.0.0.0\"\ndata = \"/stored\"", given).unwrap();
        assert_eq!((config.port, config.host.to_string()), (1, "0.0.0.0".to_owned()));
        assert_eq!(config.data, Path::new("/stored"));
        let config = with_file("data = \"/stored\"", RawConfig::default()).unwrap();
        assert_eq!((config.port, config.host.to_string()), (DEFAULT_PORT, "127.0.0.1".to_owned()));
    }

    #[test]
    fn the_example_is_a_configuration_and_names_every_key() {
        let example = include_str!("../config.example.toml");
        let uncommented: String =
            example.lines().map(|line| line.trim_start_matches("#: ").to_owned() + "\n").collect();
        let raw: RawConfig = toml::from_str(&uncommented).unwrap();
        assert!(raw.host.is_some() && raw.port.is_some() && raw.data.is_some() && raw.log.is_some());
        assert!(
            raw.blobs.is_some() && raw.database.is_some() && raw.public_origin.is_some() && raw.embed_origins.is_some()
        );
        assert!(raw.requests_per_second.is_some() && raw.sign_ins_per_minute.is_some() && raw.history_days.is_some());
        assert!(raw.park_after_minutes.is_some() && raw.checkpoint_after_minutes.is_some());
        assert!(raw.lost_guests_days.is_some() && raw.oidc_issuer.is_some() && raw.oidc_client_id.is_some());
        assert!(raw.oidc_client_secret.is_some() && raw.oidc_name.is_some());
        assert!(toml::from_str::<RawConfig>(example).is_ok());
    }

    #[test]
    fn what_is_wrong_in_the_file_is_an_error() {
        for text in [
            "prot = 1",
            "port = \"x\"",
            "port = 70000",
            "log = \"a=b=c\"\ndata = \"/d\"",
            "host = \"here\"",
            "requests_per_second = 0",
            "data = \"/d\"\noidc_issuer = \"https://a.example\"",
        ] {
            assert!(with_file(text, RawConfig::default()).is_err(), "{text}");
        }
        for origin in ["school.example.org", "https://", "https://a.example; script-src *", "https://a.example/b"] {
            let given =
                RawConfig { data: Some("/d".into()), embed_origins: Some(vec![origin.into()]), ..Default::default() };
            assert!(matches!(Config::resolve(given), Err(ConfigError::Origin { .. })), "{origin}");
        }
        for url in ["bucket", "s3://", "https://bucket", "s3:///prefix", "s3://a?b/c"] {
            let given = RawConfig { data: Some("/d".into()), blobs: Some(url.into()), ..Default::default() };
            assert!(matches!(Config::resolve(given), Err(ConfigError::Blobs { .. })), "{url}");
        }
        let missing = RawConfig { config: Some("/does/not/exist".into()), ..RawConfig::default() };
        assert!(matches!(Config::resolve(missing), Err(ConfigError::Read { .. })));
    }
}
