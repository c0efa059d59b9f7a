//! `sign-in`: somebody proves who they are.

use app::{
    ACCESS_TOKEN, Access, Code, Context, Created, Effect, Empty, Endpoint, Function, Json, Problem, Route, User, code,
};
use domain::{Email, Password};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{ACCESS_TOKEN_S, HASHES_AT_ONCE, MEMORY_KIB, PasswordHash, Session, USERS, account_by_email};

/// Somebody proves who they are. A wrong e-mail and a wrong password get the same words after the same time. That an account
/// waits for an administrator, or was suspended, is told only to who has its password.
#[derive(JsonSchema)]
pub struct SignIn;

/// An e-mail and its password.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    email: Email,
    password: Password,
}

impl Endpoint for SignIn {
    const FUNCTION: Function = Function::new("sign-in")
        .cpu_heavy(HASHES_AT_ONCE)
        .settings(&[MEMORY_KIB, ACCESS_TOKEN_S])
        .gets(USERS)
        .writes(USERS)
        .signs(ACCESS_TOKEN);
    const ROUTE: Route = Route::post("/v1/sessions");
    const ACCESS: Access = Access::Public;
    const PROBLEMS: &'static [Code] = &[code::ACCOUNT_PENDING, code::ACCOUNT_SUSPENDED, code::BAD_CREDENTIALS];
    const EXAMPLE: &'static str = r#"{"email": "ana@example.com", "password": "correct horse"}"#;
    type Caller = Option<User>;
    type Path = Empty;
    type Input = Json<Credentials>;
    type Reply = Created<Session>;

    async fn call(
        context: &Context,
        _caller: &Option<User>,
        Empty {}: &Empty,
        input: &Credentials,
    ) -> Result<Effect<Created<Session>>, Problem> {
        let account = account_by_email(context, &input.email).await?;
        let hash = account.as_ref().and_then(|account| account.password.clone());
        let proven = PasswordHash::verify(context, hash, input.password.clone()).await?;
        let account = account.filter(|_| proven).ok_or_else(|| Problem::of(code::BAD_CREDENTIALS))?;
        account.admit()?;
        Ok(Session::open(context, &account)?.map(Created::nowhere))
    }
}

#[cfg(test)]
mod tests {
    use app::{Reply as _, Settings};
    use testing::{World, input};

    use super::*;
    use crate::{
        PENDING_ROLES,
        register_user::RegisterUser,
        sample::{ana, register, set_state, sign_in_as, signed_in},
    };

    #[tokio::test]
    async fn only_the_right_pair_signs_in_and_any_other_is_refused_alike() {
        let world = World::new();
        let registering = world.context(crate::SERVICE, "register-user");
        let registered =
            RegisterUser::call(&registering, &None, &Empty {}, &input(RegisterUser::EXAMPLE)).await.unwrap();
        world.commit(USERS, registered.changes).await;

        let context = world.context(crate::SERVICE, "sign-in");
        let session = SignIn::call(&context, &None, &Empty {}, &input(SignIn::EXAMPLE)).await.unwrap().reply;
        assert_eq!(session.location(), None, "a session can't be read");
        let mut refusals = Vec::new();
        for (right, wrong) in [("ana@", "bob@"), ("correct", "another")] {
            let credentials = input(&SignIn::EXAMPLE.replace(right, wrong));
            refusals.push(SignIn::call(&context, &None, &Empty {}, &credentials).await.unwrap_err());
        }
        assert!(refusals.iter().all(|refusal| refusal.code == code::BAD_CREDENTIALS));
        assert_eq!(refusals[0].detail, refusals[1].detail);
    }

    #[tokio::test]
    async fn who_may_not_act_learns_that_by_the_right_password_alone() {
        let (world, first) = ana().await;
        let (account, _) = signed_in(&world, &first.sid).await;
        let sign_in = async |password| sign_in_as(&world, "ana@example.com", password).await.err();
        set_state(&world, account.id, "suspended").await;
        assert_eq!(sign_in("correct horse").await, Some(code::ACCOUNT_SUSPENDED.word));
        assert_eq!(sign_in("another horse").await, Some(code::BAD_CREDENTIALS.word));
        set_state(&world, account.id, "active").await;
        assert_eq!(sign_in("correct horse").await, None);
    }

    #[tokio::test]
    async fn who_waits_signs_in_once_an_administrator_lets_them() {
        let world = World::with(Settings::default().with_text(&PENDING_ROLES, "customer"));
        let shown = register(&world, &input(RegisterUser::EXAMPLE)).await.unwrap();
        let sign_in = async || sign_in_as(&world, "ana@example.com", "correct horse").await.err();
        assert_eq!(sign_in().await, Some(code::ACCOUNT_PENDING.word));
        set_state(&world, shown["user"]["id"].as_str().unwrap().parse().unwrap(), "active").await;
        assert_eq!(sign_in().await, None);
    }
}
