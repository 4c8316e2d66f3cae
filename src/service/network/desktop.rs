//! What logind and NetworkManager say on the system's D-Bus. Both are asked for nothing but signals and one property;
//! neither is started where it does not run.

use super::Sign;
use futures::StreamExt;
use futures::stream::select_all;
use tokio::sync::mpsc;
use zbus::message::Type;
use zbus::zvariant::{OwnedValue, Value};
use zbus::{Connection, MatchRule, Message, MessageStream, Result};

const LOGIN: &str = "org.freedesktop.login1";
const MANAGER: &str = "org.freedesktop.NetworkManager";
const MANAGER_PATH: &str = "/org/freedesktop/NetworkManager";
const PROPERTIES: &str = "org.freedesktop.DBus.Properties";
/// Signals that may wait to be read.
const QUEUE: usize = 16;

/// Tells of every sign until the bus ends.
///
/// # Errors
/// Where there is no bus.
pub(super) async fn listen(tell: &mpsc::Sender<Sign>) -> Result<()> {
    listen_on(&Connection::system().await?, tell).await
}

async fn listen_on(bus: &Connection, tell: &mpsc::Sender<Sign>) -> Result<()> {
    let signals = [
        (LOGIN, "org.freedesktop.login1.Manager", "PrepareForSleep"),
        (MANAGER, MANAGER, "StateChanged"),
        (MANAGER, PROPERTIES, "PropertiesChanged"),
    ];
    let mut streams = Vec::new();
    for (sender, interface, member) in signals {
        let rule =
            MatchRule::builder().msg_type(Type::Signal).sender(sender)?.interface(interface)?.member(member)?.build();
        streams.push(MessageStream::for_match_rule(rule, bus, Some(QUEUE)).await?);
    }
    if let Some(metered) = metered_now(bus).await? {
        let _ = tell.send(Sign::Metered(metered)).await;
    }
    let mut all = select_all(streams);
    while let Some(message) = all.next().await {
        for sign in read(&message?) {
            if tell.send(sign).await.is_err() {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// Whether NetworkManager counts the bytes of this network; none where it does not run.
///
/// # Errors
/// Where there is no bus.
pub(super) async fn is_metered() -> Result<Option<bool>> {
    metered_now(&Connection::system().await?).await
}

async fn metered_now(bus: &Connection) -> Result<Option<bool>> {
    let dbus = "org.freedesktop.DBus";
    let runs = bus.call_method(Some(dbus), "/org/freedesktop/DBus", Some(dbus), "NameHasOwner", &MANAGER).await?;
    if !runs.body().deserialize::<bool>()? {
        return Ok(None);
    }
    let got = bus.call_method(Some(MANAGER), MANAGER_PATH, Some(PROPERTIES), "Get", &(MANAGER, "Metered")).await?;
    let value: OwnedValue = got.body().deserialize()?;
    Ok(u32::try_from(value).ok().and_then(metered))
}

/// `NMMetered`: 1 yes, 2 no, 3 and 4 the same as a guess; 0 unknown.
fn metered(value: u32) -> Option<bool> {
    match value {
        1 | 3 => Some(true),
        2 | 4 => Some(false),
        _ => None,
    }
}

/// What a signal says. What is not understood says nothing.
fn read(message: &Message) -> Vec<Sign> {
    let header = message.header();
    let (Some(interface), Some(member)) = (header.interface(), header.member()) else { return Vec::new() };
    let body = message.body();
    match (interface.as_str(), member.as_str()) {
        // True before the sleep, false after.
        (_, "PrepareForSleep") if body.deserialize::<bool>().is_ok_and(|begins| !begins) => vec![Sign::Woke],
        (MANAGER, "StateChanged") => vec![Sign::Changed],
        (PROPERTIES, "PropertiesChanged") => {
            type Changed<'a> = (&'a str, std::collections::HashMap<&'a str, Value<'a>>, Vec<&'a str>);
            let Ok((MANAGER, changed, _)) = body.deserialize::<Changed<'_>>() else { return Vec::new() };
            let said = changed.get("Metered").and_then(|value| u32::try_from(value).ok()).and_then(metered);
            let moved = changed.contains_key("PrimaryConnection").then_some(Sign::Changed);
            said.map(Sign::Metered).into_iter().chain(moved).collect()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    fn signal<B: serde::Serialize + zbus::zvariant::DynamicType>(interface: &str, member: &str, body: &B) -> Vec<Sign> {
        let message = Message::signal("/x", interface, member).unwrap().build(body).unwrap();
        read(&message)
    }

    #[test]
    fn signals_are_understood_and_others_say_nothing() {
        let login = "org.freedesktop.login1.Manager";
        assert_eq!(signal(login, "PrepareForSleep", &true), []);
        assert_eq!(signal(login, "PrepareForSleep", &false), [Sign::Woke]);
        assert_eq!(signal(login, "PrepareForSleep", &"what"), []);
        assert_eq!(signal(MANAGER, "StateChanged", &70_u32), [Sign::Changed]);
        let properties = |of: &str, name: &'static str, value: Value<'static>| {
            signal(PROPERTIES, "PropertiesChanged", &(of, HashMap::from([(name, value)]), Vec::<&str>::new()))
        };
        for (value, is) in [(1_u32, Some(true)), (2, Some(false)), (3, Some(true)), (4, Some(false)), (0, None)] {
            let expected: Vec<Sign> = is.map(Sign::Metered).into_iter().collect();
            assert_eq!(properties(MANAGER, "Metered", value.into()), expected, "{value}");
        }
        assert_eq!(properties(MANAGER, "PrimaryConnection", "x".into()), [Sign::Changed]);
        assert_eq!(properties(MANAGER, "Metered", "x".into()), []);
        assert_eq!(properties("org.other", "Metered", 1_u32.into()), []);
        assert_eq!(signal("org.other", "Whatever", &1_u32), []);
    }
}
