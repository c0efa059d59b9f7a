//! Who may call a control route: programs on this computer, and pages that this process itself serves.

use std::net::SocketAddr;

use app::{Problem, code};
use axum::{extract::Request, middleware::Next, response::Response};
use http::{HeaderMap, header};

/// Lets a request through to the routes of a process that listens at this address, or refuses it.
pub(super) async fn guard(address: SocketAddr, request: Request, next: Next) -> Response {
    match admit(address) {
        Ok(()) => host::from_own_computer(request, next).await,
        Err(problem) => host::problem(&problem, request.uri().path()),
    }
}

/// Refuses what does not come from a page. Browsers send the origin of a page; programs don't.
pub(super) fn require_page(headers: &HeaderMap) -> Result<(), Problem> {
    if headers.contains_key(header::ORIGIN) {
        Ok(())
    } else {
        Err(forbidden("This is for a page: it needs an Origin."))
    }
}

fn admit(address: SocketAddr) -> Result<(), Problem> {
    if address.ip().is_loopback() { Ok(()) } else { Err(forbidden("This process listens to other machines.")) }
}

fn forbidden(detail: &str) -> Problem {
    Problem::new(code::FORBIDDEN, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_let_in_where_other_computers_can_connect() {
        for (address, admitted) in [
            (SocketAddr::from(([127, 0, 0, 1], 3000)), true),
            (SocketAddr::from(([0, 0, 0, 0], 3000)), false),
            (SocketAddr::from(([192, 168, 0, 7], 3000)), false),
            (SocketAddr::from(([0_u16; 8], 3000)), false),
            (SocketAddr::from(([0_u16, 0, 0, 0, 0, 0, 0, 1], 3000)), true),
        ] {
            let outcome = admit(address);
            assert_eq!(outcome.is_ok(), admitted, "{address}");
            assert!(outcome.err().is_none_or(|problem| problem.code == code::FORBIDDEN));
        }
    }
}
