//! `tiffin invite-admin` and `tiffin reset-password`: what the operator signs by hand, with a key that no function has.

use std::{
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
};

use ::pages::addresses::HOME;
use app::{Clock, INVITATION, KeyError, OperatorKey, OperatorToken, RESET, Random, TextSetting, from_word, is_url};
use clap::Args;
use domain::{Email, Timestamp};
use host::requirements::{ISSUER, OPERATOR_KEY};

use crate::{
    data_dir::operator_file,
    up::{DEFAULT_PORT, local_url, text_of},
};

/// Where the pages are, for a link to them.
const PAGES: TextSetting = TextSetting {
    name: "--pages",
    must_be: "the http or https URL that the pages are at",
    accepts: |text| is_url(text) && !text.contains('?'),
    default: "none",
    about: "Where the pages are",
};

/// What to sign, and with which key.
#[derive(Debug, Args)]
pub(crate) struct Request {
    /// Whom it is for.
    email: Email,
    /// The file of the operator's key. Without it, the word in the variable `TIFFIN_OPERATOR_KEY`; without that, the key of the local
    /// process in its data directory.
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// The data directory of the local process.
    #[arg(long, env = "TIFFIN_DATA_DIR", default_value = ".tiffin")]
    data_dir: PathBuf,
    /// The address that the API is served under, who issues tokens. With the key of the local process, `http://localhost:<port>` unless
    /// given.
    #[arg(long, env = "TIFFIN_ISSUER", value_parser = text_of(ISSUER))]
    issuer: Option<String>,
    /// The port of the local process.
    #[arg(long, env = "TIFFIN_PORT", default_value_t = DEFAULT_PORT)]
    port: u16,
    /// Where the pages are: prints a link to them as well, which holds the token.
    #[arg(long, value_name = "URL", value_parser = text_of(PAGES))]
    pages: Option<String>,
}

/// A kind of token, and what the pages find it under in their address.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Purpose {
    token: OperatorToken,
    fragment: &'static str,
}

/// To register as an administrator.
pub(crate) const INVITE_ADMIN: Purpose = Purpose { token: INVITATION, fragment: "invitation" };
/// To set a new password.
pub(crate) const RESET_PASSWORD: Purpose = Purpose { token: RESET, fragment: "token" };

/// Why nothing was signed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotSigned {
    /// There is no key.
    #[error(
        "there is no operator's key: name its file with --key, give it as {OPERATOR_KEY}, or name the data directory of a local \
         process with --data-dir ({} has none)",
        .0.display()
    )]
    NoKey(PathBuf),
    /// What should be the key is none. What is wrong with it is not said: that would show the key.
    #[error("{0} holds no operator's key")]
    NotKey(String),
    /// The key can't be read.
    #[error("{} can't be read: {source}", path.display())]
    Unreadable { path: PathBuf, source: std::io::Error },
    /// Nobody said who issues tokens.
    #[error("say with --issuer who issues tokens: the address that the API is served under, as its functions know it ({})", ISSUER.name)]
    NoIssuer,
    /// The key does not sign.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// The token, and the link if it was asked for, a line each. `given` is the key in the environment.
pub(crate) fn sign(
    purpose: Purpose,
    request: &Request,
    given: Option<&str>,
    clock: &dyn Clock,
    random: &dyn Random,
) -> Result<String, NotSigned> {
    let (key, is_local) = request.find_key(given)?;
    let by_default = || is_local.then(|| local_url(request.port));
    let issuer = request.issuer.clone().or_else(by_default).ok_or(NotSigned::NoIssuer)?;
    let token = key.sign(purpose.token, request.email.clone(), &issuer, Timestamp::of(clock.now()), random)?;
    let mut lines = format!("{token}\n");
    if let Some(pages) = &request.pages {
        let pages = pages.trim_end_matches('/');
        lines.extend([pages, HOME.address, "#", purpose.fragment, "=", &token, "\n"]);
    }
    Ok(lines)
}

impl Request {
    /// The key, and whether it is the local process' own.
    fn find_key(&self, given: Option<&str>) -> Result<(OperatorKey, bool), NotSigned> {
        if let Some(path) = &self.key {
            return Ok((read_key(path)?, false));
        }
        if let Some(word) = given {
            let key = from_word(word).map_err(|_| NotSigned::NotKey(OPERATOR_KEY.to_owned()))?;
            return Ok((key, false));
        }
        match read_key(&operator_file(&self.data_dir)) {
            Err(NotSigned::Unreadable { source, .. }) if source.kind() == ErrorKind::NotFound => {
                Err(NotSigned::NoKey(self.data_dir.clone()))
            }
            key => Ok((key?, true)),
        }
    }
}

fn read_key(path: &Path) -> Result<OperatorKey, NotSigned> {
    let text = fs::read_to_string(path).map_err(|source| NotSigned::Unreadable { path: path.to_owned(), source })?;
    from_word(&text).map_err(|_| NotSigned::NotKey(path.display().to_string()))
}

#[cfg(test)]
mod tests {
    use app::{Keys, OperatorClaims, PublicKeys, to_word};
    use clap::Parser as _;
    use host::{SystemClock, SystemRandom};

    use super::*;
    use crate::data_dir::DataDir;

    #[derive(Debug, clap::Parser)]
    struct Line {
        #[command(flatten)]
        request: Request,
    }

