//! What the terminal shows: logs for people where there is a terminal, JSON otherwise; and each order's progress.

use std::{fmt, io::IsTerminal};

use app::Clock;
use domain::{Event, Kind, OrderFact, OrderKind};
use serde::Deserialize as _;
use tracing_subscriber::{
    EnvFilter,
    fmt::{format::Writer, time::FormatTime},
};

use host::SystemClock;

/// What is logged where `RUST_LOG` says nothing.
const DEFAULT_FILTER: &str = "info";

/// Starts logging to standard error.
pub(crate) fn start_logging() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(DEFAULT_FILTER));
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if std::io::stderr().is_terminal() {
        logs.with_target(false).with_timer(WallClock).compact().init();
    } else {
        logs.json().flatten_event(true).init();
    }
}

/// Logs an order's progress.
pub(crate) fn print_event(event: &Event) {
    let Ok(order) = OrderFact::deserialize(&event.data) else {
        return tracing::debug!(event = event.kind.short(), order = event.partition_key, "published");
    };
    let number = order.number.as_str();
    let restaurant = order.restaurant_name.as_str();
    let reason = order.reason.as_deref().map(|reason| format!(" ({reason})")).unwrap_or_default();
    let words = match event.kind {
        Kind::Order(OrderKind::Placed) => format!("placed at {restaurant}, {}", order.total),
        kind => format!("{}{reason}", kind.short().trim_start_matches("order.").replace('_', " ")),
    };
    tracing::info!("order {number} {words}");
}

/// Hours, minutes and seconds in the terminal's time zone.
struct WallClock;

impl FormatTime for WallClock {
    fn format_time(&self, writer: &mut Writer<'_>) -> fmt::Result {
        let now = SystemClock.now().to_zoned_datetime(jiff::tz::TimeZone::system());
        write!(writer, "{}", now.strftime("%H:%M:%S"))
    }
}
