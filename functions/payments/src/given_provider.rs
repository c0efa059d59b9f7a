//! The provider that a function has been given: the only place where it is chosen.

use app::{Context, Grant};
use domain::PaymentOperation;

use crate::{Call, HttpProvider, PAYMENT_PROVIDER, Provider, ProviderAnswer, ProviderError, SimulatedProvider};

/// The simulated provider where the function works on its table, and the one outside where it calls that.
pub(crate) enum GivenProvider<'a> {
    Inside(SimulatedProvider<'a>),
    Outside(HttpProvider<'a>),
}

impl<'a> GivenProvider<'a> {
    /// By the function's grants.
    pub(crate) fn of(context: &'a Context) -> Self {
        if context.function().may(Grant::Call(PAYMENT_PROVIDER.callee)) {
            Self::Outside(HttpProvider(context))
        } else {
            Self::Inside(SimulatedProvider(context))
        }
    }
}

impl Provider for GivenProvider<'_> {
    async fn perform(&self, operation: PaymentOperation, call: Call<'_>) -> Result<ProviderAnswer, ProviderError> {
        match self {
            Self::Inside(provider) => provider.perform(operation, call).await,
            Self::Outside(provider) => provider.perform(operation, call).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use app::Placement;

    use super::*;
    use crate::{PROVIDER, SERVICE, placed::world};

    #[test]
    fn a_function_has_the_table_or_the_key_and_the_address_and_never_both() {
        for declaration in SERVICE.functions {
            let function = declaration.function;
            if !function.grants().any(|grant| grant == Grant::Provider(PAYMENT_PROVIDER)) {
                continue;
            }
            for place in [Placement::Inside, Placement::Outside] {
                let placed = world(place).context(SERVICE, function.name).function();
                let is_inside = place == Placement::Inside;
                for grant in [Grant::Get(PROVIDER), Grant::Write(PROVIDER)] {
                    assert_eq!(placed.may(grant), is_inside, "{} {place:?}", function.name);
                }
                for grant in [Grant::Call(PAYMENT_PROVIDER.callee), Grant::Secret(PAYMENT_PROVIDER.key)] {
                    assert_eq!(placed.may(grant), !is_inside, "{} {place:?}", function.name);
                }
            }
        }
    }

    #[test]
    fn what_is_a_part_of_the_provider_is_where_that_is_inside() {
        let gone: Vec<&str> = SERVICE
            .functions
            .iter()
            .filter(|declaration| !declaration.function.is_there(|_| Placement::Outside))
            .map(|declaration| declaration.function.name)
            .collect();
        assert_eq!(gone, ["send-provider-webhooks"]);
        assert!(SERVICE.functions.iter().all(|declaration| declaration.function.is_there(|_| Placement::Inside)));
    }
}
