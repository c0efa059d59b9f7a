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

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testing::{World, a_user, sent};

    use super::*;
    use crate::sample::{guest, register};

    async fn page(world: &World, query: Value) -> Value {
        let context = world.context(crate::SERVICE, "list-users");
        let query = sent::<ListUsers>(&query.to_string());
        let page = ListUsers::call(&context, &a_user(Role::Admin), &Empty {}, &query).await.unwrap().reply;
        serde_json::to_value(page).unwrap()
    }

    async fn emails(world: &World, query: Value) -> Vec<Value> {
        page(world, query).await["items"].as_array().unwrap().iter().map(|user| user["email"].clone()).collect()
    }

    async fn sign_up(world: &World, email: &str, role: &str) {
        let body = json!({"email": email, "password": "correct horse", "name": "Sam", "role": role});
        register(world, &body).await.unwrap();
    }

    async fn a_world() -> World {
        let world = World::new();
        guest(&world).await;
        for email in ["Cleo@example.com", "ana@example.com", "ANAIS@example.com", "bob@example.com"] {
            sign_up(&world, email, "customer").await;
        }
        sign_up(&world, "ana@bistro.example", "merchant").await;
        world
    }

    #[tokio::test]
    async fn accounts_of_a_role_stand_by_their_e_mails_and_guests_come_last() {
        let world = a_world().await;
        let all = emails(&world, json!({"role": "customer"})).await;
        let wanted = ["ana@example.com", "ANAIS@example.com", "bob@example.com", "Cleo@example.com"].map(Value::from);
        assert_eq!(all[..4], wanted);
        assert_eq!(all[4..], [Value::Null]);
        assert_eq!(emails(&world, json!({"role": "merchant"})).await, ["ana@bistro.example"]);
        assert!(emails(&world, json!({"role": "courier"})).await.is_empty());
    }

    #[tokio::test]
    async fn the_beginning_of_an_e_mail_finds_it_in_any_case() {
        let world = a_world().await;
        let found = async |q: &str| emails(&world, json!({"role": "customer", "q": q})).await;
        assert_eq!(found("Ana").await, ["ana@example.com", "ANAIS@example.com"]);
        assert_eq!(found("cleo@EXAMPLE.com").await, ["Cleo@example.com"]);
        assert!(found("example").await.is_empty());
    }

    #[tokio::test]
    async fn pages_follow_each_other() {
        let world = a_world().await;
        let first = page(&world, json!({"role": "customer", "limit": 2})).await;
        assert_eq!(first["items"].as_array().unwrap().len(), 2);
        let rest = json!({"role": "customer", "limit": 3, "cursor": first["next_cursor"]});
        let rest = emails(&world, rest).await;
        assert_eq!(rest, ["bob@example.com".into(), "Cleo@example.com".into(), Value::Null]);
    }

    #[tokio::test]
    async fn the_longest_e_mail_is_listed_and_found() {
        let world = World::new();
        // Four bytes a character.
        let email = format!("{}@example.com", "\u{1d4b6}".repeat(242));
        sign_up(&world, &email, "customer").await;
        for q in [email.as_str(), "\u{1d4b6}\u{1d4b6}"] {
            assert_eq!(emails(&world, json!({"role": "customer", "q": q})).await, [email.as_str()]);
        }
    }
}
