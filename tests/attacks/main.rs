//! Hostile servers before and around TLS, in the manner of the EAST fake-mail-server: some hundred scripts for
//! stripping, injection, PREAUTH, forged capabilities, referrals, broken handshakes and forged certificates. In none
//! of them does one byte of the credentials reach anybody but a server that has proved who it is.
//!
//! Each case is run through the service's own check of an account, with a password that is looked for in everything
//! that the server was told, in every form that it could take.

mod case;
mod cases;
mod certificates;
mod server;

use case::{Case, Outcome};
use certificates::Forge;
use futures::StreamExt;
use postwren::mail::account::{Account, AuthMethod, Endpoint, Protocol, SecretSource, Security};
use postwren::service::command::{Command, Secret};
use postwren::service::{Handle, Mode, Platform, Problem, ProblemKind, start};
use postwren::storage::MemorySecrets;
use server::{Seen, Server};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use tokio::net::TcpListener;

const USER: &str = "ada@liar.example";
/// What must not leak. Its odd characters make its spellings differ.
const CANARY: &str = "CANARY-k9 %&/+\"x\\7Q";

/// The scripts of the original.
const AT_LEAST: usize = 188;

/// Every spelling of the canary in which it could go over a wire.
fn spellings() -> Vec<Vec<u8>> {
    use base64::Engine as _;
    let encode = |bytes: &[u8]| base64::engine::general_purpose::STANDARD.encode(bytes);
    let quoted = CANARY.replace('\\', "\\\\").replace('"', "\\\"");
    let url: String = url::form_urlencoded::byte_serialize(CANARY.as_bytes()).collect();
    let percent = CANARY
        .bytes()
        .map(|b| if b.is_ascii_alphanumeric() || b == b'-' { (b as char).to_string() } else { format!("%{b:02X}") });
    let hex: String = CANARY.bytes().map(|byte| format!("{byte:02x}")).collect();
    let mut all = vec![CANARY.into(), quoted.into_bytes(), url.into_bytes(), percent.collect::<String>().into_bytes()];
    all.extend([hex.to_uppercase().into_bytes(), hex.into_bytes(), b"CANARY".to_vec()]);
    // Base64 at each of the three places where it can stand in a longer text: without the characters that
    // its neighbours have a part in.
    for before in 0..3 {
        let text = encode(&[&vec![b'.'; before][..], CANARY.as_bytes()].concat());
        let from = [0, 2, 3][before];
        let until = text.trim_end_matches('=').len() - 1;
        all.push(text.as_bytes()[from..until].to_vec());
    }
    all
}

fn leaks(bytes: &[u8], spellings: &[Vec<u8>]) -> bool {
    spellings.iter().any(|form| bytes.windows(form.len()).any(|window| window == form))
}

fn outcome(result: &Result<String, Problem>) -> Option<Outcome> {
    Some(match result {
        Ok(_) => Outcome::Welcome,
        Err(problem) => match &problem.kind {
            ProblemKind::NoEncryption { .. } => Outcome::NoEncryption,
            ProblemKind::Certificate { reason, .. } => Outcome::Certificate(cases::why(reason)),
            ProblemKind::Protocol { .. } => Outcome::Protocol,
            ProblemKind::Refused { .. } => Outcome::Refused,
            ProblemKind::Unreachable { .. } => Outcome::Unreachable,
            ProblemKind::CaptivePortal { .. } => Outcome::CaptivePortal,
            ProblemKind::Authentication { .. } => Outcome::Authentication,
            _ => return None,
        },
    })
}

/// A person with an account, whose servers are put in its place one after the other.
struct Person {
    handle: Handle,
    directory: tempfile::TempDir,
    spellings: Vec<Vec<u8>>,
}

impl Person {
    async fn new(ca_pem: &str) -> Person {
        let directory = tempfile::tempdir().expect("a directory");
        std::fs::write(directory.path().join("ca.pem"), ca_pem).expect("write");
        let platform = Platform {
            secrets: Some(Arc::new(MemorySecrets::new())),
            ..Platform::system(Some(directory.path().join("profile")))
        };
        let handle = start(platform, Mode::Batch).await.expect("start");
        let person = Person { handle, directory, spellings: spellings() };
        let nowhere = endpoint(Protocol::Imap, Security::Tls, "localhost", 9);
        let account = Box::new(person.account(nowhere, AuthMethod::Password));
        let secret = Some(Secret(CANARY.into()));
        person.handle.execute(Command::AddAccount { account, secret }).await.expect("the account");
        person
    }

    fn account(&self, server: Endpoint, auth: AuthMethod) -> Account {
        let nowhere = |protocol| endpoint(protocol, Security::Tls, "127.0.0.1", 9);
        let (incoming, outgoing) = match server.protocol {
            Protocol::Smtp => (nowhere(Protocol::Imap), server),
            _ => (server, nowhere(Protocol::Smtp)),
        };
        Account {
            name: "canary".into(),
            email: USER.into(),
            user: USER.into(),
            incoming,
            outgoing,
            auth,
            secret: SecretSource::Keyring,
            ca_file: Some(self.directory.path().join("ca.pem")),
            ..Account::default()
        }
    }

