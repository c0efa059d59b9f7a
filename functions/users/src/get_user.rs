//! `get-user`: a user looks at their own account.

use app::{Access, Context, Effect, Empty, Endpoint, Function, Problem, Route, User};
use schemars::JsonSchema;

use crate::{Account, USERS, UserView, paths::UserPath};

/// A user looks at their own account; administrators at anybody's.
#[derive(JsonSchema)]
pub struct GetUser;

impl Endpoint for GetUser {
    const FUNCTION: Function = Function::new("get-user").gets(USERS);
    const ROUTE: Route = Route::get("/v1/users/{user_id}");
    const ACCESS: Access = Access::SIGNED_IN;
    type Caller = User;
    type Path = UserPath;
    type Input = Empty;
    type Reply = UserView;

    async fn call(
        context: &Context,
        caller: &User,
        &UserPath { user_id }: &UserPath,
        Empty {}: &Empty,
    ) -> Result<Effect<UserView>, Problem> {
        let account = context.read::<Account>(&user_id).await?.authorize(caller, ())?;
        Ok(Effect::reply(UserView::of(&account, account.version)))
    }
}

#[cfg(test)]
mod tests {
    use app::code;
    use domain::{Role, UserId};
    use testing::{World, a_user, input, user};

    use super::*;
    use crate::register_user::RegisterUser;

    #[tokio::test]
    async fn an_account_is_its_owners_and_the_administrators() {
        let world = World::new();
        let registering = world.context(crate::SERVICE, "register-user");
        let registered =
            RegisterUser::call(&registering, &None, &Empty {}, &input(RegisterUser::EXAMPLE)).await.unwrap();
        let shown = serde_json::to_value(&registered.reply).unwrap();
        let owner: UserId = shown["user"]["id"].as_str().unwrap().parse().unwrap();
        world.commit(USERS, registered.changes).await;

        let context = world.context(crate::SERVICE, "get-user");
        let path = UserPath { user_id: owner };
        for caller in [user(owner, Role::Customer), a_user(Role::Admin)] {
            let reply = GetUser::call(&context, &caller, &path, &Empty {}).await.unwrap().reply;
            assert_eq!(serde_json::to_value(reply).unwrap()["email"], "ana@example.com");
        }
        let refusal = GetUser::call(&context, &a_user(Role::Customer), &path, &Empty {}).await.unwrap_err();
        assert_eq!(refusal.code, code::NOT_FOUND);
    }
}
