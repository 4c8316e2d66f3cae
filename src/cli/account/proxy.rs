//! `--proxy` of `postwren account add`, with its password.

use super::super::failure::Failure;
use super::add::read_secret;
use crate::service::command::Secret;
use crate::service::model::Proxy;

#[derive(Debug, clap::Args)]
pub struct ProxyArgs {
    /// Reach the servers through this proxy: socks5://[user@]host[:port] or http://[user@]host[:port]
    #[arg(long, value_name = "URL", value_parser = parse)]
    proxy: Option<Proxy>,
    /// Read the proxy's password from the next line of standard input
    #[arg(long, requires = "proxy")]
    proxy_password_stdin: bool,
    #[arg(skip)]
    password: Option<Secret>,
}

fn parse(text: &str) -> Result<Proxy, String> {
    Proxy::parse(text).map_err(|error| error.to_string())
}

impl ProxyArgs {
    /// Reads the password, after the account's own where that comes from standard input too.
    pub fn prepare(&mut self) -> Result<(), Failure> {
        if self.proxy_password_stdin {
            self.password = Some(read_secret(&mut std::io::stdin().lock())?);
        }
        Ok(())
    }

    pub fn proxy(&self) -> Option<Proxy> {
        self.proxy.clone()
    }

    pub fn take_password(&mut self) -> Option<Secret> {
        self.password.take()
    }
}