    fn asked(purpose: Purpose, arguments: &[&str], given: Option<&str>) -> Result<String, String> {
        let line = ["invite-admin", "ana@tiffin.example"].iter().chain(arguments);
        let Line { request } = Line::try_parse_from(line).map_err(|error| error.to_string())?;
        sign(purpose, &request, given, &SystemClock, &SystemRandom).map_err(|error| error.to_string())
    }

    /// Whom a process that knows the public half of this key, and has this issuer, takes the token for.
    fn taken(key: &OperatorKey, issuer: &str, purpose: Purpose, token: &str) -> Option<String> {
        let pairs = Keys::generate().unwrap();
        let public = PublicKeys::of(&pairs).unwrap().and(key.public().unwrap());
        let keys = Keys::new(&public, &pairs, issuer).unwrap();
        let claims: OperatorClaims = keys.verify(purpose.token, token, Timestamp::of(SystemClock.now())).ok()?;
        Some(claims.email.as_str().to_owned())
    }

    #[test]
    fn the_key_of_the_local_process_signs_for_the_local_process() {
        let folder = tempfile::tempdir().unwrap();
        let key = DataDir::open(folder.path(), false).unwrap().operator_key().unwrap();
        let data_dir = folder.path().to_str().unwrap();
        for purpose in [INVITE_ADMIN, RESET_PASSWORD] {
            let lines = asked(purpose, &["--data-dir", data_dir], None).unwrap();
            let email = taken(&key, "http://localhost:3000", purpose, lines.trim());
            assert_eq!(email.as_deref(), Some("ana@tiffin.example"));
        }
        let elsewhere = asked(INVITE_ADMIN, &["--data-dir", data_dir, "--port", "8080"], None).unwrap();
        assert!(taken(&key, "http://localhost:8080", INVITE_ADMIN, elsewhere.trim()).is_some());
        let issuer = "https://api.example";
        let named = asked(INVITE_ADMIN, &["--data-dir", data_dir, "--issuer", issuer], None).unwrap();
        assert!(taken(&key, issuer, INVITE_ADMIN, named.trim()).is_some());
    }

    #[test]
    fn a_key_comes_from_a_file_or_from_the_environment_and_wants_an_issuer() {
        let issuer = "https://api.example";
        let folder = tempfile::tempdir().unwrap();
        let key = OperatorKey::generate().unwrap();
        let file = folder.path().join("operator.key");
        fs::write(&file, to_word(&key).unwrap()).unwrap();
        let file = file.to_str().unwrap();
        let in_file = asked(RESET_PASSWORD, &["--key", file, "--issuer", issuer], Some("bm8")).unwrap();
        assert!(taken(&key, issuer, RESET_PASSWORD, in_file.trim()).is_some());
        let word = to_word(&key).unwrap();
        let given = asked(RESET_PASSWORD, &["--issuer", issuer], Some(&word)).unwrap();
        assert!(taken(&key, issuer, RESET_PASSWORD, given.trim()).is_some());
        for (arguments, given) in [(&["--key", file][..], None), (&[], Some(word.as_str()))] {
            let error = asked(RESET_PASSWORD, arguments, given).unwrap_err();
            assert!(error.contains("--issuer") && error.contains("TIFFIN_ISSUER"), "{error}");
        }
    }

    #[test]
    fn a_link_holds_the_token_where_no_server_sees_it() {
        let key = to_word(&OperatorKey::generate().unwrap()).unwrap();
        for (purpose, name) in [(INVITE_ADMIN, "invitation"), (RESET_PASSWORD, "token")] {
            for pages in ["https://eat.example", "https://eat.example/"] {
                let lines = asked(purpose, &["--issuer", "https://a.example", "--pages", pages], Some(&key)).unwrap();
                let (token, link) = lines.trim_end().split_once('\n').unwrap();
                assert_eq!(link, format!("https://eat.example/eat#{name}={token}"));
            }
        }
    }

    #[test]
    fn what_is_wrong_is_said_and_no_key_is_shown() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().to_str().unwrap();
        let none = asked(INVITE_ADMIN, &["--data-dir", path], None).unwrap_err();
        for way in ["--key", "TIFFIN_OPERATOR_KEY", "--data-dir", path] {
            assert!(none.contains(way), "{none}");
        }
        assert_eq!(fs::read_dir(path).unwrap().count(), 0, "none is made");
        let missing = format!("{path}/nothing.key");
        assert!(asked(INVITE_ADMIN, &["--key", &missing], None).unwrap_err().starts_with(&missing));
        let another = to_word(&Keys::generate().unwrap()[0]).unwrap();
        assert_eq!(
            asked(INVITE_ADMIN, &["--issuer", "https://a.example"], Some(&another)).unwrap_err(),
            "TIFFIN_OPERATOR_KEY holds no operator's key"
        );
        for pages in ["eat.example", "https://eat.example/?a=b", "https://eat.example/#a"] {
            assert!(asked(INVITE_ADMIN, &["--pages", pages], None).unwrap_err().contains("URL that the pages are at"));
        }
        let nobody = Line::try_parse_from(["invite-admin", "ana"]).unwrap_err();
        assert!(nobody.to_string().contains("must be an e-mail address"), "{nobody}");
        assert_eq!(nobody.exit_code(), 2);
    }
}
