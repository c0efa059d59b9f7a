//! `register-user`: somebody signs up, and is signed in at once.

use app::{
    ACCESS_TOKEN, Access, Code, Context, Created, Draft, Effect, Empty, Endpoint, Function, INVITATION, Json,
    OperatorClaims, Problem, Reply, Route, User, code,
};
use domain::{AccountState, Role, UserId};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    ACCESS_TOKEN_S, Account, GUEST_DAYS, Guest, HASHES_AT_ONCE, MEMORY_KIB, PENDING_ROLES, PasswordHash, Session,
    USERS, UserView, account_by_email, accounts::EMAIL_TAKEN, pending_roles::begins_pending, registration,
    sign_up::SignUp,
};

/// Somebody signs up, and is signed in at once; but not where accounts of their role wait for an administrator. A customer who gives
/// neither e-mail nor password is a guest: a telephone number is required then, and the session is all that they are known by. An
/// administrator signs up with an invitation that the operator signed.
#[derive(JsonSchema)]
pub struct RegisterUser;

const INVITATION_INVALID: Code = Code::new(
    "invitation-invalid",
    403,
    "No invitation",
    "An administrator needs an invitation that the operator signed for this e-mail not long ago.",
);

/// A new user and their first session.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Registered {
    user: UserView,
    /// Null where the account is `pending`.
    session: Option<Session>,
}

impl Reply for Registered {
    fn version(&self) -> Option<u64> {
        self.user.version()
    }
}

impl Endpoint for RegisterUser {
    const FUNCTION: Function = Function::new("register-user")
        .cpu_heavy(HASHES_AT_ONCE)
        .settings(&[MEMORY_KIB, ACCESS_TOKEN_S, GUEST_DAYS])
        .texts(&[PENDING_ROLES])
        .gets(USERS)
        .writes(USERS)
        .signs(ACCESS_TOKEN);
    const ROUTE: Route = Route::post("/v1/users");
    const ACCESS: Access = Access::Public;
    const PROBLEMS: &'static [Code] = &[code::ACCOUNT_PENDING, EMAIL_TAKEN, INVITATION_INVALID];
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
        input.check()?;
        if input.role == Role::Admin && !is_invited(context, input) {
            return Err(Problem::of(INVITATION_INVALID));
        }
        if let Some(email) = &input.email
            && account_by_email(context, email).await?.is_some()
        {
            return Err(Problem::of(EMAIL_TAKEN));
        }
        let state = if begins_pending(context, input.role) { AccountState::Pending } else { AccountState::Active };
        let account = Account {
            id: UserId::generate(context.instant(), context.random()),
            email: input.email.clone(),
            name: input.name.clone(),
            role: input.role,
            state,
            phone: input.phone.clone(),
            locale: input.locale.clone(),
            password: match &input.password {
                Some(password) => Some(PasswordHash::of(context, password.clone()).await?),
                None => None,
            },
            password_changed_at: None,
            created_at: context.now(),
            epoch: 0,
        };
        if account.is_guest() && !state.is_active() {
            return Err(Problem::new(
                code::ACCOUNT_PENDING,
                "Who orders here is let in first, by e-mail and password.",
            ));
        }
        let user = UserView::of(&account, 1);
        let location = format!("/v1/users/{}", account.id);
        let opened = match state {
            AccountState::Active => Session::open(context, &account)?.map(Some),
            AccountState::Pending | AccountState::Suspended => Effect::reply(None),
        };
        let registered = opened.map(|session| Created::at(location, Registered { user, session }));
        let guest = account.is_guest().then(|| Draft::new(&account.id, Guest::seen(context, account.id)));
        let registered = registered.saves(registration(&account));
        Ok(match guest {
            Some(guest) => registered.saves(guest),
            None => registered,
        })
    }
}

/// Whether the operator lets this e-mail be an administrator's.
fn is_invited(context: &Context, input: &SignUp) -> bool {
    let invited =
        input.invitation.as_deref().and_then(|token| context.verify::<OperatorClaims>(INVITATION, token).ok());
    invited.is_some_and(|claims| input.email.as_ref().is_some_and(|email| email.folded() == claims.email.folded()))
}

#[cfg(test)]
mod tests {
    use app::{AccessClaims, RESET, Settings, code};
    use serde_json::{Value, json};
    use testing::World;

    use super::*;
    use crate::sample::{register, stored};

    const WORD: &str = "correct horse";

