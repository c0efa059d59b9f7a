//! `register-user`: somebody signs up, and is signed in at once.

use app::{
    ACCESS_TOKEN, Access, Code, Context, Created, Effect, Empty, Endpoint, Function, Json, Problem, Reply, Route, User,
};
use domain::{Email, Locale, Name, Password, Phone, Role, UserId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    ACCESS_TOKEN_S, Account, HASHES_AT_ONCE, MEMORY_KIB, PasswordHash, Session, USERS, UserView, account_by_email,
    registration,
};

/// Somebody signs up, and is signed in at once.
#[derive(JsonSchema)]
pub struct RegisterUser;

const EMAIL_TAKEN: Code =
    Code::new("email-taken", 409, "E-mail taken", "Another account has this e-mail. Sign in, or use another.");

/// Who signs up.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignUp {
    email: Email,
    password: Password,
    name: Name,
    role: OpenRole,
    phone: Option<Phone>,
    locale: Option<Locale>,
}

/// The roles that one may sign up for.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum OpenRole {
    Customer,
    Merchant,
    Courier,
}

/// A new user and their first session.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Registered {
    user: UserView,
    session: Session,
}

impl Reply for Registered {
    fn version(&self) -> Option<u64> {
        self.user.version()
    }
}

impl Endpoint for RegisterUser {
    const FUNCTION: Function = Function::new("register-user")
        .cpu_heavy(HASHES_AT_ONCE)
        .settings(&[MEMORY_KIB, ACCESS_TOKEN_S])
        .gets(USERS)
        .writes(USERS)
        .signs(ACCESS_TOKEN);
    const ROUTE: Route = Route::post("/v1/users");
    const ACCESS: Access = Access::Public;
    const PROBLEMS: &'static [Code] = &[EMAIL_TAKEN];
    const EXAMPLE: &'static str =
        r#"{"email": "ana@example.com", "password": "correct horse", "name": "Ana Pop", "role": "customer"}"#;
    type Caller = Option<User>;
    type Path = Empty;
    type Input = Json<SignUp>;
    type Reply = Created<Registered>;

    async fn call(
        context: &Context,
        _caller: &Option<User>,
        Empty {}: &Empty,
        input: &SignUp,
    ) -> Result<Effect<Created<Registered>>, Problem> {
        if account_by_email(context, &input.email).await?.is_some() {
            return Err(Problem::of(EMAIL_TAKEN));
        }
        let account = Account {
            id: UserId::generate(context.instant(), context.random()),
            email: input.email.clone(),
            name: input.name.clone(),
            role: input.role.into(),
            phone: input.phone.clone(),
            locale: input.locale.clone(),
            password: PasswordHash::of(context, input.password.clone()).await?,
            created_at: context.now(),
            epoch: 0,
        };
        let user = UserView::of(&account, 1);
        let location = format!("/v1/users/{}", account.id);
        let opened = Session::open(context, &account)?;
        let registered = opened.map(|session| Created::at(location, Registered { user, session }));
        Ok(registered.saves(registration(&account)))
    }
}

impl From<OpenRole> for Role {
    fn from(role: OpenRole) -> Self {
        match role {
            OpenRole::Customer => Self::Customer,
            OpenRole::Merchant => Self::Merchant,
            OpenRole::Courier => Self::Courier,
        }
    }
}

#[cfg(test)]
mod tests {
    use app::AccessClaims;
    use testing::{World, input};

    use super::*;

    #[tokio::test]
    async fn a_new_user_is_signed_in_with_their_role() {
        let world = World::new();
        let context = world.context(crate::SERVICE, "register-user");
        let effect = RegisterUser::call(&context, &None, &Empty {}, &input(RegisterUser::EXAMPLE)).await.unwrap();
        let session = serde_json::to_value(&effect.reply.thing().session).unwrap();
        let claims: AccessClaims = context.verify(ACCESS_TOKEN, session["access_token"].as_str().unwrap()).unwrap();
        assert_eq!(claims.role, Role::Customer);
        assert_eq!(claims.name.as_str(), "Ana Pop");
        assert_eq!(session["expires_in"], 600);
    }

    #[tokio::test]
    async fn an_e_mail_is_taken_in_any_case() {
        let world = World::new();
        let context = world.context(crate::SERVICE, "register-user");
        let first = RegisterUser::call(&context, &None, &Empty {}, &input(RegisterUser::EXAMPLE)).await.unwrap();
        world.commit(USERS, first.changes).await;
        let again = RegisterUser::EXAMPLE.replace("ana@example.com", "  ANA@Example.com");
        let refusal = RegisterUser::call(&context, &None, &Empty {}, &input(&again)).await.unwrap_err();
        assert_eq!(refusal.code, EMAIL_TAKEN);
    }
}
