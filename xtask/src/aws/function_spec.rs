//! What Lambda and its template say of a function.

use app::{Scale, Trigger};
use host::requirements::SWEEP_WINDOW_S;

use crate::aws::names::logical_id;
pub(crate) use crate::function_spec::{FunctionSpec, specs};

/// How many times its function's timeout a message stays hidden: what Lambda asks of queues it polls.
pub(crate) const VISIBILITY_FACTOR: u32 = 6;

/// The most characters of a description that Lambda takes.
pub(crate) const MAX_DESCRIPTION_CHARS: usize = 256;

impl FunctionSpec<'_> {
    /// Its logical id: `PlaceOrder`.
    pub(crate) fn id(&self) -> String {
        logical_id(self.name())
    }

    /// What it does: as many of its sentences as Lambda takes.
    pub(crate) fn description(&self) -> String {
        let whole = self.declaration.description();
        let mut fitting = String::new();
        for sentence in whole.split_inclusive(". ") {
            if fitting.chars().count() + sentence.trim_end().chars().count() > MAX_DESCRIPTION_CHARS {
                break;
            }
            fitting += sentence;
        }
        fitting.trim_end().to_owned()
    }

    /// How long Lambda lets it run, in seconds. A sweep first waits through its window, and then has its timeout.
    pub(crate) fn timeout_s(&self) -> u32 {
        let window = match self.declaration.trigger {
            Trigger::Sweep { .. } => u32::try_from(SWEEP_WINDOW_S.max).unwrap_or(0),
            Trigger::Endpoint(_) | Trigger::Subscriber { .. } | Trigger::Schedule { .. } => 0,
        };
        self.declaration.function.timeout_s + window
    }

    /// Whether a new version of it gets a tenth of the traffic first: it is on the path of every order, and it writes.
    pub(crate) fn is_canaried(&self) -> bool {
        self.declaration.function.scale == Scale::Hot && self.declaration.function.writes_anything()
    }
}