    /// Adds what is left out of a body.
    fn with(members: &[(&str, Value)]) -> Value {
        let mut body = json!({"name": "Ana Pop", "role": "customer"});
        body.as_object_mut().unwrap().extend(members.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        body
    }

    fn an_admin(invitation: &str) -> Value {
        let [email, invitation] = ["Ada@example.com", invitation].map(Value::from);
        with(&[("email", email), ("password", WORD.into()), ("role", "admin".into()), ("invitation", invitation)])
    }

    async fn refused(world: &World, body: &Value) -> Problem {
        register(world, body).await.unwrap_err()
    }

    fn pointers(refusal: &Problem) -> Vec<&str> {
        assert_eq!(refusal.code, code::INVALID_REQUEST);
        refusal.errors.iter().map(|error| error.pointer.as_str()).collect()
    }

    #[tokio::test]
    async fn a_new_user_is_signed_in_with_their_role() {
        let world = World::new();
        let body = with(&[("email", "ana@example.com".into()), ("password", WORD.into())]);
        let shown = register(&world, &body).await.unwrap();
        assert_eq!(shown["user"]["state"], "active");
        let context = world.context(crate::SERVICE, "register-user");
        let token = shown["session"]["access_token"].as_str().unwrap();
        let claims: AccessClaims = context.verify(ACCESS_TOKEN, token).unwrap();
        assert_eq!(claims.role, Role::Customer);
        assert_eq!(claims.name.as_str(), "Ana Pop");
        assert_eq!(shown["session"]["expires_in"], 600);
        assert_eq!(stored::<Guest>(&world, &claims.sub).await, None);
    }

    #[tokio::test]
    async fn an_e_mail_is_taken_in_any_case() {
        let world = World::new();
        let body = |email: &str| with(&[("email", email.into()), ("password", WORD.into())]);
        register(&world, &body("ana@example.com")).await.unwrap();
        assert_eq!(refused(&world, &body("  ANA@Example.com")).await.code, EMAIL_TAKEN);
    }

    #[tokio::test]
    async fn a_guest_has_a_session_and_neither_e_mail_nor_password() {
        let world = World::new();
        let shown = register(&world, &with(&[("phone", "+40 700 000 000".into())])).await.unwrap();
        assert_eq!(shown["user"]["email"], Value::Null);
        assert_eq!(shown["user"]["role"], "customer");
        assert!(shown["session"]["refresh_token"].is_string());
        let id: UserId = shown["user"]["id"].as_str().unwrap().parse().unwrap();
        let guest = stored::<Guest>(&world, &id).await.unwrap().value;
        let now = world.clock.seconds();
        let due_at = now.plus_seconds(ACCESS_TOKEN_S.default + GUEST_DAYS.default * 24 * 3600);
        assert_eq!(guest, Guest { user_id: id, seen_at: now, due_at });
    }

    #[tokio::test]
    async fn what_is_missing_is_named() {
        let world = World::new();
        let email = ("email", Value::from("ana@example.com"));
        let password = ("password", Value::from(WORD));
        let merchant = ("role", Value::from("merchant"));
        for (members, missing) in [
            (vec![], &["/phone"][..]),
            (vec![email.clone()], &["/password"]),
            (vec![password.clone()], &["/email"]),
            (vec![merchant.clone(), ("phone", "+40 700 000 000".into())], &["/email", "/password"]),
            (vec![merchant, email.clone()], &["/password"]),
            (vec![email, password, ("invitation", "one".into())], &["/invitation"]),
        ] {
            assert_eq!(pointers(&refused(&world, &with(&members)).await), missing, "{members:?}");
        }
    }

    #[tokio::test]
    async fn an_administrator_is_who_the_operator_invites() {
        let world = World::new();
        let invitation = world.operator_signs(INVITATION, " ada@EXAMPLE.com");
        let shown = register(&world, &an_admin(&invitation)).await.unwrap();
        assert_eq!(shown["user"]["role"], "admin");
        assert!(shown["session"].is_object());
        assert_eq!(refused(&world, &an_admin(&invitation)).await.code, EMAIL_TAKEN);
    }

    #[tokio::test]
    async fn no_administrator_signs_up_without_an_invitation_of_their_own() {
        let world = World::new();
        let [other, reset] = [(INVITATION, "eva@example.com"), (RESET, "ada@example.com")]
            .map(|(kind, email)| world.operator_signs(kind, email));
        let forged = World::new().operator_signs(INVITATION, "ada@example.com");
        for invitation in [&other, &reset, &forged, "one"] {
            assert_eq!(refused(&world, &an_admin(invitation)).await.code, INVITATION_INVALID);
        }
        let mut without = an_admin("one");
        without.as_object_mut().unwrap().remove("invitation");
        assert_eq!(refused(&world, &without).await.code, INVITATION_INVALID);
        let late = world.operator_signs(INVITATION, "ada@example.com");
        world.clock.advance_s(INVITATION.life_s + 60);
        assert_eq!(refused(&world, &an_admin(&late)).await.code, INVITATION_INVALID);
    }

    #[tokio::test]
    async fn where_a_role_waits_its_accounts_begin_without_a_session() {
        let world = World::with(Settings::default().with_text(&PENDING_ROLES, "courier, customer"));
        let body = |role: &str| {
            let email = format!("{role}@example.com");
            with(&[("email", email.into()), ("password", WORD.into()), ("role", role.into())])
        };
        for (role, state) in [("courier", "pending"), ("customer", "pending"), ("merchant", "active")] {
            let shown = register(&world, &body(role)).await.unwrap();
            assert_eq!(shown["user"]["state"], state);
            assert_eq!(shown["session"].is_null(), state == "pending", "{role}");
        }
        let guest = with(&[("phone", "+40 700 000 000".into())]);
        assert_eq!(refused(&world, &guest).await.code, code::ACCOUNT_PENDING);
    }
}
