//! `delete-user`: somebody deletes their account.

use app::{Access, Code, Context, Effect, Empty, Endpoint, Function, NoContent, Problem, Route, User};
use schemars::JsonSchema;

use crate::{Account, USERS, deletion::deletion, open_orders::has_open_orders, paths::UserPath};

/// Somebody deletes their account, or an administrator anybody's. It is gone at once, with its e-mail, its addresses and its sessions;
/// within an hour everything else that is personal, wherever it is: of orders, payments and deliveries the figures stay. A merchant's
/// restaurants close. An access token lives out its minutes. Not while an order of theirs is open.
#[derive(JsonSchema)]
pub struct DeleteUser;

const OPEN_ORDERS: Code = Code::new(
    "open-orders",
    409,
    "Orders are open",
    "An order of theirs, or a delivery, is not over yet. Delete the account once it is.",
);

impl Endpoint for DeleteUser {
    const FUNCTION: Function = Function::new("delete-user").gets(USERS).queries(USERS).writes(USERS);
    const ROUTE: Route = Route::delete("/v1/users/{user_id}");
    const ACCESS: Access = Access::SIGNED_IN;
    const PROBLEMS: &'static [Code] = &[OPEN_ORDERS];
    type Caller = User;
    type Path = UserPath;
    type Input = Empty;
    type Reply = NoContent;

    async fn call(
        context: &Context,
        caller: &User,
        &UserPath { user_id }: &UserPath,
        Empty {}: &Empty,
    ) -> Result<Effect<NoContent>, Problem> {
        let account = context.read::<Account>(&user_id).await?.authorize(caller, ())?;
        if has_open_orders(context, user_id).await? {
            return Err(Problem::of(OPEN_ORDERS));
        }
        Ok(Effect::reply(NoContent).saves(deletion(context, &account, caller.actor()).await?))
    }
}

#[cfg(test)]
mod tests {
    use app::{Key, Sweep as _, erasure::AGAIN_S};
    use domain::{OrderKind, Role, UserId, UserKind};
    use serde_json::json;
    use testing::{World, a_user};

    use super::*;
    use crate::{
        SERVICE,
        sample::{ana, guest, handle_order, refresh, register, set_state, sign_in, signed_in},
        sweep_users::SweepUsers,
    };

    async fn delete(world: &World, caller: &User, user_id: UserId) -> Result<(), &'static str> {
        let context = world.context(SERVICE, "delete-user");
        let path = UserPath { user_id };
        let effect = DeleteUser::call(&context, caller, &path, &Empty {}).await.map_err(|refused| refused.code.word)?;
        world.commit(USERS, effect.changes).await;
        Ok(())
    }

    async fn sweep(world: &World, key: Key) {
        let context = world.context(SERVICE, "sweep-users");
        let changes = SweepUsers::decide(&context, &world.system(), &key).await.unwrap();
        world.commit(USERS, changes).await;
    }

    fn erasure_of(user: UserId) -> Key {
        Key::new(format!("ERASURE#{user}"), "ERASURE")
    }

    /// What is stored that names somebody, but for what waits to be published or to be cleaned away.
    async fn naming(world: &World, user: UserId) -> Vec<String> {
        let items = world.store().scan(USERS, None, 1000).await.unwrap();
        let now_s = world.clock.seconds().as_second();
        let is_alive = |item: &app::Item| item.expires_at.is_none_or(|at| at > now_s);
        let texts = items.into_iter().filter(|item| item.kind != "outbox" && is_alive(item));
        let texts = texts.map(|item| format!("{}/{} {}", item.key.pk, item.key.sk, item.body));
        texts.filter(|text| text.contains(&user.to_string())).collect()
    }

    #[tokio::test]
    async fn an_account_its_e_mail_and_its_sessions_are_gone_at_once() {
        let (world, held) = ana().await;
        let elsewhere = sign_in(&world).await;
        let (account, caller) = signed_in(&world, &held.sid).await;
        assert_eq!(delete(&world, &a_user(Role::Customer), account.id).await, Err("not-found"));
        delete(&world, &caller, account.id).await.unwrap();
        for held in [&held, &elsewhere] {
            assert_eq!(refresh(&world, &held.refresh_token).await, Err("unauthenticated"));
        }
        assert_eq!(delete(&world, &caller, account.id).await, Err("not-found"), "it is deleted once");
        let published = world.published();
        let [deleted] = &published[..] else { panic!("{published:?}") };
        assert_eq!(deleted.kind, UserKind::Deleted);
        assert_eq!(deleted.data["name"], json!(null));

        sweep(&world, erasure_of(account.id)).await;
        world.clock.advance_s(AGAIN_S);
        sweep(&world, erasure_of(account.id)).await;
        let left = naming(&world, account.id).await;
        assert!(left.iter().all(|text| text.starts_with("ERASURE#")) && left.len() == 1, "{left:?}");
        handle_order(&world, account.id, OrderKind::Placed, 1).await;
        assert_eq!(naming(&world, account.id).await.len(), 1, "nothing that comes late names them again");
        let again = json!({"email": "ana@example.com", "password": "correct horse", "name": "Ana", "role": "customer"});
        assert!(register(&world, &again).await.is_ok(), "the e-mail is free");
    }

    #[tokio::test]
    async fn nobody_goes_while_an_order_of_theirs_is_open() {
        let (world, held) = ana().await;
        let (account, caller) = signed_in(&world, &held.sid).await;
        handle_order(&world, account.id, OrderKind::Placed, 1).await;
        assert_eq!(delete(&world, &caller, account.id).await, Err("open-orders"));
        assert_eq!(delete(&world, &a_user(Role::Admin), account.id).await, Err("open-orders"));
        handle_order(&world, account.id, OrderKind::Delivered, 9).await;
        assert_eq!(delete(&world, &a_user(Role::Admin), account.id).await, Ok(()));
    }

    #[tokio::test]
    async fn a_suspended_account_can_be_deleted_for_them() {
        let (world, held) = ana().await;
        let (account, _) = signed_in(&world, &held.sid).await;
        set_state(&world, account.id, "suspended").await;
        assert_eq!(delete(&world, &a_user(Role::Admin), account.id).await, Ok(()));
    }

    #[tokio::test]
    async fn a_guest_who_was_not_seen_for_long_is_deleted_but_never_with_an_open_order() {
        const MONTH_S: i64 = 30 * 24 * 3600 + 600;
        let world = World::new();
        let (caller, held) = guest(&world).await;
        let key = Key::new(format!("USER#{}", caller.id), "GUEST");
        world.clock.advance_s(MONTH_S / 2);
        let held = refresh(&world, &held.refresh_token).await.unwrap();
        world.clock.advance_s(MONTH_S / 2 + 1);
        sweep(&world, key.clone()).await;
        assert!(world.published().is_empty(), "they were seen");

        handle_order(&world, caller.id, OrderKind::Placed, 1).await;
        world.clock.advance_s(MONTH_S);
        sweep(&world, key.clone()).await;
        assert!(world.published().is_empty(), "an order is open");
        handle_order(&world, caller.id, OrderKind::Cancelled, 2).await;
        world.clock.advance_s(MONTH_S);
        sweep(&world, key).await;
        assert_eq!(world.published()[0].kind, UserKind::Deleted);
        assert!(refresh(&world, &held.refresh_token).await.is_err());
        sweep(&world, erasure_of(caller.id)).await;
        world.clock.advance_s(AGAIN_S);
        sweep(&world, erasure_of(caller.id)).await;
        assert_eq!(naming(&world, caller.id).await.len(), 1, "that they are erased");
    }
}