    /// What the account's check says of a server.
    async fn check(&self, server: Endpoint, auth: AuthMethod) -> Result<String, Problem> {
        let outgoing = server.protocol == Protocol::Smtp;
        let report = self.handle.check(&self.account(server, auth), None).await.expect("a report");
        if outgoing { report.outgoing } else { report.incoming }
    }

    /// Runs a case; what is wrong.
    async fn judge(&self, case: &Case, trap: u16) -> Result<(), String> {
        let server = Server::start(case, trap).await.map_err(|error| error.to_string())?;
        let result = self.check(endpoint(case.protocol, case.security, case.host, server.port), case.method).await;
        let seen = server.seen().await;
        self.verdict(case, &result, &seen).map_err(|what| format!("{case}: {what}; it said {result:?}"))
    }

    fn verdict(&self, case: &Case, result: &Result<String, Problem>, seen: &Seen) -> Result<(), String> {
        let must = |holds: bool, what: &str| if holds { Ok(()) } else { Err(what.to_string()) };
        must(!leaks(&seen.raw, &self.spellings), "credentials on a plain line")?;
        must(
            case.may_log_in || !leaks(&seen.inside, &self.spellings),
            "credentials for a server that is not to have them",
        )?;
        let has = outcome(result);
        must(has.is_some_and(|has| case.expected.contains(&has)), &format!("expected {:?}", case.expected))?;
        must(has != Some(Outcome::Welcome) || leaks(&seen.inside, &self.spellings), "let in without credentials")?;
        if case.expected.iter().all(|outcome| matches!(outcome, Outcome::Certificate(_))) {
            must(seen.inside.is_empty(), "words for a server that proved nothing")?;
        }
        must(seen.connections == 1, &format!("{} connections", seen.connections))?;
        // Where the client may wait for more the server loses patience first.
        must(seen.left_by_client || has == Some(Outcome::Unreachable), "the connection was left open")?;
        let words = format!("{result:?}");
        must(!leaks(words.as_bytes(), &self.spellings), "credentials in the report")?;
        must(!(case.family == "spoofing" && words.contains(cases::SPOOFED)), "an attacker's words in the report")
    }
}

fn endpoint(protocol: Protocol, security: Security, host: &str, port: u16) -> Endpoint {
    Endpoint { protocol, host: host.into(), port, security }
}

/// Every file below a directory.
fn files(directory: &Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(directory).expect("a directory").flatten() {
        let path = entry.path();
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_credential_leaves_for_anybody_unproved() {
    let forge = Forge::build();
    let person = Person::new(&forge.ca_pem).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a trap");
    let trap = listener.local_addr().expect("its port").port();
    let cases = cases::all(&forge);
    assert!(cases.len() >= AT_LEAST, "{} cases", cases.len());
    let mut counts = BTreeMap::<(String, &str), usize>::new();
    for case in &cases {
        *counts.entry((format!("{:?} {:?}", case.protocol, case.security), case.family)).or_default() += 1;
    }
    let verdicts = cases.iter().map(|case| person.judge(case, trap));
    let wrong: Vec<String> = futures::stream::iter(verdicts)
        .buffer_unordered(24)
        .filter_map(|verdict| async { verdict.err() })
        .collect()
        .await;
    let trapped = tokio::time::timeout(std::time::Duration::from_millis(100), listener.accept()).await;
    for ((place, family), count) in &counts {
        println!("{place:14} {family:14} {count:4}");
    }
    println!("attacks: {} cases, {} wrong", cases.len(), wrong.len());
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
    assert!(trapped.is_err(), "a referral was followed");

    // What was recorded of all this shows the dialogues and no credentials.
    let lines = person.handle.transcript(None).await.expect("transcript");
    assert!(lines.iter().any(|line| line.text.contains("AUTH")), "{} lines", lines.len());
    person.handle.stop().await;
    let mut kept = Vec::new();
    files(person.directory.path(), &mut kept);
    for file in kept {
        let bytes = std::fs::read(&file).expect("read");
        assert!(!leaks(&bytes, &person.spellings), "credentials in {}", file.display());
    }
}

/// The detector itself: by the person's choice of a plain line the credentials are there, and are seen.
#[tokio::test(flavor = "multi_thread")]
async fn credentials_on_a_plain_line_would_be_seen() {
    let forge = Forge::build();
    let person = Person::new(&forge.ca_pem).await;
    for protocol in case::PROTOCOLS {
        for method in [AuthMethod::Password, AuthMethod::XOAuth2] {
            let offer = case::Offer::everything(protocol);
            let greeting = match protocol {
                Protocol::Imap => "* OK hi\r\n",
                Protocol::Pop3 => "+OK hi\r\n",
                Protocol::Smtp => "220 hi\r\n",
            };
            let case = Case {
                family: "control",
                name: "plain".into(),
                protocol,
                security: Security::None,
                host: "localhost",
                method,
                steps: vec![case::text(greeting), case::Step::Serve(offer)],
                delivery: case::Delivery::Whole,
                identity: forge.honest.clone(),
                expected: vec![Outcome::Welcome],
                may_log_in: true,
            };
            let wrong = person.judge(&case, 9).await.expect_err("a leak");
            assert!(wrong.contains("credentials on a plain line"), "{wrong}");
        }
    }
}
