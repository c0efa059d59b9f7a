//! How names are looked up: as the C library does, and, where that fails or is slow, also without the search domains of
//! `/etc/resolv.conf` (ADR 33).

use std::{
    io,
    task::{Context, Poll},
    time::Duration,
};

use futures::{
    FutureExt as _,
    future::{BoxFuture, select_ok},
};
use hyper_util::client::legacy::connect::dns::{GaiAddrs, GaiResolver, Name};
use tower::Service;

/// After how long a name is looked up without search domains, too.
const HEDGE: Duration = Duration::from_millis(200);
/// The least dots of a name that is looked up so. One with fewer is a cluster's own, and may by chance end as a name of the internet
/// does: `store.dev`.
const DOTS: usize = 2;

/// The C library's resolver, twice. Where Kubernetes writes `ndots:5`, musl asks for an outside name under each search domain before it
/// asks for the name itself, and gives up on the first domain that can't be asked.
#[derive(Clone, Debug)]
pub(crate) struct Resolver(GaiResolver);

impl Resolver {
    pub(crate) fn new() -> Self {
        Self(GaiResolver::new())
    }
}

impl Service<Name> for Resolver {
    type Response = GaiAddrs;
    type Error = io::Error;
    type Future = BoxFuture<'static, io::Result<GaiAddrs>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let mut library = self.0.clone();
        async move {
            let absolute = absolute(name.as_str());
            let mut given = library.call(name);
            let Some(absolute) = absolute else { return given.await };
            match tokio::time::timeout(HEDGE, &mut given).await {
                Ok(Ok(found)) => Ok(found),
                Ok(Err(error)) => library.call(absolute).await.map_err(|_| error),
                Err(_) => select_ok([given, library.call(absolute)]).await.map(|(found, _)| found),
            }
        }
        .boxed()
    }
}

/// The name with the dot at its end that says that it is whole.
fn absolute(name: &str) -> Option<Name> {
    let is_outside = name.matches('.').count() >= DOTS && !name.ends_with('.');
    is_outside.then(|| format!("{name}.").parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outside_names_are_looked_up_without_search_domains_too() {
        let whole = |name| absolute(name).map(|name| name.to_string());
        let outside = "dynamodb.eu-central-1.amazonaws.com";
        assert_eq!(whole(outside), Some(format!("{outside}.")));
        for own in ["localhost", "dynamodb", "dynamodb.tiffin", "dynamodb.eu-central-1.amazonaws.com."] {
            assert_eq!(whole(own), None, "{own}");
        }
    }
}
