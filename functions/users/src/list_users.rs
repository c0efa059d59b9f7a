//! `list-users`: an administrator looks for somebody.

use app::{Access, Context, Effect, Empty, Endpoint, Function, Listing, Paged, Problem, Route, User};
use domain::{Page, Role, text};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{Account, BY_ROLE, USERS, UserView, accounts::of_role};

/// The accounts of a role by their e-mails, or those whose e-mail begins so, in any case. Guests, who have none, come last.
#[derive(JsonSchema)]
pub struct ListUsers;

text! {
    /// The beginning of an e-mail.
    pub struct EmailBeginning(1..=254): trimmed, secret;
}

/// Which accounts.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UsersQuery {
    role: Role,
    /// How the e-mail begins.
    q: Option<EmailBeginning>,
}

impl Endpoint for ListUsers {
    const FUNCTION: Function = Function::new("list-users").queries_index(USERS, BY_ROLE);
    const ROUTE: Route = Route::get("/v1/users");
    const ACCESS: Access = Access::roles(&[Role::Admin]);
    const EXAMPLE: &'static str = r#"{"role": "customer", "q": "ana@"}"#;
    type Caller = User;
    type Path = Empty;
    type Input = Paged<UsersQuery>;
    type Reply = Page<UserView>;

    async fn call(
        context: &Context,
        caller: &User,
        Empty {}: &Empty,
        input: &Paged<UsersQuery>,
    ) -> Result<Effect<Page<UserView>>, Problem> {
        let query = of_role(input.role, input.q.as_deref());
        let page = Listing::<Account>::of(query, input.page()).sharded().shown_to(context, caller, ()).await?;
        Ok(Effect::reply(page.map(|account| UserView::of(&account, account.version))))
    }
}
