//! What a message is beside its text: an invitation, a report on another message, something signed or encrypted.

use crate::fl;
use crate::gui::screen::mail::Message as Screen;
use crate::gui::screen::mail::view;
use crate::gui::widget::control::{self, Role, Semantics};
use crate::gui::widget::icon::{Icon, icon};
use crate::gui::{font, theme};
use crate::i18n::reading::{self, invitation as events, report as reports};
use crate::service::model::{Address, CalendarEvent, Content, Invitation, Report};
use iced::widget::{Column, column, container, row, text};
use iced::{Alignment, Element, Length};
use jiff::Zoned;

/// Recipients and attendees that are shown.
const MOST: usize = 12;

/// All that a message is, in its order.
pub fn view<'a>(content: &Content, now: &Zoned) -> Vec<Element<'a, Screen>> {
    let mut all: Vec<Element<'a, Screen>> = Vec::new();
    all.extend(content.reports.iter().map(|told| report(told, now)));
    for invited in &content.invitations {
        all.extend(invited.events.iter().take(MOST).map(|event| invitation(invited, event, now)));
    }
    let seal = |words: String| view::banner(Icon::FileLock, words, Vec::new(), theme::ground::key);
    all.extend(content.seals.iter().map(reading::seal).map(seal));
    all
}

/// What became of another message, in plain words; the server's own beneath.
fn report<'a>(report: &Report, now: &Zoned) -> Element<'a, Screen> {
    let mut lines = Vec::new();
    let original = match report {
        Report::Delivery(delivery) => {
            for recipient in delivery.recipients.iter().take(MOST) {
                lines.push(plain(reports::recipient(recipient, now)));
                lines.extend(recipient.diagnostic.clone().map(quiet));
            }
            &delivery.original
        }
        Report::Disposition(disposition) => {
            lines.push(plain(reports::disposition(disposition)));
            &disposition.original
        }
    };
    lines.extend(original.subject.as_ref().map(|subject| quiet(fl!("report-about", subject = subject.as_str()))));
    card(Icon::MailWarning, fl!("report-heading"), lines)
}

fn invitation<'a>(invitation: &Invitation, event: &CalendarEvent, now: &Zoned) -> Element<'a, Screen> {
    let mut lines = vec![text(event.summary.clone()).font(font::semibold(&event.summary)).into()];
    lines.extend(events::when(event, now).map(plain));
    lines.extend(event.recurrence.as_ref().map(|rule| quiet(events::recurrence(rule, now))));
    let facts = [
        (Icon::MapPin, event.location.clone()),
        (Icon::Video, event.conference.clone().unwrap_or_default()),
        (Icon::User, event.organiser.as_ref().map(Address::to_string).unwrap_or_default()),
    ];
    for (sign, words) in facts.into_iter().filter(|(_, words)| !words.trim().is_empty()) {
        let fact = row![icon(sign, 14.0).style(theme::words::dim), text(words).width(Length::Fill)];
        lines.push(fact.spacing(theme::space::S).align_y(Alignment::Center).into());
    }
    for attendee in event.attendees.iter().take(MOST) {
        lines.push(quiet(format!("{} – {}", attendee.person, events::answer(attendee.answer))));
    }
    let rest = event.attendees.len().saturating_sub(MOST);
    lines.extend((rest > 0).then(|| quiet(fl!("invitation-more", count = rest))));
    card(Icon::Calendar, events::heading(invitation), lines)
}

fn plain<'a>(words: String) -> Element<'a, Screen> {
    text(words).width(Length::Fill).into()
}

fn quiet<'a>(words: String) -> Element<'a, Screen> {
    text(words).size(theme::size::SMALL).style(theme::words::dim).width(Length::Fill).into()
}

fn card<'a>(sign: Icon, heading: String, lines: Vec<Element<'a, Screen>>) -> Element<'a, Screen> {
    let words = text(heading.clone()).size(theme::size::META).font(font::SEMIBOLD).style(theme::words::accent);
    let body: Column<'a, Screen> = column![words].extend(lines).spacing(theme::space::XS).width(Length::Fill);
    let body = row![icon(sign, 20.0).style(theme::words::accent), body].spacing(theme::space::M);
    let body = container(body).padding([12.0, 14.0]).width(Length::Fill).style(theme::ground::card);
    control::control(format!("card-{heading}"), Semantics::new(Role::Status, heading), body).into()
}
