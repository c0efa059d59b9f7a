//! Who may send events to a program over HTTP. Otherwise anybody who reaches `/events` could claim that an order was paid.

use host::BearerSecrets;
use http::HeaderMap;

/// What [`EVENTS_GUARD`](host::requirements::EVENTS_GUARD) says where the network's policy is the guard.
pub(crate) const MESH: &str = "mesh";

/// Who may send events.
pub(crate) enum EventsGuard {
    /// Anybody whom the network's policy lets through.
    Mesh,
    /// Anybody who knows one of these.
    Secrets(BearerSecrets),
}

impl EventsGuard {
    /// What whoever sends events has to show, if anything.
    pub(crate) fn bearer(&self) -> Option<&str> {
        match self {
            Self::Mesh => None,
            Self::Secrets(secrets) => Some(secrets.current()),
        }
    }

    /// Whether a request with these headers may bring an event.
    pub(crate) fn admits(&self, headers: &HeaderMap) -> bool {
        match self {
            Self::Mesh => true,
            Self::Secrets(secrets) => secrets.admit(headers),
        }
    }
}
